//! Lambda's runtime API for tests: it starts a function, hands it one event after another, and collects what it responds
//! (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).

use serde_json::Value;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a function has said to an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Whether it has failed.
    pub is_error: bool,
    /// The response, or the error with `errorMessage`.
    pub body: Value,
}

/// Ends the function with the test.
struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a function in a folder, and returns what it says to each of these events.
///
/// # Errors
/// If it cannot be started, or does not speak HTTP.
pub fn answers(program: &Path, folder: &Path, variables: &[(&str, &str)], events: &[Value]) -> io::Result<Vec<Answer>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let function = Command::new(program)
        .current_dir(folder)
        .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "function")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
        .envs(variables.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let _function = Function(function);
    let mut waiting = events.iter().enumerate();
    let mut answers = Vec::new();
    while answers.len() < events.len() {
        let mut connection = BufReader::new(listener.accept()?.0);
        // A connection is used for several requests.
        while let Some((path, body)) = read_request(&mut connection) {
            if !path.ends_with("/next") {
                let body = serde_json::from_slice(&body).unwrap_or_default();
                answers.push(Answer { is_error: path.ends_with("/error"), body });
                respond(connection.get_mut(), 0, "{}")?;
            } else if let Some((id, event)) = waiting.next() {
                respond(connection.get_mut(), id, &event.to_string())?;
            } else {
                break;
            }
        }
    }
    Ok(answers)
}

/// The path and the body of the next request. `None` at the end of the connection.
fn read_request(connection: &mut BufReader<TcpStream>) -> Option<(String, Vec<u8>)> {
    let mut line = String::new();
    connection.read_line(&mut line).ok()?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let (mut length, mut is_chunked) = (0, false);
    loop {
        line.clear();
        connection.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
        is_chunked |= name.eq_ignore_ascii_case("transfer-encoding");
    }
    let body = if is_chunked { read_chunks(connection)? } else { read(connection, length)? };
    Some((path, body))
}

fn read(connection: &mut BufReader<TcpStream>, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    connection.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A body in chunks ([RFC 9112 §7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1)).
fn read_chunks(connection: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).ok()?;
        let length = usize::from_str_radix(line.trim(), 16).ok()?;
        body.extend(read(connection, length)?);
        connection.read_line(&mut line).ok()?;
        if length == 0 {
            return Some(body);
        }
    }
}

fn respond(stream: &mut TcpStream, id: usize, body: &str) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: 4102444800000\r\n\
         Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:function\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
