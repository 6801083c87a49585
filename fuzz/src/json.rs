//! Changing JSON so that it stays JSON: a fuzzer that flips bytes spends its time on the parser.

use serde_json::{Map, Value, json};

use crate::Random;

/// Names that the console's rules look at; a random word is hardly ever one.
const WORDS: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "uid",
    "labels",
    "annotations",
    "generation",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "ownerReferences",
    "managedFields",
    "manager",
    "operation",
    "subresource",
    "time",
    "fieldsV1",
    "fieldsType",
    "f:metadata",
    "f:spec",
    ".",
    "k:{\"name\":\"web\"}",
    "v:\"x\"",
    "i:0",
    "finalizers",
    "spec",
    "status",
    "replicas",
    "template",
    "selector",
    "matchLabels",
    "containers",
    "initContainers",
    "image",
    "env",
    "value",
    "valueFrom",
    "ports",
    "containerPort",
    "protocol",
    "TCP",
    "port",
    "targetPort",
    "nodePort",
    "volumes",
    "volumeMounts",
    "mountPath",
    "tolerations",
    "key",
    "effect",
    "topologySpreadConstraints",
    "imagePullSecrets",
    "resources",
    "requests",
    "limits",
    "cpu",
    "memory",
    "250m",
    "512Mi",
    "updateStrategy",
    "type",
    "OnDelete",
    "rollingUpdate",
    "partition",
    "minReadySeconds",
    "podManagementPolicy",
    "Parallel",
    "observedGeneration",
    "readyReplicas",
    "updatedReplicas",
    "availableReplicas",
    "currentRevision",
    "updateRevision",
    "conditions",
    "phase",
    "Pending",
    "Running",
    "Failed",
    "Succeeded",
    "reason",
    "message",
    "ready",
    "state",
    "waiting",
    "terminated",
    "running",
    "exitCode",
    "signal",
    "lastState",
    "restartCount",
    "containerStatuses",
    "initContainerStatuses",
    "restartPolicy",
    "Always",
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "PodScheduled",
    "False",
    "True",
    "web",
    "app",
    "app.kubernetes.io/managed-by",
    "Helm",
    "op",
    "path",
    "from",
    "add",
    "remove",
    "replace",
    "move",
    "copy",
    "test",
    "/spec",
    "/spec/replicas",
    "/-",
    "/spec/template/spec/containers/0",
    "$patch",
    "delete",
    "merge",
    "$retainKeys",
    "$setElementOrder/containers",
    "$deleteFromPrimitiveList/finalizers",
];

/// Deeper values are not made: the reader refuses 128 levels.
const DEEPEST: usize = 100;

/// Changes one JSON text into another, at most `most` bytes long. What is no JSON, or would become
/// too long, becomes something small.
pub fn mutate(text: &[u8], most: usize, seed: u32) -> Vec<u8> {
    let mut random = Random::new(seed.into());
    let mut value = serde_json::from_slice(text).unwrap_or_else(|_| json!({}));
    for _ in 0..=random.below(4) {
        change(&mut value, &mut random);
    }
    let changed = value.to_string().into_bytes();
    if changed.len() <= most && depth(&value) <= DEEPEST {
        return changed;
    }
    b"{}".iter().copied().take(most).collect()
}

/// Changes something in a value.
pub fn change(value: &mut Value, random: &mut Random) {
    let all = count(value);
    let donor = nth(value, random.below(all)).cloned().unwrap_or_default();
    let at = random.below(all);
    let mut way = random.below(5);
    // A new root loses all that was learnt: seldom.
    if at == 0 && way < 2 && random.below(16) > 0 {
        way = 2;
    }
    let Some(place) = nth_mut(value, at) else { return };
    match (way, place) {
        (0, place) => *place = donor,
        (1, place) => *place = leaf(random),
        (_, Value::Object(map)) => change_map(map, donor, random),
        (_, Value::Array(list)) => change_list(list, donor, random),
        (_, Value::String(text)) => change_text(text, random),
        (_, Value::Number(number)) => {
            let near = number.as_i64().unwrap_or_default();
            let steps = [-1, 1, i64::from(i32::MAX), i64::from(i32::MIN)];
            let step = random.choose(&steps).copied().unwrap_or_default();
            *number = near.wrapping_add(step).into();
        }
        (_, place) => *place = leaf(random),
    }
}

fn change_map(map: &mut Map<String, Value>, donor: Value, random: &mut Random) {
    let key = map.keys().nth(random.below(map.len())).cloned();
    match (random.below(5), key) {
        (0, Some(key)) => {
            map.shift_remove(&key);
        }
        (1, Some(key)) => {
            if let Some(value) = map.shift_remove(&key) {
                map.insert(word(random), value);
            }
        }
        (2, Some(key)) => {
            // Another order of keys is the same object.
            if let Some(value) = map.shift_remove(&key) {
                map.insert(key, value);
            }
        }
        (3, _) => {
            map.insert(word(random), donor);
        }
        _ => {
            map.insert(word(random), leaf(random));
        }
    }
}

fn change_list(list: &mut Vec<Value>, donor: Value, random: &mut Random) {
    let at = random.below(list.len());
    match random.below(5) {
        0 if !list.is_empty() => {
            list.remove(at);
        }
        1 if !list.is_empty() => {
            let again = list[at].clone();
            list.insert(random.below(list.len() + 1), again);
        }
        2 if !list.is_empty() => {
            let other = random.below(list.len());
            list.swap(at, other);
        }
        3 => list.insert(at, donor),
        _ => list.insert(at, leaf(random)),
    }
}

fn change_text(text: &mut String, random: &mut Random) {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let at = random.choose(&ends).copied().unwrap_or_default();
    let odd = ["", "/", "~", "~1", "-", "0", "\u{0}", "\u{202e}", "é", "💥", " ", ":", "\n", "."];
    match random.below(3) {
        0 => text.truncate(at),
        1 => text.insert_str(at, random.choose(&odd).copied().unwrap_or_default()),
        _ => *text = word(random),
    }
}

fn word(random: &mut Random) -> String {
    random.choose(WORDS).copied().unwrap_or_default().to_owned()
}

fn leaf(random: &mut Random) -> Value {
    let leaves = [
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(3),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(0.5),
        json!(1e300),
        json!(""),
        json!("1"),
        json!({}),
        json!([]),
    ];
    match random.below(3) {
        0 => word(random).into(),
        _ => random.choose(&leaves).cloned().unwrap_or_default(),
    }
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Object(map) => Box::new(map.values()),
        Value::Array(list) => Box::new(list.iter()),
        _ => Box::new(std::iter::empty()),
    }
}

/// How many values a value consists of.
fn count(value: &Value) -> usize {
    1 + children(value).map(count).sum::<usize>()
}

fn depth(value: &Value) -> usize {
    1 + children(value).map(depth).max().unwrap_or_default()
}

fn nth(value: &Value, mut n: usize) -> Option<&Value> {
    if n == 0 {
        return Some(value);
    }
    n -= 1;
    for child in children(value) {
        let size = count(child);
        if n < size {
            return nth(child, n);
        }
        n -= size;
    }
    None
}

fn nth_mut(value: &mut Value, mut n: usize) -> Option<&mut Value> {
    if n == 0 {
        return Some(value);
    }
    n -= 1;
    let children: Box<dyn Iterator<Item = &mut Value> + '_> = match value {
        Value::Object(map) => Box::new(map.values_mut()),
        Value::Array(list) => Box::new(list.iter_mut()),
        _ => return None,
    };
    for child in children {
        let size = count(child);
        if n < size {
            return nth_mut(child, n);
        }
        n -= size;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_stays_json_within_its_size() {
        let start =
            json!({"spec": {"containers": [{"name": "web", "ports": [80]}]}}).to_string().into_bytes();
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..2_000 {
            let text = mutate(&start, 400, seed);
            assert!(text.len() <= 400);
            serde_json::from_slice::<Value>(&text).unwrap();
            seen.insert(text);
        }
        assert!(seen.len() > 1_000, "{} different texts", seen.len());
        assert_eq!(mutate(b"not json", 2, 1).len(), 2);
    }
}
