//! The browser package in a real browser: its effects, its words and its views. Chromium runs these tests one by one.
//!
//! `window.fetch` is replaced where an answer matters; whole journeys over a network are in tests/end-to-end.

#![allow(clippy::unwrap_used, reason = "that is how tests fail; clippy.toml knows #[test] functions only")]

mod answers;
mod attempt;
mod form;
mod json;
mod page;
mod platform;
mod problems;
mod storage;
mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
