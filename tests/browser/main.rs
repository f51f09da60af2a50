//! Tests of the browser package in Chromium, one after the other. `window.fetch` is replaced where the response
//! matters. Tests over a real network are in tests/end-to-end.

#![allow(clippy::unwrap_used, reason = "that is how tests fail; clippy.toml knows #[test] functions only")]

mod form;
mod json;
mod page;
mod platform;
mod problems;
mod responses;
mod sign_in;
mod storage;
mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
