//! A front before a simulated cluster: it speaks TLS as a real API server does, writes down the shape of
//! each request, and passes it on.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::serve::Listener;
use binnacle_cluster::{Auth, Credential, Secret};
use binnacle_sandbox::SandboxCluster;
use http::{HeaderMap, Method, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::shape;

/// The longest that a call is waited for; most take milliseconds.
const DEADLINE: Duration = Duration::from_secs(60);

/// A running front.
pub struct Recorder {
    address: SocketAddr,
    certificate: String,
    token: String,
    seen: Arc<watch::Sender<BTreeSet<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A request that the front refuses by itself: beginning of its path, and the status. Only what the
/// console asks for itself is refused.
pub type Refusal = (&'static str, StatusCode);

impl Recorder {
    /// Starts a front.
    pub async fn before(cluster: &SandboxCluster, refusals: &'static [Refusal]) -> Self {
        let signed = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let front = Front { listener, acceptor: TlsAcceptor::from(Arc::new(config)) };
        let seen: Arc<watch::Sender<BTreeSet<String>>> = Arc::default();
        let (log, behind) = (Arc::clone(&seen), cluster.address);
        let router = Router::new().fallback(move |request: Request| {
            let log = Arc::clone(&log);
            async move {
                let shape = shape_of(&request);
                log.send_if_modified(|seen| seen.insert(shape));
                if let Some(status) = refused(&request, refusals) {
                    return status.into_response();
                }
                pass_on(behind, request).await
            }
        });
        let task = tokio::spawn(async move { axum::serve(front, router).await.unwrap() });
        Recorder { address, certificate: signed.cert.pem(), token: cluster.token.clone(), seen, task }
    }

    /// How the console reaches the cluster through this front.
    pub fn credential(&self) -> Credential {
        Credential {
            server: format!("https://{}", self.address),
            ca_pem: Some(self.certificate.clone()),
            auth: Auth::Token { token: Secret::new(&self.token) },
            tls_server_name: None,
        }
    }

    /// Waits until a request was seen whose shape begins so.
    pub async fn until(&self, shape: &str) {
        let mut seen = self.seen.subscribe();
        let there = seen.wait_for(|seen| seen.iter().any(|one| one.starts_with(shape)));
        let found = tokio::time::timeout(DEADLINE, there).await.is_ok();
        assert!(found, "{shape} was not asked for; seen: {:#?}", self.seen());
    }

    /// The shapes of all requests so far.
    pub fn seen(&self) -> BTreeSet<String> {
        self.seen.borrow().clone()
    }
}

/// Accepts TLS connections.
struct Front {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Front {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.listener.accept().await.unwrap();
            // A client that gives up in the middle of a handshake is no fault.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

fn shape_of(request: &Request) -> String {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    shape::of(request.method().as_str(), target, |name| values(request.headers(), name))
}

fn refused(request: &Request, refusals: &[Refusal]) -> Option<StatusCode> {
    let by_console = values(request.headers(), "impersonate-user").is_empty();
    let path = request.uri().path();
    refusals
        .iter()
        .find(|(beginning, _)| by_console && path.starts_with(beginning))
        .map(|(_, status)| *status)
}

/// Sends a request on over a connection of its own; a watch's answer streams.
async fn pass_on(behind: SocketAddr, request: Request) -> Response {
    let stream = TcpStream::connect(behind).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    match sender.send_request(request).await {
        Ok(answer) => answer.map(Body::new).into_response(),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

/// Deletes an object straight from the cluster, as its administrator.
pub async fn delete(cluster: &SandboxCluster, path: &str) {
    let request = Request::builder()
        .method(Method::DELETE)
        .uri(path)
        .header("host", "sandbox")
        .header("authorization", format!("Bearer {}", cluster.token))
        .body(Body::empty())
        .unwrap();
    assert_eq!(pass_on(cluster.address, request).await.status(), StatusCode::OK);
}
