//! Kinds the doctor knows: how they are spelled, which versions serve them and which no longer do.
//!
//! From the deprecated API migration guide and, beyond what it tells, from the lifecycle that `k8s.io/api` 0.37
//! declares for each type (`APILifecycleRemoved`).

/// A kind of Kubernetes' own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub name: &'static str,
    /// Versions that serve it, the one to use first.
    pub served: &'static [&'static str],
    /// Versions that no longer do, with the minor of Kubernetes 1 from which on.
    pub gone: &'static [(&'static str, u32)],
    /// Whether its objects belong to the whole cluster and to no namespace.
    pub cluster: bool,
    /// Whether its fields changed from the versions that are gone to the one to use.
    pub reshaped: bool,
}

impl Kind {
    /// The version to use; empty where nothing took the kind's place.
    pub(super) fn right(&self) -> &'static str {
        self.served.first().copied().unwrap_or_default()
    }

    /// The minor from which on a version is no longer served.
    pub(super) fn gone_since(&self, version: &str) -> Option<u32> {
        self.gone.iter().find(|(gone, _)| *gone == version).map(|(_, since)| *since)
    }
}

const RBAC: &str = "rbac.authorization.k8s.io/v1";
const RBAC_GONE: &[(&str, u32)] =
    &[("rbac.authorization.k8s.io/v1alpha1", 22), ("rbac.authorization.k8s.io/v1beta1", 22)];
const FLOW: &[&str] = &["flowcontrol.apiserver.k8s.io/v1"];
const FLOW_GONE: &[(&str, u32)] = &[
    ("flowcontrol.apiserver.k8s.io/v1alpha1", 24),
    ("flowcontrol.apiserver.k8s.io/v1beta1", 26),
    ("flowcontrol.apiserver.k8s.io/v1beta2", 29),
    ("flowcontrol.apiserver.k8s.io/v1beta3", 32),
];
const ADMISSION: &[&str] = &["admissionregistration.k8s.io/v1"];
const ADMISSION_GONE: &[(&str, u32)] = &[("admissionregistration.k8s.io/v1beta1", 22)];
const POLICY_GONE: &[(&str, u32)] =
    &[("admissionregistration.k8s.io/v1alpha1", 32), ("admissionregistration.k8s.io/v1beta1", 34)];
const MUTATING: &[&str] = &[
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1beta1",
    "admissionregistration.k8s.io/v1alpha1",
];
const REVIEW: &[&str] = &["authorization.k8s.io/v1"];
const REVIEW_GONE: &[(&str, u32)] = &[("authorization.k8s.io/v1beta1", 22)];
const RESOURCE: &[&str] = &["resource.k8s.io/v1", "resource.k8s.io/v1beta2", "resource.k8s.io/v1beta1"];
const RESOURCE_GONE: &[(&str, u32)] =
    &[("resource.k8s.io/v1alpha1", 27), ("resource.k8s.io/v1alpha2", 31), ("resource.k8s.io/v1alpha3", 33)];
const STORAGE: &[&str] = &["storage.k8s.io/v1"];
const STORAGE_GONE: &[(&str, u32)] = &[("storage.k8s.io/v1beta1", 22)];
const NETWORKING: &[&str] = &["networking.k8s.io/v1"];
const SCHEDULING_GONE: &[(&str, u32)] =
    &[("scheduling.k8s.io/v1alpha1", 22), ("scheduling.k8s.io/v1beta1", 22)];

const fn namespaced(
    name: &'static str,
    served: &'static [&'static str],
    gone: &'static [(&'static str, u32)],
) -> Kind {
    Kind { name, served, gone, cluster: false, reshaped: false }
}

const fn wide(
    name: &'static str,
    served: &'static [&'static str],
    gone: &'static [(&'static str, u32)],
) -> Kind {
    Kind { cluster: true, ..namespaced(name, served, gone) }
}

/// The fields are not those of the versions that are gone.
const fn reshaped(kind: Kind) -> Kind {
    Kind { reshaped: true, ..kind }
}

const KINDS: &[Kind] = &[
    wide("APIService", &["apiregistration.k8s.io/v1"], &[("apiregistration.k8s.io/v1beta1", 22)]),
    wide("CSIDriver", STORAGE, STORAGE_GONE),
    wide("CSINode", STORAGE, STORAGE_GONE),
    namespaced(
        "CSIStorageCapacity",
        STORAGE,
        &[("storage.k8s.io/v1alpha1", 24), ("storage.k8s.io/v1beta1", 27)],
    ),
    reshaped(wide(
        "CertificateSigningRequest",
        &["certificates.k8s.io/v1"],
        &[("certificates.k8s.io/v1beta1", 22)],
    )),
    wide("ClusterRole", &[RBAC], RBAC_GONE),
    wide("ClusterRoleBinding", &[RBAC], RBAC_GONE),
    wide("ClusterTrustBundle", &["certificates.k8s.io/v1beta1"], &[("certificates.k8s.io/v1alpha1", 37)]),
    wide("ComponentStatus", &["v1"], &[]),
    namespaced("ConfigMap", &["v1"], &[]),
    namespaced("ControllerRevision", &["apps/v1"], &[("apps/v1beta1", 16), ("apps/v1beta2", 16)]),
    namespaced("CronJob", &["batch/v1"], &[("batch/v2alpha1", 21), ("batch/v1beta1", 25)]),
    reshaped(wide(
        "CustomResourceDefinition",
        &["apiextensions.k8s.io/v1"],
        &[("apiextensions.k8s.io/v1beta1", 22)],
    )),
    reshaped(namespaced(
        "DaemonSet",
        &["apps/v1"],
        &[("extensions/v1beta1", 16), ("apps/v1beta1", 16), ("apps/v1beta2", 16)],
    )),
    reshaped(namespaced(
        "Deployment",
        &["apps/v1"],
        &[("extensions/v1beta1", 16), ("apps/v1beta1", 16), ("apps/v1beta2", 16)],
    )),
    wide("DeviceClass", RESOURCE, RESOURCE_GONE),
    reshaped(namespaced("EndpointSlice", &["discovery.k8s.io/v1"], &[("discovery.k8s.io/v1beta1", 25)])),
    namespaced("Endpoints", &["v1"], &[]),
    reshaped(namespaced("Event", &["events.k8s.io/v1", "v1"], &[("events.k8s.io/v1beta1", 25)])),
    reshaped(wide("FlowSchema", FLOW, FLOW_GONE)),
    reshaped(namespaced(
        "HorizontalPodAutoscaler",
        &["autoscaling/v2", "autoscaling/v1"],
        &[("autoscaling/v2beta1", 25), ("autoscaling/v2beta2", 26)],
    )),
    wide("IPAddress", NETWORKING, &[("networking.k8s.io/v1alpha1", 34), ("networking.k8s.io/v1beta1", 37)]),
    reshaped(namespaced(
        "Ingress",
        NETWORKING,
        &[("extensions/v1beta1", 22), ("networking.k8s.io/v1beta1", 22)],
    )),
    wide("IngressClass", NETWORKING, &[("networking.k8s.io/v1beta1", 22)]),
    namespaced("Job", &["batch/v1"], &[("batch/v2alpha1", 21)]),
    namespaced("Lease", &["coordination.k8s.io/v1"], &[("coordination.k8s.io/v1beta1", 22)]),
    namespaced("LimitRange", &["v1"], &[]),
    namespaced("LocalSubjectAccessReview", REVIEW, REVIEW_GONE),
    wide("MutatingAdmissionPolicy", MUTATING, &[]),
    wide("MutatingAdmissionPolicyBinding", MUTATING, &[]),
    reshaped(wide("MutatingWebhookConfiguration", ADMISSION, ADMISSION_GONE)),
    wide("Namespace", &["v1"], &[]),
    namespaced("NetworkPolicy", NETWORKING, &[("extensions/v1beta1", 16)]),
    wide("Node", &["v1"], &[]),
    wide("PersistentVolume", &["v1"], &[]),
    namespaced("PersistentVolumeClaim", &["v1"], &[]),
    namespaced("Pod", &["v1"], &[]),
    namespaced("PodDisruptionBudget", &["policy/v1"], &[("policy/v1beta1", 25)]),
    namespaced("PodPreset", &[], &[("settings.k8s.io/v1alpha1", 20)]),
    wide("PodSecurityPolicy", &[], &[("extensions/v1beta1", 16), ("policy/v1beta1", 25)]),
    namespaced("PodTemplate", &["v1"], &[]),
    wide("PriorityClass", &["scheduling.k8s.io/v1"], SCHEDULING_GONE),
    reshaped(wide("PriorityLevelConfiguration", FLOW, FLOW_GONE)),
    reshaped(namespaced("ReplicaSet", &["apps/v1"], &[("extensions/v1beta1", 16), ("apps/v1beta2", 16)])),
    namespaced("ReplicationController", &["v1"], &[]),
    reshaped(namespaced("ResourceClaim", RESOURCE, RESOURCE_GONE)),
    reshaped(namespaced("ResourceClaimTemplate", RESOURCE, RESOURCE_GONE)),
    namespaced("ResourceQuota", &["v1"], &[]),
    reshaped(wide("ResourceSlice", RESOURCE, RESOURCE_GONE)),
    namespaced("Role", &[RBAC], RBAC_GONE),
    namespaced("RoleBinding", &[RBAC], RBAC_GONE),
    reshaped(wide(
        "RuntimeClass",
        &["node.k8s.io/v1"],
        &[("node.k8s.io/v1alpha1", 24), ("node.k8s.io/v1beta1", 25)],
    )),
    namespaced("Secret", &["v1"], &[]),
    wide("SelfSubjectAccessReview", REVIEW, REVIEW_GONE),
    wide(
        "SelfSubjectReview",
        &["authentication.k8s.io/v1"],
        &[("authentication.k8s.io/v1alpha1", 32), ("authentication.k8s.io/v1beta1", 33)],
    ),
    wide("SelfSubjectRulesReview", REVIEW, REVIEW_GONE),
    namespaced("Service", &["v1"], &[]),
    namespaced("ServiceAccount", &["v1"], &[]),
    wide("ServiceCIDR", NETWORKING, &[("networking.k8s.io/v1alpha1", 34), ("networking.k8s.io/v1beta1", 37)]),
    reshaped(namespaced("StatefulSet", &["apps/v1"], &[("apps/v1beta1", 16), ("apps/v1beta2", 16)])),
    wide("StorageClass", STORAGE, STORAGE_GONE),
    wide("SubjectAccessReview", REVIEW, REVIEW_GONE),
    wide("TokenReview", &["authentication.k8s.io/v1"], &[("authentication.k8s.io/v1beta1", 22)]),
    wide("ValidatingAdmissionPolicy", ADMISSION, POLICY_GONE),
    wide("ValidatingAdmissionPolicyBinding", ADMISSION, POLICY_GONE),
    reshaped(wide("ValidatingWebhookConfiguration", ADMISSION, ADMISSION_GONE)),
    wide("VolumeAttachment", STORAGE, &[("storage.k8s.io/v1alpha1", 24), ("storage.k8s.io/v1beta1", 22)]),
    wide(
        "VolumeAttributesClass",
        STORAGE,
        &[("storage.k8s.io/v1alpha1", 35), ("storage.k8s.io/v1beta1", 37)],
    ),
];

/// Kinds whose names other groups use too (Knative's Service, Gateway implementations, Istio).
const SHARED: &[&str] =
    &["Event", "Ingress", "Job", "Lease", "Namespace", "Role", "RoleBinding", "Secret", "Service"];

/// A kind of Kubernetes' own by its name. The case does not matter.
pub(super) fn kind(kind: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|known| known.name.eq_ignore_ascii_case(kind))
}

/// The kind that an object of this kind and version is, when it is one of Kubernetes' own. Versions that are gone
/// count, so that what is inside is told of at once.
pub(super) fn own(kind: &str, api_version: &str) -> Option<&'static Kind> {
    let known = KINDS.iter().find(|known| known.name == kind)?;
    (known.served.contains(&api_version) || known.gone_since(api_version).is_some()).then_some(known)
}

/// Whether a version is none that has, or had, the kind, and is written as one of Kubernetes' own. That of another
/// group is left alone: it may be a product's.
pub(super) fn is_wrong(kind: &Kind, api_version: &str) -> bool {
    if kind.served.contains(&api_version) || kind.gone_since(api_version).is_some() {
        return false;
    }
    let group = group(api_version);
    let ours =
        group.is_empty() || KINDS.iter().any(|known| known.served.iter().any(|v| self::group(v) == group));
    let misspelt = !group.contains('.') || kind.served.iter().any(|v| v.eq_ignore_ascii_case(api_version));
    misspelt || (ours && !SHARED.contains(&kind.name)) || kind.served.iter().any(|v| self::group(v) == group)
}

fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}
