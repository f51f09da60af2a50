//! Finds the credentials: in the environment, or by asking the AWS CLI.
//!
//! The CLI knows profiles, single sign-on, roles and instance metadata, and hands out what it finds
//! (<https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html>). An operator who needs any of
//! these has it. The library for this, aws-config, would more than double the crates of this program.

use crate::secret::Secret;
use serde_json::Value;
use std::env;
use std::io;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The longest time that the AWS CLI may take.
const CLI_LIMIT: Duration = Duration::from_secs(60);

/// What signs requests.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The access key's id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// The token of temporary credentials.
    pub session_token: Option<Secret>,
}

/// There are no credentials.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// There is no AWS CLI either.
    #[error(
        "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or install the AWS CLI and sign in"
    )]
    NoCli,
    /// The AWS CLI could not be run.
    #[error("the AWS CLI could not be run: {0}")]
    Cli(#[from] io::Error),
    /// Only one of the two variables is set. The AWS CLI could have the credentials of another account.
    #[error("only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set")]
    Half,
    /// The AWS CLI has none. What it prints may have secrets in it.
    #[error("the AWS CLI has no credentials: run `aws configure export-credentials` to see why")]
    NotSignedIn,
    /// The AWS CLI has not ended.
    #[error("the AWS CLI did not answer within a minute: run `aws configure export-credentials` to see why")]
    TooSlow,
    /// The AWS CLI has printed something else.
    #[error("the AWS CLI printed no credentials; version 2.9 or later is needed")]
    Unreadable,
}

impl Credentials {
    /// Finds credentials.
    ///
    /// # Errors
    /// If there are none.
    pub fn find() -> Result<Self, CredentialsError> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            (Some(access_key_id), Some(secret)) => {
                let session_token = variable("AWS_SESSION_TOKEN").map(Secret::new);
                Ok(Self { access_key_id, secret_access_key: Secret::new(secret), session_token })
            }
            (None, None) => Self::parse(&ask_cli()?).ok_or(CredentialsError::Unreadable),
            _ => Err(CredentialsError::Half),
        }
    }

    /// Reads what a credential process prints
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>).
    fn parse(json: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(json).ok()?;
        let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
        Some(Self {
            access_key_id: text("AccessKeyId")?,
            secret_access_key: Secret::new(text("SecretAccessKey")?),
            session_token: text("SessionToken").map(Secret::new),
        })
    }
}

/// What the AWS CLI prints. It may ask for a second factor on the terminal.
fn ask_cli() -> Result<Vec<u8>, CredentialsError> {
    let mut program = Command::new("aws")
        .args(["configure", "export-credentials", "--format", "process"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CredentialsError::NoCli,
            _ => CredentialsError::Cli(error),
        })?;
    let until = Instant::now() + CLI_LIMIT;
    // It prints less than a pipe holds, so it need not be read meanwhile.
    while program.try_wait()?.is_none() {
        if Instant::now() > until {
            program.kill()?;
            program.wait()?;
            return Err(CredentialsError::TooSlow);
        }
        sleep(Duration::from_millis(20));
    }
    let output = program.wait_with_output()?;
    if output.status.success() { Ok(output.stdout) } else { Err(CredentialsError::NotSignedIn) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_cli_prints_is_read_and_not_printed() {
        let printed = br#"{"Version":1,"AccessKeyId":"AKIA","SecretAccessKey":"hidden","SessionToken":"hidden too"}"#;
        let credentials = Credentials::parse(printed).unwrap();
        assert_eq!(credentials.secret_access_key.reveal(), "hidden");
        assert!(!format!("{credentials:?}").contains("hidden"));
        assert!(Credentials::parse(b"{}").is_none());
    }
}
