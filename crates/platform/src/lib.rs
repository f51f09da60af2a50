//! JSON, URLs and Unicode text, read by what the platform has: the browser's own functions in the wasm, `serde_json`,
//! `url`, `idna` and `unicode-normalization` elsewhere.
//!
//! There are two reasons. The browser has these parsers and tables already, so the wasm need not bring its own. And a
//! check of a URL means something only if it reads the URL exactly as the browser will when it follows it.
//!
//! `tests/browser/platform.rs` and `tests/browser/json.rs` hold both sides against each other.
#![no_std]

extern crate alloc;

pub mod json;
pub mod query;
#[cfg(not(target_arch = "wasm32"))]
mod repeated_key;
pub mod unicode;
mod web_url;

#[cfg(not(target_arch = "wasm32"))]
pub use repeated_key::first_repeated_key;
pub use web_url::WebUrl;
#[cfg(any(feature = "native-url", not(target_arch = "wasm32")))]
pub use web_url::native;
