//! Very many StatefulSets, for lists that must stay quick.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::build::{Builder, DAY, running};
use super::{nodes, object};
use crate::controllers;
use crate::defaults;
use crate::kind::{CONTROLLER_REVISION, STATEFUL_SET};
use crate::value::{Object, seconds_from_now};

/// Nodes.
pub(super) const NODES: &[nodes::Row] = &[
    nodes::Row { name: "fleet-w-1", role: "worker", zone: "scale-a", cpu: 96, memory: 384 },
    nodes::Row { name: "fleet-w-2", role: "worker", zone: "scale-b", cpu: 96, memory: 384 },
    nodes::Row { name: "fleet-w-3", role: "worker", zone: "scale-c", cpu: 96, memory: 384 },
];
/// Namespaces that share the StatefulSets.
const NAMESPACES: usize = 25;
/// One in so many has a pod.
const WITH_POD: u32 = 20;
const WORDS: [&str; 12] = [
    "api", "cache", "queue", "store", "index", "ledger", "search", "stream", "worker", "gateway", "broker",
    "session",
];
const IMAGES: [&str; 6] = [
    "docker.io/library/postgres:17.2",
    "docker.io/library/redis:7.4.1",
    "docker.io/library/rabbitmq:4.0.4",
    "docker.io/apache/kafka:3.9.0",
    "docker.io/library/nats:2.10.22",
    "docker.io/library/mysql:8.4.3",
];

/// Writes `sets` StatefulSets.
pub(super) fn write(builder: &mut Builder<'_>, sets: u32) {
    let mut model = object("apps/v1", "StatefulSet", "", "model");
    model["spec"] = json!({"replicas": 0, "serviceName": "", "selector": {"matchLabels": {"app": ""}},
        "template": {"metadata": {"labels": {"app": ""}}, "spec": {"containers": [{"name": "main", "image": "x:1",
            "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}]}}});
    defaults::apply(STATEFUL_SET, &mut model);
    let namespaces: Vec<String> = (0..NAMESPACES).map(|number| format!("team-{number:02}")).collect();
    for namespace in &namespaces {
        builder.namespace(namespace);
    }
    for number in 0..sets {
        let word = builder.state.random.pick(&WORDS).copied().unwrap_or("app");
        let image = builder.state.random.pick(&IMAGES).copied().unwrap_or("x:1");
        let namespace = builder.state.random.pick(&namespaces).cloned().unwrap_or_default();
        one(builder, &model, &format!("{word}-{number:05}"), &namespace, image, number % WITH_POD == 0);
    }
}

fn one(builder: &mut Builder<'_>, model: &Value, name: &str, namespace: &str, image: &str, with_pod: bool) {
    let mut set = model.clone();
    let age = builder.age(3600, 300 * DAY);
    let uid = builder.state.random.uid();
    set["metadata"] = json!({"name": name, "namespace": namespace, "uid": uid, "generation": 1,
        "creationTimestamp": seconds_from_now(-age), "labels": {"app": name}});
    set["spec"]["serviceName"] = name.into();
    set["spec"]["selector"]["matchLabels"]["app"] = name.into();
    set["spec"]["template"]["metadata"]["labels"]["app"] = name.into();
    set["spec"]["template"]["spec"]["containers"][0]["image"] = image.into();
    let hash = controllers::revision::hash(set.at("/spec/template"));
    let revision = format!("{name}-{hash}");
    let mut pods = BTreeMap::new();
    if with_pod {
        set["spec"]["replicas"] = 1.into();
        builder.state.put(CONTROLLER_REVISION, controllers::revision::object(STATEFUL_SET, &set, &hash, 1));
        let node = builder.node();
        let pod = controllers::stateful_pod(&set, 0, &revision);
        pods.insert(0, builder.pod(pod, &node, age / 2, &running));
    }
    let status = controllers::stateful_status(&set, &pods, &revision);
    set["status"] = status;
    builder.state.put(STATEFUL_SET, set);
}
