//! Workloads of a table, with everything that belongs to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::build::{Builder, DAY, running, unplaced, waiting};
use super::object;
use crate::controllers::{self, LIVELY};
use crate::defaults;
use crate::kind::{
    CONTROLLER_REVISION, CRON_JOB, DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, JOB, Kind, NODE, REPLICA_SET,
    SERVICE, STATEFUL_SET,
};
use crate::value::{Object, seconds_from_now};

/// How a workload fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// All is well.
    Healthy,
    /// All is well, and the cluster's life may roll it.
    Lively,
    /// Scaled to nothing.
    Stopped,
    /// A roll-out is stuck on an image that cannot be pulled.
    BadImage,
    /// Its container crashes again and again.
    CrashLoop,
    /// No node has room.
    Unschedulable,
    /// It needs a ConfigMap that is not there.
    MissingConfigMap,
    /// A new revision runs above the partition only.
    Canary,
}

/// A workload of a table.
#[derive(Debug)]
pub(crate) struct Row {
    /// Kind.
    pub(crate) kind: &'static str,
    /// Namespace.
    pub(crate) namespace: &'static str,
    /// Name.
    pub(crate) name: &'static str,
    /// Image.
    pub(crate) image: &'static str,
    /// Pods wanted.
    pub(crate) replicas: i64,
    /// CPU requested.
    pub(crate) cpu: &'static str,
    /// Memory requested and allowed.
    pub(crate) memory: &'static str,
    /// Size of each pod's claim, empty for none.
    pub(crate) storage: &'static str,
    /// Port, or for a CronJob the minutes between runs; 0 for none.
    pub(crate) port: u16,
    /// How it fares.
    pub(crate) health: Health,
}

/// Writes an agent with an image known only at run time.
pub(super) fn write_image(
    builder: &mut Builder<'_>,
    kind: &'static str,
    namespace: &'static str,
    name: &'static str,
    image: &str,
) {
    let row = Row {
        kind,
        namespace,
        name,
        image: "",
        replicas: 1,
        cpu: "50m",
        memory: "64Mi",
        storage: "",
        port: 0,
        health: Health::Healthy,
    };
    write_with(builder, &row, image);
}

/// Writes a workload.
pub(super) fn write(builder: &mut Builder<'_>, row: &Row) {
    write_with(builder, row, row.image);
}

fn write_with(builder: &mut Builder<'_>, row: &Row, image: &str) {
    builder.namespace(row.namespace);
    if row.health != Health::MissingConfigMap {
        builder.config_map(
            row.namespace,
            &format!("{}-config", row.name),
            json!({"LOG_LEVEL": "info", "REGION": "north"}),
        );
    }
    if !row.storage.is_empty() {
        builder.secret(
            row.namespace,
            &format!("{}-credentials", row.name),
            json!({"username": "app", "password": "not-a-secret"}),
        );
    }
    match row.kind {
        "StatefulSet" => stateful_set(builder, row, image),
        "Deployment" => deployment(builder, row, image),
        "DaemonSet" => daemon_set(builder, row, image),
        "Job" => job(builder, row, image),
        _ => cron_job(builder, row, image),
    }
    if row.port > 0 && row.kind != "CronJob" {
        service(builder, row);
    }
}

fn labels(row: &Row) -> Value {
    json!({"app.kubernetes.io/name": row.name, "app.kubernetes.io/part-of": row.namespace})
}

fn template(row: &Row, image: &str) -> Value {
    let mut container = json!({"name": row.name, "image": image,
        "env": [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "envFrom": [{"configMapRef": {"name": format!("{}-config", row.name)}}],
        "resources": {"requests": {"cpu": row.cpu, "memory": row.memory}, "limits": {"memory": row.memory}}});
    if row.port > 0 && row.kind != "CronJob" {
        container["ports"] = json!([{"name": "main", "containerPort": row.port}]);
        container["readinessProbe"] = json!({"tcpSocket": {"port": "main"}, "periodSeconds": 5});
    }
    if !row.storage.is_empty() {
        container["volumeMounts"] = json!([{"name": "data", "mountPath": "/var/lib/data"}]);
        container["env"] = json!([{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": format!("{}-credentials", row.name), "key": "password"}}}]);
    }
    json!({"metadata": {"labels": labels(row)}, "spec": {"containers": [container]}})
}

/// A workload object of a kind, its age known.
fn base(
    builder: &mut Builder<'_>,
    row: &Row,
    api_version: &str,
    kind: &'static Kind,
    spec: Value,
) -> (Value, i64) {
    let age = builder.age(2 * DAY, 180 * DAY);
    let mut made = object(api_version, kind.kind, row.namespace, row.name);
    made["metadata"]["labels"] = labels(row);
    if row.health == Health::Lively {
        made["metadata"]["labels"][LIVELY] = "true".into();
    }
    made["metadata"]["creationTimestamp"] = seconds_from_now(-age).into();
    made["metadata"]["generation"] =
        if matches!(row.health, Health::BadImage | Health::Canary) { 2.into() } else { 1.into() };
    let uid = builder.state.random.uid();
    made["metadata"]["uid"] = uid.into();
    made["spec"] = spec;
    (made, age)
}

/// The image before the present one.
fn older(image: &str) -> String {
    match image.rsplit_once(':') {
        Some((name, tag)) if tag.contains("bad") || tag.contains("missing") => format!("{name}:1.0.3"),
        Some((name, tag)) => format!("{name}:{tag}-0"),
        None => image.to_owned(),
    }
}

/// What stands in a pod of an unhealthy workload.
fn at_rest(row: &Row, pod: &Value, new: bool) -> Value {
    let image = pod.text("/spec/containers/0/image");
    match row.health {
        Health::BadImage if new => {
            let said = format!(
                "Back-off pulling image {image:?}: ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image {image:?}: failed to resolve reference {image:?}: {image}: not found"
            );
            waiting(pod, "ImagePullBackOff", &said, 0)
        }
        Health::CrashLoop => {
            let said = format!(
                "back-off 5m0s restarting failed container={} pod={}_{}({})",
                row.name,
                pod.name(),
                row.namespace,
                pod.uid()
            );
            waiting(pod, "CrashLoopBackOff", &said, 14)
        }
        Health::MissingConfigMap => waiting(
            pod,
            "CreateContainerConfigError",
            &format!("configmap \"{}-config\" not found", row.name),
            0,
        ),
        Health::Unschedulable => unplaced(
            "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
        ),
        _ => running(pod),
    }
}

/// How many of the wanted pods exist, and from which ordinal they are of the new revision.
fn extent(row: &Row) -> (i64, i64) {
    match row.health {
        Health::Stopped => (0, 0),
        // An ordered start stops at the first pod that does not become ready.
        Health::CrashLoop | Health::Unschedulable | Health::MissingConfigMap if row.kind == "StatefulSet" => {
            (1, 0)
        }
        Health::BadImage | Health::Canary => (row.replicas, row.replicas - 1),
        _ => (row.replicas, 0),
    }
}

fn stateful_set(builder: &mut Builder<'_>, row: &Row, image: &str) {
    let mut spec = json!({"replicas": if row.health == Health::Stopped { 0 } else { row.replicas }, "serviceName": row.name,
        "selector": {"matchLabels": {"app.kubernetes.io/name": row.name}}, "template": template(row, image)});
    if !row.storage.is_empty() {
        spec["volumeClaimTemplates"] = json!([{"metadata": {"name": "data"},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast-ssd", "resources": {"requests": {"storage": row.storage}}}}]);
    }
    if row.health == Health::Canary {
        spec["updateStrategy"] =
            json!({"type": "RollingUpdate", "rollingUpdate": {"partition": row.replicas - 1}});
    }
    let (mut set, age) = base(builder, row, "apps/v1", STATEFUL_SET, spec);
    defaults::apply(STATEFUL_SET, &mut set);
    let mut before = set.clone();
    before["spec"]["template"]["spec"]["containers"][0]["image"] = older(image).into();
    let new_hash = controllers::revision::hash(set.at("/spec/template"));
    let new = format!("{}-{new_hash}", row.name);
    let rolled = matches!(row.health, Health::BadImage | Health::Canary);
    let old = if rolled {
        let hash = controllers::revision::hash(before.at("/spec/template"));
        builder
            .state
            .put(CONTROLLER_REVISION, controllers::revision::object(STATEFUL_SET, &before, &hash, 1));
        format!("{}-{hash}", row.name)
    } else {
        new.clone()
    };
    builder.state.put(
        CONTROLLER_REVISION,
        controllers::revision::object(STATEFUL_SET, &set, &new_hash, if rolled { 2 } else { 1 }),
    );
    let (count, from) = extent(row);
    let mut pods: BTreeMap<i64, Arc<Value>> = BTreeMap::new();
    for ordinal in 0..count {
        let is_new = !rolled || ordinal >= from;
        for claim in controllers::claims_of(&set, ordinal) {
            builder.bound_claim(claim, age);
        }
        let pod = if is_new {
            controllers::stateful_pod(&set, ordinal, &new)
        } else {
            controllers::stateful_pod(&before, ordinal, &old)
        };
        let node = if row.health == Health::Unschedulable { String::new() } else { builder.node() };
        let pod_age = if rolled && is_new { 40 * 60 } else { builder.age(3600, age) };
        pods.insert(ordinal, builder.pod(pod, &node, pod_age, &|pod| at_rest(row, pod, is_new)));
    }
    set.put("/status/currentRevision", old);
    let status = controllers::stateful_status(&set, &pods, &new);
    set.put("/status", status);
    builder.put(STATEFUL_SET, set, age);
}

fn deployment(builder: &mut Builder<'_>, row: &Row, image: &str) {
    let wanted = if row.health == Health::Stopped { 0 } else { row.replicas };
    let spec = json!({"replicas": wanted, "selector": {"matchLabels": {"app.kubernetes.io/name": row.name}}, "template": template(row, image)});
    let (mut deployment, age) = base(builder, row, "apps/v1", DEPLOYMENT, spec);
    defaults::apply(DEPLOYMENT, &mut deployment);
    deployment["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "1"});
    let mut sets = Vec::new();
    let mut name = String::new();
    let rolled = row.health == Health::BadImage;
    let mut versions = vec![(deployment.clone(), wanted, true)];
    if rolled {
        let mut before = deployment.clone();
        before["spec"]["template"]["spec"]["containers"][0]["image"] = older(image).into();
        versions = vec![(before, wanted, false), (deployment.clone(), 1, true)];
        deployment["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "2"});
    }
    for (number, (version, replicas, new)) in versions.into_iter().enumerate() {
        let hash = controllers::revision::hash(version.at("/spec/template"));
        let mut set = controllers::replica_set_of(&version, &hash, i64::try_from(number).unwrap_or(0) + 1);
        name = set.name().to_owned();
        let uid = builder.state.random.uid();
        set.put("/metadata/uid", uid);
        set.put("/metadata/creationTimestamp", seconds_from_now(-age));
        set.put("/spec/replicas", replicas);
        let mut pods = Vec::new();
        for _ in 0..replicas {
            let pod_name = format!("{name}-{}", builder.state.random.suffix(5));
            let pod = controllers::replica_pod(&set, &pod_name);
            let node = if row.health == Health::Unschedulable { String::new() } else { builder.node() };
            let pod_age = if rolled && new { 25 * 60 } else { builder.age(3600, age) };
            pods.push(builder.pod(pod, &node, pod_age, &|pod| at_rest(row, pod, new)));
        }
        let status = controllers::replica_status(&set, &pods);
        set.put("/status", status);
        sets.push(builder.put(REPLICA_SET, set, age));
    }
    let status = controllers::deployment_status(&deployment, &sets, &name);
    deployment.put("/status", status);
    builder.put(DEPLOYMENT, deployment, age);
}

fn daemon_set(builder: &mut Builder<'_>, row: &Row, image: &str) {
    let spec = json!({"selector": {"matchLabels": {"app.kubernetes.io/name": row.name}}, "template": template(row, image)});
    let (mut set, age) = base(builder, row, "apps/v1", DAEMON_SET, spec);
    if row.namespace == "kube-system" {
        set["spec"]["template"]["spec"]["tolerations"] = json!([{"operator": "Exists"}]);
    }
    defaults::apply(DAEMON_SET, &mut set);
    let hash = controllers::revision::hash(set.at("/spec/template"));
    builder.state.put(CONTROLLER_REVISION, controllers::revision::object(DAEMON_SET, &set, &hash, 1));
    let nodes: Vec<Arc<Value>> =
        builder.state.iter(NODE, None).filter(|node| controllers::eligible(&set, node)).cloned().collect();
    let mut pods = Vec::new();
    for node in &nodes {
        let name = format!("{}-{}", row.name, builder.state.random.suffix(5));
        let pod = controllers::daemon_pod(&set, &name, node.name(), &hash);
        let pod_age = builder.age(3600, age);
        pods.push(builder.pod(pod, node.name(), pod_age, &|pod| at_rest(row, pod, true)));
    }
    let status = controllers::daemon_status(&set, &pods, nodes.len(), &hash);
    set.put("/status", status);
    builder.put(DAEMON_SET, set, age);
}

fn job_spec(row: &Row, image: &str) -> Value {
    let mut template = template(row, image);
    template["spec"]["restartPolicy"] = "Never".into();
    json!({"backoffLimit": 3, "template": template})
}

fn job(builder: &mut Builder<'_>, row: &Row, image: &str) {
    let (mut job, age) = base(builder, row, "batch/v1", JOB, job_spec(row, image));
    let age = age.min(3 * DAY);
    defaults::on_create(builder.state, JOB, &mut job);
    defaults::apply(JOB, &mut job);
    let pod = controllers::job_pod(&job, &format!("{}-{}", row.name, builder.state.random.suffix(5)));
    let node = builder.node();
    let (start, end) = (seconds_from_now(-age), seconds_from_now(48 - age));
    builder.pod(pod, &node, age, &|pod| {
        let list = pod
            .list("/spec/containers")
            .iter()
            .map(|one| controllers::pod::status::terminated(one, 0, &start, &end))
            .collect();
        controllers::pod::status::whole(pod, "Succeeded", list, &start)
    });
    let said = "Reached expected number of succeeded pods";
    let conditions: Vec<Value> = ["SuccessCriteriaMet", "Complete"]
        .iter()
        .map(|kind| json!({"type": kind, "status": "True", "reason": "CompletionsReached", "message": said, "lastProbeTime": end, "lastTransitionTime": end}))
        .collect();
    job.put("/status", json!({"startTime": start, "completionTime": end, "succeeded": 1, "ready": 0, "terminating": 0, "conditions": conditions}));
    builder.put(JOB, job, age);
}

fn cron_job(builder: &mut Builder<'_>, row: &Row, image: &str) {
    let schedule = format!("*/{} * * * *", row.port.max(1));
    let spec = json!({"schedule": schedule, "concurrencyPolicy": "Forbid", "jobTemplate": {"spec": job_spec(row, image)}});
    let (cron, age) = base(builder, row, "batch/v1", CRON_JOB, spec);
    builder.put(CRON_JOB, cron, age);
}

fn service(builder: &mut Builder<'_>, row: &Row) {
    let mut service = object("v1", "Service", row.namespace, row.name);
    service["metadata"]["labels"] = labels(row);
    service["spec"] = json!({"selector": {"app.kubernetes.io/name": row.name}, "ports": [{"name": "main", "port": row.port, "targetPort": "main"}]});
    if row.kind == "StatefulSet" {
        service["spec"]["clusterIP"] = "None".into();
    }
    let service = builder.put(SERVICE, service, 100 * DAY);
    let suffix = builder.state.random.suffix(5);
    let slice = controllers::slice_of(builder.state, &service, None, &suffix);
    builder.put(ENDPOINT_SLICE, slice, 100 * DAY);
}

/// A row of a table; `sizes` are CPU, memory and storage.
#[expect(clippy::too_many_arguments, reason = "a row of a table reads best as one call")]
pub(super) const fn row(
    kind: &'static str,
    namespace: &'static str,
    name: &'static str,
    image: &'static str,
    replicas: i64,
    sizes: [&'static str; 3],
    port: u16,
    health: Health,
) -> Row {
    let [cpu, memory, storage] = sizes;
    Row { kind, namespace, name, image, replicas, cpu, memory, storage, port, health }
}
