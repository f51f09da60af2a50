//! Keeps the secrets of machine clients: in files that only their owner can read, or in AWS Secrets Manager. They are
//! never printed.

use crate::aws::{Api, ApiError, Operation};
use crate::files::pool_file::SecretsPlace;
use crate::files::provisioning::Secret;
use serde_json::json;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Where the secrets are.
#[derive(Debug)]
pub struct Secrets<'a, A> {
    place: SecretsPlace,
    /// The folder of pool.toml, which a relative folder is in.
    base: PathBuf,
    api: &'a A,
}

/// A secret cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The file cannot be written.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// Secrets Manager refuses.
    #[error(transparent)]
    Api(#[from] ApiError),
}

impl<'a, A: Api> Secrets<'a, A> {
    /// The secrets at this place. A relative folder is in `base`.
    pub fn new(place: &SecretsPlace, base: &Path, api: &'a A) -> Self {
        Self { place: place.clone(), base: base.to_owned(), api }
    }

    /// The place of the secret of the app client with this name, in words for the operator.
    pub fn place_of(&self, client: &str) -> String {
        match &self.place {
            SecretsPlace::Folder(folder) => self.file(folder, client).display().to_string(),
            SecretsPlace::SecretsManager(prefix) => format!("Secrets Manager, {prefix}{client}"),
        }
    }

    fn file(&self, folder: &Path, client: &str) -> PathBuf {
        self.base.join(folder).join(format!("{client}.json"))
    }

    /// Whether the secret of the app client with this name is kept.
    ///
    /// # Errors
    /// If Secrets Manager does not say.
    pub fn is_kept(&self, client: &str) -> Result<bool, ApiError> {
        match &self.place {
            SecretsPlace::Folder(folder) => Ok(self.file(folder, client).exists()),
            SecretsPlace::SecretsManager(prefix) => {
                let request = json!({ "SecretId": format!("{prefix}{client}") });
                match self.api.call(Operation::secrets_manager("DescribeSecret"), &request) {
                    Ok(_) => Ok(true),
                    Err(error) if error.is_not_found() => Ok(false),
                    Err(error) => Err(error),
                }
            }
        }
    }

    /// Keeps a secret in place of the one before.
    ///
    /// # Errors
    /// [`SecretsError`]
    pub fn keep(&self, client: &str, client_id: &str, secret: &Secret) -> Result<(), SecretsError> {
        let text = json!({ "client_id": client_id, "client_secret": secret.reveal() }).to_string();
        match &self.place {
            SecretsPlace::Folder(folder) => {
                let file = self.file(folder, client);
                write_private(&file, &text).map_err(|error| SecretsError::File(file.display().to_string(), error))
            }
            SecretsPlace::SecretsManager(prefix) => {
                let name = format!("{prefix}{client}");
                // Secrets Manager needs it to recognize a call that is made again. No call is, so any text will do.
                let token = request_token();
                let put = json!({ "SecretId": name, "SecretString": text, "ClientRequestToken": token });
                match self.api.call(Operation::secrets_manager("PutSecretValue"), &put) {
                    Err(error) if error.is_not_found() => {
                        let create = json!({ "Name": name, "SecretString": text, "ClientRequestToken": token });
                        self.api.call(Operation::secrets_manager("CreateSecret"), &create)?;
                        Ok(())
                    }
                    done => Ok(done.map(drop)?),
                }
            }
        }
    }
}

/// 32 random characters.
fn request_token() -> String {
    let mut bytes = [0; 16];
    // Without randomness, the token is the same each time, and Secrets Manager refuses a second text with it.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a file that only its owner can read, at once: a reader sees the old text or the new one.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    if !folder.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let unfinished = file.with_extension("json.unfinished");
    let _ = fs::remove_file(&unfinished);
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    writeln!(out, "{text}")?;
    out.sync_all()?;
    fs::rename(unfinished, file)
}
