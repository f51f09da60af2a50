//! Finds the credentials: in the environment, or by asking the AWS CLI.
//!
//! The CLI knows profiles, single sign-on, roles and instance metadata, and hands out what it finds
//! (<https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html>). An operator who needs any of
//! these has it. The library for this, aws-config, would more than double the crates of this program.

use crate::files::provisioning::Secret;
use serde_json::Value;
use std::env;
use std::io;
use std::process::Command;

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
    /// The AWS CLI has none. Has the last line that it printed.
    #[error("the AWS CLI has no credentials: {0}")]
    NotSignedIn(String),
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
        if let (Some(access_key_id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
        {
            let session_token = variable("AWS_SESSION_TOKEN").map(Secret::new);
            return Ok(Self { access_key_id, secret_access_key: Secret::new(secret), session_token });
        }
        let output = Command::new("aws").args(["configure", "export-credentials", "--format", "process"]).output();
        let output = output.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => CredentialsError::NoCli,
            _ => CredentialsError::Cli(error),
        })?;
        if !output.status.success() {
            let printed = String::from_utf8_lossy(&output.stderr);
            let last = printed.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it printed nothing");
            return Err(CredentialsError::NotSignedIn(crate::foreign_text::shown(last)));
        }
        Self::parse(&output.stdout).ok_or(CredentialsError::Unreadable)
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
