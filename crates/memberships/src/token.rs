//! From the text of a token to a proof of who asks. Nothing of the token is used before its signature is checked,
//! except `iss` and `kid`, which select among the issuers and keys that config.json leads to.

use crate::refusal::Refusal;
use crate::tenants::{Directory, Unavailable};
use base64ct::{Base64UrlUnpadded, Encoding};
use deployment::{Deployment, UserPool};
use id_token::claims::{Claims, ProviderError, TimeError};
use id_token::jwks::{Jwks, RsaKey};
use id_token::jwt::{Jwt, JwtError};
use id_token::time::UnixTime;
use lookup_api::{Issuer, LookupRequest, Tenant};
use platform::first_repeated_key;
use platform::json::Json;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use std::fmt;

/// The longest token that is read, in bytes. Request headers have little more room anywhere.
pub const TOKEN_MAX: usize = 16 * 1024;

/// A token as it came. It proves nothing.
pub struct UnverifiedToken {
    jwt: Jwt,
    kid: String,
}

/// A token with a valid signature of a user pool that config.json names. Its other claims are not checked yet.
pub struct SignedToken {
    claims: Claims,
    issuer: Issuer,
}

/// Who asks: a person of an organization. There is one only for a token that has passed every check.
pub struct Proof {
    /// The organization whose app client the token is for.
    pub tenant: Tenant,
    /// The user pool.
    pub issuer: Issuer,
    /// The person.
    pub subject: Subject,
    /// The names of the person's groups in the user pool.
    pub(crate) groups: Vec<String>,
    /// The part after the last `@` of the email address, if the address is verified.
    pub(crate) domain: Option<String>,
}

/// A person's `sub` in a user pool. `Debug` does not print it, so that no log has it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Subject(String);

impl Subject {
    /// The text, to find what is kept about the person. It must not be logged.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// There is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoProof {
    /// The token is refused.
    Refused(Refusal),
    /// The directory does not answer now.
    Unavailable,
}

impl UnverifiedToken {
    /// Reads a token.
    ///
    /// # Errors
    /// Why its text is no ID token that could be verified.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.len() > TOKEN_MAX {
            return Err(Refusal::TooLarge);
        }
        if is_encrypted(text) {
            return Err(Refusal::Use);
        }
        let jwt = Jwt::parse(text).map_err(|error| match error {
            JwtError::Malformed => Refusal::Malformed,
            JwtError::Algorithm => Refusal::Algorithm,
        })?;
        // Readers differ in which of two members they take (RFC 7515 §4, RFC 7519 §4).
        if text.split('.').take(2).any(repeats_a_name) {
            return Err(Refusal::Malformed);
        }
        let kid = jwt.kid.clone().ok_or(Refusal::KeyUnknown)?;
        Ok(Self { jwt, kid })
    }

    /// The user pool that the token says it is from, as config.json has it. Its keys are to be fetched from there,
    /// never from an address in the token.
    ///
    /// # Errors
    /// [`Refusal::Issuer`] if config.json names no such pool.
    pub fn issuer<'d>(&self, deployment: &'d Deployment) -> Result<&'d UserPool, Refusal> {
        let iss = self.jwt.claims.text("iss").ok_or(Refusal::Issuer)?;
        deployment.user_pools.iter().find(|pool| pool.issuer.as_str() == iss).ok_or(Refusal::Issuer)
    }

    /// The id of the key that it says it is signed with.
    pub fn key_id(&self) -> &str {
        &self.kid
    }

    /// Checks the signature with the keys of the user pool that [`Self::issuer`] gave.
    ///
    /// # Errors
    /// If the pool has no such key, or the signature is not valid.
    pub fn check_signature(self, pool: &UserPool, keys: &Jwks) -> Result<SignedToken, Refusal> {
        if self.jwt.claims.text("iss") != Some(pool.issuer.as_str()) {
            return Err(Refusal::Issuer);
        }
        let key = keys.select(Some(&self.kid)).ok_or(Refusal::KeyUnknown)?;
        if !is_signed(key, self.jwt.signing_input.as_bytes(), &self.jwt.signature) {
            return Err(Refusal::Signature);
        }
        Ok(SignedToken { claims: self.jwt.claims, issuer: pool.issuer.clone() })
    }
}

/// Whether this is a JWE in compact form ([RFC 7516 §7.1](https://www.rfc-editor.org/rfc/rfc7516#section-7.1)), as
/// Cognito's refresh tokens are.
fn is_encrypted(text: &str) -> bool {
    let header = text.split('.').next().and_then(json_of);
    text.split('.').count() == 5 && header.is_some_and(|header| header.get("enc").is_some())
}

fn json_of(part: &str) -> Option<Json> {
    Json::parse(&text_of(part)?).ok()
}

fn text_of(part: &str) -> Option<String> {
    String::from_utf8(Base64UrlUnpadded::decode_vec(part).ok()?).ok()
}

fn repeats_a_name(part: &str) -> bool {
    text_of(part).is_some_and(|text| first_repeated_key(&text).is_some())
}

/// Whether this is a valid RSASSA-PKCS1-v1_5 signature with SHA-256.
fn is_signed(key: &RsaKey, signed: &[u8], signature: &[u8]) -> bool {
    let number = |text| Base64UrlUnpadded::decode_vec(text).unwrap_or_default();
    let (n, e) = (number(&key.n), number(&key.e));
    let components = RsaPublicKeyComponents { n: without_zeros(&n), e: without_zeros(&e) };
    components.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok()
}

/// ring wants numbers without zeros in front, which some encoders write.
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

impl SignedToken {
    /// Checks the claims. `aud` tells whose token it is.
    ///
    /// # Errors
    /// The first claim that is wrong, or that the directory does not answer.
    pub async fn prove(
        self,
        directory: &impl Directory,
        deployment: &Deployment,
        now: UnixTime,
    ) -> Result<Proof, NoProof> {
        if self.claims.text("token_use") != Some("id") {
            return Err(Refusal::Use.into());
        }
        let client_id = self.audience().ok_or(Refusal::Audience)?.to_owned();
        let tenant = directory.find(&LookupRequest::ClientId(client_id)).await?.into_iter().next();
        let tenant = tenant.filter(|tenant| self.is_of_pool_of(tenant, deployment)).ok_or(Refusal::Audience)?;
        Ok(self.into_proof(tenant, now)?)
    }

    /// `aud`, a single text. Cognito sends no `azp`; where there is one, it must say the same.
    fn audience(&self) -> Option<&str> {
        let aud = self.claims.text("aud")?;
        let azp = self.claims.get("azp");
        azp.is_none_or(|azp| azp.as_str() == Some(aud)).then_some(aud)
    }

    fn is_of_pool_of(&self, tenant: &Tenant, deployment: &Deployment) -> bool {
        deployment.user_pool(tenant).is_ok_and(|pool| pool.issuer == self.issuer)
    }

    fn into_proof(self, tenant: Tenant, now: UnixTime) -> Result<Proof, Refusal> {
        let claims = &self.claims;
        let subject = claims.text("sub").filter(|sub| !sub.is_empty()).ok_or(Refusal::Malformed)?;
        claims.check_times(now).map_err(|error| match error {
            TimeError::Malformed => Refusal::Malformed,
            TimeError::Expired(_) => Refusal::Expired,
            TimeError::NotYetValid(_) => Refusal::NotYetValid,
        })?;
        claims.check_provider(&tenant.identity_provider).map_err(|error| match error {
            ProviderError::Missing => Refusal::IdentitiesMissing,
            ProviderError::Foreign => Refusal::Provider,
        })?;
        Ok(Proof {
            tenant,
            subject: Subject(subject.to_owned()),
            groups: groups(claims),
            domain: verified_domain(claims),
            issuer: self.issuer,
        })
    }
}

fn groups(claims: &Claims) -> Vec<String> {
    let list = claims.get("cognito:groups").and_then(Json::as_array).unwrap_or_default();
    list.iter().filter_map(|group| group.as_str().map(str::to_owned)).collect()
}

/// The domain of the email address, if Cognito says that the address is verified.
fn verified_domain(claims: &Claims) -> Option<String> {
    let is_verified = match claims.get("email_verified")? {
        Json::Bool(flag) => *flag,
        Json::String(text) => text == "true",
        _ => false,
    };
    let (_, domain) = claims.text("email").filter(|_| is_verified)?.rsplit_once('@')?;
    Some(domain.to_owned())
}

impl Subject {
    /// The `sub`, for whoever looks memberships up by it.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
impl Subject {
    pub(crate) fn sample() -> Self {
        Self("sample".to_owned())
    }
}

impl From<Refusal> for NoProof {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Unavailable> for NoProof {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl fmt::Debug for UnverifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnverifiedToken(…)")
    }
}

impl fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedToken(…)")
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({}, …)", self.tenant.code)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(…)")
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
