//! A counter that tells whether the result of an asynchronous task is still wanted.

use leptos::prelude::*;

/// Counts the tasks of one kind. Starting one makes all earlier ones outdated.
#[derive(Debug, Clone, Copy)]
pub struct Generation(StoredValue<u32>);

impl Generation {
    /// A counter that lives as long as the current reactive owner.
    pub fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Starts a task. The function that it returns tells whether the task is current: no other one has been started and
    /// none was ended since, and the owner is alive.
    pub fn start(self) -> impl Fn() -> bool + Copy + Send + use<> {
        self.end();
        let this = self.0.try_get_value();
        move || this.is_some() && self.0.try_get_value() == this
    }

    /// Makes the current task outdated.
    pub fn end(self) {
        self.0.try_update_value(|n| *n += 1);
    }

    /// Whether the owner is alive.
    pub fn is_alive(self) -> bool {
        self.0.try_get_value().is_some()
    }
}

impl Default for Generation {
    fn default() -> Self {
        Self::new()
    }
}
