//! Files that only their owner may read: checked on the open descriptor, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::VaultError;

/// The most bytes a private file may have; keys are far shorter.
const MAX_BYTES: u64 = 4096;

/// Makes a directory with mode 0700 and its parents.
pub(crate) fn create_directory(path: &Path) -> Result<(), VaultError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| VaultError::Io { action: "create", path: path.to_owned(), source })
}

/// Reads a private file. Nothing where there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, VaultError> {
    let io = |source| VaultError::Io { action: "read", path: path.to_owned(), source };
    let file = match open_no_follow(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(io(source)),
    };
    check(path, &file)?;
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(MAX_BYTES).unwrap_or(0)));
    file.take(MAX_BYTES).read_to_string(&mut text).map_err(io)?;
    Ok(Some(text))
}

/// Writes a private file, mode 0600, in place of the former one or not at all.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), VaultError> {
    let staged = stage(path, text)?;
    let renamed = fs::rename(&staged, path);
    finish(path, &staged, renamed)
}

/// Writes a private file, mode 0600, unless there is one. Tells whether it wrote.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<bool, VaultError> {
    let staged = stage(path, text)?;
    match fs::hard_link(&staged, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let _ = fs::remove_file(&staged);
            Ok(false)
        }
        linked => {
            finish(path, &staged, linked)?;
            let _ = fs::remove_file(&staged);
            Ok(true)
        }
    }
}

fn stage(path: &Path, text: &str) -> Result<PathBuf, VaultError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| VaultError::Random)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", data_encoding::HEXLOWER.encode(&random)));
    let staged = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&staged).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(staged),
        Err(source) => {
            let _ = fs::remove_file(&staged);
            Err(VaultError::Io { action: "write", path: path.to_owned(), source })
        }
    }
}

fn finish(path: &Path, staged: &Path, placed: io::Result<()>) -> Result<(), VaultError> {
    placed
        .and_then(|()| match path.parent() {
            // The name is durable only with its directory.
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        })
        .map_err(|source| {
            let _ = fs::remove_file(staged);
            VaultError::Io { action: "write", path: path.to_owned(), source }
        })
}

#[cfg(unix)]
fn open_no_follow(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    Ok(File::from(rustix::fs::open(
        path,
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
        Mode::empty(),
    )?))
}

#[cfg(not(unix))]
fn open_no_follow(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
fn check(path: &Path, file: &File) -> Result<(), VaultError> {
    use std::os::unix::fs::MetadataExt;
    let metadata =
        file.metadata().map_err(|source| VaultError::Io { action: "read", path: path.to_owned(), source })?;
    let refuse = |why, remedy| Err(VaultError::NotPrivate { path: path.to_owned(), why, remedy });
    if !metadata.is_file() {
        return refuse("is not a regular file", "put the file itself there");
    }
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return refuse("belongs to another user", "make it yours with chown");
    }
    if metadata.mode() & 0o077 != 0 {
        return refuse("can be read by other users", "close it with chmod 600, and replace the key it holds");
    }
    Ok(())
}

#[cfg(not(unix))]
fn check(_path: &Path, _file: &File) -> Result<(), VaultError> {
    Err(VaultError::Platform)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_written_privately_and_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.key");
        assert!(read(&path).unwrap().is_none());
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(read(&path).unwrap().unwrap().as_str(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!write_new(&path, "three").unwrap());
        assert_eq!(read(&path).unwrap().unwrap().as_str(), "two");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.key");
        write(&path, "x").unwrap();
        for mode in [0o604, 0o640, 0o660, 0o777] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(matches!(read(&path), Err(VaultError::NotPrivate { .. })), "{mode:o}");
        }
    }

    #[test]
    fn a_symbolic_link_and_a_directory_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.key");
        write(&path, "x").unwrap();
        let link = directory.path().join("link.key");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(read(&link).is_err());
        assert!(read(directory.path()).is_err());
    }
}
