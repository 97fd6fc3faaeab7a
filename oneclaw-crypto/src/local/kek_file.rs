//! The key file: 32 random bytes in text, with a checksum.
//!
//! ```text
//! oneclaw key file, version 1
//! # comments
//! key: 64 lower-case hexadecimal digits
//! crc32: 8 lower-case hexadecimal digits, CRC-32 of the 64 digits as ASCII
//! ```

#[cfg(unix)]
#[path = "kek_file/unix.rs"]
mod system;

#[cfg(not(unix))]
#[path = "kek_file/portable.rs"]
mod system;

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::LocalProvider;
use crate::data_key::KEY_LEN;
use crate::{CryptoError, DataKey, KekFileError, Protection};

const FIRST_LINE: &[u8] = b"oneclaw key file, version 1";
const KEY_NAME: &[u8] = b"key: ";
const CHECKSUM_NAME: &[u8] = b"crc32: ";
const HEX_LEN: usize = 2 * KEY_LEN;
/// No key file is longer, in bytes.
const MAX_LEN: usize = 4096;

const COMMENT: &str = "\
# This is the key-encryption key of a oneclaw vault. Whoever can read it can open every secret of that vault,
# and without it every secret is lost. Keep a copy offline, apart from the database and its backups.
# Never put it into a repository, an image, an environment variable or a chat.
";

/// A file with a key-encryption key.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use oneclaw_crypto::local::KekFile;
///
/// # let home = tempfile::tempdir()?;
/// let path = home.path().join("keys/kek-1.key");
/// let made = KekFile::create(&path)?;
/// let loaded = KekFile::load(&path)?;
/// # use oneclaw_crypto::KeyProvider;
/// assert_eq!(made.describe(), loaded.describe());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum KekFile {}

impl KekFile {
    /// Draws a new key and writes it to a new file, mode 0600, durably.
    ///
    /// Missing directories are made with mode 0700; one that is there must be closed to other users. An
    /// existing file is never overwritten. Outside Unix, permissions are left to the system.
    ///
    /// # Errors
    ///
    /// [`KekFileError`]; no file is left behind then.
    pub fn create(path: impl AsRef<Path>) -> Result<LocalProvider, KekFileError> {
        let path = path.as_ref();
        let key = DataKey::generate().map_err(|error| match error {
            CryptoError::Random(source) => KekFileError::Random(source),
            _ => Problem::NotAKeyFile.at(path),
        })?;
        system::create(path, &render(&key))?;
        provider(key).map_err(|problem| problem.at(path))
    }

    /// Reads a key from a file that only the user of this process can read.
    ///
    /// Refused are a symbolic link, anything but a regular file, a file that group or others have any right
    /// on, a file of another user, an unknown first line, a key that is not 32 bytes, one that doesn't fit
    /// its checksum, and one that is all zero. The file is opened once and everything is checked on what was
    /// opened. Outside Unix, owner and permissions can't be checked and aren't.
    ///
    /// # Errors
    ///
    /// [`KekFileError`], with what to do about it.
    pub fn load(path: impl AsRef<Path>) -> Result<LocalProvider, KekFileError> {
        let path = path.as_ref();
        // One byte more than allowed, so that a longer file is seen to be one. Never grows, so no copy is
        // left behind.
        let mut text = Zeroizing::new([0; MAX_LEN + 1]);
        let len = system::read(path, text.as_mut_slice())?;
        let text = text.get(..len).filter(|_| len <= MAX_LEN).unwrap_or_default();
        parse(text).and_then(provider).map_err(|problem| problem.at(path))
    }
}

/// What is wrong with the content of a key file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Problem {
    NotAKeyFile,
    WrongLength,
    Checksum,
    AllZero,
}

impl Problem {
    fn at(self, path: &Path) -> KekFileError {
        let path = PathBuf::from(path);
        match self {
            Self::NotAKeyFile => KekFileError::NotAKeyFile { path },
            Self::WrongLength => KekFileError::WrongLength { path },
            Self::Checksum => KekFileError::Checksum { path },
            Self::AllZero => KekFileError::AllZero { path },
        }
    }
}

fn provider(key: DataKey) -> Result<LocalProvider, Problem> {
    LocalProvider::new(key, Protection::File).map_err(|_| Problem::AllZero)
}

/// Writes the text of a key file into a buffer that never grows.
fn render(key: &DataKey) -> Zeroizing<Vec<u8>> {
    let mut hex = Zeroizing::new([0; HEX_LEN]);
    HEXLOWER.encode_mut(key.expose_secret(), hex.as_mut_slice());
    let checksum = checksum(hex.as_slice());

    let mut text = Zeroizing::new(Vec::with_capacity(MAX_LEN));
    for part in [
        FIRST_LINE,
        b"\n",
        COMMENT.as_bytes(),
        KEY_NAME,
        hex.as_slice(),
        b"\n",
        CHECKSUM_NAME,
        &checksum,
        b"\n",
    ] {
        text.extend_from_slice(part);
    }
    text
}

/// Parses the text of a key file; the key is decoded to where it stays.
fn parse(text: &[u8]) -> Result<DataKey, Problem> {
    let mut lines =
        text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    if lines.next() != Some(FIRST_LINE) {
        return Err(Problem::NotAKeyFile);
    }
    let hex = lines.next().and_then(|line| line.strip_prefix(KEY_NAME)).ok_or(Problem::NotAKeyFile)?;
    let stated =
        lines.next().and_then(|line| line.strip_prefix(CHECKSUM_NAME)).ok_or(Problem::NotAKeyFile)?;
    if lines.next().is_some() {
        return Err(Problem::NotAKeyFile);
    }
    let hex: &[u8; HEX_LEN] = hex.try_into().map_err(|_| Problem::WrongLength)?;
    let key = DataKey::try_init(|bytes| match HEXLOWER.decode_mut(hex, bytes) {
        Ok(KEY_LEN) => Ok(()),
        _ => Err(Problem::WrongLength),
    })?;
    if checksum(hex) != stated { Err(Problem::Checksum) } else { Ok(key) }
}

/// Returns the checksum line's digits for the digits of a key.
fn checksum(hex: &[u8]) -> [u8; 8] {
    let mut digits = [0; 8];
    HEXLOWER.encode_mut(&crc32fast::hash(hex).to_be_bytes(), &mut digits);
    digits
}

#[cfg(test)]
mod tests;
