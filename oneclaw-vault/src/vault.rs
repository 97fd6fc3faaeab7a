use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use oneclaw_api::{
    ApiKey, AuditDetails, Clock, EventId, Health, OrgId, PrincipalId, SystemClock, UserId, VaultId,
};
use oneclaw_crypto::local::{KekFile, LocalProvider};
use oneclaw_crypto::{
    ApiKeyMacKey, ChainKey, Context, CryptoError, KeyDescription, Keyring, RootKey, RowMacKey,
};

use crate::audit::{Action, Event};
use crate::authenticate::Caller;
use crate::config::{Config, Kek};
use crate::database::Database;
use crate::rows::{Row, SettingRow, SigningKeyRow, Stored, UserRow, VaultRow, insert, query};
use crate::session::Session;
use crate::store::{Batch, RawRow, SqliteFile, Store, StoreError, Value};
use crate::token::{TokenSigner, VerifyingKey};
use crate::vaults::DEFAULT_NAME;
use crate::{Home, VaultError, private_file};

/// The settings: what must be known before anything else can be read.
const ORG: &str = "org";
const OWNER: &str = "owner";
const ROOT: &str = "root";

/// The generation of the root key, part of what its wrap is bound to.
const ROOT_GENERATION: u32 = 1;

/// How a vault is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock) }
    }
}

/// An open vault. Cheap to clone; the last clone to be dropped closes it.
///
/// Nothing can be done with a vault but through a [`Session`], which stands for one caller.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    org: OrgId,
    owner: UserId,
    database: Database,
    keyring: Keyring,
    api_key: ApiKeyMacKey,
    chain: ChainKey,
    signer: TokenSigner,
    clock: Arc<dyn Clock>,
    #[cfg(feature = "broker")]
    broker: oneclaw_broker::Broker,
}

impl Vault {
    /// Makes a vault: a key file, a configuration, a database with its owner and a vault named `default`.
    ///
    /// # Errors
    ///
    /// [`VaultError::AlreadyInitialised`] when there is one; else what could not be written. A run that was cut short
    /// is finished by the next one.
    pub async fn init(home: &Home) -> Result<Self, VaultError> {
        Self::init_with(home, Options::default()).await
    }

    /// Makes a vault, with options.
    ///
    /// # Errors
    ///
    /// As [`Vault::init`].
    pub async fn init_with(home: &Home, options: Options) -> Result<Self, VaultError> {
        let (kek, config_kek) = prepare_kek(home)?;
        let keyring = Keyring::new(Arc::new(kek));
        let path = home.database_file();
        let file = SqliteFile::create(&path).map_err(|error| store_error(&path, error))?;
        if setting(&file, ORG).map_err(|error| store_error(&path, error))?.is_some() {
            return Err(VaultError::AlreadyInitialised { home: home.directory().to_owned() });
        }
        let org = OrgId::random();
        let (root, wrapped_root) = RootKey::create(&keyring, &root_context(org)).await?;
        let batch = first_batch(&root, org, wrapped_root, options.clock.now())?;
        let store = file.start(root.audit_mac()).map_err(|error| store_error(&path, error))?;
        match store.commit(batch).await {
            // Another process made the vault meanwhile.
            Err(StoreError::Conflict | StoreError::Taken { .. }) => {
                return Err(VaultError::AlreadyInitialised { home: home.directory().to_owned() });
            }
            done => done.map_err(|error| store_error(&path, error))?,
        }
        drop(store);
        Self::open_keyring(&path, &config_kek, keyring, options).await
    }

    /// Opens the vault of a home.
    ///
    /// # Errors
    ///
    /// Says what is missing, open to others, foreign, newer than this software, or made with another key.
    pub async fn open(home: &Home) -> Result<Self, VaultError> {
        Self::open_with(home, Options::default()).await
    }

    /// Opens the vault of a home, with options.
    ///
    /// # Errors
    ///
    /// As [`Vault::open`].
    pub async fn open_with(home: &Home, options: Options) -> Result<Self, VaultError> {
        let config = Config::read(home)?
            .ok_or_else(|| VaultError::NotInitialised { home: home.directory().to_owned() })?;
        let kek = config.kek_file(home);
        let keyring = Keyring::new(Arc::new(KekFile::load(&kek)?));
        match Self::open_keyring(&home.database_file(), &kek, keyring, options).await {
            Err(VaultError::Database { source, .. })
                if matches!(source.downcast_ref(), Some(StoreError::Missing)) =>
            {
                Err(VaultError::NotInitialised { home: home.directory().to_owned() })
            }
            opened => opened,
        }
    }

    /// Returns the vault as its owner sees it: whoever can open the home is the owner.
    #[must_use]
    pub fn owner(&self) -> Session {
        Session::of_owner(self.clone())
    }

    /// Returns the vault as an agent sees it. The key is exchanged for a token at the first call, and again 60 s
    /// before the token expires.
    #[must_use]
    pub fn agent_session(&self, key: ApiKey) -> Session {
        Session::with_agent_key(self.clone(), key)
    }

    /// Returns the public keys that tokens are verified with.
    #[must_use]
    pub fn verifying_keys(&self) -> Vec<VerifyingKey> {
        vec![self.0.signer.verifying_key()]
    }

    /// Returns the issuer of the tokens, `urn:oneclaw:<org>`.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.0.signer.issuer()
    }

    /// Tells how the vault is: `healthy`, or `degraded` while its key provider does not answer.
    pub async fn health(&self) -> Health {
        let status = if self.0.keyring.health().await.is_ok() { "healthy" } else { "degraded" };
        Health { status: status.to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// Describes the key-encryption key and how it is protected.
    #[must_use]
    pub fn kek(&self) -> &KeyDescription {
        self.0.keyring.describe()
    }

    pub(crate) fn org(&self) -> OrgId {
        self.0.org
    }

    pub(crate) fn owner_id(&self) -> UserId {
        self.0.owner
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    pub(crate) fn chain(&self) -> &ChainKey {
        &self.0.chain
    }

    pub(crate) fn signer(&self) -> &TokenSigner {
        &self.0.signer
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    #[cfg(feature = "broker")]
    pub(crate) fn broker(&self) -> &oneclaw_broker::Broker {
        &self.0.broker
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Returns what a key is stored and found by.
    pub(crate) fn api_key_digest(&self, key: &ApiKey) -> [u8; 32] {
        self.0.api_key.digest(key.expose_key().as_bytes())
    }

    /// Starts an event of the vault itself.
    pub(crate) fn event(&self, action: Action) -> Event {
        Event {
            id: EventId::random(),
            created_at: self.now(),
            org: self.0.org,
            actor: None,
            ip: None,
            action,
            resource_id: String::new(),
            details: AuditDetails { decision: "allow".to_owned(), ..AuditDetails::default() },
        }
    }

    /// Starts an event of a caller.
    pub(crate) fn caller_event(&self, caller: &Caller, action: Action) -> Event {
        Event { actor: Some(caller.principal), ip: caller.ip, ..self.event(action) }
    }

    async fn open_keyring(
        path: &Path,
        kek: &Path,
        keyring: Keyring,
        options: Options,
    ) -> Result<Self, VaultError> {
        let failed = |error| store_error(path, error);
        let file = SqliteFile::open(path).map_err(failed)?;
        let missing =
            || VaultError::Database { path: path.to_owned(), source: Box::new(StoreError::Missing) };
        let org_row = setting(&file, ORG).map_err(failed)?.ok_or_else(missing)?;
        let root_row = setting(&file, ROOT).map_err(failed)?.ok_or_else(missing)?;
        let tampered = || VaultError::Tampered { table: SettingRow::TABLE.name };
        // Not trusted yet: a wrong organisation or wrap opens no root key, and the MACs are checked below.
        let org = unverified(&org_row).try_into().map(OrgId::from_bytes).map_err(|_| tampered())?;
        let root =
            RootKey::open(&keyring, &root_context(org), unverified(&root_row)).await.map_err(|error| {
                match error {
                    CryptoError::UnknownKek => {
                        VaultError::WrongKek { kek: kek.to_owned(), database: path.to_owned() }
                    }
                    CryptoError::Open => tampered(),
                    error => error.into(),
                }
            })?;
        let mac = root.row_mac();
        let owner_row = setting(&file, OWNER).map_err(failed)?.ok_or_else(tampered)?;
        for row in [org_row, root_row] {
            Stored::<SettingRow>::verify(&mac, row).map_err(|_| tampered())?;
        }
        let owner = Stored::<SettingRow>::verify(&mac, owner_row).map_err(|_| tampered())?.row.value;
        let owner = UserId::from_bytes(owner.try_into().map_err(|_| tampered())?);
        let signing_key = file
            .select(&query::<SigningKeyRow>(Vec::new()))
            .map_err(failed)?
            .into_iter()
            .next()
            .ok_or(VaultError::Tampered { table: SigningKeyRow::TABLE.name })?;
        let signing_key = Stored::<SigningKeyRow>::verify(&mac, signing_key)
            .map_err(|error| VaultError::Tampered { table: error.table })?
            .row;
        let store = file.start(root.audit_mac()).map_err(failed)?;
        Ok(Self(Arc::new(Inner {
            org,
            owner,
            signer: TokenSigner::open(org, &root.seal(), &signing_key)?,
            api_key: root.api_key(),
            chain: root.audit_mac(),
            database: Database::new(Arc::new(store), mac),
            keyring,
            #[cfg(feature = "broker")]
            broker: oneclaw_broker::Broker::builder().clock(Arc::clone(&options.clock)).build(),
            clock: options.clock,
        })))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", self.0.org)
    }
}

/// Finds the key file that the configuration names, or makes both.
fn prepare_kek(home: &Home) -> Result<(LocalProvider, PathBuf), VaultError> {
    private_file::create_directory(home.directory())?;
    private_file::create_directory(&home.keys_directory())?;
    private_file::create_directory(home.data_directory())?;
    if Config::read(home)?.is_none() {
        let mut name = [0; 4];
        getrandom::fill(&mut name).map_err(|_| VaultError::Random)?;
        let name = format!("kek-{}.key", data_encoding::HEXLOWER.encode(&name));
        let config = Config { kek: Kek { file: Path::new("keys").join(&name) } };
        // A key file that is named from outside, as in a container, is not made here.
        let file = config.kek_file(home);
        if file == home.keys_directory().join(&name) {
            KekFile::create(&file)?;
        }
        if !config.write_new(home)? {
            let _ = std::fs::remove_file(home.keys_directory().join(&name));
        }
    }
    let config = Config::read(home)?
        .ok_or_else(|| VaultError::NotInitialised { home: home.directory().to_owned() })?;
    let file = config.kek_file(home);
    Ok((KekFile::load(&file)?, file))
}

/// Everything a new database starts with, in one transaction.
fn first_batch(
    root: &RootKey,
    org: OrgId,
    wrapped_root: Vec<u8>,
    now: Timestamp,
) -> Result<Batch, VaultError> {
    let mac: RowMacKey = root.row_mac();
    let user = UserRow {
        id: UserId::random(),
        name: "owner".to_owned(),
        is_owner: true,
        is_active: true,
        created_at: now,
    };
    let owner = PrincipalId::User(user.id);
    let vault = VaultRow {
        id: VaultId::random(),
        name: DEFAULT_NAME.to_owned(),
        description: String::new(),
        created_by: owner,
        created_at: now,
    };
    let setting = |name: &str, value: &[u8]| SettingRow { name: name.to_owned(), value: value.to_owned() };
    let event = Event {
        id: EventId::random(),
        created_at: now,
        org,
        actor: Some(owner),
        ip: None,
        action: Action::VaultInit,
        resource_id: vault.id.to_string(),
        details: AuditDetails { decision: "allow".to_owned(), ..AuditDetails::default() },
    };
    Ok(Batch {
        writes: vec![
            insert(&mac, &setting(ORG, org.as_bytes())),
            insert(&mac, &setting(OWNER, user.id.as_bytes())),
            insert(&mac, &setting(ROOT, &wrapped_root)),
            insert(&mac, &TokenSigner::generate(&root.seal(), now)?),
            insert(&mac, &user),
            insert(&mac, &vault),
        ],
        events: vec![event.to_new()],
    })
}

fn root_context(org: OrgId) -> Context {
    Context::new("oneclaw/root/v1")
        .field(1, org.as_bytes())
        .field(7, b"root")
        .field(8, &ROOT_GENERATION.to_be_bytes())
}

fn setting(file: &SqliteFile, name: &str) -> Result<Option<RawRow>, StoreError> {
    let rows = file.select(&query::<SettingRow>(vec![("name", Value::Text(name.to_owned()))]))?;
    Ok(rows.into_iter().next())
}

/// Returns the value of a setting whose MAC can't be checked yet.
fn unverified(row: &RawRow) -> &[u8] {
    match row.values.as_slice() {
        [Value::Text(_), Value::Blob(value)] => value,
        _ => &[],
    }
}

fn store_error(path: &Path, error: StoreError) -> VaultError {
    match error {
        StoreError::Foreign => VaultError::ForeignDatabase { path: path.to_owned() },
        StoreError::Newer { found, known } => {
            VaultError::NewerDatabase { path: path.to_owned(), found, known }
        }
        error => VaultError::Database { path: path.to_owned(), source: Box::new(error) },
    }
}
