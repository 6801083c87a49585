//! Revisions of templates: names by hash, and the ControllerRevision objects.

use serde_json::{Value, json};

use super::{owned, owner_reference};
use crate::kind::{CONTROLLER_REVISION, Kind};
use crate::store::State;
use crate::value::Object;

/// A short name for a template's content, as `controller-revision-hash` and `pod-template-hash` hold it.
pub(crate) fn hash(template: &Value) -> String {
    // FNV-1a over the text; the letters are those of generated names.
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in template.to_string().bytes() {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    crate::random::Random::new(sum).suffix(10)
}

/// A ControllerRevision of an owner's template.
pub(crate) fn object(kind: &Kind, owner: &Value, hash: &str, number: i64) -> Value {
    let template = owner.at("/spec/template").clone();
    let mut labels = owner.at("/spec/selector/matchLabels").as_object().cloned().unwrap_or_default();
    labels.insert("controller.kubernetes.io/hash".to_owned(), hash.into());
    let mut data = json!({"spec": {"template": template}});
    data["spec"]["template"]["$patch"] = "replace".into();
    json!({"kind": "ControllerRevision", "apiVersion": "apps/v1",
        "metadata": {"name": format!("{}-{hash}", owner.name()), "namespace": owner.namespace(), "labels": labels,
            "ownerReferences": [owner_reference(kind, owner)]},
        "data": data, "revision": number})
}

/// The revision of an owner's present template, recorded if it is new; old ones over the limit are removed.
pub(super) fn current(state: &mut State, kind: &Kind, owner: &Value) -> String {
    let hash = hash(owner.at("/spec/template"));
    let name = format!("{}-{hash}", owner.name());
    let mut known = owned(state, CONTROLLER_REVISION, owner);
    known.sort_by_key(|revision| revision.int("/revision"));
    let newest = known.last().and_then(|revision| revision.int("/revision")).unwrap_or(0);
    match known.iter().find(|revision| revision.name() == name) {
        Some(found) if found.int("/revision") == Some(newest) => {}
        Some(found) => {
            let mut again = Value::clone(found);
            again.put("/revision", newest + 1);
            state.put(CONTROLLER_REVISION, again);
        }
        None => {
            let revision = object(kind, owner, &hash, newest + 1);
            state.put(CONTROLLER_REVISION, revision);
        }
    }
    let limit = usize::try_from(owner.int("/spec/revisionHistoryLimit").unwrap_or(10)).unwrap_or(usize::MAX);
    // The present and the last living revision do not count against the limit.
    let spare = known.len().saturating_sub(limit.saturating_add(2));
    for old in known.iter().filter(|revision| revision.name() != name).take(spare) {
        state.remove(CONTROLLER_REVISION, old.namespace(), old.name());
    }
    name
}
