//! Which secret and which version a call means, and whether it may answer.

use oneclaw_api::{Problem, ProblemKind};

use crate::authorize::{Authorized, Right};
use crate::database::{is, is_number};
use crate::rows::{SecretRow, Stored, Tampered, VersionRow};
use crate::vault::Vault;

impl Vault {
    /// Returns the secret and the version that a call means: the one it names, or the latest one that is not disabled.
    /// A version that may not answer is told, and recorded.
    pub(crate) async fn version<R: Right>(
        &self,
        authorized: &Authorized<R>,
        version: Option<u32>,
    ) -> Result<(SecretRow, Stored<VersionRow>), Problem> {
        let secret = self.live_secret(authorized).await?;
        let stored = match version {
            Some(version) => self.find_version(&secret, version).await?,
            None => self.latest_enabled(&secret).await?,
        };
        let problem = match stored {
            None if version.is_some() => no_such_version(&secret),
            None => gone("every version is disabled; put a new one"),
            Some(stored) => match self.silence(&secret, &stored.row) {
                None => return Ok((secret, stored)),
                Some(why) => gone(why),
            },
        };
        Err(self.note(authorized, problem).await)
    }

    /// Records the decision about a call that was allowed but finds nothing, and returns what to answer.
    pub(crate) async fn note<R: Right>(&self, authorized: &Authorized<R>, problem: Problem) -> Problem {
        let mut event = authorized.event();
        event.details.reason = Some(problem.kind().title().to_lowercase());
        match self.database().commit(Vec::new(), &event).await {
            Ok(()) => problem,
            Err(error) => error.into(),
        }
    }

    pub(super) async fn live_secret<R: Right>(
        &self,
        authorized: &Authorized<R>,
    ) -> Result<SecretRow, Problem> {
        match self.find_secret(authorized).await? {
            Some(stored) if stored.row.deleted_at.is_none() => Ok(stored.row),
            stored => Err(self.note(authorized, absent(stored.as_ref())).await),
        }
    }

    pub(super) async fn find_secret<R: Right>(
        &self,
        authorized: &Authorized<R>,
    ) -> Result<Option<Stored<SecretRow>>, Problem> {
        self.database().one(vec![is("vault_id", authorized.vault()), is("path", authorized.path())]).await
    }

    pub(super) async fn find_version(
        &self,
        secret: &SecretRow,
        version: u32,
    ) -> Result<Option<Stored<VersionRow>>, Problem> {
        self.database().one(vec![is("secret_id", secret.id), is_number("version", version)]).await
    }

    /// Reads a version that must be there: the current one of its secret.
    pub(super) async fn stored_version(
        &self,
        secret: &SecretRow,
        version: u32,
    ) -> Result<Stored<VersionRow>, Problem> {
        self.find_version(secret, version).await?.ok_or_else(|| Tampered { table: "secret_versions" }.into())
    }

    async fn latest_enabled(&self, secret: &SecretRow) -> Result<Option<Stored<VersionRow>>, Problem> {
        let mut version = secret.version;
        while version > secret.deleted_through {
            let stored = self.stored_version(secret, version).await?;
            if !stored.row.is_disabled {
                return Ok(Some(stored));
            }
            version -= 1;
        }
        Ok(None)
    }

    /// Tells why a version may not answer, if it may not.
    fn silence(&self, secret: &SecretRow, row: &VersionRow) -> Option<&'static str> {
        if row.version <= secret.deleted_through {
            Some("the version was deleted")
        } else if row.is_disabled {
            Some("the version is disabled")
        } else if row.expires_at.is_some_and(|expiry| self.now() >= expiry) {
            Some("the secret has expired; put or rotate a new version")
        } else if row.max_access_count.is_some_and(|limit| row.access_count >= limit) {
            Some("the secret was read as often as it may be; put or rotate a new version")
        } else {
            None
        }
    }
}

pub(super) fn absent(stored: Option<&Stored<SecretRow>>) -> Problem {
    match stored {
        Some(_) => gone("the secret was deleted"),
        None => Problem::not_found("there is no secret at this path; list the secrets to see what there is"),
    }
}

pub(super) fn no_such_version(secret: &SecretRow) -> Problem {
    Problem::not_found(format!("there is no such version; the current one is {}", secret.version))
}

pub(super) fn gone(why: &'static str) -> Problem {
    Problem::new(ProblemKind::Gone, why)
}
