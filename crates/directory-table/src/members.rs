//! Who belongs to which organizations by name: people whose email address does not tell it, such as consultants. It is
//! beside the file, since people are more than organizations and change more often.

use crate::error::TableError;
use crate::item::ForeignItem;
use crate::key::person;
use crate::table::{Consistency, Table};

/// The name of the attribute with the codes, a set of strings.
pub(crate) const CODES: &str = "codes";

/// Whether somebody is to belong to an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// From now on.
    Yes,
    /// Not any more.
    No,
}

impl Table {
    /// The codes of the organizations that a person belongs to by name, in lower case and in order. The issuer and the
    /// subject are those of the person's tokens.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub async fn codes_of(&self, issuer: &str, subject: &str) -> Result<Vec<String>, TableError> {
        let key = person(issuer, subject);
        let Some(attributes) = self.get([key.clone()], Consistency::Eventual).await?.remove(&key) else {
            return Ok(Vec::new());
        };
        // A set whose last member was removed is not there.
        let Some(value) = attributes.get(CODES) else { return Ok(Vec::new()) };
        let mut codes = value.as_ss().map_err(|_| ForeignItem { key })?.clone();
        codes.sort();
        Ok(codes)
    }

    /// Lets a person belong to an organization, or not any more.
    ///
    /// # Errors
    /// If the table cannot be written.
    pub async fn set_member(
        &self,
        issuer: &str,
        subject: &str,
        code: &str,
        belongs: Belongs,
    ) -> Result<(), TableError> {
        self.change_set(&person(issuer, subject), CODES, &code.to_ascii_lowercase(), belongs == Belongs::Yes).await
    }

    /// Whether there is an organization with this code.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub async fn has(&self, code: &str) -> Result<bool, TableError> {
        let pointer = self.pointer(Consistency::Strong).await?.ok_or(TableError::Empty)?;
        let key = pointer.generation.record(&code.to_ascii_lowercase());
        Ok(!self.get([key], Consistency::Strong).await?.is_empty())
    }
}
