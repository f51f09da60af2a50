//! Browsers and servers that are reused by one test after another.

use std::sync::Mutex;

/// The values that no test uses at the moment. There are never more of one kind than tests that run in parallel.
pub(crate) struct Pool<T>(Mutex<Vec<T>>);

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Removes a suitable value from the pool. `None` if there is none.
    pub(crate) fn take(&self, suits: impl Fn(&T) -> bool) -> Option<T> {
        let mut idle = self.0.lock().unwrap();
        let found = idle.iter().position(suits)?;
        Some(idle.swap_remove(found))
    }

    /// Returns a value to the pool.
    pub(crate) fn hand_back(&self, used: T) {
        self.0.lock().unwrap().push(used);
    }
}
