//! Programs that run beside a test, and end with it, or with this process at the latest: whatever ends that.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// Ends a group of processes and removes their folder as soon as nobody holds the other end of its stdin any more. A
/// process that is killed, by Ctrl-C or otherwise, drops nothing, but the kernel closes what it had open. What is killed
/// may still write for a moment, so the folder may need a second try.
const WATCHDOG: &str = r#"read -r _; kill -s KILL -- "-$0"; rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }"#;

/// A program, and with it all that it starts: they are a group of processes of their own.
pub(crate) struct Program(Mutex<Running>);

struct Running {
    program: Child,
    watchdog: Child,
}

/// A port that was free a moment ago, and that the kernel will not hand out again soon.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Waits until a program that prints nothing accepts connections at its port.
pub(crate) async fn listens(port: u16) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(20);
    while let Err(error) = TcpStream::connect(("127.0.0.1", port)).await {
        if Instant::now() > until {
            return Err(error).with_context(|| format!("nobody listens at port {port}"));
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

impl Program {
    /// Starts a program and waits until it prints a line that contains `ready`. The folder is for its temporary files,
    /// and goes when it goes.
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

    /// [`Program::start`] for a command with surroundings of its own. Also gives the line that contains `ready`.
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
            // Or Ctrl-C would end it before it can do anything.
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
        // Somebody has to go on reading, or a full pipe would stop the program one day.
        std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
        Ok((running, line))
    }

    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.lock().unwrap().program.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &id]).status();
        assert!(status.is_ok_and(|s| s.success()), "kill -{name} {id}");
    }

    /// Ends it as it would end with this process.
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
