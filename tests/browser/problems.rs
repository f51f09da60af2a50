//! Every failure: its code, its words, and how it looks.

use crate::support::{Stage, js, until};
use leptos::prelude::*;
use lookup_api::IdentifierError;
use lookup_api::json::NotJson;
use sign_in::callback::CallbackError;
use sign_in::deployment::{ConfigError, ConfigFault};
use sign_in::refusal::{Refusal, SetUp};
use sign_in::tokens::TokenError;
use std::collections::BTreeSet;
use tenant_picker::api::{ConfigFailure, KeysFailure, LookupFailure, Silence, TokenFailure};
use tenant_picker::copy;
use tenant_picker::failure::Failure;
use tenant_picker::messages as m;
use tenant_picker::parts::line;
use tenant_picker::problem::{Setting, heading, problem};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const MARKUP: &str = "<img src=x onerror=\"window.ran=1\">&lt;b>";

/// Every failure there is with the code that support, logs and other people's tests know it by.
fn failures() -> Vec<(&'static str, Failure)> {
    let detail = || MARKUP.to_owned();
    let config =
        |field: &str| ConfigFailure::Wrong(ConfigError { field: field.to_owned(), fault: ConfigFault::Missing });
    let refused = |refusal| Failure::Callback(CallbackError::Refused(refusal));
    let token = |error: TokenError| Failure::from(error);
    let silent = |silence| Failure::Token(TokenFailure::Silent(silence));
    vec![
        ("config_offline", Failure::Config(ConfigFailure::Silent(Silence::Offline))),
        ("config_unreachable", Failure::Config(ConfigFailure::Silent(Silence::Unreachable))),
        ("config_timeout", Failure::Config(ConfigFailure::Silent(Silence::TimedOut))),
        ("config_missing", Failure::Config(ConfigFailure::Missing)),
        ("config_malformed", Failure::Config(config("lookup_url"))),
        ("identifier_empty", IdentifierError::Empty.into()),
        ("identifier_email_incomplete", IdentifierError::EmailIncomplete.into()),
        ("identifier_several", IdentifierError::Several.into()),
        ("identifier_windows_name", IdentifierError::WindowsName.into()),
        ("identifier_malformed", IdentifierError::Malformed.into()),
        ("identifier_too_long", IdentifierError::TooLong.into()),
        ("no_match", Failure::NoMatch { subject: detail() }),
        ("lookup_offline", LookupFailure::Silent(Silence::Offline).into()),
        ("lookup_unreachable", LookupFailure::Silent(Silence::Unreachable).into()),
        ("lookup_timeout", LookupFailure::Silent(Silence::TimedOut).into()),
        ("lookup_rate_limited", LookupFailure::RateLimited { seconds: Some(7) }.into()),
        ("lookup_unavailable", LookupFailure::Unavailable.into()),
        ("lookup_refused", LookupFailure::Refused.into()),
        ("lookup_misconfigured", LookupFailure::Misconfigured.into()),
        ("lookup_malformed", LookupFailure::Malformed.into()),
        ("unknown_issuer", Failure::UnknownIssuer),
        ("storage_blocked", Failure::StorageBlocked),
        ("no_web_crypto", Failure::NoWebCrypto),
        ("callback_in_progress", Failure::InProgress),
        ("callback_empty", CallbackError::Empty.into()),
        ("callback_repeated_parameter", CallbackError::RepeatedParameter.into()),
        ("callback_too_long", CallbackError::TooLong.into()),
        ("callback_unsolicited", CallbackError::Unsolicited.into()),
        ("callback_state_unknown", CallbackError::StateUnknown.into()),
        ("callback_expired", CallbackError::Expired.into()),
        ("callback_iss_mismatch", CallbackError::IssMismatch.into()),
        ("callback_no_code", CallbackError::NoCode.into()),
        ("provider_access_denied", refused(Refusal::AccessDenied)),
        ("provider_not_assigned", refused(Refusal::NotAssigned)),
        ("provider_account_linked", refused(Refusal::AccountLinked)),
        ("provider_operator_check", refused(Refusal::OperatorCheck { message: detail() })),
        ("provider_attributes", refused(Refusal::SetUp { part: SetUp::Attributes, detail: detail() })),
        ("provider_saml_response", refused(Refusal::SetUp { part: SetUp::SamlResponse, detail: detail() })),
        ("provider_certificate", refused(Refusal::SetUp { part: SetUp::Certificate, detail: detail() })),
        ("provider_token_exchange", refused(Refusal::SetUp { part: SetUp::TokenExchange, detail: detail() })),
        ("provider_linking", refused(Refusal::SetUp { part: SetUp::Linking, detail: detail() })),
        ("provider_unreachable", refused(Refusal::ProviderUnreachable)),
        ("provider_app_client", refused(Refusal::AppClient { detail: detail() })),
        ("provider_login_required", refused(Refusal::LoginRequired)),
        ("provider_refused", refused(Refusal::Unknown { detail: detail() })),
        ("token_offline", silent(Silence::Offline)),
        ("token_unreachable", silent(Silence::Unreachable)),
        ("token_timeout", silent(Silence::TimedOut)),
        ("token_invalid_grant", token(TokenError::InvalidGrant)),
        ("token_client_refused", token(TokenError::ClientRefused)),
        ("token_refused", token(TokenError::Refused)),
        ("token_unavailable", token(TokenError::Unavailable)),
        ("token_response_malformed", token(TokenError::ResponseMalformed)),
        ("id_token_malformed", token(TokenError::IdTokenMalformed)),
        ("id_token_algorithm", token(TokenError::IdTokenAlgorithm)),
        ("id_token_key_unknown", token(TokenError::IdTokenKeyUnknown)),
        ("id_token_signature", token(TokenError::IdTokenSignature)),
        ("id_token_issuer", token(TokenError::IdTokenIssuer)),
        ("id_token_audience", token(TokenError::IdTokenAudience)),
        ("id_token_expired_or_clock", token(TokenError::ExpiredOrClockAhead { seconds: 600 })),
        ("id_token_early_clock", token(TokenError::ClockBehind { seconds: 600 })),
        ("id_token_nonce", token(TokenError::IdTokenNonce)),
        ("id_token_use", token(TokenError::IdTokenUse)),
        ("id_token_at_hash", token(TokenError::IdTokenAtHash)),
        ("id_token_identity_provider", token(TokenError::IdTokenProvider)),
        ("id_token_identities_missing", token(TokenError::IdTokenIdentitiesMissing)),
        ("access_token_foreign", token(TokenError::AccessTokenForeign)),
        ("jwks_offline", KeysFailure::Silent(Silence::Offline).into()),
        ("jwks_unreachable", KeysFailure::Silent(Silence::Unreachable).into()),
        ("jwks_timeout", KeysFailure::Silent(Silence::TimedOut).into()),
        ("jwks_malformed", KeysFailure::Malformed.into()),
        ("session_expired", Failure::SessionExpired),
        ("page_not_found", Failure::NotFound),
    ]
}

// ── codes and words ──────────────────────────────────────────────────────────────────────────────────────────────────

#[wasm_bindgen_test]
fn every_failure_has_its_own_stable_code() {
    let mut seen = BTreeSet::new();
    for (code, failure) in failures() {
        assert_eq!(failure.code(), code, "{failure:?}");
        assert!(!code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'));
        assert!(seen.insert(code), "{code} stands for two failures");
    }
}

#[wasm_bindgen_test]
fn every_failure_says_what_happened_and_what_to_do_in_plain_words() {
    for (code, failure) in failures() {
        let words = copy::words(&failure);
        let ours = [&words.what, &words.next].map(|sentence| sentence.to_lowercase());
        for sentence in &ours {
            assert!(!sentence.trim().is_empty(), "{code}");
            for word in ["please", "sorry", "oops", "invalid"] {
                assert!(!sentence.contains(word), "{code} says “{word}”: {sentence}");
            }
        }
        assert!(ours[0].ends_with(['.', '!', '?']), "{code} is no sentence: {}", ours[0]);
        assert!(!words.detail.is_some_and(|detail| detail.trim().is_empty()), "{code} quotes nothing");
    }
}

#[wasm_bindgen_test]
fn an_operator_reads_which_field_of_the_config_is_wrong() {
    let words = |field: &str, fault| {
        let error = ConfigError { field: field.to_owned(), fault };
        copy::words(&Failure::Config(ConfigFailure::Wrong(error))).detail
    };
    let missing = words("user_pools[0].issuer", ConfigFault::Missing);
    assert_eq!(missing.as_deref(), Some("config.json: user_pools[0].issuer: is required"));
    let not_json = words("config.json", ConfigFault::NotJson(NotJson("at line 3".to_owned())));
    assert_eq!(not_json.as_deref(), Some("config.json: is not JSON: at line 3"));
}

#[wasm_bindgen_test]
fn a_clock_that_is_off_is_said_in_a_unit_that_people_use() {
    for (seconds, amount) in [(300, "5 minutes"), (7199, "119 minutes"), (7200, "2 hours"), (200_000, "2 days")] {
        for error in [TokenError::ExpiredOrClockAhead { seconds }, TokenError::ClockBehind { seconds }] {
            let what = copy::words(&error.into()).what;
            assert!(what.ends_with(&format!("by about {amount}.")), "{seconds} s: {what}");
        }
    }
}

#[wasm_bindgen_test]
fn the_title_says_first_that_something_failed() {
    assert_eq!(copy::title("Sign in", Some("Tulip"), true), "Error: Sign in \u{2013} Tulip");
    assert_eq!(copy::title("Sign in", None, false), "Sign in");
}

#[wasm_bindgen_test]
fn only_a_linked_account_is_tried_again_by_itself_and_only_the_input_belongs_to_the_field() {
    for (code, failure) in failures() {
        assert_eq!(failure.passes_on_second_try(), code == "provider_account_linked", "{code}");
        assert_eq!(failure.is_about_the_field(), code.starts_with("identifier_") || code == "no_match", "{code}");
    }
}

// ── looks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

async fn shown(failure: Failure, field: Option<&'static str>) -> Stage {
    let stage = Stage::new();
    let setting = Setting { field, ..Setting::default() };
    let ways = || vec![line("", "a way on".to_owned())];
    mount_to(stage.0.clone(), move || problem(&failure, setting.clone(), ways())).forget();
    until("the focus", || stage.has_focus(".problem:has(> [role=alert])")).await;
    stage
}

#[wasm_bindgen_test]
async fn a_problem_is_an_alert_with_code_heading_words_and_ways_on_and_takes_the_focus() {
    for (code, failure) in failures() {
        let words = copy::words(&failure);
        let stage = shown(failure, None).await;
        assert!(stage.has_focus(&format!(".problem:has(> [role=alert][data-error={code}])")), "{code}");
        assert_eq!(stage.text_of("[role=alert] :is(h1, h2)"), "There is a problem");
        let text = stage.text_of("[role=alert]");
        for part in [&words.what, &words.next, words.detail.as_deref().unwrap_or_default(), "a way on", code] {
            assert!(text.contains(part), "{code} does not show {part}: {text}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_problem_links_to_the_field_that_it_is_about_and_to_nothing_else() {
    let stage = shown(IdentifierError::Empty.into(), Some("identifier")).await;
    let link = stage.find("a").unwrap();
    assert_eq!(link.get_attribute("href").as_deref(), Some("#identifier"));
    assert_eq!(stage.text_of("a"), copy::words(&IdentifierError::Empty.into()).what);

    let stage = shown(LookupFailure::Unavailable.into(), None).await;
    assert!(stage.find("a").is_none());
}

#[wasm_bindgen_test]
async fn foreign_words_are_text_and_never_markup() {
    let mut quoted = 0;
    for (code, failure) in failures() {
        let stage = shown(failure, None).await;
        assert!(stage.find("img, b").is_none(), "{code}");
        quoted += usize::from(stage.text_of("[role=alert]").contains(MARKUP));
    }
    assert_eq!(quoted, 9, "eight refusals quote the provider, and no_match what was typed");
    assert!(js("return window.ran", &JsValue::UNDEFINED).is_undefined(), "it ran");
}

#[wasm_bindgen_test]
async fn a_heading_takes_the_focus_when_it_appears() {
    let stage = Stage::new();
    mount_to(stage.0.clone(), || heading(m::SIGNED_IN_TO, Some(MARKUP))).forget();
    until("the focus", || stage.has_focus("h1")).await;
    assert_eq!(stage.text_of("h1"), format!("Signed in to {MARKUP}"));
    assert_eq!(stage.text_of("h1 bdi"), MARKUP, "the name runs in a direction of its own");
}
