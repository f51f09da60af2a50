//! From an authorization code to verified tokens: the token request ([RFC 6749
//! §4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)), its response (§5), and the checks of the ID token
//! ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation); AWS,
//! "Verifying JSON web tokens").
//!
//! All app clients of a user pool share issuer and keys. So it is `aud` and `client_id` that tell whether a token is
//! for this tenant. Each step consumes the one before: [`CodeGrant`] → [`AwaitedTokens`] → [`UnverifiedTokens`] →
//! [`SignedTokens`] → [`crate::session::Session`].

use crate::authorize::PendingSignIn;
use crate::callback::CodeGrant;
use crate::jwks::{Jwks, RsaKey};
use crate::refusal::Refusal;
use crate::secrets::{AccessToken, IdTokenText, RefreshToken, base64url};
use crate::session::{Session, SignedIn};
use crate::time::UnixTime;
use deployment::{Deployment, UnknownIssuer};
use id_token::claims::{Claims, ProviderError, TimeError};
use id_token::jwt::{Jwt, JwtError};
use platform::json::Json;
use sha2::{Digest, Sha256};
use std::fmt;

/// The longest response of the token endpoint that is read, in bytes.
const BODY_MAX: usize = 256 * 1024;

/// A form-encoded POST to an OAuth endpoint. Its body has secrets, which `Debug` does not print.
pub struct TokenRequest {
    /// The address of the endpoint.
    pub url: String,
    /// The body, as `application/x-www-form-urlencoded`.
    pub body: String,
}

/// A sign-in that waits for the response of the token endpoint.
#[derive(Debug)]
pub struct AwaitedTokens {
    pending: PendingSignIn,
}

/// The tokens as the token endpoint returned them. Nothing about them is verified yet.
pub struct UnverifiedTokens {
    pending: PendingSignIn,
    id_token: Jwt,
    id_token_text: IdTokenText,
    access_token: AccessToken,
    refresh_token: Option<RefreshToken>,
    /// In seconds.
    expires_in: Option<f64>,
}

/// Tokens whose ID token has a valid signature of the issuer. Its claims are not checked yet.
pub struct SignedTokens(UnverifiedTokens);

/// Why a code did not become a session. The sign-in is over then, and nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum TokenError {
    /// The token endpoint has refused with a text that [`Refusal`] knows. Refusals of a pre-token-generation trigger
    /// come this way.
    Explained(Refusal),
    /// `invalid_grant`: the code was used, has expired, or belongs to another verifier.
    InvalidGrant,
    /// `invalid_client` or `unauthorized_client`: the app client is configured wrongly. Often it has a secret.
    ClientRefused,
    /// The status is another 4xx.
    Refused,
    /// The status is 5xx or 429.
    Unavailable,
    /// The response is not the JSON of [RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1).
    ResponseMalformed,
    /// The ID token is no JWT, or a required claim is missing or of the wrong type.
    IdTokenMalformed,
    /// The ID token is not signed with RS256.
    IdTokenAlgorithm,
    /// The issuer has no key with the ID token's key id, even in a key set that was fetched anew.
    IdTokenKeyUnknown,
    /// The ID token's signature is not valid.
    IdTokenSignature,
    /// `iss` is another issuer.
    IdTokenIssuer,
    /// `aud` or `azp` is another app client, so the token is another tenant's.
    IdTokenAudience,
    /// `exp` has passed. Since the token is new, the device's clock is probably ahead.
    ExpiredOrClockAhead {
        /// How many seconds `exp` is before the device's time.
        seconds: i64,
    },
    /// `iat` or `nbf` is in the future, so the device's clock is behind.
    ClockBehind {
        /// How many seconds the claim is after the device's time.
        seconds: i64,
    },
    /// `nonce` is not the one of this sign-in.
    IdTokenNonce,
    /// `token_use` is not `id`.
    IdTokenUse,
    /// `at_hash` is not the hash of the access token.
    IdTokenAtHash,
    /// `identities` names other providers and not the tenant's.
    IdTokenProvider,
    /// The tenant is federated, and the token has no `identities`.
    IdTokenIdentitiesMissing,
    /// The access token is no JWT, or is for another client, issuer, person or use.
    AccessTokenForeign,
}

impl TokenError {
    /// The stable code, for `data-error` and for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Explained(refusal) => refusal.code(),
            Self::InvalidGrant => "token_invalid_grant",
            Self::ClientRefused => "token_client_refused",
            Self::Refused => "token_refused",
            Self::Unavailable => "token_unavailable",
            Self::ResponseMalformed => "token_response_malformed",
            Self::IdTokenMalformed => "id_token_malformed",
            Self::IdTokenAlgorithm => "id_token_algorithm",
            Self::IdTokenKeyUnknown => "id_token_key_unknown",
            Self::IdTokenSignature => "id_token_signature",
            Self::IdTokenIssuer => "id_token_issuer",
            Self::IdTokenAudience => "id_token_audience",
            Self::ExpiredOrClockAhead { .. } => "id_token_expired_or_clock",
            Self::ClockBehind { .. } => "id_token_early_clock",
            Self::IdTokenNonce => "id_token_nonce",
            Self::IdTokenUse => "id_token_use",
            Self::IdTokenAtHash => "id_token_at_hash",
            Self::IdTokenProvider => "id_token_identity_provider",
            Self::IdTokenIdentitiesMissing => "id_token_identities_missing",
            Self::AccessTokenForeign => "access_token_foreign",
        }
    }
}

impl TokenError {
    /// Reads an error response ([RFC 6749 §5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)) with Cognito's
    /// texts.
    fn of_refusal(error: &str, description: Option<&str>) -> Self {
        match (error, Refusal::recognize(error, description)) {
            // These two codes say what is wrong, whatever the description says.
            ("invalid_client" | "unauthorized_client", None | Some(Refusal::AppClient { .. })) => Self::ClientRefused,
            (_, Some(refusal)) => Self::Explained(refusal),
            ("invalid_grant", None) => Self::InvalidGrant,
            _ => Self::Refused,
        }
    }
}

impl From<JwtError> for TokenError {
    fn from(error: JwtError) -> Self {
        match error {
            JwtError::Malformed => Self::IdTokenMalformed,
            JwtError::Algorithm => Self::IdTokenAlgorithm,
        }
    }
}

impl From<TimeError> for TokenError {
    fn from(error: TimeError) -> Self {
        match error {
            TimeError::Malformed => Self::IdTokenMalformed,
            TimeError::Expired(seconds) => Self::ExpiredOrClockAhead { seconds },
            TimeError::NotYetValid(seconds) => Self::ClockBehind { seconds },
        }
    }
}

impl From<ProviderError> for TokenError {
    fn from(error: ProviderError) -> Self {
        match error {
            ProviderError::Missing => Self::IdTokenIdentitiesMissing,
            ProviderError::Foreign => Self::IdTokenProvider,
        }
    }
}

impl CodeGrant {
    /// The token request of a public client, without a client secret or an Authorization header
    /// ([RFC 6749 §4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3),
    /// [RFC 7636 §4.5](https://www.rfc-editor.org/rfc/rfc7636#section-4.5)).
    ///
    /// The address of the token endpoint is taken from config.json. The kept record has no say in it, because other
    /// scripts of this origin could have changed it.
    ///
    /// # Errors
    /// [`UnknownIssuer`] if config.json no longer names the issuer.
    pub fn token_request(self, deployment: &Deployment) -> Result<(TokenRequest, AwaitedTokens), UnknownIssuer> {
        let url = deployment.user_pool_of(&self.pending.issuer)?.endpoint("/oauth2/token");
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", self.pending.client_id.as_str())
            .append_pair("code", self.code.secret())
            .append_pair("redirect_uri", &self.pending.redirect_uri)
            .append_pair("code_verifier", self.pending.verifier.secret())
            .finish();
        Ok((TokenRequest { url, body }, AwaitedTokens { pending: self.pending }))
    }
}

impl AwaitedTokens {
    /// The address of the issuer's key set, from config.json. No token is needed for it, so keys and tokens can be
    /// fetched at the same time.
    ///
    /// # Errors
    /// [`UnknownIssuer`] if config.json no longer names the issuer.
    pub fn jwks_uri<'d>(&self, deployment: &'d Deployment) -> Result<&'d str, UnknownIssuer> {
        Ok(&deployment.user_pool_of(&self.pending.issuer)?.jwks_uri.href)
    }

    /// Reads the response of the token endpoint.
    ///
    /// # Errors
    /// If it is an error response, or not the JSON of [RFC 6749
    /// §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1).
    pub fn receive(self, status: u16, body: &str) -> Result<UnverifiedTokens, TokenError> {
        if status >= 500 || status == 429 {
            return Err(TokenError::Unavailable);
        }
        if body.len() > BODY_MAX {
            return Err(TokenError::ResponseMalformed);
        }
        let json = Json::parse(body).ok();
        let field = |name: &str| json.as_ref().and_then(|json| json.get(name));
        let text = |name: &str| field(name).and_then(Json::as_str).filter(|text| !text.is_empty());
        if status != 200 {
            return Err(TokenError::of_refusal(text("error").unwrap_or_default(), text("error_description")));
        }
        let required = |name: &str| text(name).map(str::to_owned).ok_or(TokenError::ResponseMalformed);
        let refresh_token = match field("refresh_token") {
            None | Some(Json::Null) => None,
            Some(_) => Some(RefreshToken::new(required("refresh_token")?)),
        };
        let expires_in = match field("expires_in") {
            None | Some(Json::Null) => None,
            Some(value) => Some(value.as_f64().filter(|n| *n >= 0.0).ok_or(TokenError::ResponseMalformed)?),
        };
        // Case-insensitive (RFC 6749 §5.1, https://www.rfc-editor.org/rfc/rfc6749#section-5.1).
        if !required("token_type")?.eq_ignore_ascii_case("bearer") {
            return Err(TokenError::ResponseMalformed);
        }
        let id_token = required("id_token")?;
        Ok(UnverifiedTokens {
            pending: self.pending,
            id_token: Jwt::parse(&id_token)?,
            id_token_text: IdTokenText::new(id_token),
            access_token: AccessToken::new(required("access_token")?),
            refresh_token,
            expires_in,
        })
    }
}

impl UnverifiedTokens {
    /// The key that the ID token says it is signed with. `None` if the key set has no such key: it may be out of date.
    pub fn select_key<'k>(&self, keys: &'k Jwks) -> Option<&'k RsaKey> {
        keys.select(self.id_token.kid.as_deref())
    }

    /// Checks the signature of the ID token with `verify`, which gets key, signed bytes and signature, and returns
    /// whether that is a valid RSASSA-PKCS1-v1_5 signature with SHA-256.
    ///
    /// # Errors
    /// Those of `verify`; within, [`TokenError::IdTokenSignature`] if the signature is not valid.
    pub async fn check_signature<E>(
        self,
        key: &RsaKey,
        verify: impl AsyncFnOnce(&RsaKey, &[u8], &[u8]) -> Result<bool, E>,
    ) -> Result<Result<SignedTokens, TokenError>, E> {
        let signed = verify(key, self.id_token.signing_input.as_bytes(), &self.id_token.signature).await?;
        Ok(if signed { Ok(SignedTokens(self)) } else { Err(TokenError::IdTokenSignature) })
    }
}

impl SignedTokens {
    /// Checks the claims of both tokens against the sign-in that they should be for.
    ///
    /// # Errors
    /// The first claim that is wrong.
    pub fn into_session(self, now: UnixTime) -> Result<SignedIn, TokenError> {
        let tokens = self.0;
        let (pending, claims) = (&tokens.pending, &tokens.id_token.claims);

        if claims.text("iss") != Some(pending.issuer.as_str()) {
            return Err(TokenError::IdTokenIssuer);
        }
        check_audience(claims, pending.client_id.as_str())?;
        if claims.text("sub").is_none_or(str::is_empty) {
            return Err(TokenError::IdTokenMalformed);
        }
        claims.check_times(now)?;
        if claims.text("nonce") != Some(pending.nonce.secret()) {
            return Err(TokenError::IdTokenNonce);
        }
        if claims.text("token_use") != Some("id") {
            return Err(TokenError::IdTokenUse);
        }
        check_at_hash(claims, &tokens.access_token)?;
        claims.check_provider(&pending.tenant.identity_provider)?;
        let access_exp = check_access_token(&tokens.access_token, claims, pending)?;

        // `expires_in` cannot make the session longer than the token's own `exp`.
        let end = access_exp.or(claims.numeric_date("exp")?).unwrap_or_default() as i64;
        let expires_at = tokens.expires_in.map_or(end, |seconds| now.0.saturating_add(seconds as i64).min(end));
        let PendingSignIn { tenant, return_to, login_hint, .. } = tokens.pending;
        let session = Session {
            tenant,
            id_token: tokens.id_token_text,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            expires_at: UnixTime(expires_at),
        };
        Ok(SignedIn { session, return_to, login_hint })
    }
}

/// The app client must be in `aud`, and where `aud` has others too, `azp` must be the app client
/// ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), 3–5).
fn check_audience(claims: &Claims, client_id: &str) -> Result<(), TokenError> {
    let azp = match claims.get("azp") {
        None => None,
        Some(Json::String(azp)) => Some(azp.as_str()),
        Some(_) => return Err(TokenError::IdTokenAudience),
    };
    let is_us = match claims.get("aud") {
        Some(Json::String(aud)) => aud == client_id,
        Some(Json::Array(list)) => {
            list.iter().all(|aud| aud.as_str().is_some())
                && list.iter().any(|aud| aud.as_str() == Some(client_id))
                && (list.len() == 1 || azp.is_some())
        }
        _ => false,
    };
    if is_us && azp.is_none_or(|azp| azp == client_id) { Ok(()) } else { Err(TokenError::IdTokenAudience) }
}

/// `at_hash` is optional in the code flow. Where it is there, it must be the hash of the access token
/// ([OpenID Connect Core §3.1.3.8](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowTokenValidation)).
fn check_at_hash(claims: &Claims, access_token: &AccessToken) -> Result<(), TokenError> {
    let Some(at_hash) = claims.get("at_hash") else { return Ok(()) };
    let digest = Sha256::digest(access_token.secret().as_bytes());
    if at_hash.as_str() == Some(&base64url(&digest[..16])) { Ok(()) } else { Err(TokenError::IdTokenAtHash) }
}

/// Checks that the access token is for the same client, issuer and person. Its signature is not checked: it came
/// straight from the token endpoint, and the resource server will check it. Returns its `exp`, if it has one.
fn check_access_token(
    access_token: &AccessToken,
    id_claims: &Claims,
    pending: &PendingSignIn,
) -> Result<Option<f64>, TokenError> {
    let foreign = || TokenError::AccessTokenForeign;
    let claims = Jwt::parse(access_token.secret()).map_err(|_| foreign())?.claims;
    let absent_or = |name: &str, expected: Option<&str>| claims.get(name).is_none_or(|v| v.as_str() == expected);
    let ours = claims.text("client_id") == Some(pending.client_id.as_str())
        && absent_or("token_use", Some("access"))
        && absent_or("iss", Some(pending.issuer.as_str()))
        && absent_or("sub", id_claims.text("sub"));
    if ours { claims.numeric_date("exp").map_err(|_| foreign()) } else { Err(foreign()) }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "POST {}", self.url)
    }
}

impl fmt::Debug for UnverifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnverifiedTokens(…)")
    }
}

impl fmt::Debug for SignedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedTokens(…)")
    }
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
