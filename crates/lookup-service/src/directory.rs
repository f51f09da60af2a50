//! The directory: which organizations a domain or a code belongs to. No I/O, no clock, no log.
//!
//! All texts are in a few large strings. So a million organizations need few allocations, and little more memory than
//! their texts (docs/service-performance.md).

use std::sync::Arc;
use std::{iter, slice};

use arc_swap::ArcSwap;
use lookup_api::spelling::{visible, with_hyphens};
use lookup_api::{LookupRequest, Tenant};
use memchr::memchr;
use smallvec::SmallVec;

use crate::domain_name::{DomainName, is_ignored};
use crate::name_index::{Full, NameIndex, offset};

/// The directory that lookups are answered from. A reload replaces it; a request that has begun keeps the one before.
pub type CurrentDirectory = Arc<ArcSwap<Directory>>;

/// An organization of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What a lookup returns.
    pub tenant: Tenant,
    /// Its domains. Without any, it is found by its code alone.
    pub domains: Vec<DomainName>,
    /// Whether it is also found by the domains below its own.
    pub subdomains: bool,
}

/// All organizations, found by domain, code or app client id. Results are in the order in which the organizations were
/// added.
#[derive(Debug)]
pub struct Directory {
    /// Each organization as the JSON that a lookup returns, one in each line.
    json: String,
    /// By app client id.
    clients: NameIndex<TenantOffset>,
    /// By code, in lower case.
    codes: NameIndex<TenantOffset>,
    domains: NameIndex<Listings>,
    /// The listings of domains that several organizations have.
    shared: Vec<Vec<Listing>>,
    /// How many organizations of the file are not here: disabled, or without an app client so far.
    unserved: usize,
}

/// An organization, by the offset of its JSON.
type TenantOffset = u32;

/// An organization that has a certain domain.
#[derive(Debug, Clone, Copy)]
struct Listing {
    tenant: TenantOffset,
    /// Whether it is also found by the domains below.
    subdomains: bool,
}

/// The organizations that have a certain domain, in the order of the file.
#[derive(Debug)]
enum Listings {
    Only(Listing),
    /// Several, by their index in the list of shared domains. There are few of these.
    Shared(u32),
}

/// What a request is looked up by, in the spelling of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name<'a> {
    /// A code, in lower case.
    Code(String),
    /// A domain.
    Domain(DomainName),
    /// The id of an app client.
    ClientId(&'a str),
}

impl<'a> Name<'a> {
    /// Reads what a request asks for. `None` if its text is no domain.
    pub fn of(request: &'a LookupRequest) -> Option<Self> {
        match request {
            LookupRequest::Code(code) => {
                let code = with_hyphens(&visible(code)).trim_matches(is_ignored).to_ascii_lowercase();
                Some(Self::Code(code))
            }
            LookupRequest::Domain(text) => DomainName::parse(&with_hyphens(&visible(text))).ok().map(Self::Domain),
            LookupRequest::ClientId(id) => Some(Self::ClientId(id)),
        }
    }

    /// The keys to look under. The first one that lists somebody has the answer; of those behind the first, only
    /// organizations count that are also found by the domains below.
    pub fn keys(&self) -> impl Iterator<Item = Key<'_>> {
        let (exact, domain) = match self {
            Self::Code(code) => (Key::Code(code), None),
            Self::Domain(domain) => (Key::Domain(domain.as_str()), Some(domain)),
            Self::ClientId(id) => (Key::ClientId(id), None),
        };
        iter::once(exact).chain(domain.into_iter().flat_map(DomainName::parents).map(Key::Domain))
    }
}

/// What organizations are listed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// A code, in lower case.
    Code(&'a str),
    /// A domain, in lower-case A-labels.
    Domain(&'a str),
    /// The id of an app client.
    ClientId(&'a str),
}

/// An organization under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a> {
    /// A number of the organization. Those that come later in the file have greater ones.
    pub place: u32,
    /// What a lookup returns.
    pub json: &'a str,
    /// Whether it is also found by the domains below this one.
    pub subdomains: bool,
}

/// The organizations that match a request, in order, each as JSON. There are seldom more than two.
pub type Found<'a> = SmallVec<[&'a str; 2]>;

impl Default for Directory {
    /// Nobody.
    fn default() -> Self {
        Self::with_room_for(0)
    }
}

impl Directory {
    /// Indexes the entries. Codes and client ids have to be unique, and domains fit for organizations. `directory_file`
    /// checks that.
    ///
    /// # Errors
    /// If they are too many.
    pub fn new(entries: Vec<Entry>) -> Result<Self, Full> {
        let mut directory = Self::with_room_for(entries.len());
        entries.into_iter().try_for_each(|entry| directory.add(entry).map(drop))?;
        Ok(directory)
    }

    /// An empty directory with room for so many organizations.
    pub(crate) fn with_room_for(tenants: usize) -> Self {
        Self {
            json: String::new(),
            codes: NameIndex::with_room_for(tenants),
            domains: NameIndex::with_room_for(tenants),
            clients: NameIndex::with_room_for(tenants),
            shared: Vec::new(),
            unserved: 0,
        }
    }

    /// Counts an organization that people are not sent to.
    pub(crate) fn leave_out(&mut self) {
        self.unserved += 1;
    }

    /// Adds an organization after the others. Returns its place, as in [`Listed`].
    ///
    /// # Errors
    /// If there is no room for it. A part of it may have been added then.
    pub(crate) fn add(&mut self, Entry { tenant, domains, subdomains }: Entry) -> Result<u32, Full> {
        let listing = Listing { tenant: offset(self.json.len())?, subdomains };
        #[expect(clippy::expect_used, reason = "neither strings nor a String that is written to can fail")]
        self.json.push_str(&serde_json::to_string(&tenant).expect("a tenant is written as JSON"));
        self.json.push('\n');
        self.codes.insert(&tenant.code.as_str().to_ascii_lowercase(), listing.tenant)?;
        self.clients.insert(tenant.client_id.as_str(), listing.tenant)?;
        for domain in domains {
            let Some(listings) = self.domains.insert(domain.as_str(), Listings::Only(listing))? else { continue };
            match *listings {
                Listings::Shared(index) => self.shared[index as usize].push(listing),
                Listings::Only(first) => {
                    *listings = Listings::Shared(offset(self.shared.len())?);
                    self.shared.push(vec![first, listing]);
                }
            }
        }
        Ok(listing.tenant)
    }

    /// The organizations that match a request. None if its text is no domain or no code.
    pub fn find(&self, request: &LookupRequest) -> Found<'_> {
        Name::of(request).map(|name| self.find_by_name(&name)).unwrap_or_default()
    }

    /// The organizations with this name.
    pub fn find_by_name(&self, name: &Name<'_>) -> Found<'_> {
        match name {
            Name::Code(code) => self.codes.get(code).map(|&start| self.json_of(start)).into_iter().collect(),
            Name::Domain(domain) => self.find_by_domain(domain),
            Name::ClientId(id) => self.clients.get(id).map(|&start| self.json_of(start)).into_iter().collect(),
        }
    }

    /// The organizations that have exactly this domain. If there are none, those that have the nearest parent domain
    /// and are found by the domains below it.
    fn find_by_domain(&self, domain: &DomainName) -> Found<'_> {
        let exact = self.listed(domain.as_str(), |_| true);
        if !exact.is_empty() {
            return exact;
        }
        domain
            .parents()
            .map(|parent| self.listed(parent, |listing| listing.subdomains))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    fn listed(&self, domain: &str, wanted: impl Fn(&Listing) -> bool) -> Found<'_> {
        let listings = self.listings(domain).iter();
        listings.filter(|listing| wanted(listing)).map(|listing| self.json_of(listing.tenant)).collect()
    }

    fn listings(&self, domain: &str) -> &[Listing] {
        match self.domains.get(domain) {
            None => &[],
            Some(Listings::Only(listing)) => slice::from_ref(listing),
            Some(&Listings::Shared(index)) => self.shared[index as usize].as_slice(),
        }
    }

    /// The organizations under a key, in order.
    pub fn under(&self, key: Key<'_>) -> Vec<Listed<'_>> {
        let listed = |&Listing { tenant, subdomains }: &Listing| Listed {
            place: tenant,
            json: self.json_of(tenant),
            subdomains,
        };
        let only = |tenant: Option<&TenantOffset>| {
            let listing = tenant.map(|&tenant| Listing { tenant, subdomains: false });
            listing.iter().map(listed).collect()
        };
        match key {
            Key::Code(code) => only(self.codes.get(code)),
            Key::ClientId(id) => only(self.clients.get(id)),
            Key::Domain(domain) => self.listings(domain).iter().map(listed).collect(),
        }
    }

    /// All keys, each once: codes, ids of app clients, domains, each in the order in which they were added.
    pub fn keys(&self) -> impl Iterator<Item = Key<'_>> {
        let clients = self.clients.names().map(Key::ClientId);
        self.codes.names().map(Key::Code).chain(clients).chain(self.domains.names().map(Key::Domain))
    }

    fn json_of(&self, start: TenantOffset) -> &str {
        let line = &self.json[start as usize..];
        &line[..memchr(b'\n', line.as_bytes()).unwrap_or(line.len())]
    }

    /// All organizations, in order, each as JSON.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.json.lines()
    }

    /// How many of the organizations `other` does not have, by their codes.
    pub(crate) fn not_in(&self, other: &Self) -> usize {
        // The code is the first member of each JSON, and needs no escapes.
        let code = |json: &str| Some(json.strip_prefix(r#"{"code":""#)?.split('"').next()?.to_ascii_lowercase());
        self.all().filter_map(code).filter(|code| other.codes.get(code).is_none()).count()
    }

    /// How many organizations there are.
    pub fn tenants(&self) -> usize {
        self.codes.len()
    }

    /// How many organizations of the file are not here: disabled, or without an app client so far.
    pub fn unserved(&self) -> usize {
        self.unserved
    }

    /// How many different domains they have.
    pub fn domains(&self) -> usize {
        self.domains.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(code: &str, domains: &[&str], subdomains: bool) -> Entry {
        let json = format!(r#"{{"code":"{code}","name":"{code}","client_id":"{code}","identity_provider":"COGNITO"}}"#);
        Entry {
            tenant: Tenant::from_json(&platform::json::Json::parse(&json).unwrap()).unwrap(),
            domains: domains.iter().map(|d| DomainName::parse(d).unwrap()).collect(),
            subdomains,
        }
    }

    fn codes(directory: &Directory, request: &LookupRequest) -> Vec<String> {
        let tenant = |json: &str| Tenant::from_json(&platform::json::Json::parse(json).unwrap()).unwrap();
        directory.find(request).into_iter().map(|json| tenant(json).code.to_string()).collect()
    }

    fn domain(text: &str) -> LookupRequest {
        LookupRequest::Domain(text.to_owned())
    }

    #[test]
    fn what_another_directory_does_not_have_is_counted_by_code() {
        let [one, other] = [["acme", "globex"], ["ACME", "new"]]
            .map(|codes| Directory::new(codes.map(|code| entry(code, &[], false)).into()).unwrap());
        assert_eq!((one.not_in(&other), other.not_in(&one)), (1, 1));
    }

    /// The rule without index and iterator: a plain search, with the public suffix given by the caller.
    fn reference<'a>(entries: &'a [Entry], name: &str, suffix: &str) -> Vec<&'a str> {
        let listing = |name: &str, opted_in: bool| -> Vec<&'a str> {
            entries
                .iter()
                .filter(|e| (e.subdomains || !opted_in) && e.domains.iter().any(|d| d.as_str() == name))
                .map(|e| e.tenant.code.as_str())
                .collect()
        };
        let mut found = listing(name, false);
        let labels: Vec<&str> = name.split('.').collect();
        for from in 1..labels.len() {
            let parent = labels[from..].join(".");
            if found.is_empty() && parent != suffix && !suffix.ends_with(&format!(".{parent}")) {
                found = listing(&parent, true);
            }
        }
        found
    }

    proptest! {
        #[test]
        fn the_index_finds_what_a_plain_search_finds(
            rows in prop::collection::vec((prop::collection::btree_set("([ab]\\.){1,3}(co\\.uk|com|test)", 0..3), any::<bool>()), 0..8),
            labels in "([ab]\\.){1,4}",
            suffix in "(co\\.uk|com|test)",
        ) {
            let entries: Vec<Entry> = rows.iter().enumerate().map(|(i, (domains, subdomains))| {
                entry(&format!("t{i}"), &domains.iter().map(String::as_str).collect::<Vec<_>>(), *subdomains)
            }).collect();
            let name = format!("{labels}{suffix}");
            let directory = Directory::new(entries.clone()).unwrap();
            prop_assert_eq!(codes(&directory, &domain(&name)), reference(&entries, &name, &suffix), "{}", name);
        }
    }
}
