//! The only rooms that know the browser: its address bar, its storage, its device and its page.
//!
//! Every power that can be missing or blocked says so in its type; nothing here panics.

mod address;
mod device;
mod page;
mod storage;

pub use address::*;
pub use device::*;
pub use page::*;
pub use storage::*;
