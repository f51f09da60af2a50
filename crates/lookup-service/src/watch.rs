//! Notices that files have changed.
//!
//! It reads their metadata once a second. That notices what notifications of the operating system miss or report in
//! other ways: a file that is replaced by a rename, a symlink that Kubernetes swaps two folders above, a network file
//! system. It costs one system call a second and is the same on all platforms.

use std::fs::{self, Metadata};
use std::path::PathBuf;
use std::time::SystemTime;

/// Watched files. Make this before you read the files, so that a change in between is noticed.
#[derive(Debug)]
pub struct Watch {
    paths: Vec<PathBuf>,
    /// The files as they were last reported, or at the beginning.
    known: Look,
    /// The files as the last look saw them.
    last: Look,
}

/// The state of the files at one look. `None` for a file that is not there.
pub(crate) type Look = Vec<Option<Stamp>>;

fn look(paths: &[PathBuf]) -> Look {
    paths.iter().map(|path| fs::metadata(path).ok().as_ref().map(Stamp::of)).collect()
}

/// What changes when a file does. Symlinks are followed. `None` where the platform does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stamp {
    File {
        bytes: u64,
        modified: Option<SystemTime>,
        inode: Option<(u64, i64, i64)>,
    },
    /// A pipe, a folder or a device. It cannot be read, however often it changes.
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

/// The inode number and the time of its last change. `cp -p` and `touch -r` reset the time of writing, but not this
/// one.
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
    /// Starts with the files as they are now.
    pub fn new(paths: impl Into<Vec<PathBuf>>) -> Self {
        let paths = paths.into();
        let now = look(&paths);
        Self { paths, known: now.clone(), last: now }
    }

    /// The paths of the files, for messages.
    pub(crate) fn names(&self) -> String {
        let names: Vec<String> = self.paths.iter().map(|path| path.display().to_string()).collect();
        names.join(", ")
    }

    /// The function that looks at the files. On a network file system that is gone, it may never return.
    pub(crate) fn looker(&self) -> impl Fn() -> Look + Send + Sync + use<> {
        let paths = self.paths.clone();
        move || look(&paths)
    }

    /// Takes this look as reported, since these files were read last.
    pub(crate) fn take_as_reported(&mut self, read: Look) {
        self.known = read;
    }

    /// Whether the files differ from the last report. A change counts once two looks in a row are the same, so that a
    /// file that is being written is not read before it is complete.
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
    fn a_file_that_is_being_written_is_not_reported() {
        // Each look sees a larger file, then none for a moment, then the same twice.
        let looks = [1, 2, 3, 9].map(stamp).into_iter().chain([None, stamp(9), stamp(9), stamp(9)]);
        let changes = changes(vec![stamp(0)], looks.map(|now| vec![now]));
        assert_eq!(changes, [false, false, false, false, false, false, true, false]);
    }

    #[test]
    fn a_change_is_reported_once_no_watched_file_is_being_written() {
        let looks = [(1, 0), (1, 5), (1, 6), (1, 6), (1, 6)].map(|(a, b)| vec![stamp(a), stamp(b)]);
        assert_eq!(changes(vec![stamp(0), stamp(0)], looks), [false, false, false, true, false]);
    }

    #[test]
    fn a_folder_does_not_change_with_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenants.toml");
        fs::create_dir(&path).unwrap();
        let mut watch = Watch::new([path.clone()]);
        fs::write(path.join("file"), "").unwrap();
        assert_eq!([has_changed(&mut watch), has_changed(&mut watch)], [false, false]);
    }

    #[test]
    fn a_known_change_is_not_reported_and_the_next_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenants.toml");
        let mut watch = Watch::new([path.clone()]);
        fs::write(&path, "one").unwrap();
        let read = watch.looker()();
        watch.take_as_reported(read);
        assert_eq!([has_changed(&mut watch), has_changed(&mut watch)], [false, false]);
        fs::write(&path, "three").unwrap();
        assert_eq!([has_changed(&mut watch), has_changed(&mut watch)], [false, true]);
    }
}
