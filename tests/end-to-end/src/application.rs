//! A site of somebody else: an application that signs people in itself, or a product whose login page the picker is
//! embedded in. It is on `localhost`, which is another site than the picker's `127.0.0.1`.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A site that runs until the test's process ends. At addresses where no file was put it shows a page of an
/// application.
pub struct ApplicationStub {
    /// Its origin, with a slash at the end.
    pub url: String,
    files: Arc<Mutex<HashMap<String, File>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

/// A file of the site.
#[derive(Clone)]
struct File {
    content_type: &'static str,
    /// More headers, a line each.
    headers: String,
    body: String,
}

impl ApplicationStub {
    /// Starts a site.
    ///
    /// # Errors
    /// If no port can be opened.
    pub fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://localhost:{}/", listener.local_addr()?.port());
        let (files, requests) = (Arc::default(), Arc::default());
        let stub = Self { url, files, requests };
        let (files, requests) = (stub.files.clone(), stub.requests.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (files, requests) = (files.clone(), requests.clone());
                // A browser opens connections that it may not use.
                std::thread::spawn(move || respond(stream, &files, &requests));
            }
        });
        Ok(stub)
    }

    /// Puts a page at a path, with these headers (a line each).
    pub fn put_page(&self, path: &str, headers: &str, body: impl Into<String>) {
        self.put(path, "text/html", headers, body.into());
    }

    /// Puts a script at a path.
    pub fn put_script(&self, path: &str, body: impl Into<String>) {
        self.put(path, "text/javascript", "", body.into());
    }

    fn put(&self, path: &str, content_type: &'static str, headers: &str, body: String) {
        let file = File { content_type, headers: headers.to_owned(), body };
        self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), file);
    }

    /// The first lines of all requests.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn respond(mut stream: TcpStream, files: &Mutex<HashMap<String, File>>, requests: &Mutex<Vec<String>>) {
    let Ok(reader) = stream.try_clone().map(BufReader::new) else { return };
    // The request ends with an empty line.
    let head: Vec<String> = reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let Some(first) = head.first() else { return };
    requests.lock().unwrap_or_else(PoisonError::into_inner).push(first.clone());
    let path = first.split(' ').nth(1).and_then(|address| address.split('?').next()).unwrap_or_default();
    let application = File {
        content_type: "text/html",
        headers: String::new(),
        body: "<!doctype html><title>Application</title><h1>Application</h1>".to_owned(),
    };
    let file = files.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned().unwrap_or(application);
    let mut head = format!("HTTP/1.1 200 OK\r\nContent-Type: {}; charset=utf-8\r\n", file.content_type);
    for line in file.headers.lines() {
        head += &format!("{line}\r\n");
    }
    let _ = write!(stream, "{head}Connection: close\r\nContent-Length: {}\r\n\r\n{}", file.body.len(), file.body);
}
