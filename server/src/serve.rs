//! Connections: accept, limit, time out, end.

mod addresses;
mod patient;
#[cfg(test)]
mod tests;

use std::{
    io::{ErrorKind, Write as _},
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{Router, body::Body};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tower::Service as _;

use self::{addresses::Addresses, patient::Patient};
use crate::{config::Config, middleware::Peer, state::AppState};

/// How long a client may take to send a request's head, and how long a connection waits for its next.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a client may take nothing of what it is sent. Longer than a live socket's own patience, which
/// ends it with a reason in the log.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// Largest head in bytes, and with it what one slow client can hold.
const HEAD_LIMIT: usize = 64 * 1024;
/// How long running requests and sockets get when the console stops.
const STOP_PATIENCE: Duration = Duration::from_secs(9);
/// Pause after a failed accept (out of descriptors), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The answer to a connection that its address may not have; what it asks is not read.
const TURNED_AWAY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\nretry-after: 10\r\ncontent-length: 0\r\n\r\n";

/// What clients may hold, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections served at once, live sockets among them.
    pub connections: usize,
    /// Of these, connections of one client address. Trusted proxies speak for many and may have more.
    pub per_address: usize,
    /// How long a client may take to send a request's head.
    pub head: Duration,
    /// How long a client may take nothing of what it is sent.
    pub write: Duration,
}

impl Limits {
    /// As configured.
    pub fn of(config: &Config) -> Self {
        Limits {
            connections: config.max_connections,
            per_address: config.max_connections_per_address,
            head: HEAD_PATIENCE,
            write: WRITE_PATIENCE,
        }
    }
}

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
pub async fn serve(listener: TcpListener, router: Router, state: AppState, limits: Limits) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let addresses = Addresses::new(limits.per_address);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(HEAD_LIMIT);
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
        let address = peer.ip().to_canonical();
        let place = addresses.enter(address);
        if place.is_none() && !state.trusted_proxies.contains(&address) {
            tracing::debug!(%address, "an address has as many connections as it may");
            state.metrics.connection_refused();
            turn_away(stream);
            continue;
        }
        // News in small frames should not wait for more (Nagle).
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer.ip()));
            router.clone().call(request.map(Body::new))
        });
        // The places are left when the stream is closed: a socket keeps it after the connection's end.
        let stream = Patient::new(stream, limits.write, (slot, place));
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
        });
    }
    drop(listener);
    state.ready.store(false, Ordering::Release);
    state.tasks.close();
    if timeout(STOP_PATIENCE, state.tasks.wait()).await.is_err() {
        tracing::warn!("stopped while requests were still running");
    }
}

/// Says why, if that can be said without waiting, and closes.
fn turn_away(stream: TcpStream) {
    // A client that cannot be told sees a closed connection.
    let _ = stream.into_std().and_then(|mut stream| stream.write(TURNED_AWAY));
}
