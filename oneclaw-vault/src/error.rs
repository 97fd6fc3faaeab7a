use std::io;
use std::path::PathBuf;

use oneclaw_api::{ApiKeyError, Problem, ProblemKind};
use oneclaw_crypto::{CryptoError, KekFileError};

use crate::rows::Tampered;
use crate::store::StoreError;

/// Why a vault can't be made or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// There is no vault at the home.
    #[error("there is no vault in {}; make one with `oneclaw init`", home.display())]
    NotInitialised {
        /// Where it was looked for.
        home: PathBuf,
    },
    /// There is a vault at the home.
    #[error("there is a vault in {} already; set ONECLAW_HOME to make another one elsewhere", home.display())]
    AlreadyInitialised {
        /// Where it is.
        home: PathBuf,
    },
    /// The platform tells no home directory.
    #[error("no home directory is known here; set ONECLAW_HOME to a directory of your own")]
    NoHome,
    /// The configuration is not readable as such.
    #[error("{} is not a valid configuration (line {line}); mend it or restore it from a backup", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A file or a directory can't be read or written.
    #[error("failed to {action} {}: {}; check that it is yours and the disk has room", path.display(), source.kind())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that must be private is not.
    #[error("{} {why}; {remedy}", path.display())]
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// No credential file exists for the agent.
    #[error(
        "there is no key of an agent `{name}` in {}; make one with `oneclaw agent add {name}`, or set ONECLAW_AGENT_API_KEY",
        directory.display()
    )]
    NoAgentKey {
        /// The agent's name.
        name: String,
        /// Where keys are kept.
        directory: PathBuf,
    },
    /// A credential file does not hold a key.
    #[error("{} does not hold an agent's key: {source}", path.display())]
    BadAgentKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with its content.
        source: ApiKeyError,
    },
    /// An agent's name is not one that a file can have.
    #[error("an agent's name has 1 to 64 characters of A-Z, a-z, 0-9, `_` and `-`")]
    AgentName,
    /// The key file is missing, open to others or damaged.
    #[error(transparent)]
    Kek(#[from] KekFileError),
    /// The database was made with another key file.
    #[error(
        "the key file {} is not the one that {} was made with; restore that key file, or name it in ONECLAW_KEK_FILE",
        kek.display(),
        database.display()
    )]
    WrongKek {
        /// The key file.
        kek: PathBuf,
        /// The database.
        database: PathBuf,
    },
    /// The database file is not one of this software.
    #[error("{} is not a oneclaw database; move it away, or set ONECLAW_HOME to another directory", path.display())]
    ForeignDatabase {
        /// The file.
        path: PathBuf,
    },
    /// The database is from a later version of this software.
    #[error("{} has schema {found}, this version knows up to {known}; update oneclaw", path.display())]
    NewerDatabase {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest one known here.
        known: i64,
    },
    /// The database holds something that this vault did not write.
    #[error("the database was changed from outside (table {table}); restore a backup, nothing was opened")]
    Tampered {
        /// The table.
        table: &'static str,
    },
    /// The database does not answer.
    #[error("failed to use the database {}; check that it is yours, whole, and that the disk has room", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What the database said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Sealing or opening failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The operating system's random generator failed.
    #[error("failed to read the operating system's random generator")]
    Random,
    /// This platform tells nothing about who may read a file.
    #[error("file permissions can't be checked on this platform; use a vault behind ONECLAW_BASE_URL")]
    Platform,
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let kind = match &error {
            VaultError::NotInitialised { .. } | VaultError::NoAgentKey { .. } => ProblemKind::NotFound,
            VaultError::AlreadyInitialised { .. } => ProblemKind::Conflict,
            VaultError::AgentName => ProblemKind::BadRequest,
            _ => ProblemKind::Internal,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<Tampered> for Problem {
    fn from(error: Tampered) -> Self {
        tracing::error!(table = error.table, "a row is not as this vault wrote it: refused");
        Self::new(
            ProblemKind::Internal,
            "the vault's database was changed from outside, so the request is refused; the owner should restore a backup",
        )
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::conflict("it was changed at the same time; look again and retry"),
            StoreError::Taken { column } => {
                Self::conflict(format!("another one with the same {column} exists"))
            }
            error => {
                tracing::error!(?error, "the store failed");
                Self::new(
                    ProblemKind::Unavailable,
                    "the vault's database does not answer; nothing has changed, try again",
                )
                .with_retry_after(1)
            }
        }
    }
}

/// Reports a failure of sealing or opening; which one it was stays in the log.
pub(crate) fn crypto_problem(error: &CryptoError) -> Problem {
    tracing::error!(%error, "sealing or opening failed");
    match error {
        CryptoError::ProviderUnavailable(_) => Problem::new(
            ProblemKind::Unavailable,
            "the key provider does not answer; nothing has changed, try again",
        )
        .with_retry_after(1),
        CryptoError::PlaintextTooLong { limit } => {
            Problem::new(ProblemKind::TooLarge, format!("a value has at most {limit} bytes"))
        }
        _ => Problem::new(
            ProblemKind::Internal,
            "the stored secret can't be opened: it was changed from outside, or belongs to another key",
        ),
    }
}
