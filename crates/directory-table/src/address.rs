//! Where the table is: `dynamodb://TABLE`, with region, credentials and endpoint as the AWS SDK finds them.

use crate::table::Table;
use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::Client;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The address of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

/// A text is not the address of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address is dynamodb:// and the name of a table: letters, digits, `_`, `-` and `.`, from 3 to 255 of them")]
pub struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let name = text.strip_prefix("dynamodb://").ok_or(NoAddress)?;
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        ((3..=255).contains(&name.len()) && name.bytes().all(known)).then(|| Self(name.to_owned())).ok_or(NoAddress)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dynamodb://{}", self.0)
    }
}

/// How long requests may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Somebody waits for the answer of a lookup: 2 seconds with all repetitions.
    Lookup,
    /// An operator waits: a minute, and ten attempts.
    Operator,
}

impl Address {
    /// The table at this address. No request is made before the first one that is asked for.
    pub async fn open(&self, patience: Patience) -> Table {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let (attempts, attempt, all) = match patience {
            Patience::Lookup => (3, 700, 2_000),
            Patience::Operator => (10, 10_000, 60_000),
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_millis(attempt))
            .operation_attempt_timeout(Duration::from_millis(attempt))
            .operation_timeout(Duration::from_millis(all));
        let retries =
            RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(Duration::from_millis(50));
        let config = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(http)
            .timeout_config(timeouts.build())
            .retry_config(retries)
            .load()
            .await;
        Table::new(Client::new(&config), self.0.clone(), Duration::from_millis(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_table() {
        assert_eq!("dynamodb://tenants-1.a_b".parse::<Address>().unwrap().to_string(), "dynamodb://tenants-1.a_b");
        for text in ["", "tenants", "dynamodb:", "dynamodb://", "dynamodb://ab", "dynamodb://a/b", "s3://tenants"] {
            assert_eq!(text.parse::<Address>(), Err(NoAddress), "{text}");
        }
    }
}
