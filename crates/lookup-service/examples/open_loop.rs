//! Sends requests at a fixed rate, whether or not the responses keep up, and prints how long they took. `wrk` cannot do
//! that.
//!
//! `open_loop URL BODIES CONNECTIONS RATE SECONDS`: BODIES is a file with a request body in each line, sent in turn. A
//! request is timed from the moment at which it was due, so the time that it waits for the response before it counts
//! (no coordinated omission). One thread polls all sockets and never sleeps, so give it a core of its own.
//!
//! A machine that is shared with others stops for a millisecond or two several times a second, which can be the
//! hundredth part that p99 is about. So it prints p99 twice: of all requests, and the median of the p99 of each tenth
//! of a second.

use std::error::Error;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use std::{env, fs};

struct Connection {
    stream: TcpStream,
    /// When the current request was due, or else the next one.
    due: Instant,
    /// The part of the response that has arrived.
    answer: Option<Vec<u8>>,
}

impl Connection {
    /// Sends what is due and reads what has arrived. Returns whether that completes a response.
    fn go_on(&mut self, now: Instant, requests: &mut impl Iterator<Item = Vec<u8>>) -> io::Result<bool> {
        let Some(answer) = &mut self.answer else {
            if now >= self.due {
                self.stream.write_all(&requests.next().ok_or(ErrorKind::InvalidInput)?)?;
                self.answer = Some(Vec::new());
            }
            return Ok(false);
        };
        let mut part = [0; 4096];
        match self.stream.read(&mut part) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(n) => answer.extend_from_slice(&part[..n]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(error),
        }
        Ok(is_complete(answer))
    }
}

fn is_complete(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    assert!(head.starts_with("HTTP/1.1 200 "), "{text}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    length == Some(body.len())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, bodies, connections, rate, seconds] = arguments.as_slice() else {
        return Err("open_loop URL BODIES CONNECTIONS RATE SECONDS".into());
    };
    let (connections, rate, seconds): (u32, f64, f64) = (connections.parse()?, rate.parse()?, seconds.parse()?);
    let (host, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or("http://HOST/PATH")?;

    let requests: Vec<Vec<u8>> = fs::read_to_string(bodies)?
        .lines()
        .map(|body| {
            let (kind, length) = ("content-type: application/json", body.len());
            format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\n{kind}\r\ncontent-length: {length}\r\n\r\n{body}").into()
        })
        .collect();
    let mut requests = requests.iter().cloned().cycle();

    let (start, between) = (Instant::now(), Duration::from_secs_f64(f64::from(connections) / rate));
    let mut open = Vec::new();
    for i in 0..connections {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        open.push(Connection { stream, due: start + between * i / connections, answer: None });
    }
    let mut took: Vec<(Duration, Duration)> = Vec::new();
    while start.elapsed().as_secs_f64() < seconds {
        for connection in &mut open {
            if connection.go_on(Instant::now(), &mut requests)? {
                took.push((connection.due - start, connection.due.elapsed()));
                connection.due += between;
                connection.answer = None;
            }
        }
    }

    took.sort_unstable();
    let tenths = took.chunk_by(|(a, _), (b, _)| a.as_millis() / 100 == b.as_millis() / 100);
    let tenths = sorted(tenths.map(|tenth| at(0.99, &sorted(tenth.iter().map(|(_, took)| *took)))));
    let all = sorted(took.iter().map(|(_, took)| *took));
    let (rate, p50, p99, p999) = (all.len() as f64 / seconds, at(0.5, &all), at(0.99, &all), at(0.999, &all));
    let calm = at(0.5, &tenths);
    let [p50, p99, p999, calm] = [p50, p99, p999, calm].map(|time| time.as_micros());
    writeln!(
        io::stdout(),
        "{rate:.0} requests/s, p50 {p50} us, p99 {p99} us, p99.9 {p999} us; p99 of a tenth of a second {calm} us"
    )?;
    Ok(())
}

fn sorted(times: impl Iterator<Item = Duration>) -> Vec<Duration> {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    times
}

fn at(share: f64, times: &[Duration]) -> Duration {
    times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default()
}
