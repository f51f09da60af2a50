//! A sign-in from beginning to session, with the browser's own storage, randomness, clock and signatures.

use crate::support::{js, js_async, js_text};
use deployment::Deployment;
use lookup_api::Tenant;
use platform::json::Json;
use serde_json::{Value, json};
use sign_in::authorize::{PendingSignIn, SignInOptions, begin};
use sign_in::callback::AuthorizationResponse;
use sign_in::jwks::{Jwks, RsaKey};
use sign_in::secrets::{PendingKey, SignInSecrets};
use sign_in::session::Session;
use sign_in::time::UnixTime;
use sign_in::tokens::{TokenError, UnverifiedTokens};
use std::collections::HashMap;
use tenant_picker::browser::{self, STORE};
use tenant_picker::{early, hosted_ui};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

pub(crate) const CONFIG: &str = r##"{
    "lookup_url": "/api/lookup",
    "user_pools": [{"issuer": "https://idp.example/pool", "hosted_ui": "https://auth.example"}],
    "branding": {"product": "Tulip", "accent": "#0b57d0"}
}"##;

pub(crate) fn deployment() -> Deployment {
    Deployment::parse(CONFIG, &browser::picker_url().unwrap()).unwrap()
}

pub(crate) fn tenant() -> Tenant {
    let tenant = json!({"code": "acme", "name": "Acme", "client_id": "client-a", "identity_provider": "AcmeSAML"});
    Tenant::from_json(&Json::parse(&tenant.to_string()).unwrap()).unwrap()
}

/// A sign-in begun at `now`: its address, and the key and record to keep.
pub(crate) fn begun(now: UnixTime) -> (String, PendingKey, String) {
    let mut kept = None;
    let secrets = SignInSecrets::new(&browser::entropy().unwrap());
    let new = begin(&deployment(), tenant(), SignInOptions::default(), secrets, now).unwrap();
    let address = new.keep(|key, record| {
        kept = Some((key.clone(), record.to_owned()));
        Ok::<_, ()>(())
    });
    let (key, record) = kept.unwrap();
    (address.unwrap().as_str().to_owned(), key, record)
}

#[wasm_bindgen_test]
fn warming_up_keeps_nothing_and_goes_nowhere() {
    let all = "return [location.href, history.length, {...localStorage}, {...sessionStorage}]";
    let state = || js_text(&format!("return JSON.stringify((() => {{ {all} }})())"));
    let before = state();
    hosted_ui::warm_up(&deployment());
    assert_eq!(state(), before);
}

#[wasm_bindgen_test]
fn nobody_leaves_early_for_what_the_views_have_to_show() {
    const ASKED: &str = r#"{"domain":"acme.example"}"#;
    const ACME: &str = r#"{"code":"acme","name":"Acme","client_id":"c","identity_provider":"AcmeSAML"}"#;
    let found = |tenants: &[&str]| format!(r#"{{"tenants":[{}]}}"#, tenants.join(","));
    let (one, foreign) = (found(&[ACME]), found(&[&ACME.replacen('{', r#"{"issuer":"https://evil.example","#, 1)]));
    let config = CONFIG.replacen(
        '{',
        r#"{"applications":[{"url":"https://app.example/","login_uri":"https://app.example/login"}],"#,
        1,
    );
    early::read(&config, &browser::picker_url().unwrap()).unwrap();
    let before = js_text("return JSON.stringify({...localStorage})");
    for (why, query, typed, asked, found) in [
        ("nothing is found", "", "a@acme.example", ASKED, found(&[])),
        ("several are found", "", "a@acme.example", ASKED, found(&[ACME, ACME])),
        ("the response is malformed", "", "a@acme.example", ASKED, "<html>".to_owned()),
        ("something else was asked", "", "a@globex.example", ASKED, one.clone()),
        ("it is no identifier", "", "a@", ASKED, one.clone()),
        ("the user pool is unknown", "", "a@acme.example", ASKED, foreign),
        ("Back would lead to a link that leaves", "tenant=acme", "a@acme.example", ASKED, one.clone()),
        ("an application signs in", "return_to=https://app.example/", "a@acme.example", ASKED, one.clone()),
        ("the link asks for too much", "return_to=https://evil.example/", "a@acme.example", ASKED, one.clone()),
    ] {
        assert!(!early::leave(query, typed, asked, &found), "{why}");
        assert_eq!(early::departed(), None, "{why}");
    }
    let hashed = CONFIG.replacen('{', r#"{"lookup_content_sha256":true,"#, 1);
    early::read(&hashed, &browser::picker_url().unwrap()).unwrap();
    assert!(!early::leave("", "a@acme.example", ASKED, &one), "boot.js has not sent the hash that is wanted");
    assert_eq!(js_text("return JSON.stringify({...localStorage})"), before);
}

/// Somebody who signs with WebCrypto and publishes the public key as a JWK.
pub(crate) struct Signer {
    pair: JsValue,
    keys: Jwks,
}

const BASE64URL: &str = "const base64url = bytes =>
    btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');";

impl Signer {
    pub(crate) async fn new() -> Self {
        let generate = "return crypto.subtle.generateKey(
            {name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256'},
            true, ['sign', 'verify'])";
        let pair = js_async(generate, &JsValue::UNDEFINED).await;
        let public = "const jwk = await crypto.subtle.exportKey('jwk', arg.publicKey);
            return JSON.stringify({keys: [{...jwk, kid: 'k'}]})";
        let keys = js_async(public, &pair).await.as_string().unwrap();
        Self { pair, keys: Jwks::parse(&keys).unwrap() }
    }

    /// The raw signature of a text.
    pub(crate) async fn sign(&self, text: &str) -> Vec<u8> {
        let arg = js_sys::Array::of2(&self.pair, &text.into());
        let sign = "return new Uint8Array(await crypto.subtle.sign(
            'RSASSA-PKCS1-v1_5', arg[0].privateKey, new TextEncoder().encode(arg[1])))";
        js_sys::Uint8Array::from(js_async(sign, &arg).await).to_vec()
    }

    async fn jwt(&self, claims: &Value) -> String {
        let header = r#"{"alg":"RS256","kid":"k"}"#;
        let encode = format!("{BASE64URL} return base64url(new TextEncoder().encode(arg))");
        let encode = |text: &str| js(&encode, &text.into()).as_string().unwrap();
        let input = format!("{}.{}", encode(header), encode(&claims.to_string()));
        let signature = js_sys::Uint8Array::from(self.sign(&input).await.as_slice());
        let signature = js(&format!("{BASE64URL} return base64url(arg)"), &signature);
        format!("{input}.{}", signature.as_string().unwrap())
    }

    /// The key as the protocol hands it to [`browser::verify_rs256`].
    pub(crate) async fn key(&self) -> RsaKey {
        let tokens = tokens_signed_by(self).await;
        tokens.select_key(&self.keys).unwrap().clone()
    }
}

/// The parameters of an address's query, as a JSON object.
fn js_query(address: &str) -> String {
    let parameters = "return JSON.stringify(Object.fromEntries(new URL(arg).searchParams))";
    js(parameters, &address.into()).as_string().unwrap()
}

/// Begins a sign-in, receives a code, and gets tokens that `signer` has signed.
async fn tokens_signed_by(signer: &Signer) -> UnverifiedTokens {
    let now = browser::now();
    let (address, key, record) = begun(now);
    STORE.keep_pending(&key, &record, now).unwrap();
    let query: HashMap<String, String> = serde_json::from_str(&js_query(&address)).unwrap();

    let response = AuthorizationResponse::parse(&format!("?code=the-code&state={}", query["state"])).unwrap();
    let record = STORE.take_pending(&response.state().pending_key()).unwrap().unwrap();
    let grant = PendingSignIn::from_record(&record).unwrap().finish(response, browser::now()).unwrap();
    let (_, awaited) = grant.token_request(&deployment()).unwrap();

    let id = json!({
        "iss": "https://idp.example/pool", "sub": "ädä", "aud": "client-a", "exp": now.0 + 3600, "iat": now.0,
        "nonce": query["nonce"], "token_use": "id", "identities": [{"providerName": "AcmeSAML"}],
    });
    let access = json!({"client_id": "client-a", "token_use": "access", "sub": "ädä"});
    let body = json!({
        "id_token": signer.jwt(&id).await, "access_token": signer.jwt(&access).await,
        "token_type": "Bearer", "expires_in": 3600,
    });
    awaited.receive(200, &body.to_string()).unwrap()
}

async fn session_from(signed_by: &Signer, published_by: &Signer) -> Result<Session, TokenError> {
    let tokens = tokens_signed_by(signed_by).await;
    let key = tokens.select_key(&published_by.keys).unwrap().clone();
    let signed = tokens.check_signature(&key, browser::verify_rs256).await.unwrap()?;
    signed.into_session(browser::now()).map(|signed_in| signed_in.session)
}

#[wasm_bindgen_test]
async fn a_sign_in_becomes_a_session_that_this_tab_keeps() {
    let issuer = Signer::new().await;
    let session = session_from(&issuer, &issuer).await.unwrap();
    STORE.keep_session(&session).unwrap();
    let kept = STORE.session().unwrap();
    assert_eq!(kept.to_record(), session.to_record());
    assert_eq!(kept.tenant, tenant());
    assert!(!kept.is_expired(browser::now()));
    STORE.forget_session();
}

#[wasm_bindgen_test]
async fn a_token_that_somebody_else_signed_under_the_issuers_key_id_makes_no_session() {
    let (issuer, forger) = (Signer::new().await, Signer::new().await);
    let refused = session_from(&forger, &issuer).await.map(|_| ());
    assert_eq!(refused, Err(TokenError::IdTokenSignature));
}
