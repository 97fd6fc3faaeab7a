use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The error of a text that is no place to listen at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListenError {
    /// It is neither an address with a port nor a socket.
    #[error("a place to listen at is `ADDRESS:PORT`, such as `127.0.0.1:8443`, or `unix:PATH`")]
    Form,
    /// This platform has no unix sockets.
    #[error("this platform has no unix sockets; use `127.0.0.1:PORT`")]
    NoUnixSockets,
}

/// Why the server can't listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can be reached from other machines, and the API is plain HTTP.
    #[error(
        "{address} can be reached from other machines, and keys would cross the network in the clear; listen on \
         127.0.0.1 behind a TLS proxy, or pass --insecure-http"
    )]
    InsecureHttp {
        /// The address.
        address: SocketAddr,
    },
    /// The address can't be had.
    #[error("failed to listen on {address}: {cause}; is another `oneclaw serve` running?")]
    Tcp {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// Another process listens on the socket.
    #[error("another process listens on {}; stop it or choose another path", path.display())]
    SocketInUse {
        /// The socket.
        path: PathBuf,
    },
    /// The path of the socket is taken by something else.
    #[error("{} exists and is not a socket; choose another path", path.display())]
    NotASocket {
        /// The path.
        path: PathBuf,
    },
    /// The socket can't be made.
    #[error("failed to make the socket {}: {cause}", path.display())]
    Socket {
        /// The socket.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}
