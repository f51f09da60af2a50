//! The decision which organizations a name finds, from what is listed under its keys. No I/O. The directory in memory has
//! the same rule over its own index, and tests/matching.rs holds both to it.

use crate::item::Listed;
use std::sync::Arc;

/// An organization under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// What a lookup returns.
    pub(crate) json: Arc<str>,
    /// Whether it is also found by the domains below the key's.
    pub(crate) subdomains: bool,
}

impl Candidate {
    /// Those of a list that are served.
    pub(crate) fn served(list: &[Listed]) -> impl Iterator<Item = Self> + '_ {
        let served = list.iter().filter(|listed| !listed.json.is_empty());
        served.map(|listed| Self { json: listed.json.clone(), subdomains: listed.subdomains })
    }
}

/// The organizations to answer with. `lists` are those under [`Name::keys`], in that order.
///
/// [`Name::keys`]: lookup_service::directory::Name::keys
pub(crate) fn choose(lists: impl Iterator<Item = Vec<Candidate>>) -> Vec<Arc<str>> {
    let chosen = |(i, list): (usize, Vec<Candidate>)| {
        let counts = |candidate: &Candidate| i == 0 || candidate.subdomains;
        let found: Vec<Arc<str>> = list.into_iter().filter(counts).map(|candidate| candidate.json).collect();
        (!found.is_empty()).then_some(found)
    };
    lists.enumerate().find_map(chosen).unwrap_or_default()
}
