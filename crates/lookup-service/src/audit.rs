//! What an auditor reads in the log: lines with the target `audit`, each with an `event`. They have counts, never names:
//! no organization, no email address, domain, code, token or client address.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::limits::{Limit, Limits};
use crate::reload::Changes;

/// How often it is said which limits were hit.
const EACH_MINUTE: Duration = Duration::from_secs(60);

/// The service answers from now on.
pub fn started(tenants: usize) {
    tracing::info!(target: "audit", event = "started", version = env!("CARGO_PKG_VERSION"), tenants, "audit");
}

/// The service was told to stop.
pub fn stopping() {
    tracing::info!(target: "audit", event = "stopping", "audit");
}

/// The service has stopped. `complete` if no request was cut short.
pub fn stopped(complete: bool) {
    tracing::info!(target: "audit", event = "stopped", complete, "audit");
}

/// A directory was read again. It was refused if there are no `changes`.
pub fn directory_read(changes: Option<Changes>) {
    match changes {
        Some(Changes { tenants, added, removed }) => {
            tracing::info!(target: "audit", event = "directory_taken", tenants, added, removed, "audit");
        }
        None => tracing::warn!(target: "audit", event = "directory_refused", "audit"),
    }
}

/// config.json was read again, and so many things in it are wrong.
pub fn config_read(problems: usize) {
    tracing::info!(target: "audit", event = "config_read", problems, "audit");
}

/// Says which limits were hit since it said so last: a line for each limit, not for each request.
#[derive(Debug)]
pub struct LimitReport {
    limits: Arc<Limits>,
    reported: [u64; Limit::ALL.len()],
    warned_of_proxy: bool,
}

impl LimitReport {
    /// Starts with nothing reported.
    pub fn new(limits: Arc<Limits>) -> Self {
        Self { limits, reported: Default::default(), warned_of_proxy: false }
    }

    /// Reports once a minute, for as long as it is polled.
    pub async fn each_minute(&mut self) {
        let mut ticks = interval(EACH_MINUTE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.report();
        }
    }

    /// Reports what was not reported so far.
    pub fn report(&mut self) {
        for (limit, count) in self.news() {
            tracing::warn!(target: "audit", event = "limit_hit", limit = limit.name(), count, "audit");
        }
        if !self.warned_of_proxy && self.limits.behind_unknown_proxy() > 0 {
            self.warned_of_proxy = true;
            tracing::warn!(
                "unknown codes are not counted: requests have X-Forwarded-For and come from a proxy that \
                 --trusted-proxy does not name"
            );
        }
    }

    /// The limits that were hit since the last call, and how often.
    fn news(&mut self) -> Vec<(Limit, u64)> {
        let now = Limit::ALL.map(|limit| self.limits.refused(limit));
        let before = mem::replace(&mut self.reported, now);
        let since = Limit::ALL.into_iter().zip(now).zip(before).map(|((limit, now), before)| (limit, now - before));
        since.filter(|(_, count)| *count > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reported_is_not_reported_again() {
        let limits = Arc::new(Limits::default());
        let mut report = LimitReport::new(limits.clone());
        assert_eq!(report.news(), []);
        limits.refuse(Limit::Concurrent);
        limits.refuse(Limit::Total);
        limits.refuse(Limit::Total);
        assert_eq!(report.news(), [(Limit::Total, 2), (Limit::Concurrent, 1)]);
        limits.refuse(Limit::Concurrent);
        assert_eq!(report.news(), [(Limit::Concurrent, 1)]);
        assert_eq!(report.news(), []);
    }
}
