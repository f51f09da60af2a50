//! Metrics in Prometheus' text format, at an address of their own. They have counts and times, never what was looked up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::prometheus_text::{CONTENT_TYPE, encode};
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::limits::{Limit, Limits};
use crate::organizations::Organizations;
use crate::reload_count::ReloadCount;

/// The upper bounds of the histogram, in seconds. A lookup in memory takes some microseconds, one in a table milliseconds.
const BUCKETS: [f64; 12] = [1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 5e-3, 2.5e-2, 0.1, 0.5, 2.5, 10.0];
/// The kinds of a lookup, in the order of [`Metrics::answered`].
const KINDS: [&str; 3] = ["domain", "code", "client_id"];
/// What became of an answered lookup, in the order of [`Metrics::answered`].
const OUTCOMES: [&str; 2] = ["none", "found"];

type Labels = [(&'static str, &'static str); 2];

/// Counts lookups.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    lookups: Family<Labels, Counter>,
    /// The counters of answered lookups, by kind and outcome, so that none has to be searched for.
    answered: [[Counter; OUTCOMES.len()]; KINDS.len()],
    duration: Histogram,
    in_flight: Gauge,
}

impl Metrics {
    /// Starts to count. Without `reloads`, the directory is not read from a file.
    pub fn new(organizations: Organizations, limits: Arc<Limits>, reloads: Option<Arc<ReloadCount>>) -> Self {
        let lookups = Family::<Labels, Counter>::default();
        let answered = KINDS.map(|kind| OUTCOMES.map(|outcome| lookups.get_or_create_owned(&labels(kind, outcome))));
        let (duration, in_flight) = (Histogram::new(BUCKETS), Gauge::default());
        let mut registry = Registry::with_prefix("lookup_service");
        let about = "Lookups by kind and outcome: found, none, or the code of a problem";
        registry.register("lookups", about, lookups.clone());
        let about = "How long lookups took, with the time until their body had arrived";
        registry.register_with_unit("lookup_duration", about, Unit::Seconds, duration.clone());
        registry.register("lookups_in_flight", "Lookups that are under way", in_flight.clone());
        registry.register_collector(Box::new(Observed { organizations, limits, reloads }));
        Self { registry, lookups, answered, duration, in_flight }
    }

    /// A lookup has begun. It is under way until the result is dropped.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(&self.in_flight)
    }

    /// A lookup has found so many organizations.
    pub(crate) fn answered(&self, kind: &str, matches: usize, took: Duration) {
        if let Some(counters) = KINDS.iter().position(|&known| known == kind).map(|i| &self.answered[i]) {
            counters[usize::from(matches > 0)].inc();
        }
        self.duration.observe(took.as_secs_f64());
    }

    /// A lookup was refused with the problem of this code.
    pub(crate) fn refused(&self, code: &'static str, took: Duration) {
        self.lookups.get_or_create(&labels("unknown", code)).inc();
        self.duration.observe(took.as_secs_f64());
    }
}

fn labels(kind: &'static str, outcome: &'static str) -> Labels {
    [("kind", kind), ("outcome", outcome)]
}

/// A lookup that is under way.
pub(crate) struct InFlight<'a>(&'a Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What is known elsewhere, and read when the metrics are.
#[derive(Debug)]
struct Observed {
    organizations: Organizations,
    limits: Arc<Limits>,
    reloads: Option<Arc<ReloadCount>>,
}

impl Collector for Observed {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let refused = Limit::ALL.map(|limit| ([("limit", limit.name())], self.limits.refused(limit)));
        counters(&mut encoder, "lookups_rejected", "Lookups that a limit has refused", &refused)?;
        gauge(
            &mut encoder,
            "directory_tenants",
            "Organizations in the directory",
            self.organizations.tenants() as u64,
        )?;
        let ready = u64::from(self.organizations.is_ready());
        gauge(&mut encoder, "directory_ready", "Whether lookups can be answered", ready)?;
        if let Some(reloads) = &self.reloads {
            let results = [([("result", "taken")], reloads.taken()), ([("result", "refused")], reloads.refused())];
            counters(&mut encoder, "directory_reloads", "Reloads of the directory by result", &results)?;
            let about = "When the directory that answers was loaded, in seconds since 1970";
            gauge(&mut encoder, "directory_loaded_timestamp_seconds", about, reloads.loaded())?;
        }
        let build = ConstGauge::new(1u64);
        let metric = EncodeMetric::metric_type(&build);
        let mut family = encoder.encode_descriptor("build_info", "The version of the program", None, metric)?;
        build.encode(family.encode_family(&[("version", env!("CARGO_PKG_VERSION"))])?)
    }
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, about: &str, value: u64) -> Result<(), fmt::Error> {
    let gauge = ConstGauge::new(value);
    gauge.encode(encoder.encode_descriptor(name, about, None, EncodeMetric::metric_type(&gauge))?)
}

/// Counters of one name, each with a label.
fn counters(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    about: &str,
    values: &[([(&str, &str); 1], u64)],
) -> Result<(), fmt::Error> {
    let metric = EncodeMetric::metric_type(&ConstCounter::new(0u64));
    let mut family = encoder.encode_descriptor(name, about, None, metric)?;
    for (label, value) in values {
        ConstCounter::new(*value).encode(family.encode_family(label)?)?;
    }
    Ok(())
}

/// What the address for metrics answers: `GET /metrics`, and nothing else.
pub fn router(metrics: Arc<Metrics>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(metrics)
}

async fn show(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    let mut text = String::new();
    match encode(&mut text, &metrics.registry) {
        Ok(()) => Ok(([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text)),
        Err(fmt::Error) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
