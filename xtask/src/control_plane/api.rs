//! A small client of one API server, with the administrator's certificate and keep-alive connections.

use super::pki::Pair;
use crate::error::{Error, Result};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

/// The client. Cloning shares its connections.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    agent: Agent,
    base: String,
}

/// An answer: the status and the body, `null` when it is not JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// Whether the request was served.
    pub(crate) fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What a refusal says.
    pub(crate) fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or("no message")
    }
}

/// Every call ends within this time.
const DEADLINE: Duration = Duration::from_secs(20);

impl Api {
    /// A client of `base` (`https://127.0.0.1:PORT`) that trusts `ca` alone.
    pub(crate) fn new(base: &str, ca: &str, client: &Pair) -> Result<Self> {
        let bad = |e: ureq::Error| Error::Failed(format!("certificate for {base}: {e}"));
        let cert = Certificate::from_pem(client.cert.as_bytes()).map_err(bad)?;
        let key = PrivateKey::from_pem(client.key.as_bytes()).map_err(bad)?;
        let root = Certificate::from_pem(ca.as_bytes()).map_err(bad)?;
        let tls = TlsConfig::builder()
            .client_cert(Some(ClientCert::new_with_certs(&[cert], key)))
            .root_certs(RootCerts::new_with_certs(&[root]))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .http_status_as_error(false)
            .timeout_global(Some(DEADLINE))
            .max_idle_connections_per_host(16)
            .build()
            .new_agent();
        Ok(Self { agent, base: base.to_owned() })
    }

    /// GET.
    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        self.answer("GET", path, self.agent.get(format!("{}{path}", self.base)).call())
    }

    /// POST of JSON.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.answer("POST", path, self.agent.post(format!("{}{path}", self.base)).send_json(body))
    }

    fn answer(
        &self,
        verb: &str,
        path: &str,
        response: std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer> {
        let failed = |e: ureq::Error| Error::Failed(format!("{verb} {}{path}: {e}", self.base));
        let mut response = response.map_err(failed)?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().map_err(failed)?;
        Ok(Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::Null) })
    }

    /// POST that must make the object, or find it there.
    pub(crate) fn create(&self, path: &str, body: &Value) -> Result {
        let answer = self.post(path, body)?;
        if answer.ok() || answer.status == 409 {
            return Ok(());
        }
        Err(Error::Failed(format!("POST {path}: {} {}", answer.status, answer.message())))
    }
}
