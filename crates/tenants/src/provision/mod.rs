//! Sets organizations up in a user pool: what should be there, what is there, the steps between, and doing them.

pub mod apply;
pub mod desired;
pub mod import;
pub mod observed;
pub mod overlay;
pub mod plan;
pub mod problem;
pub mod removal;
pub mod report;
