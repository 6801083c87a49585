//! One cluster's connection: every call passes here, under a deadline, a byte cap and an identity
//! (design rules 4 and 5).

mod health;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::Duration,
};

use binnacle_model::{Text, session::Caller, words::errors as words};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header, request::Parts};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kube::client::Body;
use serde::de::DeserializeOwned;
use tokio::sync::{Notify, Semaphore, watch};

pub(crate) use health::Health;

use crate::{
    address::DialPolicy,
    brief, clock,
    connect::{Connector, Peer},
    credential::{Auth, Credential},
    failure::{Failure, Status, transport_reason},
};

/// Deadline of a read (security-reliability B1).
pub(crate) const READ: Duration = Duration::from_secs(5);
/// Deadline of a write.
pub(crate) const WRITE: Duration = Duration::from_secs(10);
/// Deadline of one page of a list.
pub(crate) const LIST_PAGE: Duration = Duration::from_secs(30);
/// Deadline of the health probe: short, so that a frozen cluster is seen within 10 s.
pub(crate) const PROBE: Duration = Duration::from_secs(3);

/// Largest answer about one object; etcd itself holds no object over 1.5 MiB.
pub(crate) const OBJECT_CAP: usize = 4 << 20;
/// Largest OpenAPI document; Kubernetes' own largest has 1.6 MB.
pub(crate) const DOCUMENT_CAP: usize = 16 << 20;
/// Largest page of a list.
pub(crate) const PAGE_CAP: usize = 64 << 20;

/// Warnings of one answer that are shown.
const MOST_WARNINGS: usize = 50;

/// Calls to one cluster at a time, streams aside.
const CONCURRENT_CALLS: usize = 8;
/// Transport failures in a row after which the cluster counts as down.
const OPEN_AFTER: u32 = 3;

/// On whose behalf a call is made.
#[derive(Clone, Copy)]
pub(crate) enum Identity<'a> {
    /// The registered credential itself: health, caches and verification only.
    Console,
    /// The signed-in person, impersonated.
    Caller(&'a Caller),
}

/// One call.
#[derive(Clone)]
pub(crate) struct Call {
    method: Method,
    /// Path and query below the server's address.
    path: String,
    body: Option<Bytes>,
    deadline: Duration,
    cap: usize,
    probe: bool,
    /// Whether the body is a JSON Patch.
    patch: bool,
}

impl Call {
    /// A read of one object.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Call {
            method: Method::GET,
            path: path.into(),
            body: None,
            deadline: READ,
            cap: OBJECT_CAP,
            probe: false,
            patch: false,
        }
    }

    /// A read of one page of a list.
    pub(crate) fn page(path: impl Into<String>) -> Self {
        Call { deadline: LIST_PAGE, cap: PAGE_CAP, ..Call::get(path) }
    }

    /// A write.
    pub(crate) fn write(method: Method, path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Call { method, body: Some(body.into()), deadline: WRITE, ..Call::get(path) }
    }

    /// A change of an object by a JSON Patch (RFC 6902).
    pub(crate) fn json_patch(path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Call { patch: true, ..Call::write(Method::PATCH, path, body) }
    }

    /// A question that is asked by POST and changes nothing (access reviews).
    pub(crate) fn review(path: impl Into<String>, body: impl Into<Bytes>) -> Self {
        Call { deadline: READ, ..Call::write(Method::POST, path, body) }
    }

    /// A read of a document that describes the API; with many definitions it is large, and made on demand.
    pub(crate) fn document(path: impl Into<String>) -> Self {
        Call { deadline: WRITE, cap: DOCUMENT_CAP, ..Call::get(path) }
    }

    /// The health probe, which passes while the cluster counts as down.
    pub(crate) fn probe(path: impl Into<String>) -> Self {
        Call { deadline: PROBE, probe: true, ..Call::get(path) }
    }

    #[cfg(test)]
    pub(crate) fn within(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    #[cfg(test)]
    pub(crate) fn capped(mut self, bytes: usize) -> Self {
        self.cap = bytes;
        self
    }
}

/// A good answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) body: Bytes,
    /// `Warning: 299` headers, their texts.
    pub(crate) warnings: Vec<String>,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|_| Failure::Odd(words::REACH_NONSENSE.into()))
    }
}

/// A cluster's connection.
pub(crate) struct Connection {
    client: kube::Client,
    connector: Connector,
    /// Address without a trailing slash.
    server: String,
    host: String,
    authorization: Option<HeaderValue>,
    permits: Semaphore,
    failures: AtomicU32,
    health: watch::Sender<Health>,
    /// Unix seconds of the last good exchange, 0 before the first.
    last_good: AtomicI64,
    /// Wakes the health loop before its time.
    pub(crate) wake: Notify,
}

impl Connection {
    /// Prepares a connection; nothing is dialled yet. Needs a tokio runtime around it.
    pub(crate) fn new(credential: &Credential, policy: DialPolicy) -> Result<Arc<Self>, Failure> {
        let connector = Connector::new(credential, policy)?;
        let authorization = match &credential.auth {
            Auth::Token { token } => {
                let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
                    .map_err(|_| Failure::Unreachable(words::KC_TOKEN.into()))?;
                value.set_sensitive(true);
                Some(value)
            }
            Auth::ClientCert { .. } | Auth::None => None,
        };
        let service = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(CONCURRENT_CALLS)
            .build::<_, Body>(connector.clone());
        let host = url::Url::parse(&credential.server)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_default();
        Ok(Arc::new(Connection {
            client: kube::Client::new(service, "default"),
            connector,
            server: credential.server.trim_end_matches('/').to_owned(),
            host,
            authorization,
            permits: Semaphore::new(CONCURRENT_CALLS),
            failures: AtomicU32::new(0),
            health: watch::Sender::new(Health::New),
            last_good: AtomicI64::new(0),
            wake: Notify::new(),
        }))
    }

    /// The server's address.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// What was seen of the server at the last handshake.
    pub(crate) fn peer(&self) -> Option<Peer> {
        self.connector.peer()
    }

    /// Health, and its changes.
    pub(crate) fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    /// Whether the cluster counts as down.
    pub(crate) fn is_down(&self) -> bool {
        matches!(&*self.health.borrow(), Health::Down { .. })
    }

    /// Unix seconds of the last good exchange.
    pub(crate) fn last_good(&self) -> Option<i64> {
        match self.last_good.load(Ordering::Relaxed) {
            0 => None,
            at => Some(at),
        }
    }

    /// Makes a call: bounded in time, size and number; a read is tried twice.
    pub(crate) async fn call(&self, identity: Identity<'_>, call: Call) -> Result<Reply, Failure> {
        let head = self.head(identity, &call)?;
        if !call.probe
            && let Health::Down { reason, .. } = &*self.health.borrow()
        {
            return Err(Failure::Unreachable(reason.clone()));
        }
        // Waiting for a turn is our own crowd, not the cluster's fault: it counts against no one.
        let _permit = match call.probe {
            true => None,
            false => match tokio::time::timeout(call.deadline, self.permits.acquire()).await {
                Ok(Ok(permit)) => Some(permit),
                _ => return Err(Failure::Unreachable(words::REACH_QUEUE.into())),
            },
        };
        let seconds = u32::try_from(call.deadline.as_secs()).unwrap_or(u32::MAX);
        let outcome = match tokio::time::timeout(call.deadline, self.attempts(&head, &call)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::Timeout(seconds)),
        };
        self.note(&outcome, &call);
        outcome
    }

    /// What a call says of the cluster. It must say nothing that whoever is signed in could make it say:
    /// one person's call would take the cluster from all others.
    fn note(&self, outcome: &Result<Reply, Failure>, call: &Call) {
        match outcome {
            Ok(_) => self.note_success(),
            // A cluster that refuses the credential, or fails at `/version`, is of no use.
            Err(failure @ Failure::Status(status)) if status.code == 401 || status.code >= 500 => {
                if call.probe {
                    self.note_failure(failure, true);
                }
            }
            Err(Failure::Status(_)) => self.note_success(),
            Err(failure) if call.probe => self.note_failure(failure, true),
            Err(failure @ Failure::Unreachable(_)) => self.note_failure(failure, false),
            Err(failure @ Failure::Timeout(_)) if call.body.is_none() => self.note_failure(failure, false),
            // A slow write may wait for a webhook of the writer's own, and an odd answer may be about an
            // odd object: the probe decides.
            Err(_) => self.wake.notify_one(),
        }
    }

    async fn attempts(&self, head: &Parts, call: &Call) -> Result<Reply, Failure> {
        let first = self.exchange(head, call).await;
        let again = match &first {
            Err(Failure::Unreachable(_)) => call.method == Method::GET,
            Err(Failure::Status(status)) => call.method == Method::GET && matches!(status.code, 429 | 503),
            _ => false,
        };
        if !again || call.probe {
            return first;
        }
        tokio::time::sleep(clock::jitter(Duration::from_millis(150))).await;
        self.exchange(head, call).await
    }

    async fn exchange(&self, head: &Parts, call: &Call) -> Result<Reply, Failure> {
        let (status, headers, body) = self.send(head, call).await?;
        let collected = Limited::new(body, call.cap).collect().await.map_err(|error| {
            if error.downcast_ref::<LengthLimitError>().is_some() {
                let limit = format!("{} MiB", call.cap >> 20);
                Failure::Odd(Text::new(&words::REACH_LARGE, [limit]))
            } else {
                self.broken(error.as_ref(), call)
            }
        })?;
        let body = collected.to_bytes();
        if status.is_success() {
            Ok(Reply { body, warnings: warnings(&headers) })
        } else if status.is_redirection() {
            Err(Failure::Odd(words::REACH_REDIRECT.into()))
        } else {
            Err(Failure::Status(Box::new(Status::read(status.as_u16(), &body))))
        }
    }

    /// Opens a stream; the headers come within [`WRITE`], the body as long as the caller reads it.
    pub(crate) async fn open(&self, path: &str) -> Result<Body, Failure> {
        let call = Call::get(path);
        let head = self.head(Identity::Console, &call)?;
        let (status, _, body) = tokio::time::timeout(WRITE, self.send(&head, &call))
            .await
            .map_err(|_| Failure::Timeout(10))??;
        if status.is_success() {
            return Ok(body);
        }
        let collected = tokio::time::timeout(READ, Limited::new(body, OBJECT_CAP).collect());
        let body = collected.await.ok().and_then(Result::ok).map(|body| body.to_bytes()).unwrap_or_default();
        Err(Failure::Status(Box::new(Status::read(status.as_u16(), &body))))
    }

    async fn send(&self, head: &Parts, call: &Call) -> Result<(StatusCode, HeaderMap, Body), Failure> {
        let body = call.body.clone().map_or_else(Body::empty, Body::from);
        let request = Request::from_parts(head.clone(), body);
        let response = self.client.send(request).await.map_err(|error| self.broken(&error, call))?;
        let (parts, body) = response.into_parts();
        Ok((parts.status, parts.headers, body))
    }

    /// Builds a request's head from nothing: no header of a browser's request ever travels on (S5).
    fn head(&self, identity: Identity<'_>, call: &Call) -> Result<Parts, Failure> {
        const IMPERSONATE_USER: HeaderName = HeaderName::from_static("impersonate-user");
        const IMPERSONATE_GROUP: HeaderName = HeaderName::from_static("impersonate-group");
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.server, call.path))
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, concat!("binnacle/", env!("CARGO_PKG_VERSION")));
        if let Some(value) = &self.authorization {
            request = request.header(header::AUTHORIZATION, value.clone());
        }
        if let Identity::Caller(caller) = identity {
            let value =
                |text: &str| HeaderValue::from_bytes(text.as_bytes()).map_err(|_| Failure::Unsendable);
            request = request.header(IMPERSONATE_USER, value(&caller.impersonated_user())?);
            for group in caller.impersonated_groups() {
                request = request.header(IMPERSONATE_GROUP, value(&group)?);
            }
        }
        if call.body.is_some() {
            let kind = if call.patch { "application/json-patch+json" } else { "application/json" };
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let (head, ()) = request.body(()).map_err(|_| Failure::Unsendable)?.into_parts();
        Ok(head)
    }

    fn broken(&self, error: &(dyn std::error::Error + 'static), call: &Call) -> Failure {
        let reason = transport_reason(error, &self.host);
        // A write that was sent may have taken effect; one that never left has not.
        let sent = reason.key == words::REACH_BROKEN.key;
        if sent && call.body.is_some() {
            return Failure::Unreachable(words::REACH_WRITE_UNKNOWN.into());
        }
        Failure::Unreachable(reason)
    }
}

/// The texts of `Warning: 299 - "text"` headers (RFC 7234 5.5, as Kubernetes sends them).
fn warnings(headers: &HeaderMap) -> Vec<String> {
    let mut found = Vec::new();
    for value in headers.get_all(header::WARNING) {
        let text = String::from_utf8_lossy(value.as_bytes());
        let Some(quoted) = text.strip_prefix("299 ").and_then(|rest| rest.split_once('"')).map(|(_, q)| q)
        else {
            continue;
        };
        let mut out = String::new();
        let mut chars = quoted.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => out.extend(chars.next()),
                c => out.push(c),
            }
        }
        let out = brief::sentence(out);
        if !out.is_empty() && !found.contains(&out) && found.len() < MOST_WARNINGS {
            found.push(out);
        }
    }
    found
}

#[cfg(test)]
mod tests;
