//! The organizations that were used in this browser, and the setting that none are remembered.

use super::{Area, Storage, StorageBlocked, Store};
use crate::recents::{RECENTS_KEY, Recents};

/// In localStorage: nothing is to be remembered on this device.
const DO_NOT_REMEMBER_KEY: &str = "tenant-picker.do-not-remember";

/// In localStorage the language that was chosen, in the tab the one that a link asked for. `first.js` reads both.
const LANGUAGE_KEY: &str = "tenant-picker.lang";

impl<S: Storage> Store<S> {
    /// The organizations that were used in this browser.
    ///
    /// # Errors
    /// [`StorageBlocked`] if the browser keeps nothing, so that the page can say so.
    pub fn recents(&self) -> Result<Recents, StorageBlocked> {
        let record = self.0.get(Area::Local, RECENTS_KEY)?;
        Ok(Recents::from_record(&record.unwrap_or_default()))
    }

    /// Keeps the list, or deletes it if nothing is to be remembered.
    ///
    /// # Errors
    /// [`StorageBlocked`] if it cannot be kept or deleted.
    pub fn keep_recents(&self, recents: &Recents) -> Result<(), StorageBlocked> {
        match recents.to_record().filter(|_| !self.remembers_nothing()) {
            Some(record) => self.0.set(Area::Local, RECENTS_KEY, &record),
            None => self.0.remove(Area::Local, RECENTS_KEY),
        }
    }

    /// Whether the person wants nothing to be remembered on this device.
    pub fn remembers_nothing(&self) -> bool {
        self.read(Area::Local, DO_NOT_REMEMBER_KEY).is_some()
    }

    /// Switches that setting on, and deletes the list; or switches it off.
    ///
    /// # Errors
    /// [`StorageBlocked`] if the setting cannot be kept or deleted.
    pub fn set_remembers_nothing(&self, forgetful: bool) -> Result<(), StorageBlocked> {
        if !forgetful {
            return self.0.remove(Area::Local, DO_NOT_REMEMBER_KEY);
        }
        self.write(Area::Local, RECENTS_KEY, None);
        self.0.set(Area::Local, DO_NOT_REMEMBER_KEY, "yes")
    }

    /// Keeps the language that the person chose. It replaces one that a link asked for.
    pub fn keep_language(&self, language: &str) {
        self.write(Area::Local, LANGUAGE_KEY, Some(language));
        self.write(Area::Tab, LANGUAGE_KEY, Some(language));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Fault, store};
    use super::*;
    use crate::tests::tenant;

    #[test]
    fn the_list_is_kept_and_an_empty_one_leaves_nothing_behind() {
        let store = store();
        let recents = Recents::default().with(tenant());
        store.keep_recents(&recents).unwrap();
        assert_eq!(store.recents(), Ok(recents));
        store.keep_recents(&Recents::default()).unwrap();
        assert_eq!(store.keys(Area::Local), [""; 0]);
    }

    #[test]
    fn nothing_is_remembered_on_a_device_that_shall_forget() {
        let store = store();
        let recents = Recents::default().with(tenant());
        store.keep_recents(&recents).unwrap();
        store.set_remembers_nothing(true).unwrap();
        assert_eq!(store.recents(), Ok(Recents::default()));
        store.keep_recents(&recents).unwrap();
        assert_eq!(store.recents(), Ok(Recents::default()));
        store.set_remembers_nothing(false).unwrap();
        store.keep_recents(&recents).unwrap();
        assert_eq!(store.recents(), Ok(recents));
    }

    #[test]
    fn a_chosen_language_is_kept_for_the_browser_and_for_the_tab() {
        let store = store();
        store.keep_language("de");
        assert_eq!(
            (store.keys(Area::Local), store.keys(Area::Tab)),
            (vec![LANGUAGE_KEY.into()], vec![LANGUAGE_KEY.into()])
        );
    }

    #[test]
    fn a_blocked_storage_is_noticed() {
        let store = store();
        store.0.fault.set(Fault::Blocked);
        assert_eq!(store.recents(), Err(StorageBlocked));
        assert_eq!(store.keep_recents(&Recents::default()), Err(StorageBlocked));
        assert_eq!(store.set_remembers_nothing(true), Err(StorageBlocked));
        assert!(!store.remembers_nothing());
    }
}
