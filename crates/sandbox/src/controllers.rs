//! The cluster's life: what the controller manager, the scheduler and the kubelets would do.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::cluster::Cluster;
use crate::kind::{
    CLAIM, CRON_JOB, DAEMON_SET, DEPLOYMENT, JOB, KINDS, Kind, NAMESPACE, POD, REPLICA_SET, SERVICE,
    STATEFUL_SET,
};
use crate::managed::{self, Writer};
use crate::store::{Change, Op, State};
use crate::value::{Object, now};

mod claim;
mod cron;
mod daemon_set;
mod deployment;
mod endpoints;
mod garbage;
mod job;
mod life;
mod namespace;
pub(crate) mod pod;
mod replica_set;
pub(crate) mod revision;
mod scheduler;
mod stateful_set;

pub(crate) use claim::bind;
pub(crate) use daemon_set::{eligible, pod_of as daemon_pod, status as daemon_status};
pub(crate) use deployment::{set_of as replica_set_of, status as deployment_status};
pub(crate) use endpoints::slice_of;
pub(crate) use job::pod_of as job_pod;
pub(crate) use life::LIVELY;
pub(crate) use namespace::furnish;
pub(crate) use replica_set::{pod_of as replica_pod, status as replica_status};
pub(crate) use stateful_set::{claims_of, pod_of as stateful_pod, status as stateful_status};

/// Objects settled per turn before other tasks get the store.
const TURN: usize = 64;
/// The pause of an idle loop; changes and due times end it early.
const IDLE: Duration = Duration::from_secs(5);

/// What waits for attention: kind, namespace and name.
type Item = (usize, String, String);

/// What the controllers remember between turns.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// When a stage of an object began.
    since: HashMap<String, Instant>,
}

impl Memory {
    /// The time that is left until `needed` has passed since the first call with this key; none when it has.
    fn wait(&mut self, key: &str, needed: Duration) -> Option<Duration> {
        let began = *self.since.entry(key.to_owned()).or_insert_with(Instant::now);
        let left = needed.checked_sub(began.elapsed()).filter(|left| !left.is_zero());
        if left.is_none() {
            self.since.remove(key);
        }
        left
    }

    /// Forgets all stages of an object.
    fn forget(&mut self, uid: &str) {
        self.since.retain(|key, _| !key.starts_with(uid));
    }
}

/// Settles the cluster until it is stopped.
pub(crate) async fn run(cluster: Cluster, seed: u64) {
    let mut changes = cluster.store.lock().watch();
    let mut memory = Memory::default();
    let mut life = life::Life::new(seed);
    let mut due: BTreeSet<(Instant, Item)> = BTreeSet::new();
    let mut known: HashMap<Item, Instant> = HashMap::new();
    for item in unsettled(&cluster.store.lock()) {
        plan(&mut due, &mut known, item, Instant::now());
    }
    loop {
        let next = due.first().map_or_else(|| Instant::now() + IDLE, |(at, _)| *at).min(life.next());
        tokio::select! {
            () = cluster.stop.cancelled() => return,
            change = changes.recv() => match change {
                Ok(change) => note(&cluster.store.lock(), &change, &mut memory, &mut due, &mut known),
                Err(RecvError::Lagged(_)) => {
                    for item in everything(&cluster.store.lock()) {
                        plan(&mut due, &mut known, item, Instant::now());
                    }
                }
                Err(RecvError::Closed) => return,
            },
            () = tokio::time::sleep_until(next) => {}
        }
        while let Ok(change) = changes.try_recv() {
            note(&cluster.store.lock(), &change, &mut memory, &mut due, &mut known);
        }
        turn(&cluster, &mut life, &mut memory, &mut due, &mut known);
        tokio::task::yield_now().await;
    }
}

/// Settles what is due, up to a turn's worth.
fn turn(
    cluster: &Cluster,
    life: &mut life::Life,
    memory: &mut Memory,
    due: &mut BTreeSet<(Instant, Item)>,
    known: &mut HashMap<Item, Instant>,
) {
    let mut state = cluster.store.lock();
    life.turn(&mut state);
    for _ in 0..TURN {
        let Some((at, item)) = due.pop_first() else { return };
        if at > Instant::now() {
            due.insert((at, item));
            return;
        }
        known.remove(&item);
        if let Some(again) = settle(&mut state, &item, memory) {
            plan(due, known, item, Instant::now() + again);
        }
    }
}

fn plan(due: &mut BTreeSet<(Instant, Item)>, known: &mut HashMap<Item, Instant>, item: Item, at: Instant) {
    if let Some(planned) = known.get(&item).copied() {
        if planned <= at {
            return;
        }
        due.remove(&(planned, item.clone()));
    }
    known.insert(item.clone(), at);
    due.insert((at, item));
}

fn item(kind: &Kind, object: &Value) -> Item {
    (kind.index, object.namespace().to_owned(), object.name().to_owned())
}

/// The kinds that have a controller.
const CONTROLLED: [&Kind; 10] =
    [NAMESPACE, POD, CLAIM, DEPLOYMENT, REPLICA_SET, STATEFUL_SET, DAEMON_SET, JOB, CRON_JOB, SERVICE];

fn everything(state: &State) -> Vec<Item> {
    CONTROLLED.iter().flat_map(|kind| state.iter(kind, None).map(|object| item(kind, object))).collect()
}

/// Objects that a fresh cluster must look at: those that are not at rest.
fn unsettled(state: &State) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    for pod in state.iter(POD, None) {
        if !matches!(pod.text("/status/phase"), "Running" | "Succeeded") || !pod::is_ready(pod) {
            found.push(item(POD, pod));
            if let Some(owner) = pod.controller()
                && let Some(kind) = crate::kind::by_kind(owner.text("/apiVersion"), owner.text("/kind"))
            {
                found.push((kind.index, pod.namespace().to_owned(), owner.text("/name").to_owned()));
            }
        }
    }
    for kind in [CRON_JOB, JOB] {
        found.extend(state.iter(kind, None).map(|object| item(kind, object)));
    }
    for kind in [STATEFUL_SET, DEPLOYMENT, REPLICA_SET] {
        let moving = |object: &&Arc<Value>| {
            object.int("/spec/replicas").unwrap_or(1) != object.int("/status/replicas").unwrap_or(0)
                || object.int("/metadata/generation") != object.int("/status/observedGeneration")
                || object.text("/status/currentRevision") != object.text("/status/updateRevision")
        };
        found.extend(state.iter(kind, None).filter(moving).map(|object| item(kind, object)));
    }
    found
}

/// Plans what a change concerns: the object, its owner, and what depends on it.
fn note(
    state: &State,
    change: &Change,
    memory: &mut Memory,
    due: &mut BTreeSet<(Instant, Item)>,
    known: &mut HashMap<Item, Instant>,
) {
    let object = &change.object;
    let now = Instant::now();
    plan(due, known, item(change.kind, object), now);
    for owner in object.list("/metadata/ownerReferences") {
        if let Some(kind) = crate::kind::by_kind(owner.text("/apiVersion"), owner.text("/kind")) {
            let item = (kind.index, object.namespace().to_owned(), owner.text("/name").to_owned());
            plan(due, known, item, now);
        }
    }
    if change.kind.kind == "Pod" {
        for service in endpoints::services_of(state, object) {
            plan(due, known, item(SERVICE, &service), now);
        }
        if change.op == Op::Deleted {
            memory.forget(object.uid());
            for claim in state.iter(CLAIM, Some(object.namespace())).filter(|claim| claim.deleting()) {
                plan(due, known, item(CLAIM, claim), now);
            }
        }
    }
    if change.kind.kind == "Node" {
        for daemon in state.iter(DAEMON_SET, None) {
            plan(due, known, item(DAEMON_SET, daemon), now);
        }
    }
    if change.op == Op::Deleted {
        for (kind, dependent) in garbage::dependents(state, object) {
            plan(due, known, item(kind, &dependent), now);
        }
        let namespace = object.namespace();
        if !namespace.is_empty()
            && state.get(NAMESPACE, "", namespace).is_some_and(|namespace| namespace.deleting())
        {
            plan(due, known, (NAMESPACE.index, String::new(), namespace.to_owned()), now);
        }
    }
}

/// Brings one object nearer to what it should be; answers when to look again.
fn settle(state: &mut State, item: &Item, memory: &mut Memory) -> Option<Duration> {
    let kind = KINDS.get(item.0).copied()?;
    let object = state.get(kind, &item.1, &item.2)?;
    if garbage::collect(state, kind, &object) {
        return None;
    }
    match kind.kind {
        "Pod" => pod::settle(state, &object, memory),
        "StatefulSet" => stateful_set::settle(state, &object),
        "Deployment" => deployment::settle(state, &object),
        "ReplicaSet" => replica_set::settle(state, &object),
        "DaemonSet" => daemon_set::settle(state, &object),
        "Job" => job::settle(state, &object),
        "CronJob" => cron::settle(state, &object),
        "Service" => endpoints::settle(state, &object),
        "PersistentVolumeClaim" => claim::settle(state, &object, memory),
        "Namespace" => namespace::settle(state, &object),
        _ => None,
    }
}

/// A controlling owner reference to an object.
pub(crate) fn owner_reference(kind: &Kind, owner: &Value) -> Value {
    json!({"apiVersion": kind.api_version(), "kind": kind.kind, "name": owner.name(), "uid": owner.uid(),
        "controller": true, "blockOwnerDeletion": true})
}

/// The objects of a kind in the owner's namespace that it controls.
fn owned(state: &State, kind: &Kind, owner: &Value) -> Vec<Arc<Value>> {
    state
        .iter(kind, Some(owner.namespace()))
        .filter(|object| object.controlled_by(owner.uid()))
        .cloned()
        .collect()
}

/// Writes a changed status; an unchanged one is left alone.
fn put_status(state: &mut State, kind: &'static Kind, object: &Value, status: Value) {
    if object.at("/status") == &status {
        return;
    }
    let mut changed = object.clone();
    changed.put("/status", status);
    let writer = Writer { manager: "kube-controller-manager", subresource: "status" };
    managed::changed(object, &mut changed, kind, writer);
    state.put(kind, changed);
}

/// Sets a condition in a list, keeping its transition time while its status stays.
pub(crate) fn condition(
    conditions: &[Value],
    kind: &str,
    status: bool,
    reason: &str,
    message: &str,
) -> Vec<Value> {
    let status = if status { "True" } else { "False" };
    let old = conditions.iter().find(|one| one["type"] == kind);
    let since = old
        .filter(|one| one["status"] == status)
        .map_or_else(now, |one| one.text("/lastTransitionTime").to_owned());
    let mut new = json!({"type": kind, "status": status, "lastTransitionTime": since});
    if !reason.is_empty() {
        new["reason"] = reason.into();
    }
    if !message.is_empty() {
        new["message"] = message.into();
    }
    let mut list: Vec<Value> = conditions.to_vec();
    match list.iter_mut().find(|one| one["type"] == kind) {
        Some(place) => *place = new,
        None => list.push(new),
    }
    list
}

/// A pod made from a template, with a name and an owner; not yet scheduled.
pub(crate) fn pod_from(template: &Value, namespace: &str, name: &str, owner: &Value) -> Value {
    let mut pod =
        json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace}});
    for part in ["labels", "annotations"] {
        if let Some(value) = template.at("/metadata").get(part) {
            pod["metadata"][part] = value.clone();
        }
    }
    pod["metadata"]["ownerReferences"] = json!([owner]);
    pod["spec"] = template.at("/spec").clone();
    pod
}

/// Gives a new pod what the API server would, and stores it.
pub(crate) fn create_pod(state: &mut State, mut pod: Value) -> Arc<Value> {
    pod.put("/metadata/generation", 1);
    crate::defaults::on_create(state, POD, &mut pod);
    crate::defaults::apply(POD, &mut pod);
    state.put(POD, pod)
}

/// Records an event about an object, counting repeats.
pub(crate) fn event(
    state: &mut State,
    kind: &Kind,
    object: &Value,
    warning: bool,
    (reason, message): (&str, &str),
    source: &str,
) {
    let namespace = if object.namespace().is_empty() { "default" } else { object.namespace() };
    let same = state
        .iter(crate::kind::EVENT, Some(namespace))
        .find(|event| {
            event.text("/involvedObject/uid") == object.uid()
                && event.text("/reason") == reason
                && event.text("/message") == message
        })
        .cloned();
    if let Some(same) = same {
        let mut again = Value::clone(&same);
        again.put("/count", same.int("/count").unwrap_or(1) + 1);
        again.put("/lastTimestamp", now());
        state.put(crate::kind::EVENT, again);
        return;
    }
    let name = format!("{}.{:016x}", object.name(), state.random.next());
    let mut involved = json!({"kind": kind.kind, "apiVersion": kind.api_version(), "name": object.name(), "uid": object.uid(),
        "resourceVersion": object.text("/metadata/resourceVersion")});
    if !object.namespace().is_empty() {
        involved["namespace"] = object.namespace().into();
    }
    let mut from = json!({"component": source});
    if source == "kubelet" {
        from["host"] = object.at("/spec/nodeName").clone();
    }
    let time = now();
    state.put(
        crate::kind::EVENT,
        json!({"kind": "Event", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace},
            "involvedObject": involved, "reason": reason, "message": message, "source": from,
            "firstTimestamp": time, "lastTimestamp": time, "count": 1,
            "type": if warning { "Warning" } else { "Normal" }, "eventTime": null,
            "reportingComponent": source, "reportingInstance": from["host"].as_str().unwrap_or_default()}),
    );
}
