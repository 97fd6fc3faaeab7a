use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use oneclaw_api::{ApiKey, ApiKeyKind, Clock, Problem, ProblemKind, Token, TokenCache};

use crate::ClientBuilder;
use crate::request::{Reply, Request};
use crate::transport::Transport;

pub(crate) mod agents;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod bindings;
pub(crate) mod execute;
pub(crate) mod health;
pub(crate) mod policies;
pub(crate) mod secrets;
pub(crate) mod vaults;
pub(crate) mod versions;

/// A remote vault as the owner of one API key sees it; what it can do is [`VaultApi`](oneclaw_api::VaultApi).
///
/// The key goes to the vault only to be exchanged for a short-lived token, 60 s before the former one expires or when
/// the vault refuses it.
pub struct Client {
    transport: Transport,
    key: ApiKey,
    tokens: TokenCache,
    clock: Arc<dyn Clock>,
}

impl Client {
    /// Starts to build a client.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(crate) fn new(transport: Transport, key: ApiKey, clock: Arc<dyn Clock>) -> Self {
        Self { transport, key, tokens: TokenCache::new(Arc::clone(&clock)), clock }
    }

    /// Returns whose key the client has.
    #[must_use]
    pub const fn key_kind(&self) -> ApiKeyKind {
        self.key.kind()
    }

    /// Sends a request with a token. A token that is refused is exchanged anew, once.
    async fn send(&self, request: Request) -> Result<Reply, Problem> {
        let token = self.token().await?;
        match self.transport.send(&request, Some(token.expose_token())).await {
            Err(problem) if problem.kind() == ProblemKind::Unauthorized => {
                self.tokens.forget(&token).await;
                let token = self.token().await?;
                self.transport.send(&request, Some(token.expose_token())).await
            }
            outcome => outcome,
        }
    }

    /// Sends a request that needs no token.
    async fn send_bare(&self, request: Request) -> Result<Reply, Problem> {
        self.transport.send(&request, None).await
    }

    async fn token(&self) -> Result<Token, Problem> {
        self.tokens
            .token(|| async {
                // Asked before the exchange: a slow reply must not make the token look younger than it is.
                let now = self.clock.now();
                let granted = auth::exchange(self).await?;
                let lifetime = SignedDuration::from_secs(i64::from(granted.expires_in));
                let expires_at = now.checked_add(lifetime).unwrap_or(now);
                Ok(Token::new(granted.access_token, expires_at))
            })
            .await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({} as {:?})", self.transport.base(), self.key)
    }
}
