//! Leaving: from a tenant to the address of its sign-in (RFC 6749 §4.1.1, RFC 7636 §4.3, AWS "Authorize endpoint").

use crate::deployment::{Deployment, ReturnTo, UnknownIssuer};
use crate::record::Record;
use crate::secrets::{Attempt, CodeVerifier, Nonce, PendingKey, State};
use crate::time::UnixTime;
use lookup_api::{ClientId, Issuer, Tenant};
use serde::Serialize;

/// How long a person may stay away before the sign-in has to begin anew, in seconds (contract §5).
pub const PENDING_LIFETIME: i64 = 10 * 60;

/// How many sign-ins may be pending in one browser. Each open tab needs one; more than these are leftovers.
pub const PENDING_MAX: usize = 20;

/// All that the callback needs, kept in the browser while the person is at the hosted UI.
///
/// It names the issuer and the app client that the answer must come from: with one app client per tenant, this is the
/// mix-up defence that RFC 9700 §4.4.2 requires. It cannot be cloned; [`crate::callback`] consumes it.
#[derive(Debug, Serialize)]
pub struct PendingSignIn {
    /// The tenant as the lookup gave it.
    pub tenant: Tenant,
    pub(crate) issuer: Issuer,
    pub(crate) client_id: ClientId,
    pub(crate) redirect_uri: String,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: CodeVerifier,
    /// Where the person wanted to go. The callback checks it again before it follows.
    pub return_to: Option<String>,
    /// What was typed, if it was an email: a second attempt must not ask for it again.
    pub login_hint: Option<String>,
    /// The language asked for.
    pub lang: Option<String>,
    /// Whether this is already the picker's own second attempt.
    pub retried: bool,
    /// Whether the person asked for another account than the one that is signed in there.
    pub another_account: bool,
    pub(crate) created_at: UnixTime,
}

/// What a person brings along to the hosted UI.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Luggage {
    /// The email, if one was typed.
    pub login_hint: Option<String>,
    /// BCP 47 language tag. The hosted UI is told the nearest one that it speaks, if there is one.
    pub lang: Option<String>,
    /// Where to go after signing in.
    pub return_to: Option<ReturnTo>,
    /// Whether the picker tries again by itself (never more than once).
    pub retried: bool,
    /// Whether the person asked for another account than the one that is signed in there.
    pub another_account: bool,
}

/// A sign-in that has begun but is not kept yet. The only way to its address is through [`Departure::keep`].
#[derive(Debug)]
#[must_use]
pub struct Departure {
    state: State,
    pending: PendingSignIn,
    authorize_url: String,
}

/// The address to leave for, obtainable only once the pending sign-in is safely kept.
#[must_use]
pub struct AuthorizeUrl(String);

/// Begins a sign-in at `tenant`. Fails if the tenant belongs to a user pool that the deployment does not name.
pub fn begin(
    deployment: &Deployment,
    tenant: Tenant,
    luggage: Luggage,
    attempt: Attempt,
    now: UnixTime,
) -> Result<Departure, UnknownIssuer> {
    let pool = deployment.user_pool(&tenant)?;
    let Attempt { state, nonce, verifier, challenge } = attempt;

    let mut query = pool.query_to("/oauth2/authorize");
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
    if let Some(hint) = &luggage.login_hint {
        query.append_pair("login_hint", hint);
    }
    // AWS "Authorize endpoint": both are managed login's; `prompt=login` is about Cognito's own accounts, `select_account` about
    // the provider's.
    if deployment.managed_login {
        if let Some(lang) = luggage.lang.as_deref().and_then(hosted_ui_language) {
            query.append_pair("lang", lang);
        }
        if luggage.another_account {
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
        return_to: luggage.return_to.map(|r| r.as_str().to_owned()),
        login_hint: luggage.login_hint,
        lang: luggage.lang,
        retried: luggage.retried,
        another_account: luggage.another_account,
        created_at: now,
        tenant,
    };
    Ok(Departure { state, pending, authorize_url })
}

/// The nearest language that managed login speaks to a BCP 47 tag (AWS "Managed login localization"); `None` if it speaks none of
/// the kind.
fn hosted_ui_language(tag: &str) -> Option<&'static str> {
    const LANGUAGES: [&str; 9] = ["de", "en", "es", "fr", "id", "it", "ja", "ko", "pt-BR"];
    let tag = tag.to_ascii_lowercase();
    let mut subtags = tag.split('-');
    let language = subtags.next()?;
    if language == "zh" {
        let is_traditional =
            subtags.any(|subtag| matches!(subtag, "hant" | "tw" | "hk" | "mo")) && !tag.contains("hans");
        return Some(if is_traditional { "zh-TW" } else { "zh-CN" });
    }
    LANGUAGES.into_iter().find(|known| known.split('-').next() == Some(language))
}

impl Departure {
    /// Hands key and record to `store` and gives the address only if storing worked: without the record nobody could
    /// come back (contract §5).
    pub fn keep<E>(self, store: impl FnOnce(&PendingKey, &str) -> Result<(), E>) -> Result<AuthorizeUrl, E> {
        // Serialising plain structs of strings cannot fail; an empty record would only be refused on the way back.
        let record = serde_json::to_string(&self.pending).unwrap_or_default();
        store(&self.state.pending_key(), &record)?;
        Ok(AuthorizeUrl(self.authorize_url))
    }
}

impl AuthorizeUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PendingSignIn {
    /// Reads a kept record. `None` for another version's, a foreign or a damaged one.
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

    /// Of the records kept in a browser, the keys of those to clear away before another one is kept: what can no longer
    /// be finished, and the oldest beyond [`PENDING_MAX`].
    pub fn leftovers<K>(kept: impl IntoIterator<Item = (K, Option<String>)>, now: UnixTime) -> Vec<K> {
        let (mut live, mut leftovers) = (Vec::new(), Vec::new());
        for (key, record) in kept {
            match record.and_then(|record| Self::from_record(&record)) {
                Some(pending) if !pending.is_expired(now) => live.push((pending.created_at, key)),
                _ => leftovers.push(key),
            }
        }
        // One place is for the record that is about to be kept.
        let surplus = (live.len() + 1).saturating_sub(PENDING_MAX);
        for _ in 0..surplus {
            let oldest = live.iter().enumerate().min_by_key(|(_, (created_at, _))| *created_at).map(|(i, _)| i);
            leftovers.extend(oldest.map(|i| live.swap_remove(i).1));
        }
        leftovers
    }

    /// Whether the person stayed away for longer than [`PENDING_LIFETIME`].
    pub fn is_expired(&self, now: UnixTime) -> bool {
        now.seconds_since(self.created_at) > PENDING_LIFETIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::sample;
    use crate::tests::{NOW, attempt, departure, native_tenant, tenant};
    use std::collections::BTreeMap;

    fn query_of(url: &AuthorizeUrl) -> BTreeMap<String, String> {
        let (base, query) = url.as_str().split_once('?').unwrap();
        assert_eq!(base, "https://auth.example/oauth2/authorize");
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    #[test]
    fn the_address_says_what_the_contract_lists_and_nothing_else() {
        let luggage = Luggage {
            login_hint: Some("ada+x@acme.example".into()),
            lang: Some("en".into()),
            another_account: true,
            ..Luggage::default()
        };
        let departure = begin(&sample(), tenant(), luggage, attempt(), NOW).unwrap();
        let url = departure.keep(|_, _| Ok::<_, ()>(())).unwrap();
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
    fn managed_login_is_told_the_language_and_to_ask_who_it_is() {
        let managed = Deployment { managed_login: true, ..sample() };
        let luggage = |another_account| Luggage { lang: Some("de-AT".into()), another_account, ..Luggage::default() };
        for (tenant, another_account, prompt) in [
            (tenant(), false, None),
            (tenant(), true, Some("select_account")),
            (Tenant { issuer: None, ..native_tenant() }, true, Some("login")),
        ] {
            let departure = begin(&managed, tenant, luggage(another_account), attempt(), NOW).unwrap();
            let query = query_of(&departure.keep(|_, _| Ok::<_, ()>(())).unwrap());
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
    fn nobody_leaves_when_the_pending_sign_in_cannot_be_kept() {
        assert!(departure().keep(|_, _| Err("storage is blocked")).is_err());
    }

    #[test]
    fn the_record_holds_what_the_callback_needs_and_reads_back() {
        let mut kept = None;
        let _url = departure().keep(|key, record| {
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
    fn another_versions_record_is_not_read() {
        for record in ["", "{}", "null", "[]", r#"{"version":0,"state":"x"}"#] {
            assert!(PendingSignIn::from_record(record).is_none(), "{record}");
        }
    }

    #[test]
    fn only_the_newest_pending_sign_ins_that_can_still_be_finished_stay() {
        let record = |created_at: i64| {
            let mut kept = None;
            let departure = begin(&sample(), tenant(), Luggage::default(), attempt(), UnixTime(created_at)).unwrap();
            let _url = departure.keep(|_, record| {
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
    fn a_tenant_of_a_foreign_pool_goes_nowhere() {
        let mut foreign = tenant();
        foreign.issuer = Some(Issuer::try_from("https://evil.example".to_owned()).unwrap());
        assert!(begin(&sample(), foreign, Luggage::default(), attempt(), NOW).is_err());
    }
}
