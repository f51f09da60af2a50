//! All end-to-end tests in one program, so that they can share browsers and servers (src/pool.rs) and run in parallel.

mod accessibility;
mod accounts;
mod appearance;
mod below_path;
mod engines;
mod expiry;
mod failures;
mod hand_back;
mod history;
mod hostile;
mod isolation;
mod journey;
mod keyboard;
mod languages;
mod loading;
mod lookups;
mod matching;
mod privacy;
mod recents;
mod security;
mod session;
mod startup;
mod storage;
mod tabs;
mod typed;
mod unsolicited;
