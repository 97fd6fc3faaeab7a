use std::fmt;
use std::sync::{Arc, OnceLock};

use reqwest::{Certificate, Client, redirect, retry};

use crate::egress::{EgressPolicy, GuardedResolver, Resolver};

/// The HTTP clients, one for each egress policy, made when first needed.
pub(crate) struct Transport {
    resolver: Arc<dyn Resolver>,
    roots: Vec<Certificate>,
    public: OnceLock<Client>,
    private: OnceLock<Client>,
    loopback: OnceLock<Client>,
}

impl Transport {
    pub(crate) const fn new(resolver: Arc<dyn Resolver>, roots: Vec<Certificate>) -> Self {
        Self { resolver, roots, public: OnceLock::new(), private: OnceLock::new(), loopback: OnceLock::new() }
    }

    pub(crate) fn client(&self, policy: EgressPolicy) -> reqwest::Result<Client> {
        let slot = match policy {
            EgressPolicy::Public => &self.public,
            EgressPolicy::Private => &self.private,
            EgressPolicy::Loopback => &self.loopback,
        };
        if let Some(client) = slot.get() {
            return Ok(client.clone());
        }
        let client = self.build(policy)?;
        Ok(slot.get_or_init(|| client).clone())
    }

    fn build(&self, policy: EgressPolicy) -> reqwest::Result<Client> {
        Client::builder()
            .tls_backend_rustls()
            .tls_certs_merge(self.roots.iter().cloned())
            .dns_resolver(GuardedResolver::new(Arc::clone(&self.resolver), policy))
            .https_only(policy != EgressPolicy::Loopback)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .referer(false)
            .connection_verbose(false)
            .http1_only()
            // Another crate's features may switch decoding on; an undecoded reply could not be scrubbed.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            // No connection carries two calls: what one call leaves behind in it can't become part of another's.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("oneclaw/", env!("CARGO_PKG_VERSION")))
            .build()
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("resolver", &self.resolver).finish_non_exhaustive()
    }
}
