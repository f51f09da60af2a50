//! Stands in for the crate wasm-streams. Leptos compiles it in for the streams of server functions, and its exports
//! keep 7 kB of code in the wasm that nothing calls. The picker has no server functions, so its streams are empty.

use futures_util::{Stream, stream};
use wasm_bindgen::JsValue;

/// A stream with nothing in it.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// An empty stream, whatever is in the one given.
    ///
    /// # Panics
    /// If the browser has no streams.
    pub fn from_stream(_: impl Stream<Item = Result<JsValue, JsValue>>) -> Self {
        Self(web_sys::ReadableStream::new().unwrap_or_else(|_| unreachable!()))
    }

    /// Keeps a stream of the browser's.
    pub fn from_raw(stream: web_sys::ReadableStream) -> Self {
        Self(stream)
    }

    /// The browser's stream.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// An empty stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<JsValue, JsValue>> {
        stream::empty()
    }
}
