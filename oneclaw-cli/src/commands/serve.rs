//! `oneclaw serve`.

use clap::Args;
use oneclaw_server::{Listen, Listener};
use oneclaw_vault::{Home, Vault};
use serde_json::json;

use crate::connection;
use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;

/// Where the API is served.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// ADDRESS:PORT or unix:PATH; port 0 takes a free one
    #[arg(long, value_name = "PLACE", default_value = "127.0.0.1:8443")]
    listen: Listen,
    /// Allow an address that other machines reach, where keys and values cross the network in the clear
    #[arg(long)]
    insecure_http: bool,
}

/// Serves the embedded vault over HTTP until it is told to stop.
pub(crate) async fn cmd_serve(invocation: &Invocation, args: ServeArgs) -> Result<(), Failure> {
    let ServeArgs { listen, insecure_http } = args;
    if connection::base_url().is_some() {
        return Err(Failure::usage(
            "ONECLAW_BASE_URL names a vault elsewhere, and serve serves the one here",
        )
        .hint("unset ONECLAW_BASE_URL for this command"));
    }
    let vault = Vault::open(&Home::locate()?).await?;
    let bound =
        if insecure_http { Listener::bind_insecure(&listen).await } else { Listener::bind(&listen).await };
    let listener = bound.map_err(|error| {
        Failure::of_text(FailureKind::Io, &error.to_string()).or_hint("choose another place with --listen")
    })?;
    // Before the line that others wait for: they may stop it right away.
    let stop = stop_signal()?;
    let base_url = listener.base_url();
    invocation.output.show(&json!({ "base_url": base_url }), || base_url.clone())?;
    invocation.output.say("serving the vault there; Ctrl-C stops it");
    invocation
        .output
        .next(format!("oneclaw key add NAME, then ONECLAW_BASE_URL={base_url} on the other side"));
    oneclaw_server::serve(vault, listener, stop).await;
    invocation.output.say("stopped");
    Ok(())
}

/// Starts to listen for Ctrl-C and a termination signal, and returns what waits for one of them.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| Failure::io("signals can't be received", &error));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}
