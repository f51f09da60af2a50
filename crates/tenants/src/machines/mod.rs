//! The clients of organizations' back ends: their secrets, and what their developers need to know.

pub mod handover;
pub mod rotation;
pub mod secrets;
