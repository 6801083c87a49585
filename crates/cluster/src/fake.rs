//! An API server for tests: on loopback, answering what the test tells it, recording what it was asked.

use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{address::DialPolicy, credential::Credential};

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn is_watch(&self) -> bool {
        self.query.contains("watch=1")
    }
}

/// What to answer.
pub(crate) enum Answer {
    Json(u16, Value),
    Warned(Vec<String>, Value),
    /// An answer of so many bytes.
    Large(usize),
    /// No answer at all.
    Silence,
    /// A redirect of this status.
    Redirect(u16, String),
    /// Lines as they are sent to the channel.
    Stream(mpsc::Receiver<String>),
}

type Script = dyn Fn(&Asked) -> Answer + Send + Sync;

/// A running server.
pub(crate) struct Fake {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) const SANDBOX: DialPolicy = DialPolicy { allow_loopback: true, sandbox: true };

impl Fake {
    pub(crate) async fn start(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (script, log): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&asked));
        let router = Router::new().fallback(move |request: Request| {
            let (script, log) = (Arc::clone(&script), Arc::clone(&log));
            async move {
                let (parts, body) = request.into_parts();
                let body: Bytes = axum::body::to_bytes(body, 8 << 20).await.unwrap();
                let asked = Asked {
                    method: parts.method,
                    path: parts.uri.path().to_owned(),
                    query: parts.uri.query().unwrap_or_default().to_owned(),
                    headers: parts.headers,
                    body: serde_json::from_slice(&body).unwrap_or_default(),
                };
                let answer = script(&asked);
                log.lock().unwrap().push(asked);
                respond(answer).await
            }
        });
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Fake { url, asked, task }
    }

    pub(crate) fn credential(&self) -> Credential {
        Credential::sandbox(&self.url, Some("secret-token".to_owned()))
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, test: impl Fn(&Asked) -> bool) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| test(asked)).count()
    }
}

async fn respond(answer: Answer) -> Response {
    match answer {
        Answer::Json(status, body) => {
            (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
        }
        Answer::Warned(warnings, body) => {
            let mut response = axum::Json(body).into_response();
            for warning in warnings {
                response.headers_mut().append("warning", warning.parse().unwrap());
            }
            response
        }
        Answer::Large(bytes) => vec![b' '; bytes].into_response(),
        Answer::Silence => std::future::pending().await,
        Answer::Redirect(status, to) => {
            (StatusCode::from_u16(status).unwrap(), [("location", to)]).into_response()
        }
        Answer::Stream(receiver) => {
            let stream = futures::stream::unfold(receiver, |mut receiver| async move {
                receiver.recv().await.map(|line| (Ok::<_, Infallible>(line), receiver))
            });
            Body::from_stream(stream).into_response()
        }
    }
}

/// A Kubernetes error answer.
pub(crate) fn status(code: u16, reason: &str, message: &str) -> Answer {
    Answer::Json(code, json!({"kind": "Status", "code": code, "reason": reason, "message": message}))
}

/// A list answer.
pub(crate) fn list(version: &str, next: &str, items: &[Value]) -> Answer {
    Answer::Json(200, json!({"metadata": {"resourceVersion": version, "continue": next}, "items": items}))
}

/// A StatefulSet of some readiness.
pub(crate) fn set(name: &str, uid: &str, version: u64, ready: u32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": name, "namespace": "shop", "uid": uid, "resourceVersion": version.to_string(),
            "creationTimestamp": "2026-11-23T10:00:00Z", "generation": 1,
            "managedFields": [{"manager": "kubectl"}]},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": name}},
            "template": {"spec": {"containers": [{"name": "c", "image": "nginx:1.27"}]}}},
        "status": {"observedGeneration": 1, "replicas": 2, "readyReplicas": ready, "updatedReplicas": 2},
    })
}

/// A script for a small healthy cluster; `rest` answers first and may leave things to it.
pub(crate) fn healthy(
    rest: impl Fn(&Asked) -> Option<Answer> + Send + Sync + 'static,
) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    move |asked| {
        if let Some(answer) = rest(asked) {
            return answer;
        }
        let resource = |name: &str, kind: &str, namespaced: bool| json!({"name": name, "kind": kind, "namespaced": namespaced, "verbs": ["create", "get", "list"]});
        match asked.path.as_str() {
            "/version" => Answer::Json(200, json!({"major": "1", "minor": "37", "gitVersion": "v1.37.2"})),
            "/api/v1" => Answer::Json(
                200,
                json!({"resources": [
                resource("namespaces", "Namespace", false), resource("configmaps", "ConfigMap", true),
                resource("services", "Service", true), resource("pods/log", "Pod", true)]}),
            ),
            "/apis/apps/v1" => {
                Answer::Json(200, json!({"resources": [resource("statefulsets", "StatefulSet", true)]}))
            }
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" => {
                Answer::Json(201, json!({"status": {"allowed": true}}))
            }
            // A watch that says nothing and stays open: the sender is leaked on purpose.
            _ if asked.is_watch() => {
                let (sender, receiver) = mpsc::channel(1);
                std::mem::forget(sender);
                Answer::Stream(receiver)
            }
            "/api/v1/namespaces" => list(
                "1",
                "",
                &[
                    json!({"metadata": {"name": "kube-system", "uid": "ks"}}),
                    json!({"metadata": {"name": "shop", "uid": "ns1"}}),
                    json!({"metadata": {"name": "secret", "uid": "ns2"}, "status": {"phase": "Terminating"}}),
                ],
            ),
            "/api/v1/nodes" | "/api/v1/pods" | "/apis/apps/v1/statefulsets" => list("1", "", &[]),
            _ => status(404, "NotFound", "the server could not find the requested resource"),
        }
    }
}
