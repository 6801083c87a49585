//! Role-based access control, evaluated over the roles and bindings that the cluster holds.

use serde_json::Value;

use crate::auth::User;
use crate::kind::{CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING};
use crate::status::ApiError;
use crate::store::State;
use crate::value::Object;

/// What a request wants to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// Verb, such as `list`.
    pub(crate) verb: String,
    /// API group.
    pub(crate) group: String,
    /// Plural.
    pub(crate) resource: String,
    /// Subresource, empty for none.
    pub(crate) subresource: String,
    /// Namespace, empty for all or none.
    pub(crate) namespace: String,
    /// Name, empty for any.
    pub(crate) name: String,
    /// Path of a request that is no resource; then the fields above are empty.
    pub(crate) path: Option<String>,
}

/// Whether a user may do it.
pub(crate) fn allows(state: &State, user: &User, asked: &Attributes) -> bool {
    if user.is_in("system:masters") {
        return true;
    }
    let mut allowed = false;
    visit_rules(state, user, &asked.namespace, |rule| allowed |= rule_allows(rule, asked));
    allowed
}

/// The rules that apply to a user in a namespace (empty: cluster-wide rules only).
pub(crate) fn rules(state: &State, user: &User, namespace: &str) -> Vec<Value> {
    let mut found = Vec::new();
    visit_rules(state, user, namespace, |rule| found.push(rule.clone()));
    found
}

fn visit_rules(state: &State, user: &User, namespace: &str, mut visit: impl FnMut(&Value)) {
    for binding in state.iter(CLUSTER_ROLE_BINDING, None) {
        if binding.list("/subjects").iter().any(|subject| is_subject(subject, user, ""))
            && let Some(role) = state.get(CLUSTER_ROLE, "", binding.text("/roleRef/name"))
        {
            role.list("/rules").iter().for_each(&mut visit);
        }
    }
    if namespace.is_empty() {
        return;
    }
    for binding in state.iter(ROLE_BINDING, Some(namespace)) {
        if !binding.list("/subjects").iter().any(|subject| is_subject(subject, user, namespace)) {
            continue;
        }
        let name = binding.text("/roleRef/name");
        let role = if binding.text("/roleRef/kind") == "ClusterRole" {
            state.get(CLUSTER_ROLE, "", name)
        } else {
            state.get(ROLE, namespace, name)
        };
        if let Some(role) = role {
            role.list("/rules").iter().for_each(&mut visit);
        }
    }
}

fn is_subject(subject: &Value, user: &User, namespace: &str) -> bool {
    let name = subject.text("/name");
    match subject.text("/kind") {
        "User" => name == user.name,
        "Group" => user.is_in(name),
        "ServiceAccount" => {
            let own = subject.text("/namespace");
            let namespace = if own.is_empty() { namespace } else { own };
            user.name == format!("system:serviceaccount:{namespace}:{name}")
        }
        _ => false,
    }
}

fn has(list: &[Value], wanted: &str) -> bool {
    list.iter().any(|one| one == wanted || one == "*")
}

fn rule_allows(rule: &Value, asked: &Attributes) -> bool {
    if !has(rule.list("/verbs"), &asked.verb) {
        return false;
    }
    if let Some(path) = &asked.path {
        return rule
            .list("/nonResourceURLs")
            .iter()
            .filter_map(Value::as_str)
            .any(|url| url == path || url.strip_suffix('*').is_some_and(|start| path.starts_with(start)));
    }
    if !has(rule.list("/apiGroups"), &asked.group) {
        return false;
    }
    let resource = if asked.subresource.is_empty() {
        asked.resource.clone()
    } else {
        format!("{}/{}", asked.resource, asked.subresource)
    };
    let any_with_sub = format!("*/{}", asked.subresource);
    let resources = rule.list("/resources");
    let fits = has(resources, &resource)
        || (!asked.subresource.is_empty() && resources.iter().any(|one| one == any_with_sub.as_str()));
    let names = rule.list("/resourceNames");
    fits && (names.is_empty() || names.iter().any(|one| one == asked.name.as_str()))
}

/// The API server's 403 for a request that nothing allows.
pub(crate) fn refusal(user: &User, asked: &Attributes) -> ApiError {
    if let Some(path) = &asked.path {
        return ApiError::forbidden_path(&format!(
            "User {:?} cannot {} path {path:?}",
            user.name, asked.verb
        ));
    }
    let resource = if asked.subresource.is_empty() {
        asked.resource.clone()
    } else {
        format!("{}/{}", asked.resource, asked.subresource)
    };
    let place = if asked.namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace {:?}", asked.namespace)
    };
    let why = format!(
        "User {:?} cannot {} resource {resource:?} in API group {:?} {place}",
        user.name, asked.verb, asked.group
    );
    ApiError::forbidden(&asked.group, &asked.resource, &asked.name, &why)
}
