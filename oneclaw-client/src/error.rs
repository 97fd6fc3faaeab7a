/// Why a client can't be built.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No base URL was given.
    #[error("no base URL was given; set ONECLAW_BASE_URL to the vault's address")]
    MissingBaseUrl,
    /// No API key was given.
    #[error("no API key was given; give an agent's (`ocv_…`) or a person's (`1ck_…`)")]
    MissingKey,
    /// The base URL is not one.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// The base URL would carry keys and values over a network in the clear.
    #[error("`{base_url}` is plain http to another machine; use https, or allow insecure http explicitly")]
    InsecureHttp {
        /// The base URL.
        base_url: String,
    },
    /// The certificates of this machine can't be loaded.
    #[error("failed to set up TLS; install the system's root certificates (package `ca-certificates`)")]
    Tls(#[source] reqwest::Error),
}

/// Why a text is not the address of a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// It is none of the three forms.
    #[error("a vault's address is `https://host[:port]`, `http://127.0.0.1:port` or `unix:PATH`")]
    Form,
    /// It has a user name or a password in it.
    #[error("a vault's address has no user name or password in it; the API key is given apart from it")]
    UserInfo,
    /// It has a query or a fragment.
    #[error("a vault's address ends with its host, port or path prefix: no `?` and no `#`")]
    Suffix,
    /// This platform has no unix sockets.
    #[error("this platform has no unix sockets; use `http://127.0.0.1:port`")]
    NoUnixSockets,
}
