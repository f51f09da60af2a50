//! Reads files anew when they have changed or when somebody asks for it, and puts the new content in the place of the old one.

use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::directory::{CurrentDirectory, Directory};
use crate::directory_file::LoadError;
use crate::watch::{Look, Watch};

/// How fast files are followed.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often they are looked at; a change is in force after two looks.
    pub look_every: Duration,
    /// How long a look or a read is waited for, before the next one is begun beside it: a network file system that is gone may hold
    /// it up for ever. Each that is given up makes the next one's time twice as long.
    pub patience: Duration,
}

/// Asks for files to be read at once, whether they have changed or not.
pub struct Reload(Box<dyn Fn() + Send>);

impl Reload {
    /// Returns before the files are read; the outcome is in the log.
    pub fn now(&self) {
        (self.0)();
    }
}

/// Follows the watched files for as long as the process lives: `load` reads them, and `take` gets what came of it.
///
/// Looks and reads have threads of their own. Tasks would not do: reading a large directory would hold up a runtime's worker.
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
    // What was found before it was read: a change in between is noticed by a later look.
    let look_and_load = {
        let look = look.clone();
        move || (look(), load())
    };
    let looking =
        Job::new(pace.patience, move || look(), move |number, look| drop(looked.send(Event::Looked(number, look))));
    let reading =
        Job::new(pace.patience, look_and_load, move |number, read| drop(sender.send(Event::Read(number, read))));
    thread::spawn(move || run(watch, pace, looking, reading, take, events));
    // The thread lives as long as the process, and so does its end of the channel.
    Reload(Box::new(move || drop(asked.send(Event::Asked))))
}

enum Event<T> {
    /// Somebody wants the files to be read.
    Asked,
    /// The look of this number has come to its end.
    Looked(u64, Look),
    /// The read of this number has come to its end.
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
                    watch.take_for_known(look);
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

/// Something that is done again and again, one at a time as long as each comes to its end.
struct Job<T> {
    work: Arc<dyn Fn(u64) + Send + Sync>,
    /// Whether to do it once more.
    due: bool,
    /// When the one began that is waited for.
    since: Option<Instant>,
    /// How many have been begun.
    begun: u64,
    /// The number of the newest that has come to its end.
    ended: u64,
    /// How long the first is waited for, and how long the current one.
    patience: (Duration, Duration),
    result: PhantomData<T>,
}

impl<T: 'static> Job<T> {
    /// `report` gets the number of each and what came of it, on the thread that did it.
    fn new(
        patience: Duration,
        work: impl Fn() -> T + Send + Sync + 'static,
        report: impl Fn(u64, T) + Send + Sync + 'static,
    ) -> Self {
        let work = Arc::new(move |number| report(number, work()));
        Self { work, due: false, since: None, begun: 0, ended: 0, patience: (patience, patience), result: PhantomData }
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

    /// What came of it, unless a newer one has come to its end before.
    fn end(&mut self, number: u64, result: T) -> Option<T> {
        if number == self.begun {
            self.since = None;
            self.patience.1 = self.patience.0;
        }
        if number < self.ended {
            return None;
        }
        self.ended = number;
        Some(result)
    }

    /// Whether the one under way has just become too long to be waited for. It may still come to its end.
    fn takes_too_long(&mut self) -> bool {
        let gives_up = self.since.take_if(|since| since.elapsed() > self.patience.1).is_some();
        if gives_up {
            self.patience.1 *= 2;
        }
        gives_up
    }
}

/// Puts a directory that was read in the place of the current one. A good one answers from the next request on; a broken one is
/// refused with what is wrong with it in the log, and the one before goes on answering.
pub fn take_directory(path: &Path, read: Result<Directory, LoadError>, current: &CurrentDirectory) {
    match read {
        Ok(directory) => {
            let (tenants, domains) = (directory.tenants(), directory.domains());
            current.store(Arc::new(directory));
            // Not before it answers: whoever reads this line may rely on it.
            tracing::info!(tenants, domains, "directory reloaded");
        }
        Err(error) => {
            for line in error.lines(&path.display().to_string()) {
                tracing::error!("{line}");
            }
            tracing::error!(tenants = current.load().tenants(), "directory not reloaded, the one before is kept");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;
    use std::sync::mpsc::RecvTimeoutError;
    use std::sync::{Mutex, PoisonError};

    use crate::regular_file;
    use crate::site_config::SiteConfig;
    use tempfile::TempDir;

    const EVERY: Duration = Duration::from_millis(20);
    const PATIENCE: Duration = Duration::from_secs(5);
    const PACE: Pace = Pace { look_every: EVERY, patience: PATIENCE };

    fn folder() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenants.toml");
        (folder, path)
    }

    /// What is taken of a file, and the way to ask for it: its text, or why it cannot be read.
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
        let text = taken.recv_timeout(PATIENCE).unwrap();
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
    fn a_file_written_in_place_renamed_over_or_removed_is_taken_once() {
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
    fn a_file_that_has_not_changed_is_read_as_often_as_it_is_asked_for() {
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
    fn a_pipe_in_the_files_place_is_named_once_and_the_next_file_is_taken() {
        use std::io::Write;
        let (_folder, path) = folder();
        fs::write(&path, "one").unwrap();
        let (taken, _reload) = follow_text(&path);
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let mut named = taken.recv_timeout(PATIENCE).unwrap();
        // The watch may have seen the moment between the two.
        if named.starts_with("cannot be read") {
            named = taken.recv_timeout(PATIENCE).unwrap();
        }
        assert_eq!(named, "is not a regular file (it is a pipe)");

        // Writing changes the pipe's times.
        let mut pipe = fs::File::options().read(true).write(true).open(&path).unwrap();
        pipe.write_all(b"two").unwrap();
        check_no_more(&taken);

        replace(&path, "three");
        check_next(&taken, "three");
    }

    #[test]
    fn a_read_that_hangs_holds_up_no_later_one_and_is_dropped_if_it_ends_after_it() {
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
        let pace = Pace { patience: EVERY, ..PACE };
        let _reload = follow(Watch::new([path.clone()]), pace, load, move |text| drop(sender.send(text)));
        replace(&path, "hangs");
        begins.recv_timeout(PATIENCE).unwrap();
        replace(&path, "two");
        check_next(&taken, "two");
        end.send(()).unwrap();
        check_no_more(&taken);
        replace(&path, "three");
        check_next(&taken, "three");
    }

    #[test]
    fn a_look_that_hangs_holds_up_neither_later_ones_nor_who_asks() {
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
        let (file, pace) = (path.clone(), Pace { patience: EVERY, ..PACE });
        let load = move || fs::read_to_string(&file).unwrap_or_default();
        let reload = follow_by(watch, look, pace, load, move |text| drop(sender.send(text)));
        thread::sleep(EVERY * 4);
        reload.now();
        check_next(&taken, "one");
        replace(&path, "two");
        check_next(&taken, "two");
        drop(hung.0);
        check_no_more(&taken);
    }

    #[test]
    fn a_read_that_takes_long_is_taken_in_the_end_if_nothing_newer_was() {
        let (_folder, path) = folder();
        fs::write(&path, "one").unwrap();
        let (sender, taken) = channel();
        let load = || {
            thread::sleep(EVERY * 5);
            "late".to_owned()
        };
        let pace = Pace { patience: EVERY, ..PACE };
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
        assert_eq!(SiteConfig::load(&path, None).1.len(), 1);
        let take = move |(config, findings): (SiteConfig, Vec<_>)| {
            let _ = sender.send((config.body.map(|body| body.len()), findings.len()));
        };
        let _reload = follow(watch, pace, move || SiteConfig::load(&file, None), take);
        let whole = r#"{"lookup_url":"/v1/lookup","user_pools":[{"issuer":"https://idp.example","hosted_ui":"https://auth.example"}]}"#;
        // Written bit by bit, much faster than it is looked at: no half of it is ever taken.
        for end in (0..whole.len()).step_by(2) {
            fs::write(&path, &whole[..end]).unwrap();
            thread::sleep(EVERY / 2);
        }
        fs::write(&path, whole).unwrap();
        assert_eq!(taken.recv_timeout(PATIENCE), Ok((Some(whole.len()), 0)));
    }
}
