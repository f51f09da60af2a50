//! Begins a sign-in: from a tenant to the authorization request, the address of its sign-in page
//! ([RFC 6749 §4.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1),
//! [RFC 7636 §4.3](https://www.rfc-editor.org/rfc/rfc7636#section-4.3); AWS, "Authorize endpoint").

use crate::record::Record;
use crate::secrets::{CodeVerifier, Nonce, PendingKey, SignInSecrets, State};
use crate::time::UnixTime;
use deployment::{Deployment, ReturnTo, UnknownIssuer};
use lookup_api::{ClientId, Issuer, Tenant};
use serde::Serialize;
use std::fmt;

/// How long a sign-in may take from its beginning to the callback, in seconds (docs/contract.md).
pub const PENDING_LIFETIME: i64 = 10 * 60;

/// How many sign-ins may be pending in one browser. Each open tab needs one. The oldest beyond these are deleted.
pub const PENDING_MAX: usize = 20;

/// What the callback needs to finish a sign-in. It is kept in the browser while the person is at the hosted UI.
///
/// It names the issuer and the app client that the response must come from. With one app client for each tenant, this
/// is the defence against mix-up that [RFC 9700 §4.4.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.4.2) requires.
/// It cannot be cloned, and [`PendingSignIn::finish`] consumes it.
#[derive(Debug, Serialize)]
pub struct PendingSignIn {
    /// The tenant, as the lookup returned it.
    pub tenant: Tenant,
    pub(crate) issuer: Issuer,
    pub(crate) client_id: ClientId,
    pub(crate) redirect_uri: String,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: CodeVerifier,
    /// Where the person wanted to go. The callback checks it again before it follows.
    pub return_to: Option<String>,
    /// The email address, if one was typed, so that a second attempt need not ask for it.
    pub login_hint: Option<String>,
    /// The language of the page, as a BCP 47 tag.
    pub lang: Option<String>,
    /// Whether the picker began this sign-in by itself after the first had failed.
    pub retried: bool,
    /// Whether the person asked for another account than the one that is signed in there.
    pub another_account: bool,
    pub(crate) created_at: UnixTime,
}

/// What a sign-in at a tenant depends on beside the tenant. The default is none of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInOptions {
    /// The email address, if one was typed.
    pub login_hint: Option<String>,
    /// The language of the page, as a BCP 47 tag. Managed login is asked for the nearest one that it has, if it has
    /// one.
    pub lang: Option<String>,
    /// Where to go after signing in.
    pub return_to: Option<ReturnTo>,
    /// Whether the picker begins this sign-in by itself after the first has failed. It does so once.
    pub retried: bool,
    /// Whether the person asked for another account than the one that is signed in there.
    pub another_account: bool,
}

/// A sign-in that has begun, but that the browser has not kept yet. Only [`NewSignIn::keep`] gives its address.
#[must_use]
pub struct NewSignIn {
    state: State,
    pending: PendingSignIn,
    authorize_url: String,
}

/// The address of the authorization request. It exists only once the pending sign-in is kept.
#[must_use]
pub struct AuthorizeUrl(String);

/// Begins a sign-in at `tenant`. The secrets are consumed, so that no two sign-ins share any.
///
/// # Errors
/// [`UnknownIssuer`] if the tenant belongs to a user pool that config.json does not name.
pub fn begin(
    deployment: &Deployment,
    tenant: Tenant,
    options: SignInOptions,
    secrets: SignInSecrets,
    now: UnixTime,
) -> Result<NewSignIn, UnknownIssuer> {
    let pool = deployment.user_pool(&tenant)?;
    let SignInSecrets { state, nonce, verifier, challenge } = secrets;

    let mut query = pool.endpoint_with_query("/oauth2/authorize");
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", tenant.client_id.as_str())
        .append_pair("redirect_uri", &deployment.redirect_uri)
        .append_pair("scope", &deployment.scopes.join(" "))
        .append_pair("state", state.secret())
        .append_pair("nonce", nonce.secret())
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("identity_provider", tenant.identity_provider.as_str());
    if let Some(hint) = &options.login_hint {
        query.append_pair("login_hint", hint);
    }
    // Managed login alone understands these two. `prompt=login` makes Cognito ask for its own accounts again,
    // `select_account` is passed on to the provider (AWS, "Authorize endpoint").
    if deployment.managed_login {
        if let Some(lang) = options.lang.as_deref().and_then(hosted_ui_language) {
            query.append_pair("lang", lang);
        }
        if options.another_account {
            query.append_pair("prompt", if tenant.identity_provider.is_native() { "login" } else { "select_account" });
        }
    }
    let authorize_url = query.finish();

    let pending = PendingSignIn {
        issuer: pool.issuer.clone(),
        client_id: tenant.client_id.clone(),
        redirect_uri: deployment.redirect_uri.clone(),
        nonce,
        verifier,
        return_to: options.return_to.map(|r| r.as_str().to_owned()),
        login_hint: options.login_hint,
        lang: options.lang,
        retried: options.retried,
        another_account: options.another_account,
        created_at: now,
        tenant,
    };
    Ok(NewSignIn { state, pending, authorize_url })
}

/// The language of managed login that is nearest to a BCP 47 tag; `None` if it has no such language (AWS, "Managed
/// login localization").
fn hosted_ui_language(tag: &str) -> Option<&'static str> {
    const LANGUAGES: [&str; 9] = ["de", "en", "es", "fr", "id", "it", "ja", "ko", "pt-BR"];
    let tag = tag.to_ascii_lowercase();
    let mut subtags = tag.split('-');
    let language = subtags.next()?;
    if language == "zh" {
        let is_simplified = subtags.clone().any(|subtag| subtag == "hans");
        let is_traditional = !is_simplified && subtags.any(|subtag| matches!(subtag, "hant" | "tw" | "hk" | "mo"));
        return Some(if is_traditional { "zh-TW" } else { "zh-CN" });
    }
    LANGUAGES.into_iter().find(|known| known.split('-').next() == Some(language))
}

impl NewSignIn {
    /// Passes key and record to `store`, and returns the address if storing succeeded. Without the record, the callback
    /// could not finish the sign-in, so nobody is sent off.
    ///
    /// # Errors
    /// Those of `store`.
    pub fn keep<E>(self, store: impl FnOnce(&PendingKey, &str) -> Result<(), E>) -> Result<AuthorizeUrl, E> {
        // Serializing structs of strings cannot fail. An empty record would be refused by the callback.
        let record = serde_json::to_string(&self.pending).unwrap_or_default();
        store(&self.state.pending_key(), &record)?;
        Ok(AuthorizeUrl(self.authorize_url))
    }
}

/// The address has the secrets in it, so `Debug` leaves it out.
impl fmt::Debug for NewSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSignIn").field("pending", &self.pending).finish_non_exhaustive()
    }
}

impl AuthorizeUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PendingSignIn {
    /// Reads a kept record. `None` if it is damaged, or another version of the picker has written it.
    pub fn from_record(record: &str) -> Option<Self> {
        let record = Record::read(record)?;
        Some(Self {
            tenant: record.tenant()?,
            issuer: record.text("issuer")?.try_into().ok()?,
            client_id: record.text("client_id")?.try_into().ok()?,
            redirect_uri: record.text("redirect_uri")?,
            nonce: Nonce::new(record.text("nonce")?),
            verifier: CodeVerifier::new(record.text("verifier")?),
            return_to: record.text("return_to"),
            login_hint: record.text("login_hint"),
            lang: record.text("lang"),
            retried: record.flag("retried"),
            another_account: record.flag("another_account"),
            created_at: record.time("created_at")?,
        })
    }

    /// The keys of the records to delete before another one is kept: those that are damaged or expired, and the oldest
    /// beyond [`PENDING_MAX`]. Of each record only its age is read, since this is a part of leaving.
    pub fn leftovers<K>(kept: impl IntoIterator<Item = (K, Option<String>)>, now: UnixTime) -> Vec<K> {
        let (mut live, mut leftovers) = (Vec::new(), Vec::new());
        for (key, record) in kept {
            match record.and_then(|record| Record::read(&record)?.time("created_at")) {
                Some(created_at) if !has_expired(created_at, now) => live.push((created_at, key)),
                _ => leftovers.push(key),
            }
        }
        // One more for the record that is about to be kept.
        let surplus = (live.len() + 1).saturating_sub(PENDING_MAX);
        for _ in 0..surplus {
            let oldest = live.iter().enumerate().min_by_key(|(_, (created_at, _))| *created_at).map(|(i, _)| i);
            leftovers.extend(oldest.map(|i| live.swap_remove(i).1));
        }
        leftovers
    }

    /// Whether it began more than [`PENDING_LIFETIME`] ago.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        has_expired(self.created_at, now)
    }
}

fn has_expired(created_at: UnixTime, now: UnixTime) -> bool {
    now.seconds_since(created_at) > PENDING_LIFETIME
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{NOW, native_tenant, new_sign_in, sample, secrets, tenant};
    use std::collections::BTreeMap;

    fn query_of(url: &AuthorizeUrl) -> BTreeMap<String, String> {
        let (base, query) = url.as_str().split_once('?').unwrap();
        assert_eq!(base, "https://auth.example/oauth2/authorize");
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    #[test]
    fn the_authorization_request_has_the_documented_parameters_and_no_others() {
        let options = SignInOptions {
            login_hint: Some("ada+x@acme.example".into()),
            lang: Some("en".into()),
            another_account: true,
            ..SignInOptions::default()
        };
        let new = begin(&sample(), tenant(), options, secrets(), NOW).unwrap();
        let url = new.keep(|_, _| Ok::<_, ()>(())).unwrap();
        let query = query_of(&url);
        let expected = [
            ("client_id", "client-a"),
            ("code_challenge", "g77gcvvTQj90gfwWOCFjatjPtz-u8N0FgfOXnqDHMbk"),
            ("code_challenge_method", "S256"),
            ("identity_provider", "AcmeSAML"),
            ("login_hint", "ada+x@acme.example"),
            ("nonce", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"),
            ("redirect_uri", "https://login.example/callback"),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("state", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"),
        ];
        assert_eq!(query, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    }

    #[test]
    fn managed_login_is_told_the_language_and_to_ask_for_the_account() {
        let managed = Deployment { managed_login: true, ..sample() };
        let options =
            |another_account| SignInOptions { lang: Some("de-AT".into()), another_account, ..SignInOptions::default() };
        for (tenant, another_account, prompt) in [
            (tenant(), false, None),
            (tenant(), true, Some("select_account")),
            (Tenant { issuer: None, ..native_tenant() }, true, Some("login")),
        ] {
            let new = begin(&managed, tenant, options(another_account), secrets(), NOW).unwrap();
            let query = query_of(&new.keep(|_, _| Ok::<_, ()>(())).unwrap());
            assert_eq!(query.get("lang").map(String::as_str), Some("de"));
            assert_eq!(query.get("prompt").map(String::as_str), prompt);
        }
    }

    #[test]
    fn only_languages_that_the_hosted_ui_speaks_are_named() {
        for (tag, expected) in [
            ("en-US", Some("en")),
            ("de-AT", Some("de")),
            ("DE", Some("de")),
            ("pt", Some("pt-BR")),
            ("pt-PT", Some("pt-BR")),
            ("zh", Some("zh-CN")),
            ("zh-Hans", Some("zh-CN")),
            ("zh-Hans-HK", Some("zh-CN")),
            ("zh-Hant", Some("zh-TW")),
            ("zh-TW", Some("zh-TW")),
            ("zh-HK", Some("zh-TW")),
            ("ko", Some("ko")),
            ("ar", None),
            ("he", None),
            ("en-XA", Some("en")),
            ("eng", None),
            ("", None),
        ] {
            assert_eq!(hosted_ui_language(tag), expected, "{tag}");
        }
    }

    #[test]
    fn there_is_no_address_if_the_pending_sign_in_cannot_be_kept() {
        assert!(new_sign_in().keep(|_, _| Err("storage is blocked")).is_err());
    }

    #[test]
    fn the_record_holds_what_the_callback_needs_and_reads_back() {
        let mut kept = None;
        let _url = new_sign_in().keep(|key, record| {
            kept = Some((key.as_str().to_owned(), record.to_owned()));
            Ok::<_, ()>(())
        });
        let (key, record) = kept.unwrap();
        assert_eq!(key, "tenant-picker.pending.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE");
        let json: serde_json::Value = serde_json::from_str(&record).unwrap();
        for field in ["tenant", "issuer", "client_id", "redirect_uri", "nonce", "verifier", "return_to"] {
            assert!(json.get(field).is_some(), "{field}");
        }
        let pending = PendingSignIn::from_record(&record).unwrap();
        assert!(!pending.retried && !pending.another_account);
        assert!(
            PendingSignIn::from_record(&record.replace(r#""retried":false"#, r#""retried":true"#)).unwrap().retried
        );
        assert!(!pending.is_expired(UnixTime(NOW.0 + 600)));
        assert!(pending.is_expired(UnixTime(NOW.0 + 601)));
    }

    #[test]
    fn a_record_of_another_version_is_not_read() {
        for record in ["", "{}", "null", "[]", r#"{"version":0,"state":"x"}"#] {
            assert!(PendingSignIn::from_record(record).is_none(), "{record}");
        }
    }

    #[test]
    fn only_the_newest_pending_sign_ins_that_can_still_be_finished_stay() {
        let record = |created_at: i64| {
            let mut kept = None;
            let new = begin(&sample(), tenant(), SignInOptions::default(), secrets(), UnixTime(created_at)).unwrap();
            let _url = new.keep(|_, record| {
                kept = Some(record.to_owned());
                Ok::<_, ()>(())
            });
            kept
        };
        let old = [(0, record(NOW.0 - 601)), (1, Some("{}".to_owned())), (2, None)];
        assert_eq!(PendingSignIn::leftovers(old, NOW), [0, 1, 2]);
        // The newest first, to see that it is age that counts.
        let many = |n: i64| (0..n).map(|i| (i, record(NOW.0 - i))).collect::<Vec<_>>();
        assert_eq!(PendingSignIn::leftovers(many(19), NOW), [0_i64; 0]);
        assert_eq!(PendingSignIn::leftovers(many(22), NOW), [21, 20, 19]);
    }

    #[test]
    fn a_tenant_of_an_unknown_user_pool_is_refused() {
        let mut foreign = tenant();
        foreign.issuer = Some(Issuer::try_from("https://evil.example".to_owned()).unwrap());
        assert!(begin(&sample(), foreign, SignInOptions::default(), secrets(), NOW).is_err());
    }
}
