//! `directory-table serve`, and connections to it.

use crate::organizations::Answer;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a response may take until it counts as lost.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// A service. It ends when this is dropped.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    child: Child,
    address: SocketAddr,
    /// Its memory at the start, in kB.
    pub(crate) memory_before: u64,
}

impl Service {
    pub(crate) fn start(name: &'static str, program: &str, endpoint: &str, options: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(["serve", "--directory", "dynamodb://tenants", "--listen", "127.0.0.1:0"])
            .args(options)
            .env("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
            .envs([("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")])
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().rsplit("http://").next().unwrap().parse().unwrap();
        let mut service = Self { name, child, address, memory_before: 0 };
        service.memory_before = service.memory();
        service
    }

    /// The memory that is resident now, in kB.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn connect(&self) -> Client {
        Client { address: self.address, stream: None }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is opened when it is needed.
pub(crate) struct Client {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Client {
    /// The response to a lookup. `None` if there is none.
    pub(crate) fn ask(&mut self, body: &str) -> Answer {
        let answer = self.try_ask(body);
        if answer.is_none() {
            self.stream = None;
        }
        answer
    }

    fn try_ask(&mut self, body: &str) -> Answer {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).ok()?;
            stream.set_nodelay(true).ok()?;
            stream.set_read_timeout(Some(TIME_LIMIT)).ok()?;
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut()?;
        let request = format!(
            "POST /v1/lookup HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.get_mut().write_all(request.as_bytes()).ok()?;
        let (mut line, mut length, mut says_when) = (String::new(), 0, false);
        stream.read_line(&mut line).ok()?;
        let status = line.split_whitespace().nth(1)?.parse().ok()?;
        loop {
            line.clear();
            stream.read_line(&mut line).ok()?;
            let Some((name, value)) = line.split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().ok()?,
                "retry-after" => says_when = true,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        Some((status, says_when, String::from_utf8(body).ok()?))
    }
}
