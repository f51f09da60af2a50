//! What the picker keeps in the browser, and when it is deleted.
//!
//! [`Storage`] is the browser's storage, which the caller provides. [`Store`] decides what is written to it: pending
//! sign-ins, the session, sign-outs and the organizations that were used. Where storage is blocked or full, each method
//! says in its documentation what happens.

mod hand_back;
mod pending;
mod recents;
mod session;
mod sign_out;

/// The two storage areas of a browser ([HTML Standard, Web
/// storage](https://html.spec.whatwg.org/multipage/webstorage.html)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// localStorage: all tabs share it, and it stays when the browser is closed.
    Local,
    /// sessionStorage: it belongs to one tab, and is deleted when the tab is closed.
    Tab,
}

/// The browser's storage is blocked, switched off or full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("storage_blocked")]
pub struct StorageBlocked;

/// A browser's storage.
///
/// # Errors
/// Each method returns [`StorageBlocked`] if the browser refuses.
pub trait Storage {
    /// The value of a key. `None` if there is none.
    fn get(&self, area: Area, key: &str) -> Result<Option<String>, StorageBlocked>;
    /// Sets the value of a key.
    fn set(&self, area: Area, key: &str, value: &str) -> Result<(), StorageBlocked>;
    /// Deletes a key and its value.
    fn remove(&self, area: Area, key: &str) -> Result<(), StorageBlocked>;
    /// All keys.
    fn keys(&self, area: Area) -> Result<Vec<String>, StorageBlocked>;
}

/// What the picker keeps in a browser.
#[derive(Debug, Clone, Copy)]
pub struct Store<S>(pub S);

impl<S: Storage> Store<S> {
    /// The value of a key. `None` also if storage is blocked.
    fn read(&self, area: Area, key: &str) -> Option<String> {
        self.0.get(area, key).ok()?
    }

    /// Sets or deletes a value that can be missed: nothing happens if storage is blocked.
    fn write(&self, area: Area, key: &str, value: Option<&str>) {
        let _ = match value {
            Some(value) => self.0.set(area, key, value),
            None => self.0.remove(area, key),
        };
    }
}

#[cfg(test)]
mod tests {
    //! A storage in memory that can be blocked, full or forgetful.

    use super::*;
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(super) enum Fault {
        None,
        /// Everything fails.
        Blocked,
        /// Nothing can be written to localStorage beyond so many keys.
        Full(usize),
        /// Writing succeeds, and nothing is kept.
        Forgetful,
    }

    pub(super) struct Memory {
        areas: [RefCell<BTreeMap<String, String>>; 2],
        pub(super) fault: Cell<Fault>,
    }

    pub(super) fn store() -> Store<Memory> {
        Store(Memory { areas: Default::default(), fault: Cell::new(Fault::None) })
    }

    impl Store<Memory> {
        pub(super) fn keys(&self, area: Area) -> Vec<String> {
            self.0.area(area).borrow().keys().cloned().collect()
        }
    }

    impl Memory {
        fn area(&self, area: Area) -> &RefCell<BTreeMap<String, String>> {
            match area {
                Area::Local => &self.areas[0],
                Area::Tab => &self.areas[1],
            }
        }

        fn check(&self) -> Result<(), StorageBlocked> {
            if self.fault.get() == Fault::Blocked { Err(StorageBlocked) } else { Ok(()) }
        }
    }

    impl Storage for Memory {
        fn get(&self, area: Area, key: &str) -> Result<Option<String>, StorageBlocked> {
            self.check().map(|()| self.area(area).borrow().get(key).cloned())
        }

        fn set(&self, area: Area, key: &str, value: &str) -> Result<(), StorageBlocked> {
            self.check()?;
            let mut entries = self.area(area).borrow_mut();
            match self.fault.get() {
                Fault::Full(most) if area == Area::Local && entries.len() >= most => return Err(StorageBlocked),
                Fault::Forgetful => {}
                _ => drop(entries.insert(key.to_owned(), value.to_owned())),
            }
            Ok(())
        }

        fn remove(&self, area: Area, key: &str) -> Result<(), StorageBlocked> {
            self.check().map(|()| drop(self.area(area).borrow_mut().remove(key)))
        }

        fn keys(&self, area: Area) -> Result<Vec<String>, StorageBlocked> {
            self.check().map(|()| self.area(area).borrow().keys().cloned().collect())
        }
    }
}
