//! What a request asks for: its query, and the resource its path names.

/// A decoded query.
#[derive(Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the part of the address after `?`.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key, true), decode(value, true))
        });
        Self(pairs.collect())
    }

    /// The first value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The value of a key, or the empty text.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.get(key).unwrap_or_default()
    }

    /// Whether a key is set to a true value, as Go reads it.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.get(key).is_some_and(|value| !matches!(value, "false" | "0"))
    }
}

/// Undoes percent encoding; in a query `+` is a space.
pub(crate) fn decode(text: &str, query: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while let Some(byte) = bytes.get(place) {
        let hex = (*byte == b'%')
            .then(|| bytes.get(place + 1..place + 3))
            .flatten()
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match hex {
            Some(value) => {
                out.push(value);
                place += 3;
            }
            None => {
                out.push(if query && *byte == b'+' { b' ' } else { *byte });
                place += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A path that is no resource, such as `/version` or `/apis/apps`.
    Path(String),
    /// A resource.
    Resource(Resource),
}

/// A resource as the authorizer sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Resource {
    /// API group.
    pub(crate) group: String,
    /// API version.
    pub(crate) version: String,
    /// Namespace, empty for none.
    pub(crate) namespace: String,
    /// Plural.
    pub(crate) resource: String,
    /// Name, empty for a collection.
    pub(crate) name: String,
    /// Subresource, empty for none.
    pub(crate) subresource: String,
}

/// Reads a path as the API server does.
pub(crate) fn target(path: &str) -> Target {
    let parts: Vec<String> =
        path.split('/').filter(|part| !part.is_empty()).map(|part| decode(part, false)).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (group, version, rest) = match parts.as_slice() {
        ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
        ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
        _ => return Target::Path(path.to_owned()),
    };
    let mut found = Resource { group: group.to_owned(), version: version.to_owned(), ..Resource::default() };
    let rest = match rest {
        ["namespaces", namespace, rest @ ..]
            if !rest.is_empty() && !matches!(rest, ["status" | "finalize"]) =>
        {
            found.namespace = (*namespace).to_owned();
            rest
        }
        ["namespaces", namespace, ..] => {
            found.namespace = (*namespace).to_owned();
            rest
        }
        rest => rest,
    };
    if let [resource, ..] = rest {
        found.resource = (*resource).to_owned();
    }
    if let [_, name, ..] = rest {
        found.name = (*name).to_owned();
    }
    if let [_, _, subresource, ..] = rest {
        found.subresource = (*subresource).to_owned();
    }
    Target::Resource(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_resources() {
        let table = [
            ("/api/v1/pods", ["", "", "pods", "", ""]),
            ("/api/v1/namespaces/default", ["", "default", "namespaces", "default", ""]),
            ("/api/v1/namespaces/default/status", ["", "default", "namespaces", "default", "status"]),
            ("/api/v1/namespaces/a/pods/b/log", ["", "a", "pods", "b", "log"]),
            ("/apis/apps/v1/namespaces/a/statefulsets/b/scale", ["apps", "a", "statefulsets", "b", "scale"]),
            (
                "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aadmin",
                ["rbac.authorization.k8s.io", "", "clusterroles", "system:admin", ""],
            ),
        ];
        for (path, expected) in table {
            let Target::Resource(found) = target(path) else { panic!("{path} is a resource") };
            assert_eq!(
                [&*found.group, &*found.namespace, &*found.resource, &*found.name, &*found.subresource],
                expected,
                "{path}"
            );
        }
        assert_eq!(target("/apis/apps/v1"), Target::Path("/apis/apps/v1".to_owned()));
    }

    #[test]
    fn queries_are_decoded() {
        let query = Query::parse("labelSelector=app%3Dweb+x&watch=1&limit");
        assert_eq!(
            (query.text("labelSelector"), query.flag("watch"), query.get("limit")),
            ("app=web x", true, Some(""))
        );
    }
}
