use rmcp::ServiceExt;
use rmcp::service::{QuitReason, ServerInitializeError};
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{RunError, Server};

/// The longest message, in bytes: a value of 1 MiB in which every byte is escaped, and its surroundings.
const MAX_MESSAGE: usize = 8 << 20;

/// Serves `server` on standard input and output until the input ends; what is under way is answered first.
///
/// Standard output then carries JSON-RPC and nothing else: print nothing to it.
///
/// # Errors
///
/// Fails when a client opens the conversation with something that is no request.
pub async fn serve_stdio(server: Server) -> Result<(), RunError> {
    let (input, output) = stdio_pipes();
    serve(server, input, output).await
}

/// Serves `server` on any pair of streams, one JSON-RPC message a line, until the input ends.
///
/// # Errors
///
/// Fails when a client opens the conversation with something that is no request.
pub async fn serve<R, W>(server: Server, input: R, output: W) -> Result<(), RunError>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let transport = AsyncRwTransport::new_server(input, output).with_max_line_length(MAX_MESSAGE);
    let running = match server.serve(transport).await {
        Ok(running) => running,
        // A client that leaves before it says anything is no error.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        // The error quotes the message, which may hold anything: it goes no further.
        Err(_) => return Err(RunError::Handshake),
    };
    match running.waiting().await {
        Ok(QuitReason::JoinError(_)) | Err(_) => Err(RunError::Broken),
        Ok(_) => Ok(()),
    }
}
