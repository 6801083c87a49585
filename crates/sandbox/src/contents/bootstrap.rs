//! What every cluster has: roles, storage classes, system namespaces and agents.

use serde_json::{Value, json};

use super::build::{Builder, DAY};
use super::object;
use super::workload::{self, Health, Row};
use crate::kind::{CLUSTER_ROLE, CLUSTER_ROLE_BINDING, STORAGE_CLASS};

const RBAC: &str = "rbac.authorization.k8s.io/v1";
const READ: [&str; 3] = ["get", "list", "watch"];
const WRITE: [&str; 5] = ["create", "delete", "deletecollection", "patch", "update"];

/// Resources that `view` reads and `edit` writes, by group.
const WORKLOADS: [(&str, &[&str]); 5] = [
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "persistentvolumeclaims",
            "pods",
            "replicationcontrollers",
            "replicationcontrollers/scale",
            "serviceaccounts",
            "services",
        ],
    ),
    (
        "apps",
        &[
            "daemonsets",
            "deployments",
            "deployments/scale",
            "replicasets",
            "replicasets/scale",
            "statefulsets",
            "statefulsets/scale",
        ],
    ),
    ("batch", &["cronjobs", "jobs"]),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("networking.k8s.io", &["ingresses", "networkpolicies"]),
];
/// Resources that everybody with `view` may only read.
const READ_ONLY: [(&str, &[&str]); 4] = [
    (
        "",
        &[
            "bindings",
            "events",
            "limitranges",
            "namespaces/status",
            "pods/log",
            "pods/status",
            "resourcequotas",
            "resourcequotas/status",
            "persistentvolumeclaims/status",
            "services/status",
            "namespaces",
        ],
    ),
    (
        "apps",
        &[
            "controllerrevisions",
            "daemonsets/status",
            "deployments/status",
            "replicasets/status",
            "statefulsets/status",
        ],
    ),
    ("batch", &["cronjobs/status", "jobs/status"]),
    ("discovery.k8s.io", &["endpointslices"]),
];

fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> Value {
    json!({"verbs": verbs, "apiGroups": groups, "resources": resources})
}

fn view() -> Vec<Value> {
    WORKLOADS.iter().chain(&READ_ONLY).map(|(group, resources)| rule(&[*group], resources, &READ)).collect()
}

fn edit() -> Vec<Value> {
    let mut rules = view();
    rules.push(rule(&[""], &["secrets"], &READ));
    rules.push(rule(&[""], &["secrets"], &WRITE));
    rules.push(rule(
        &[""],
        &["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"],
        &["get", "list", "watch", "create", "delete", "deletecollection", "patch", "update"],
    ));
    rules.push(rule(&[""], &["pods/eviction"], &["create"]));
    rules.push(rule(&[""], &["serviceaccounts"], &["impersonate"]));
    rules.push(rule(&[""], &["events"], &WRITE));
    rules.extend(WORKLOADS.iter().map(|(group, resources)| rule(&[*group], resources, &WRITE)));
    rules
}

fn admin() -> Vec<Value> {
    let mut rules = edit();
    rules.push(rule(
        &["rbac.authorization.k8s.io"],
        &["rolebindings", "roles"],
        &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    ));
    rules.push(rule(&["authorization.k8s.io"], &["localsubjectaccessreviews"], &["create"]));
    rules
}

fn role(builder: &mut Builder<'_>, name: &str, rules: Vec<Value>) {
    let mut role = object(RBAC, "ClusterRole", "", name);
    role["metadata"]["labels"] = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
    role["rules"] = rules.into();
    builder.put(CLUSTER_ROLE, role, 420 * DAY);
}

fn bind(builder: &mut Builder<'_>, name: &str, role: &str, groups: &[&str]) {
    let mut binding = object(RBAC, "ClusterRoleBinding", "", name);
    binding["metadata"]["labels"] = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
    binding["roleRef"] =
        json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role});
    binding["subjects"] = groups
        .iter()
        .map(|group| json!({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": group}))
        .collect();
    builder.put(CLUSTER_ROLE_BINDING, binding, 420 * DAY);
}

/// Writes roles, storage classes and namespaces.
pub(super) fn write(builder: &mut Builder<'_>) {
    role(
        builder,
        "cluster-admin",
        vec![rule(&["*"], &["*"], &["*"]), json!({"verbs": ["*"], "nonResourceURLs": ["*"]})],
    );
    role(builder, "admin", admin());
    role(builder, "edit", edit());
    role(builder, "view", view());
    let paths = |urls: &[&str]| vec![json!({"verbs": ["get"], "nonResourceURLs": urls})];
    role(
        builder,
        "system:discovery",
        paths(&[
            "/api",
            "/api/*",
            "/apis",
            "/apis/*",
            "/healthz",
            "/livez",
            "/openapi",
            "/openapi/*",
            "/readyz",
            "/version",
            "/version/",
        ]),
    );
    role(
        builder,
        "system:public-info-viewer",
        paths(&["/healthz", "/livez", "/readyz", "/version", "/version/"]),
    );
    role(
        builder,
        "system:basic-user",
        vec![
            rule(
                &["authorization.k8s.io"],
                &["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
                &["create"],
            ),
            rule(&["authentication.k8s.io"], &["selfsubjectreviews"], &["create"]),
        ],
    );
    bind(builder, "cluster-admin", "cluster-admin", &["system:masters"]);
    // What integration creates in a real cluster: console administrators administrate it.
    bind(builder, "binnacle-admins", "cluster-admin", &["binnacle:admins"]);
    bind(builder, "system:discovery", "system:discovery", &["system:authenticated"]);
    bind(
        builder,
        "system:public-info-viewer",
        "system:public-info-viewer",
        &["system:authenticated", "system:unauthenticated"],
    );
    bind(builder, "system:basic-user", "system:basic-user", &["system:authenticated"]);
    for (name, default) in [("fast-ssd", true), ("archive-hdd", false)] {
        let mut class = object("storage.k8s.io/v1", "StorageClass", "", name);
        if default {
            class["metadata"]["annotations"] = json!({"storageclass.kubernetes.io/is-default-class": "true"});
        }
        class["provisioner"] = "csi.sandbox.binnacle.dev".into();
        class["allowVolumeExpansion"] = true.into();
        builder.put(STORAGE_CLASS, class, 400 * DAY);
    }
    for namespace in ["default", "kube-system", "kube-public", "kube-node-lease"] {
        builder.namespace(namespace);
    }
}

/// Writes the system's own workloads.
pub(super) fn system(builder: &mut Builder<'_>, version: &str) {
    let proxy = format!("registry.k8s.io/kube-proxy:{version}");
    let rows = [
        Row {
            kind: "Deployment",
            namespace: "kube-system",
            name: "coredns",
            image: "registry.k8s.io/coredns/coredns:v1.12.3",
            replicas: 2,
            cpu: "100m",
            memory: "70Mi",
            storage: "",
            port: 53,
            health: Health::Healthy,
        },
        Row {
            kind: "DaemonSet",
            namespace: "kube-system",
            name: "csi-node",
            image: "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.14.0",
            replicas: 0,
            cpu: "10m",
            memory: "32Mi",
            storage: "",
            port: 0,
            health: Health::Healthy,
        },
        Row {
            kind: "Deployment",
            namespace: "kube-system",
            name: "metrics-server",
            image: "registry.k8s.io/metrics-server/metrics-server:v0.9.0",
            replicas: 1,
            cpu: "100m",
            memory: "200Mi",
            storage: "",
            port: 10250,
            health: Health::Healthy,
        },
    ];
    for row in &rows {
        workload::write(builder, row);
    }
    workload::write_image(builder, "DaemonSet", "kube-system", "kube-proxy", &proxy);
}
