//! `config.toml`: which key file the home uses.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::private_file;
use crate::{Home, VaultError};

const HEAD: &str = "# oneclaw: which key protects this vault. The key file is all that opens the database:\n\
                    # keep a copy of it apart from copies of the database. Losing it loses every secret.\n\n";

/// The content of `config.toml`. Unknown keys are refused.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) kek: Kek,
}

/// The key-encryption key. Which one may unwrap is said here and nowhere in the database.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kek {
    /// The key file; a relative path starts at the configuration's directory.
    pub(crate) file: PathBuf,
}

impl Config {
    /// Reads the home's configuration; nothing where there is none.
    pub(crate) fn read(home: &Home) -> Result<Option<Self>, VaultError> {
        let path = home.config_file();
        let Some(text) = private_file::read(&path)? else {
            return Ok(None);
        };
        toml::from_str(&text).map(Some).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            VaultError::Config { path, line: before.lines().count().max(1) }
        })
    }

    /// Writes the home's first configuration. Tells whether it did: another process may have been first.
    pub(crate) fn write_new(&self, home: &Home) -> Result<bool, VaultError> {
        // Two tables of strings always encode.
        let body = toml::to_string(self).unwrap_or_default();
        private_file::write_new(&home.config_file(), &format!("{HEAD}{body}"))
    }

    /// Returns the key file: the one that `ONECLAW_KEK_FILE` names goes first, for containers.
    pub(crate) fn kek_file(&self, home: &Home) -> PathBuf {
        match std::env::var_os("ONECLAW_KEK_FILE") {
            Some(file) if !file.is_empty() => PathBuf::from(file),
            _ => home.config_file().parent().unwrap_or(Path::new("")).join(&self.kek.file),
        }
    }
}
