//! What the app makes of the answers that it fetches, and how it asks.

use crate::attempt::{CONFIG, deployment};
use crate::support::{Replaced, answering, failing, js, js_async};
use futures_util::FutureExt;
use lookup_api::Identifier;
use tenant_picker::api::{self, ConfigFailure, Freshness, KeysFailure, Lookup, LookupFailure, Silence};
use tenant_picker::browser::EarlyLookup;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const ONE: &str = r#"{"tenants":[{"code":"acme","name":"Acme","client_id":"c","identity_provider":"AcmeSAML"}]}"#;

async fn look_up() -> Result<usize, LookupFailure> {
    look_up_after(None).await
}

#[wasm_bindgen_test]
async fn nobody_at_the_address_is_unreachable() {
    // Port 1 belongs to nobody, and browsers refuse to ask it.
    let keys = api::keys("https://127.0.0.1:1/jwks.json", Freshness::Fresh).await;
    assert_eq!(keys, Err(KeysFailure::Silent(Silence::Unreachable)));
}

#[wasm_bindgen_test]
async fn a_time_limit_that_passes_is_told_from_a_lost_connection() {
    for (name, silence) in [("TimeoutError", Silence::TimedOut), ("NetworkError", Silence::Unreachable)] {
        let _network = failing(name);
        assert_eq!(look_up().await, Err(LookupFailure::Silent(silence)), "{name}");
        assert_eq!(api::deployment(None).await, Err(ConfigFailure::Silent(silence)), "{name}");
    }
}

#[wasm_bindgen_test]
async fn the_lookup_asks_with_the_domain_alone() {
    let _endpoint = answering(200, "{}", ONE);
    assert_eq!(look_up().await, Ok(1));
    let asked = "const {method, credentials, redirect} = asked;
        return [method, new URL(asked.url).pathname, credentials, redirect, asked.headers.get('content-type'),
            asked.headers.get('authorization'), await asked.text()].join(' ')";
    let asked = js_async(asked, &JsValue::UNDEFINED).await;
    let expected = r#"POST /api/lookup omit error application/json  {"domain":"acme.example"}"#;
    assert_eq!(asked.as_string().unwrap(), expected);
}

#[wasm_bindgen_test]
async fn every_answer_of_the_lookup_has_its_meaning() {
    let limited = |seconds| Err(LookupFailure::RateLimited { seconds });
    for (status, headers, body, expected) in [
        (200, "{}", ONE, Ok(1)),
        (200, "{}", r#"{"tenants":[]}"#, Ok(0)),
        (200, "{}", "", Err(LookupFailure::Malformed)),
        (200, "{}", "<!doctype html>", Err(LookupFailure::Malformed)),
        (200, "{}", r#"{"tenants":[{"code":"acme"}]}"#, Err(LookupFailure::Malformed)),
        (429, "{'retry-after': '7'}", "", limited(Some(7))),
        (429, "{'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT'}", "", limited(None)),
        (429, "{}", ONE, limited(None)),
        (400, "{}", ONE, Err(LookupFailure::Refused)),
        (404, "{}", "", Err(LookupFailure::Misconfigured)),
        (405, "{}", ONE, Err(LookupFailure::Misconfigured)),
        (500, "{}", ONE, Err(LookupFailure::Unavailable)),
        (503, "{}", "", Err(LookupFailure::Unavailable)),
    ] {
        let _endpoint = answering(status, headers, body);
        assert_eq!(look_up().await, expected, "{status} {headers} {body}");
    }
}

#[wasm_bindgen_test]
async fn a_config_that_cannot_be_used_says_which_way() {
    for (status, body, code) in [
        (404, "", "config_missing"),
        (404, CONFIG, "config_missing"),
        (500, CONFIG, "config_missing"),
        (200, "\n <!doctype html>", "config_missing"),
        (200, "", "config_malformed"),
        (200, "{}", "config_malformed"),
    ] {
        let _host = answering(status, "{}", body);
        assert_eq!(api::deployment(None).await.map_err(|failure| failure.code()), Err(code), "{status} {body}");
    }
    let _host = answering(200, "{}", CONFIG);
    assert_eq!(api::deployment(None).await, Ok(deployment()));
}

#[wasm_bindgen_test]
async fn a_config_that_is_tried_again_is_asked_for_anew() {
    let _host = answering(200, "{}", CONFIG);
    api::deployment(None).await.unwrap();
    let mode = js_async("return asked.cache", &JsValue::UNDEFINED).await;
    assert_eq!(mode.as_string().as_deref(), Some("no-cache"));
}

#[wasm_bindgen_test]
async fn only_a_200_with_a_key_set_gives_keys() {
    for (status, body, is_taken) in [(200, r#"{"keys":[]}"#, true), (404, r#"{"keys":[]}"#, false), (200, "{}", false)]
    {
        let _issuer = answering(status, "{}", body);
        let keys = api::keys("https://idp.example/jwks.json", Freshness::Cached).await;
        assert_eq!(keys.map(|_| ()), if is_taken { Ok(()) } else { Err(KeysFailure::Malformed) }, "{status} {body}");
    }
}

#[wasm_bindgen_test]
async fn keys_are_fetched_past_the_cache_only_when_they_must_be_fresh() {
    let _issuer = answering(200, "{}", r#"{"keys":[]}"#);
    for (freshness, cache) in [(Freshness::Cached, "default"), (Freshness::Fresh, "reload")] {
        api::keys("https://idp.example/jwks.json", freshness).await.unwrap();
        let mode = js_async("return asked.cache", &JsValue::UNDEFINED).await;
        assert_eq!(mode.as_string().as_deref(), Some(cache), "{freshness:?}");
    }
}

/// A lookup that boot.js sent: what it asked, and a promise in JavaScript.
fn early(body: &str, promise: &str) -> Lookup {
    let answer = js(&format!("return {promise}"), &JsValue::UNDEFINED).into();
    Lookup::by_boot(EarlyLookup { body: body.to_owned(), answer, come: None })
}

async fn look_up_after(early: Option<Lookup>) -> Result<usize, LookupFailure> {
    let identifier = Identifier::parse("Ada@acme.example").unwrap();
    api::look_up(&deployment(), &identifier, early).found(&deployment()).await.map(|tenants| tenants.len())
}

#[wasm_bindgen_test]
async fn an_early_lookup_is_taken_if_it_asked_the_very_same() {
    let _endpoint = answering(200, "{}", ONE);
    let none = r#"Promise.resolve([200, '{"tenants":[]}', null])"#;
    let same = early(r#"{"domain":"acme.example"}"#, none);
    assert_eq!(look_up_after(Some(same)).await, Ok(0), "the answer that came before");
    let other = early(r#"{"domain":"other.example"}"#, none);
    assert_eq!(look_up_after(Some(other)).await, Ok(1), "an answer of its own");
}

#[wasm_bindgen_test]
fn an_early_lookup_whose_answer_is_here_waits_for_nothing() {
    let identifier = Identifier::parse("acme.example").unwrap();
    let found_at_once = |come: &str| {
        let never = js("return new Promise(() => {})", &JsValue::UNDEFINED).into();
        let come = js(&format!("return {come}"), &JsValue::UNDEFINED).dyn_into().ok();
        let body = r#"{"domain":"acme.example"}"#.to_owned();
        let early = Lookup::by_boot(EarlyLookup { body, answer: never, come });
        let deployment = deployment();
        let found = api::look_up(&deployment, &identifier, Some(early)).found(&deployment).now_or_never();
        found.map(|found| found.map(|tenants| tenants.len()))
    };
    assert_eq!(found_at_once(&format!("[200, '{ONE}', null]")), Some(Ok(1)));
    assert_eq!(found_at_once("[429, '', '7']"), Some(Err(LookupFailure::RateLimited { seconds: Some(7) })));
    assert_eq!(found_at_once("undefined"), None);
}

#[wasm_bindgen_test]
async fn a_lookup_begun_by_a_press_is_on_its_way_at_once_and_soon_too_old() {
    let begin = || api::look_up(&deployment(), &Identifier::parse("ada@acme.example").unwrap(), None);
    let none = answering(200, "{}", r#"{"tenants":[]}"#);
    let (early, old) = (begin(), begin());
    drop(none);
    let _endpoint = answering(200, "{}", ONE);
    assert_eq!(look_up_after(Some(early)).await, Ok(0), "what it began with");
    let seconds_later = "{value: class extends Date { static now() { return super.now() + 7000 } }}";
    let _clock = Replaced::with("Date", seconds_later);
    assert_eq!(look_up_after(Some(old)).await, Ok(1), "an answer of its own");
}

#[wasm_bindgen_test]
async fn what_became_of_an_early_lookup_is_said_as_of_any_other() {
    let _endpoint = answering(200, "{}", ONE);
    for (promise, expected) in [
        ("Promise.resolve([429, '', '7'])", Err(LookupFailure::RateLimited { seconds: Some(7) })),
        ("Promise.resolve([503, '', null])", Err(LookupFailure::Unavailable)),
        ("Promise.reject(new DOMException('', 'TimeoutError'))", Err(LookupFailure::Silent(Silence::TimedOut))),
        ("Promise.reject(new TypeError())", Err(LookupFailure::Silent(Silence::Unreachable))),
        // It was not sent at all.
        ("Promise.reject(undefined)", Ok(1)),
    ] {
        assert_eq!(look_up_after(Some(early(r#"{"domain":"acme.example"}"#, promise))).await, expected, "{promise}");
    }
}
