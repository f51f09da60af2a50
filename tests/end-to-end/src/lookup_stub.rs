//! A lookup endpoint on another origin that answers whatever a test wants: late, never, or with thousands.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// What the stub answers.
pub enum Answer {
    /// 200 with these tenants.
    Tenants(Value),
    /// 429, to be tried again after so many seconds.
    TooMany(u32),
    /// Nothing: the connection stays open.
    Silence,
}

/// A lookup endpoint that runs until the test's process ends.
pub struct LookupStub {
    /// For config.json.
    pub url: String,
}

impl LookupStub {
    /// Answers every lookup with what `answer` makes of its domain or code.
    pub fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/lookup", listener.local_addr()?);
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = answer.clone();
                std::thread::spawn(move || serve(stream, &*answer));
            }
        });
        Ok(Self { url })
    }
}

/// One request a connection.
fn serve(mut stream: TcpStream, answer: &dyn Fn(&str) -> Answer) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end().to_ascii_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;

    // The picker's page is of another origin, and JSON makes the browser ask first.
    let cors = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: content-type\r\n\
                Access-Control-Expose-Headers: retry-after\r\nConnection: close\r\n";
    if request.starts_with("OPTIONS") {
        return write!(stream, "HTTP/1.1 204 No Content\r\n{cors}\r\n").ok();
    }
    let asked: Value = serde_json::from_slice(&body).ok()?;
    match answer(asked["domain"].as_str().or(asked["code"].as_str())?) {
        Answer::Tenants(tenants) => {
            let body = serde_json::json!({ "tenants": tenants }).to_string();
            let head = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
            write!(stream, "HTTP/1.1 200 OK\r\n{cors}{head}\r\n{body}").ok()
        }
        Answer::TooMany(seconds) => {
            let head = format!("Retry-After: {seconds}\r\nContent-Length: 0\r\n");
            write!(stream, "HTTP/1.1 429 Too Many Requests\r\n{cors}{head}\r\n").ok()
        }
        // Until the browser hangs up.
        Answer::Silence => stream.read_to_end(&mut Vec::new()).map(drop).ok(),
    }
}
