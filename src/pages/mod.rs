//! One room a page.

pub mod callback;
pub mod find;
pub mod leaving;
pub mod signed_out;
