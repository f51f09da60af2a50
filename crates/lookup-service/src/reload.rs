//! Reads files again when they have changed or when it is told to, and replaces what was read before.

use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::directory::{CurrentDirectory, Directory};
use crate::directory_file::LoadError;
use crate::watch::{Look, Watch};

/// How often files are looked at, and how long that may take.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often files are looked at. A change takes effect after two looks.
    pub look_every: Duration,
    /// How long a look or a read may take before another one is started beside it: a network file system that is gone
    /// can block it for ever. Each one that is given up doubles the time for the next.
    pub time_limit: Duration,
}

/// Has files read at once, whether they have changed or not.
pub struct Reload(Box<dyn Fn() + Send>);

impl Reload {
    /// Returns before the files are read. The result is in the log.
    pub fn now(&self) {
        (self.0)();
    }
}

/// Follows the watched files for as long as the process lives. `load` reads them, and `take` gets the result.
///
/// Looks and reads run on threads of their own. As tasks, they would block a worker of the runtime while a large
/// directory is read.
pub fn follow<T: Send + 'static>(
    watch: Watch,
    pace: Pace,
    load: impl Fn() -> T + Send + Sync + 'static,
    take: impl FnMut(T) + Send + 'static,
) -> Reload {
    let look = watch.looker();
    follow_by(watch, look, pace, load, take)
}

fn follow_by<T: Send + 'static>(
    watch: Watch,
    look: impl Fn() -> Look + Send + Sync + 'static,
    pace: Pace,
    load: impl Fn() -> T + Send + Sync + 'static,
    take: impl FnMut(T) + Send + 'static,
) -> Reload {
    let (sender, events) = channel();
    let (asked, looked) = (sender.clone(), sender.clone());
    let look = Arc::new(look);
    // The state from before the read is kept as the known one, so that a change during the read is noticed by the next
    // look.
    let look_and_load = {
        let look = look.clone();
        move || (look(), load())
    };
    let looking =
        Job::new(pace.time_limit, move || look(), move |number, look| drop(looked.send(Event::Looked(number, look))));
    let reading =
        Job::new(pace.time_limit, look_and_load, move |number, read| drop(sender.send(Event::Read(number, read))));
    thread::spawn(move || run(watch, pace, looking, reading, take, events));
    // The thread lives as long as the process, so the channel stays open.
    Reload(Box::new(move || drop(asked.send(Event::Asked))))
}

enum Event<T> {
    /// The files are to be read.
    Asked,
    /// The look with this number has finished.
    Looked(u64, Look),
    /// The read with this number has finished.
    Read(u64, (Look, T)),
}

fn run<T: Send + 'static>(
    mut watch: Watch,
    pace: Pace,
    mut looking: Job<Look>,
    mut reading: Job<(Look, T)>,
    mut take: impl FnMut(T),
    events: Receiver<Event<T>>,
) {
    let mut next_look = Instant::now() + pace.look_every;
    loop {
        match events.recv_timeout(next_look.saturating_duration_since(Instant::now())) {
            Ok(Event::Asked) => reading.due = true,
            Ok(Event::Looked(number, look)) => {
                if let Some(look) = looking.end(number, look) {
                    reading.due |= watch.notice(look);
                }
            }
            Ok(Event::Read(number, read)) => match reading.end(number, read) {
                Some((look, content)) => {
                    watch.take_as_reported(look);
                    take(content);
                }
                None => tracing::warn!("what was read late is dropped, a newer version is in force"),
            },
            Err(_) => {
                looking.due = true;
                next_look = Instant::now() + pace.look_every;
            }
        }
        if looking.takes_too_long() | reading.takes_too_long() {
            tracing::warn!(files = watch.names(), "reading takes long, what was read before stays in force meanwhile");
        }
        looking.begin_if_due();
        reading.begin_if_due();
    }
}

/// A task that is run again and again: one at a time, unless one takes too long.
struct Job<T> {
    work: Arc<dyn Fn(u64) + Send + Sync>,
    /// Whether to run it once more.
    due: bool,
    /// When the run began that is waited for.
    since: Option<Instant>,
    /// How many runs have begun.
    begun: u64,
    /// The number of the newest run that has finished.
    ended: u64,
    /// How long the first run may take, and how long the current one.
    time_limit: (Duration, Duration),
    result: PhantomData<T>,
}

impl<T: 'static> Job<T> {
    /// `report` is called on the thread of each run with its number and result.
    fn new(
        time_limit: Duration,
        work: impl Fn() -> T + Send + Sync + 'static,
        report: impl Fn(u64, T) + Send + Sync + 'static,
    ) -> Self {
        let work = Arc::new(move |number| report(number, work()));
        Self {
            work,
            due: false,
            since: None,
            begun: 0,
            ended: 0,
            time_limit: (time_limit, time_limit),
            result: PhantomData,
        }
    }

    fn begin_if_due(&mut self) {
        if !self.due || self.since.is_some() {
            return;
        }
        self.due = false;
        self.begun += 1;
        let (number, work) = (self.begun, self.work.clone());
        match thread::Builder::new().spawn(move || work(number)) {
            Ok(_) => self.since = Some(Instant::now()),
            Err(error) => tracing::error!("cannot read anew: {error}"),
        }
    }

    /// The result, unless a newer run has finished before.
    fn end(&mut self, number: u64, result: T) -> Option<T> {
        if number == self.begun {
            self.since = None;
            self.time_limit.1 = self.time_limit.0;
        }
        if number < self.ended {
            return None;
        }
        self.ended = number;
        Some(result)
    }

    /// Whether the current run has just exceeded its time. It may finish later all the same.
    fn takes_too_long(&mut self) -> bool {
        let gives_up = self.since.take_if(|since| since.elapsed() > self.time_limit.1).is_some();
        if gives_up {
            self.time_limit.1 *= 2;
        }
        gives_up
    }
}

/// How a directory differs from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes {
    /// How many organizations there are.
    pub tenants: usize,
    /// How many of them are new, by their codes.
    pub added: usize,
    /// How many are no longer there.
    pub removed: usize,
}

/// Replaces the current directory by one that was read. If the file has errors, they are logged, the current directory
/// stays, and the result is `None`.
pub fn take_directory(path: &Path, read: Result<Directory, LoadError>, current: &CurrentDirectory) -> Option<Changes> {
    match read {
        Ok(directory) => {
            let (tenants, domains) = (directory.tenants(), directory.domains());
            let directory = Arc::new(directory);
            let before = current.swap(directory.clone());
            // Logged after the replacement, so that it is true when an operator reads it.
            tracing::info!(tenants, domains, "directory reloaded");
            Some(Changes { tenants, added: directory.not_in(&before), removed: before.not_in(&directory) })
        }
        Err(error) => {
            for line in error.lines(&path.display().to_string()) {
                tracing::error!("{line}");
            }
            tracing::error!(tenants = current.load().tenants(), "directory not reloaded, the one before is kept");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base_path::BasePath;
    use std::path::PathBuf;
    use std::sync::mpsc::RecvTimeoutError;
    use std::sync::{Mutex, PoisonError};
    use std::{fs, io};

    use crate::regular_file;
    use crate::site_config::SiteConfig;
    use tempfile::TempDir;

    const EVERY: Duration = Duration::from_millis(20);
    const TIME_LIMIT: Duration = Duration::from_secs(5);
    const PACE: Pace = Pace { look_every: EVERY, time_limit: TIME_LIMIT };

    /// What all tests of this process have logged.
    static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

    struct Logged;

    impl io::Write for Logged {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            LOGGED.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Whether a line of the log names this file and has these words. Waits for it.
    fn is_logged(path: &Path, words: &str) -> bool {
        let name = path.to_str().unwrap();
        let until = Instant::now() + TIME_LIMIT;
        while Instant::now() < until {
            let log = LOGGED.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if String::from_utf8_lossy(&log).lines().any(|line| line.contains(name) && line.contains(words)) {
                return true;
            }
            thread::sleep(EVERY);
        }
        false
    }

    fn folder() -> (TempDir, PathBuf) {
        let log = tracing_subscriber::fmt().with_writer(|| Logged).finish();
        // The first test sets it for all.
        let _ = tracing::subscriber::set_global_default(log);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenants.toml");
        (folder, path)
    }

    /// Follows a file. The receiver gets its text, or why it cannot be read; the other value has it read.
    fn follow_text(path: &Path) -> (Receiver<String>, Reload) {
        let (sender, taken) = channel();
        let file = path.to_owned();
        let load = move || match regular_file::read(&file) {
            Ok(bytes) => String::from_utf8(bytes).unwrap(),
            Err(error) => error.to_string(),
        };
        let reload = follow(Watch::new([path.to_owned()]), PACE, load, move |text| drop(sender.send(text)));
        (taken, reload)
    }

    #[track_caller]
    fn check_next(taken: &Receiver<String>, expected: &str) {
        let text = taken.recv_timeout(TIME_LIMIT).unwrap();
        assert!(text.starts_with(expected), "{text} should start with {expected}");
    }

    #[track_caller]
    fn check_no_more(taken: &Receiver<String>) {
        assert_eq!(taken.recv_timeout(EVERY * 10), Err(RecvTimeoutError::Timeout));
    }

    fn replace(path: &Path, text: &str) {
        let other = path.with_extension("new");
        fs::write(&other, text).unwrap();
        fs::rename(other, path).unwrap();
    }

    #[test]
    fn a_file_that_is_written_replaced_or_removed_is_taken_once() {
        let (_folder, path) = folder();
        fs::write(&path, "one").unwrap();
        let (taken, _reload) = follow_text(&path);
        check_no_more(&taken);

        fs::write(&path, "two").unwrap();
        check_next(&taken, "two");

        replace(&path, "six");
        check_next(&taken, "six");

        fs::remove_file(&path).unwrap();
        check_next(&taken, "cannot be read: ");
        check_no_more(&taken);
    }

    #[test]
    fn an_unchanged_file_is_read_when_it_is_told_to() {
        let (_folder, path) = folder();
        fs::write(&path, "one").unwrap();
        let (taken, reload) = follow_text(&path);
        reload.now();
        check_next(&taken, "one");
        reload.now();
        check_next(&taken, "one");
        check_no_more(&taken);
    }

    #[cfg(unix)]
    #[test]
    fn a_symlink_swapped_in_a_folder_above_is_noticed() {
        use std::os::unix::fs::symlink;
        let (folder, path) = folder();
        let at = |name: &str| folder.path().join(name);
        for (version, text) in [("v1", "one"), ("v2", "two")] {
            fs::create_dir(at(version)).unwrap();
            fs::write(at(version).join("tenants.toml"), text).unwrap();
        }
        symlink("v1", at("..data")).unwrap();
        symlink("..data/tenants.toml", &path).unwrap();
        let (taken, _reload) = follow_text(&path);

        symlink("v2", at("..data_tmp")).unwrap();
        fs::rename(at("..data_tmp"), at("..data")).unwrap();
        check_next(&taken, "two");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_the_place_of_the_file_is_reported_once_and_the_next_file_is_taken() {
        use std::io::Write;
        let (_folder, path) = folder();
        fs::write(&path, "one").unwrap();
        let (taken, _reload) = follow_text(&path);
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let mut named = taken.recv_timeout(TIME_LIMIT).unwrap();
        // The watch may have seen the moment between removal and creation.
        if named.starts_with("cannot be read") {
            named = taken.recv_timeout(TIME_LIMIT).unwrap();
        }
        assert_eq!(named, "is not a regular file (it is a pipe)");

        // Writing to the pipe changes its times.
        let mut pipe = fs::File::options().read(true).write(true).open(&path).unwrap();
        pipe.write_all(b"two").unwrap();
        check_no_more(&taken);

        replace(&path, "three");
        check_next(&taken, "three");
    }

    #[test]
    fn a_read_that_hangs_does_not_delay_later_ones_and_is_ignored_if_it_finishes_after_them() {
        let (_folder, path) = folder();
        fs::write(&path, "one").unwrap();
        let (sender, taken) = channel();
        let (begun, begins) = channel();
        let (end, ends) = channel::<()>();
        let (file, ends) = (path.clone(), Mutex::new(ends));
        let load = move || {
            let text = fs::read_to_string(&file).unwrap();
            if text == "hangs" {
                begun.send(()).unwrap();
                let _ = ends.lock().unwrap_or_else(PoisonError::into_inner).recv();
            }
            text
        };
        let pace = Pace { time_limit: EVERY, ..PACE };
        let _reload = follow(Watch::new([path.clone()]), pace, load, move |text| drop(sender.send(text)));
        replace(&path, "hangs");
        begins.recv_timeout(TIME_LIMIT).unwrap();
        assert!(is_logged(&path, "takes long"));
        replace(&path, "two");
        check_next(&taken, "two");
        end.send(()).unwrap();
        check_no_more(&taken);
        replace(&path, "three");
        check_next(&taken, "three");
    }

    #[test]
    fn a_look_that_hangs_delays_neither_later_looks_nor_reads() {
        let (_folder, path) = folder();
        fs::write(&path, "one").unwrap();
        let (sender, taken) = channel();
        let watch = Watch::new([path.clone()]);
        let (looker, looks, hung) = (watch.looker(), Mutex::new(0), channel::<()>());
        let ends = Mutex::new(hung.1);
        let look = move || {
            let nth = {
                let mut looks = looks.lock().unwrap_or_else(PoisonError::into_inner);
                *looks += 1;
                *looks
            };
            if nth == 2 {
                let _ = ends.lock().unwrap_or_else(PoisonError::into_inner).recv();
            }
            looker()
        };
        let (file, pace) = (path.clone(), Pace { time_limit: EVERY, ..PACE });
        let load = move || fs::read_to_string(&file).unwrap_or_default();
        let reload = follow_by(watch, look, pace, load, move |text| drop(sender.send(text)));
        assert!(is_logged(&path, "takes long"));
        reload.now();
        check_next(&taken, "one");
        replace(&path, "two");
        check_next(&taken, "two");
        drop(hung.0);
        check_no_more(&taken);
    }

    #[test]
    fn a_slow_read_is_taken_if_no_newer_one_was() {
        let (_folder, path) = folder();
        fs::write(&path, "one").unwrap();
        let (sender, taken) = channel();
        let load = || {
            thread::sleep(EVERY * 5);
            "late".to_owned()
        };
        let pace = Pace { time_limit: EVERY, ..PACE };
        let reload = follow(Watch::new([path]), pace, load, move |text| drop(sender.send(text)));
        reload.now();
        check_next(&taken, "late");
        check_no_more(&taken);
    }

    #[test]
    fn a_config_json_that_is_empty_at_first_is_taken_once_it_has_been_written() {
        let (_folder, path) = folder();
        fs::write(&path, "").unwrap();
        let watch = Watch::new([path.clone()]);
        let (sender, taken) = channel();
        let (file, pace) = (path.clone(), Pace { look_every: EVERY * 10, ..PACE });
        assert_eq!(SiteConfig::load(&path, None, &BasePath::default()).1.len(), 1);
        let take = move |(config, findings): (SiteConfig, Vec<_>)| {
            let _ = sender.send((config.body.map(|body| body.len()), findings.len()));
        };
        let _reload = follow(watch, pace, move || SiteConfig::load(&file, None, &BasePath::default()), take);
        let whole = r#"{"lookup_url":"/v1/lookup","user_pools":[{"issuer":"https://idp.example","hosted_ui":"https://auth.example"}]}"#;
        // Written in small parts, much faster than it is looked at: no incomplete file may be taken.
        for end in (0..whole.len()).step_by(2) {
            fs::write(&path, &whole[..end]).unwrap();
            thread::sleep(EVERY / 2);
        }
        fs::write(&path, whole).unwrap();
        assert_eq!(taken.recv_timeout(TIME_LIMIT), Ok((Some(whole.len()), 0)));
    }
}
