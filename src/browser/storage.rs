//! What is kept in this browser and in this tab.

use super::device::{object, on_window, timestamp};
use js_sys::{Array, Function, Promise, Reflect};
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::window;
use lookup_api::ClientId;
use sign_in::authorize::PendingSignIn;
use sign_in::recents::{RECENTS_KEY, Recents};
use sign_in::secrets::PendingKey;
use sign_in::session::{OTHER_ACCOUNT_KEY, OtherAccount, SESSION_KEY, Session};
use sign_in::sign_out::VISIT_KEY;
use sign_in::time::UnixTime;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Storage, Url};

/// Storage that throws, is full or is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageBlocked;

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
/// Web Locks (an insecure context) or they are refused (site data is blocked), reading and deleting in one go has to do.
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
    let requested = request.call3(&locks, &key.as_str().into(), &options, &granted).unwrap_or_default();
    // A browser that blocks site data refuses the request itself, and never calls back.
    match JsFuture::from(Promise::race(&Array::of2(&told, &requested))).await {
        Ok(lock) if lock.is_null() => None,
        Ok(_) => Some(Claim(release)),
        Err(_) => Some(Claim(None)),
    }
}

/// Reads a pending sign-in and deletes it, so that an answer is taken once.
pub fn take_pending(key: &PendingKey) -> Result<Option<String>, StorageBlocked> {
    let storage = waiting_room()?;
    let record = storage.get_item(key.as_str()).map_err(|_| StorageBlocked)?;
    storage.remove_item(key.as_str()).map_err(|_| StorageBlocked)?;
    Ok(record)
}

/// How much room a session takes, in characters: three tokens of Cognito's, with many groups in them.
const SESSION_ROOM: usize = 16 * 1024;

/// Whether this tab will have room for a session. Asked before anybody leaves for a sign-in, which would be in vain without.
pub fn has_room_for_session() -> Result<(), StorageBlocked> {
    const PROBE: &str = "tenant-picker.room";
    let storage = tab_storage()?;
    storage.set_item(PROBE, &"x".repeat(SESSION_ROOM)).map_err(|_| StorageBlocked)?;
    storage.remove_item(PROBE).map_err(|_| StorageBlocked)
}

/// Keeps the session in this tab.
pub fn keep_session(session: &Session) -> Result<(), StorageBlocked> {
    // A sign-out that got stuck on the way is over.
    call_sign_out_off();
    let storage = tab_storage()?;
    let _ = storage.remove_item(SIGNED_OUT_HERE_KEY);
    let _ = match last_sign_out(session) {
        Some(mark) => storage.set_item(SIGNED_OUT_BEFORE_KEY, &mark),
        None => storage.remove_item(SIGNED_OUT_BEFORE_KEY),
    };
    storage.set_item(SESSION_KEY, &session.to_record()).map_err(|_| StorageBlocked)
}

/// This tab's session, if there is one that can be read.
pub fn session() -> Option<Session> {
    Session::from_record(&tab_storage().ok()?.get_item(SESSION_KEY).ok()??)
}

/// Ends this tab's session.
pub fn forget_session() {
    if let Ok(storage) = tab_storage() {
        let _ = storage.remove_item(SESSION_KEY);
        let _ = storage.remove_item(OTHER_ACCOUNT_KEY);
    }
}

/// Keeps the question whether this tab's session is the right person's, or that there is none.
pub fn keep_other_account(other: Option<&OtherAccount>) {
    let Ok(storage) = tab_storage() else { return };
    let _ = match other {
        Some(other) => storage.set_item(OTHER_ACCOUNT_KEY, &other.to_record()),
        None => storage.remove_item(OTHER_ACCOUNT_KEY),
    };
}

/// That question, if it is still open.
pub fn other_account() -> Option<OtherAccount> {
    OtherAccount::from_record(&tab_storage().ok()?.get_item(OTHER_ACCOUNT_KEY).ok()??)
}

/// Under this key the other tabs read that the person signed out at this app client: their sessions are over too.
fn signed_out_key(client: &ClientId) -> String {
    ["tenant-picker.signed-out.", client.as_str()].concat()
}

/// In this tab: the mark of the last sign-out before its session began. Any other one is a later one, whatever the clock
/// says.
const SIGNED_OUT_BEFORE_KEY: &str = "tenant-picker.signed-out-before";

/// In this tab: its session ended with a sign-out, so that a page which is loaded again need not wonder where it is.
const SIGNED_OUT_HERE_KEY: &str = "tenant-picker.signed-out-here";

/// Whether this tab has had a session that ended with a sign-out.
pub fn is_signed_out_here() -> bool {
    tab_storage().is_ok_and(|storage| storage.get_item(SIGNED_OUT_HERE_KEY).ok().flatten().is_some())
}

/// The mark of the last sign-out at this session's app client, in any tab.
fn last_sign_out(session: &Session) -> Option<String> {
    waiting_room().ok()?.get_item(&signed_out_key(&session.tenant.client_id)).ok()?
}

/// Tells the other tabs, and this one when it is loaded again, that the person has signed out.
pub fn tell_of_sign_out(session: &Session) {
    if let Ok(storage) = tab_storage() {
        let _ = storage.set_item(SIGNED_OUT_HERE_KEY, "yes");
    }
    let Ok(storage) = waiting_room() else { return };
    let tell = || storage.set_item(&signed_out_key(&session.tenant.client_id), &timestamp());
    if tell().is_err() {
        // No room: that the other tabs hear of it is worth more than a list.
        let _ = storage.remove_item(RECENTS_KEY);
        let _ = tell();
    }
}

/// Whether the person signed out in another tab since this session began.
pub fn is_signed_out_elsewhere(session: &Session) -> bool {
    let before = tab_storage().ok().and_then(|storage| storage.get_item(SIGNED_OUT_BEFORE_KEY).ok()?);
    last_sign_out(session).is_some_and(|mark| Some(mark) != before)
}

/// Runs `f` when another tab has changed what is kept in this browser.
pub fn on_stored_elsewhere(f: impl Fn() + 'static) -> WindowListenerHandle {
    on_window("storage", move |_| f())
}

/// What was last kept of a visit to the hosted UI ([`sign_in::sign_out`]).
pub fn visit() -> String {
    waiting_room().ok().and_then(|storage| storage.get_item(VISIT_KEY).ok()?).unwrap_or_default()
}

/// Keeps a visit to the hosted UI. Its cookie outlives it, so this does too.
pub fn keep_visit(visit: &str) {
    if let Ok(storage) = waiting_room() {
        let _ = storage.set_item(VISIT_KEY, visit);
    }
}

/// In this tab: a sign-out at the hosted UI is under way. Its value is the visit that follows on it, if one does, and the
/// address to go on to, if there is one; a line each.
const SIGNING_OUT_KEY: &str = "tenant-picker.signing-out";

/// Remembers over the way to the hosted UI and back what follows on the sign-out; whether that worked.
pub fn begin_sign_out(visit: &str, next: &str) -> bool {
    tab_storage().is_ok_and(|storage| storage.set_item(SIGNING_OUT_KEY, &[visit, "\n", next].concat()).is_ok())
}

/// A sign-out that led nowhere: where it would have gone on to. The hosted UI's cookie may still be there.
pub fn call_sign_out_off() -> Option<String> {
    let storage = tab_storage().ok()?;
    let record = storage.get_item(SIGNING_OUT_KEY).ok()??;
    let _ = storage.remove_item(SIGNING_OUT_KEY);
    Some(record.split_once('\n')?.1.to_owned())
}

/// The hosted UI has ended its session and sent the person back: where to go on to; an empty text is nowhere.
pub fn end_sign_out() -> Option<String> {
    let record = tab_storage().ok()?.get_item(SIGNING_OUT_KEY).ok()??;
    keep_visit(record.split_once('\n')?.0);
    call_sign_out_off()
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
