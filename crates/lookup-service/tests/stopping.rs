//! How the real program stops, behind a load balancer and without one.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

mod running;
use running::{Service, TIME_LIMIT, read};

const BODY: &str = r#"{"code":"acme"}"#;

/// One request on a connection that stays open: its status line, and whether the connection may be used again.
fn ask(connection: &mut BufReader<TcpStream>) -> (String, bool) {
    let head = "POST /v1/lookup HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json";
    write!(connection.get_mut(), "{head}\r\ncontent-length: {}\r\n\r\n{BODY}", BODY.len()).unwrap();
    let (mut status, mut length, mut stays_open) = (String::new(), 0, true);
    assert_ne!(connection.read_line(&mut status).unwrap(), 0, "the request was lost");
    loop {
        let mut line = String::new();
        assert_ne!(connection.read_line(&mut line).unwrap(), 0, "the response was cut short");
        if line == "\r\n" {
            break;
        }
        stays_open &= line != "connection: close\r\n";
        length = line.strip_prefix("content-length: ").map_or(length, |value| value.trim().parse().unwrap());
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).unwrap();
    assert!(String::from_utf8(body).unwrap().contains("\"code\":\"acme\""));
    (status, stays_open)
}

#[test]
fn no_request_is_lost_if_the_service_is_stopped_under_load() {
    let mut service = Service::start(&["--drain", "2"]);
    let (is_ready, answered) = (AtomicBool::new(true), AtomicUsize::new(0));
    thread::scope(|scope| {
        for stays_open in [true, true, false, false] {
            let (service, is_ready, answered) = (&service, &is_ready, &answered);
            scope.spawn(move || {
                let mut connection = None;
                // As a load balancer: no new request once the service was seen not to be ready.
                while is_ready.load(Ordering::SeqCst) {
                    let mut open = connection.take().unwrap_or_else(|| {
                        let stream = TcpStream::connect(service.address).unwrap();
                        stream.set_read_timeout(Some(TIME_LIMIT)).unwrap();
                        BufReader::new(stream)
                    });
                    let (status, may_be_used_again) = ask(&mut open);
                    assert!(status.starts_with("HTTP/1.1 200 "), "{status}");
                    answered.fetch_add(1, Ordering::SeqCst);
                    connection = (stays_open && may_be_used_again).then_some(open);
                }
            });
        }
        service.wait_until(|_| answered.load(Ordering::SeqCst) > 500);
        service.tell("-TERM");
        service.wait_until(|s| s.log().contains("\"stopping\""));
        let before = answered.load(Ordering::SeqCst);
        // Until the next time the balancer asks.
        service.wait_until(|_| answered.load(Ordering::SeqCst) > before + 500);
        assert!(service.get("/readyz").starts_with("HTTP/1.1 503 "));
        is_ready.store(false, Ordering::SeqCst);
    });
    let (status, log) = service.ended();
    assert!(status.success() && log.contains(r#""event":"stopped","complete":true"#), "{log}");
}

#[test]
fn while_it_drains_it_is_not_ready_and_answers() {
    let mut service = Service::start(&["--drain", "2"]);
    assert!(service.get("/readyz").starts_with("HTTP/1.1 200 "));
    service.tell("-TERM");
    service.wait_until(|s| s.log().contains("\"stopping\""));
    let ready = service.get("/readyz");
    assert!(ready.starts_with("HTTP/1.1 503 ") && ready.contains("\"code\":\"stopping\""), "{ready}");
    assert!(service.get("/healthz").starts_with("HTTP/1.1 200 "));
    assert!(service.post(BODY).starts_with("HTTP/1.1 200 "));
    let mut connection = BufReader::new(TcpStream::connect(service.address).unwrap());
    assert!(!ask(&mut connection).1, "the connection is closed after the response");
    let (status, log) = service.ended();
    assert!(status.success(), "{log}");
    assert!(log.contains(r#""event":"stopping""#) && log.contains(r#""event":"stopped","complete":true"#), "{log}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (drain, signals) in [("600", ["-TERM", "-TERM"]), ("600", ["-TERM", "-INT"]), ("0", ["-INT", "-TERM"])] {
        let mut service = Service::start(&["--drain", drain]);
        let mut stream = service.open(BODY);
        stream.write_all(&BODY.as_bytes()[..3]).unwrap();
        // Until the service has begun to read.
        thread::sleep(Duration::from_millis(200));
        service.tell(signals[0]);
        service.wait_until(|s| s.log().contains("\"stopping\""));
        assert!(service.child.try_wait().unwrap().is_none());
        service.tell(signals[1]);
        let (status, log) = service.ended();
        assert!(status.success() && log.contains("told to stop again"), "{log}");
        assert!(log.contains(r#""event":"stopped","complete":false"#), "{log}");
        drop(read_if_any(stream));
    }
}

/// The connection was cut, which may be an error.
fn read_if_any(mut stream: TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    rest
}

#[test]
fn a_request_under_way_is_answered_before_the_service_stops() {
    for signal in ["-TERM", "-INT"] {
        let mut service = Service::start(&[]);
        let (first, rest) = BODY.split_at(5);
        let mut stream = service.open(BODY);
        stream.write_all(first.as_bytes()).unwrap();
        // Until the service has begun to read.
        thread::sleep(Duration::from_millis(200));
        service.tell(signal);
        service.wait_until(|s| s.log().contains("\"stopping\""));
        assert!(service.child.try_wait().unwrap().is_none());
        stream.write_all(rest.as_bytes()).unwrap();
        assert!(read(stream).contains("\"code\":\"acme\""));
        let (status, log) = service.ended();
        assert!(status.success() && !log.contains("stopped with requests under way"), "{log}");
    }
}
