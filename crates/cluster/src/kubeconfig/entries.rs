//! The `cluster` and `user` parts of a kubeconfig.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use binnacle_model::{FieldPath, Issue, Text, Word, words::errors as words};
use rustls::pki_types::ServerName;
use serde_json::{Map, Value};

use super::{shape, unknown};
use crate::{
    address::{self, DialPolicy},
    brief, clock, connect,
    credential::{self, Auth, Secret, Validity},
};

/// What `kubectl config view` writes for a token, and for bytes (client-go `clientcmd/api` `RedactSecrets`).
const REDACTED: &str = "REDACTED";
const OMITTED: [&str; 3] = ["DATA+OMITTED", "DATA OMITTED", REDACTED];

/// One entry of `clusters`.
pub(super) struct ClusterPart {
    pub(super) name: String,
    pub(super) server: String,
    pub(super) ca_pem: Option<String>,
    pub(super) tls_server_name: Option<String>,
    pub(super) issues: Vec<Issue>,
    path: FieldPath,
}

/// One entry of `users`.
pub(super) struct UserPart {
    pub(super) name: String,
    pub(super) auth: Option<Auth>,
    pub(super) issues: Vec<Issue>,
}

impl ClusterPart {
    pub(super) fn read(name: String, path: &FieldPath, body: &Value) -> Self {
        let mut fields = Fields::new(path, body);
        let server = fields.server();
        let ca_pem = fields.certificates("certificate-authority-data");
        let tls_server_name = fields.text("tls-server-name").filter(|name| !name.is_empty());
        if let Some(name) = &tls_server_name
            && ServerName::try_from(name.clone()).is_err()
        {
            fields.error("tls-server-name", words::KC_SERVER_NAME.into());
        }
        fields.file("certificate-authority", "certificate-authority-data");
        fields.refuse("proxy-url", words::KC_PROXY.into());
        match fields.take("insecure-skip-tls-verify") {
            None | Some(Value::Null | Value::Bool(false)) => {}
            Some(_) => fields.error("insecure-skip-tls-verify", words::KC_INSECURE.into()),
        }
        // Compressing what is asked for is no one's business but the client's.
        fields.take("disable-compression");
        if ca_pem.is_none() && fields.issues.is_empty() {
            fields.warn("certificate-authority-data", words::KC_AUTHORITY.into());
        }
        let issues = fields.finish();
        ClusterPart { name, server, ca_pem, tls_server_name, issues, path: path.clone() }
    }

    /// Refuses a literal address that the policy denies, before anything is dialled, and a name that can only
    /// lead to one. Other names are checked when they are resolved, by the connector.
    pub(super) fn literal_address(&self, policy: DialPolicy) -> Option<Issue> {
        let url = url::Url::parse(&self.server).ok()?;
        let (denied, address) = match url.host()? {
            url::Host::Ipv4(v4) => address::check(v4.into(), policy).err().map(|why| (why, v4.into())),
            url::Host::Ipv6(v6) => address::check(v6.into(), policy).err().map(|why| (why, v6.into())),
            url::Host::Domain(name) => address::check_name(name, policy).err(),
        }?;
        let host = url.host_str().unwrap_or_default();
        Some(Issue::error(self.path.key("server"), denied.explain(host, address)))
    }
}

impl UserPart {
    pub(super) fn read(name: String, path: &FieldPath, body: &Value) -> Self {
        let mut fields = Fields::new(path, body);
        let token = fields.text("token").filter(|token| !token.is_empty());
        if let Some(token) = &token {
            if token == REDACTED {
                fields.error("token", words::KC_OMITTED.into());
            } else if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                fields.error("token", words::KC_TOKEN.into());
            }
            fields.in_force("token", credential::jwt_validity(token).into_iter());
        }
        let cert = fields.certificates("client-certificate-data");
        let key =
            fields.pem("client-key-data", words::KC_PEM_KEY, |pem| credential::private_key(pem).is_some());

        fields.refuse("exec", words::KC_EXEC.into());
        fields.refuse("auth-provider", words::KC_AUTH_PROVIDER.into());
        fields.refuse("tokenFile", words::KC_TOKEN_FILE.into());
        fields.file("client-certificate", "client-certificate-data");
        fields.file("client-key", "client-key-data");
        for key in ["as", "as-uid", "as-groups", "as-user-extra"] {
            fields.refuse(key, Text::new(&words::KC_IMPERSONATE, [key]));
        }
        for key in ["username", "password"] {
            fields.refuse(key, Text::new(&words::KC_PASSWORD, [key]));
        }

        let auth = match (token, cert, key) {
            (Some(token), cert, _) => {
                if cert.is_some() {
                    fields.warn("token", words::KC_BOTH.into());
                }
                Some(Auth::Token { token: Secret::new(token) })
            }
            (None, Some(cert_pem), Some(key_pem)) => {
                if !connect::key_pair_fits(&cert_pem, &key_pem) {
                    fields.error("client-key-data", words::KC_KEY_PAIR.into());
                }
                Some(Auth::ClientCert { cert_pem, key_pem: Secret::new(key_pem) })
            }
            (None, Some(_), None) => {
                if !fields.has_issue("client-key") {
                    fields.error("client-key-data", words::KC_KEY_MISSING.into());
                }
                None
            }
            (None, None, Some(_)) => {
                if !fields.has_issue("client-certificate") {
                    fields.error("client-certificate-data", words::KC_CERTIFICATE_MISSING.into());
                }
                None
            }
            (None, None, None) => None,
        };
        let mut issues = fields.finish();
        // A refused part already says what to do instead.
        if auth.is_none() && issues.is_empty() {
            issues.push(Issue::error(
                path.clone(),
                Text::new(&words::KC_NO_CREDENTIAL, [brief::sentence(&name)]),
            ));
        }
        UserPart { name, auth, issues }
    }
}

/// The members of one entry, ticked off as they are read; what is left is refused by name.
struct Fields<'a> {
    path: &'a FieldPath,
    rest: Map<String, Value>,
    issues: Vec<Issue>,
}

impl<'a> Fields<'a> {
    fn new(path: &'a FieldPath, body: &Value) -> Self {
        Fields { path, rest: body.as_object().cloned().unwrap_or_default(), issues: Vec::new() }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        self.rest.shift_remove(key)
    }

    fn error(&mut self, key: &str, text: Text) {
        self.issues.push(Issue::error(self.path.key(key), text));
    }

    fn warn(&mut self, key: &str, text: Text) {
        self.issues.push(Issue::warning(self.path.key(key), text));
    }

    fn has_issue(&self, prefix: &str) -> bool {
        let place = self.path.to_string();
        self.issues.iter().any(|issue| issue.path.to_string().starts_with(&format!("{place}.{prefix}")))
    }

    fn text(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            Value::Null => None,
            _ => {
                self.issues.push(shape(self.path.key(key), words::KC_SHAPE_TEXT));
                None
            }
        }
    }

    /// A member that may not be there at all, whatever it holds.
    fn refuse(&mut self, key: &str, text: Text) {
        match self.take(key) {
            None | Some(Value::Null) => {}
            Some(_) => self.error(key, text),
        }
    }

    fn file(&mut self, key: &str, inline: &str) {
        self.refuse(key, Text::new(&words::KC_FILE, [key, inline]));
    }

    /// Certificates in PEM form, each of which can be read, and one of which holds now: a bundle of authorities
    /// keeps the last one until the next is everywhere.
    fn certificates(&mut self, key: &str) -> Option<String> {
        let pem = self.pem(key, words::KC_PEM_CERTIFICATE, |pem| {
            let found = credential::certificates(pem);
            !found.is_empty() && found.iter().all(|der| credential::certificate_validity(der).is_some())
        })?;
        let found = credential::certificates(&pem);
        // A client's chain begins with its own; an authority's bundle has no order.
        let judged = if key == "client-certificate-data" { &found[..1] } else { &found[..] };
        self.in_force(key, judged.iter().filter_map(|der| credential::certificate_validity(der)));
        Some(pem)
    }

    /// An issue unless something holds now, about the first.
    fn in_force(&mut self, key: &str, mut terms: impl Iterator<Item = Validity> + Clone) {
        let now = clock::now();
        if terms.clone().any(|term| term.holds(now)) {
            return;
        }
        match terms.next() {
            Some(Validity { until: Some(until), .. }) if until <= now => {
                self.error(key, Text::new(&words::KC_ENDED, [clock::exact(until)]));
            }
            Some(Validity { from: Some(from), .. }) => {
                self.error(key, Text::new(&words::KC_NOT_YET, [clock::exact(from)]));
            }
            _ => {}
        }
    }

    fn pem(&mut self, key: &str, what: Word, good: impl Fn(&str) -> bool) -> Option<String> {
        let encoded = self.text(key).filter(|text| !text.is_empty())?;
        if OMITTED.contains(&encoded.as_str()) {
            self.error(key, words::KC_OMITTED.into());
            return None;
        }
        let compact: String = encoded.split_whitespace().collect();
        let Some(pem) = BASE64_STANDARD.decode(compact).ok().and_then(|bytes| String::from_utf8(bytes).ok())
        else {
            self.error(key, words::KC_BASE64.into());
            return None;
        };
        if !good(&pem) {
            self.error(key, Text::new(&words::KC_PEM, [Text::from(what)]));
            return None;
        }
        Some(pem)
    }

    fn server(&mut self) -> String {
        let Some(text) = self.text("server").filter(|text| !text.is_empty()) else {
            if self.issues.is_empty() {
                self.error("server", words::KC_NO_SERVER.into());
            }
            return String::new();
        };
        let problem = match url::Url::parse(text.trim()) {
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                // The address is not shown: it holds a secret.
                self.error("server", words::KC_SERVER_LOGIN.into());
                return String::new();
            }
            Ok(url) if url.host().is_none() || url.port() == Some(0) => Some(words::KC_SERVER),
            Ok(url) if url.scheme() != "https" => Some(words::KC_HTTPS),
            Ok(url) if url.query().is_some() || url.fragment().is_some() => Some(words::KC_SERVER),
            Ok(url) => return url.as_str().trim_end_matches('/').to_owned(),
            Err(_) => Some(words::KC_SERVER),
        };
        if let Some(word) = problem {
            self.error("server", word.into());
        }
        text
    }

    fn finish(mut self) -> Vec<Issue> {
        for key in std::mem::take(&mut self.rest).keys() {
            if key == "extensions" {
                self.warn(key, words::KC_EXTENSIONS.into());
            } else {
                self.issues.push(unknown(self.path, key));
            }
        }
        self.issues
    }
}
