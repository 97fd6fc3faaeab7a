use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use oneclaw_vault::Vault;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::app::app_for;
use crate::extract::Peer;
use crate::listen::{Listener, Socket};

/// A connection may be idle, or take for the head of a request, no longer.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The largest request line and headers together, but for one read of the socket.
const MAX_HEAD_BYTES: usize = 32 << 10;
/// More connections wait to be accepted.
const MAX_CONNECTIONS: usize = 1024;
/// How long requests that are under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(30);
/// The wait after a failed accept, such as for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves the API until `shutdown` is done; requests that are under way then have 30 s to be answered.
pub async fn serve(vault: Vault, listener: Listener, shutdown: impl Future<Output = ()>) {
    let router = app_for(vault, listener.hosts());
    let (stop, stopped) = watch::channel(());
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer, place)) => {
                let (router, stopped) = (router.clone(), stopped.clone());
                connections.spawn(async move {
                    talk(stream, peer, router, stopped).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    drop(stop);
    let done = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, done).await.is_err() {
        tracing::warn!("stopped before every request was answered");
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

type Accepted = (Box<dyn Stream>, Peer, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &Listener, places: &Arc<Semaphore>) -> io::Result<Accepted> {
    let place = Arc::clone(places).acquire_owned().await.map_err(io::Error::other)?;
    match &listener.socket {
        Socket::Tcp(listener) => {
            let (stream, peer) = listener.accept().await?;
            // A connection that is gone already shows when it is read.
            let _ = stream.set_nodelay(true);
            Ok((Box::new(stream), Peer(Some(peer.ip().to_canonical())), place))
        }
        #[cfg(unix)]
        Socket::Unix(socket) => Ok((Box::new(socket.accept().await?), Peer(None), place)),
    }
}

/// Answers the requests of one connection.
async fn talk(stream: Box<dyn Stream>, peer: Peer, router: Router, mut stopped: watch::Receiver<()>) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(peer);
            router.oneshot(request).await.map_err(|never: Infallible| never)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        // The sender never sends: this is its end.
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}
