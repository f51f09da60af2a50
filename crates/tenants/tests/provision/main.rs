//! The program against the strict local control plane, over HTTP with signed requests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod apply;
mod drift;
mod machines;
mod operator;
mod refusals;
mod removal;
