//! Notices that a file has changed, and puts a new directory in the place of the old one.
//!
//! The file is asked for its metadata once a second. That sees what notification misses or tells apart only with
//! care: a file renamed over another, Kubernetes' swap of a symlink two folders up, network file systems. It costs one
//! system call a second and has no platform of its own.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::directory_file;
use crate::lookup::CurrentDirectory;

/// A file that is being watched: made before the file is read, so that no change falls between reading and watching.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    /// The file that the last call of `changed` was about, or the first there was.
    known: Option<Stamp>,
    /// The file as the last look found it.
    last: Option<Stamp>,
}

/// What changes when a file does. Symlinks are followed; `None` where a platform does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    inode: Option<(u64, i64, i64)>,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self { bytes: metadata.len(), modified: metadata.modified().ok(), inode: inode(&metadata) })
    }
}

/// The file's number and when it was last touched in any way: `cp -p` and `touch -r` give back the time of writing.
#[cfg(unix)]
fn inode(metadata: &Metadata) -> Option<(u64, i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.ino(), metadata.ctime(), metadata.ctime_nsec()))
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> Option<(u64, i64, i64)> {
    None
}

impl Watch {
    /// Remembers the file as it is now.
    pub fn new(path: PathBuf) -> Self {
        let now = Stamp::of(&path);
        Self { path, known: now, last: now }
    }

    /// Whether the file is another one than before. A change counts once it has held still from one look to the next, so
    /// a file that is being written in place is not read half-way.
    fn look(&mut self, now: Option<Stamp>) -> bool {
        let changed = now != self.known && now == self.last;
        if changed {
            self.known = now;
        }
        self.last = now;
        changed
    }

    /// Calls `changed` with the path whenever the file is another one than before, for as long as the process lives.
    ///
    /// A thread and not a task: reading a large directory would hold up a runtime's worker.
    pub fn start(mut self, every: Duration, changed: impl Fn(&Path) + Send + 'static) {
        thread::spawn(move || {
            loop {
                thread::sleep(every);
                if self.look(Stamp::of(&self.path)) {
                    changed(&self.path);
                }
            }
        });
    }
}

/// Reads the directory file anew. A good one answers from the next request on; a broken one is refused with all that is
/// wrong with it in the log, and the one before goes on answering.
pub fn reload_directory(path: &Path, current: &CurrentDirectory) {
    match directory_file::load(path) {
        Ok(directory) => {
            tracing::info!(tenants = directory.tenants(), domains = directory.domains(), "directory reloaded");
            current.store(Arc::new(directory));
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
    use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};

    const EVERY: Duration = Duration::from_millis(20);
    const PATIENCE: Duration = Duration::from_secs(5);

    fn watch(path: &Path) -> Receiver<String> {
        let (sender, receiver) = channel();
        Watch::new(path.to_owned()).start(EVERY, move |path| {
            let _ = sender.send(fs::read_to_string(path).unwrap_or_default());
        });
        receiver
    }

    #[test]
    fn a_file_written_in_place_renamed_over_or_removed_is_noticed_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenants.toml");
        fs::write(&path, "one").unwrap();
        let changes = watch(&path);
        assert_eq!(changes.recv_timeout(EVERY * 10), Err(RecvTimeoutError::Timeout));

        fs::write(&path, "two").unwrap();
        assert_eq!(changes.recv_timeout(PATIENCE).as_deref(), Ok("two"));

        let other = folder.path().join("other");
        fs::write(&other, "six").unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(changes.recv_timeout(PATIENCE).as_deref(), Ok("six"));

        fs::remove_file(&path).unwrap();
        assert_eq!(changes.recv_timeout(PATIENCE).as_deref(), Ok(""));
        assert_eq!(changes.recv_timeout(EVERY * 10), Err(RecvTimeoutError::Timeout));
    }

    #[test]
    fn a_file_that_is_still_being_written_is_left_alone() {
        let stamp = |bytes| Some(Stamp { bytes, modified: None, inode: None });
        let mut watch = Watch { path: PathBuf::new(), known: stamp(0), last: stamp(0) };
        // Every look finds more of it, then none at all for a moment, then twice the same.
        let looks = [1, 2, 3, 9].map(stamp).into_iter().chain([None, stamp(9), stamp(9), stamp(9)]);
        let changes: Vec<bool> = looks.map(|now| watch.look(now)).collect();
        assert_eq!(changes, [false, false, false, false, false, false, true, false]);
    }

    #[cfg(unix)]
    #[test]
    fn a_symlink_swapped_in_a_folder_above_is_noticed() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (version, text) in [("v1", "one"), ("v2", "two")] {
            fs::create_dir(at(version)).unwrap();
            fs::write(at(version).join("tenants.toml"), text).unwrap();
        }
        symlink("v1", at("..data")).unwrap();
        symlink("..data/tenants.toml", at("tenants.toml")).unwrap();
        let changes = watch(&at("tenants.toml"));

        symlink("v2", at("..data_tmp")).unwrap();
        fs::rename(at("..data_tmp"), at("..data")).unwrap();
        assert_eq!(changes.recv_timeout(PATIENCE).as_deref(), Ok("two"));
    }
}
