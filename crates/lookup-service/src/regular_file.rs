//! Reads regular files only. Reading a pipe, a device or a socket in the place of a file could wait for ever, and even
//! opening one can have an effect at its other end.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not a regular file. Says what it is, with an article.
    #[error("is not a regular file (it is {0})")]
    NotRegular(&'static str),
    /// It is not there or cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// The bytes of the file at `path`. Symlinks are followed.
///
/// # Errors
/// If it is no regular file, or cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
    refuse_irregular(fs::metadata(path)?.file_type())?;
    read_open(open(path)?)
}

/// Reads an open file, if it is a regular one: it may have been replaced before it was opened.
fn read_open(mut file: File) -> Result<Vec<u8>, ReadError> {
    refuse_irregular(file.metadata()?.file_type())?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a file without waiting. Opening a pipe without a writer would wait.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path)
}

fn refuse_irregular(kind: FileType) -> Result<(), ReadError> {
    if kind.is_file() { Ok(()) } else { Err(ReadError::NotRegular(name_of(kind))) }
}

fn name_of(kind: FileType) -> &'static str {
    if kind.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    "a device"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_and_a_missing_one_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert!(read(&path).unwrap_err().to_string().starts_with("cannot be read: "));
        fs::write(&path, "content").unwrap();
        assert_eq!(read(&path).unwrap(), b"content");
    }

    #[test]
    fn a_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap_err().to_string(), "is not a regular file (it is a folder)");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_a_device_and_a_socket_are_refused_at_once() {
        use std::os::unix::net::UnixListener;
        let folder = tempfile::tempdir().unwrap();
        let (pipe, socket) = (folder.path().join("pipe"), folder.path().join("socket"));
        make_pipe(&pipe);
        let _listener = UnixListener::bind(&socket).unwrap();
        for (path, expected) in
            [(pipe.as_path(), "a pipe"), (socket.as_path(), "a socket"), (Path::new("/dev/zero"), "a device")]
        {
            let path = path.to_owned();
            let error = soon(move || read(&path)).unwrap_err();
            assert_eq!(error.to_string(), format!("is not a regular file (it is {expected})"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_replaced_the_file_just_before_it_was_opened_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        make_pipe(&pipe);
        let read = soon(move || read_open(open(&pipe).unwrap()));
        assert!(matches!(read, Err(ReadError::NotRegular("a pipe"))), "{read:?}");
    }

    /// The result of `read`, which has to return soon.
    #[cfg(unix)]
    fn soon<T: Send + 'static>(read: impl FnOnce() -> T + Send + 'static) -> T {
        let (sender, result) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(read()));
        result.recv_timeout(std::time::Duration::from_secs(5)).unwrap()
    }

    #[cfg(unix)]
    fn make_pipe(path: &Path) {
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    }
}
