//! Deleting: preconditions, grace, finalizers.

use std::sync::Arc;

use serde_json::Value;

use crate::kind::Kind;
use crate::status::ApiError;
use crate::store::State;
use crate::value::{Object, seconds_from_now};

/// How a deletion is meant.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeleteOptions {
    /// Seconds of grace, where given.
    pub(crate) grace: Option<i64>,
    /// `Background`, `Foreground` or `Orphan`.
    pub(crate) propagation: Option<String>,
    /// The uid that must be met.
    pub(crate) uid: Option<String>,
    /// The version that must be met.
    pub(crate) version: Option<String>,
    /// Nothing is stored.
    pub(crate) dry: bool,
}

/// What a deletion did.
#[derive(Debug)]
pub(crate) enum Deleted {
    /// The object waits for grace or finalizers.
    Marked(Arc<Value>),
    /// The object is gone.
    Gone(Arc<Value>),
}

/// Deletes an object, or begins to.
pub(crate) fn delete(
    state: &mut State,
    kind: &'static Kind,
    namespace: &str,
    name: &str,
    options: &DeleteOptions,
) -> Result<Deleted, ApiError> {
    let old = state.get(kind, namespace, name).ok_or_else(|| ApiError::not_found(kind, name))?;
    if let Some(uid) = options.uid.as_deref().filter(|uid| *uid != old.uid()) {
        let why = format!(
            "the UID in the precondition ({uid}) does not match the UID in record ({}). The object might have been deleted and then recreated",
            old.uid()
        );
        return Err(ApiError::failed_precondition(kind, name, &why));
    }
    let current = old.text("/metadata/resourceVersion");
    if let Some(version) = options.version.as_deref().filter(|version| *version != current) {
        let why = format!(
            "the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({current}). The object might have been modified"
        );
        return Err(ApiError::failed_precondition(kind, name, &why));
    }
    if matches!(
        (kind.kind, name),
        ("Namespace", "default" | "kube-system" | "kube-public" | "kube-node-lease")
    ) {
        return Err(ApiError::forbidden("", "namespaces", name, "this namespace may not be deleted"));
    }
    let mut object = Value::clone(&old);
    let finalizer = match options.propagation.as_deref() {
        Some("Foreground") => Some("foregroundDeletion"),
        Some("Orphan") => Some("orphan"),
        _ => None,
    };
    if let Some(finalizer) = finalizer
        && !object.list("/metadata/finalizers").iter().any(|one| one == finalizer)
    {
        let mut finalizers = object.list("/metadata/finalizers").to_vec();
        finalizers.push(finalizer.into());
        object.put("/metadata/finalizers", finalizers);
    }
    let grace = grace_of(kind, &object, options);
    let stays = grace > 0 || !object.list("/metadata/finalizers").is_empty() || kind.kind == "Namespace";
    if !stays {
        if options.dry {
            return Ok(Deleted::Gone(old));
        }
        let last = state.remove(kind, namespace, name).unwrap_or(old);
        return Ok(Deleted::Gone(last));
    }
    if !object.deleting() {
        object.put("/metadata/deletionTimestamp", seconds_from_now(grace));
        object.put("/metadata/deletionGracePeriodSeconds", grace);
        if kind.has_generation() {
            object.put("/metadata/generation", object.int("/metadata/generation").unwrap_or(0) + 1);
        }
        if kind.kind == "Namespace" {
            object.drop_key("/metadata/deletionGracePeriodSeconds");
            object.put("/status/phase", "Terminating");
        }
    }
    // A pod's grace may be cut short, never drawn out.
    let shorter = options.grace.filter(|wanted| {
        kind.kind == "Pod"
            && object.int("/metadata/deletionGracePeriodSeconds").is_some_and(|left| *wanted < left)
    });
    if let Some(grace) = shorter {
        object.put("/metadata/deletionTimestamp", seconds_from_now(grace));
        object.put("/metadata/deletionGracePeriodSeconds", grace);
    }
    if object == *old || options.dry {
        return Ok(Deleted::Marked(Arc::new(object)));
    }
    Ok(Deleted::Marked(state.put(kind, object)))
}

fn grace_of(kind: &Kind, object: &Value, options: &DeleteOptions) -> i64 {
    if kind.kind != "Pod"
        || object.text("/spec/nodeName").is_empty()
        || matches!(object.text("/status/phase"), "Succeeded" | "Failed")
    {
        return 0;
    }
    options.grace.unwrap_or_else(|| object.int("/spec/terminationGracePeriodSeconds").unwrap_or(30))
}
