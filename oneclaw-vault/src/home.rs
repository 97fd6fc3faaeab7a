use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use oneclaw_api::ApiKey;

use crate::{VaultError, private_file};

/// Where an embedded vault lives: its configuration and keys in one directory, its database in another.
///
/// ```text
/// config.toml        which key file is used
/// keys/kek-*.key     key-encryption keys (0600)
/// agents/NAME.key    agents' API keys (0600)
/// data/vault.db      the database; in the platform's data directory where ONECLAW_HOME is not set
/// ```
#[derive(Debug, Clone)]
pub struct Home {
    config: PathBuf,
    data: PathBuf,
}

impl Home {
    /// Finds the home: the directory in `ONECLAW_HOME`, or the platform's configuration and data directories.
    ///
    /// # Errors
    ///
    /// Fails when neither is known.
    pub fn locate() -> Result<Self, VaultError> {
        match std::env::var_os("ONECLAW_HOME") {
            Some(directory) if !directory.is_empty() => {
                std::path::absolute(&directory).map(Self::at).map_err(|_| VaultError::NoHome)
            }
            _ => {
                let platform =
                    etcetera::base_strategy::choose_native_strategy().map_err(|_| VaultError::NoHome)?;
                let name = "oneclaw";
                Ok(Self { config: platform.config_dir().join(name), data: platform.data_dir().join(name) })
            }
        }
    }

    /// Takes `directory` as the home.
    #[must_use]
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        let config = directory.into();
        Self { data: config.join("data"), config }
    }

    /// Returns the directory of the configuration.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.config
    }

    /// Returns the configuration file.
    #[must_use]
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// Returns the database file.
    #[must_use]
    pub fn database_file(&self) -> PathBuf {
        self.data.join("vault.db")
    }

    /// Tells whether a vault was made here.
    #[must_use]
    pub fn is_initialised(&self) -> bool {
        self.config_file().exists() && self.database_file().exists()
    }

    /// Reads the API key kept for an agent.
    ///
    /// # Errors
    ///
    /// Fails when there is none, others may read the file, or it does not hold a key.
    pub fn agent_key(&self, name: &str) -> Result<ApiKey, VaultError> {
        let path = self.agent_file(name)?;
        let text = private_file::read(&path)?.ok_or_else(|| VaultError::NoAgentKey {
            name: name.to_owned(),
            directory: self.agents_directory(),
        })?;
        ApiKey::parse(text.trim_end()).map_err(|source| VaultError::BadAgentKey { path, source })
    }

    /// Keeps an agent's API key in a file of mode 0600, in place of a former one, and returns the file's path.
    ///
    /// # Errors
    ///
    /// Fails when the name is not a file's, or the file can't be written.
    pub fn save_agent_key(&self, name: &str, key: &ApiKey) -> Result<PathBuf, VaultError> {
        let path = self.agent_file(name)?;
        private_file::create_directory(&self.agents_directory())?;
        private_file::write(&path, key.expose_key())?;
        Ok(path)
    }

    /// Removes the file of an agent's API key, if there is one.
    ///
    /// # Errors
    ///
    /// Fails when the file can't be removed.
    pub fn remove_agent_key(&self, name: &str) -> Result<(), VaultError> {
        let path = self.agent_file(name)?;
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(VaultError::Io { action: "remove", path, source })
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn data_directory(&self) -> &Path {
        &self.data
    }

    pub(crate) fn keys_directory(&self) -> PathBuf {
        self.config.join("keys")
    }

    fn agents_directory(&self) -> PathBuf {
        self.config.join("agents")
    }

    fn agent_file(&self, name: &str) -> Result<PathBuf, VaultError> {
        if !is_name(name) {
            return Err(VaultError::AgentName);
        }
        Ok(self.agents_directory().join(format!("{name}.key")))
    }
}

/// Tells whether a text is a name of an agent or a binding: `[A-Za-z0-9_-]{1,64}`.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use oneclaw_api::ApiKeyKind;

    use super::*;

    #[test]
    fn an_agents_key_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path());
        assert!(matches!(home.agent_key("claude"), Err(VaultError::NoAgentKey { .. })));
        let key = ApiKey::generate(ApiKeyKind::Agent).unwrap();
        let path = home.save_agent_key("claude", &key).unwrap();
        assert_eq!(home.agent_key("claude").unwrap().expose_key(), key.expose_key());
        fs::write(&path, "ocv_x").unwrap();
        assert!(matches!(home.agent_key("claude"), Err(VaultError::BadAgentKey { .. })));
        home.remove_agent_key("claude").unwrap();
        home.remove_agent_key("claude").unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_name_can_not_leave_the_directory() {
        let home = Home::at("home");
        for name in ["", "../x", "a/b", "a.b", "é", &"a".repeat(65)] {
            assert!(matches!(home.agent_key(name), Err(VaultError::AgentName)), "{name}");
        }
    }
}
