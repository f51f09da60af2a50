//! Clock, randomness, keys, connection, clipboard, and the tables of letters that every browser has.

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

/// No cryptography: an insecure context, or a browser without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoWebCrypto;

/// The device's clock.
pub fn now() -> UnixTime {
    UnixTime((Date::now() / 1000.0) as i64)
}

/// The time of day for a report to support (ISO 8601, UTC).
pub fn timestamp() -> String {
    Date::new_0().to_iso_string().into()
}

/// Runs `f` after so many seconds, or after 24 days if that is sooner: timers cannot count further.
pub fn after(seconds: i64, f: impl FnOnce() + 'static) {
    later(Duration::from_secs(seconds.clamp(0, 2_000_000).unsigned_abs()), f);
}

/// Runs `f` after this time; after none, once what goes on now is done.
pub fn later(time: Duration, f: impl FnOnce() + 'static) {
    later_boxed(time, Box::new(f));
}

#[inline(never)]
fn later_boxed(time: Duration, f: Box<dyn FnOnce()>) {
    set_timeout(f, time);
}

/// Runs `f` whenever this happens to the window, until the handle is removed.
pub(super) fn on_window(event: &str, f: impl Fn(Event) + 'static) -> WindowListenerHandle {
    on_window_boxed(event, Box::new(f))
}

#[inline(never)]
fn on_window_boxed(event: &str, f: Box<dyn Fn(Event)>) -> WindowListenerHandle {
    window_event_listener_untyped(event, f)
}

/// Fresh secrets for one attempt. Fails where the answer to it could not be checked either (see [`verify_rs256`]), so that
/// nobody leaves for a sign-in in vain.
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

/// RSASSA-PKCS1-v1_5 with SHA-256, by WebCrypto. `Ok(false)` also where WebCrypto refuses the key itself.
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

/// The binding of `subtle` would hand out an undefined object where the context is insecure.
fn has_subtle(crypto: &web_sys::Crypto) -> bool {
    Reflect::get(crypto, &"subtle".into()).is_ok_and(|subtle| subtle.is_object())
}

/// An object with these members.
pub fn object(fields: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

/// Whether the browser believes that it is connected. A "yes" means little; a "no" can be relied on.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Runs `f` whenever the connection is lost or back.
pub fn on_connection(f: impl Fn() + Clone + 'static) {
    for event in ["online", "offline"] {
        let f = f.clone();
        // For the page's whole life: the handle is not kept.
        let _ = on_window(event, move |_| f());
    }
}

/// Puts text on the clipboard; whether that worked.
pub async fn copy_to_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    // Not there in an insecure context.
    if !Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// The text with case and accents folded, for comparing what people type: Unicode's compatibility decomposition, by the browser,
/// without its combining marks.
pub fn fold(text: &str) -> String {
    let text = String::from(JsString::from(text).normalize("NFKD").to_lower_case());
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' => {}
            // Letters with a stroke, and others that Unicode does not take apart, as people type them without.
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

/// The text in upper case, by the browser: its tables need not be in the wasm.
pub fn upper_case(text: &str) -> String {
    JsString::from(text).to_upper_case().into()
}
