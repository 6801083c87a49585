//! The way to one API server: resolve, check every address, dial the checked one, speak TLS.
//!
//! kube's own connector would obey proxy variables and dial whatever a name resolves to at that
//! moment; this one dials the address that it has just checked, and nothing else (design rule 6).

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use hyper::rt;
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::ServerName,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_util::either::Either;

use crate::{
    address::{self, Denied, DialPolicy},
    credential::{self, Auth, Credential},
};

/// Time for resolving, TCP and TLS together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// What keeps a connection from being made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    #[error("{host} cannot be resolved")]
    Resolve {
        host: String,
        #[source]
        source: Option<io::Error>,
    },
    #[error("{host} leads to {address}, which is denied")]
    Denied { host: String, address: std::net::IpAddr, why: Denied },
    #[error("cannot connect to {address}")]
    Connect {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("no connection within {} s", CONNECT_TIMEOUT.as_secs())]
    Timeout,
    #[error("TLS with {host}")]
    Tls {
        host: String,
        #[source]
        source: io::Error,
    },
}

/// A credential that no connection can be built from.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadCredential {
    #[error("the server's address is not usable")]
    Server,
    #[error("the certificate authorities are not usable")]
    Authorities,
    #[error("the client certificate is not usable")]
    ClientCertificate,
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// What was seen of the server at the last handshake.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// The address that was dialled.
    pub(crate) address: SocketAddr,
    /// `notAfter` of the server's certificate, Unix seconds.
    pub(crate) certificate_expires: Option<i64>,
}

/// The addresses that a name leads to at this moment. Each connection asks once, and dials what was checked of
/// that answer.
type Resolve = dyn Fn(&str, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync;

/// Asks the operating system.
fn system_resolver(host: &str, port: u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
    let host = host.to_owned();
    Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
}

/// Makes connections to one API server.
#[derive(Clone)]
pub(crate) struct Connector {
    host: String,
    port: u16,
    resolve: Arc<Resolve>,
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
    policy: DialPolicy,
    peer: Arc<Mutex<Option<Peer>>>,
}

impl Connector {
    pub(crate) fn new(credential: &Credential, policy: DialPolicy) -> Result<Self, BadCredential> {
        let url = url::Url::parse(&credential.server).map_err(|_| BadCredential::Server)?;
        let host = match url.host().ok_or(BadCredential::Server)? {
            url::Host::Domain(name) => name.to_owned(),
            url::Host::Ipv4(v4) => v4.to_string(),
            url::Host::Ipv6(v6) => v6.to_string(),
        };
        let port = url.port_or_known_default().ok_or(BadCredential::Server)?;
        let tls = match url.scheme() {
            "https" => {
                let name = credential.tls_server_name.clone().unwrap_or_else(|| host.clone());
                let name = ServerName::try_from(name).map_err(|_| BadCredential::Server)?;
                Some((Arc::new(tls_config(credential)?), name))
            }
            "http" if policy.sandbox && is_loopback(&url) => None,
            _ => return Err(BadCredential::Server),
        };
        let resolve = Arc::new(system_resolver);
        Ok(Connector { host, port, resolve, tls, policy, peer: Arc::default() })
    }

    /// What was seen at the last handshake.
    pub(crate) fn peer(&self) -> Option<Peer> {
        self.peer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn connect(self) -> Result<Stream, DialError> {
        timeout(CONNECT_TIMEOUT, self.connect_slowly()).await.map_err(|_| DialError::Timeout)?
    }

    async fn connect_slowly(self) -> Result<Stream, DialError> {
        let addresses = (self.resolve)(&self.host, self.port)
            .await
            .map_err(|source| DialError::Resolve { host: self.host.clone(), source: Some(source) })?;
        // One bad address among good ones is a trick, not a cluster.
        for address in &addresses {
            address::check(address.ip(), self.policy).map_err(|why| DialError::Denied {
                host: self.host.clone(),
                address: address.ip(),
                why,
            })?;
        }
        let mut failure = DialError::Resolve { host: self.host.clone(), source: None };
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(tcp) => return self.secure(tcp, address).await,
                Err(source) => failure = DialError::Connect { address, source },
            }
        }
        Err(failure)
    }

    async fn secure(self, tcp: TcpStream, address: SocketAddr) -> Result<Stream, DialError> {
        // Small requests must not wait for Nagle's algorithm; failing to say so harms nothing.
        let _ = tcp.set_nodelay(true);
        let Some((config, name)) = self.tls else {
            self.remember(Peer { address, certificate_expires: None });
            return Ok(Stream(TokioIo::new(Either::Left(tcp))));
        };
        let stream = TlsConnector::from(config)
            .connect(name, tcp)
            .await
            .map_err(|source| DialError::Tls { host: self.host.clone(), source })?;
        let certificate = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
        let certificate_expires = certificate.and_then(|der| credential::certificate_expiry(der));
        *self.peer.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Peer { address, certificate_expires });
        Ok(Stream(TokioIo::new(Either::Right(Box::new(stream)))))
    }

    fn remember(&self, peer: Peer) {
        *self.peer.lock().unwrap_or_else(PoisonError::into_inner) = Some(peer);
    }
}

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(v4)) => v4.is_loopback(),
        Some(url::Host::Ipv6(v6)) => v6.is_loopback(),
        _ => false,
    }
}

fn tls_config(credential: &Credential) -> Result<ClientConfig, BadCredential> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(BadCredential::Tls)?
        .with_root_certificates(authorities(credential)?);
    match &credential.auth {
        Auth::ClientCert { cert_pem, key_pem } => {
            let chain = credential::certificates(cert_pem);
            let key = credential::private_key(key_pem.expose()).ok_or(BadCredential::ClientCertificate)?;
            builder.with_client_auth_cert(chain, key).map_err(|_| BadCredential::ClientCertificate)
        }
        Auth::Token { .. } | Auth::None => Ok(builder.with_no_client_auth()),
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn authorities(credential: &Credential) -> Result<RootCertStore, BadCredential> {
    let mut roots = RootCertStore::empty();
    match &credential.ca_pem {
        Some(pem) => {
            for certificate in credential::certificates(pem) {
                roots.add(certificate).map_err(|_| BadCredential::Authorities)?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() { Err(BadCredential::Authorities) } else { Ok(roots) }
}

/// Whether a client certificate and a key belong together and can be used.
pub(crate) fn key_pair_fits(cert_pem: &str, key_pem: &str) -> bool {
    let chain = credential::certificates(cert_pem);
    let Some(key) = credential::private_key(key_pem) else { return false };
    !chain.is_empty() && rustls::sign::CertifiedKey::from_der(chain, key, &provider()).is_ok()
}

impl tower::Service<http::Uri> for Connector {
    type Response = Stream;
    type Error = DialError;
    type Future = BoxFuture<'static, Result<Stream, DialError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), DialError>> {
        Poll::Ready(Ok(()))
    }

    /// The address is the registered one whatever a request says: there is nothing to redirect.
    fn call(&mut self, _: http::Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}

/// A connection, plain or secure.
pub(crate) struct Stream(TokioIo<Either<TcpStream, Box<TlsStream<TcpStream>>>>);

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl rt::Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: rt::ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl rt::Write for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
