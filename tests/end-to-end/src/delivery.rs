//! A proxy before the site, for tests of how its pages come to the browser: all at once or in pieces, with Trusted Types or
//! as browsers without them see it; and for counting what is asked for, in words that every engine has.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

/// How the proxy hands on what the site answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The page comes up to its body, and a while later the rest, bit by bit: as over a slow line.
    pub in_pieces: bool,
    /// The policy asks for Trusted Types, as the service's does. Without: for the browsers that have none.
    pub trusted_types: bool,
    /// The page comes with its Cross-Origin-Opener-Policy. WebKit's driver hangs where that changes, so in WebKit it never does.
    pub opener_policy: bool,
}

impl Delivery {
    /// As the service sends it, only counted.
    pub const COUNTED: Self = Self { in_pieces: false, trusted_types: true, opener_policy: true };
    /// In pieces, and otherwise as the service sends it.
    pub const IN_PIECES: Self = Self { in_pieces: true, ..Self::COUNTED };
}

/// Long enough for whatever the page's head has asked for to come from the cache and run.
const HEAD_START: Duration = Duration::from_millis(300);
const BETWEEN_PIECES: Duration = Duration::from_millis(20);
const PIECES: usize = 4;

/// How often each path was asked for.
type Asked = Arc<Mutex<BTreeMap<String, usize>>>;

pub(crate) struct Proxy {
    asked: Asked,
}

impl Proxy {
    /// Hands what comes to the listener on to the port, until the process ends.
    pub(crate) fn start(listener: TcpListener, port: u16, delivery: Delivery) -> Self {
        let asked = Asked::default();
        let counts = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counts = counts.clone();
                // One request a connection. Who opens one and asks nothing, or hangs up, is nobody's fault.
                std::thread::spawn(move || hand_on(stream, port, delivery, &counts));
            }
        });
        Self { asked }
    }

    /// Counts anew.
    pub(crate) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }

    /// How many requests there were for paths with this ending.
    pub(crate) fn request_count(&self, ending: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|(path, _)| path.ends_with(ending)).map(|(_, count)| count).sum()
    }
}

fn hand_on(
    mut browser: TcpStream,
    port: u16,
    delivery: Delivery,
    asked: &Mutex<BTreeMap<String, usize>>,
) -> Result<()> {
    browser.set_nodelay(true)?;
    let mut reader = BufReader::new(browser.try_clone()?);
    let head = head_of(&mut reader)?;
    let path = head.first().and_then(|line| line.split(' ').nth(1)).context("no request")?;
    let path = path.split('?').next().unwrap_or_default().to_owned();
    *asked.lock().unwrap().entry(path).or_default() += 1;
    let length = value(&head, "content-length").map_or(Ok(0), str::parse)?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;

    let is_page = value(&head, "accept").is_some_and(|accept| accept.starts_with("text/html"));
    let mut site = TcpStream::connect(("127.0.0.1", port))?;
    // A compressed page has no pieces that one could tell.
    let skipped = if is_page { "accept-encoding" } else { "connection" };
    let is_passed = |line: &&String| ![skipped, "connection"].iter().any(|name| named(line, name).is_some());
    write_head(&mut site, head.iter().filter(is_passed).map(String::as_str))?;
    site.write_all(&body)?;

    let mut reader = BufReader::new(site);
    let opener = if delivery.opener_policy { None } else { Some("cross-origin-opener-policy") };
    let is_passed = |line: &String| ["connection"].into_iter().chain(opener).all(|name| named(line, name).is_none());
    let head: Vec<String> = head_of(&mut reader)?.into_iter().filter(is_passed).collect();
    let policy = |line: String| match named(&line, "content-security-policy") {
        Some(policy) if !delivery.trusted_types => format!("content-security-policy: {}", untyped(policy)),
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
    let Some(body) = page.windows(5).position(|bytes| bytes == b"<body") else { return Ok(browser.write_all(&page)?) };
    browser.write_all(&page[..body])?;
    sleep(HEAD_START);
    let rest = &page[body..];
    for piece in rest.chunks(rest.len().div_ceil(PIECES)) {
        browser.write_all(piece)?;
        sleep(BETWEEN_PIECES);
    }
    Ok(())
}

/// The first line of a request or an answer, and its headers.
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

/// The value of a header line that has this name.
fn named<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (its_name, value) = line.split_once(':')?;
    its_name.eq_ignore_ascii_case(name).then(|| value.trim())
}

fn value<'a>(head: &'a [String], name: &str) -> Option<&'a str> {
    head.iter().find_map(|line| named(line, name))
}

/// The policy without what it says of Trusted Types.
fn untyped(policy: &str) -> String {
    let says = |directive: &&str| !directive.contains("trusted-types");
    policy.split(';').map(str::trim).filter(says).collect::<Vec<_>>().join("; ")
}
