//! Sealing and opening values. Opening demands the proof of a decision; nothing else in this crate opens a value.

use oneclaw_api::{Problem, SecretId, SecretPath, SecretValue, VaultId};
use oneclaw_crypto::{Context, Envelope};
use secrecy::ExposeSecret;

use crate::authorize::{Authorized, Read, Right, Use, Write};
use crate::error::crypto_problem;
use crate::rows::VersionRow;
use crate::vault::Vault;

/// The rights that let a value out of its envelope.
pub(crate) trait Opens: Right {}

impl Opens for Read {}
impl Opens for Use {}

/// What an envelope is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) vault: VaultId,
    pub(crate) secret: SecretId,
    pub(crate) path: &'a SecretPath,
    pub(crate) version: u32,
}

impl Vault {
    /// Seals a value under a fresh data key, bound to its place.
    pub(crate) async fn seal(&self, place: Place<'_>, value: &SecretValue) -> Result<Envelope, Problem> {
        self.keyring()
            .seal(&self.value_context(place), &self.wrap_context(place), value.expose_secret())
            .await
            .map_err(|error| crypto_problem(&error))
    }

    /// Opens a version of a secret.
    pub(crate) async fn open_value<R: Opens>(
        &self,
        authorized: &Authorized<R>,
        row: &VersionRow,
    ) -> Result<SecretValue, Problem> {
        self.unseal(authorized.vault(), authorized.path(), row).await
    }

    /// Seals the value of a version anew for another place: the value does not leave.
    pub(crate) async fn reseal(
        &self,
        authorized: &Authorized<Write>,
        from: &VersionRow,
        to: Place<'_>,
    ) -> Result<Envelope, Problem> {
        let value = self.unseal(authorized.vault(), authorized.path(), from).await?;
        self.seal(to, &value).await
    }

    async fn unseal(
        &self,
        vault: VaultId,
        path: &SecretPath,
        row: &VersionRow,
    ) -> Result<SecretValue, Problem> {
        let place = Place { vault, secret: row.secret_id, path, version: row.version };
        let value = self
            .keyring()
            .open(&self.value_context(place), &self.wrap_context(place), &row.envelope)
            .await
            .map_err(|error| crypto_problem(&error))?;
        Ok(SecretValue::new(value.into_zeroizing()))
    }

    fn value_context(&self, place: Place<'_>) -> Context {
        let Place { vault, secret, path: _, version } = place;
        Context::new("oneclaw/value/v1")
            .field(1, self.org().as_bytes())
            .field(2, vault.as_bytes())
            .field(3, secret.as_bytes())
            .field(4, &u64::from(version).to_be_bytes())
    }

    fn wrap_context(&self, place: Place<'_>) -> Context {
        let Place { vault, secret, path, version } = place;
        Context::new("oneclaw/wrap/v1")
            .field(1, self.org().as_bytes())
            .field(2, vault.as_bytes())
            .field(3, secret.as_bytes())
            .field(4, &u64::from(version).to_be_bytes())
            .field(6, path.as_str().as_bytes())
    }
}
