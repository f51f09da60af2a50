//! Programs that run beside a test and end with it.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

pub(crate) struct Program(Mutex<Child>);

/// A port that was free a moment ago, and that the kernel will not hand out again soon.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl Program {
    /// Starts `program` and waits until it prints a line that contains `ready`.
    pub(crate) fn start<'a>(
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = &'a OsStr>,
        ready: &str,
    ) -> Result<Self> {
        let name = program.as_ref().to_string_lossy().into_owned();
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{name}: cannot be started; `make test` builds all that is needed here"))?;
        let mut lines = BufReader::new(child.stdout.take().context("no stdout")?);
        let mut line = String::new();
        while !line.contains(ready) {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                bail!("{name} ended before it was ready ({})", child.wait()?);
            }
        }
        // Somebody has to go on reading, or a full pipe would stop the program one day.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Ok(Self(Mutex::new(child)))
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.lock().unwrap().id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(status.is_ok_and(|s| s.success()), "kill -{name} {id}");
    }

    pub(crate) fn stop(&self) {
        let mut child = self.0.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.stop();
    }
}
