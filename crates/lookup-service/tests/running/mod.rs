//! The real program, for tests.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(20);
pub(crate) const CONFIG: &str = r#"{"lookup_url":"/v1/lookup","user_pools":[{"issuer":"https://idp.example","hosted_ui":"https://auth.example"}],"branding":{"logo":"/l.svg"}}"#;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lookup-service"))
}

/// Runs the program, which has to end soon.
pub(crate) fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let mut child = program().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > TIME_LIMIT {
            child.kill().unwrap();
        }
        thread::sleep(Duration::from_millis(5));
    }
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// The program on a free port. It is killed when this is dropped.
pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    log: Arc<Mutex<String>>,
    reader: Option<thread::JoinHandle<()>>,
}

impl Service {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = program()
            .args(["--listen", "127.0.0.1:0"])
            .args(args)
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let kept = log.clone();
        let reader = thread::spawn(move || {
            for line in stderr.lines() {
                *kept.lock().unwrap() += &format!("{}\n", line.unwrap());
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("lookup service ready at http://").expect(&line).parse().unwrap();
        Self { child, address, log, reader: Some(reader) }
    }

    pub(crate) fn open(&self, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(TIME_LIMIT)).unwrap();
        let head = "POST /v1/lookup HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json";
        write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n", body.len()).unwrap();
        stream
    }

    /// The whole response, with status line and headers.
    pub(crate) fn post(&self, body: &str) -> String {
        let mut stream = self.open(body);
        stream.write_all(body.as_bytes()).unwrap();
        read(stream)
    }

    /// The same with more headers, each with a line end.
    pub(crate) fn post_with(&self, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = "POST /v1/lookup HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json";
        write!(stream, "{head}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        read(stream)
    }

    pub(crate) fn get(&self, address: &str) -> String {
        get(self.address, address)
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    #[track_caller]
    pub(crate) fn wait_until(&self, what: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !what(self) {
            assert!(start.elapsed() < TIME_LIMIT, "it did not happen; the log: {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn tell(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    pub(crate) fn ended(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        (status, self.log())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn get(server: SocketAddr, address: &str) -> String {
    let mut stream = TcpStream::connect(server).unwrap();
    write!(stream, "GET {address} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    read(stream)
}

/// The value of a header. Its name is in lower case.
pub(crate) fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    response.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

pub(crate) fn read(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
