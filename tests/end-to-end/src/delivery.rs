//! A proxy in front of the site. It can send a page in pieces or without Trusted Types in its policy, and it counts
//! requests in every engine.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

/// How the proxy passes on the responses of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Sends the page up to `<body`, and after a pause the rest in pieces, as over a slow connection.
    pub in_pieces: bool,
    /// Keeps Trusted Types in the Content Security Policy. `false` emulates a browser that does not support them.
    pub trusted_types: bool,
    /// Keeps the header Cross-Origin-Opener-Policy. It is always removed for WebKit, whose driver hangs when a
    /// navigation changes the policy.
    pub opener_policy: bool,
}

impl Delivery {
    /// Passes everything on unchanged and only counts.
    pub const COUNTED: Self = Self { in_pieces: false, trusted_types: true, opener_policy: true };
    /// Sends the page in pieces and is otherwise the same.
    pub const IN_PIECES: Self = Self { in_pieces: true, ..Self::COUNTED };
}

/// Long enough for the scripts in the page's head to come from the cache and run.
const HEAD_START: Duration = Duration::from_millis(300);
const BETWEEN_PIECES: Duration = Duration::from_millis(20);
const PIECES: usize = 4;

/// The number of requests by path.
type Counts = Arc<Mutex<BTreeMap<String, usize>>>;

/// A proxy that counts requests.
pub(crate) struct Proxy {
    delivery: Arc<Mutex<Delivery>>,
    counts: Counts,
}

impl Proxy {
    /// Forwards the connections of the listener to a port on this machine, until the process ends.
    pub(crate) fn start(listener: TcpListener, port: u16) -> Self {
        let proxy = Self { delivery: Arc::new(Mutex::new(Delivery::COUNTED)), counts: Counts::default() };
        let (shared, counts) = (proxy.delivery.clone(), proxy.counts.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (delivery, counts) = (*shared.lock().unwrap(), counts.clone());
                // Each connection has one request. Errors are ignored: browsers open connections that they do not use.
                std::thread::spawn(move || forward(stream, port, delivery, &counts));
            }
        });
        proxy
    }

    /// Delivers in this way from now on, and counts from zero.
    pub(crate) fn reset(&self, delivery: Delivery) {
        *self.delivery.lock().unwrap() = delivery;
        self.counts.lock().unwrap().clear();
    }

    /// The number of requests for paths with this ending.
    pub(crate) fn request_count(&self, ending: &str) -> usize {
        self.counts.lock().unwrap().iter().filter(|(path, _)| path.ends_with(ending)).map(|(_, count)| count).sum()
    }
}

/// Forwards one request and its response. Both connections are closed afterwards.
fn forward(
    mut browser: TcpStream,
    port: u16,
    delivery: Delivery,
    counts: &Mutex<BTreeMap<String, usize>>,
) -> Result<()> {
    browser.set_nodelay(true)?;
    let mut reader = BufReader::new(browser.try_clone()?);
    let head = head_of(&mut reader)?;
    let path = head.first().and_then(|line| line.split(' ').nth(1)).context("no request")?;
    let path = path.split('?').next().unwrap_or_default().to_owned();
    *counts.lock().unwrap().entry(path).or_default() += 1;
    let length = value(&head, "content-length").map_or(Ok(0), str::parse)?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;

    let is_page = value(&head, "accept").is_some_and(|accept| accept.starts_with("text/html"));
    let mut site = TcpStream::connect(("127.0.0.1", port))?;
    // The page must not be compressed, because the proxy looks for its body.
    let skipped = if is_page { "accept-encoding" } else { "connection" };
    let is_passed = |line: &&String| ![skipped, "connection"].iter().any(|name| named(line, name).is_some());
    write_head(&mut site, head.iter().filter(is_passed).map(String::as_str))?;
    site.write_all(&body)?;

    let mut reader = BufReader::new(site);
    let opener = if delivery.opener_policy { None } else { Some("cross-origin-opener-policy") };
    let is_passed = |line: &String| ["connection"].into_iter().chain(opener).all(|name| named(line, name).is_none());
    let head: Vec<String> = head_of(&mut reader)?.into_iter().filter(is_passed).collect();
    let policy = |line: String| match named(&line, "content-security-policy") {
        Some(policy) if !delivery.trusted_types => {
            format!("content-security-policy: {}", without_trusted_types(policy))
        }
        _ => line,
    };
    let head: Vec<String> = head.into_iter().map(policy).collect();
    write_head(&mut browser, head.iter().map(String::as_str))?;
    let is_page = is_page && value(&head, "content-type").is_some_and(|kind| kind.starts_with("text/html"));
    if !(is_page && delivery.in_pieces) {
        std::io::copy(&mut reader, &mut browser)?;
        return Ok(());
    }
    let mut page = Vec::new();
    reader.read_to_end(&mut page)?;
    send_in_pieces(&mut browser, &page)
}

fn send_in_pieces(browser: &mut TcpStream, page: &[u8]) -> Result<()> {
    let Some(body) = page.windows(5).position(|bytes| bytes == b"<body") else { return Ok(browser.write_all(page)?) };
    browser.write_all(&page[..body])?;
    sleep(HEAD_START);
    let rest = &page[body..];
    for piece in rest.chunks(rest.len().div_ceil(PIECES)) {
        browser.write_all(piece)?;
        sleep(BETWEEN_PIECES);
    }
    Ok(())
}

/// Reads the first line of a request or a response and its headers.
fn head_of(reader: &mut impl BufRead) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end() {
            "" => return Ok(lines),
            line => lines.push(line.to_owned()),
        }
    }
}

fn write_head<'a>(stream: &mut TcpStream, lines: impl Iterator<Item = &'a str>) -> Result<()> {
    let lines: Vec<_> = lines.chain(["connection: close", "", ""]).collect();
    Ok(stream.write_all(lines.join("\r\n").as_bytes())?)
}

/// The value of a header line if it has this name.
fn named<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (its_name, value) = line.split_once(':')?;
    its_name.eq_ignore_ascii_case(name).then(|| value.trim())
}

fn value<'a>(head: &'a [String], name: &str) -> Option<&'a str> {
    head.iter().find_map(|line| named(line, name))
}

/// The policy without its directives on Trusted Types.
fn without_trusted_types(policy: &str) -> String {
    let says = |directive: &&str| !directive.contains("trusted-types");
    policy.split(';').map(str::trim).filter(says).collect::<Vec<_>>().join("; ")
}
