//! The requests that a tab has made, as the DevTools protocol records them.

use crate::{Engine, World};
use anyhow::Result;
use serde_json::Value;

impl World {
    /// Every request since the last call, redirects included, as the DevTools protocol's `Network.Request`. Only in a
    /// world whose [`Conditions`](crate::Conditions) are `watched`.
    pub async fn requests(&self) -> Result<Vec<Value>> {
        self.needs(Engine::Chromium, "the log of requests")?;
        let mut requests = Vec::new();
        for entry in self.driver.get_log("performance").await? {
            let mut entry: Value = serde_json::from_str(&entry.message)?;
            let message = &mut entry["message"];
            if message["method"] == "Network.requestWillBeSent" {
                requests.push(message["params"]["request"].take());
            }
        }
        Ok(requests)
    }
}

/// Whether a request goes to the lookup API.
pub fn is_lookup(request: &Value) -> bool {
    request["url"].as_str().is_some_and(|url| url.ends_with("/v1/lookup"))
}

/// The body of a request; empty if it has none.
pub fn body_of(request: &Value) -> &str {
    request["postData"].as_str().unwrap_or_default()
}

/// The bodies of those requests that go to the lookup API, in order.
pub fn lookup_bodies(requests: &[Value]) -> Vec<&str> {
    requests.iter().filter(|request| is_lookup(request)).map(body_of).collect()
}
