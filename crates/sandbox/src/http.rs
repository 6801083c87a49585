//! The API server's front: who asks, what for, may they, and the answer.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderValue, WARNING};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::Value;

use crate::auth::{self, User};
use crate::cluster::Cluster;
use crate::discovery;
use crate::kind;
use crate::openapi;
use crate::rbac::{self, Attributes};
use crate::status::ApiError;

mod read;
pub(crate) mod request;
mod review;
mod scale;
mod watch;
mod write;

use request::{Query, Resource, Target};

/// The API server's own limit of a request body.
const MAX_BODY: usize = 3 * 1024 * 1024;

/// A cluster's whole HTTP interface.
pub(crate) fn router(cluster: Cluster) -> Router {
    Router::new().fallback(serve).with_state(cluster)
}

async fn serve(State(cluster): State<Cluster>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let reply = match to_bytes(body, MAX_BODY).await {
        Ok(body) => answer(&cluster, &parts, &body),
        Err(_) => Err(ApiError::too_large(MAX_BODY)),
    };
    reply.unwrap_or_else(|error| error_response(&error))
}

/// An answer in JSON.
pub(crate) fn json_response(code: u16, value: &Value, warnings: &[String]) -> Response {
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    let mut response = bytes_response(code, Bytes::from(bytes));
    for warning in warnings {
        let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{quoted}\"")) {
            response.headers_mut().append(WARNING, value);
        }
    }
    response
}

/// JSON bytes as an answer.
fn bytes_response(code: u16, bytes: Bytes) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn text_response(code: u16, text: &str) -> Response {
    let mut response = bytes_response(code, Bytes::copy_from_slice(text.as_bytes()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn error_response(error: &ApiError) -> Response {
    json_response(error.code, &error.status(), &[])
}

fn answer(cluster: &Cluster, parts: &Parts, body: &[u8]) -> Result<Response, ApiError> {
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let target = request::target(parts.uri.path());
    let state = cluster.store.lock();
    let user = auth::user_of(&parts.headers, &cluster.token, &state)?;
    let asked = attributes(&parts.method, &target, &query);
    if !rbac::allows(&state, &user, &asked) {
        return Err(rbac::refusal(&user, &asked));
    }
    drop(state);
    match target {
        Target::Path(path) => path_answer(cluster, parts, &path),
        Target::Resource(resource) => resource_answer(&Call { cluster, parts, query, user, body }, &resource),
    }
}

/// One authorized call for a resource.
pub(crate) struct Call<'a> {
    /// The cluster asked.
    pub(crate) cluster: &'a Cluster,
    /// Method and headers.
    pub(crate) parts: &'a Parts,
    /// The query.
    pub(crate) query: Query,
    /// Who asks.
    pub(crate) user: User,
    /// The body.
    pub(crate) body: &'a [u8],
}

impl Call<'_> {
    /// A header as text, or the empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

fn attributes(method: &Method, target: &Target, query: &Query) -> Attributes {
    let resource = match target {
        Target::Path(path) => {
            return Attributes {
                verb: method.as_str().to_lowercase(),
                path: Some(path.clone()),
                ..Attributes::default()
            };
        }
        Target::Resource(resource) => resource,
    };
    let mut name = resource.name.clone();
    if name.is_empty()
        && let Some(wanted) =
            query.text("fieldSelector").split(',').find_map(|term| term.strip_prefix("metadata.name="))
    {
        name = wanted.trim_start_matches('=').to_owned();
    }
    let one = !resource.name.is_empty();
    let verb = match *method {
        Method::GET | Method::HEAD if query.flag("watch") && query.get("watch") != Some("") => "watch",
        Method::GET | Method::HEAD if one => "get",
        Method::GET | Method::HEAD => "list",
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if one => "delete",
        Method::DELETE => "deletecollection",
        _ => "unknown",
    };
    Attributes {
        verb: verb.to_owned(),
        group: resource.group.clone(),
        resource: resource.resource.clone(),
        subresource: resource.subresource.clone(),
        namespace: resource.namespace.clone(),
        name,
        path: None,
    }
}

fn path_answer(cluster: &Cluster, parts: &Parts, path: &str) -> Result<Response, ApiError> {
    let path = path.trim_end_matches('/');
    let accept = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if matches!(path, "/api" | "/apis") && discovery::wants_aggregated(accept) {
        let mut response = json_response(200, &discovery::aggregated(path == "/api"), &[]);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(discovery::AGGREGATED));
        return Ok(response);
    }
    let value = match path {
        "/healthz" | "/readyz" | "/livez" => return Ok(text_response(200, "ok")),
        "/version" => Some(version(cluster)),
        "/api" => Some(discovery::core_versions()),
        "/api/v1" => discovery::resources(""),
        "/apis" => Some(discovery::groups()),
        "/openapi/v3" => Some(openapi::index()),
        _ if path.starts_with("/openapi/v3/") => {
            let document = openapi::document(path.trim_start_matches("/openapi/v3/"));
            return Ok(match document {
                Some(document) => bytes_response(200, Bytes::from_static(document)),
                None => text_response(404, "404 page not found\n"),
            });
        }
        _ => match path.strip_prefix("/apis/").map(|rest| rest.split_once('/').unwrap_or((rest, ""))) {
            Some((group, "")) => discovery::group(group),
            Some((group, "v1")) => discovery::resources(group),
            Some((group, _)) if kind::GROUPS.contains(&group) => return Err(ApiError::no_such_path()),
            _ if path.starts_with("/api/") => return Err(ApiError::no_such_path()),
            _ => None,
        },
    };
    Ok(match value {
        Some(value) => json_response(200, &value, &[]),
        None => text_response(404, "404 page not found\n"),
    })
}

fn version(cluster: &Cluster) -> Value {
    serde_json::json!({
        "major": "1", "minor": cluster.version.minor.to_string(),
        "emulationMajor": "1", "emulationMinor": cluster.version.minor.to_string(),
        "minCompatibilityMajor": "1", "minCompatibilityMinor": (cluster.version.minor - 1).to_string(),
        "gitVersion": cluster.version.git(), "gitCommit": "0000000000000000000000000000000000000000",
        "gitTreeState": "clean", "buildDate": "2026-10-14T09:00:00Z", "goVersion": "go1.26.0",
        "compiler": "gc", "platform": "linux/amd64",
    })
}

fn resource_answer(call: &Call<'_>, resource: &Resource) -> Result<Response, ApiError> {
    if !resource.group.is_empty() && !kind::GROUPS.contains(&resource.group.as_str()) {
        return Ok(text_response(404, "404 page not found\n"));
    }
    // A version that a served group does not have.
    if resource.version != "v1" {
        return Err(ApiError::no_such_path());
    }
    let method = &call.parts.method;
    if let Some(review) =
        kind::REVIEWS.iter().find(|one| one.group == resource.group && one.plural == resource.resource)
    {
        if method != Method::POST {
            return Err(ApiError::method_not_allowed());
        }
        return review::answer(call, review, &resource.namespace);
    }
    let kind = kind::by_plural(&resource.group, &resource.resource).ok_or_else(ApiError::no_such_path)?;
    if kind.namespaced && resource.namespace.is_empty() {
        // Objects of namespaced kinds are reached through their namespace; without one there is the list.
        if !resource.name.is_empty() {
            return Err(ApiError::no_such_path());
        }
        if method != Method::GET {
            return Err(ApiError::method_not_allowed());
        }
    }
    // A Namespace's own path names it twice.
    let namespace = if kind.namespaced { resource.namespace.as_str() } else { "" };
    let name = resource.name.as_str();
    match (resource.subresource.as_str(), name.is_empty()) {
        ("", true) => match *method {
            Method::GET | Method::HEAD => read::list(call, kind, namespace),
            Method::POST => write::create(call, kind, namespace),
            Method::DELETE => write::delete_collection(call, kind, namespace),
            _ => Err(ApiError::method_not_allowed()),
        },
        ("", false) => match *method {
            Method::GET | Method::HEAD => read::get(call, kind, namespace, name),
            Method::PUT => write::update(call, kind, namespace, name, false),
            Method::PATCH => write::patch(call, kind, namespace, name, false),
            Method::DELETE => write::delete(call, kind, namespace, name),
            _ => Err(ApiError::method_not_allowed()),
        },
        ("status", false) if kind.status => match *method {
            Method::GET => read::get(call, kind, namespace, name),
            Method::PUT => write::update(call, kind, namespace, name, true),
            Method::PATCH => write::patch(call, kind, namespace, name, true),
            _ => Err(ApiError::method_not_allowed()),
        },
        ("scale", false) if kind.scale => scale::answer(call, kind, namespace, name),
        ("eviction", false) if kind.kind == "Pod" && method == Method::POST => {
            write::delete(call, kind, namespace, name)
        }
        _ => Err(ApiError::no_such_path()),
    }
}
