//! Files on systems whose owners and permissions this crate doesn't check; the system's defaults for the
//! user's directories apply.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::KekFileError;

/// Reads a key file into `buffer` and returns how much was read.
pub(super) fn read(path: &Path, buffer: &mut [u8]) -> Result<usize, KekFileError> {
    let seen = std::fs::symlink_metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KekFileError::Missing { path: path.into() },
        _ => failed("inspect", path, error),
    })?;
    if seen.is_symlink() {
        return Err(KekFileError::Symlink { path: path.into() });
    }
    if !seen.is_file() {
        return Err(KekFileError::NotAFile { path: path.into() });
    }
    let mut file = File::open(path).map_err(|error| failed("open", path, error))?;
    let mut len = 0;
    while let Some(rest) = buffer.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => len = len.saturating_add(more),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed("read", path, error)),
        }
    }
    Ok(len)
}

/// Writes a new key file.
pub(super) fn create(path: &Path, text: &[u8]) -> Result<(), KekFileError> {
    if path.file_name().is_none() {
        return Err(KekFileError::NotAPath { path: path.into() });
    }
    if let Some(parent) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .create(parent)
            .map_err(|error| failed("make the directory of", path, error))?;
    }
    let mut file =
        OpenOptions::new().write(true).create_new(true).open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => KekFileError::Exists { path: path.into() },
            _ => failed("create", path, error),
        })?;
    file.write_all(text).and_then(|()| file.sync_all()).map_err(|error| {
        // It is ours, new, and not whole: nothing may take it for a key later.
        let _ = std::fs::remove_file(path);
        failed("write", path, error)
    })
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> KekFileError {
    KekFileError::Io { action, path: path.into(), source }
}
