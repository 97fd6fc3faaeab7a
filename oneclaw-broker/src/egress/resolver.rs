use std::error::Error;
use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::{AddressClass, EgressPolicy, classify};

/// Turns a host name into addresses. The broker asks once for each call and checks every address of the answer.
#[async_trait]
pub trait Resolver: Send + Sync + Debug {
    /// Looks up all addresses of a host.
    ///
    /// # Errors
    ///
    /// Fails when the name can't be looked up.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Why no connection is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum EgressError {
    #[error("the upstream's name could not be resolved")]
    NotResolved,
    #[error("the upstream's name resolves to {0}, which this binding does not permit")]
    Refused(AddressClass),
}

impl EgressError {
    /// Finds the reason in the causes of an error.
    pub(crate) fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(*found);
            }
            cause = error.source();
        }
        None
    }
}

/// Resolves a name once and hands on its addresses if all of them are permitted: one that is not makes the whole
/// answer untrustworthy.
#[derive(Debug)]
pub(crate) struct GuardedResolver {
    inner: Arc<dyn Resolver>,
    policy: EgressPolicy,
}

impl GuardedResolver {
    pub(crate) const fn new(inner: Arc<dyn Resolver>, policy: EgressPolicy) -> Self {
        Self { inner, policy }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let inner = Arc::clone(&self.inner);
        let policy = self.policy;
        Box::pin(async move {
            let answer = inner.resolve(name.as_str()).await.map_err(|_| EgressError::NotResolved)?;
            Ok(check(policy, answer)?)
        })
    }
}

fn check(policy: EgressPolicy, answer: Vec<IpAddr>) -> Result<Addrs, EgressError> {
    if answer.is_empty() {
        return Err(EgressError::NotResolved);
    }
    for address in &answer {
        let class = classify(*address);
        if !policy.permits(class) {
            return Err(EgressError::Refused(class));
        }
    }
    // Port 0 is replaced by the port of the URL.
    Ok(Box::new(answer.into_iter().map(|ip| SocketAddr::new(ip, 0))))
}
