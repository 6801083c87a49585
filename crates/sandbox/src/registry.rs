//! What the API server does to an object between the request and the store.

use std::sync::Arc;

use serde_json::Value;

use crate::defaults;
use crate::kind::{Kind, NAMESPACE};
use crate::managed::{self, Owners};
use crate::patch::apply;
use crate::schema;
use crate::status::ApiError;
use crate::store::State;
use crate::validation;
use crate::value::{Object, now};

mod delete;
mod options;

pub(crate) use delete::{DeleteOptions, Deleted, delete};
pub(crate) use options::{FieldValidation, Options};

/// The sentence of a stale version.
pub(crate) const MODIFIED: &str =
    "the object has been modified; please apply your changes to the latest version and try again";
/// Length of a generated name's suffix.
const SUFFIX: usize = 5;
/// A generated name's base is cut to this.
const GENERATED_BASE: usize = 58;

fn decode(
    kind: &Kind,
    body: Value,
    duplicates: Vec<String>,
    options: &Options,
    warnings: &mut Vec<String>,
) -> Result<Value, ApiError> {
    // Where apiVersion or kind are absent, the endpoint's own are meant.
    let (version, name) = (body.text("/apiVersion"), body.text("/kind"));
    if (!version.is_empty() && version != kind.api_version()) || (!name.is_empty() && name != kind.kind) {
        return Err(mismatch(kind, version, name));
    }
    let decoded = schema::decode(kind.kind, body).map_err(|problem| {
        ApiError::bad_request(format!(
            "{0} in version \"v1\" cannot be handled as a {0}: {problem}",
            kind.kind
        ))
    })?;
    let told = decoded.unknown.into_iter().chain(duplicates).collect();
    options.judge_unknown(kind.kind, told, warnings)?;
    let mut object = decoded.object;
    object.put("/kind", kind.kind);
    object.put("/apiVersion", kind.api_version());
    Ok(object)
}

fn mismatch(kind: &Kind, version: &str, name: &str) -> ApiError {
    if version == kind.api_version() || version.is_empty() {
        if crate::kind::by_kind(&kind.api_version(), name).is_none() {
            let said = format!(
                "no kind {name:?} is registered for version {:?} in scheme \"pkg/api/legacyscheme/scheme.go:30\"",
                kind.api_version()
            );
            return ApiError::bad_request(said);
        }
        let group = if kind.group.is_empty() { "core" } else { kind.group };
        return ApiError::bad_request(format!(
            "{name} in version \"v1\" cannot be handled as a {0}: converting (v1.{name}) to ({group}.{0}): unknown conversion",
            kind.kind
        ));
    }
    ApiError::bad_request(format!(
        "the API version in the data ({version}) does not match the expected API version ({})",
        kind.api_version()
    ))
}

/// Puts the keys of an object and of its metadata in their usual order.
fn arrange(object: &mut Value) {
    let Value::Object(map) = object else { return };
    let mut rest = std::mem::take(map);
    for key in ["kind", "apiVersion", "metadata"] {
        if let Some(value) = rest.shift_remove(key) {
            map.insert(key.to_owned(), value);
        }
    }
    let status = rest.shift_remove("status");
    map.extend(rest);
    if let Some(status) = status {
        map.insert("status".to_owned(), status);
    }
    if let Some(Value::Object(metadata)) = map.get_mut("metadata") {
        let mut rest = std::mem::take(metadata);
        for key in
            ["name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp"]
        {
            if let Some(value) = rest.shift_remove(key) {
                metadata.insert(key.to_owned(), value);
            }
        }
        metadata.extend(rest);
    }
}

/// Creates an object.
pub(crate) fn create(
    state: &mut State,
    kind: &'static Kind,
    namespace: &str,
    body: Value,
    duplicates: Vec<String>,
    options: &Options,
    warnings: &mut Vec<String>,
) -> Result<Arc<Value>, ApiError> {
    create_as(state, kind, namespace, (body, duplicates), None, options, warnings)
}

/// Creates an object; `applied` is the configuration, where it is created by applying one.
fn create_as(
    state: &mut State,
    kind: &'static Kind,
    namespace: &str,
    (body, duplicates): (Value, Vec<String>),
    applied: Option<&Value>,
    options: &Options,
    warnings: &mut Vec<String>,
) -> Result<Arc<Value>, ApiError> {
    let mut object = decode(kind, body, duplicates, options, warnings)?;
    settle_namespace(&mut object, kind, namespace)?;
    admit_namespace(state, kind, &object)?;
    if object.name().is_empty() && !object.text("/metadata/generateName").is_empty() {
        let base: String = object.text("/metadata/generateName").chars().take(GENERATED_BASE).collect();
        let name = format!("{base}{}", state.random.suffix(SUFFIX));
        object.put("/metadata/name", name);
    }
    let given_version = object.text("/metadata/resourceVersion").to_owned();
    for key in [
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "resourceVersion",
        "generation",
        "selfLink",
        "managedFields",
    ] {
        object.drop_key(&format!("/metadata/{key}"));
    }
    if kind.status {
        object.drop_key("/status");
    }
    if kind.has_generation() {
        object.put("/metadata/generation", 1);
    }
    let uid = state.random.uid();
    object.put("/metadata/uid", uid);
    object.put("/metadata/creationTimestamp", now());
    defaults::on_create(state, kind, &mut object);
    defaults::apply(kind, &mut object);
    admit_pod(state, kind, &object)?;
    validation::older::drop_fields(state.minor, kind, &mut object);
    let causes = validation::older::create(state.minor, kind, &object, validation::create(kind, &object));
    if !causes.is_empty() {
        return Err(ApiError::invalid(kind, object.name(), &causes));
    }
    if !given_version.is_empty() && !options.dry {
        return Err(ApiError::plain("resourceVersion should not be set on objects to be created"));
    }
    if state.get(kind, object.namespace(), object.name()).is_some() {
        return Err(ApiError::already_exists(kind, object.name()));
    }
    match applied {
        Some(configuration) => {
            managed::created_by_apply(&mut object, configuration, kind, &options.manager);
        }
        None => managed::created(&mut object, kind, options.writer()),
    }
    arrange(&mut object);
    if options.dry {
        return Ok(Arc::new(object));
    }
    Ok(state.put(kind, object))
}

fn settle_namespace(object: &mut Value, kind: &Kind, namespace: &str) -> Result<(), ApiError> {
    if !kind.namespaced {
        object.drop_key("/metadata/namespace");
        return Ok(());
    }
    let own = object.namespace().to_owned();
    if own.is_empty() {
        object.put("/metadata/namespace", namespace);
    } else if own != namespace {
        return Err(ApiError::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    Ok(())
}

fn admit_namespace(state: &State, kind: &Kind, object: &Value) -> Result<(), ApiError> {
    if !kind.namespaced {
        return Ok(());
    }
    let name = object.namespace();
    let namespace = state.get(NAMESPACE, "", name).ok_or_else(|| ApiError::not_found(NAMESPACE, name))?;
    if namespace.deleting() {
        let why = format!("unable to create new content in namespace {name} because it is being terminated");
        let mut error = ApiError::forbidden(kind.group, kind.plural, object.name(), &why);
        let cause = serde_json::json!([{"reason": "NamespaceTerminating",
            "message": format!("namespace {name} is being terminated"), "field": "metadata.namespace"}]);
        error.details.insert("causes".to_owned(), cause);
        return Err(error);
    }
    Ok(())
}

fn admit_pod(state: &State, kind: &Kind, object: &Value) -> Result<(), ApiError> {
    if kind.kind != "Pod" {
        return Ok(());
    }
    let account = object.text("/spec/serviceAccountName");
    if state.get(crate::kind::SERVICE_ACCOUNT, object.namespace(), account).is_none() {
        let why = format!(
            "error looking up service account {}/{account}: serviceaccount \"{account}\" not found",
            object.namespace()
        );
        return Err(ApiError::forbidden("", "pods", object.name(), &why));
    }
    Ok(())
}

/// Replaces an object by the one in the body.
pub(crate) fn update(
    state: &mut State,
    kind: &'static Kind,
    (namespace, name): (&str, &str),
    body: Value,
    duplicates: Vec<String>,
    options: &Options,
    warnings: &mut Vec<String>,
) -> Result<Arc<Value>, ApiError> {
    let mut object = decode(kind, body, duplicates, options, warnings)?;
    settle_namespace(&mut object, kind, namespace)?;
    if object.name().is_empty() {
        return Err(ApiError::bad_request("name must be provided"));
    }
    if object.name() != name {
        return Err(ApiError::bad_request(format!(
            "the name of the object ({}) does not match the name on the URL ({name})",
            object.name()
        )));
    }
    let old = state.get(kind, namespace, name).ok_or_else(|| ApiError::not_found(kind, name))?;
    replace(state, kind, &old, object, None, options)
}

/// Stores a changed object in place of an old one, as an update does; `owners` where it is an apply.
pub(crate) fn replace(
    state: &mut State,
    kind: &'static Kind,
    old: &Arc<Value>,
    mut object: Value,
    owners: Option<Owners>,
    options: &Options,
) -> Result<Arc<Value>, ApiError> {
    let name = old.name();
    let version = object.text("/metadata/resourceVersion");
    if !version.is_empty() && version != old.text("/metadata/resourceVersion") {
        if version.parse::<u64>().is_err() {
            let cause = crate::status::Cause::invalid(
                "metadata.resourceVersion",
                &version.into(),
                &format!("strconv.ParseUint: parsing {version:?}: invalid syntax"),
            );
            return Err(ApiError::invalid(kind, name, &[cause]));
        }
        return Err(ApiError::conflict(kind, name, MODIFIED));
    }
    let uid = object.uid();
    if !uid.is_empty() && uid != old.uid() && options.patch {
        let cause = crate::status::Cause::invalid("metadata.uid", &uid.into(), "field is immutable");
        return Err(ApiError::invalid(kind, name, &[cause]));
    }
    if !uid.is_empty() && uid != old.uid() {
        let why = format!(
            "StorageError: invalid object, Code: 4, Key: /registry/{}/{}/{name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {}",
            kind.plural,
            old.namespace(),
            old.uid()
        );
        return Err(ApiError::conflict(kind, name, &why));
    }
    if options.status {
        let status = object.at("/status").clone();
        object = Value::clone(old);
        object.put("/status", status);
    } else if kind.status {
        match old.get("status") {
            Some(status) => object.put("/status", status.clone()),
            None => object.drop_key("/status"),
        }
    }
    for key in [
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "resourceVersion",
        "generation",
    ] {
        let path = format!("/metadata/{key}");
        match old.at(&path) {
            Value::Null => object.drop_key(&path),
            value => object.put(&path, value.clone()),
        }
    }
    object.drop_key("/metadata/managedFields");
    defaults::on_update(kind, &mut object, old);
    defaults::apply(kind, &mut object);
    validation::older::drop_fields(state.minor, kind, &mut object);
    let causes = validation::older::update(state.minor, validation::update(kind, &object, old));
    if !causes.is_empty() {
        return Err(ApiError::invalid(kind, name, &causes));
    }
    if object.at("/spec") != old.at("/spec") && kind.has_generation() {
        object.put("/metadata/generation", old.int("/metadata/generation").unwrap_or(0) + 1);
    }
    match owners {
        Some(owners) => managed::applied(&mut object, owners),
        None => managed::changed(old, &mut object, kind, options.writer()),
    }
    if object == **old {
        return Ok(Arc::clone(old));
    }
    arrange(&mut object);
    if options.dry {
        return Ok(Arc::new(object));
    }
    if object.deleting()
        && object.list("/metadata/finalizers").is_empty()
        && kind.kind != "Pod"
        && kind.kind != "Namespace"
    {
        let last = Arc::new(object);
        state.remove(kind, last.namespace(), last.name());
        return Ok(last);
    }
    Ok(state.put(kind, object))
}

/// Refuses a configuration that has a field nobody knows: what applies needs the type of each, however unknown
/// fields are to be met.
fn declared(kind: &Kind, body: &Value) -> Result<(), ApiError> {
    let unknown = schema::decode(kind.kind, body.clone()).map(|decoded| decoded.unknown).unwrap_or_default();
    let Some(field) = unknown.first().and_then(|said| said.strip_prefix("unknown field \"")) else {
        return Ok(());
    };
    Err(ApiError::plain(format!(
        "failed to create typed patch object ({}/{}; {}/v1, Kind={}): .{}: field not declared in schema",
        body.namespace(),
        body.name(),
        kind.group,
        kind.kind,
        field.trim_end_matches('"'),
    )))
}

/// Applies a configuration: creates the object, or merges into it. Says whether it was created.
pub(crate) fn apply(
    state: &mut State,
    kind: &'static Kind,
    (namespace, name): (&str, &str),
    body: Value,
    duplicates: Vec<String>,
    options: &Options,
    warnings: &mut Vec<String>,
) -> Result<(Arc<Value>, bool), ApiError> {
    if options.manager.is_empty() {
        let cause = crate::status::Cause::required("fieldManager", "is required for apply patch");
        return Err(ApiError::invalid_as("meta.k8s.io", "PatchOptions", "", &[cause]));
    }
    declared(kind, &body)?;
    let mut applied = decode(kind, body, duplicates, options, warnings)?;
    settle_namespace(&mut applied, kind, namespace)?;
    if applied.name().is_empty() {
        applied.put("/metadata/name", name);
    }
    if applied.name() != name {
        return Err(ApiError::bad_request(format!(
            "the name of the object ({}) does not match the name on the URL ({name})",
            applied.name()
        )));
    }
    let Some(old) = state.get(kind, namespace, name) else {
        let body = (applied.clone(), Vec::new());
        let made = create_as(state, kind, namespace, body, Some(&applied), options, warnings)?;
        return Ok((made, true));
    };
    let ty = schema::of_kind(kind.kind);
    let mut merged = Value::clone(&old);
    let version = applied.text("/metadata/resourceVersion").to_owned();
    apply::apply(&mut merged, &applied, &ty);
    if version.is_empty() {
        merged.drop_key("/metadata/resourceVersion");
    }
    let owners = managed::apply(&old, &mut merged, &applied, kind, (&options.manager, options.force))?;
    let stored = replace(state, kind, &old, merged, Some(owners), options)?;
    Ok((stored, false))
}
