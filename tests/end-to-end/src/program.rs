//! Programs that run during a test. They end when they are dropped, and at the latest with this process, even if it is
//! killed.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// A shell script that waits until its stdin is closed, and then kills a group of processes and removes their folder.
///
/// A process that is killed, by Ctrl-C or otherwise, does not run `drop`, but the kernel closes its files, and so the
/// stdin of the script. Killed processes may still write for a moment, so removing the folder may need a second
/// attempt.
const WATCHDOG: &str = r#"read -r _; kill -s KILL -- "-$0"; rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }"#;

/// A program and the processes that it starts, in a process group of their own.
pub(crate) struct Program(Mutex<Running>);

struct Running {
    program: Child,
    watchdog: Child,
}

/// A port that nobody has. Linux assigns ports from 32768 on by itself, so this one is still free when the program that
/// gets it has started.
pub(crate) fn free_port() -> Result<u16> {
    const PORTS: std::ops::Range<u32> = 20_000..30_000;
    static ASKED: AtomicU32 = AtomicU32::new(0);
    // The tests of another checkout may run at the same time, and begin somewhere else.
    let first = std::process::id() % 100 * 100;
    for _ in PORTS {
        let port = PORTS.start + (first + ASKED.fetch_add(1, Ordering::Relaxed)) % PORTS.len() as u32;
        let port = u16::try_from(port)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free")
}

/// Waits until a program accepts connections at its port. For programs that print nothing when they are ready.
pub(crate) async fn listens(port: u16) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(20);
    while let Err(error) = TcpStream::connect(("127.0.0.1", port)).await {
        if Instant::now() > until {
            return Err(error).with_context(|| format!("no program listens at port {port}"));
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

impl Program {
    /// Starts a program and waits until it prints a line that contains `ready`. The folder is for its temporary files
    /// and is removed when the program ends.
    pub(crate) fn start<'a>(
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = &'a OsStr>,
        ready: &str,
        folder: TempDir,
    ) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments);
        Ok(Self::run(command, ready, folder)?.0)
    }

    /// The same as [`Program::start`] for a command with an environment of its own. Also returns the line that contains
    /// `ready`.
    pub(crate) fn run(mut command: Command, ready: &str, folder: TempDir) -> Result<(Self, String)> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut program = command
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name}: cannot be started; `make test` builds all that is needed here"))?;
        let stdout = program.stdout.take().context("no stdout")?;
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, &program.id().to_string()])
            .arg(folder.keep())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Otherwise Ctrl-C would also end the watchdog.
            .process_group(0)
            .spawn()?;
        let running = Self(Mutex::new(Running { program, watchdog }));

        let mut lines = BufReader::new(stdout);
        let mut line = String::new();
        while !line.contains(ready) {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                bail!("{name} ended before it was ready");
            }
        }
        // Go on reading, because a full pipe would block the program.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Ok((running, line))
    }

    /// Sends a signal, such as `STOP`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.lock().unwrap().program.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(status.is_ok_and(|s| s.success()), "kill -{name} {id}");
    }

    /// Ends the program and removes its folder.
    pub(crate) fn stop(&self) {
        let mut running = self.0.lock().unwrap();
        drop(running.watchdog.stdin.take());
        let _ = running.watchdog.wait();
        let _ = running.program.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.stop();
    }
}
