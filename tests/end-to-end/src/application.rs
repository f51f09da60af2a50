//! An application on another origin that signs people in itself. It shows a page at every address.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

/// An application that runs until the test's process ends.
pub struct ApplicationStub {
    /// Its origin, with a slash at the end.
    pub url: String,
}

impl ApplicationStub {
    /// Starts an application.
    ///
    /// # Errors
    /// If no port can be opened.
    pub fn start() -> std::io::Result<Self> {
        const PAGE: &str = "<!doctype html><title>Application</title><h1>Application</h1>";
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}/", listener.local_addr()?);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let Ok(reader) = stream.try_clone().map(BufReader::new) else { continue };
                // The request ends with an empty line.
                let _ = reader.lines().map_while(Result::ok).find(String::is_empty);
                let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
                let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{PAGE}", PAGE.len());
            }
        });
        Ok(Self { url })
    }
}
