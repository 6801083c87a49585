//! Object to draft.

use serde_json::Value;

use super::{
    ALIAS, Amount, ContainerDraft, ContainerField, DESCRIPTION, FOREIGN_ALIAS, FOREIGN_DESCRIPTION, Holder,
    PairRow, Role, WorkloadDraft,
    control::{containers, noted},
};
use crate::{FieldPath, Issue, Severity, object::WorkloadKind, rules, words::rules as w};

impl WorkloadDraft {
    /// Reads any JSON. What the form cannot show is left out of the draft, named by an issue at its
    /// path, and untouched by [`WorkloadDraft::to_object`].
    pub fn read(object: &Value) -> (WorkloadDraft, Vec<Issue>) {
        let kind = WorkloadKind::StatefulSet;
        let mut reader = Reader { object, issues: Vec::new() };
        let mut draft = WorkloadDraft {
            kind,
            name: reader.text(&FieldPath::from("metadata.name")),
            alias: String::new(),
            namespace: reader.text(&FieldPath::from("metadata.namespace")),
            replicas: reader.count(&FieldPath::from("spec.replicas")),
            description: String::new(),
            containers: Vec::new(),
            labels: Vec::new(),
            annotations: Vec::new(),
            pod_labels: Vec::new(),
            pod_annotations: Vec::new(),
            selector: reader.pairs(&FieldPath::from("spec.selector.matchLabels")),
            next_row: 0,
        };
        for role in [Role::Init, Role::Work] {
            draft.containers.extend(reader.containers(&containers(kind, role), role));
        }
        for holder in Holder::ALL {
            let mut pairs = reader.pairs(&holder.path(kind));
            if holder == Holder::Annotations {
                draft.alias = note(&pairs, [ALIAS, FOREIGN_ALIAS]);
                draft.description = note(&pairs, [DESCRIPTION, FOREIGN_DESCRIPTION]);
                pairs.retain(|(key, _)| noted(key).is_none());
            } else if holder.is_labels() {
                pairs.retain(|pair| !draft.selector.contains(pair));
            }
            *draft.pairs_mut(holder) =
                pairs.into_iter().map(|(key, value)| PairRow { key, value, ..PairRow::default() }).collect();
        }
        (draft.renumbered(), reader.issues)
    }
}

/// What an annotation holds: ours, else the reference product's.
fn note(annotations: &[(String, String)], keys: [&str; 2]) -> String {
    keys.into_iter()
        .find_map(|wanted| annotations.iter().find(|(key, _)| key == wanted))
        .map(|(_, value)| value.clone())
        .unwrap_or_default()
}

/// Reads one container; its row is numbered later.
pub(super) fn container(object: &Value, path: &FieldPath, issues: &mut Vec<Issue>) -> ContainerDraft {
    let mut reader = Reader { object, issues: Vec::new() };
    let at = |field: ContainerField| field.keys().iter().fold(FieldPath::root(), |path, key| path.key(*key));
    let image = reader.text(&at(ContainerField::Image));
    let pull = at(ContainerField::AlwaysPull);
    let always_pull = match reader.text(&pull).as_str() {
        "Always" => true,
        "IfNotPresent" => false,
        // What Kubernetes takes when nothing is said.
        "" => rules::is_floating(&image),
        _ => {
            reader.cannot_show(&pull);
            false
        }
    };
    let draft = ContainerDraft {
        name: reader.text(&at(ContainerField::Name)),
        always_pull,
        privileged: reader.flag(&at(ContainerField::Privileged)),
        cpu_request: reader.amount(ContainerField::CpuRequest, &at(ContainerField::CpuRequest)),
        cpu_limit: reader.amount(ContainerField::CpuLimit, &at(ContainerField::CpuLimit)),
        memory_request: reader.amount(ContainerField::MemoryRequest, &at(ContainerField::MemoryRequest)),
        memory_limit: reader.amount(ContainerField::MemoryLimit, &at(ContainerField::MemoryLimit)),
        image,
        ..ContainerDraft::default()
    };
    issues.extend(reader.issues.into_iter().map(|issue| {
        let mut segments = path.0.clone();
        segments.extend(issue.path.0);
        Issue { path: FieldPath(segments), ..issue }
    }));
    draft
}

/// Reads values of the expected shape and notes those of another.
struct Reader<'a> {
    object: &'a Value,
    issues: Vec<Issue>,
}

impl<'a> Reader<'a> {
    /// The value at a path; missing and null are the same. A member asked of something that has no
    /// members is noted where that something stands.
    fn get(&mut self, path: &FieldPath) -> Option<&'a Value> {
        let mut value = self.object;
        for (depth, segment) in path.0.iter().enumerate() {
            let next = FieldPath(vec![segment.clone()]);
            match next.get(value) {
                Some(inner) => value = inner,
                None => {
                    if !value.is_object() && !value.is_null() && depth > 0 {
                        self.cannot_show(&FieldPath(path.0[..depth].to_vec()));
                    }
                    return None;
                }
            }
        }
        (!value.is_null()).then_some(value)
    }

    fn cannot_show(&mut self, path: &FieldPath) {
        if self.issues.iter().all(|issue| issue.path != *path) {
            self.issues.push(Issue {
                path: path.clone(),
                severity: Severity::Note,
                text: w::NOT_SHOWN.into(),
            });
        }
    }

    fn shown<T: Default>(&mut self, path: &FieldPath, read: impl FnOnce(&'a Value) -> Option<T>) -> T {
        let Some(value) = self.get(path) else { return T::default() };
        read(value).unwrap_or_else(|| {
            self.cannot_show(path);
            T::default()
        })
    }

    fn text(&mut self, path: &FieldPath) -> String {
        self.shown(path, |value| value.as_str().map(str::to_owned))
    }

    fn flag(&mut self, path: &FieldPath) -> bool {
        self.shown(path, Value::as_bool)
    }

    fn count(&mut self, path: &FieldPath) -> String {
        self.shown(path, |value| value.as_i64().map(|number| number.to_string()))
    }

    /// A quantity may be a number in JSON too (`cpu: 1`).
    fn amount(&mut self, field: ContainerField, path: &FieldPath) -> Amount {
        let text: String = self.shown(path, |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        match field.resource() {
            Some(resource) => Amount::read(resource, &text),
            None => Amount::default(),
        }
    }

    fn pairs(&mut self, path: &FieldPath) -> Vec<(String, String)> {
        let Some(value) = self.get(path) else { return Vec::new() };
        let Some(map) = value.as_object() else {
            self.cannot_show(path);
            return Vec::new();
        };
        let mut pairs = Vec::new();
        for (key, value) in map {
            match value.as_str() {
                Some(value) => pairs.push((key.clone(), value.to_owned())),
                None => self.cannot_show(&path.key(key.clone())),
            }
        }
        pairs
    }

    fn containers(&mut self, path: &FieldPath, role: Role) -> Vec<ContainerDraft> {
        let Some(value) = self.get(path) else { return Vec::new() };
        let Some(list) = readable_containers(value) else {
            self.cannot_show(path);
            return Vec::new();
        };
        list.iter()
            .enumerate()
            .map(|(place, element)| ContainerDraft {
                role,
                origin: Some((role, place)),
                ..container(element, &path.index(place), &mut self.issues)
            })
            .collect()
    }
}

/// The elements of a list of containers, if each is one.
pub(super) fn readable_containers(value: &Value) -> Option<&Vec<Value>> {
    value.as_array().filter(|list| list.iter().all(Value::is_object))
}
