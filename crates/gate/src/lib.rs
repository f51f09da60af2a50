//! The gate: a pre-token-generation trigger that refuses tokens to people who do not belong to the app client's
//! organization (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html>).
//!
//! [`event`] reads what Cognito says about a person and writes the response, [`Gate`] decides. Neither has I/O; the
//! program reads the directory once, when it starts.

pub mod event;
mod membership;

pub use membership::{Gate, Refusal};
