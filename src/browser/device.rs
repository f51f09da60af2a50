//! Clock, timers, randomness, cryptography, connection, clipboard, and the browser's tables of letters.

use js_sys::{Array, Date, JsString, Object, Reflect, Uint8Array};
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::{set_timeout, window, window_event_listener_untyped};
use sign_in::jwks::RsaKey;
use sign_in::secrets::Entropy;
use sign_in::time::UnixTime;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, Event};

/// The browser has no WebCrypto: the context is insecure, or the browser is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no_web_crypto")]
pub struct NoWebCrypto;

/// The device's time.
pub fn now() -> UnixTime {
    UnixTime((Date::now() / 1000.0) as i64)
}

/// The device's time as ISO 8601 in UTC, such as `2026-01-31T12:00:00.000Z`.
pub fn timestamp() -> String {
    Date::new_0().to_iso_string().into()
}

/// Runs `f` after so many seconds, at most 23 days: timers cannot count further.
pub fn after_seconds(seconds: i64, f: impl FnOnce() + 'static) {
    after(Duration::from_secs(seconds.clamp(0, 2_000_000).unsigned_abs()), f);
}

/// Runs `f` after this time. With zero, it runs as soon as the current task is done.
pub fn after(time: Duration, f: impl FnOnce() + 'static) {
    after_boxed(time, Box::new(f));
}

#[inline(never)]
fn after_boxed(time: Duration, f: Box<dyn FnOnce()>) {
    set_timeout(f, time);
}

/// Runs `f` on every event of this type at the window, until the handle is removed.
pub(super) fn on_window(event: &str, f: impl Fn(Event) + 'static) -> WindowListenerHandle {
    on_window_boxed(event, Box::new(f))
}

#[inline(never)]
fn on_window_boxed(event: &str, f: Box<dyn Fn(Event)>) -> WindowListenerHandle {
    window_event_listener_untyped(event, f)
}

/// Random bits for the secrets of one sign-in.
///
/// # Errors
/// [`NoWebCrypto`] also where only [`verify_rs256`] would fail: the sign-in would be in vain.
pub fn entropy() -> Result<Entropy, NoWebCrypto> {
    let crypto = window().crypto().map_err(|_| NoWebCrypto)?;
    if !has_subtle(&crypto) {
        return Err(NoWebCrypto);
    }
    let draw = || {
        let mut bytes = [0; 32];
        crypto.get_random_values_with_u8_array(&mut bytes).map(|_| bytes).map_err(|_| NoWebCrypto)
    };
    Ok(Entropy { state: draw()?, nonce: draw()?, code_verifier: draw()? })
}

/// Whether this is a valid RSASSA-PKCS1-v1_5 signature with SHA-256, checked by WebCrypto. `false` also if WebCrypto
/// refuses the key.
///
/// # Errors
/// [`NoWebCrypto`] if the browser has none.
pub async fn verify_rs256(key: &RsaKey, signed: &[u8], signature: &[u8]) -> Result<bool, NoWebCrypto> {
    let crypto = window().crypto().map_err(|_| NoWebCrypto)?;
    if !has_subtle(&crypto) {
        return Err(NoWebCrypto);
    }
    let subtle = crypto.subtle();
    let jwk = object(&[("kty", "RSA"), ("n", &key.n), ("e", &key.e), ("alg", "RS256")]);
    let algorithm = object(&[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")]);
    let import = async || {
        let usages = Array::of1(&"verify".into());
        let key = JsFuture::from(subtle.import_key_with_object("jwk", &jwk, &algorithm, false, &usages)?).await?;
        let (signature, signed) = (Uint8Array::from(signature), Uint8Array::from(signed));
        JsFuture::from(subtle.verify_with_object_and_js_u8_array_and_js_u8_array(
            &algorithm,
            key.unchecked_ref::<CryptoKey>(),
            &signature,
            &signed,
        )?)
        .await
    };
    Ok(import().await.is_ok_and(|verdict| verdict.is_truthy()))
}

/// In an insecure context `crypto.subtle` is undefined, which its binding does not notice.
fn has_subtle(crypto: &web_sys::Crypto) -> bool {
    Reflect::get(crypto, &"subtle".into()).is_ok_and(|subtle| subtle.is_object())
}

/// A JavaScript object with these members.
pub fn object(fields: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

/// Whether the browser has a network connection. `false` is certain; `true` may be wrong.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Runs `f` whenever the connection is lost or restored.
pub fn on_connection(f: impl Fn() + Clone + 'static) {
    for event in ["online", "offline"] {
        let f = f.clone();
        // The listener stays for the page's whole life, so its handle is not needed.
        let _ = on_window(event, move |_| f());
    }
}

/// Copies a text to the clipboard. Returns whether that succeeded.
pub async fn copy_to_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    // An insecure context has no clipboard.
    if !Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// The text in lower case and without accents, to compare what people type. The browser decomposes it (Unicode NFKD),
/// and the combining marks are removed.
pub fn fold(text: &str) -> String {
    let text = String::from(JsString::from(text).normalize("NFKD").to_lower_case());
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' => {}
            // Letters that Unicode does not decompose, as people without such a key type them.
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ŧ' => folded.push('t'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            c => folded.push(c),
        }
    }
    folded
}

/// The text in upper case. The browser does it, so that the wasm needs no Unicode tables.
pub fn upper_case(text: &str) -> String {
    JsString::from(text).to_upper_case().into()
}
