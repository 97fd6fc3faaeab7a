//! Files with owners and modes. Everything is checked on an open descriptor, never on a path twice.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::KekFileError;

/// Reads a key file into `buffer` and returns how much was read.
pub(super) fn read(path: &Path, buffer: &mut [u8]) -> Result<usize, KekFileError> {
    // Not blocking, so that a named pipe can't hold the process up before it is recognised as one.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| match errno {
        Errno::LOOP => KekFileError::Symlink { path: path.into() },
        Errno::NOENT => KekFileError::Missing { path: path.into() },
        _ => failed("open", path, errno),
    })?;
    let stat = rustix::fs::fstat(&file).map_err(|errno| failed("inspect", path, errno))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(KekFileError::NotAFile { path: path.into() });
    }
    if !is_own(&stat) {
        return Err(KekFileError::ForeignOwner { path: path.into() });
    }
    if is_open_to_others(&stat) {
        return Err(KekFileError::TooOpen { path: path.into() });
    }
    fill(&mut File::from(file), buffer).map_err(|error| failed("read", path, error))
}

/// Writes a new key file, mode 0600, in a directory of mode 0700, and makes both durable.
pub(super) fn create(path: &Path, text: &[u8]) -> Result<(), KekFileError> {
    let name = path.file_name().ok_or_else(|| KekFileError::NotAPath { path: path.into() })?;
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(parent)
        .map_err(|error| failed("make the directory of", path, error))?;
    let directory =
        rustix::fs::open(parent, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .map_err(|errno| failed("open the directory of", path, errno))?;
    let stat =
        rustix::fs::fstat(&directory).map_err(|errno| failed("inspect the directory of", path, errno))?;
    if is_open_to_others(&stat) || !is_own(&stat) {
        return Err(KekFileError::DirectoryTooOpen { path: parent.into() });
    }

    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::RUSR | Mode::WUSR;
    let file = rustix::fs::openat(&directory, name, flags, mode).map_err(|errno| match errno {
        Errno::EXIST => KekFileError::Exists { path: path.into() },
        _ => failed("create", path, errno),
    })?;
    let written = rustix::fs::fchmod(&file, mode).map_err(io::Error::from).and_then(|()| {
        let mut file = File::from(file);
        file.write_all(text)?;
        file.sync_all()?;
        rustix::fs::fsync(&directory)?;
        sync_parent(parent);
        Ok(())
    });
    written.map_err(|error| {
        // It is ours, new, and not whole: nothing may take it for a key later.
        let _ = rustix::fs::unlinkat(&directory, name, AtFlags::empty());
        failed("write", path, error)
    })
}

/// Makes the entry of a directory that may be new durable. What can't be opened was not made by us.
fn sync_parent(directory: &Path) {
    if let Some(Ok(above)) = directory.parent().map(File::open) {
        let _ = above.sync_all();
    }
}

fn is_own(stat: &Stat) -> bool {
    stat.st_uid == rustix::process::geteuid().as_raw()
}

fn is_open_to_others(stat: &Stat) -> bool {
    Mode::from_raw_mode(stat.st_mode).intersects(Mode::RWXG | Mode::RWXO)
}

/// Reads until the end of the file or of the buffer.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while let Some(rest) = buffer.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => len = len.saturating_add(more),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

fn failed(action: &'static str, path: &Path, source: impl Into<io::Error>) -> KekFileError {
    KekFileError::Io { action, path: path.into(), source: source.into() }
}
