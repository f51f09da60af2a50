//! The pages: a module for each address, and the screen that is shown while the browser leaves for the hosted UI.

pub mod callback;
pub mod find;
pub mod leaving;
pub mod signed_out;
