//! Creating, replacing, patching and deleting over HTTP.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::read::Filter;
use super::{Call, json_response};
use crate::json;
use crate::kind::Kind;
use crate::patching::{self, Problem};
use crate::registry::{self, DeleteOptions, Deleted, FieldValidation, Options};
use crate::schema;
use crate::status::ApiError;
use crate::value::Object;

/// The ways to patch that are served.
const PATCH_TYPES: [&str; 4] = [
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
];

/// Reads a body as JSON.
pub(super) fn parse(body: &[u8]) -> Result<Value, ApiError> {
    parse_whole(body).map(|(value, _)| value)
}

fn parse_whole(body: &[u8]) -> Result<(Value, Vec<String>), ApiError> {
    json::parse(body).map_err(|error| {
        ApiError::bad_request(format!("couldn't get version/kind; json parse error: {error}"))
    })
}

fn check_type(call: &Call<'_>) -> Result<(), ApiError> {
    let given = call.header("content-type").split(';').next().unwrap_or_default().trim();
    if matches!(given, "" | "application/json" | "*/*") {
        return Ok(());
    }
    Err(ApiError::unsupported_media(
        "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor",
    ))
}

/// `POST` to a collection.
pub(super) fn create(call: &Call<'_>, kind: &'static Kind, namespace: &str) -> Result<Response, ApiError> {
    check_type(call)?;
    let options = Options::of(call)?;
    let (body, duplicates) = parse_whole(call.body)?;
    let mut state = call.cluster.store.lock();
    let mut warnings = Vec::new();
    let made = registry::create(&mut state, kind, namespace, body, duplicates, &options, &mut warnings)?;
    Ok(json_response(201, &made, &warnings))
}

/// `PUT` of an object or of its status.
pub(super) fn update(
    call: &Call<'_>,
    kind: &'static Kind,
    namespace: &str,
    name: &str,
    status: bool,
) -> Result<Response, ApiError> {
    check_type(call)?;
    let mut options = Options::of(call)?;
    options.status = status;
    options.subresource = if status { "status" } else { "" };
    let (body, duplicates) = parse_whole(call.body)?;
    let mut state = call.cluster.store.lock();
    let mut warnings = Vec::new();
    let stored =
        registry::update(&mut state, kind, (namespace, name), body, duplicates, &options, &mut warnings)?;
    Ok(json_response(200, &stored, &warnings))
}

/// An object with the body's patch carried out, by the patch type of the call.
pub(super) fn patched(call: &Call<'_>, kind: &'static str, current: &Value) -> Result<Value, ApiError> {
    let given = call.header("content-type").split(';').next().unwrap_or_default().trim().to_owned();
    let body: Value = serde_json::from_slice(call.body)
        .map_err(|error| ApiError::bad_request(format!("error decoding patch: {error}")))?;
    let mut changed = current.clone();
    patching::patch(&given, kind, &mut changed, &body).map_err(|problem| match problem {
        Problem::Type => ApiError::unsupported_media(format!("415: Unsupported Media Type: {given}")),
        Problem::Operation(_) if body.is_array() => {
            ApiError::unprocessable("the server rejected our request due to an error in our request")
        }
        Problem::Operation(problem) => ApiError::bad_request(problem),
    })?;
    Ok(changed)
}

/// `PATCH` of an object or of its status.
pub(super) fn patch(
    call: &Call<'_>,
    kind: &'static Kind,
    namespace: &str,
    name: &str,
    status: bool,
) -> Result<Response, ApiError> {
    let mut options = Options::of(call)?;
    options.status = status;
    options.subresource = if status { "status" } else { "" };
    let given = call.header("content-type").split(';').next().unwrap_or_default().trim();
    if !PATCH_TYPES.contains(&given) {
        return Err(ApiError::unsupported_media("415: Unsupported Media Type"));
    }
    let mut state = call.cluster.store.lock();
    let mut warnings = Vec::new();
    if given == "application/apply-patch+yaml" {
        let (body, duplicates) = parse_whole(call.body)?;
        let (object, made) =
            registry::apply(&mut state, kind, (namespace, name), body, duplicates, &options, &mut warnings)?;
        return Ok(json_response(if made { 201 } else { 200 }, &object, &warnings));
    }
    let current = state.get(kind, namespace, name).ok_or_else(|| ApiError::not_found(kind, name))?;
    let changed = patched(call, kind.kind, &current)?;
    options.patch = true;
    let decoded = schema::decode(kind.kind, changed.clone());
    // A strategic patch is decoded by itself first, and says so in another way.
    if let Err(problem) = &decoded
        && given != "application/strategic-merge-patch+json"
    {
        return Err(ApiError::invalid_patch(&changed.to_string(), problem));
    }
    if options.fields == FieldValidation::Strict
        && let Ok(decoded) = decoded
        && !decoded.unknown.is_empty()
    {
        let shown = if given == "application/strategic-merge-patch+json" {
            go_map(&parse(call.body)?)
        } else {
            changed.to_string()
        };
        return Err(ApiError::invalid_patch(
            &shown,
            &format!("strict decoding error: {}", decoded.unknown.join(", ")),
        ));
    }
    let stored =
        registry::update(&mut state, kind, (namespace, name), changed, Vec::new(), &options, &mut warnings)?;
    Ok(json_response(200, &stored, &warnings))
}

/// A value as Go's `%v` prints it.
fn go_map(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut parts: Vec<String> =
                map.iter().map(|(key, value)| format!("{key}:{}", go_map(value))).collect();
            parts.sort();
            format!("map[{}]", parts.join(" "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(go_map).collect::<Vec<_>>().join(" ")),
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}

fn delete_options(call: &Call<'_>) -> Result<DeleteOptions, ApiError> {
    let mut body = if call.body.is_empty() { Value::Null } else { parse(call.body)? };
    if body["kind"] == "Eviction" {
        body = body.at("/deleteOptions").clone();
    }
    let text = |field: &str| {
        body.get(field)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| call.query.get(field).map(str::to_owned))
    };
    let grace = body
        .get("gracePeriodSeconds")
        .and_then(Value::as_i64)
        .or_else(|| call.query.get("gracePeriodSeconds").and_then(|text| text.parse().ok()));
    let dry = body.list("/dryRun").iter().any(|one| one == "All") || call.query.text("dryRun") == "All";
    Ok(DeleteOptions {
        grace,
        propagation: text("propagationPolicy"),
        uid: body.at("/preconditions/uid").as_str().map(str::to_owned),
        version: body.at("/preconditions/resourceVersion").as_str().map(str::to_owned),
        dry,
    })
}

/// `DELETE` of one object.
pub(super) fn delete(
    call: &Call<'_>,
    kind: &'static Kind,
    namespace: &str,
    name: &str,
) -> Result<Response, ApiError> {
    let options = delete_options(call)?;
    let mut state = call.cluster.store.lock();
    Ok(match registry::delete(&mut state, kind, namespace, name, &options)? {
        Deleted::Marked(object) => json_response(200, &object, &[]),
        Deleted::Gone(object) => {
            let mut details = Map::new();
            details.insert("name".to_owned(), name.into());
            if !kind.group.is_empty() {
                details.insert("group".to_owned(), kind.group.into());
            }
            details.insert("kind".to_owned(), kind.plural.into());
            details.insert("uid".to_owned(), object.uid().into());
            json_response(
                200,
                &json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}),
                &[],
            )
        }
    })
}

/// `DELETE` of a collection.
pub(super) fn delete_collection(
    call: &Call<'_>,
    kind: &'static Kind,
    namespace: &str,
) -> Result<Response, ApiError> {
    let options = delete_options(call)?;
    let filter = Filter::of(call, kind, namespace)?;
    let mut state = call.cluster.store.lock();
    let scope = (!namespace.is_empty()).then_some(namespace);
    let chosen: Vec<(String, String)> = state
        .iter(kind, scope)
        .filter(|object| filter.matches(object))
        .map(|object| (object.namespace().to_owned(), object.name().to_owned()))
        .collect();
    let mut items = Vec::new();
    for (namespace, name) in chosen {
        match registry::delete(&mut state, kind, &namespace, &name, &options)? {
            Deleted::Marked(object) | Deleted::Gone(object) => items.push(Value::clone(&object)),
        }
    }
    let list = json!({"kind": format!("{}List", kind.kind), "apiVersion": kind.api_version(),
        "metadata": {"resourceVersion": state.version().to_string()}, "items": items});
    Ok(json_response(200, &list, &[]))
}
