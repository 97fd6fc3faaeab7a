//! Who is asking: keys are exchanged for tokens, tokens are checked against the live rows at every call.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::SignedDuration;
use oneclaw_api::{AgentId, ApiKey, ApiKeyKind, PrincipalId, Problem, Token, VaultId};

use crate::audit::{Action, Event};
use crate::database::{is, is_bytes};
use crate::rows::{AgentRow, ApiKeyRow, RevokedTokenRow, Stored, UserRow};
use crate::session::Session;
use crate::token::{Claims, TokenError};
use crate::vault::Vault;

/// How long an agent's token holds, unless its record says otherwise.
const AGENT_TTL_SECONDS: u32 = 3600;

/// How long a person's token holds.
const USER_TTL_SECONDS: u32 = 900;

/// The outcome of a key exchange.
#[derive(Debug)]
pub struct TokenGrant {
    /// The token.
    pub token: Token,
    /// Seconds until it expires.
    pub expires_in: u32,
    /// The agent the key belongs to; nothing for a person's key.
    pub agent: Option<AgentId>,
    /// The vaults the agent is bound to.
    pub vault_ids: Vec<VaultId>,
}

/// The authenticated asker of one request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) principal: PrincipalId,
    pub(crate) name: String,
    pub(crate) is_owner: bool,
    /// The live record, for an agent.
    pub(crate) agent: Option<Arc<Stored<AgentRow>>>,
    pub(crate) ip: Option<IpAddr>,
}

/// What a person's or an agent's key stands for.
enum KeyHolder {
    Agent(Stored<AgentRow>),
    User(UserRow, ApiKeyRow),
}

impl Vault {
    /// Exchanges an API key of either kind for a token.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when the key has a typing error, is unknown, expired or revoked, or belongs to another agent than
    /// `agent`; `Unavailable` when the exchange can't be recorded.
    pub async fn exchange(
        &self,
        key: &str,
        agent: Option<AgentId>,
        ip: Option<IpAddr>,
    ) -> Result<TokenGrant, Problem> {
        self.grant(key, agent, ip).await.inspect_err(|problem| {
            tracing::warn!(?ip, status = problem.kind().status(), "a key exchange was refused");
        })
    }

    async fn grant(
        &self,
        key: &str,
        agent: Option<AgentId>,
        ip: Option<IpAddr>,
    ) -> Result<TokenGrant, Problem> {
        let key = ApiKey::parse(key).map_err(|error| Problem::unauthorized(error.to_string()))?;
        let now = self.now();
        let (principal, claims) = match self.key_holder(&key).await? {
            KeyHolder::Agent(stored) => {
                if agent.is_some_and(|agent| agent != stored.row.id) {
                    return Err(Problem::unauthorized(
                        "the API key belongs to another agent than the one named",
                    ));
                }
                let ttl = stored.row.token_ttl_seconds.unwrap_or(AGENT_TTL_SECONDS);
                let principal = PrincipalId::Agent(stored.row.id);
                let claims = Claims {
                    generation: stored.row.key_generation,
                    scopes: stored.row.scopes.clone(),
                    vault_ids: stored.row.vault_ids.clone(),
                    ..self.claims(principal, ttl)
                };
                (principal, claims)
            }
            KeyHolder::User(user, row) => {
                if agent.is_some() {
                    return Err(Problem::unauthorized("the API key is a person's, not an agent's"));
                }
                let principal = PrincipalId::User(user.id);
                (principal, Claims { key: Some(row.id), ..self.claims(principal, USER_TTL_SECONDS) })
            }
        };
        let event =
            Event { actor: Some(principal), ip, ..self.event(Action::AuthSuccess) }.on(principal.id());
        self.database().commit(Vec::new(), &event).await?;
        let lifetime = claims.exp - claims.iat;
        Ok(TokenGrant {
            token: Token::new(self.signer().sign(&claims), now + SignedDuration::from_secs(lifetime)),
            expires_in: u32::try_from(lifetime).unwrap_or_default(),
            agent: principal.agent(),
            vault_ids: claims.vault_ids,
        })
    }

    /// Authenticates a request by its bearer: a token, or a person's `1ck_` key itself.
    ///
    /// The session re-reads the caller's record at each call, so what is revoked stays revoked.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when it is not valid, expired or revoked.
    pub async fn authenticate(&self, bearer: &str, ip: Option<IpAddr>) -> Result<Session, Problem> {
        if bearer.starts_with("ocv_") {
            return Err(Problem::unauthorized(
                "an agent's key is not a bearer token; exchange it at /v1/auth/agent-token first",
            ));
        }
        let session = if bearer.starts_with("1ck_") {
            let key = ApiKey::parse(bearer).map_err(|error| Problem::unauthorized(error.to_string()))?;
            Session::with_user_key(self.clone(), key, ip)
        } else {
            let (claims, principal) = self.verify_token(bearer)?;
            Session::with_claims(self.clone(), claims, principal, ip)
        };
        session.caller().await?;
        Ok(session)
    }

    /// Revokes a token before its time, from the next request on.
    ///
    /// # Errors
    ///
    /// `Unauthorized` when it is not a valid token of this vault.
    pub async fn revoke_token(&self, bearer: &str) -> Result<(), Problem> {
        let (claims, principal) = self.verify_token(bearer)?;
        self.live_caller(&claims, principal, None).await?;
        let expires_at = jiff::Timestamp::from_second(claims.exp).map_err(|_| invalid_token())?;
        let write = self.database().insert(&RevokedTokenRow { id: claims.jti, expires_at });
        let event = Event { actor: Some(principal), ..self.event(Action::AuthRevoke) }.on(principal.id());
        Ok(self.database().commit(vec![write], &event).await?)
    }

    /// Verifies a token: everything that can be told without the database.
    pub(crate) fn verify_token(&self, token: &str) -> Result<(Claims, PrincipalId), Problem> {
        self.signer().verify(token, self.now()).map_err(|error| match error {
            TokenError::Expired => Problem::unauthorized("the token has expired; exchange the API key again"),
            TokenError::Invalid => invalid_token(),
        })
    }

    /// Looks up who a verified token stands for now.
    pub(crate) async fn live_caller(
        &self,
        claims: &Claims,
        principal: PrincipalId,
        ip: Option<IpAddr>,
    ) -> Result<Caller, Problem> {
        if self.now().as_second() >= claims.exp {
            return Err(Problem::unauthorized("the token has expired; exchange the API key again"));
        }
        if self.database().one::<RevokedTokenRow>(vec![is("id", &claims.jti)]).await?.is_some() {
            return Err(revoked());
        }
        match principal {
            PrincipalId::Agent(id) => {
                let stored =
                    self.database().one::<AgentRow>(vec![is("id", id)]).await?.ok_or_else(revoked)?;
                if stored.row.key_generation != claims.generation {
                    return Err(revoked());
                }
                self.agent_caller(stored, ip)
            }
            PrincipalId::User(id) => {
                let key = claims.key.ok_or_else(invalid_token)?;
                let row =
                    self.database().one::<ApiKeyRow>(vec![is("id", key)]).await?.ok_or_else(revoked)?.row;
                if row.user_id != id {
                    return Err(invalid_token());
                }
                self.user_caller(&row, ip).await
            }
        }
    }

    /// Looks up who a person's key stands for now.
    pub(crate) async fn key_caller(&self, key: &ApiKey, ip: Option<IpAddr>) -> Result<Caller, Problem> {
        match self.key_holder(key).await? {
            KeyHolder::Agent(stored) => self.agent_caller(stored, ip),
            KeyHolder::User(_, row) => self.user_caller(&row, ip).await,
        }
    }

    /// Returns the owner, as whoever can open the home.
    pub(crate) async fn owner_caller(&self) -> Result<Caller, Problem> {
        let id = self.owner_id();
        let user = self.database().one::<UserRow>(vec![is("id", id)]).await?.ok_or_else(revoked)?.row;
        Ok(Caller {
            principal: PrincipalId::User(id),
            name: user.name,
            is_owner: true,
            agent: None,
            ip: None,
        })
    }

    async fn key_holder(&self, key: &ApiKey) -> Result<KeyHolder, Problem> {
        let digest = self.api_key_digest(key);
        match key.kind() {
            ApiKeyKind::Agent => {
                let stored = self
                    .database()
                    .one::<AgentRow>(vec![is_bytes("key_digest", &digest)])
                    .await?
                    .ok_or_else(unknown_key)?;
                self.check_agent(&stored.row)?;
                Ok(KeyHolder::Agent(stored))
            }
            ApiKeyKind::User => {
                let row = self
                    .database()
                    .one::<ApiKeyRow>(vec![is_bytes("digest", &digest)])
                    .await?
                    .ok_or_else(unknown_key)?
                    .row;
                let user = self.live_user(&row).await?;
                Ok(KeyHolder::User(user, row))
            }
        }
    }

    fn agent_caller(&self, stored: Stored<AgentRow>, ip: Option<IpAddr>) -> Result<Caller, Problem> {
        self.check_agent(&stored.row)?;
        Ok(Caller {
            principal: PrincipalId::Agent(stored.row.id),
            name: stored.row.name.clone(),
            is_owner: false,
            agent: Some(Arc::new(stored)),
            ip,
        })
    }

    async fn user_caller(&self, row: &ApiKeyRow, ip: Option<IpAddr>) -> Result<Caller, Problem> {
        let user = self.live_user(row).await?;
        Ok(Caller {
            principal: PrincipalId::User(user.id),
            name: user.name,
            is_owner: user.is_owner,
            agent: None,
            ip,
        })
    }

    fn check_agent(&self, row: &AgentRow) -> Result<(), Problem> {
        if !row.is_active {
            return Err(Problem::unauthorized("the agent is switched off; ask the vault's owner"));
        }
        if row.key_expires_at.is_some_and(|expiry| self.now() >= expiry) {
            return Err(Problem::unauthorized(
                "the agent's API key has expired; the owner makes a new one with `oneclaw agent rotate-key`",
            ));
        }
        Ok(())
    }

    async fn live_user(&self, key: &ApiKeyRow) -> Result<UserRow, Problem> {
        if !key.is_active || key.expires_at.is_some_and(|expiry| self.now() >= expiry) {
            return Err(Problem::unauthorized("the API key has expired or was revoked; make a new one"));
        }
        let user =
            self.database().one::<UserRow>(vec![is("id", key.user_id)]).await?.ok_or_else(revoked)?.row;
        if user.is_active { Ok(user) } else { Err(revoked()) }
    }

    fn claims(&self, principal: PrincipalId, ttl_seconds: u32) -> Claims {
        let issuer = self.signer().issuer();
        let now = self.now().as_second();
        Claims {
            iss: issuer.clone(),
            aud: issuer,
            sub: principal.to_string(),
            org: self.org(),
            generation: 0,
            key: None,
            iat: now,
            nbf: now,
            exp: now + i64::from(ttl_seconds),
            jti: oneclaw_api::EventId::random().to_string(),
            scopes: Vec::new(),
            vault_ids: Vec::new(),
        }
    }
}

fn unknown_key() -> Problem {
    Problem::unauthorized("the API key is unknown here, or was revoked; the owner makes a new one")
}

fn invalid_token() -> Problem {
    Problem::unauthorized("the token is not valid here; exchange the API key again")
}

fn revoked() -> Problem {
    Problem::unauthorized("the token has been revoked; exchange the API key again")
}
