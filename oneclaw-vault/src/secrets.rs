//! Secrets: each operation authorises, reads and writes rows, seals or opens, and records its event before it answers.

use oneclaw_api::{
    DescribedBinding, EnvBundle, MAX_VALUE_BYTES, NewSecret, Origin, Problem, ProblemKind, Rotation,
    SecretDescription, SecretMeta, SecretPath, SecretRead, VaultId,
};

use crate::audit::Action;
use crate::authenticate::Caller;
use crate::authorize::{Delete, List, Read, Rotate, Use, Write, no_such_vault};
use crate::database::is;
use crate::generate::generate;
use crate::rows::{BindingRow, SecretRow, VersionRow};
use crate::store::StoreError;
use crate::vault::Vault;

mod append;
mod checks;
mod find;

use append::{Content, Current, Draft};
use checks::{check_kind, check_match, check_metadata};
use find::{absent, gone, no_such_version};

/// How often a write is tried anew when others write the same secret at the same time.
const MAX_ATTEMPTS: usize = 32;

impl Vault {
    pub(crate) async fn list_secrets(
        &self,
        caller: &Caller,
        vault: VaultId,
        prefix: Option<&str>,
    ) -> Result<Vec<SecretMeta>, Problem> {
        let prefix = prefix.unwrap_or_default();
        if !prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/')) {
            return Err(Problem::bad_field("prefix", "has a character that no path has"));
        }
        let row = self.vault_row(vault).await?;
        let authority = self.authority(caller, vault, row.as_ref()).await?;
        if !self.is_visible(caller, row.as_ref(), &authority) {
            return Err(no_such_vault());
        }
        let shown = authority.lists();
        let secrets: Vec<SecretMeta> = self
            .database()
            .with_prefix::<SecretRow>(vec![is("vault_id", vault)], "path", prefix)
            .await?
            .into_iter()
            .filter(|stored| stored.row.deleted_at.is_none() && shown(&stored.row.path))
            .map(|stored| meta_of_secret(stored.row))
            .collect();
        let mut event = self.caller_event(caller, Action::SecretList).on(vault).counted(secrets.len());
        event.details.vault_id = Some(vault);
        self.database().commit(Vec::new(), &event).await?;
        Ok(secrets)
    }

    pub(crate) async fn put_secret(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
        new: NewSecret,
    ) -> Result<SecretMeta, Problem> {
        let authorized = self.authorize::<Write>(caller, vault, path, Action::SecretWrite).await?;
        let NewSecret { value, kind, metadata, expires_at, max_access_count, origin, if_match } = new;
        if value.is_empty() {
            return Err(Problem::bad_field("value", "is empty; give at least one byte"));
        }
        if value.len() > MAX_VALUE_BYTES {
            return Err(Problem::new(
                ProblemKind::TooLarge,
                format!("the value has {} bytes; at most {MAX_VALUE_BYTES} (1 MiB) are kept", value.len()),
            ));
        }
        let now = self.now();
        check_kind(kind.as_deref())?;
        check_metadata(metadata.as_ref())?;
        if expires_at.is_some_and(|expiry| expiry <= now) {
            return Err(Problem::bad_field("expires_at", "is in the past"));
        }
        if max_access_count == Some(0) {
            return Err(Problem::bad_field("max_access_count", "must be a whole number above 0"));
        }
        let exposed_at = (origin == Origin::Agent).then_some(now);
        let draft = Draft { kind, metadata, expires_at, max_access_count, origin, exposed_at };
        self.append(caller, &authorized, &draft, Content::New(&value), if_match, Current::Any).await
    }

    pub(crate) async fn read_secret(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
        version: Option<u32>,
    ) -> Result<SecretRead, Problem> {
        let authorized = self.authorize::<Read>(caller, vault, path, Action::SecretRead).await?;
        for _ in 0..MAX_ATTEMPTS {
            let (secret, stored) = self.version(&authorized, version).await?;
            let value = self.open_value(&authorized, &stored.row).await?;
            let mut event = authorized.event().on(secret.id);
            event.details.version = Some(stored.row.version);
            // Only a limited version is counted: the log tells how often the others were read.
            let writes = match stored.row.max_access_count {
                Some(_) => {
                    let counted =
                        VersionRow { access_count: stored.row.access_count + 1, ..stored.row.clone() };
                    vec![self.database().replace(&stored, &counted)]
                }
                None => Vec::new(),
            };
            match self.database().commit(writes, &event).await {
                Err(StoreError::Conflict) => continue,
                done => done?,
            }
            let created_by = stored.row.created_by.clone();
            return Ok(SecretRead { meta: meta_of_version(path, stored.row, false), created_by, value });
        }
        Err(StoreError::Conflict.into())
    }

    pub(crate) async fn describe_secret(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
    ) -> Result<SecretDescription, Problem> {
        let authorized = self.authorize::<List>(caller, vault, path, Action::SecretDescribe).await?;
        let secret = self.live_secret(&authorized).await?;
        let version = self.stored_version(&secret, secret.version).await?;
        let row = self.vault_row(vault).await?;
        let permissions = self.authority(caller, vault, row.as_ref()).await?.permissions(path);
        let bindings = match caller.principal.agent() {
            Some(agent) => self
                .database()
                .all::<BindingRow>(vec![is("agent_id", agent)])
                .await?
                .into_iter()
                .map(|stored| stored.row)
                .filter(|row| row.is_active && row.vault_id == vault && row.path == *path)
                .map(|row| DescribedBinding {
                    name: row.name,
                    base_url: row.config.base_url,
                    methods: row
                        .guardrails
                        .allowed_methods
                        .unwrap_or_else(|| vec!["GET".to_owned(), "HEAD".to_owned()]),
                })
                .collect(),
            None => Vec::new(),
        };
        let event = authorized.event().on(secret.id);
        self.database().commit(Vec::new(), &event).await?;
        let VersionRow { access_count, max_access_count, .. } = version.row;
        Ok(SecretDescription {
            meta: meta_of_version(path, version.row, true),
            access_count,
            max_access_count,
            permissions,
            bindings,
        })
    }

    pub(crate) async fn list_versions(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
    ) -> Result<Vec<SecretMeta>, Problem> {
        let authorized = self.authorize::<List>(caller, vault, path, Action::SecretVersions).await?;
        let secret = self.live_secret(&authorized).await?;
        let mut versions: Vec<SecretMeta> = self
            .database()
            .all::<VersionRow>(vec![is("secret_id", secret.id)])
            .await?
            .into_iter()
            .filter(|stored| stored.row.version > secret.deleted_through)
            .map(|stored| meta_of_version(path, stored.row, true))
            .collect();
        versions.reverse();
        let event = authorized.event().on(secret.id).counted(versions.len());
        self.database().commit(Vec::new(), &event).await?;
        Ok(versions)
    }

    pub(crate) async fn rotate_secret(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
        rotation: Rotation,
    ) -> Result<SecretMeta, Problem> {
        let authorized = self.authorize::<Rotate>(caller, vault, path, Action::SecretRotate).await?;
        check_kind(rotation.kind.as_deref())?;
        let value = generate(&rotation)?;
        let draft = Draft { kind: rotation.kind, ..Draft::of(Origin::Generated) };
        self.append(caller, &authorized, &draft, Content::New(&value), None, Current::Live).await
    }

    pub(crate) async fn rollback_secret(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
        version: u32,
        if_match: Option<u32>,
    ) -> Result<SecretMeta, Problem> {
        let authorized = self.authorize::<Write>(caller, vault, path, Action::SecretRollback).await?;
        let (_, former) = self.version(&authorized, Some(version)).await?;
        let former = former.row;
        let draft = Draft {
            kind: Some(former.kind.clone()),
            metadata: Some(former.metadata.clone()),
            expires_at: former.expires_at,
            max_access_count: former.max_access_count,
            origin: former.origin,
            // The same value is as exposed as it was.
            exposed_at: former.exposed_at,
        };
        let content = Content::Former(&authorized, &former);
        self.append(caller, &authorized, &draft, content, if_match, Current::Live).await
    }

    pub(crate) async fn disable_version(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
        version: u32,
    ) -> Result<(), Problem> {
        let authorized = self.authorize::<Write>(caller, vault, path, Action::SecretDisable).await?;
        let secret = self.live_secret(&authorized).await?;
        if version <= secret.deleted_through {
            return Err(self.note(&authorized, gone("the version was deleted")).await);
        }
        let stored = match self.find_version(&secret, version).await? {
            Some(stored) => stored,
            None => return Err(self.note(&authorized, no_such_version(&secret)).await),
        };
        let disabled = VersionRow { is_disabled: true, ..stored.row.clone() };
        let mut event = authorized.event().on(secret.id);
        event.details.version = Some(version);
        Ok(self.database().commit(vec![self.database().replace(&stored, &disabled)], &event).await?)
    }

    pub(crate) async fn delete_secret(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
        if_match: Option<u32>,
    ) -> Result<(), Problem> {
        let authorized = self.authorize::<Delete>(caller, vault, path, Action::SecretDelete).await?;
        for _ in 0..MAX_ATTEMPTS {
            let stored = self.find_secret(&authorized).await?;
            let live = match &stored {
                Some(stored) if stored.row.deleted_at.is_none() => stored,
                _ => return Err(self.note(&authorized, absent(stored.as_ref())).await),
            };
            check_match(if_match, live.row.version)?;
            let deleted = SecretRow {
                deleted_at: Some(self.now()),
                deleted_through: live.row.version,
                ..live.row.clone()
            };
            let mut event = authorized.event().on(live.row.id);
            event.details.version = Some(live.row.version);
            match self.database().commit(vec![self.database().replace(live, &deleted)], &event).await {
                Err(StoreError::Conflict) => {}
                done => return Ok(done?),
            }
        }
        Err(StoreError::Conflict.into())
    }

    pub(crate) async fn env_bundle_names(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
    ) -> Result<Vec<String>, Problem> {
        let authorized = self.authorize::<Use>(caller, vault, path, Action::SecretNames).await?;
        let (secret, stored) = self.version(&authorized, None).await?;
        let names: Vec<String> = match EnvBundle::parse(&self.open_value(&authorized, &stored.row).await?) {
            Ok(bundle) => bundle.names().map(str::to_owned).collect(),
            Err(error) => return Err(self.note(&authorized, Problem::bad_request(error.to_string())).await),
        };
        let mut event = authorized.event().on(secret.id).counted(names.len());
        event.details.version = Some(stored.row.version);
        self.database().commit(Vec::new(), &event).await?;
        Ok(names)
    }
}

fn meta_of_secret(row: SecretRow) -> SecretMeta {
    SecretMeta {
        id: row.id,
        path: row.path,
        kind: row.kind,
        version: row.version,
        metadata: row.metadata,
        created_at: row.version_created_at,
        expires_at: row.version_expires_at,
        is_disabled: false,
        origin: None,
        exposed_at: None,
    }
}

/// Shows a version; `in_full` with what other clients don't know.
fn meta_of_version(path: &SecretPath, row: VersionRow, in_full: bool) -> SecretMeta {
    SecretMeta {
        id: row.secret_id,
        path: path.clone(),
        kind: row.kind,
        version: row.version,
        metadata: row.metadata,
        created_at: row.created_at,
        expires_at: row.expires_at,
        is_disabled: in_full && row.is_disabled,
        origin: in_full.then_some(row.origin),
        exposed_at: row.exposed_at.filter(|_| in_full),
    }
}
