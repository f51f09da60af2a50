//! Keeps the secrets of machine clients: in files that only their owner can read, or in AWS Secrets Manager. They are
//! never printed.

use crate::aws::{Api, ApiError, Operation};
use crate::files::pool_file::SecretsPlace;
use crate::secret::Secret;
use serde_json::{Value, json};
use std::fs::{self, DirBuilder, File, OpenOptions};
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

/// What is kept beside a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The app client that it is of.
    pub client_id: String,
    /// Cognito's name for the secret. `None` for the one that the app client was created with.
    pub secret_id: Option<String>,
}

impl Kept {
    fn parse(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        json["client_secret"].as_str().filter(|secret| !secret.is_empty())?;
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        Some(Self { client_id: text("client_id")?, secret_id: text("client_secret_id") })
    }
}

/// A secret cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// There is none in Cognito's response.
    #[error("Cognito has sent no secret")]
    Empty,
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

    /// What is kept for the app client with this name. `None` if there is nothing, or nothing that can be read.
    ///
    /// # Errors
    /// If Secrets Manager does not say.
    pub fn kept(&self, client: &str) -> Result<Option<Kept>, ApiError> {
        let text = match &self.place {
            SecretsPlace::Folder(folder) => fs::read_to_string(self.file(folder, client)).ok(),
            SecretsPlace::SecretsManager(prefix) => {
                let request = json!({ "SecretId": format!("{prefix}{client}") });
                match self.api.call(Operation::secrets_manager("GetSecretValue"), &request) {
                    Ok(response) => response["SecretString"].as_str().map(str::to_owned),
                    Err(error) if error.is_not_found() => None,
                    Err(error) => return Err(error),
                }
            }
        };
        Ok(text.and_then(|text| Kept::parse(&text)))
    }

    /// Keeps a secret in place of the one before. `secret_id` is Cognito's name for it, if it has said one.
    ///
    /// # Errors
    /// [`SecretsError`]
    pub fn keep(
        &self,
        client: &str,
        client_id: &str,
        secret: &Secret,
        secret_id: Option<&str>,
    ) -> Result<(), SecretsError> {
        if secret.reveal().is_empty() {
            return Err(SecretsError::Empty);
        }
        let mut text = json!({ "client_id": client_id, "client_secret": secret.reveal() });
        if let Some(secret_id) = secret_id {
            text["client_secret_id"] = secret_id.into();
        }
        let text = text.to_string();
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

    /// Checks that a secret could be kept in the folder, without leaving anything there.
    ///
    /// # Errors
    /// If it could not.
    pub fn check(&self) -> Result<(), SecretsError> {
        let SecretsPlace::Folder(folder) = &self.place else { return Ok(()) };
        let file = self.file(folder, "check");
        let unfinished = unfinished(&file);
        let checked = create_private(&unfinished).map(drop).and_then(|()| fs::remove_file(&unfinished));
        checked.map_err(|error| SecretsError::File(self.base.join(folder).display().to_string(), error))
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
    let unfinished = unfinished(file);
    let written = create_private(&unfinished).and_then(|mut out| {
        writeln!(out, "{text}")?;
        out.sync_all()?;
        fs::rename(&unfinished, file)
    });
    written.inspect_err(|_| drop(fs::remove_file(&unfinished)))
}

fn unfinished(file: &Path) -> PathBuf {
    file.with_extension("json.unfinished")
}

/// Creates a file, and the folder if there is none. The folder says to git that nothing of it is to be kept there.
fn create_private(file: &Path) -> io::Result<File> {
    let folder = file.parent().unwrap_or(Path::new("."));
    if !folder.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        fs::write(folder.join(".gitignore"), "*\n")?;
    }
    let _ = fs::remove_file(file);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)
}
