//! What can go wrong with a call, and the one place where it becomes an [`AppError`].

mod decode;

use std::error::Error as StdError;

use binnacle_model::{AppError, FieldPath, Issue, Text, words::errors as words};
use rustls::{AlertDescription, CertificateError};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    brief,
    connect::{BadCredential, DialError},
    secrets::Secrets,
};

/// Longest message of a status that is read, in characters: errors of strict decoding come as one list.
const LONGEST_MESSAGE: usize = 16_000;
/// Issues of one answer that are shown; who has more mends these first.
const MOST_ISSUES: usize = 200;

/// Why a call gave no good answer.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// No answer; the sentence says why.
    Unreachable(Text),
    /// An answer that cannot be used (a redirect, no JSON, too large); the sentence says why.
    Odd(Text),
    /// The request cannot be written, so nothing was asked.
    Unsendable,
    /// The deadline passed, in seconds.
    Timeout(u32),
    /// The API server answered with an error status.
    Status(Box<Status>),
}

/// Kubernetes' `meta/v1` Status, the parts that are read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub(crate) code: u16,
    pub(crate) reason: String,
    pub(crate) message: String,
    pub(crate) details: Option<Details>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    name: String,
    kind: String,
    causes: Option<Vec<Cause>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Cause {
    reason: String,
    message: String,
    field: String,
}

impl Cause {
    /// The problem with what a patch made of the object, when that could not be decoded. The API server quotes the
    /// whole object before it: `Invalid value: "{\"kind\":…}": strict decoding error: …`
    /// (k8s.io/apiserver, `handlers/patch.go`).
    fn of_patched(&self) -> Option<&str> {
        let quoted = self.message.strip_prefix("Invalid value: \"").filter(|_| self.field == "patch")?;
        let mut escaped = false;
        let end = quoted.char_indices().find_map(|(at, c)| match c {
            _ if escaped => {
                escaped = false;
                None
            }
            '\\' => {
                escaped = true;
                None
            }
            '"' => Some(at),
            _ => None,
        })?;
        quoted.get(end..)?.strip_prefix("\": ")
    }
}

/// What a call was about, for the sentences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    /// The cluster's name in the console.
    pub(crate) cluster: &'a str,
    /// Kubernetes verb.
    pub(crate) verb: &'a str,
    /// Plural resource with its group.
    pub(crate) resource: &'a str,
    /// Kind.
    pub(crate) kind: &'a str,
    /// Namespace, or empty.
    pub(crate) namespace: &'a str,
    /// Name, or empty.
    pub(crate) name: &'a str,
}

impl Failure {
    /// The HTTP status, when the API server answered.
    pub(crate) fn code(&self) -> Option<u16> {
        match self {
            Failure::Status(status) => Some(status.code),
            _ => None,
        }
    }

    /// The same without the values of a Secret that was sent: an answer may quote them.
    pub(crate) fn without(mut self, secrets: &Secrets) -> Self {
        if let Failure::Status(status) = &mut self {
            let clean = |text: &mut String| *text = secrets.without(std::mem::take(text));
            clean(&mut status.message);
            for cause in status.details.iter_mut().flat_map(|details| details.causes.iter_mut().flatten()) {
                [&mut cause.reason, &mut cause.message, &mut cause.field].into_iter().for_each(clean);
            }
        }
        self
    }

    /// Why, as the part of a sentence after "does not answer:".
    pub(crate) fn reason(&self) -> Text {
        match self {
            Failure::Unreachable(reason) | Failure::Odd(reason) => reason.clone(),
            Failure::Unsendable => words::REACH_UNSENDABLE.into(),
            Failure::Timeout(seconds) => Text::new(&words::REACH_TIMEOUT, [seconds.to_string()]),
            Failure::Status(status) => match status.code {
                401 => words::REACH_CREDENTIAL.into(),
                429 | 503 => Text::new(&words::REACH_BUSY, [brief::sentence(&status.message)]),
                _ => Text::new(&words::REACH_FAILED, [brief::sentence(&status.message)]),
            },
        }
    }

    /// The issue of a value of the wrong type in the object that was sent.
    pub(crate) fn wrong_type(&self, object: &Value) -> Option<Issue> {
        match self {
            Failure::Status(status) if status.code == 400 => decode::wrong_type(&status.message, object),
            Failure::Status(status) if status.code == 422 => {
                let causes = status.details.iter().flat_map(|details| details.causes.iter().flatten());
                causes.filter_map(Cause::of_patched).find_map(|problem| decode::wrong_type(problem, object))
            }
            _ => None,
        }
    }

    /// The error that the user sees.
    pub(crate) fn into_app(self, about: About<'_>) -> AppError {
        let cluster = about.cluster.to_owned();
        match self {
            Failure::Unreachable(reason) | Failure::Odd(reason) => AppError::Unreachable { cluster, reason },
            Failure::Unsendable => AppError::Refused { text: words::UNSENDABLE.into() },
            Failure::Timeout(seconds) => AppError::Timeout { cluster, seconds },
            Failure::Status(status) => status.into_app(about),
        }
    }
}

impl Status {
    /// The status in an answer's body; a body that is none keeps its code and its first line.
    pub(crate) fn read(code: u16, body: &[u8]) -> Status {
        let mut status = serde_json::from_slice::<Status>(body).unwrap_or_default();
        if status.message.is_empty() {
            let text = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
            status.message = text.lines().next().unwrap_or_default().trim().to_owned();
        }
        if status.message.is_empty() {
            status.message = format!("HTTP {code}");
        }
        status.message = brief::cut(status.message, LONGEST_MESSAGE);
        status.code = code;
        status
    }

    fn into_app(self, about: About<'_>) -> AppError {
        let (kind, name) = self.object(about);
        match self.code {
            403 => self.forbidden(about),
            404 => AppError::NotFound { kind, name },
            409 if self.reason == "AlreadyExists" => AppError::AlreadyExists { kind, name },
            409 => AppError::Conflict { kind, name },
            413 => AppError::TooLarge { limit: "1.5 MiB".to_owned() },
            400 | 422 => AppError::Invalid { issues: self.issues() },
            _ => {
                let cluster = about.cluster.to_owned();
                AppError::Unreachable { cluster, reason: Failure::Status(Box::new(self)).reason() }
            }
        }
    }

    /// Kind and name of the object the answer is about: usually the one asked for, sometimes its
    /// namespace.
    fn object(&self, about: About<'_>) -> (String, String) {
        match &self.details {
            Some(details) if details.kind == "namespaces" && about.kind != "Namespace" => {
                ("Namespace".to_owned(), brief::sentence(&details.name))
            }
            Some(details) if about.name.is_empty() => (about.kind.to_owned(), brief::sentence(&details.name)),
            _ => (about.kind.to_owned(), about.name.to_owned()),
        }
    }

    /// Access rules say `cannot VERB resource "R" in API group "G" in the namespace "N"`
    /// (k8s.io/apiserver `responsewriters.forbiddenMessage`); anything else that answers 403 is an
    /// admission rule with a sentence of its own.
    fn forbidden(self, about: About<'_>) -> AppError {
        let Some((_, tail)) = self.message.split_once(" cannot ") else {
            return AppError::Refused { text: Text::raw(brief::sentence(self.message)) };
        };
        let verb = tail.split(' ').next().unwrap_or(about.verb).to_owned();
        let resource = quoted(tail, "resource \"").unwrap_or(about.resource);
        let group = quoted(tail, "API group \"").unwrap_or_default();
        let resource = if group.is_empty() || resource.ends_with(group) {
            resource.to_owned()
        } else {
            format!("{resource}.{group}")
        };
        let asked = if about.namespace.is_empty() { about.cluster } else { about.namespace };
        let whole = if tail.contains("at the cluster scope") { about.cluster } else { asked };
        let scope = brief::sentence(quoted(tail, "namespace \"").unwrap_or(whole));
        let (verb, resource) = (brief::sentence(verb), brief::sentence(resource));
        AppError::Forbidden { verb, resource, scope, message: brief::sentence(self.message) }
    }

    /// One issue for each cause, or for each error of strict decoding, or one for the whole.
    fn issues(&self) -> Vec<Issue> {
        let causes = self.details.iter().flat_map(|details| details.causes.iter().flatten());
        let mut issues: Vec<Issue> = Vec::new();
        for cause in causes {
            if let Some(problem) = cause.of_patched() {
                let found = decode::issues(problem);
                let whole = || Issue::error(FieldPath::root(), Text::raw(brief::sentence(problem)));
                issues.extend(if found.is_empty() { vec![whole()] } else { found });
                continue;
            }
            // `field` is the path; for a whole object some rules write `<nil>`.
            let field = brief::sentence(cause.field.trim_start_matches("<nil>"));
            let path = FieldPath::from(field.as_str());
            let said = if cause.message.is_empty() { &cause.reason } else { &cause.message };
            let issue = Issue::error(path, Text::raw(brief::sentence(said)));
            if !issues.contains(&issue) {
                issues.push(issue);
            }
            if issues.len() >= MOST_ISSUES {
                break;
            }
        }
        if issues.is_empty() {
            issues = decode::issues(&self.message);
        }
        if issues.is_empty() {
            issues.push(Issue::error(FieldPath::root(), Text::raw(brief::sentence(&self.message))));
        }
        issues
    }
}

fn quoted<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split('"').next()
}

/// Why the transport failed, in words. `host` is the server's.
pub(crate) fn transport_reason(error: &(dyn StdError + 'static), host: &str) -> Text {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut last = error.to_string();
    while let Some(current) = cause {
        if let Some(dial) = current.downcast_ref::<DialError>() {
            return dial_reason(dial);
        }
        if let Some(tls) = current.downcast_ref::<rustls::Error>() {
            return tls_reason(tls, host);
        }
        if let Some(io) = current.downcast_ref::<std::io::Error>()
            && let Some(inner) = io.get_ref()
            && let Some(tls) = inner.downcast_ref::<rustls::Error>()
        {
            return tls_reason(tls, host);
        }
        last = current.to_string();
        cause = current.source();
    }
    Text::new(&words::REACH_BROKEN, [brief::sentence(last)])
}

fn dial_reason(error: &DialError) -> Text {
    match error {
        DialError::Resolve { host, .. } => Text::new(&words::REACH_RESOLVE, [host]),
        DialError::Denied { host, address, why } => why.explain(host, *address),
        DialError::Connect { address, source } => {
            Text::new(&words::REACH_CONNECT, [address.to_string(), source.kind().to_string()])
        }
        DialError::Timeout => Text::new(&words::REACH_TIMEOUT, ["3"]),
        DialError::Tls { host, source } => {
            match source.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(tls) => tls_reason(tls, host),
                None => Text::new(&words::TLS_OTHER, [source.to_string()]),
            }
        }
    }
}

fn tls_reason(error: &rustls::Error, host: &str) -> Text {
    use CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(C::UnknownIssuer | C::BadSignature) => words::TLS_AUTHORITY.into(),
        rustls::Error::InvalidCertificate(C::Expired | C::ExpiredContext { .. }) => words::TLS_EXPIRED.into(),
        rustls::Error::InvalidCertificate(C::NotValidYet | C::NotValidYetContext { .. }) => {
            words::TLS_NOT_YET.into()
        }
        rustls::Error::InvalidCertificate(C::NotValidForName | C::NotValidForNameContext { .. }) => {
            Text::new(&words::TLS_NAME, [host])
        }
        rustls::Error::InvalidCertificate(why) => {
            // The library's words are for who reads the log; they help nobody in front of a form.
            tracing::debug!(%host, %error, "the server's certificate is refused");
            match why {
                C::Other(other) if is_authority_as_server(other) => words::TLS_AUTHORITY_AS_SERVER.into(),
                _ => words::TLS_CERTIFICATE.into(),
            }
        }
        rustls::Error::AlertReceived(
            alert @ (AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA),
        ) => Text::new(&words::TLS_CLIENT, [format!("{alert:?}")]),
        other => Text::new(&words::TLS_OTHER, [other.to_string()]),
    }
}

/// Whether the server showed a certificate that may only sign others.
fn is_authority_as_server(error: &rustls::OtherError) -> bool {
    matches!(error.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

impl From<BadCredential> for Failure {
    fn from(error: BadCredential) -> Self {
        Failure::Unreachable(match error {
            BadCredential::Server => words::KC_SERVER.into(),
            BadCredential::Authorities => words::TLS_AUTHORITY.into(),
            BadCredential::ClientCertificate => words::KC_KEY_PAIR.into(),
            BadCredential::Tls(source) => Text::new(&words::TLS_OTHER, [source.to_string()]),
        })
    }
}

#[cfg(test)]
mod tests;
