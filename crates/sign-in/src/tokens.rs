//! From a code to verified tokens: the token request (RFC 6749 §4.1.3), its answer (§5), and ID-token validation
//! (OpenID Connect Core §3.1.3.7, AWS "Verifying JSON web tokens").
//!
//! All app clients of a user pool share issuer and keys, so audience and client are the walls between tenants. Each step consumes the one before: [`CodeGrant`] → [`AwaitedTokens`] → [`UnverifiedTokens`] →
//! [`SignedTokens`] → [`crate::session::Session`].

use crate::authorize::PendingSignIn;
use crate::callback::CodeGrant;
use crate::deployment::{Deployment, UnknownIssuer};
use crate::jwks::{Jwks, RsaKey};
use crate::jwt::{Claims, Jwt, JwtError};
use crate::refusal::Refusal;
use crate::secrets::{AccessToken, IdTokenText, RefreshToken, base64url};
use crate::session::Session;
use crate::time::{CLOCK_TOLERANCE, UnixTime};
use lookup_api::json::Json;
use sha2::{Digest, Sha256};
use std::fmt;

/// The longest body that we read from the token endpoint, in bytes.
const BODY_MAX: usize = 256 * 1024;

/// One form-encoded POST. It holds code and verifier, so its `Debug` shows neither.
pub struct TokenRequest {
    /// The token endpoint.
    pub url: String,
    /// `application/x-www-form-urlencoded`.
    pub body: String,
}

/// A sign-in whose code is on its way to the token endpoint.
#[derive(Debug)]
pub struct AwaitedTokens {
    pending: PendingSignIn,
}

/// What the token endpoint gave, the ID token taken apart but not believed.
pub struct UnverifiedTokens {
    pending: PendingSignIn,
    id_token: Jwt,
    id_token_text: IdTokenText,
    access_token: AccessToken,
    refresh_token: Option<RefreshToken>,
    /// Seconds.
    expires_in: Option<f64>,
}

/// Tokens whose ID token the issuer has signed. What it says is still to be held against the sign-in.
pub struct SignedTokens(UnverifiedTokens);

/// A session, and what the person brought along to it.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Where the person wanted to go; to be checked once more before anyone follows it.
    pub return_to: Option<String>,
    /// The address that the person typed.
    pub login_hint: Option<String>,
}

/// Why there is no session. All of these end the sign-in; none of them leaves anything stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenError {
    /// The token endpoint says why not, in words that the callback could have brought as well: a pre-token-generation trigger
    /// answers here.
    Explained(Refusal),
    /// `invalid_grant`: the code was used, is too old, or the verifier does not fit.
    InvalidGrant,
    /// `invalid_client` or `unauthorized_client`: the app client is set up wrongly (often: it has a secret).
    ClientRefused,
    /// Any other 4xx.
    Refused,
    /// 5xx or 429.
    Unavailable,
    /// Not the JSON that RFC 6749 §5.1 promises.
    ResponseMalformed,
    /// The ID token is no JWT, or lacks a required claim, or has one of the wrong type.
    IdTokenMalformed,
    /// Not RS256.
    IdTokenAlgorithm,
    /// No key of the issuer fits, even after fetching the key set anew.
    IdTokenKeyUnknown,
    /// The issuer did not sign this.
    IdTokenSignature,
    /// `iss` is another issuer's.
    IdTokenIssuer,
    /// `aud` or `azp` is another app client's: another tenant's token.
    IdTokenAudience,
    /// `exp` has passed by so many seconds. A token fresh from the issuer: more likely the device's clock is ahead.
    ExpiredOrClockAhead {
        /// Seconds between the device's clock and `exp`.
        seconds: i64,
    },
    /// `iat` or `nbf` lies so many seconds ahead: the device's clock is behind.
    ClockBehind {
        /// Seconds between the device's clock and the claim.
        seconds: i64,
    },
    /// `nonce` is not this attempt's.
    IdTokenNonce,
    /// `token_use` is not `id`.
    IdTokenUse,
    /// `at_hash` does not fit the access token.
    IdTokenAtHash,
    /// `identities` names other providers, and not the tenant's.
    IdTokenProvider,
    /// The tenant is federated, and the token lists no `identities` at all.
    IdTokenIdentitiesMissing,
    /// The access token is no JWT or names another client, issuer, person or use.
    AccessTokenForeign,
}

impl TokenError {
    /// Stable, for `data-error` and for logs.
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
    /// RFC 6749 §5.2, with Cognito's texts.
    fn of_refusal(error: &str, description: Option<&str>) -> Self {
        match (error, Refusal::recognize(error, description)) {
            // These two name the fault themselves, whatever is said about it.
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

impl CodeGrant {
    /// The token request of a public client: no secret, no Authorization header (RFC 6749 §4.1.3, RFC 7636 §4.5).
    ///
    /// Its address comes from today's config.json, not from the record, which anything on this origin could edit.
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
    /// The address of the issuer's key set: today's config.json tells it, no token does, so the keys can be fetched meanwhile.
    pub fn jwks_uri<'d>(&self, deployment: &'d Deployment) -> Result<&'d str, UnknownIssuer> {
        Ok(&deployment.user_pool_of(&self.pending.issuer)?.jwks_uri.href)
    }

    /// Reads the token endpoint's answer.
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
        // RFC 6749 §5.1: the type's case does not matter, its value does.
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
    /// The key that is said to have signed the ID token; `None` asks for a fresh key set, once.
    pub fn select_key<'k>(&self, keys: &'k Jwks) -> Option<&'k RsaKey> {
        keys.select(self.id_token.kid.as_deref())
    }

    /// Has `verify` check RSASSA-PKCS1-v1_5 with SHA-256 of (key, signing input, signature); only a `true` opens the
    /// way to a session.
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
    /// Holds what the tokens say against the sign-in they should be for.
    ///
    /// # Errors
    /// The first claim that does not fit.
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
        check_times(claims, now)?;
        if claims.text("nonce") != Some(pending.nonce.secret()) {
            return Err(TokenError::IdTokenNonce);
        }
        if claims.text("token_use") != Some("id") {
            return Err(TokenError::IdTokenUse);
        }
        check_at_hash(claims, &tokens.access_token)?;
        check_provider(claims, pending)?;
        let access_exp = check_access_token(&tokens.access_token, claims, pending)?;

        // Whatever `expires_in` promises, the token says itself when it ends.
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

/// OpenID Connect Core §3.1.3.7, 3–5: we are the audience, and where there are others, `azp` must say it is us.
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

fn check_times(claims: &Claims, now: UnixTime) -> Result<(), TokenError> {
    let (now, tolerance) = (now.0 as f64, CLOCK_TOLERANCE as f64);
    let exp = claims.numeric_date("exp")?.ok_or(TokenError::IdTokenMalformed)?;
    let iat = claims.numeric_date("iat")?.ok_or(TokenError::IdTokenMalformed)?;
    let nbf = claims.numeric_date("nbf")?.unwrap_or(iat);
    if now >= exp + tolerance {
        return Err(TokenError::ExpiredOrClockAhead { seconds: (now - exp) as i64 });
    }
    let starts = iat.max(nbf);
    if starts > now + tolerance {
        return Err(TokenError::ClockBehind { seconds: (starts - now) as i64 });
    }
    Ok(())
}

/// OpenID Connect Core §3.1.3.8: optional in the code flow, but binding where it stands.
fn check_at_hash(claims: &Claims, access_token: &AccessToken) -> Result<(), TokenError> {
    let Some(at_hash) = claims.get("at_hash") else { return Ok(()) };
    let digest = Sha256::digest(access_token.secret().as_bytes());
    if at_hash.as_str() == Some(&base64url(&digest[..16])) { Ok(()) } else { Err(TokenError::IdTokenAtHash) }
}

/// AWS "Linking federated users": `identities` lists every provider that the profile is linked to, and does not say by which of
/// them the person has just signed in. So this is a check of plausibility; `aud` is the wall between tenants.
///
/// A federated tenant's provider must be in the list, among others or alone. A native account (`COGNITO`) may be linked to
/// providers as long as none of them is its origin (`primary`).
fn check_provider(claims: &Claims, pending: &PendingSignIn) -> Result<(), TokenError> {
    let provider = &pending.tenant.identity_provider;
    let identities = match claims.get("identities") {
        None | Some(Json::Null) => &[],
        Some(Json::Array(list)) => list.as_slice(),
        Some(_) => return Err(TokenError::IdTokenProvider),
    };
    let is_primary = |identity: &Json| match identity.get("primary") {
        Some(Json::Bool(flag)) => *flag,
        Some(Json::String(text)) => text == "true",
        _ => false,
    };
    let is_ours = |identity: &Json| identity.get("providerName").and_then(Json::as_str) == Some(provider.as_str());
    match identities {
        list if provider.is_native() && !list.iter().any(is_primary) => Ok(()),
        [] => Err(TokenError::IdTokenIdentitiesMissing),
        list if !provider.is_native() && list.iter().any(is_ours) => Ok(()),
        _ => Err(TokenError::IdTokenProvider),
    }
}

/// The access token must be the same client's, issuer's and person's. Its signature is the resource server's to
/// check; here it came straight from the token endpoint. Gives its `exp`, if it has one.
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
