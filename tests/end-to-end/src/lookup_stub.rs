//! A lookup API on another origin that responds as a test needs: with thousands of tenants, with 429, or not at all.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// The stub's response.
pub enum StubResponse {
    /// 200 with these tenants.
    Tenants(Value),
    /// 429 with `Retry-After`, in seconds.
    TooMany(u32),
    /// This status and this body, whatever the contract says.
    Raw(u16, &'static str),
    /// No response: the connection stays open.
    NoResponse,
}

/// A lookup API that runs until the test's process ends.
pub struct LookupStub {
    /// The `lookup_url` for config.json.
    pub url: String,
}

impl LookupStub {
    /// Starts a stub that calls `respond` with the domain or code of each lookup.
    ///
    /// # Errors
    /// If no port can be opened.
    pub fn start(respond: impl Fn(&str) -> StubResponse + Send + Sync + 'static) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/lookup", listener.local_addr()?);
        let respond = Arc::new(respond);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let respond = respond.clone();
                std::thread::spawn(move || serve(stream, &*respond));
            }
        });
        Ok(Self { url })
    }
}

/// Reads one request and responds to it.
fn serve(mut stream: TcpStream, respond: &dyn Fn(&str) -> StubResponse) -> Option<()> {
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

    // The picker has another origin, and for JSON the browser sends a preflight request first.
    let cors = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: content-type\r\n\
                Access-Control-Expose-Headers: retry-after\r\nConnection: close\r\n";
    if request.starts_with("OPTIONS") {
        return write!(stream, "HTTP/1.1 204 No Content\r\n{cors}\r\n").ok();
    }
    let asked: Value = serde_json::from_slice(&body).ok()?;
    match respond(asked["domain"].as_str().or(asked["code"].as_str())?) {
        StubResponse::Tenants(tenants) => {
            let body = serde_json::json!({ "tenants": tenants }).to_string();
            let head = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
            write!(stream, "HTTP/1.1 200 OK\r\n{cors}{head}\r\n{body}").ok()
        }
        StubResponse::TooMany(seconds) => {
            let head = format!("Retry-After: {seconds}\r\nContent-Length: 0\r\n");
            write!(stream, "HTTP/1.1 429 Too Many Requests\r\n{cors}{head}\r\n").ok()
        }
        StubResponse::Raw(status, body) => {
            let head = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
            write!(stream, "HTTP/1.1 {status} Raw\r\n{cors}{head}\r\n{body}").ok()
        }
        // Wait until the browser closes the connection.
        StubResponse::NoResponse => stream.read_to_end(&mut Vec::new()).map(drop).ok(),
    }
}
