//! The organizations that a person signed in to in this browser, newest first. A convenience and nothing more: it is kept
//! in the browser, leaves it never, and decides nothing.

use crate::record::Record;
use lookup_api::{Tenant, TenantCode};

/// The localStorage key of the list.
pub const RECENTS_KEY: &str = "tenant-picker.recents";

/// How many are kept. More than these are not recent any more.
pub const RECENTS_MAX: usize = 5;

/// Newest first, each organization once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recents(Vec<Tenant>);

impl Recents {
    /// Reads the kept list. What another version or another hand left there is passed over.
    pub fn from_record(record: &str) -> Self {
        Self(Record::read(record).map(|record| record.tenants()).unwrap_or_default())
    }

    /// What is kept under [`RECENTS_KEY`]; `None` where nothing is left to keep.
    pub fn to_record(&self) -> Option<String> {
        if self.0.is_empty() { None } else { serde_json::to_string(&self.0).ok() }
    }

    /// The list with this organization at its head.
    #[must_use]
    pub fn with(self, tenant: Tenant) -> Self {
        let mut list = self.without(&tenant.code).0;
        list.insert(0, tenant);
        list.truncate(RECENTS_MAX);
        Self(list)
    }

    /// The list without this organization.
    #[must_use]
    pub fn without(mut self, code: &TenantCode) -> Self {
        self.0.retain(|tenant| tenant.code != *code);
        self
    }

    /// The organizations.
    pub fn tenants(&self) -> &[Tenant] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookup_api::json::Json;
    use proptest::prelude::*;

    fn tenant(code: &str) -> Tenant {
        let json = format!(r#"{{"code":"{code}","name":"N","client_id":"c","identity_provider":"P"}}"#);
        Tenant::from_json(&Json::parse(&json).unwrap()).unwrap()
    }

    fn codes(recents: &Recents) -> Vec<&str> {
        recents.tenants().iter().map(|t| t.code.as_str()).collect()
    }

    #[test]
    fn the_newest_stands_first_and_nobody_stands_there_twice() {
        let recents = ["a", "b", "a", "c"].iter().fold(Recents::default(), |r, code| r.with(tenant(code)));
        assert_eq!(codes(&recents), ["c", "a", "b"]);
        assert_eq!(codes(&recents.without(&tenant("a").code)), ["c", "b"]);
    }

    #[test]
    fn no_more_are_kept_than_are_recent() {
        let recents = ["a", "b", "c", "d", "e", "f"].iter().fold(Recents::default(), |r, code| r.with(tenant(code)));
        assert_eq!(codes(&recents), ["f", "e", "d", "c", "b"]);
    }

    #[test]
    fn what_is_kept_reads_back_and_nothing_is_kept_of_nothing() {
        let recents = Recents::default().with(tenant("a")).with(tenant("b"));
        assert_eq!(Recents::from_record(&recents.to_record().unwrap()), recents);
        assert_eq!(Recents::default().to_record(), None);
    }

    #[test]
    fn a_foreign_record_is_passed_over_and_its_sound_parts_are_not() {
        for record in ["", "null", "{}", "7", r#"["a"]"#, r#"[{"code":"a"}]"#] {
            assert_eq!(Recents::from_record(record), Recents::default(), "{record}");
        }
        let mixed = format!("[7,{}]", serde_json::to_string(&tenant("a")).unwrap());
        assert_eq!(codes(&Recents::from_record(&mixed)), ["a"]);
    }

    proptest! {
        #[test]
        fn any_record_is_read_without_a_panic(record in "\\PC{0,200}") {
            let _ = Recents::from_record(&record);
        }
    }
}
