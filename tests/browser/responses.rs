//! The requests that the app sends, and what it makes of the responses.

use crate::sign_in::{CONFIG, deployment};
use crate::support::{Replaced, failing, js, js_async, responding};
use deployment::Deployment;
use futures_util::FutureExt;
use lookup_api::Identifier;
use platform::WebUrl;
use sign_in::session::Session;
use std::sync::Arc;
use tenant_picker::api::{self, Freshness, Lookup};
use tenant_picker::browser::EarlyLookup;
use tenant_picker::failure::{ConfigFailure, KeysFailure, LookupFailure, NoResponse};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const ONE: &str = r#"{"tenants":[{"code":"acme","name":"Acme","client_id":"c","identity_provider":"AcmeSAML"}]}"#;

async fn look_up() -> Result<usize, LookupFailure> {
    look_up_after(None).await
}

#[wasm_bindgen_test]
async fn a_closed_port_is_unreachable() {
    // Browsers refuse to connect to port 1.
    let keys = api::keys("https://127.0.0.1:1/jwks.json", Freshness::Fresh).await;
    assert_eq!(keys, Err(KeysFailure::NoResponse(NoResponse::Unreachable)));
}

#[wasm_bindgen_test]
async fn a_timeout_is_told_from_a_lost_connection() {
    for (name, reason) in [("TimeoutError", NoResponse::TimedOut), ("NetworkError", NoResponse::Unreachable)] {
        let _network = failing(name);
        assert_eq!(look_up().await, Err(LookupFailure::NoResponse(reason)), "{name}");
        assert_eq!(api::deployment(None).await, Err(ConfigFailure::NoResponse(reason)), "{name}");
    }
}

#[wasm_bindgen_test]
async fn the_lookup_sends_the_domain_alone() {
    let _endpoint = responding(200, "{}", ONE);
    assert_eq!(look_up().await, Ok(1));
    let asked = "const {method, credentials, redirect} = asked;
        return [method, new URL(asked.url).pathname, credentials, redirect, asked.headers.get('content-type'),
            asked.headers.get('authorization'), await asked.text()].join(' ')";
    let asked = js_async(asked, &JsValue::UNDEFINED).await;
    let expected = r#"POST /api/lookup omit error application/json  {"domain":"acme.example"}"#;
    assert_eq!(asked.as_string().unwrap(), expected);
}

#[wasm_bindgen_test]
async fn every_response_of_the_lookup_has_its_meaning() {
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
        let _endpoint = responding(status, headers, body);
        assert_eq!(look_up().await, expected, "{status} {headers} {body}");
    }
}

#[wasm_bindgen_test]
async fn a_config_that_cannot_be_used_has_its_code() {
    for (status, body, code) in [
        (404, "", "config_missing"),
        (404, CONFIG, "config_missing"),
        (500, CONFIG, "config_missing"),
        (200, "\n <!doctype html>", "config_missing"),
        (200, "", "config_malformed"),
        (200, "{}", "config_malformed"),
    ] {
        let _host = responding(status, "{}", body);
        assert_eq!(api::deployment(None).await.map_err(|failure| failure.code()), Err(code), "{status} {body}");
    }
    let _host = responding(200, "{}", CONFIG);
    assert_eq!(api::deployment(None).await, Ok(Arc::new(deployment())));
}

#[wasm_bindgen_test]
async fn a_config_that_is_tried_again_is_fetched_past_the_cache() {
    let _host = responding(200, "{}", CONFIG);
    api::deployment(None).await.unwrap();
    let mode = js_async("return asked.cache", &JsValue::UNDEFINED).await;
    assert_eq!(mode.as_string().as_deref(), Some("no-cache"));
}

#[wasm_bindgen_test]
async fn only_a_200_with_a_key_set_gives_keys() {
    for (status, body, is_taken) in [(200, r#"{"keys":[]}"#, true), (404, r#"{"keys":[]}"#, false), (200, "{}", false)]
    {
        let _issuer = responding(status, "{}", body);
        let keys = api::keys("https://idp.example/jwks.json", Freshness::Cached).await;
        assert_eq!(keys.map(|_| ()), if is_taken { Ok(()) } else { Err(KeysFailure::Malformed) }, "{status} {body}");
    }
}

#[wasm_bindgen_test]
async fn keys_are_fetched_past_the_cache_only_when_they_must_be_fresh() {
    let _issuer = responding(200, "{}", r#"{"keys":[]}"#);
    for (freshness, cache) in [(Freshness::Cached, "default"), (Freshness::Fresh, "reload")] {
        api::keys("https://idp.example/jwks.json", freshness).await.unwrap();
        let mode = js_async("return asked.cache", &JsValue::UNDEFINED).await;
        assert_eq!(mode.as_string().as_deref(), Some(cache), "{freshness:?}");
    }
}

/// The codes that the memberships endpoint tells, for a session at Acme.
async fn other_organizations(memberships_url: &str) -> Vec<String> {
    let config = CONFIG.replacen('{', &format!("{{{memberships_url}"), 1);
    let deployment = Deployment::parse(&config, &WebUrl::parse("https://login.example/").unwrap()).unwrap();
    let tenant = ONE.trim_start_matches(r#"{"tenants":["#).trim_end_matches("]}");
    let record = format!(r#"{{"tenant":{tenant},"id_token":"the-token","access_token":"a","expires_at":1}}"#);
    let tenants = api::other_organizations(&deployment, &Session::from_record(&record).unwrap()).await;
    tenants.into_iter().map(|tenant| tenant.code.into()).collect()
}

const MEMBERSHIPS: &str = r#""memberships_url":"https://members.example/of-me","#;

#[wasm_bindgen_test]
async fn the_id_token_is_sent_to_the_memberships_endpoint_alone_and_in_a_header() {
    let two = ONE.replace("]}", r#",{"code":"b","name":"B","client_id":"d","identity_provider":"B"}]}"#);
    let _endpoint = responding(200, "{}", &two);
    assert_eq!(other_organizations(MEMBERSHIPS).await, ["b"]);
    let asked = "const {method, url, credentials, redirect} = asked;
        return [method, url, credentials, redirect, asked.headers.get('authorization'), await asked.text()].join(' ')";
    let asked = js_async(asked, &JsValue::UNDEFINED).await;
    let expected = "GET https://members.example/of-me omit error Bearer the-token ";
    assert_eq!(asked.as_string().as_deref(), Some(expected));
    js("delete window.asked", &JsValue::UNDEFINED);
    assert_eq!(other_organizations("").await, [""; 0]);
    assert!(js("return window.asked", &JsValue::UNDEFINED).is_undefined(), "config.json names no endpoint");
}

#[wasm_bindgen_test]
async fn a_memberships_endpoint_that_does_not_say_leads_to_nothing() {
    let malformed = r#"{"tenants":[{"code":"b"}]}"#;
    for (status, body) in [(200, ""), (200, "<html>"), (200, malformed), (401, ONE), (404, ONE), (503, ""), (200, ONE)]
    {
        let _endpoint = responding(status, "{}", body);
        assert_eq!(other_organizations(MEMBERSHIPS).await, [""; 0], "{status} {body}");
    }
    let _network = failing("TimeoutError");
    assert_eq!(other_organizations(MEMBERSHIPS).await, [""; 0]);
}

/// A lookup that boot.js has sent: its body, and a promise in JavaScript.
fn early(body: &str, promise: &str) -> Lookup {
    let response = js(&format!("return {promise}"), &JsValue::UNDEFINED).into();
    Lookup::from_boot(EarlyLookup { body: body.to_owned(), response, arrived: None })
}

async fn look_up_after(early: Option<Lookup>) -> Result<usize, LookupFailure> {
    let identifier = Identifier::parse("Ada@acme.example").unwrap();
    api::look_up(&deployment(), &identifier, early).tenants(&deployment()).await.map(|tenants| tenants.len())
}

#[wasm_bindgen_test]
async fn an_early_lookup_is_used_if_it_sent_the_same() {
    let _endpoint = responding(200, "{}", ONE);
    let none = r#"Promise.resolve([200, '{"tenants":[]}', null])"#;
    let same = early(r#"{"domain":"acme.example"}"#, none);
    assert_eq!(look_up_after(Some(same)).await, Ok(0), "the early response");
    let other = early(r#"{"domain":"other.example"}"#, none);
    assert_eq!(look_up_after(Some(other)).await, Ok(1), "a response of its own");
}

#[wasm_bindgen_test]
fn an_early_lookup_whose_response_has_arrived_is_used_at_once() {
    let identifier = Identifier::parse("acme.example").unwrap();
    let tenants_at_once = |arrived: &str| {
        let never = js("return new Promise(() => {})", &JsValue::UNDEFINED).into();
        let arrived = js(&format!("return {arrived}"), &JsValue::UNDEFINED).dyn_into().ok();
        let body = r#"{"domain":"acme.example"}"#.to_owned();
        let early = Lookup::from_boot(EarlyLookup { body, response: never, arrived });
        let deployment = deployment();
        let tenants = api::look_up(&deployment, &identifier, Some(early)).tenants(&deployment).now_or_never();
        tenants.map(|result| result.map(|tenants| tenants.len()))
    };
    assert_eq!(tenants_at_once(&format!("[200, '{ONE}', null]")), Some(Ok(1)));
    assert_eq!(tenants_at_once("[429, '', '7']"), Some(Err(LookupFailure::RateLimited { seconds: Some(7) })));
    assert_eq!(tenants_at_once("undefined"), None);
}

#[wasm_bindgen_test]
async fn a_lookup_is_sent_at_once_and_an_early_one_is_not_used_after_five_seconds() {
    let begin = || api::look_up(&deployment(), &Identifier::parse("ada@acme.example").unwrap(), None);
    let none = responding(200, "{}", r#"{"tenants":[]}"#);
    let (early, old) = (begin(), begin());
    drop(none);
    let _endpoint = responding(200, "{}", ONE);
    assert_eq!(look_up_after(Some(early)).await, Ok(0), "the early response");
    let seconds_later = "{value: class extends Date { static now() { return super.now() + 7000 } }}";
    let _clock = Replaced::with("Date", seconds_later);
    assert_eq!(look_up_after(Some(old)).await, Ok(1), "a response of its own");
}

#[wasm_bindgen_test]
async fn an_early_lookup_fails_as_any_other() {
    let _endpoint = responding(200, "{}", ONE);
    for (promise, expected) in [
        ("Promise.resolve([429, '', '7'])", Err(LookupFailure::RateLimited { seconds: Some(7) })),
        ("Promise.resolve([503, '', null])", Err(LookupFailure::Unavailable)),
        ("Promise.reject(new DOMException('', 'TimeoutError'))", Err(LookupFailure::NoResponse(NoResponse::TimedOut))),
        ("Promise.reject(new TypeError())", Err(LookupFailure::NoResponse(NoResponse::Unreachable))),
        // It was not sent at all.
        ("Promise.reject(undefined)", Ok(1)),
    ] {
        assert_eq!(look_up_after(Some(early(r#"{"domain":"acme.example"}"#, promise))).await, expected, "{promise}");
    }
}
