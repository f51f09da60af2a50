//! All end-to-end tests in one program, so that they share what is costly to start (src/pool.rs) and the long ones run
//! beside the short ones.

mod accounts;
mod engines;
mod failures;
mod hostile;
mod journey;
mod lifecycle;
mod people;
mod typed;
