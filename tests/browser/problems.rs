//! Every failure: its code, its text and its view.

use crate::support::{Stage, js, until};
use deployment::{ConfigError, ConfigFault, UnknownIssuer};
use leptos::prelude::*;
use lookup_api::IdentifierError;
use platform::json::NotJson;
use sign_in::callback::CallbackError;
use sign_in::refusal::{Refusal, SetUp};
use sign_in::storage::StorageBlocked;
use sign_in::tokens::TokenError;
use std::collections::BTreeSet;
use tenant_picker::browser::NoWebCrypto;
use tenant_picker::copy;
use tenant_picker::elements::paragraph;
use tenant_picker::failure::{ConfigFailure, Failure, KeysFailure, LookupFailure, NoResponse, TokenFailure};
use tenant_picker::messages as m;
use tenant_picker::problem::{Placement, heading, problem};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const MARKUP: &str = "<img src=x onerror=\"window.ran=1\">&lt;b>";

/// Every failure with its code.
fn failures() -> Vec<(&'static str, Failure)> {
    let detail = || MARKUP.to_owned();
    let config =
        |field: &str| ConfigFailure::Wrong(ConfigError { field: field.to_owned(), fault: ConfigFault::Missing });
    let refused = |refusal| Failure::Callback(CallbackError::Refused(refusal));
    let token = |error: TokenError| Failure::from(error);
    let no_tokens = |no_response| Failure::Token(TokenFailure::NoResponse(no_response));
    vec![
        ("config_offline", Failure::Config(ConfigFailure::NoResponse(NoResponse::Offline))),
        ("config_unreachable", Failure::Config(ConfigFailure::NoResponse(NoResponse::Unreachable))),
        ("config_timeout", Failure::Config(ConfigFailure::NoResponse(NoResponse::TimedOut))),
        ("config_missing", Failure::Config(ConfigFailure::Missing)),
        ("config_malformed", Failure::Config(config("lookup_url"))),
        ("identifier_empty", IdentifierError::Empty.into()),
        ("identifier_email_incomplete", IdentifierError::EmailIncomplete.into()),
        ("identifier_several", IdentifierError::Several.into()),
        ("identifier_windows_name", IdentifierError::WindowsName.into()),
        ("identifier_malformed", IdentifierError::Malformed.into()),
        ("identifier_too_long", IdentifierError::TooLong.into()),
        ("no_match", Failure::NoMatch { subject: detail() }),
        ("lookup_offline", LookupFailure::NoResponse(NoResponse::Offline).into()),
        ("lookup_unreachable", LookupFailure::NoResponse(NoResponse::Unreachable).into()),
        ("lookup_timeout", LookupFailure::NoResponse(NoResponse::TimedOut).into()),
        ("lookup_rate_limited", LookupFailure::RateLimited { seconds: Some(7) }.into()),
        ("lookup_unavailable", LookupFailure::Unavailable.into()),
        ("lookup_refused", LookupFailure::Refused.into()),
        ("lookup_misconfigured", LookupFailure::Misconfigured.into()),
        ("lookup_malformed", LookupFailure::Malformed.into()),
        ("unknown_issuer", Failure::UnknownIssuer(UnknownIssuer)),
        ("storage_blocked", Failure::StorageBlocked(StorageBlocked)),
        ("no_web_crypto", Failure::NoWebCrypto(NoWebCrypto)),
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
        ("token_offline", no_tokens(NoResponse::Offline)),
        ("token_unreachable", no_tokens(NoResponse::Unreachable)),
        ("token_timeout", no_tokens(NoResponse::TimedOut)),
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
        ("jwks_offline", KeysFailure::NoResponse(NoResponse::Offline).into()),
        ("jwks_unreachable", KeysFailure::NoResponse(NoResponse::Unreachable).into()),
        ("jwks_timeout", KeysFailure::NoResponse(NoResponse::TimedOut).into()),
        ("jwks_malformed", KeysFailure::Malformed.into()),
        ("session_expired", Failure::SessionExpired),
        ("page_not_found", Failure::NotFound),
    ]
}

// ── codes and texts ──────────────────────────────────────────────────────────────────────────────────────────────────

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
fn every_failure_says_what_happened_and_what_to_do_next() {
    for (code, failure) in failures() {
        let text = copy::failure_text(&failure);
        let ours = [&text.what, &text.next].map(|sentence| sentence.to_lowercase());
        for sentence in &ours {
            assert!(!sentence.trim().is_empty(), "{code}");
            for word in ["please", "sorry", "oops", "invalid"] {
                assert!(!sentence.contains(word), "{code} says “{word}”: {sentence}");
            }
        }
        assert!(ours[0].ends_with(['.', '!', '?']), "{code} is no sentence: {}", ours[0]);
        assert!(!text.detail.is_some_and(|detail| detail.trim().is_empty()), "{code} quotes nothing");
    }
}

#[wasm_bindgen_test]
fn the_field_of_the_config_that_is_wrong_is_named() {
    let words = |field: &str, fault| {
        let error = ConfigError { field: field.to_owned(), fault };
        copy::failure_text(&Failure::Config(ConfigFailure::Wrong(error))).detail
    };
    let missing = words("user_pools[0].issuer", ConfigFault::Missing);
    assert_eq!(missing.as_deref(), Some("config.json: user_pools[0].issuer: is required"));
    let not_json = words("config.json", ConfigFault::NotJson(NotJson("at line 3".to_owned())));
    assert_eq!(not_json.as_deref(), Some("config.json: is not JSON: at line 3"));
}

#[wasm_bindgen_test]
fn a_wrong_clock_is_told_in_minutes_hours_or_days() {
    for (seconds, amount) in [(300, "5 minutes"), (7199, "119 minutes"), (7200, "2 hours"), (200_000, "2 days")] {
        for error in [TokenError::ExpiredOrClockAhead { seconds }, TokenError::ClockBehind { seconds }] {
            let what = copy::failure_text(&error.into()).what;
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

// ── views ────────────────────────────────────────────────────────────────────────────────────────────────────────────

async fn shown(failure: Failure, field: Option<&'static str>) -> Stage {
    let stage = Stage::new();
    let placement = Placement { field, ..Placement::default() };
    let next_steps = || vec![paragraph("", "a next step".to_owned())];
    mount_to(stage.0.clone(), move || problem(&failure, placement.clone(), next_steps())).forget();
    until("the focus", || stage.has_focus(".problem:has(> [role=alert])")).await;
    stage
}

#[wasm_bindgen_test]
async fn a_problem_is_an_alert_with_heading_text_code_and_next_steps_that_takes_the_focus() {
    for (code, failure) in failures() {
        let text = copy::failure_text(&failure);
        let stage = shown(failure, None).await;
        assert!(stage.has_focus(&format!(".problem:has(> [role=alert][data-error={code}])")), "{code}");
        assert_eq!(stage.text_of("[role=alert] :is(h1, h2)"), "There is a problem");
        let shown = stage.text_of("[role=alert]");
        for part in [&text.what, &text.next, text.detail.as_deref().unwrap_or_default(), "a next step", code] {
            assert!(shown.contains(part), "{code} does not show {part}: {shown}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_problem_links_to_the_field_that_it_is_about_and_to_nothing_else() {
    let stage = shown(IdentifierError::Empty.into(), Some("identifier")).await;
    let link = stage.find("a").unwrap();
    assert_eq!(link.get_attribute("href").as_deref(), Some("#identifier"));
    assert_eq!(stage.text_of("a"), copy::failure_text(&IdentifierError::Empty.into()).what);

    let stage = shown(LookupFailure::Unavailable.into(), None).await;
    assert!(stage.find("a").is_none());
}

#[wasm_bindgen_test]
async fn texts_of_others_are_shown_as_text_and_not_as_markup() {
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
    assert_eq!(stage.text_of("h1 bdi"), MARKUP, "the name has a direction of its own");
}
