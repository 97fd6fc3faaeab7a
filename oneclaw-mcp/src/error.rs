/// Why a server can't be started or had to stop. It holds nothing of what a client sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// No key is given.
    #[error(
        "no agent is named: pass `--agent NAME` (made with `oneclaw agent add NAME`) or set ONECLAW_AGENT_API_KEY"
    )]
    NoKey,
    /// The client began with a message that is no request.
    #[error("the client did not begin with a request; is standard input an MCP client?")]
    Handshake,
    /// The loop that serves a client ended unexpectedly.
    #[error("the server stopped unexpectedly; start it again")]
    Broken,
}

/// Why a client's configuration file can't be edited. The file is as it was.
#[cfg(feature = "bin")]
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    /// It can't be read.
    #[error("failed to read `{}`", path.display())]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not of the form that the client's documentation describes.
    #[error(
        "`{}` is not JSON with an object `{section}` (comments are not JSON); add the entry that `oneclaw mcp print` \
         shows by hand",
        path.display()
    )]
    Form {
        /// The file.
        path: std::path::PathBuf,
        /// The object of servers.
        section: &'static str,
    },
    /// It can't be written.
    #[error("failed to write `{}`", path.display())]
    Write {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}
