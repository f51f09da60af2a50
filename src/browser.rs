//! The only room that knows the browser: address bar, storage, randomness, clock, keys.
//!
//! Every power that can be missing or blocked says so in its type; nothing here panics.

use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::window_event_listener_untyped;
use sign_in::jwks::RsaKey;
use sign_in::secrets::{Entropy, PendingKey};
use sign_in::session::{SESSION_KEY, Session};
use sign_in::time::UnixTime;
use sign_in::web_url::WebUrl;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, Document, HtmlElement, PageTransitionEvent, Storage, Url, Window};

/// Storage that throws, is full or is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageBlocked;

/// No cryptography: an insecure context, or a browser without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoWebCrypto;

/// How the person got here, read once, before anything else happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The raw query of the address, without its `?`.
    pub query: String,
    /// Whether Back or Forward brought the person here, so that nothing may send them off again by itself.
    pub by_history: bool,
}

// A page without a window does not run this code, so the two `unwrap`s of this room are in one place each.
#[expect(clippy::expect_used, reason = "the app runs in a window or not at all")]
fn window() -> Window {
    web_sys::window().expect("a window")
}

fn document() -> Option<Document> {
    window().document()
}

// ── address ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Reads how the person got here. At the callback it also takes query and fragment out of the address bar, before any
/// request could carry them in a Referer and before any history entry could keep them (RFC 9700 §4.2.4).
pub fn arrive() -> Arrival {
    let location = window().location();
    let query = location.search().unwrap_or_default();
    if location.pathname().is_ok_and(|path| path == "/callback")
        && let Ok(history) = window().history()
    {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some("/callback"));
    }
    let by_history = performance()
        .and_then(|p| Reflect::get(&p.get_entries_by_type("navigation").get(0), &"type".into()).ok())
        .is_some_and(|kind| kind == "back_forward");
    Arrival { query: query.trim_start_matches('?').to_owned(), by_history }
}

/// The address of this page.
pub fn page_url() -> Option<WebUrl> {
    parse_url(&window().location().href().ok()?, None)
}

/// The browser's own URL parser, for the core.
pub fn parse_url(text: &str, base: Option<&str>) -> Option<WebUrl> {
    let url = match base {
        Some(base) => Url::new_with_base(text, base),
        None => Url::new(text),
    }
    .ok()?;
    Some(WebUrl {
        href: url.href(),
        scheme: url.protocol().trim_end_matches(':').to_owned(),
        hostname: url.hostname(),
        origin: url.origin(),
        path: url.pathname(),
        has_credentials: !url.username().is_empty() || !url.password().is_empty(),
        has_query_or_fragment: !url.search().is_empty() || !url.hash().is_empty(),
    })
}

/// Goes to another address; this page stays behind in the history.
pub fn leave_for(address: &str) {
    let _ = window().location().assign(address);
}

/// Goes to another address in this page's stead, so that Back does not come here again.
pub fn move_on_to(address: &str) {
    let _ = window().location().replace(address);
}

/// Gives up a navigation that has begun but not arrived.
pub fn stay() {
    let _ = window().stop();
}

/// Runs `f` when the page comes back to life from the back/forward cache, spinner and all.
pub fn on_restored(f: impl Fn() + 'static) -> WindowListenerHandle {
    window_event_listener_untyped("pageshow", move |event| {
        if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
            f();
        }
    })
}

// ── storage ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Where pending sign-ins wait: shared by the tabs, since a sign-in begun here may be finished in another one.
fn waiting_room() -> Result<Storage, StorageBlocked> {
    window().local_storage().ok().flatten().ok_or(StorageBlocked)
}

/// Where the session is: this tab's alone, gone when it closes.
fn tab_storage() -> Result<Storage, StorageBlocked> {
    window().session_storage().ok().flatten().ok_or(StorageBlocked)
}

/// Keeps a pending sign-in, and clears away those that nobody came back for.
pub fn keep_pending(key: &PendingKey, record: &str, now: UnixTime) -> Result<(), StorageBlocked> {
    let storage = waiting_room()?;
    let count = storage.length().map_err(|_| StorageBlocked)?;
    let keys =
        (0..count).filter_map(|i| storage.key(i).ok().flatten()).filter(|key| key.starts_with(PendingKey::PREFIX));
    for stale in keys.collect::<Vec<_>>() {
        let kept = storage.get_item(&stale).ok().flatten();
        let live =
            kept.and_then(|r| sign_in::authorize::PendingSignIn::from_record(&r)).is_some_and(|p| !p.is_expired(now));
        if !live {
            let _ = storage.remove_item(&stale);
        }
    }
    storage.set_item(key.as_str(), record).map_err(|_| StorageBlocked)?;
    // A browser that accepts and forgets would strand the person on the way back: look.
    match storage.get_item(key.as_str()) {
        Ok(Some(kept)) if kept == record => Ok(()),
        _ => Err(StorageBlocked),
    }
}

/// Reads a pending sign-in and deletes it, so that an answer is taken once.
pub fn take_pending(key: &PendingKey) -> Result<Option<String>, StorageBlocked> {
    let storage = waiting_room()?;
    let record = storage.get_item(key.as_str()).map_err(|_| StorageBlocked)?;
    storage.remove_item(key.as_str()).map_err(|_| StorageBlocked)?;
    Ok(record)
}

/// Keeps the session in this tab.
pub fn keep_session(session: &Session) -> Result<(), StorageBlocked> {
    tab_storage()?.set_item(SESSION_KEY, &session.to_record()).map_err(|_| StorageBlocked)
}

/// This tab's session, if there is one that can be read.
pub fn session() -> Option<Session> {
    Session::from_record(&tab_storage().ok()?.get_item(SESSION_KEY).ok()??)
}

/// Ends this tab's session.
pub fn forget_session() {
    if let Ok(storage) = tab_storage() {
        let _ = storage.remove_item(SESSION_KEY);
    }
}

// ── clock, randomness, keys ──────────────────────────────────────────────────────────────────────────────────────────

/// The device's clock.
pub fn now() -> UnixTime {
    UnixTime((js_sys::Date::now() / 1000.0) as i64)
}

/// Fresh secrets for one attempt.
pub fn entropy() -> Result<Entropy, NoWebCrypto> {
    let crypto = window().crypto().map_err(|_| NoWebCrypto)?;
    let draw = || {
        let mut bytes = [0; 32];
        crypto.get_random_values_with_u8_array(&mut bytes).map(|_| bytes).map_err(|_| NoWebCrypto)
    };
    Ok(Entropy { state: draw()?, nonce: draw()?, code_verifier: draw()? })
}

/// RSASSA-PKCS1-v1_5 with SHA-256, by WebCrypto. `Ok(false)` also where WebCrypto refuses the key itself.
pub async fn verify_rs256(key: &RsaKey, signed: &[u8], signature: &[u8]) -> Result<bool, NoWebCrypto> {
    let crypto = window().crypto().map_err(|_| NoWebCrypto)?;
    // The binding of `subtle` would hand out an undefined object where the context is insecure.
    if !Reflect::get(&crypto, &"subtle".into()).is_ok_and(|subtle| subtle.is_object()) {
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

fn object(fields: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

// ── page ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// The person's preferred language, as a BCP 47 tag.
pub fn language() -> Option<String> {
    window().navigator().language()
}

/// The page's title.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// The brand's colour, through the CSS object model, which the content security policy lets pass.
pub fn set_accent(color: &str) {
    if let Some(root) = document().and_then(|d| d.document_element()).and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        let _ = root.style().set_property("--accent", color);
    }
}

/// Puts the focus on an element, unless that is where it already is.
pub fn focus(element: &HtmlElement) {
    let _ = element.focus();
}

fn performance() -> Option<web_sys::Performance> {
    window().performance()
}

/// A mark on the performance timeline, such as `usable` (contract §7).
pub fn mark(name: &str) {
    if let Some(performance) = performance() {
        let _ = performance.mark(name);
    }
}

/// The element that the app lives in.
pub fn app_root() -> Option<HtmlElement> {
    document()?.get_element_by_id("app")?.dyn_into().ok()
}
