//! What is costly to start is used by one test after another, and never by two at a time.

use std::sync::Mutex;

/// What no test uses at the moment. There is never more of a kind than tests ran at the same time.
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    pub(crate) fn take(&self, suits: impl Fn(&T) -> bool) -> Option<T> {
        let mut idle = self.0.lock().unwrap();
        let found = idle.iter().position(suits)?;
        Some(idle.swap_remove(found))
    }

    pub(crate) fn hand_back(&self, used: T) {
        self.0.lock().unwrap().push(used);
    }
}
