//! What the cluster serves, in both forms of discovery.

use serde_json::{Value, json};

use crate::kind::{GROUPS, KINDS, Kind, REVIEWS, Review};

/// Verbs of a stored kind, in the API server's order.
const VERBS: [&str; 8] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// Verbs of a kind, in the API server's order: Namespaces do not go all at once.
fn verbs(kind: &Kind) -> Vec<&'static str> {
    VERBS.into_iter().filter(|verb| kind.kind != "Namespace" || *verb != "deletecollection").collect()
}

/// Content type of aggregated discovery.
pub(crate) const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// Whether an `Accept` header asks for aggregated discovery.
pub(crate) fn wants_aggregated(accept: &str) -> bool {
    accept.split(',').any(|one| {
        one.contains("as=APIGroupDiscoveryList") && one.contains("v=v2") && !one.contains("v2beta1")
    })
}

fn kinds_of(group: &str) -> impl Iterator<Item = &'static Kind> {
    let group = group.to_owned();
    KINDS.iter().copied().filter(move |kind| kind.group == group)
}

fn reviews_of(group: &str) -> impl Iterator<Item = &'static Review> {
    let group = group.to_owned();
    REVIEWS.iter().filter(move |review| review.group == group)
}

fn group_object(group: &str) -> Value {
    let version = json!({"groupVersion": format!("{group}/v1"), "version": "v1"});
    json!({"name": group, "versions": [version], "preferredVersion": version})
}

/// `/api`.
pub(crate) fn core_versions() -> Value {
    json!({"kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1:6443"}]})
}

/// `/apis`.
pub(crate) fn groups() -> Value {
    let groups: Vec<Value> = GROUPS.iter().map(|group| group_object(group)).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// `/apis/<group>`.
pub(crate) fn group(group: &str) -> Option<Value> {
    GROUPS.contains(&group).then(|| {
        let mut found = json!({"kind": "APIGroup", "apiVersion": "v1"});
        if let (Value::Object(into), Value::Object(from)) = (&mut found, group_object(group)) {
            into.extend(from);
        }
        found
    })
}

/// `/api/v1` and `/apis/<group>/v1`.
pub(crate) fn resources(group: &str) -> Option<Value> {
    if !group.is_empty() && !GROUPS.contains(&group) {
        return None;
    }
    let mut list = Vec::new();
    for kind in kinds_of(group) {
        let mut one = json!({"name": kind.plural, "singularName": kind.kind.to_lowercase(),
            "namespaced": kind.namespaced, "kind": kind.kind, "verbs": verbs(kind)});
        if !kind.short.is_empty() {
            one["shortNames"] = json!(kind.short);
        }
        if !kind.categories.is_empty() {
            one["categories"] = json!(kind.categories);
        }
        list.push(one);
        for (name, group, version, shown, verbs) in subresources(kind) {
            let mut one = json!({"name": format!("{}/{name}", kind.plural), "singularName": "",
                "namespaced": kind.namespaced, "kind": shown, "verbs": verbs});
            if !version.is_empty() {
                one["group"] = group.into();
                one["version"] = version.into();
            }
            list.push(one);
        }
    }
    for review in reviews_of(group) {
        list.push(json!({"name": review.plural, "singularName": review.kind.to_lowercase(),
            "namespaced": review.namespaced, "kind": review.kind, "verbs": ["create"]}));
    }
    let group_version = if group.is_empty() { "v1".to_owned() } else { format!("{group}/v1") };
    Some(
        json!({"kind": "APIResourceList", "groupVersion": group_version, "apiVersion": "v1", "resources": list}),
    )
}

/// Name, group, version, kind and verbs of a kind's subresources.
fn subresources(
    kind: &Kind,
) -> Vec<(&'static str, &'static str, &'static str, &'static str, &'static [&'static str])> {
    let mut found = Vec::new();
    if kind.scale {
        found.push(("scale", "autoscaling", "v1", "Scale", &["get", "patch", "update"][..]));
    }
    if kind.status {
        found.push(("status", "", "", kind.kind, &["get", "patch", "update"][..]));
    }
    if kind.kind == "Pod" {
        found.push(("eviction", "policy", "v1", "Eviction", &["create"][..]));
    }
    found
}

/// Aggregated discovery of the core group (`/api`) or of all others (`/apis`).
pub(crate) fn aggregated(core: bool) -> Value {
    let groups: Vec<&str> = if core { vec![""] } else { GROUPS.to_vec() };
    let items: Vec<Value> = groups.into_iter().map(aggregated_group).collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
}

fn aggregated_group(group: &str) -> Value {
    let scope = |namespaced: bool| if namespaced { "Namespaced" } else { "Cluster" };
    let mut list = Vec::new();
    for kind in kinds_of(group) {
        let mut one = json!({"resource": kind.plural,
            "responseKind": {"group": kind.group, "version": "v1", "kind": kind.kind},
            "scope": scope(kind.namespaced), "singularResource": kind.kind.to_lowercase(), "verbs": verbs(kind)});
        if !kind.short.is_empty() {
            one["shortNames"] = json!(kind.short);
        }
        if !kind.categories.is_empty() {
            one["categories"] = json!(kind.categories);
        }
        let subs: Vec<Value> = subresources(kind)
            .into_iter()
            .map(|(name, sub_group, version, shown, verbs)| {
                let (sub_group, version) =
                    if version.is_empty() { (kind.group, "v1") } else { (sub_group, version) };
                json!({"subresource": name, "verbs": verbs,
                    "responseKind": {"group": sub_group, "version": version, "kind": shown}})
            })
            .collect();
        if !subs.is_empty() {
            one["subresources"] = subs.into();
        }
        list.push(one);
    }
    for review in reviews_of(group) {
        list.push(json!({"resource": review.plural,
            "responseKind": {"group": review.group, "version": "v1", "kind": review.kind},
            "scope": scope(review.namespaced), "singularResource": review.kind.to_lowercase(), "verbs": ["create"]}));
    }
    let mut metadata = json!({"creationTimestamp": null});
    if !group.is_empty() {
        metadata = json!({"name": group, "creationTimestamp": null});
    }
    json!({"metadata": metadata, "versions": [{"version": "v1", "resources": list, "freshness": "Current"}]})
}
