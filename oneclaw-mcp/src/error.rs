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
    /// This build can't open the vault that is asked for.
    #[error("this build has no support for {what} vaults; build it with the feature `{feature}`")]
    Unsupported {
        /// Which kind of vault.
        what: &'static str,
        /// What would bring it.
        feature: &'static str,
    },
}
