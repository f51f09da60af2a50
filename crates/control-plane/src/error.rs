//! The errors that the API answers with.

/// An error, with Amazon's code and words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// The code, such as `InvalidParameterException`.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

impl ApiError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("ResourceNotFoundException", message)
    }

    /// The HTTP status. This protocol answers with 400 whatever the client did, even if it asked too often.
    pub(crate) fn status(&self) -> u16 {
        if self.code == "InternalErrorException" { 500 } else { 400 }
    }
}
