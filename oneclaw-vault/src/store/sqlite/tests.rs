//! The store on SQLite: the suite for all stores, and what is special about files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use oneclaw_crypto::local::LocalProvider;
use oneclaw_crypto::{ChainKey, Context, Keyring, RootKey, SecretBytes};

use super::*;
use crate::store::conformance::{Fixture, conformance};

mod crash;
mod disk;
mod files;
mod log;
mod model;
mod process;
mod processes;

conformance!(fixture);

/// A directory with a database, and the key of its chain; a process that is started with the directory finds both.
pub(super) struct Home {
    directory: PathBuf,
    pub(super) chain: ChainKey,
}

impl Home {
    pub(super) async fn create(directory: &Path) -> Self {
        let home = Self::prepare(directory).await;
        drop(SqliteFile::create(&home.database()).unwrap());
        home
    }

    /// Makes the key, and no database yet.
    pub(super) async fn prepare(directory: &Path) -> Self {
        let (root, wrap) = RootKey::create(&keyring(), &Context::new("test")).await.unwrap();
        std::fs::write(directory.join("root"), wrap).unwrap();
        Self { directory: directory.to_owned(), chain: root.audit_mac() }
    }

    pub(super) async fn load(directory: &Path) -> Self {
        let wrap = std::fs::read(directory.join("root")).unwrap();
        let root = RootKey::open(&keyring(), &Context::new("test"), &wrap).await.unwrap();
        Self { directory: directory.to_owned(), chain: root.audit_mac() }
    }

    pub(super) fn database(&self) -> PathBuf {
        self.directory.join("vault.db")
    }

    pub(super) fn store(&self) -> SqliteStore {
        SqliteFile::open(&self.database()).unwrap().start(self.chain.clone()).unwrap()
    }
}

/// How many times longer than in everyday runs the random ones go on.
pub(super) fn scale() -> u32 {
    std::env::var("SCALE").ok().and_then(|scale| scale.parse().ok()).unwrap_or(1)
}

fn keyring() -> Keyring {
    Keyring::new(Arc::new(LocalProvider::from_key(SecretBytes::copy_from(&[1; 32])).unwrap()))
}

async fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    Fixture { store: Arc::new(home.store()), chain: home.chain, _keep: Box::new(directory) }
}
