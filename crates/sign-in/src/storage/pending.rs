//! Pending sign-ins. They are in localStorage, since a sign-in may be finished in another tab than it began in.

use super::{Area, Storage, StorageBlocked, Store};
use crate::authorize::PendingSignIn;
use crate::secrets::PendingKey;
use crate::time::UnixTime;

/// How many characters a session may take: three tokens of Cognito with many groups in them.
const SESSION_SIZE: usize = 16 * 1024;

impl<S: Storage> Store<S> {
    /// Keeps a pending sign-in, and deletes those that were abandoned.
    ///
    /// # Errors
    /// [`StorageBlocked`] if the record cannot be read back either: some browsers accept a value and do not keep it.
    pub fn keep_pending(&self, key: &PendingKey, record: &str, now: UnixTime) -> Result<(), StorageBlocked> {
        let keys = self.0.keys(Area::Local)?.into_iter().filter(|key| key.starts_with(PendingKey::PREFIX));
        let kept: Vec<_> =
            keys.map(|key| (self.read(Area::Local, &key), key)).map(|(record, key)| (key, record)).collect();
        for key in PendingSignIn::leftovers(kept, now) {
            self.write(Area::Local, &key, None);
        }
        self.0.set(Area::Local, key.as_str(), record)?;
        match self.0.get(Area::Local, key.as_str()) {
            Ok(Some(kept)) if kept == record => Ok(()),
            _ => Err(StorageBlocked),
        }
    }

    /// Keeps a pending sign-in that is not meant, and deletes it at once. So a browser has done once what it does while
    /// somebody waits.
    ///
    /// # Errors
    /// [`StorageBlocked`] if it is not kept.
    pub fn rehearse_pending(&self, key: &PendingKey, record: &str) -> Result<(), StorageBlocked> {
        self.0.keys(Area::Local)?;
        self.0.set(Area::Local, key.as_str(), record)?;
        self.take_pending(key).map(drop)
    }

    /// Reads and deletes a pending sign-in, so that it is finished at most once. `None` if there is none.
    ///
    /// # Errors
    /// [`StorageBlocked`] if it cannot be read or deleted.
    pub fn take_pending(&self, key: &PendingKey) -> Result<Option<String>, StorageBlocked> {
        let record = self.0.get(Area::Local, key.as_str())?;
        self.0.remove(Area::Local, key.as_str())?;
        Ok(record)
    }

    /// Checks that this tab will be able to keep a session. Without it, a sign-in would be in vain.
    ///
    /// # Errors
    /// [`StorageBlocked`] if it will not.
    pub fn has_room_for_session(&self) -> Result<(), StorageBlocked> {
        const PROBE: &str = "tenant-picker.room";
        self.0.set(Area::Tab, PROBE, &"x".repeat(SESSION_SIZE))?;
        self.0.remove(Area::Tab, PROBE)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Fault, store};
    use super::*;
    use crate::tests::{NOW, kept_at};

    #[test]
    fn a_pending_sign_in_is_taken_once() {
        let store = store();
        let (key, record) = kept_at(NOW);
        store.keep_pending(&key, &record, NOW).unwrap();
        assert_eq!(store.take_pending(&key), Ok(Some(record)));
        assert_eq!(store.keys(Area::Local), [""; 0], "it is deleted when it is read");
        assert_eq!(store.take_pending(&key), Ok(None));
    }

    #[test]
    fn a_rehearsal_leaves_no_trace() {
        let store = store();
        let (key, record) = kept_at(NOW);
        assert_eq!(store.rehearse_pending(&key, &record), Ok(()));
        assert_eq!(store.keys(Area::Local), [""; 0]);
    }

    #[test]
    fn keeping_one_deletes_the_abandoned_and_damaged_ones_and_nothing_else() {
        let store = store();
        let (key, record) = kept_at(NOW);
        let (_, fresh) = kept_at(UnixTime(NOW.0 - 600));
        let (_, expired) = kept_at(UnixTime(NOW.0 - 601));
        for (key, record) in [
            ("tenant-picker.pending.fresh", fresh.as_str()),
            ("tenant-picker.pending.expired", &expired),
            ("tenant-picker.pending.damaged", &fresh[..40]),
            ("tenant-picker.pending.", ""),
            // Not the picker's pending sign-ins.
            ("tenant-picker.pending", &expired),
            ("x.tenant-picker.pending.y", &expired),
        ] {
            store.0.set(Area::Local, key, record).unwrap();
        }
        store.keep_pending(&key, &record, NOW).unwrap();
        let expected =
            ["tenant-picker.pending", key.as_str(), "tenant-picker.pending.fresh", "x.tenant-picker.pending.y"];
        assert_eq!(store.keys(Area::Local), expected);
    }

    #[test]
    fn storage_that_is_blocked_full_or_forgetful_is_noticed() {
        let (key, record) = kept_at(NOW);
        for fault in [Fault::Blocked, Fault::Full(0), Fault::Forgetful] {
            let store = store();
            store.0.fault.set(fault);
            assert_eq!(store.keep_pending(&key, &record, NOW), Err(StorageBlocked), "{fault:?}");
        }
        let store = store();
        assert_eq!(store.has_room_for_session(), Ok(()));
        assert_eq!(store.keys(Area::Tab), [""; 0]);
        store.0.fault.set(Fault::Blocked);
        assert_eq!(store.take_pending(&key), Err(StorageBlocked));
        assert_eq!(store.has_room_for_session(), Err(StorageBlocked));
    }
}
