use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use tokio::net::TcpListener;

use crate::{Hosts, ListenError, ServeError};

#[cfg(unix)]
mod unix_socket;

#[cfg(unix)]
pub(crate) use unix_socket::UnixSocket;

/// Where the server listens: `ADDRESS:PORT` or `unix:PATH`.
///
/// ```
/// let listen: oneclaw_server::Listen = "unix:/run/oneclaw.sock".parse()?;
/// assert_eq!(listen.to_string(), "unix:/run/oneclaw.sock");
/// # Ok::<(), oneclaw_server::ListenError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// An address and a port; port 0 takes a free one.
    Tcp(SocketAddr),
    /// A unix socket, which its owner alone may connect to.
    Unix(PathBuf),
}

impl FromStr for Listen {
    type Err = ListenError;

    fn from_str(text: &str) -> Result<Self, ListenError> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                "" => Err(ListenError::Form),
                path if cfg!(unix) => Ok(Self::Unix(PathBuf::from(path))),
                _ => Err(ListenError::NoUnixSockets),
            };
        }
        let text = text.replacen("localhost:", "127.0.0.1:", 1);
        text.parse().map(Self::Tcp).map_err(|_| ListenError::Form)
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A socket that is listened on; nothing is answered until it is served.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: Socket,
    listen: Listen,
}

#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixSocket),
}

impl Listener {
    /// Starts to listen on a loopback address or a unix socket.
    ///
    /// # Errors
    ///
    /// Fails when the place is taken or can't be had, and for an address that other machines can reach.
    pub async fn bind(listen: &Listen) -> Result<Self, ServeError> {
        match listen {
            Listen::Tcp(address) if !address.ip().is_loopback() => {
                Err(ServeError::InsecureHttp { address: *address })
            }
            _ => Self::bind_insecure(listen).await,
        }
    }

    /// Starts to listen on any address, even where keys and values cross a network in the clear.
    ///
    /// # Errors
    ///
    /// Fails when the place is taken or can't be had.
    pub async fn bind_insecure(listen: &Listen) -> Result<Self, ServeError> {
        match listen {
            Listen::Tcp(address) => {
                let fail = |cause| ServeError::Tcp { address: *address, cause };
                let listener = TcpListener::bind(address).await.map_err(fail)?;
                let listen = Listen::Tcp(listener.local_addr().map_err(fail)?);
                Ok(Self { socket: Socket::Tcp(listener), listen })
            }
            #[cfg(unix)]
            Listen::Unix(path) => {
                Ok(Self { socket: Socket::Unix(UnixSocket::bind(path)?), listen: listen.clone() })
            }
            #[cfg(not(unix))]
            Listen::Unix(path) => {
                Err(ServeError::Socket { path: path.clone(), cause: std::io::ErrorKind::Unsupported.into() })
            }
        }
    }

    /// Returns where it listens, with the port that was taken.
    #[must_use]
    pub const fn listen(&self) -> &Listen {
        &self.listen
    }

    /// Returns the base URL that a client on this machine takes.
    #[must_use]
    pub fn base_url(&self) -> String {
        match &self.listen {
            Listen::Tcp(address) => format!("http://{address}"),
            Listen::Unix(_) => self.listen.to_string(),
        }
    }

    /// Returns the hosts under which clients of this place may speak to it.
    pub(crate) fn hosts(&self) -> Hosts {
        match self.listen {
            Listen::Tcp(address) if address.ip().is_unspecified() => Hosts::loopback().with_any_address(),
            Listen::Tcp(address) => Hosts::loopback().with(&IpAddr::to_string(&address.ip())),
            Listen::Unix(_) => Hosts::loopback(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        for (text, wanted) in [
            ("127.0.0.1:8443", "127.0.0.1:8443"),
            ("localhost:8443", "127.0.0.1:8443"),
            ("[::1]:0", "[::1]:0"),
            ("unix:/run/oneclaw.sock", "unix:/run/oneclaw.sock"),
        ] {
            assert_eq!(text.parse::<Listen>().unwrap().to_string(), wanted);
        }
        for text in ["", "8443", ":8443", "127.0.0.1", "vault.example:8443", "unix:", "http://127.0.0.1:1"] {
            assert_eq!(text.parse::<Listen>(), Err(ListenError::Form), "{text}");
        }
    }

    #[tokio::test]
    async fn other_machines_are_let_in_only_on_demand() {
        let listen = "0.0.0.0:0".parse().unwrap();
        assert!(matches!(Listener::bind(&listen).await.unwrap_err(), ServeError::InsecureHttp { .. }));
        assert!(Listener::bind_insecure(&listen).await.is_ok());
    }
}
