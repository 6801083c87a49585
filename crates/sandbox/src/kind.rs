//! The kinds that a sandbox cluster serves, with the names discovery gives them.

/// One served resource and how discovery describes it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Place in [`KINDS`] and in the store.
    pub(crate) index: usize,
    /// API group, empty for the core group.
    pub(crate) group: &'static str,
    /// Kind as written in `kind`.
    pub(crate) kind: &'static str,
    /// Lower-case plural as written in paths and rules.
    pub(crate) plural: &'static str,
    /// Whether objects live in a namespace.
    pub(crate) namespaced: bool,
    /// Short names that kubectl accepts.
    pub(crate) short: &'static [&'static str],
    /// Categories, such as `all`.
    pub(crate) categories: &'static [&'static str],
    /// Whether `/status` is served.
    pub(crate) status: bool,
    /// Whether `/scale` is served.
    pub(crate) scale: bool,
}

impl Kind {
    /// The `apiVersion` of objects of this kind.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", self.group) }
    }

    /// `statefulsets.apps`, as messages name a resource.
    pub(crate) fn qualified(&self) -> String {
        qualified(self.plural, self.group)
    }

    /// Whether a change of `spec` counts up `metadata.generation`.
    pub(crate) fn has_generation(&self) -> bool {
        matches!(self.group, "apps" | "batch" | "discovery.k8s.io") && self.kind != "ControllerRevision"
            || self.kind == "Pod"
    }
}

/// `resource.group`, or only the resource in the core group.
pub(crate) fn qualified(resource: &str, group: &str) -> String {
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}

/// API groups in the order in which discovery lists them, the core group aside.
pub(crate) const GROUPS: &[&str] = &[
    "apps",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "batch",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "discovery.k8s.io",
];

macro_rules! kinds {
    ($($konst:ident: $index:literal $group:literal $kind:literal $plural:literal $namespaced:literal $short:expr, $categories:expr, $status:literal $scale:literal;)*) => {
        $(
            #[doc = concat!("`", $plural, "`")]
            pub(crate) const $konst: &Kind = &Kind {
                index: $index, group: $group, kind: $kind, plural: $plural, namespaced: $namespaced,
                short: &$short, categories: &$categories, status: $status, scale: $scale,
            };
        )*
        /// Every stored kind, by index.
        pub(crate) const KINDS: &[&Kind] = &[$($konst),*];
    };
}

const ALL: [&str; 1] = ["all"];

kinds! {
    NAMESPACE: 0 "" "Namespace" "namespaces" false ["ns"], [], true false;
    NODE: 1 "" "Node" "nodes" false ["no"], [], true false;
    POD: 2 "" "Pod" "pods" true ["po"], ALL, true false;
    SERVICE: 3 "" "Service" "services" true ["svc"], ALL, true false;
    CONFIG_MAP: 4 "" "ConfigMap" "configmaps" true ["cm"], [], false false;
    SECRET: 5 "" "Secret" "secrets" true [], [], false false;
    SERVICE_ACCOUNT: 6 "" "ServiceAccount" "serviceaccounts" true ["sa"], [], false false;
    CLAIM: 7 "" "PersistentVolumeClaim" "persistentvolumeclaims" true ["pvc"], [], true false;
    VOLUME: 8 "" "PersistentVolume" "persistentvolumes" false ["pv"], [], true false;
    EVENT: 9 "" "Event" "events" true ["ev"], [], false false;
    RESOURCE_QUOTA: 10 "" "ResourceQuota" "resourcequotas" true ["quota"], [], true false;
    LIMIT_RANGE: 11 "" "LimitRange" "limitranges" true ["limits"], [], false false;
    DEPLOYMENT: 12 "apps" "Deployment" "deployments" true ["deploy"], ALL, true true;
    REPLICA_SET: 13 "apps" "ReplicaSet" "replicasets" true ["rs"], ALL, true true;
    STATEFUL_SET: 14 "apps" "StatefulSet" "statefulsets" true ["sts"], ALL, true true;
    DAEMON_SET: 15 "apps" "DaemonSet" "daemonsets" true ["ds"], ALL, true false;
    CONTROLLER_REVISION: 16 "apps" "ControllerRevision" "controllerrevisions" true [], [], false false;
    JOB: 17 "batch" "Job" "jobs" true [], ALL, true false;
    CRON_JOB: 18 "batch" "CronJob" "cronjobs" true ["cj"], ALL, true false;
    ENDPOINT_SLICE: 19 "discovery.k8s.io" "EndpointSlice" "endpointslices" true [], [], false false;
    STORAGE_CLASS: 20 "storage.k8s.io" "StorageClass" "storageclasses" false ["sc"], [], false false;
    ROLE: 21 "rbac.authorization.k8s.io" "Role" "roles" true [], [], false false;
    ROLE_BINDING: 22 "rbac.authorization.k8s.io" "RoleBinding" "rolebindings" true [], [], false false;
    CLUSTER_ROLE: 23 "rbac.authorization.k8s.io" "ClusterRole" "clusterroles" false [], [], false false;
    CLUSTER_ROLE_BINDING: 24 "rbac.authorization.k8s.io" "ClusterRoleBinding" "clusterrolebindings" false [], [], false false;
}

/// The kind served at `group` and `plural`.
pub(crate) fn by_plural(group: &str, plural: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.group == group && kind.plural == plural)
}

/// The kind whose `apiVersion` and `kind` are these.
pub(crate) fn by_kind(api_version: &str, name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.kind == name && kind.api_version() == api_version)
}

/// A review: a resource that answers a POST and stores nothing.
#[derive(Debug)]
pub(crate) struct Review {
    /// API group.
    pub(crate) group: &'static str,
    /// Kind.
    pub(crate) kind: &'static str,
    /// Plural in paths.
    pub(crate) plural: &'static str,
    /// Whether it is posted into a namespace.
    pub(crate) namespaced: bool,
}

/// The reviews that are served.
pub(crate) const REVIEWS: &[Review] = &[
    Review {
        group: "authorization.k8s.io",
        kind: "LocalSubjectAccessReview",
        plural: "localsubjectaccessreviews",
        namespaced: true,
    },
    Review {
        group: "authorization.k8s.io",
        kind: "SelfSubjectAccessReview",
        plural: "selfsubjectaccessreviews",
        namespaced: false,
    },
    Review {
        group: "authorization.k8s.io",
        kind: "SelfSubjectRulesReview",
        plural: "selfsubjectrulesreviews",
        namespaced: false,
    },
    Review {
        group: "authorization.k8s.io",
        kind: "SubjectAccessReview",
        plural: "subjectaccessreviews",
        namespaced: false,
    },
    Review {
        group: "authentication.k8s.io",
        kind: "SelfSubjectReview",
        plural: "selfsubjectreviews",
        namespaced: false,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_is_its_place() {
        for (place, kind) in KINDS.iter().enumerate() {
            assert_eq!(kind.index, place, "{}", kind.plural);
        }
    }
}
