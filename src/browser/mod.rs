//! Access to the browser: address bar, storage, device and page. Other modules use elements that they have, and
//! `api` fetches.
//!
//! What a browser may lack or block is an `Option` or a `Result`. Nothing here panics, and nothing here decides.

mod address;
mod device;
mod page;
mod storage;

pub use address::*;
pub use device::*;
pub use page::*;
pub use storage::*;
