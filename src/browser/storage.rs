//! localStorage, sessionStorage and Web Locks. What is kept there, and when, is decided by `sign_in::storage`.

use super::device::{object, on_window};
use js_sys::{Array, Function, Promise, Reflect};
use leptos::leptos_dom::helpers::WindowListenerHandle;
use leptos::prelude::window;
use sign_in::secrets::PendingKey;
use sign_in::storage::{Area, Storage, StorageBlocked, Store};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The storage of this browser.
#[derive(Debug, Clone, Copy)]
pub struct BrowserStorage;

/// What the picker keeps in this browser.
pub const STORE: Store<BrowserStorage> = Store(BrowserStorage);

/// Looking at a storage that is blocked throws; one that is switched off is null.
fn storage_of(area: Area) -> Result<web_sys::Storage, StorageBlocked> {
    let storage = match area {
        Area::Local => window().local_storage(),
        Area::Tab => window().session_storage(),
    };
    storage.ok().flatten().ok_or(StorageBlocked)
}

impl Storage for BrowserStorage {
    fn get(&self, area: Area, key: &str) -> Result<Option<String>, StorageBlocked> {
        storage_of(area)?.get_item(key).map_err(|_| StorageBlocked)
    }

    fn set(&self, area: Area, key: &str, value: &str) -> Result<(), StorageBlocked> {
        storage_of(area)?.set_item(key, value).map_err(|_| StorageBlocked)
    }

    fn remove(&self, area: Area, key: &str) -> Result<(), StorageBlocked> {
        storage_of(area)?.remove_item(key).map_err(|_| StorageBlocked)
    }

    fn keys(&self, area: Area) -> Result<Vec<String>, StorageBlocked> {
        let storage = storage_of(area)?;
        let count = storage.length().map_err(|_| StorageBlocked)?;
        Ok((0..count).filter_map(|i| storage.key(i).ok().flatten()).collect())
    }
}

/// Runs `f` when another tab has changed localStorage.
pub fn on_stored_elsewhere(f: impl Fn() + 'static) -> WindowListenerHandle {
    on_window("storage", move |_| f())
}

/// The right to finish one sign-in, which only one tab of this browser has at a time. Dropping it gives the right back.
pub struct SignInLock(Option<Function>);

impl Drop for SignInLock {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            let _ = release.call0(&JsValue::NULL);
        }
    }
}

/// Locks a sign-in, or returns `None` if another tab has locked it.
///
/// Browsers keep localStorage in several processes. Without the lock, two tabs with the same authorization response
/// could both read its record before either has deleted it. Where there are no Web Locks (an insecure context) or they
/// are refused (site data is blocked), there is no protection beyond reading and deleting in one go.
pub async fn lock_sign_in(key: &PendingKey) -> Option<SignInLock> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).unwrap_or_default();
    let Some(request) = Reflect::get(&locks, &"request".into()).ok().and_then(|f| f.dyn_into::<Function>().ok()) else {
        return Some(SignInLock(None));
    };
    let (mut release, mut tell) = (None, None);
    // The browser holds the lock until the promise that the callback returns is resolved.
    let held = Promise::new(&mut |resolve, _| release = Some(resolve));
    let told = Promise::new(&mut |resolve, _| tell = Some(resolve));
    let granted = Closure::once_into_js(move |lock: JsValue| {
        let _ = tell.map(|tell| tell.call1(&JsValue::NULL, &lock));
        held
    });
    let options = object(&[]);
    let _ = Reflect::set(&options, &"ifAvailable".into(), &true.into());
    let requested = request.call3(&locks, &key.as_str().into(), &options, &granted).unwrap_or_default();
    // A browser that blocks site data rejects the request, and never calls back.
    match JsFuture::from(Promise::race(&Array::of2(&told, &requested))).await {
        Ok(lock) if lock.is_null() => None,
        Ok(_) => Some(SignInLock(release)),
        Err(_) => Some(SignInLock(None)),
    }
}
