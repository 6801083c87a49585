//! Which items of two lists are the same one.

use std::collections::HashSet;

use serde_json::Value;

/// Lists by name and the members that identify an item: the merge keys of the Kubernetes API
/// (`x-kubernetes-list-map-keys` and `x-kubernetes-patch-merge-key` of its OpenAPI document), and for the lists
/// that it takes as a whole what people tell their items apart by. The first row that fits all items counts;
/// a member that is not there has its default.
const KEYS: &[(&str, &[(&str, &str)])] = &[
    ("ports", &[("/containerPort", ""), ("/protocol", "TCP")]),
    ("ports", &[("/port", ""), ("/protocol", "TCP")]),
    ("volumeMounts", &[("/mountPath", "")]),
    ("volumeDevices", &[("/devicePath", "")]),
    ("hostAliases", &[("/ip", "")]),
    ("tolerations", &[("/key", "*"), ("/operator", "Equal"), ("/value", "*"), ("/effect", "*")]),
    ("topologySpreadConstraints", &[("/topologyKey", ""), ("/whenUnsatisfiable", "")]),
    ("volumeClaimTemplates", &[("/metadata/name", "")]),
    ("ownerReferences", &[("/uid", "")]),
    ("conditions", &[("/type", "")]),
    ("items", &[("/key", "")]),
    ("subjects", &[("/kind", ""), ("/namespace", "*"), ("/name", "")]),
    ("envFrom", &[("/configMapRef/name", "*"), ("/secretRef/name", "*"), ("/prefix", "*")]),
    // Containers, volumes, environment, pull secrets, and the custom kinds' lists that follow them.
    ("", &[("/name", "")]),
];

/// Lists of plain values whose order says nothing.
const SETS: &[&str] = &["finalizers", "add", "drop", "accessModes", "mountOptions", "policyTypes"];

/// Most comparisons of one alignment; beyond, the list is taken as a whole.
const MOST_COMPARISONS: usize = 1 << 20;

/// What an item is told apart by, in words (`name=web`, `containerPort=80,protocol=TCP`).
pub(crate) type Identity = String;

/// The identity of each item of some lists that stand at one place; `None` when the items cannot be told apart:
/// they have no key, or two of them have the same.
pub(crate) fn identities(name: &str, lists: &[&[Value]]) -> Option<Vec<Vec<Identity>>> {
    if SETS.contains(&name) {
        return every(lists, |item| item.as_str().map(|text| format!("={text}")));
    }
    KEYS.iter()
        .filter(|(list, _)| *list == name || list.is_empty())
        .find_map(|(_, keys)| every(lists, |item| identity(item, keys)))
}

fn every(lists: &[&[Value]], of: impl Fn(&Value) -> Option<Identity>) -> Option<Vec<Vec<Identity>>> {
    lists
        .iter()
        .map(|list| {
            let mut seen = HashSet::with_capacity(list.len());
            let found: Vec<Identity> = list.iter().map(&of).collect::<Option<_>>()?;
            found.iter().all(|one| seen.insert(one.as_str())).then_some(found)
        })
        .collect()
}

fn identity(item: &Value, keys: &[(&str, &str)]) -> Option<Identity> {
    if !item.is_object() {
        return None;
    }
    let mut out = String::new();
    for (pointer, default) in keys {
        let value = match item.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            Some(Value::Null) | None if !default.is_empty() => (*default).to_owned(),
            _ => return None,
        };
        // `*` stands for "whichever", and is not worth saying.
        if value == "*" && keys.len() > 1 {
            continue;
        }
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&format!("{}={value}", pointer.trim_start_matches('/').replace('/', ".")));
    }
    Some(out)
}

/// One step on the way from one list to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The same item, by its index in each.
    Both(usize, usize),
    /// The next item of the first is not in the second.
    Remove,
    /// An item of the second, by its index, is not in the first.
    Insert(usize),
}

/// How the items of two lists belong together; `None` when the list had better be taken as a whole.
pub(super) fn align(name: &str, from: &[Value], to: &[Value]) -> Option<Vec<Step>> {
    match identities(name, &[from, to]).as_deref() {
        Some([before, after]) => by(before, after, false),
        _ => by(from, to, true),
    }
}

/// Aligns by equality. `pairs`: what stands between two equal items is the same item changed, as far as both
/// have one.
fn by<T: PartialEq>(from: &[T], to: &[T], pairs: bool) -> Option<Vec<Step>> {
    let head = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let (rest, goal) = (&from[head..], &to[head..]);
    let tail = rest.iter().rev().zip(goal.iter().rev()).take_while(|(a, b)| a == b).count();
    let (rest, goal) = (&rest[..rest.len() - tail], &goal[..goal.len() - tail]);
    let alike = (0..head)
        .map(|at| (at, at))
        .chain(common(rest, goal)?.into_iter().map(|(a, b)| (head + a, head + b)))
        .chain((1..=tail).rev().map(|back| (from.len() - back, to.len() - back)));
    let mut steps = Vec::with_capacity(from.len().max(to.len()));
    let (mut old, mut new) = (0, 0);
    for (a, b) in alike.chain([(from.len(), to.len())]) {
        let (removed, inserted) = (a - old, b - new);
        let both = if pairs { removed.min(inserted) } else { 0 };
        steps.extend((0..both).map(|at| Step::Both(old + at, new + at)));
        steps.extend((both..removed).map(|_| Step::Remove));
        steps.extend((both..inserted).map(|at| Step::Insert(new + at)));
        if a < from.len() {
            steps.push(Step::Both(a, b));
        }
        (old, new) = (a + 1, b + 1);
    }
    Some(steps)
}

/// The longest common subsequence, as pairs of indexes.
fn common<T: PartialEq>(from: &[T], to: &[T]) -> Option<Vec<(usize, usize)>> {
    if from.len().checked_mul(to.len())? > MOST_COMPARISONS {
        return None;
    }
    let width = to.len() + 1;
    let mut lengths = vec![0_u32; (from.len() + 1) * width];
    for a in (0..from.len()).rev() {
        for b in (0..to.len()).rev() {
            lengths[a * width + b] = if from[a] == to[b] {
                lengths[(a + 1) * width + b + 1] + 1
            } else {
                lengths[(a + 1) * width + b].max(lengths[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while a < from.len() && b < to.len() {
        if from[a] == to[b] {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if lengths[(a + 1) * width + b] >= lengths[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    Some(pairs)
}
