//! From `apiVersion` and `kind` to a path: each group version's resource list, asked as the caller and
//! kept for some minutes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use binnacle_model::session::Caller;
use serde::Deserialize;

use crate::{
    connection::{Call, Connection, Identity},
    failure::Failure,
};

/// How long a resource list is believed; a miss asks again sooner.
const KEEP: Duration = Duration::from_secs(300);
/// Group versions kept; a cluster full of CRDs has some hundred.
const MOST: usize = 1_000;

/// One resource of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) plural: String,
    pub(crate) kind: String,
    pub(crate) namespaced: bool,
    pub(crate) creatable: bool,
}

impl Resource {
    /// The plural with its group, as RBAC and kubectl write it.
    pub(crate) fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// The path of its collection.
    pub(crate) fn collection(&self, namespace: Option<&str>) -> String {
        let root = group_version_path(&self.group, &self.version);
        match namespace {
            Some(namespace) if self.namespaced => {
                format!("{root}/namespaces/{}/{}", segment(namespace), self.plural)
            }
            _ => format!("{root}/{}", self.plural),
        }
    }

    /// The path of one object.
    pub(crate) fn object(&self, namespace: Option<&str>, name: &str) -> String {
        format!("{}/{}", self.collection(namespace), segment(name))
    }
}

/// Longest name of any object (a DNS subdomain), in bytes.
const NAME_MAX: usize = 253;

/// Whether a text can be one segment of an API server's path: what it takes for a name at all
/// (k8s.io/apimachinery `path.IsValidPathSegmentName`), and not longer than any. An empty one would
/// turn the path of an object into that of its collection.
pub(crate) fn is_name(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && text.len() <= NAME_MAX && !text.contains(['/', '%'])
}

/// One path segment or query value, percent-encoded, so that no name can leave its place.
pub(crate) fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'~')
            || (byte == b'.' && text.len() > 2)
        {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn group_version_path(group: &str, version: &str) -> String {
    if group.is_empty() {
        format!("/api/{}", segment(version))
    } else {
        format!("/apis/{}/{}", segment(group), segment(version))
    }
}

/// Group and version of an `apiVersion`.
pub(crate) fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

fn pick(list: &[Resource], kind: &str) -> Option<Resource> {
    list.iter().find(|resource| resource.kind == kind).cloned()
}

#[derive(Deserialize)]
struct ResourceList {
    #[serde(default)]
    resources: Vec<ListedResource>,
}

#[derive(Deserialize)]
struct ListedResource {
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    verbs: Vec<String>,
}

type Kept = (Instant, Arc<Vec<Resource>>);

/// The resources of one cluster, as far as they were asked for.
#[derive(Default)]
pub(crate) struct Discovery {
    kept: Mutex<HashMap<String, Kept>>,
}

impl Discovery {
    /// The resource of a kind; `None` when the cluster does not know it. A miss asks once more, so
    /// that a definition created a moment ago is found.
    pub(crate) async fn resolve(
        &self,
        connection: &Connection,
        caller: &Caller,
        api_version: &str,
        kind: &str,
    ) -> Result<Option<Resource>, Failure> {
        if let Some(found) = self.known(api_version, kind) {
            return Ok(Some(found));
        }
        let (group, version) = split_api_version(api_version);
        if !is_name(version) || !(group.is_empty() || is_name(group)) {
            return Ok(None);
        }
        Ok(pick(&self.fetch(connection, caller, api_version).await?, kind))
    }

    /// The resource of a kind, as far as it is known without asking.
    pub(crate) fn known(&self, api_version: &str, kind: &str) -> Option<Resource> {
        pick(&self.fresh(api_version)?, kind)
    }

    fn fresh(&self, api_version: &str) -> Option<Arc<Vec<Resource>>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(api_version).filter(|(at, _)| at.elapsed() < KEEP).map(|(_, list)| Arc::clone(list))
    }

    async fn fetch(
        &self,
        connection: &Connection,
        caller: &Caller,
        api_version: &str,
    ) -> Result<Arc<Vec<Resource>>, Failure> {
        let (group, version) = split_api_version(api_version);
        let call = Call::get(group_version_path(group, version));
        let list = match connection.call(Identity::Caller(caller), call).await {
            Ok(reply) => reply.json::<ResourceList>()?,
            Err(failure) if failure.code() == Some(404) => ResourceList { resources: Vec::new() },
            Err(failure) => return Err(failure),
        };
        let resources = list.resources.into_iter().filter(|listed| !listed.name.contains('/'));
        let list: Arc<Vec<Resource>> = Arc::new(
            resources
                .map(|listed| Resource {
                    group: group.to_owned(),
                    version: version.to_owned(),
                    plural: listed.name,
                    kind: listed.kind,
                    namespaced: listed.namespaced,
                    creatable: listed.verbs.iter().any(|verb| verb == "create"),
                })
                .collect(),
        );
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.retain(|_, (at, _)| at.elapsed() < KEEP);
        }
        // What is not there is not remembered: it may be created any moment.
        if kept.len() < MOST && !list.is_empty() {
            kept.insert(api_version.to_owned(), (Instant::now(), Arc::clone(&list)));
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_place_in_a_path() {
        let pods = Resource {
            group: String::new(),
            version: "v1".into(),
            plural: "pods".into(),
            kind: "Pod".into(),
            namespaced: true,
            creatable: true,
        };
        let sets = Resource { group: "apps".into(), plural: "statefulsets".into(), ..pods.clone() };
        for (path, expected) in [
            (pods.object(Some("default"), "web-0"), "/api/v1/namespaces/default/pods/web-0"),
            (sets.object(Some("a.b"), "x.y"), "/apis/apps/v1/namespaces/a.b/statefulsets/x.y"),
            (sets.collection(None), "/apis/apps/v1/statefulsets"),
            (pods.object(Some("../../x"), "a/b?c#d"), "/api/v1/namespaces/..%2F..%2Fx/pods/a%2Fb%3Fc%23d"),
            (pods.object(Some(".."), "."), "/api/v1/namespaces/%2E%2E/pods/%2E"),
        ] {
            assert_eq!(path, expected);
        }
        for (name, good) in [
            ("web-0", true),
            ("system:node", true),
            ("a.b", true),
            (&*"x".repeat(253), true),
            ("", false),
            (".", false),
            ("..", false),
            ("a/b", false),
            ("a%2Fb", false),
            (&*"x".repeat(254), false),
        ] {
            assert_eq!(is_name(name), good, "{name:?}");
        }
        assert_eq!(sets.qualified(), "statefulsets.apps");
        assert_eq!(pods.qualified(), "pods");
    }
}
