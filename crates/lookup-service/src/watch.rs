//! Notices that files have changed.
//!
//! They are asked for their metadata once a second. That sees what notification misses or tells apart only with care: a file
//! renamed over another, Kubernetes' swap of a symlink two folders up, network file systems. It costs one system call a second and
//! has no platform of its own.

use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::time::SystemTime;

/// Files that are being watched: made before they are read, so that no change falls between reading and watching.
#[derive(Debug)]
pub struct Watch {
    paths: Vec<PathBuf>,
    /// The files that were last reported as changed, or the first there were.
    known: Look,
    /// The files as the last look found them.
    last: Look,
}

/// What one look at the files finds; `None` for one that is not there.
pub(crate) type Look = Vec<Option<Stamp>>;

fn look(paths: &[PathBuf]) -> Look {
    paths.iter().map(|path| fs::metadata(path).ok().as_ref().map(Stamp::of)).collect()
}

/// What changes when a file does. Symlinks are followed; `None` where a platform does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamp {
    File {
        bytes: u64,
        modified: Option<SystemTime>,
        inode: Option<(u64, i64, i64)>,
    },
    /// A pipe, a folder, a device: of no use, however often it changes.
    NotRegular,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        if !metadata.is_file() {
            return Self::NotRegular;
        }
        Self::File { bytes: metadata.len(), modified: metadata.modified().ok(), inode: inode(metadata) }
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
    /// Remembers the files as they are now.
    pub fn new(paths: impl Into<Vec<PathBuf>>) -> Self {
        let paths = paths.into();
        let now = look(&paths);
        Self { paths, known: now.clone(), last: now }
    }

    /// The watched files, to be named.
    pub(crate) fn names(&self) -> String {
        let names: Vec<String> = self.paths.iter().map(|path| path.display().to_string()).collect();
        names.join(", ")
    }

    /// What looks at the files. On a network file system that is gone, a look may never come to its end.
    pub(crate) fn looker(&self) -> impl Fn() -> Look + Send + Sync + use<> {
        let paths = self.paths.clone();
        move || look(&paths)
    }

    /// Takes these files for known, since they are what was read last.
    pub(crate) fn take_for_known(&mut self, read: Look) {
        self.known = read;
    }

    /// Whether a look finds other files than before. A change counts once all files have held still from one look to the next, so
    /// one that is being written in place is not read half-way.
    pub(crate) fn notice(&mut self, now: Look) -> bool {
        let changed = now != self.known && now == self.last;
        if changed {
            self.known.clone_from(&now);
        }
        self.last = now;
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(bytes: u64) -> Option<Stamp> {
        Some(Stamp::File { bytes, modified: None, inode: None })
    }

    fn has_changed(watch: &mut Watch) -> bool {
        let now = watch.looker()();
        watch.notice(now)
    }

    fn changes(start: Look, looks: impl IntoIterator<Item = Look>) -> Vec<bool> {
        let mut watch = Watch { paths: Vec::new(), known: start.clone(), last: start };
        looks.into_iter().map(|now| watch.notice(now)).collect()
    }

    #[test]
    fn a_file_that_is_still_being_written_is_left_alone() {
        // Every look finds more of it, then none at all for a moment, then twice the same.
        let looks = [1, 2, 3, 9].map(stamp).into_iter().chain([None, stamp(9), stamp(9), stamp(9)]);
        let changes = changes(vec![stamp(0)], looks.map(|now| vec![now]));
        assert_eq!(changes, [false, false, false, false, false, false, true, false]);
    }

    #[test]
    fn a_file_that_has_changed_waits_for_another_one_that_is_being_written() {
        let looks = [(1, 0), (1, 5), (1, 6), (1, 6), (1, 6)].map(|(a, b)| vec![stamp(a), stamp(b)]);
        assert_eq!(changes(vec![stamp(0), stamp(0)], looks), [false, false, false, true, false]);
    }

    #[test]
    fn a_folder_is_the_same_whatever_comes_into_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenants.toml");
        fs::create_dir(&path).unwrap();
        let mut watch = Watch::new([path.clone()]);
        fs::write(path.join("file"), "").unwrap();
        assert_eq!([has_changed(&mut watch), has_changed(&mut watch)], [false, false]);
    }

    #[test]
    fn a_change_that_is_known_is_not_told_again_and_the_next_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenants.toml");
        let mut watch = Watch::new([path.clone()]);
        fs::write(&path, "one").unwrap();
        let read = watch.looker()();
        watch.take_for_known(read);
        assert_eq!([has_changed(&mut watch), has_changed(&mut watch)], [false, false]);
        fs::write(&path, "three").unwrap();
        assert_eq!([has_changed(&mut watch), has_changed(&mut watch)], [false, true]);
    }
}
