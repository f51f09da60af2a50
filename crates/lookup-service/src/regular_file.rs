//! Reads files that really are files. A pipe, a device or a socket in a file's place would keep its reader waiting, perhaps for
//! ever, and opening one may already do something at its other end.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Something else has the file's name; what it is, with its article.
    #[error("is not a regular file (it is {0})")]
    NotRegular(&'static str),
    /// Not there, or not to be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// The bytes of the file at `path`; symlinks are followed.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
    refuse_irregular(fs::metadata(path)?.file_type())?;
    read_open(open(path)?)
}

/// Reads what was opened, unless another thing has been put in the file's place meanwhile.
fn read_open(mut file: File) -> Result<Vec<u8>, ReadError> {
    refuse_irregular(file.metadata()?.file_type())?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens without waiting: a pipe that nobody writes to would keep `open` itself.
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
    fn a_file_is_read_and_one_that_is_not_there_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        assert!(read(&path).unwrap_err().to_string().starts_with("cannot be read: "));
        fs::write(&path, "content").unwrap();
        assert_eq!(read(&path).unwrap(), b"content");
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap_err().to_string(), "is not a regular file (it is a folder)");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_a_device_or_a_socket_is_named_and_not_waited_for() {
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
    fn a_pipe_that_took_the_place_of_the_file_just_before_it_was_opened_is_not_waited_for_either() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        make_pipe(&pipe);
        let read = soon(move || read_open(open(&pipe).unwrap()));
        assert!(matches!(read, Err(ReadError::NotRegular("a pipe"))), "{read:?}");
    }

    /// What comes of `read`, which must not wait for anybody.
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
