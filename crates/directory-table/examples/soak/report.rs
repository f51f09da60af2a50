//! What has happened, counted.

use crate::organizations::Verdict;
use crate::service::Service;
use std::time::Duration;

#[derive(Default)]
pub(crate) struct Report {
    /// What was asked for, a second.
    pub(crate) rate: f64,
    right: u64,
    unavailable: u64,
    unavailable_for_nothing: u64,
    stale: u64,
    wrong: u64,
    lost: u64,
    /// The oldest response while the table was in reach.
    staleness: Duration,
    /// The time of each response, in microseconds.
    times: Vec<u32>,
}

impl Report {
    pub(crate) fn add(&mut self, verdict: Verdict, time: Duration) {
        match verdict {
            Verdict::Right(staleness) => {
                self.right += 1;
                self.staleness = self.staleness.max(staleness);
            }
            Verdict::Stale(staleness) => {
                self.stale += 1;
                self.staleness = self.staleness.max(staleness);
            }
            Verdict::Unavailable => self.unavailable += 1,
            Verdict::UnavailableForNothing => self.unavailable_for_nothing += 1,
            Verdict::Wrong => self.wrong += 1,
            Verdict::Lost => self.lost += 1,
        }
        self.times.push(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
    }

    pub(crate) fn with(mut self, other: Self) -> Self {
        self.right += other.right;
        self.unavailable += other.unavailable;
        self.unavailable_for_nothing += other.unavailable_for_nothing;
        self.stale += other.stale;
        self.wrong += other.wrong;
        self.lost += other.lost;
        self.staleness = self.staleness.max(other.staleness);
        self.times.extend(other.times);
        self
    }

    pub(crate) fn requests(&self) -> usize {
        self.times.len()
    }

    /// Whether nothing was answered wrongly or too late, and nothing was lost.
    pub(crate) fn is_sound(&self) -> bool {
        self.wrong + self.lost + self.stale + self.unavailable_for_nothing == 0
    }

    fn percentile(&self, share: f64) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        let at = (times.len() as f64 * share) as usize;
        times.get(at.min(times.len().saturating_sub(1))).map_or(0.0, |&micros| f64::from(micros) / 1000.0)
    }
}

pub(crate) fn print(services: &[Service], reports: &[Report]) {
    for (service, report) in services.iter().zip(reports) {
        println!("\n{}: {} requests, {:.0} a second asked for", service.name, report.requests(), report.rate);
        println!("  right {}, 503 while something was wrong {}", report.right, report.unavailable);
        println!(
            "  wrong {}, lost {}, stale {}, 503 while nothing was wrong {}",
            report.wrong, report.lost, report.stale, report.unavailable_for_nothing
        );
        println!("  oldest response while the table was in reach: {:.2} s", report.staleness.as_secs_f64());
        println!("  p50 {:.2} ms, p99 {:.2} ms", report.percentile(0.5), report.percentile(0.99));
        println!("  memory {} kB at the start, {} kB at the end", service.memory_before, service.memory());
    }
}
