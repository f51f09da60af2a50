//! What was kept in the browser, read back field by field.
//!
//! Serde writes these records; reading them by hand from one parsed [`Value`] saves the wasm a second JSON reader for
//! every type. A field of the wrong type counts as missing.

use crate::time::UnixTime;
use lookup_api::Tenant;
use serde_json::Value;

pub(crate) struct Record(Value);

impl Record {
    pub(crate) fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(crate) fn time(&self, name: &str) -> Option<UnixTime> {
        self.0.get(name)?.as_i64().map(UnixTime)
    }

    /// If the record is a list, the tenants in it.
    pub(crate) fn tenants(&self) -> Vec<Tenant> {
        let list = self.0.as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(|value| Tenant::from_json(value).ok()).collect()
    }

    pub(crate) fn tenant(&self) -> Option<Tenant> {
        Tenant::from_json(self.0.get("tenant")?).ok()
    }
}
