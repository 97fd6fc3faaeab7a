//! The file of a database: made with narrow permissions, checked before anything else is done with it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use oneclaw_crypto::ChainKey;
use rusqlite::Connection;

use super::{SqliteStore, connection, rows};
use crate::store::{Query, RawRow, StoreError, migrations};

/// An opened database that is not yet written to: the keys that writing needs are found in it.
#[derive(Debug)]
pub(crate) struct SqliteFile {
    path: PathBuf,
    connection: Connection,
}

impl SqliteFile {
    /// Opens the database, made and given its schema if there is none.
    ///
    /// The file is 0600, directories made for it 0700. Of two processes that do this at once, both succeed; which one
    /// initialises the rows is decided by the first batch that inserts them.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        let path = std::path::absolute(path)?;
        if let Some(directory) = path.parent() {
            make_directory(directory)?;
        }
        make_file(&path)?;
        Self::open_existing(path, true)
    }

    /// Opens the database, brought to the newest schema.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_existing(std::path::absolute(path)?, false)
    }

    /// Lists the rows that fit.
    pub(crate) fn select(&self, query: &Query) -> Result<Vec<RawRow>, StoreError> {
        rows::select(&self.connection, query)
    }

    /// Starts the store, its events linked under `chain`.
    pub(crate) fn start(self, chain: ChainKey) -> Result<SqliteStore, StoreError> {
        let Self { path, connection } = self;
        SqliteStore::start(path, connection, chain)
    }

    fn open_existing(path: PathBuf, create: bool) -> Result<Self, StoreError> {
        if !path.try_exists()? {
            return Err(StoreError::Missing);
        }
        let connection = connection::writer(&path)?;
        if connection.is_readonly(rusqlite::MAIN_DB)? {
            return Err(StoreError::ReadOnly);
        }
        // A file is looked at before any setting touches it: it may be somebody else's.
        if !migrations::has_schema(&connection)? && !create {
            return Err(StoreError::Missing);
        }
        connection::make_durable(&connection)?;
        migrations::migrate(&connection)?;
        connection::log_ahead(&connection)?;
        Ok(Self { path, connection })
    }
}

fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes an empty file, which to SQLite is an empty database; its companions get the permissions it has.
fn make_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(error),
    };
    // Whatever the umask has taken away.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.sync_all()?;
    // The name has to be durable too.
    #[cfg(unix)]
    if let Some(directory) = path.parent() {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}
