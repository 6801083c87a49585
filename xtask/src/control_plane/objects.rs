//! What a test cluster holds from the start: nodes, storage, the way to its metrics.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The nodes: name, zone, GPUs.
pub(crate) const NODES: [(&str, &str, u32); 3] =
    [("node-a1", "zone-a", 0), ("node-a2", "zone-a", 8), ("node-b1", "zone-b", 0)];

/// A node as kwok keeps it alive. It reads its metrics path from the annotation.
pub(crate) fn node(name: &str, zone: &str, gpus: u32, kubelet_version: &str) -> Value {
    let mut capacity = json!({ "cpu": "32", "memory": "128Gi", "pods": "1000", "ephemeral-storage": "1Ti" });
    if gpus > 0 {
        capacity["nvidia.com/gpu"] = json!(gpus.to_string());
    }
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "annotations": {
                "kwok.x-k8s.io/node": "fake",
                "metrics.k8s.io/resource-metrics-path": format!("/metrics/nodes/{name}/metrics/resource"),
            },
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "node-role.kubernetes.io/worker": "",
                "topology.kubernetes.io/region": "region-1",
                "topology.kubernetes.io/zone": zone,
            },
        },
        "status": {
            "allocatable": capacity,
            "capacity": capacity,
            "nodeInfo": {
                "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.1.0", "kubeProxyVersion": kubelet_version, "kubeletVersion": kubelet_version,
                "machineID": "", "operatingSystem": "linux", "osImage": "Debian GNU/Linux 12 (bookworm)",
                "systemUUID": "",
            },
        },
    })
}

/// The default StorageClass: the controller manager's own hostPath provisioner binds each claim.
pub(crate) fn storage_class() -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": { "name": "standard", "annotations": { "storageclass.kubernetes.io/is-default-class": "true" } },
        "provisioner": "kubernetes.io/host-path",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    })
}

/// One system pod on each node, as every real cluster has; a node without pods has no metrics.
pub(crate) fn node_agent() -> Value {
    json!({
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": { "name": "kube-proxy", "namespace": "kube-system", "labels": { "k8s-app": "kube-proxy" } },
        "spec": {
            "selector": { "matchLabels": { "k8s-app": "kube-proxy" } },
            "template": {
                "metadata": {
                    "labels": { "k8s-app": "kube-proxy" },
                    "annotations": { "kwok.x-k8s.io/usage-cpu": "120m", "kwok.x-k8s.io/usage-memory": "96Mi" },
                },
                "spec": {
                    "priorityClassName": "system-node-critical",
                    "tolerations": [{ "operator": "Exists" }],
                    "containers": [{
                        "name": "kube-proxy",
                        "image": "registry.example.com/kube-proxy:v1",
                        "resources": { "requests": { "cpu": "100m", "memory": "64Mi" } },
                    }],
                },
            },
        },
    })
}

/// The Service behind the metrics API: it points to a port of this machine.
pub(crate) fn metrics_service() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": "metrics-server", "namespace": "kube-system" },
        "spec": { "type": "ExternalName", "externalName": "localhost" },
    })
}

/// The registration of the metrics API with the aggregation layer.
pub(crate) fn metrics_api_service(port: u16, ca: &str) -> Value {
    json!({
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": { "name": "v1beta1.metrics.k8s.io" },
        "spec": {
            "group": "metrics.k8s.io", "version": "v1beta1",
            "groupPriorityMinimum": 100, "versionPriority": 100,
            "caBundle": STANDARD.encode(ca),
            "service": { "name": "metrics-server", "namespace": "kube-system", "port": port },
        },
    })
}

/// A StatefulSet of no replicas, for benchmarks of long lists.
pub(crate) fn stateful_set(namespace: &str, number: usize) -> Value {
    let name = format!("bench-{number:05}");
    json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": { "app": name, "team": format!("team-{}", number % 17), "purpose": "bench" },
        },
        "spec": {
            "replicas": 0,
            "serviceName": name,
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "containers": [{
                    "name": "main",
                    "image": format!("registry.example.com/team/app:{}", number % 40),
                    "resources": { "requests": { "cpu": "100m", "memory": "64Mi" } },
                }] },
            },
        },
    })
}

/// kwok's own configuration before the stages: every pod has the same log and a shell of this machine.
/// (It refuses a `KwokConfiguration` document with part of its options; flags serve.)
pub(crate) fn kwok_config(log_file: &str) -> String {
    format!(
        "apiVersion: kwok.x-k8s.io/v1alpha1\nkind: ClusterLogs\nmetadata: {{name: default}}\nspec:\n  logs:\n  - logsFile: {log_file}\n    \
         follow: true\n---\napiVersion: kwok.x-k8s.io/v1alpha1\nkind: ClusterExec\nmetadata: {{name: default}}\nspec:\n  \
         execs:\n  - local: {{workDir: /tmp}}\n"
    )
}

/// Log lines in the format of the container runtime interface, which is what kwok reads.
pub(crate) fn fake_log() -> String {
    const LINES: usize = 240;
    (0..LINES)
        .map(|n| {
            let (stream, text) = match n % 12 {
                5 => ("stderr", "WARN slow request: took 812 ms".to_owned()),
                9 => ("stderr", "ERROR connection reset by peer, will retry".to_owned()),
                _ => ("stdout", format!("INFO served request {n} in {} ms", 3 + n % 17)),
            };
            format!("2026-11-23T09:{:02}:{:02}.000000000Z {stream} F {text}\n", n / 60, n % 60)
        })
        .collect()
}

/// The audit policy: who did what, without bodies.
pub(crate) const AUDIT_POLICY: &str =
    "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n";
