//! The gate: a pre-token-generation trigger that refuses tokens to people who do not belong to the app client's
//! organization (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html>).
//!
//! [`event`] reads what Cognito says about a person and writes the response, [`membership`] decides. Neither has I/O.
//! [`directory`] finds what has to be known for it, in a file or in a table.

pub mod directory;
pub mod event;
pub mod membership;
