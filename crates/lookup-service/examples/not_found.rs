//! Asks a running service for names that are not found, for different reasons, and prints how long the responses took: if
//! the reasons took different times, people could tell which organizations there are.
//!
//! `not_found URL N`: asks N times each for a domain that nobody has, a consumer mailbox provider, a domain below one of an
//! organization that has no subdomains, and a code that does not exist, in random order and one after the other. The
//! directory has to be one of tools/bench/lookups.sh, and the service must not slow down who guesses codes
//! (`--unknown-codes 0`).

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const KINDS: [&str; 4] = ["unknown domain", "consumer domain", "unlisted domain", "unknown code"];
const EMPTY: &[u8] = br#"{"tenants":[]}"#;

/// The body of the request number `i` of a kind.
fn body(kind: usize, i: u64) -> String {
    match kind {
        0 => format!(r#"{{"domain":"u{}.example"}}"#, i % 1000),
        1 => r#"{"domain":"gmail.com"}"#.to_owned(),
        // Every second organization has no subdomains.
        2 => format!(r#"{{"domain":"mail.t{}.example"}}"#, 1 + 2 * (i % 500)),
        _ => format!(r#"{{"code":"u{}"}}"#, i % 1000),
    }
}

/// Numbers in an order that is the same each time: xorshift64 (<https://www.jstatsoft.org/v08/i14/>).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// Sends a request and reads the response, which has to be the empty list.
fn ask(connection: &mut BufReader<TcpStream>, host: &str, path: &str, body: &str) -> Result<Duration, Box<dyn Error>> {
    let length = body.len();
    let head = format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
    let request = format!("{head}content-length: {length}\r\n\r\n{body}");
    let start = Instant::now();
    connection.get_mut().write_all(request.as_bytes())?;
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        connection.read_line(&mut line)?;
        length = line.strip_prefix("content-length: ").map_or(Ok(length), |value| value.trim().parse())?;
    }
    let mut answer = vec![0; length];
    connection.read_exact(&mut answer)?;
    let took = start.elapsed();
    if answer != EMPTY {
        return Err(format!("{body} was answered with {}", String::from_utf8_lossy(&answer)).into());
    }
    Ok(took)
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, times] = arguments.as_slice() else { return Err("not_found URL N".into()) };
    let (host, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or("http://HOST/PATH")?;
    let times: usize = times.parse()?;
    let mut order: Vec<usize> = (0..KINDS.len()).flat_map(|kind| std::iter::repeat_n(kind, times)).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for i in (1..order.len()).rev() {
        order.swap(i, random.below(i + 1));
    }
    let mut connection = BufReader::new(TcpStream::connect(host)?);
    connection.get_ref().set_nodelay(true)?;
    let mut took: [Vec<Duration>; KINDS.len()] = Default::default();
    for (i, kind) in (0..).zip(order) {
        took[kind].push(ask(&mut connection, host, path, &body(kind, i))?);
    }
    let medians = took.map(|mut times| {
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default().as_nanos() as f64 / 1000.0
    });
    for (kind, median) in KINDS.iter().zip(medians) {
        writeln!(io::stdout(), "{kind}\t{median:.2}\t{:+.2}", median - medians[0])?;
    }
    Ok(())
}
