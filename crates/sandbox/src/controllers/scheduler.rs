//! The scheduler: a node for a pod, or the reasons why there is none.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kind::{CLAIM, NODE, POD};
use crate::quantity::Quantity;
use crate::selector::LabelSelector;
use crate::store::State;
use crate::value::Object;

/// Resources in thousandths.
type Amounts = BTreeMap<String, i64>;

/// Whether the pod's node selector and required node affinity mean this node.
pub(super) fn selects(spec: &Value, node: &Value) -> bool {
    let labels = node.at("/metadata/labels");
    let selector = spec.at("/nodeSelector").as_object();
    if !selector.into_iter().flatten().all(|(key, value)| &labels[key.as_str()] == value) {
        return false;
    }
    let terms =
        spec.list("/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms");
    terms.is_empty()
        || terms.iter().any(|term| {
            let fields = term
                .list("/matchFields")
                .iter()
                .all(|field| field.list("/values").iter().any(|one| one == node.name()));
            fields && LabelSelector::from_object(term).matches(labels)
        })
}

/// Whether the pod tolerates the node's taints.
pub(super) fn tolerates(spec: &Value, node: &Value) -> bool {
    untolerated(spec, node).is_none()
}

fn untolerated<'a>(spec: &Value, node: &'a Value) -> Option<&'a Value> {
    node.list("/spec/taints").iter().filter(|taint| taint["effect"] != "PreferNoSchedule").find(|taint| {
        !spec.list("/tolerations").iter().any(|one| {
            let key = one.text("/key").is_empty() || one["key"] == taint["key"];
            let effect = one.text("/effect").is_empty() || one["effect"] == taint["effect"];
            let value = one["operator"] == "Exists" || one.text("/value") == taint.text("/value");
            key && effect && value
        })
    })
}

fn requests(spec: &Value) -> Amounts {
    let mut all = Amounts::new();
    for container in spec.list("/containers") {
        let own = container.at("/resources/requests").as_object();
        for (name, value) in own.into_iter().flatten() {
            let amount =
                value.as_str().and_then(|text| Quantity::parse(text).ok()).map_or(0, Quantity::millis);
            *all.entry(name.clone()).or_default() += amount;
        }
    }
    all
}

/// The node a pod goes to; the error is the scheduler's message.
pub(super) fn place(state: &State, pod: &Value) -> Result<String, String> {
    let spec = pod.at("/spec");
    for volume in spec.list("/volumes") {
        let claim = volume.text("/persistentVolumeClaim/claimName");
        if claim.is_empty() {
            continue;
        }
        let count = state.count(NODE);
        match state.get(CLAIM, pod.namespace(), claim) {
            None => {
                return Err(format!(
                    "0/{count} nodes are available: persistentvolumeclaim {claim:?} not found. not found"
                ));
            }
            Some(found) if found.text("/status/phase") != "Bound" => {
                return Err(format!(
                    "0/{count} nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"
                ));
            }
            Some(_) => {}
        }
    }
    let wanted = requests(spec);
    let mut used: BTreeMap<&str, (Amounts, i64)> = BTreeMap::new();
    for other in
        state.iter(POD, None).filter(|other| !matches!(other.text("/status/phase"), "Succeeded" | "Failed"))
    {
        let node = other.text("/spec/nodeName");
        if !node.is_empty() {
            let (amounts, pods) = used.entry(node).or_default();
            *pods += 1;
            for (name, amount) in requests(other.at("/spec")) {
                *amounts.entry(name).or_default() += amount;
            }
        }
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut best: Option<(i64, &str)> = None;
    let mut nodes = 0;
    for node in state.iter(NODE, None) {
        nodes += 1;
        let (taken, pods) = used.get(node.name()).cloned().unwrap_or_default();
        let problems = misfits(spec, node, &wanted, &taken, pods);
        if problems.is_empty() && best.is_none_or(|(fewest, _)| pods < fewest) {
            best = Some((pods, node.name()));
        }
        for problem in problems {
            *reasons.entry(problem).or_default() += 1;
        }
    }
    if let Some((_, node)) = best {
        return Ok(node.to_owned());
    }
    let helpless = reasons
        .keys()
        .filter(|reason| !reason.starts_with("Insufficient") && *reason != "Too many pods")
        .map(|reason| reasons[reason])
        .sum::<usize>()
        .min(nodes);
    let mut parts: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    parts.sort();
    let mut after = Vec::new();
    if nodes > helpless {
        after.push(format!("{} No preemption victims found for incoming pod", nodes - helpless));
    }
    if helpless > 0 {
        after.push(format!("{helpless} Preemption is not helpful for scheduling"));
    }
    Err(format!(
        "0/{nodes} nodes are available: {}. preemption: 0/{nodes} nodes are available: {}.",
        parts.join(", "),
        after.join(", ")
    ))
}

fn misfits(spec: &Value, node: &Value, wanted: &Amounts, taken: &Amounts, pods: i64) -> Vec<String> {
    if node.at("/spec/unschedulable") == true {
        return vec!["node(s) were unschedulable".to_owned()];
    }
    if let Some(taint) = untolerated(spec, node) {
        return vec![format!(
            "node(s) had untolerated taint {{{}: {}}}",
            taint.text("/key"),
            taint.text("/value")
        )];
    }
    if !selects(spec, node) {
        return vec!["node(s) didn't match Pod's node affinity/selector".to_owned()];
    }
    let room = |name: &str| {
        node.at("/status/allocatable")[name]
            .as_str()
            .and_then(|text| Quantity::parse(text).ok())
            .map_or(0, Quantity::millis)
    };
    let mut problems = Vec::new();
    if pods * 1000 >= room("pods") {
        problems.push("Too many pods".to_owned());
    }
    for (name, amount) in wanted {
        if *amount > room(name) - taken.get(name).copied().unwrap_or(0) {
            problems.push(format!("Insufficient {name}"));
        }
    }
    problems
}
