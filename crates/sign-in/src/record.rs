//! Reads the JSON records that the picker keeps in the browser's storage. A field of the wrong type counts as missing.

use crate::time::UnixTime;
use lookup_api::Tenant;
use platform::json::Json;

pub(crate) struct Record(Json);

impl Record {
    pub(crate) fn read(json: &str) -> Option<Self> {
        Json::parse(json).ok().map(Self)
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name) == Some(&Json::Bool(true))
    }

    pub(crate) fn time(&self, name: &str) -> Option<UnixTime> {
        let seconds = self.0.get(name)?.as_f64().filter(|seconds| seconds.fract() == 0.0)?;
        Some(UnixTime(seconds as i64))
    }

    /// The tenants in a record that is a list; none if it is no list.
    pub(crate) fn tenants(&self) -> Vec<Tenant> {
        let list = self.0.as_array().unwrap_or_default();
        list.iter().filter_map(|value| Tenant::from_json(value).ok()).collect()
    }

    pub(crate) fn tenant(&self) -> Option<Tenant> {
        Tenant::from_json(self.0.get("tenant")?).ok()
    }
}
