//! Connections as clients that mean no good hold them, over real ones.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    routing::get,
};
use futures::stream;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
    time::timeout,
};

use super::{Limits, bind, serve};
use crate::{
    router,
    tests::app::{ORIGIN, TestApp},
};

/// Long beside every patience of these tests, short beside a person's.
const SOON: Duration = Duration::from_secs(8);
/// The same, far from ever running out in a test.
const NEVER: Duration = Duration::from_secs(600);

const GENEROUS: Limits = Limits { connections: 100, per_address: 100, head: NEVER, write: NEVER };

async fn start(app: &TestApp, limits: Limits) -> SocketAddr {
    let listener = bind("127.0.0.1:0".parse().unwrap(), false).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, app.router.clone(), app.state.clone(), limits));
    address
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

/// Asks for a path on a connection that stays open, and reads the head of the answer.
async fn ask(stream: &mut TcpStream, path: &str, headers: &str) -> std::io::Result<String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8(head).unwrap())
}

/// All that comes until the other end closes.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    timeout(SOON, stream.read_to_end(&mut all)).await.expect("closed in time").unwrap();
    String::from_utf8(all).unwrap()
}

/// A live socket, opened.
async fn socket(app: &TestApp, address: SocketAddr) -> TcpStream {
    let mut stream = connect(address).await;
    let headers = format!(
        "Origin: {ORIGIN}\r\nCookie: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        app.sign_in().await
    );
    let head = ask(&mut stream, "/live", &headers).await.unwrap();
    assert!(head.starts_with("HTTP/1.1 101"), "{head}");
    stream
}

/// A masked ping (RFC 6455, 5.5.2) on a live socket, and its pong.
async fn ping(socket: &mut TcpStream) {
    socket.write_all(&[0x89, 0x80, 1, 2, 3, 4]).await.unwrap();
    let mut pong = [0; 2];
    timeout(SOON, socket.read_exact(&mut pong)).await.expect("answered in time").unwrap();
    assert_eq!(pong, [0x8a, 0]);
}

/// Tries anew until the place that somebody left is free: the server sees it at its own time.
async fn served_again(address: SocketAddr) {
    let serve = async {
        loop {
            let answer = ask(&mut connect(address).await, "/healthz", "Connection: close\r\n").await;
            if answer.is_ok_and(|head| head.starts_with("HTTP/1.1 200")) {
                return;
            }
        }
    };
    timeout(SOON, serve).await.expect("served in time");
}

#[tokio::test]
async fn an_address_may_hold_so_many_connections_and_no_more() {
    let app = TestApp::new().await;
    let address = start(&app, Limits { per_address: 2, ..GENEROUS }).await;
    let first = connect(address).await;
    // A live socket counts for as long as it is open, though its request was answered long since.
    let tab = socket(&app, address).await;
    let refused = until_closed(&mut connect(address).await).await;
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
    assert!(app.state.metrics.render(&[].into()).contains("binnacle_refused_connections_total 1\n"));
    drop(tab);
    served_again(address).await;
    drop(first);
    served_again(address).await;
}

#[tokio::test]
async fn a_trusted_proxy_speaks_for_many() {
    let app = TestApp::with(&["--trusted-proxies", "127.0.0.1"]).await;
    let address = start(&app, Limits { per_address: 1, ..GENEROUS }).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(address).await;
        assert!(ask(&mut stream, "/healthz", "").await.unwrap().starts_with("HTTP/1.1 200"));
        held.push(stream);
    }
}

#[tokio::test]
async fn connections_over_all_wait_for_a_place() {
    let app = TestApp::new().await;
    let address = start(&app, Limits { connections: 1, ..GENEROUS }).await;
    let mut first = socket(&app, address).await;
    let mut second = connect(address).await;
    let asked = ask(&mut second, "/healthz", "");
    tokio::pin!(asked);
    // A place is free only once the socket is closed. Until then the server answers it alone.
    for _ in 0..10 {
        assert!(futures::poll!(&mut asked).is_pending());
        ping(&mut first).await;
    }
    drop(first);
    timeout(SOON, asked).await.expect("answered in time").unwrap();
}

#[tokio::test]
async fn a_connection_that_asks_nothing_is_closed() {
    let app = TestApp::new().await;
    let address = start(&app, Limits { head: Duration::from_millis(50), ..GENEROUS }).await;
    for begun in
        ["", "GET /healthz HTTP/1.1\r\nHost: 127", "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n"]
    {
        let mut stream = connect(address).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
        let answer = until_closed(&mut stream).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), begun.ends_with("\r\n\r\n"), "{begun:?}: {answer}");
    }
}

#[tokio::test]
async fn an_answer_that_nobody_reads_ends() {
    let (ended, end) = oneshot::channel::<()>();
    let ended = Arc::new(Mutex::new(Some(ended)));
    let app = TestApp::with_routes(&[], |state, _| {
        // More than any buffer on the way holds, and gone with the connection.
        let endless = move || {
            let ended = ended.lock().unwrap().take();
            std::future::ready(Body::from_stream(stream::repeat_with(move || {
                let _held = &ended;
                Ok::<_, std::io::Error>(Bytes::from_static(&[0; 1 << 16]))
            })))
        };
        router::with_layers(state, |routes| routes.route("/endless", get(endless)))
    })
    .await;
    let cookie = format!("Cookie: {}\r\n", app.sign_in().await);
    let address = start(&app, Limits { write: Duration::from_millis(50), ..GENEROUS }).await;
    let mut stream = connect(address).await;
    assert!(ask(&mut stream, "/endless", &cookie).await.unwrap().starts_with("HTTP/1.1 200"));
    // It closes when what it would send is let go.
    assert!(timeout(SOON, end).await.expect("ended in time").is_err());
    drop(stream);
}

#[tokio::test]
async fn a_live_socket_outlasts_every_patience_while_it_is_read() {
    let app = TestApp::new().await;
    let brief = Duration::from_millis(50);
    let address = start(&app, Limits { head: brief, write: brief, ..GENEROUS }).await;
    let mut tab = socket(&app, address).await;
    // Others come and are closed for their silence; it is older than they.
    for _ in 0..2 {
        until_closed(&mut connect(address).await).await;
    }
    ping(&mut tab).await;
}
