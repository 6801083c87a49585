//! The credential of one cluster, rebuilt from the parts that are allowed (design rule 6).

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Text that never reaches a log: it is wiped when dropped, and printing it prints dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(Zeroizing::new(text.into()))
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How the console proves itself to a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Auth {
    /// A bearer token.
    Token {
        /// The token.
        token: Secret,
    },
    /// A client certificate.
    ClientCert {
        /// Certificate chain, PEM.
        cert_pem: String,
        /// Private key, PEM.
        key_pem: Secret,
    },
    /// Nothing: the console's own sandbox, which knows its client by being on loopback.
    None,
}

/// All that is needed to reach one cluster. The server seals its JSON before it reaches a disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// `https://host:port/path`, without login, query or fragment.
    pub server: String,
    /// Certificate authorities, PEM; `None` for the operating system's.
    pub ca_pem: Option<String>,
    /// How the console proves itself.
    pub auth: Auth,
    /// The name the server's certificate must carry, when not the host's.
    pub tls_server_name: Option<String>,
}

/// A stored credential that cannot be read back.
#[derive(Debug, thiserror::Error)]
#[error("the stored credential cannot be read")]
pub struct CredentialUnreadable;

impl Credential {
    /// A credential for one of the console's own sandbox clusters.
    pub fn sandbox(server: impl Into<String>, token: Option<String>) -> Self {
        let auth = token.map_or(Auth::None, |token| Auth::Token { token: Secret::new(token) });
        Credential { server: server.into(), ca_pem: None, auth, tls_server_name: None }
    }

    /// The bytes to seal. They hold the secret in the clear.
    pub fn to_secret_json(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads what [`Credential::to_secret_json`] wrote. The error never quotes the bytes.
    pub fn from_secret_json(bytes: &[u8]) -> Result<Self, CredentialUnreadable> {
        serde_json::from_slice(bytes).map_err(|_| CredentialUnreadable)
    }

    /// When the credential ends, Unix seconds, where it says so itself: `exp` of a JWT (RFC 7519) or
    /// `notAfter` of a certificate.
    pub fn expires(&self) -> Option<i64> {
        match &self.auth {
            Auth::Token { token } => jwt_expiry(token.expose()),
            Auth::ClientCert { cert_pem, .. } => {
                let certificate = CertificateDer::from_pem_slice(cert_pem.as_bytes()).ok()?;
                certificate_expiry(&certificate)
            }
            Auth::None => None,
        }
    }
}

fn jwt_expiry(token: &str) -> Option<i64> {
    jwt_validity(token).and_then(|validity| validity.until)
}

/// From when until when something holds, in Unix seconds, as far as it says so itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Validity {
    /// The first second.
    pub(crate) from: Option<i64>,
    /// The end.
    pub(crate) until: Option<i64>,
}

impl Validity {
    /// Whether it holds at this moment, in Unix seconds.
    pub(crate) fn holds(self, now: i64) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// `nbf` and `exp` of a JWT (RFC 7519); `None` for what is no JWT. Its signature is the cluster's to judge.
pub(crate) fn jwt_validity(token: &str) -> Option<Validity> {
    let payload = token.split('.').nth(1)?;
    let json = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims = serde_json::from_slice::<serde_json::Value>(&json).ok()?;
    let claim = |name: &str| claims.get(name).and_then(serde_json::Value::as_i64);
    Some(Validity { from: claim("nbf"), until: claim("exp") })
}

/// `notBefore` and `notAfter` of a certificate; `None` for what is none.
pub(crate) fn certificate_validity(der: &[u8]) -> Option<Validity> {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
    let validity = certificate.validity();
    Some(Validity {
        from: Some(validity.not_before.timestamp()),
        until: Some(validity.not_after.timestamp()),
    })
}

/// `notAfter` of a certificate, Unix seconds.
pub(crate) fn certificate_expiry(der: &[u8]) -> Option<i64> {
    certificate_validity(der)?.until
}

/// The certificates in a PEM text; empty when there is none or one cannot be read.
pub(crate) fn certificates(pem: &str) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>().unwrap_or_default()
}

/// The private key in a PEM text.
pub(crate) fn private_key(pem: &str) -> Option<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "canary-9f2c";

    #[test]
    fn a_credential_survives_sealing_and_never_prints_itself() {
        let token = Credential {
            server: "https://10.0.0.1:6443".into(),
            ca_pem: Some("pem".into()),
            auth: Auth::Token { token: Secret::new(CANARY) },
            tls_server_name: Some("kubernetes".into()),
        };
        let pair = Credential {
            auth: Auth::ClientCert { cert_pem: "cert".into(), key_pem: Secret::new(CANARY) },
            ..token.clone()
        };
        for credential in [token, pair] {
            let back = Credential::from_secret_json(&credential.to_secret_json()).unwrap();
            assert_eq!(back, credential);
            assert!(!format!("{credential:?}").contains(CANARY));
        }
        let error = Credential::from_secret_json(CANARY.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(CANARY));
    }

    #[test]
    fn a_token_says_when_it_ends() {
        let jwt = |payload: &str| format!("e30.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(payload));
        for (token, expected) in [
            (jwt(r#"{"exp":1800000000}"#), Some(1_800_000_000)),
            (jwt(r#"{"sub":"x"}"#), None),
            ("opaque".to_owned(), None),
            ("a.%%%.c".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(Credential::sandbox("https://x", Some(token.clone())).expires(), expected, "{token}");
        }
    }
}
