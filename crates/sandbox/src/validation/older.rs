//! What Kubernetes before 1.37 says otherwise; recorded from 1.34 by the contract suite.

use serde_json::Value;

use super::names;
use crate::kind::Kind;
use crate::status::Cause;
use crate::value::Object;

/// The first minor with the present rules.
pub(crate) const PRESENT: u32 = 37;
/// Fields of a StatefulSet's spec that later versions name one by one.
const FIXED: [&str; 4] =
    ["spec.selector", "spec.volumeClaimTemplates", "spec.serviceName", "spec.podManagementPolicy"];
const FORBIDDEN: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/// Drops fields that older versions keep behind a feature gate.
pub(crate) fn drop_fields(minor: u32, kind: &Kind, object: &mut Value) {
    if minor < PRESENT && kind.kind == "StatefulSet" {
        object.drop_key("/spec/updateStrategy/rollingUpdate/maxUnavailable");
    }
}

fn worded(mut cause: Cause) -> Cause {
    cause.message = cause
        .message
        .replace("a valid label key must", "a qualified name must")
        .replace("must be no more than 63 bytes", "must be no more than 63 characters")
        .replace("`configMapKeyRef`, `secretKeyRef` or `fileKeyRef`", "`configMapKeyRef` or `secretKeyRef`");
    if cause.field.starts_with("rules[") && cause.field.ends_with(".verbs") {
        "Required value: verbs must contain at least one value".clone_into(&mut cause.message);
    }
    cause
}

/// The causes of a refused creation in an older version's words.
pub(crate) fn create(minor: u32, kind: &Kind, object: &Value, causes: Vec<Cause>) -> Vec<Cause> {
    if minor >= PRESENT {
        return causes;
    }
    let mut causes: Vec<Cause> = causes.into_iter().map(worded).collect();
    for cause in &mut causes {
        if let Some((_, field)) =
            cause.field.strip_prefix("metadata.ownerReferences[").and_then(|rest| rest.split_once(']'))
        {
            cause.field = format!("metadata.ownerReferences{field}");
        }
    }
    if kind.kind == "Service" && !object.name().is_empty() {
        causes.retain(|cause| cause.field != "metadata.name");
        for problem in names::dns_1035_label(object.name()) {
            causes.push(Cause::invalid("metadata.name", &object.name().into(), &problem));
        }
    }
    causes
}

/// The causes of a refused change in an older version's words.
pub(crate) fn update(minor: u32, causes: Vec<Cause>) -> Vec<Cause> {
    if minor >= PRESENT {
        return causes;
    }
    let fixed = |cause: &Cause| {
        FIXED.contains(&cause.field.as_str()) && cause.message.ends_with("field is immutable")
    };
    let any = causes.iter().any(fixed);
    let mut causes: Vec<Cause> = causes.into_iter().filter(|cause| !fixed(cause)).map(worded).collect();
    if any {
        causes.push(Cause::forbidden("spec", FORBIDDEN));
    }
    causes
}
