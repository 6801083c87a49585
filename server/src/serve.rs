//! Connections: accept, limit, time out, end.

use std::{
    io::ErrorKind,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{Router, body::Body};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use tower::Service as _;

use crate::{middleware::Peer, state::AppState};

/// How long a client may take to send a request's head.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// Largest head in bytes, and with it what one slow client can hold.
const HEAD_LIMIT: usize = 64 * 1024;
/// How long running requests and sockets get when the console stops.
const STOP_PATIENCE: Duration = Duration::from_secs(9);
/// Pause after a failed accept (out of descriptors), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Binds the address, or with `fallback` another free port of the same address when it is taken.
///
/// # Errors
/// When neither can be had.
pub async fn bind(listen: SocketAddr, fallback: bool) -> std::io::Result<TcpListener> {
    match TcpListener::bind(listen).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse && fallback => {
            TcpListener::bind(SocketAddr::new(listen.ip(), 0)).await
        }
        other => other,
    }
}

/// Serves until the state's stop, then lets what runs end, for at most ten seconds.
pub async fn serve(listener: TcpListener, router: Router, state: AppState, max_connections: usize) {
    let slots = Arc::new(Semaphore::new(max_connections));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE).max_buf_size(HEAD_LIMIT);
    loop {
        // A slot first: connections over the limit wait in the kernel's queue.
        let accepted = tokio::select! {
            accepted = async {
                let slot = slots.clone().acquire_owned().await;
                (slot, listener.accept().await)
            } => accepted,
            () = state.stop.cancelled() => break,
        };
        let (slot, (stream, peer)) = match accepted {
            (Ok(slot), Ok(accepted)) => (slot, accepted),
            (_, Err(error)) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
            (Err(_), _) => break,
        };
        // News in small frames should not wait for more (Nagle).
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer.ip()));
            router.clone().call(request.map(Body::new))
        });
        let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let tasks = state.tasks.clone();
        let state = state.clone();
        tasks.spawn(async move {
            let _counted = state.metrics.connection();
            tokio::pin!(connection);
            let ended = tokio::select! {
                ended = &mut connection => ended,
                () = state.stop.cancelled() => {
                    // Idle ones close now, busy ones after the answer they are at.
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended");
            }
            drop(slot);
        });
    }
    drop(listener);
    state.ready.store(false, Ordering::Release);
    state.tasks.close();
    if timeout(STOP_PATIENCE, state.tasks.wait()).await.is_err() {
        tracing::warn!("stopped while requests were still running");
    }
}
