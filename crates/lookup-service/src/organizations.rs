//! Where the organizations of a lookup are found: in memory, or elsewhere, such as in a table of a database.

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::directory::{CurrentDirectory, Name};

/// The directory that lookups are answered from.
#[derive(Debug, Clone)]
pub enum Organizations {
    /// In the memory of this process, read from a file.
    InMemory(CurrentDirectory),
    /// Elsewhere.
    Elsewhere(Arc<dyn Elsewhere>),
}

/// A directory that is not a file. It gives the same organizations in the same order as a [`Directory`] of the same
/// entries, or none of them.
///
/// [`Directory`]: crate::directory::Directory
pub trait Elsewhere: Debug + Send + Sync + 'static {
    /// The organizations with this name, in order, each as JSON. It takes a few seconds at most.
    ///
    /// # Errors
    /// [`Unavailable`], if it is not known whether there are any.
    fn find<'a>(&'a self, name: &'a Name<'a>) -> BoxFuture<'a, Result<Vec<Arc<str>>, Unavailable>>;

    /// The codes of the organizations that a person belongs to by name, in lower case. Issuer and subject are those of the
    /// person's tokens. It takes a few seconds at most.
    ///
    /// # Errors
    /// [`Unavailable`], if it is not known.
    fn codes_of<'a>(&'a self, issuer: &'a str, subject: &'a str) -> BoxFuture<'a, Result<Vec<String>, Unavailable>>;

    /// How many organizations there are.
    fn tenants(&self) -> usize;

    /// Whether lookups can be answered now.
    fn is_ready(&self) -> bool;
}

/// The directory does not respond, or not to the whole question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the directory cannot be asked at the moment")]
pub struct Unavailable;

impl Organizations {
    /// How many organizations there are.
    pub fn tenants(&self) -> usize {
        match self {
            Self::InMemory(directory) => directory.load().tenants(),
            Self::Elsewhere(elsewhere) => elsewhere.tenants(),
        }
    }

    /// Whether lookups can be answered now.
    pub fn is_ready(&self) -> bool {
        match self {
            Self::InMemory(_) => true,
            Self::Elsewhere(elsewhere) => elsewhere.is_ready(),
        }
    }
}

impl From<CurrentDirectory> for Organizations {
    fn from(directory: CurrentDirectory) -> Self {
        Self::InMemory(directory)
    }
}

impl From<Arc<dyn Elsewhere>> for Organizations {
    fn from(elsewhere: Arc<dyn Elsewhere>) -> Self {
        Self::Elsewhere(elsewhere)
    }
}
