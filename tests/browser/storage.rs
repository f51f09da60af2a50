//! What is kept, in the browser's real localStorage and sessionStorage. The rules are tested natively, in
//! crates/sign-in/src/storage.

use crate::sign_in::begun;
use crate::support::{Replaced, js, js_text};
use serde_json::json;
use sign_in::session::{SESSION_KEY, Session};
use sign_in::storage::StorageBlocked;
use sign_in::time::UnixTime;
use std::collections::BTreeSet;
use tenant_picker::browser::STORE;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Storage;

const NOW: UnixTime = UnixTime(1_800_000_000);

fn empty_local_storage() -> Storage {
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    storage.clear().unwrap();
    storage
}

#[wasm_bindgen_test]
fn a_pending_sign_in_is_taken_once() {
    let storage = empty_local_storage();
    let (_, key, record) = begun(NOW);
    STORE.keep_pending(&key, &record, NOW).unwrap();
    assert_eq!(storage.get_item(key.as_str()), Ok(Some(record.clone())));
    assert_eq!(STORE.take_pending(&key), Ok(Some(record)));
    assert_eq!(storage.length(), Ok(0), "it is deleted with the reading");
    assert_eq!(STORE.take_pending(&key), Ok(None));
}

#[wasm_bindgen_test]
fn an_unknown_key_gives_nothing_and_leaves_the_others() {
    let storage = empty_local_storage();
    let ((_, kept, record), (_, unknown, _)) = (begun(NOW), begun(NOW));
    STORE.keep_pending(&kept, &record, NOW).unwrap();
    assert_eq!(STORE.take_pending(&unknown), Ok(None));
    assert_eq!(storage.get_item(kept.as_str()), Ok(Some(record)));
}

#[wasm_bindgen_test]
fn keeping_deletes_abandoned_sign_ins_and_nothing_else() {
    let storage = empty_local_storage();
    let (_, fresh, fresh_record) = begun(UnixTime(NOW.0 - 600));
    let (_, expired, expired_record) = begun(UnixTime(NOW.0 - 601));
    let (_, own, own_record) = begun(NOW);
    for (key, record) in [
        (fresh.as_str(), fresh_record.as_str()),
        (expired.as_str(), &expired_record),
        ("tenant-picker.pending.foreign", r#"{"version":0,"state":"x"}"#),
        ("tenant-picker.pending.damaged", &fresh_record[..40]),
        ("tenant-picker.pending.", ""),
        // Not the picker's pending sign-ins.
        ("tenant-picker.pending", &expired_record),
        ("tenant-picker.session", "{}"),
        ("x.tenant-picker.pending.y", &expired_record),
    ] {
        storage.set_item(key, record).unwrap();
    }
    STORE.keep_pending(&own, &own_record, NOW).unwrap();

    let left: BTreeSet<_> = (0..storage.length().unwrap()).map(|i| storage.key(i).unwrap().unwrap()).collect();
    let others = ["tenant-picker.pending", "tenant-picker.session", "x.tenant-picker.pending.y"];
    let expected = others.into_iter().chain([fresh.as_str(), own.as_str()]).map(str::to_owned).collect();
    assert_eq!(left, expected);
    storage.clear().unwrap();
}

#[wasm_bindgen_test]
fn storage_that_is_blocked_full_or_forgetful_is_noticed() {
    let storage = empty_local_storage();
    let (_, key, record) = begun(NOW);

    for denied in ["{get() { throw new DOMException('', 'SecurityError') }}", "{value: null}"] {
        let (local, session) = (Replaced::with("localStorage", denied), Replaced::with("sessionStorage", denied));
        let kept = STORE.keep_pending(&key, &record, NOW);
        let taken = STORE.take_pending(&key);
        let session_kept = STORE.keep_session(&some_session());
        let session_read = STORE.session().is_none();
        STORE.forget_session();
        drop((local, session));
        assert_eq!((kept, taken), (Err(StorageBlocked), Err(StorageBlocked)), "{denied}");
        assert_eq!((session_kept, session_read), (Err(StorageBlocked), true), "{denied}");
    }

    let fill = "for (let n = 1 << 23; n >= 1; n >>= 1) try { localStorage.setItem('f' + n, 'x'.repeat(n)) } catch {}";
    js(fill, &JsValue::UNDEFINED);
    let kept = STORE.keep_pending(&key, &record, NOW);
    storage.clear().unwrap();
    assert_eq!(kept, Err(StorageBlocked), "full");

    let set_item = js(
        "const was = Storage.prototype.setItem; Storage.prototype.setItem = () => {}; return was",
        &key.as_str().into(),
    );
    let kept = STORE.keep_pending(&key, &record, NOW);
    js("Storage.prototype.setItem = arg", &set_item);
    assert_eq!(kept, Err(StorageBlocked), "accepts and forgets");
    assert_eq!(STORE.keep_pending(&key, &record, NOW), Ok(()));
    storage.clear().unwrap();
}

fn some_session() -> Session {
    let record = json!({
        "tenant": {"code": "acme", "name": "Acme", "client_id": "c", "identity_provider": "AcmeSAML"},
        "id_token": "i", "access_token": "a", "refresh_token": null, "expires_at": NOW.0,
    });
    Session::from_record(&record.to_string()).unwrap()
}

#[wasm_bindgen_test]
fn the_session_is_in_its_tab_alone_until_it_is_forgotten() {
    let storage = empty_local_storage();
    STORE.forget_session();
    assert!(STORE.session().is_none());
    STORE.keep_session(&some_session()).unwrap();
    assert_eq!(STORE.session().unwrap().to_record(), some_session().to_record());
    assert_eq!(storage.length(), Ok(0), "nothing of it is where other tabs could read it");
    assert_eq!(js_text("return Object.keys(sessionStorage).join()"), SESSION_KEY);
    STORE.forget_session();
    assert!(STORE.session().is_none());
    assert_eq!(js_text("return Object.keys(sessionStorage).join()"), "");
}

#[wasm_bindgen_test]
fn a_damaged_session_is_none() {
    let whole = some_session().to_record();
    let tab = web_sys::window().unwrap().session_storage().unwrap().unwrap();
    for damaged in ["", "null", "{}", &whole[..whole.len() - 1], &whole.replace("id_token", "id_tokem")] {
        tab.set_item(SESSION_KEY, damaged).unwrap();
        assert!(STORE.session().is_none(), "{damaged}");
    }
    STORE.forget_session();
}
