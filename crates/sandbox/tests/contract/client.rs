//! A small HTTP client for the suite: plain HTTP with a token, or TLS with a client certificate.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Anything that goes wrong in the suite itself.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// An API server and the administrator's way in.
pub struct Server {
    /// Name for reports.
    pub name: String,
    host: String,
    port: u16,
    token: Option<String>,
    tls: Option<Tls>,
}

struct Tls {
    admin: Arc<ClientConfig>,
    anonymous: Arc<ClientConfig>,
}

/// An answer.
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Body, or null where it is no JSON.
    pub body: Value,
    /// Body as text.
    pub text: String,
    /// `Warning` headers.
    pub warnings: Vec<String>,
}

/// One request.
pub struct Ask<'a> {
    /// Method.
    pub method: &'a str,
    /// Path with query.
    pub path: &'a str,
    /// Body, empty for none.
    pub body: String,
    /// Headers besides the usual ones.
    pub headers: Vec<(String, String)>,
    /// Whether to come without credentials.
    pub anonymous: bool,
}

impl Server {
    /// A sandbox cluster.
    pub fn sandbox(cluster: &binnacle_sandbox::SandboxCluster) -> Self {
        Self {
            name: format!("sandbox {}", cluster.name),
            host: cluster.address.ip().to_string(),
            port: cluster.address.port(),
            token: Some(cluster.token.clone()),
            tls: None,
        }
    }

    /// The current context's cluster of a kubeconfig with inline certificates.
    pub fn from_kubeconfig(path: &str) -> Result<Self, Fault> {
        let text = std::fs::read_to_string(path)?;
        let config: Value = serde_saphyr::from_str(&text)?;
        let named = |list: &str, key: &str, name: &str| -> Value {
            let all = config[list].as_array().cloned().unwrap_or_default();
            all.into_iter().find(|one| one["name"] == name).map(|one| one[key].clone()).unwrap_or_default()
        };
        let current = config["current-context"].as_str().ok_or("no current context")?;
        let context = named("contexts", "context", current);
        let cluster = named("clusters", "cluster", context["cluster"].as_str().unwrap_or_default());
        let user = named("users", "user", context["user"].as_str().unwrap_or_default());
        let address = cluster["server"]
            .as_str()
            .and_then(|server| server.strip_prefix("https://"))
            .ok_or("no https server")?;
        let (host, port) = address.rsplit_once(':').ok_or("no port in the server's address")?;
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_slice_iter(&decoded(&cluster["certificate-authority-data"])?) {
            roots.add(root?)?;
        }
        let base = || -> Result<_, Fault> {
            let provider = Arc::new(aws_lc_rs::default_provider());
            Ok(ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots.clone()))
        };
        let token = user["token"].as_str().map(str::to_owned);
        let admin = if token.is_some() {
            base()?.with_no_client_auth()
        } else {
            let chain = CertificateDer::pem_slice_iter(&decoded(&user["client-certificate-data"])?)
                .collect::<Result<Vec<_>, _>>()?;
            let key = PrivateKeyDer::from_pem_slice(&decoded(&user["client-key-data"])?)?;
            base()?.with_client_auth_cert(chain, key)?
        };
        let tls = Tls { admin: Arc::new(admin), anonymous: Arc::new(base()?.with_no_client_auth()) };
        Ok(Self { name: path.to_owned(), host: host.to_owned(), port: port.parse()?, token, tls: Some(tls) })
    }

    /// Sends one request over a connection of its own.
    pub async fn send(&self, ask: &Ask<'_>) -> Result<Answer, Fault> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        match &self.tls {
            None => self.over(stream, ask).await,
            Some(tls) => {
                let config = if ask.anonymous { &tls.anonymous } else { &tls.admin };
                let name = ServerName::try_from(self.host.clone())?;
                let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
                self.over(stream, ask).await
            }
        }
    }

    async fn over<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        stream: S,
        ask: &Ask<'_>,
    ) -> Result<Answer, Fault> {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let running = tokio::spawn(connection);
        let mut request =
            http::Request::builder().method(ask.method).uri(ask.path).header("host", &self.host);
        // As the console does, where a case says nothing else.
        let given = |header: &str| ask.headers.iter().any(|(name, _)| name == header);
        if !given("accept") {
            request = request.header("accept", "application/json");
        }
        if !given("content-type") && !ask.body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if let Some(token) = self.token.as_ref().filter(|_| !ask.anonymous) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = sender.send_request(request.body(Full::new(Bytes::from(ask.body.clone())))?).await?;
        let status = response.status().as_u16();
        let warnings = response
            .headers()
            .get_all("warning")
            .iter()
            .filter_map(|one| one.to_str().ok())
            .map(str::to_owned)
            .collect();
        let bytes = response.into_body().collect().await?.to_bytes();
        running.abort();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default(), text, warnings })
    }
}

impl Server {
    /// Opens a plain watch; lines come through the channel until it is dropped or the watch ends.
    async fn open(&self, path: &str) -> Result<tokio::sync::mpsc::Receiver<Value>, Fault> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = http::Request::get(path)
            .header("host", &self.host)
            .header("authorization", format!("Bearer {}", self.token.as_deref().unwrap_or_default()))
            .body(Full::new(Bytes::new()))?;
        let mut body = sender.send_request(request).await?.into_body();
        let (lines, receiver) = tokio::sync::mpsc::channel(64);
        tokio::spawn(async move {
            let mut rest = Vec::new();
            while let Some(Ok(frame)) = body.frame().await {
                rest.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new()));
                while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = rest.drain(..=end).collect();
                    let value = serde_json::from_slice(&line).unwrap_or_default();
                    if lines.send(value).await.is_err() {
                        return;
                    }
                }
            }
            drop(sender);
        });
        Ok(receiver)
    }

    /// Watches until a change satisfies the check; answers with its object, or none when the watch ends.
    pub async fn watch(&self, path: &str, check: impl Fn(&str, &Value) -> bool) -> Option<Value> {
        let mut lines = self.open(path).await.ok()?;
        while let Some(line) = lines.recv().await {
            if check(line["type"].as_str().unwrap_or_default(), &line["object"]) {
                return Some(line["object"].clone());
            }
        }
        None
    }

    /// All lines of a watch that ends by itself.
    pub async fn lines(&self, path: &str) -> Result<Vec<Value>, Fault> {
        let mut lines = self.open(path).await?;
        let mut all = Vec::new();
        while let Some(line) = lines.recv().await {
            all.push(line);
        }
        Ok(all)
    }
}

/// Base64 data of a kubeconfig.
fn decoded(value: &Value) -> Result<Vec<u8>, Fault> {
    use base64::Engine;
    let text = value.as_str().ok_or("the kubeconfig has no inline certificate data")?;
    Ok(base64::engine::general_purpose::STANDARD.decode(text)?)
}
