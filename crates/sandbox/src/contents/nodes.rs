//! Nodes.

use serde_json::{Value, json};

use super::build::{Builder, DAY};
use super::object;
use crate::controllers::pod::status::host_address;
use crate::kind::NODE;
use crate::value::{now, seconds_from_now};

/// A node of a table.
#[derive(Debug)]
pub(crate) struct Row {
    /// Name.
    pub(crate) name: &'static str,
    /// `control-plane`, `worker` or `gpu`.
    pub(crate) role: &'static str,
    /// Zone.
    pub(crate) zone: &'static str,
    /// Cores.
    pub(crate) cpu: u32,
    /// Memory in GiB.
    pub(crate) memory: u32,
}

/// Writes nodes.
pub(super) fn write(builder: &mut Builder<'_>, rows: &[Row], version: &str) {
    for row in rows {
        let age = builder.age(120 * DAY, 420 * DAY);
        if row.role != "control-plane" {
            builder.nodes.push(row.name.to_owned());
        }
        builder.put(NODE, node(row, version, age), age);
    }
}

fn node(row: &Row, version: &str, age: i64) -> Value {
    let mut node = object("v1", "Node", "", row.name);
    let role = format!("node-role.kubernetes.io/{}", row.role);
    node["metadata"]["labels"] = json!({"kubernetes.io/hostname": row.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": row.zone, "topology.kubernetes.io/region": row.zone.split('-').next().unwrap_or_default(), role: ""});
    node["spec"] = json!({"podCIDR": "10.244.0.0/24", "podCIDRs": ["10.244.0.0/24"], "providerID": format!("sandbox://{}", row.name)});
    if row.role == "control-plane" {
        node["spec"]["taints"] =
            json!([{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]);
    }
    let amounts = |cpu: u32, memory: u32| {
        let mut map = json!({"cpu": cpu.to_string(), "memory": format!("{memory}Gi"), "ephemeral-storage": "200Gi", "pods": "250", "hugepages-2Mi": "0"});
        if row.role == "gpu" {
            map["nvidia.com/gpu"] = "4".into();
        }
        map
    };
    let since = seconds_from_now(-age);
    let condition = |kind: &str, status: &str, reason: &str, message: &str| json!({"type": kind, "status": status, "reason": reason, "message": message, "lastHeartbeatTime": now(), "lastTransitionTime": since});
    let mut conditions = vec![
        condition(
            "MemoryPressure",
            "False",
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available",
        ),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ];
    if row.role == "lost" {
        conditions.push(condition(
            "Ready",
            "Unknown",
            "NodeStatusUnknown",
            "Kubelet stopped posting node status.",
        ));
        node["spec"]["taints"] = json!([{"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"}]);
    } else {
        conditions.push(condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"));
    }
    node["status"] = json!({"capacity": amounts(row.cpu, row.memory), "allocatable": amounts(row.cpu, row.memory - 1), "conditions": conditions,
        "addresses": [{"type": "InternalIP", "address": host_address(row.name)}, {"type": "Hostname", "address": row.name}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {"machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "6.12.48-amd64", "osImage": "Debian GNU/Linux 13 (trixie)",
            "containerRuntimeVersion": "containerd://2.1.4", "kubeletVersion": version, "kubeProxyVersion": "", "operatingSystem": "linux", "architecture": "amd64"}});
    node
}
