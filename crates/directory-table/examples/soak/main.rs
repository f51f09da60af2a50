//! Load for minutes, with changes, whole loads and all that can be wrong with a table, and a check of every response:
//! `make soak`. It starts a local DynamoDB, `directory-table serve` in memory and by name, and prints what happened.
//!
//! soak SECONDS PROGRAM

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for developers")]

mod organizations;
mod report;
mod service;
mod table;

use organizations::Organizations;
use report::Report;
use service::Service;
use std::env;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use table::Table;

/// How many connections ask each service.
const CONNECTIONS: usize = 4;
/// For how long it is measured what a service can do.
const MEASURED: Duration = Duration::from_secs(5);
/// The share of that which is asked for afterwards.
const SHARE: f64 = 0.8;

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let (Some(seconds), Some(program)) = (args.next().and_then(|text| text.parse().ok()), args.next()) else {
        println!("soak SECONDS PROGRAM");
        return ExitCode::from(2);
    };
    let organizations = Arc::new(Organizations::new());
    let table = Table::start(&organizations);
    let services = [("in memory", &[][..]), ("by name", &["--by-name"])]
        .map(|(name, options)| Service::start(name, &program, &table.address(), options));
    let stop = Arc::new(AtomicBool::new(false));
    let end = Instant::now() + Duration::from_secs(seconds);

    let reports = thread::scope(|scope| {
        let loads: Vec<_> =
            services.iter().map(|service| scope.spawn(|| load(service, &organizations, &stop))).collect();
        // While it is measured what they can do, nothing changes.
        thread::sleep(MEASURED * 3);
        table.disturb(&organizations, end);
        stop.store(true, Ordering::Relaxed);
        loads.into_iter().map(|load| load.join().unwrap()).collect::<Vec<Report>>()
    });
    report::print(&services, &reports);
    if reports.iter().all(Report::is_sound) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Asks a service until it is told to stop: as fast as it can for a while, and then at a share of that.
fn load(service: &Service, organizations: &Organizations, stop: &AtomicBool) -> Report {
    let fill = || connections(service, organizations, None, |start| start.elapsed() < MEASURED);
    // Once, so that what is asked by name is known, and then to count.
    let (first, measured) = (fill(), fill());
    let rate = measured.requests() as f64 / MEASURED.as_secs_f64() * SHARE;
    let pause = Duration::from_secs_f64(CONNECTIONS as f64 / rate.max(1.0));
    let report = connections(service, organizations, Some(pause), |_| !stop.load(Ordering::Relaxed));
    let mut report = report.with(first).with(measured);
    report.rate = rate;
    report
}

/// Asks with several connections at the same time, each at a pace, and checks all responses.
fn connections(
    service: &Service,
    organizations: &Organizations,
    pause: Option<Duration>,
    goes_on: impl Fn(Instant) -> bool + Sync,
) -> Report {
    let (start, goes_on) = (Instant::now(), &goes_on);
    thread::scope(|scope| {
        let connection = |seed: usize| {
            scope.spawn(move || {
                let (mut client, mut report, mut number) = (service.connect(), Report::default(), seed as u64);
                let mut next = Instant::now();
                while goes_on(start) {
                    if let Some(pause) = pause {
                        thread::sleep(next.saturating_duration_since(Instant::now()));
                        // Requests that came too late are not made up for: the load stays what it is.
                        next = (next + pause).max(Instant::now());
                    }
                    number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let question = organizations.question(number >> 16);
                    let sent = Instant::now();
                    let answer = client.ask(&question.body);
                    let (verdict, time) = (organizations.judge(&question, sent, answer), sent.elapsed());
                    if verdict.is_fault() {
                        println!("{}: {verdict:?} after {time:.1?}: {}", service.name, question.body);
                    }
                    report.add(verdict, time);
                }
                report
            })
        };
        let running: Vec<_> = (1..=CONNECTIONS).map(connection).collect();
        running.into_iter().fold(Report::default(), |sum, one| sum.with(one.join().unwrap()))
    })
}
