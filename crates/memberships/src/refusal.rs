//! Every reason why a token is no proof.

/// Why a token proves nothing. The `Display` text is for developers, and repeats nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The token is longer than any ID token.
    #[error("the token is longer than 16 kB")]
    TooLarge,
    /// It is no JWT to the letter of [RFC 7515](https://www.rfc-editor.org/rfc/rfc7515), a name is in it twice, or a
    /// required claim is missing or of the wrong type.
    #[error("this is no ID token: three parts in base64url without padding, with the claims that Cognito gives")]
    Malformed,
    /// `alg` is another one, or there is a `crit`.
    #[error("the token is not signed with RS256 alone")]
    Algorithm,
    /// config.json has no user pool with this `iss`.
    #[error("the token is of no user pool that config.json names")]
    Issuer,
    /// The issuer has no such key.
    #[error("the token names no key of its issuer")]
    KeyUnknown,
    /// The signature is not valid.
    #[error("the token's signature is not valid")]
    Signature,
    /// It is an access token, a refresh token or that of a back end.
    #[error("this is another token than an ID token")]
    Use,
    /// `aud` is no app client of an organization of that user pool.
    #[error("the token is for no organization of its user pool")]
    Audience,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `iat` or `nbf` is in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `identities` names other providers than the organization's.
    #[error("the token names another provider than the organization's")]
    Provider,
    /// The organization has a provider, and the token names none.
    #[error("the token names no provider")]
    IdentitiesMissing,
}

impl Refusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "token_too_large",
            Self::Malformed => "token_malformed",
            Self::Algorithm => "token_algorithm",
            Self::Issuer => "token_issuer",
            Self::KeyUnknown => "token_key_unknown",
            Self::Signature => "token_signature",
            Self::Use => "wrong_token_use",
            Self::Audience => "token_audience",
            Self::Expired => "token_expired",
            Self::NotYetValid => "token_not_yet_valid",
            Self::Provider => "token_provider",
            Self::IdentitiesMissing => "token_identities_missing",
        }
    }
}
