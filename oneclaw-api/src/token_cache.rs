use std::fmt;
use std::future::Future;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::{Clock, Problem};

/// How long before its expiry a token is exchanged for a new one.
const REFRESH_EARLY: SignedDuration = SignedDuration::from_secs(60);

/// A token as a key exchange gives it.
#[derive(Clone)]
pub struct Token {
    text: Arc<Zeroizing<String>>,
    expires_at: Timestamp,
}

impl Token {
    /// Takes a token and the instant it expires.
    #[must_use]
    pub fn new(text: Zeroizing<String>, expires_at: Timestamp) -> Self {
        Self { text: Arc::new(text), expires_at }
    }

    /// Exposes the token.
    #[must_use]
    pub fn expose_token(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(expires {})", self.expires_at)
    }
}

/// Holds the token of one API key and exchanges the key anew 60 s before the token expires. Callers that come at the
/// same time wait for one exchange.
#[derive(Debug)]
pub struct TokenCache {
    clock: Arc<dyn Clock>,
    token: Mutex<Option<Token>>,
}

impl TokenCache {
    /// Makes an empty cache.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, token: Mutex::new(None) }
    }

    /// Returns a token that holds for at least 60 s more, from the cache or from `exchange`.
    ///
    /// # Errors
    ///
    /// Fails as `exchange` does; the next call tries again.
    pub async fn token<F>(&self, exchange: impl FnOnce() -> F) -> Result<Token, Problem>
    where
        F: Future<Output = Result<Token, Problem>>,
    {
        let mut held = self.token.lock().await;
        if let Some(token) = held.as_ref()
            && self.clock.now().duration_until(token.expires_at) > REFRESH_EARLY
        {
            return Ok(token.clone());
        }
        let fresh = exchange().await?;
        *held = Some(fresh.clone());
        Ok(fresh)
    }

    /// Forgets `token`, which the vault refused, unless another one is held by now.
    pub async fn forget(&self, token: &Token) {
        let mut held = self.token.lock().await;
        if held.as_ref().is_some_and(|held| Arc::ptr_eq(&held.text, &token.text)) {
            *held = None;
        }
    }
}

#[cfg(all(test, feature = "test-util"))]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::ManualClock;

    #[tokio::test]
    async fn a_token_is_exchanged_60_s_before_it_expires() {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        let cache = TokenCache::new(clock.clone());
        let exchanges = AtomicUsize::new(0);
        let token = || async {
            exchanges.fetch_add(1, Ordering::SeqCst);
            Ok(Token::new(Zeroizing::new("t".to_owned()), clock.now() + SignedDuration::from_secs(65)))
        };
        cache.token(token).await.unwrap();
        clock.advance(4);
        cache.token(token).await.unwrap();
        assert_eq!(exchanges.load(Ordering::SeqCst), 1);
        clock.advance(1);
        cache.token(token).await.unwrap();
        assert_eq!(exchanges.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_failed_exchange_is_tried_again() {
        let cache = TokenCache::new(Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH)));
        assert!(cache.token(|| async { Err(Problem::unauthorized("no")) }).await.is_err());
        let fresh =
            Token::new(Zeroizing::new("t".to_owned()), Timestamp::UNIX_EPOCH + SignedDuration::from_secs(99));
        assert!(cache.token(|| async { Ok(fresh) }).await.is_ok());
    }
}
