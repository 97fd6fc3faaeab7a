//! What can go wrong, one enum for each layer: the crate, a key provider, a key file.

use std::error::Error;
use std::io;
use std::path::PathBuf;

/// What can go wrong while sealing, opening and deriving.
///
/// Every failure to open is [`CryptoError::Open`]: why it failed stays inside the crate, so that an answer is
/// no oracle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// The record is malformed, was changed, or is bound to another context or key.
    #[error("failed to open: the record was changed or belongs to another place")]
    Open,

    /// The wrap names a key-encryption key that the keyring does not hold.
    #[error("the record was wrapped under another key: start with the key that this database was made with")]
    UnknownKek,

    /// The key provider could not do its work; nothing has changed and trying again later is sound.
    #[error("the key provider is unavailable: try again")]
    ProviderUnavailable(#[source] KeyProviderError),

    /// The operating system's random generator failed.
    #[error("failed to read the operating system's random generator")]
    Random(#[source] io::Error),

    /// The plaintext is longer than [`MAX_PLAINTEXT`](crate::MAX_PLAINTEXT).
    #[error("the value is longer than {limit} bytes")]
    PlaintextTooLong {
        /// The most that can be sealed, in bytes.
        limit: usize,
    },

    /// The context is longer than [`MAX_CONTEXT`](crate::MAX_CONTEXT), or its label than 255 bytes.
    #[error("the context is longer than {limit} bytes or its label than 255")]
    ContextTooLong {
        /// The most that a context can hold, in bytes.
        limit: usize,
    },

    /// A key has the wrong length.
    #[error("a key must be exactly 32 bytes")]
    KeyLength,

    /// A key is all zero, which no generator makes.
    #[error("a key must not be all zero")]
    KeyAllZero,

    /// The name of a key-encryption key is empty, too long, or has control characters.
    #[error("the id of a key-encryption key must be 1 to 512 bytes of text without control characters")]
    KekId,

    /// A wrapped key is empty or longer than the format allows.
    #[error("a wrapped key must be 1 to 16384 bytes")]
    WrappedKeyLength,
}

/// What a [`KeyProvider`](crate::KeyProvider) may answer instead of a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProviderError {
    /// The wrapped key is not authentic under this key-encryption key and context. Says nothing more.
    #[error("the wrapped key was refused")]
    Refused,

    /// The provider could not be asked, or could not answer.
    #[error("the key provider did not answer")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),

    /// The provider answered something that fails its checks, so nothing of it is used.
    #[error("the key provider's answer failed a check: {check}")]
    BadReply {
        /// Which check, in a few fixed words.
        check: &'static str,
    },
}

/// Why a key file was not made or not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KekFileError {
    /// There is no such file.
    #[error("there is no key file `{}`: restore it from your copy, without it the data stays sealed", .path.display())]
    Missing {
        /// The key file.
        path: PathBuf,
    },

    /// A file of that name is there already, and a key is never overwritten.
    #[error("the key file `{}` exists already: a key is never overwritten", .path.display())]
    Exists {
        /// The key file.
        path: PathBuf,
    },

    /// The path has no file name.
    #[error("`{}` does not name a file", .path.display())]
    NotAPath {
        /// What was given.
        path: PathBuf,
    },

    /// The path names a symbolic link.
    #[error("the key file `{}` is a symbolic link: name the file itself", .path.display())]
    Symlink {
        /// The key file.
        path: PathBuf,
    },

    /// The path names a directory, a pipe or a device.
    #[error("the key file `{}` is not a regular file", .path.display())]
    NotAFile {
        /// The key file.
        path: PathBuf,
    },

    /// Group or others have rights on the file.
    #[error("the key file `{0}` is open to other users: chmod 600 '{0}'", .path.display())]
    TooOpen {
        /// The key file.
        path: PathBuf,
    },

    /// Group or others have rights on the directory in which a key was to be made.
    #[error("the directory `{0}` is open to other users: chmod 700 '{0}'", .path.display())]
    DirectoryTooOpen {
        /// The directory.
        path: PathBuf,
    },

    /// The file belongs to another user.
    #[error("the key file `{0}` belongs to another user: chown it to the user that runs this program", .path.display())]
    ForeignOwner {
        /// The key file.
        path: PathBuf,
    },

    /// The file is not a key file of a known version.
    #[error("`{}` is not a oneclaw key file", .path.display())]
    NotAKeyFile {
        /// The key file.
        path: PathBuf,
    },

    /// The key in the file is not 64 hexadecimal digits.
    #[error("the key in `{}` is not 64 hexadecimal digits: restore the file from your copy", .path.display())]
    WrongLength {
        /// The key file.
        path: PathBuf,
    },

    /// The key does not fit its checksum.
    #[error("the key in `{}` does not fit its checksum: restore the file from your copy", .path.display())]
    Checksum {
        /// The key file.
        path: PathBuf,
    },

    /// The key is all zero.
    #[error("the key in `{}` is all zero: restore the file from your copy", .path.display())]
    AllZero {
        /// The key file.
        path: PathBuf,
    },

    /// The operating system refused.
    #[error("failed to {action} the key file `{}`", .path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },

    /// The operating system's random generator failed.
    #[error("failed to read the operating system's random generator")]
    Random(#[source] io::Error),
}
