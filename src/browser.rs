//! The only room that knows the browser: address bar, storage, randomness, clock, keys.
//!
//! Every power that can be missing or blocked says so in its type; nothing here panics.

use js_sys::{Array, Date, Function, Object, Promise, Reflect, Uint8Array};
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::{document, set_timeout, window, window_event_listener_untyped};
use lookup_api::ClientId;
use sign_in::authorize::PendingSignIn;
use sign_in::jwks::RsaKey;
use sign_in::recents::{RECENTS_KEY, Recents};
use sign_in::secrets::{Entropy, PendingKey};
use sign_in::session::{SESSION_KEY, Session};
use sign_in::time::UnixTime;
use sign_in::web_url::WebUrl;
use std::time::Duration;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, Element, Event, HtmlElement, PageTransitionEvent, Storage, StorageEvent, Url};

/// Storage that throws, is full or is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageBlocked;

/// No cryptography: an insecure context, or a browser without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoWebCrypto;

/// How the person got here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The raw query of the address, without its `?`, as `boot.js` found it.
    pub query: String,
    /// Whether Back or Forward brought the person here, so that nothing may send them off again by itself.
    pub by_history: bool,
    /// Whether the form was sent before the app was there to hear it.
    pub submitted: bool,
}

// ── address ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/// How the person got here. `boot.js` has read the query already, and has taken it out of the address bar at the callback.
pub fn arrive(query: String) -> Arrival {
    let by_history = performance()
        .and_then(|p| Reflect::get(&p.get_entries_by_type("navigation").get(0), &"type".into()).ok())
        .is_some_and(|kind| kind == "back_forward");
    let submitted = data("submitted").is_some();
    // From here on the form's events are the app's.
    set_data("app", "");
    Arrival { query, by_history, submitted }
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

/// Loads the page again.
pub fn reload() {
    let _ = window().location().reload();
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
    let kept: Vec<_> = keys.map(|key| (storage.get_item(&key).ok().flatten(), key)).map(|(r, key)| (key, r)).collect();
    for key in PendingSignIn::leftovers(kept, now) {
        let _ = storage.remove_item(&key);
    }
    storage.set_item(key.as_str(), record).map_err(|_| StorageBlocked)?;
    // A browser that accepts and forgets would strand the person on the way back: look.
    match storage.get_item(key.as_str()) {
        Ok(Some(kept)) if kept == record => Ok(()),
        _ => Err(StorageBlocked),
    }
}

/// The sole right to finish one sign-in, among all tabs of this browser, until dropped.
pub struct Claim(Option<Function>);

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Claims a sign-in, or `None` if another tab is at it. Two tabs that were opened with the same answer could otherwise both
/// read its record before either has deleted it, as browsers keep localStorage in several processes. Where there are no
/// Web Locks (an insecure context), reading and deleting in one go has to do.
pub async fn claim(key: &PendingKey) -> Option<Claim> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).unwrap_or_default();
    let Some(request) = Reflect::get(&locks, &"request".into()).ok().and_then(|f| f.dyn_into::<Function>().ok()) else {
        return Some(Claim(None));
    };
    let (mut release, mut tell) = (None, None);
    // The lock is held for as long as the promise that the callback returns is open.
    let held = Promise::new(&mut |resolve, _| release = Some(resolve));
    let told = Promise::new(&mut |resolve, _| tell = Some(resolve));
    let granted = Closure::once_into_js(move |lock: JsValue| {
        let _ = tell.map(|tell| tell.call1(&JsValue::NULL, &lock));
        held
    });
    let options = object(&[]);
    let _ = Reflect::set(&options, &"ifAvailable".into(), &true.into());
    request.call3(&locks, &key.as_str().into(), &options, &granted).ok()?;
    let lock = JsFuture::from(told).await.unwrap_or_default();
    (!lock.is_null()).then_some(Claim(release))
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
    if let Ok(storage) = waiting_room() {
        let _ = storage.remove_item(&signed_out_key(&session.tenant.client_id));
    }
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

/// Under this key the other tabs read that the person signed out at this app client: their sessions are over too.
fn signed_out_key(client: &ClientId) -> String {
    ["tenant-picker.signed-out.", client.as_str()].concat()
}

/// Ends this tab's session and tells the other tabs.
pub fn sign_out(session: &Session) {
    forget_session();
    if let Ok(storage) = waiting_room() {
        let _ = storage.set_item(&signed_out_key(&session.tenant.client_id), &now().0.to_string());
    }
}

/// Whether the person signed out in another tab since this session began.
pub fn is_signed_out_elsewhere(session: &Session) -> bool {
    let key = signed_out_key(&session.tenant.client_id);
    waiting_room().is_ok_and(|storage| storage.get_item(&key).ok().flatten().is_some())
}

/// Runs `f` when another tab has changed what is kept in this browser, and when this page comes back to life.
pub fn on_changed_elsewhere(f: impl Fn() + Clone + 'static) -> [WindowListenerHandle; 2] {
    let restored = on_restored(f.clone());
    let stored = window_event_listener_untyped("storage", move |event| {
        if event.dyn_ref::<StorageEvent>().is_some() {
            f();
        }
    });
    [restored, stored]
}

/// In this tab: signing out at the hosted UI is only half of switching organization.
const SWITCHING_KEY: &str = "tenant-picker.switching";

/// Remembers over the way to the hosted UI and back that the person wants to choose another organization.
pub fn begin_switching() {
    if let Ok(storage) = tab_storage() {
        let _ = storage.set_item(SWITCHING_KEY, "");
    }
}

/// Whether the person was switching organization, once.
pub fn end_switching() -> bool {
    let Ok(storage) = tab_storage() else { return false };
    let switching = storage.get_item(SWITCHING_KEY).ok().flatten().is_some();
    let _ = storage.remove_item(SWITCHING_KEY);
    switching
}

/// In this browser: nothing is to be remembered on this device.
const FORGETFUL_KEY: &str = "tenant-picker.do-not-remember";
/// In this browser the language that was chosen, in this tab the one that a link asked for.
const LANGUAGE_KEY: &str = "tenant-picker.lang";

/// The organizations that were used in this browser.
pub fn recents() -> Result<Recents, StorageBlocked> {
    let record = waiting_room()?.get_item(RECENTS_KEY).map_err(|_| StorageBlocked)?;
    Ok(Recents::from_record(&record.unwrap_or_default()))
}

/// Keeps the list, if anything is to be remembered here at all.
pub fn keep_recents(recents: &Recents) -> Result<(), StorageBlocked> {
    let storage = waiting_room()?;
    match recents.to_record().filter(|_| !is_forgetful()) {
        Some(record) => storage.set_item(RECENTS_KEY, &record),
        None => storage.remove_item(RECENTS_KEY),
    }
    .map_err(|_| StorageBlocked)
}

/// Whether the person asked that nothing be remembered on this device.
pub fn is_forgetful() -> bool {
    waiting_room().is_ok_and(|storage| storage.get_item(FORGETFUL_KEY).ok().flatten().is_some())
}

/// Sets or lifts that wish; setting it forgets what is remembered.
pub fn set_forgetful(forgetful: bool) -> Result<(), StorageBlocked> {
    let storage = waiting_room()?;
    if forgetful {
        let _ = storage.remove_item(RECENTS_KEY);
        storage.set_item(FORGETFUL_KEY, "yes")
    } else {
        storage.remove_item(FORGETFUL_KEY)
    }
    .map_err(|_| StorageBlocked)
}

/// Remembers the language that was chosen, where anything can be remembered. A language that a link asked for gives way.
pub fn keep_language(language: &str) {
    if let Ok(storage) = waiting_room() {
        let _ = storage.set_item(LANGUAGE_KEY, language);
    }
    if let Ok(storage) = tab_storage() {
        let _ = storage.set_item(LANGUAGE_KEY, language);
    }
    let url = Url::new(&window().location().href().unwrap_or_default());
    if let (Ok(url), Ok(history)) = (url, window().history()) {
        url.search_params().delete("lang");
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url.href()));
    }
}

// ── clock, randomness, keys ──────────────────────────────────────────────────────────────────────────────────────────

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
    set_timeout(f, Duration::from_secs(seconds.clamp(0, 2_000_000).unsigned_abs()));
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

/// Whether the browser believes that it is connected. A "yes" means little; a "no" can be relied on.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Runs `f` whenever the connection is lost or back.
pub fn on_connection(f: impl Fn() + Clone + 'static) {
    for event in ["online", "offline"] {
        let f = f.clone();
        // For the page's whole life: the handle is not kept.
        let _ = window_event_listener_untyped(event, move |_| f());
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

/// The text with case and accents folded, for comparing what people type (Unicode's compatibility decomposition, by the
/// browser, without its combining marks).
pub fn fold(text: &str) -> String {
    let text = js_sys::JsString::from(text).normalize("NFKD").to_lower_case();
    String::from(text)
        .chars()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}'))
        .collect()
}

/// The text in upper case, by the browser: its tables need not be in the wasm.
pub fn upper_case(text: &str) -> String {
    js_sys::JsString::from(text).to_upper_case().into()
}

/// The page's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

fn root() -> Option<HtmlElement> {
    document().document_element().and_then(|e| e.dyn_into().ok())
}

/// A `data-` attribute of the whole page: how `boot.js`, the style and the app tell each other things.
pub fn data(name: &str) -> Option<String> {
    root()?.dataset().get(name)
}

/// Sets such an attribute.
pub fn set_data(name: &str, value: &str) {
    if let Some(root) = root() {
        let _ = root.dataset().set(name, value);
    }
}

/// A custom property of the whole page, through the CSS object model, which the content security policy lets pass.
pub fn set_property(name: &str, value: &str) {
    if let Some(root) = root() {
        let _ = root.style().set_property(name, value);
    }
}

/// The language and the direction of the page.
pub fn set_language(language: &str) {
    if let Some(root) = root() {
        root.set_lang(language);
        root.set_dir(if matches!(language, "ar" | "he") { "rtl" } else { "ltr" });
    }
}

/// The language of the page, as `boot.js` chose it.
pub fn page_language() -> String {
    root().map(|root| root.lang()).unwrap_or_default()
}

/// The languages that index.html offers: tag, name in the language itself, address of its sentences.
pub fn offered_languages() -> Vec<(String, String, String)> {
    let Ok(links) = document().query_selector_all("link[hreflang][title]") else { return Vec::new() };
    let offered = (0..links.length()).filter_map(|i| links.get(i)?.dyn_into::<Element>().ok());
    offered
        .filter_map(|link| {
            Some((link.get_attribute("hreflang")?, link.get_attribute("title")?, link.get_attribute("href")?))
        })
        .collect()
}

/// An element of index.html by its id.
pub fn element(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// The place in index.html that a part of the app is drawn into; the page's body if index.html has no such place.
pub fn place(id: &str) -> Element {
    element(id)
        .or_else(|| document().body())
        .map_or_else(|| document().create_element("div").unwrap_throw(), Into::into)
}

/// Takes such an attribute away.
pub fn remove_data(name: &str) {
    if let Some(root) = root() {
        root.dataset().delete(name);
    }
}

/// Whether the focus is on nothing in particular.
pub fn nothing_has_focus() -> bool {
    document().active_element().is_none_or(|element| Some(&element) == document().body().as_deref())
}

/// Runs `f` on every event of this kind at an element that stays for the page's whole life.
pub fn listen(element: &Element, event: &str, f: impl Fn(Event) + 'static) {
    let listener = Closure::<dyn Fn(Event)>::new(f).into_js_value();
    let _ = element.add_event_listener_with_callback(event, listener.unchecked_ref());
}

/// What stands in the field, or is chosen in the list, that the event happened to.
pub fn value_of(event: &Event) -> String {
    let value = event.target().and_then(|target| Reflect::get(&target, &"value".into()).ok());
    value.and_then(|value| value.as_string()).unwrap_or_default()
}

/// Whether the box that the event happened to is checked.
pub fn is_checked(event: &Event) -> bool {
    let checked = event.target().and_then(|target| Reflect::get(&target, &"checked".into()).ok());
    checked.is_some_and(|checked| checked.is_truthy())
}

/// The `data-index` of the button that was pressed, if one was.
pub fn data_index(event: &Event) -> Option<usize> {
    let button = event.target()?.dyn_into::<Element>().ok()?.closest("button[data-index]").ok()??;
    button.get_attribute("data-index")?.parse().ok()
}

/// The elements within an element.
pub fn children(parent: &Element) -> Vec<Element> {
    let children = parent.children();
    (0..children.length()).filter_map(|i| children.item(i)).collect()
}

/// Leaves just these in an element, in this order.
pub fn show_only<'a>(parent: &Element, children: impl Iterator<Item = &'a Element>) {
    let children: Array = children.map(JsValue::from).collect();
    parent.replace_children_with_node(&children);
}

/// All elements of index.html that say a sentence, with the sentence's id.
pub fn sayings() -> Vec<(Element, String)> {
    let Ok(found) = document().query_selector_all("[data-message]") else { return Vec::new() };
    let elements = (0..found.length()).filter_map(|i| found.get(i)?.dyn_into::<Element>().ok());
    elements.filter_map(|element| element.get_attribute("data-message").map(|id| (element, id))).collect()
}

/// What marks an element that takes the focus when it appears.
pub const NEWCOMER: &str = "data-newcomer";

/// Puts the focus on the element that has just appeared and wants it.
pub fn focus_on_newcomer() {
    let Ok(newcomers) = document().query_selector_all(&["[", NEWCOMER, "]"].concat()) else { return };
    let last = newcomers.get(newcomers.length().saturating_sub(1));
    if let Some(element) = last.and_then(|node| node.dyn_into::<HtmlElement>().ok()) {
        focus(&element);
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
