//! The organizations that people signed in to in this browser, newest first. The list is shown above the form. It is
//! kept in the browser, is never sent anywhere, and grants nothing.

use crate::record::Record;
use lookup_api::{Tenant, TenantCode};

/// The localStorage key of the list.
pub const RECENTS_KEY: &str = "tenant-picker.recents";

/// How many are kept.
pub const RECENTS_MAX: usize = 5;

/// The organizations, newest first, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recents(Vec<Tenant>);

impl Recents {
    /// Reads the kept list. Entries that are damaged or of another version are left out.
    pub fn from_record(record: &str) -> Self {
        Self(Record::read(record).map(|record| record.tenants()).unwrap_or_default())
    }

    /// The record to keep under [`RECENTS_KEY`]; `None` if the list is empty.
    pub fn to_record(&self) -> Option<String> {
        if self.0.is_empty() { None } else { serde_json::to_string(&self.0).ok() }
    }

    /// The list with this organization in the first place.
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

    /// The organizations, newest first.
    pub fn tenants(&self) -> &[Tenant] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::json::Json;
    use proptest::prelude::*;

    fn tenant(code: &str) -> Tenant {
        let json = format!(r#"{{"code":"{code}","name":"N","client_id":"c","identity_provider":"P"}}"#);
        Tenant::from_json(&Json::parse(&json).unwrap()).unwrap()
    }

    fn codes(recents: &Recents) -> Vec<&str> {
        recents.tenants().iter().map(|t| t.code.as_str()).collect()
    }

    #[test]
    fn the_newest_is_first_and_each_organization_is_there_once() {
        let recents = ["a", "b", "a", "c"].iter().fold(Recents::default(), |r, code| r.with(tenant(code)));
        assert_eq!(codes(&recents), ["c", "a", "b"]);
        assert_eq!(codes(&recents.without(&tenant("a").code)), ["c", "b"]);
    }

    #[test]
    fn only_the_five_newest_are_kept() {
        let recents = ["a", "b", "c", "d", "e", "f"].iter().fold(Recents::default(), |r, code| r.with(tenant(code)));
        assert_eq!(codes(&recents), ["f", "e", "d", "c", "b"]);
    }

    #[test]
    fn a_kept_list_reads_back_and_an_empty_list_is_not_kept() {
        let recents = Recents::default().with(tenant("a")).with(tenant("b"));
        assert_eq!(Recents::from_record(&recents.to_record().unwrap()), recents);
        assert_eq!(Recents::default().to_record(), None);
    }

    #[test]
    fn damaged_entries_are_left_out_and_the_others_are_read() {
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
