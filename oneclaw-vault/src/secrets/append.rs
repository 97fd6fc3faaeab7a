//! A new version of a secret.

use jiff::Timestamp;
use oneclaw_api::{Origin, Problem, SecretId, SecretMeta, SecretValue};
use oneclaw_crypto::Envelope;
use serde_json::{Map, Value as Json};

use super::find::absent;
use super::{MAX_ATTEMPTS, check_match, meta_of_version};
use crate::authenticate::Caller;
use crate::authorize::{Authorized, Right, Write};
use crate::envelope::Place;
use crate::rows::{SecretRow, VersionRow};
use crate::store::StoreError;
use crate::vault::Vault;

/// What a new version is made from, once its value is sealed.
pub(super) struct Draft {
    pub(super) kind: Option<String>,
    pub(super) metadata: Option<Map<String, Json>>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) max_access_count: Option<u32>,
    pub(super) origin: Origin,
    pub(super) exposed_at: Option<Timestamp>,
}

impl Draft {
    pub(super) const fn of(origin: Origin) -> Self {
        Self {
            kind: None,
            metadata: None,
            expires_at: None,
            max_access_count: None,
            origin,
            exposed_at: None,
        }
    }
}

/// Where the value of a new version comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Content<'a> {
    /// It is given.
    New(&'a SecretValue),
    /// It is that of an earlier version.
    Former(&'a Authorized<Write>, &'a VersionRow),
}

/// What an append demands of the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Current {
    /// Nothing: the first version makes the secret.
    Any,
    /// That it is there.
    Live,
}

impl Vault {
    /// Appends a version: its number is the one after the current one, whoever else writes at the same time.
    pub(super) async fn append<R: Right>(
        &self,
        caller: &Caller,
        authorized: &Authorized<R>,
        draft: &Draft,
        content: Content<'_>,
        if_match: Option<u32>,
        current: Current,
    ) -> Result<SecretMeta, Problem> {
        let (vault, path) = (authorized.vault(), authorized.path());
        for _ in 0..MAX_ATTEMPTS {
            let stored = self.find_secret(authorized).await?;
            let live = stored.as_ref().filter(|stored| stored.row.deleted_at.is_none());
            if current == Current::Live && live.is_none() {
                return Err(self.note(authorized, absent(stored.as_ref())).await);
            }
            check_match(if_match, live.map_or(0, |stored| stored.row.version))?;
            let id = stored.as_ref().map_or_else(SecretId::random, |stored| stored.row.id);
            let number = stored.as_ref().map_or(0, |stored| stored.row.version) + 1;
            let place = Place { vault, secret: id, path, version: number };
            let envelope = match content {
                Content::New(value) => self.seal(place, value).await?,
                Content::Former(authorized, row) => self.reseal(authorized, row, place).await?,
            };
            let version =
                self.new_version(caller, id, number, live.map(|stored| &stored.row), draft, envelope);
            let secret = SecretRow {
                vault_id: vault,
                path: path.clone(),
                id,
                version: number,
                deleted_at: None,
                deleted_through: stored.as_ref().map_or(0, |stored| stored.row.deleted_through),
                created_at: stored.as_ref().map_or(version.created_at, |stored| stored.row.created_at),
                kind: version.kind.clone(),
                metadata: version.metadata.clone(),
                version_created_at: version.created_at,
                version_expires_at: version.expires_at,
            };
            let head = match &stored {
                Some(stored) => self.database().replace(stored, &secret),
                None => self.database().insert(&secret),
            };
            let mut event = authorized.event().on(id);
            event.details.version = Some(number);
            match self.database().commit(vec![head, self.database().insert(&version)], &event).await {
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(()) => return Ok(meta_of_version(path, version, false)),
            }
        }
        Err(StoreError::Conflict.into())
    }

    fn new_version(
        &self,
        caller: &Caller,
        secret_id: SecretId,
        version: u32,
        current: Option<&SecretRow>,
        draft: &Draft,
        envelope: Envelope,
    ) -> VersionRow {
        let Draft { kind, metadata, expires_at, max_access_count, origin, exposed_at } = draft;
        let kept_kind = || current.map_or_else(|| "generic".to_owned(), |row| row.kind.clone());
        let kept_metadata = || current.map(|row| row.metadata.clone()).unwrap_or_default();
        VersionRow {
            secret_id,
            version,
            envelope,
            kind: kind.clone().unwrap_or_else(kept_kind),
            metadata: metadata.clone().unwrap_or_else(kept_metadata),
            origin: *origin,
            exposed_at: *exposed_at,
            expires_at: *expires_at,
            max_access_count: *max_access_count,
            access_count: 0,
            is_disabled: false,
            created_by: caller.principal.to_string(),
            created_at: self.now(),
        }
    }
}
