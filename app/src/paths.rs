//! Every path of the console, built in one place.

use binnacle_model::object::WorkloadKind;

/// Percent-encodes one path segment (RFC 3986, `pchar` without the sub-delims that proxies mangle).
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The cluster list.
pub fn clusters() -> String {
    "/clusters".to_owned()
}

/// The integrate form.
pub fn integrate() -> String {
    "/clusters/integrate".to_owned()
}

/// One cluster's overview.
pub fn cluster(name: &str) -> String {
    format!("/clusters/{}", segment(name))
}

/// The form that edits a registration.
pub fn edit_cluster(name: &str) -> String {
    format!("/clusters/{}/edit", segment(name))
}

/// A workload list.
pub fn workloads(cluster: &str, kind: WorkloadKind) -> String {
    format!("/clusters/{}/{}", segment(cluster), kind.plural())
}

/// The wizard of a kind.
pub fn create_by_image(cluster: &str, kind: WorkloadKind, namespace: Option<&str>) -> String {
    with_namespace(format!("{}/create", workloads(cluster, kind)), namespace)
}

/// Create from YAML.
pub fn create_from_yaml(cluster: &str, namespace: Option<&str>) -> String {
    with_namespace(format!("/clusters/{}/create-yaml", segment(cluster)), namespace)
}

/// One workload.
pub fn workload(cluster: &str, kind: WorkloadKind, namespace: &str, name: &str) -> String {
    format!("{}/{}/{}", workloads(cluster, kind), segment(namespace), segment(name))
}

/// One workload's YAML, to be edited.
pub fn edit_yaml(cluster: &str, kind: WorkloadKind, namespace: &str, name: &str) -> String {
    format!("{}/edit-yaml", workload(cluster, kind, namespace, name))
}

/// The server's sign-in page, which leads back to a page of the console.
pub fn sign_in(next: &str) -> String {
    with_query("/login", &[("next", next.to_owned())])
}

/// The server's page for one's own password.
pub fn password() -> String {
    "/password".to_owned()
}

/// A path with one query parameter, when there is a value.
fn with_namespace(path: String, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("{path}?namespace={}", segment(namespace)),
        None => path,
    }
}

/// A path with query parameters, empty ones left out.
pub fn with_query(path: &str, params: &[(&str, String)]) -> String {
    let query: Vec<String> = params
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", segment(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_paths() {
        let sts = WorkloadKind::StatefulSet;
        let made = [
            clusters(),
            integrate(),
            cluster("a/b"),
            edit_cluster("prod"),
            workloads("prod", sts),
            create_by_image("prod", sts, None),
            create_by_image("prod", sts, Some("team")),
            create_from_yaml("prod", Some("team")),
            workload("prod", sts, "team", "web"),
            edit_yaml("prod", sts, "team", "web"),
            sign_in("/clusters/prod?q=a b"),
            password(),
            with_query("/x", &[("q", "a b&c".into()), ("page", String::new())]),
        ];
        assert_eq!(
            made,
            [
                "/clusters",
                "/clusters/integrate",
                "/clusters/a%2Fb",
                "/clusters/prod/edit",
                "/clusters/prod/statefulsets",
                "/clusters/prod/statefulsets/create",
                "/clusters/prod/statefulsets/create?namespace=team",
                "/clusters/prod/create-yaml?namespace=team",
                "/clusters/prod/statefulsets/team/web",
                "/clusters/prod/statefulsets/team/web/edit-yaml",
                "/login?next=%2Fclusters%2Fprod%3Fq%3Da%20b",
                "/password",
                "/x?q=a%20b%26c",
            ]
        );
    }
}
