//! The directory of organizations in a DynamoDB table, for products with several instances of the lookup service, or
//! with Lambda functions, and organizations that come and go.
//!
//! ```text
//! contents ─► item ◄─ change          what is in the table: pure
//!    ▲          ▲        ▲
//!  load       table     edit          what is written, and the requests to DynamoDB
//!    ▲          ▲
//! records ─► in_memory, by_name       what lookups are answered from
//! ```
//!
//! An item for each name has all that a lookup returns, so a lookup is one request. The items of a bulk load have a
//! generation in their keys. A pointer says which generation counts, and which revision of it: each small change makes a
//! new one. docs/directory-table.md has the layout.

pub mod address;
pub mod by_name;
pub mod change;
mod check;
pub mod contents;
pub mod difference;
pub mod edit;
pub mod error;
pub mod in_memory;
pub mod item;
pub mod key;
pub mod load;
mod matching;
pub mod members;
mod moment;
pub mod pace;
pub mod records;
pub mod table;
