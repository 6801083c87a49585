//! Looking at a cluster before it is registered: what it is, who the credential is, what it may do.

use binnacle_model::{
    AppError, FieldPath, Issue, Result, Text, Word,
    cluster::{ADVISED_MINOR, ENDS_SOON, MINIMUM_MINOR, VerifyReport},
    object::{list, text},
    session::{ADMIN_GROUP, Caller, Role},
    words::errors as words,
};
use http::Method;
use serde_json::{Value, json};

use crate::{
    access::{self, Question},
    address::DialPolicy,
    brief, clock,
    cluster::Version,
    connection::{Call, Connection, Identity},
    credential::Credential,
    failure::{About, Failure},
};

/// The binding that gives the console's administrators their rights.
const BINDING: &str = "binnacle-admins";
/// The role that it gives.
const ADMIN_ROLE: &str = "cluster-admin";
const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

/// The binding as it is created.
fn binding() -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": BINDING},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": ADMIN_ROLE},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": ADMIN_GROUP}],
    })
}

/// The binding as a person reads it.
fn binding_yaml() -> String {
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\n\
         kind: ClusterRoleBinding\n\
         metadata:\n  name: {BINDING}\n\
         roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: {ADMIN_ROLE}\n\
         subjects:\n  - apiGroup: rbac.authorization.k8s.io\n    kind: Group\n    name: {ADMIN_GROUP}\n"
    )
}

/// A cluster that has no name yet is called by its address.
fn named(connection: &Connection, failure: Failure, verb: &str, resource: &str) -> AppError {
    let cluster = connection.server();
    failure.into_app(About { cluster, verb, resource, kind: resource, namespace: "", name: "" })
}

fn connect(credential: &Credential, policy: DialPolicy) -> Result<std::sync::Arc<Connection>> {
    Connection::new(credential, policy).map_err(|failure| {
        let cluster = &credential.server;
        failure.into_app(About { cluster, verb: "", resource: "", kind: "", namespace: "", name: "" })
    })
}

/// Calls a cluster and says what was found.
pub(crate) async fn verify(credential: &Credential, policy: DialPolicy) -> Result<VerifyReport> {
    let connection = connect(credential, policy)?;
    let fail = |failure| named(&connection, failure, "get", "version");
    let reply = connection.call(Identity::Console, Call::get("/version")).await.map_err(fail)?;
    let version = brief::sentence(reply.json::<Version>().map_err(fail)?.git_version);

    let may = |question: Question| {
        let connection = &connection;
        async move { access::ask(connection, Identity::Console, &question).await }
    };
    let everything = || Question::new("*", "*", "*", "");
    let rbac = "rbac.authorization.k8s.io";
    let (system_uid, user, users, groups, nodes, pods, sets, all, create, bind) = tokio::join!(
        system_uid(&connection),
        who(&connection),
        may(Question::new("impersonate", "", "users", "")),
        may(Question::new("impersonate", "", "groups", "")),
        may(Question::new("list", "", "nodes", "")),
        may(Question::new("list", "", "pods", "")),
        may(Question::new("list", "apps", "statefulsets", "")),
        may(everything()),
        may(Question::new("create", rbac, "clusterrolebindings", "")),
        // Without this verb, creating a binding of a role takes all that the role holds.
        may(Question::new("bind", rbac, "clusterroles", "").named(ADMIN_ROLE)),
    );
    let review = |failure| named(&connection, failure, "create", "selfsubjectaccessreviews");
    let impersonate = users.map_err(review)? && groups.map_err(review)?;
    let all = all.map_err(review)?;
    let bind = create.map_err(review)? && (bind.map_err(review)? || all);
    let found = if impersonate { find_binding(&connection).await } else { Found::Nothing };
    let powers = [
        (words::POWER_IMPERSONATE, impersonate),
        (words::POWER_NODES, nodes.map_err(review)?),
        (words::POWER_PODS, pods.map_err(review)?),
        (words::POWER_WORKLOADS, sets.map_err(review)?),
        (words::POWER_BIND, bind),
        (words::POWER_ALL, all),
    ];

    let peer = connection.peer();
    let certificate_expires = peer.as_ref().and_then(|peer| peer.certificate_expires);
    let credential_expires = credential.expires();
    let mut issues = version_issues(&version);
    issues.extend(expiry_issues(credential_expires, certificate_expires, clock::now()));
    let root = FieldPath::root().key("kubeconfig");
    if !impersonate {
        issues.push(Issue::error(root, words::VERIFY_NO_IMPERSONATE));
    } else if found == Found::Another {
        issues.push(Issue::warning(root, another_binding()));
    } else if found == Found::Nothing && !bind {
        issues.push(Issue::warning(root, Text::new(&words::VERIFY_NO_BINDING, [BINDING])));
    }
    Ok(VerifyReport {
        server: credential.server.clone(),
        dialled: peer.map(|peer| peer.address.to_string()).unwrap_or_default(),
        version,
        system_uid,
        user,
        credential_expires,
        certificate_expires,
        powers: powers.into_iter().map(|(word, may)| (Text::from(word), may)).collect(),
        admin_binding: found == Found::Ours,
        admin_binding_yaml: binding_yaml(),
        issues,
    })
}

/// Creates the binding where it is missing. What verification has warned of is no error: who goes on
/// knows, and the binding can be made with kubectl. What it has not foreseen is one.
pub(crate) async fn ensure_admin_binding(
    credential: &Credential,
    policy: DialPolicy,
    report: &VerifyReport,
) -> Result<()> {
    let warnings = [words::VERIFY_NO_BINDING.key, words::VERIFY_BINDING_OTHER.key];
    let warned = report.issues.iter().any(|issue| warnings.contains(&&*issue.text.key));
    if report.admin_binding || warned {
        return Ok(());
    }
    let connection = connect(credential, policy)?;
    let call = Call::write(Method::POST, format!("{BINDINGS}?fieldManager=binnacle"), binding().to_string());
    match connection.call(Identity::Console, call).await {
        Ok(_) => Ok(()),
        // Someone else was faster; whether with the same is looked at.
        Err(failure) if failure.code() == Some(409) => match find_binding(&connection).await {
            Found::Ours => Ok(()),
            Found::Another | Found::Nothing => Err(AppError::Refused { text: another_binding() }),
        },
        Err(failure) => {
            Err(named(&connection, failure, "create", "clusterrolebindings.rbac.authorization.k8s.io"))
        }
    }
}

/// The cluster's identity, or empty when the credential may not read it.
async fn system_uid(connection: &Connection) -> String {
    let call = Call::get("/api/v1/namespaces/kube-system");
    let reply = connection.call(Identity::Console, call).await;
    let object = reply.and_then(|reply| reply.json::<Value>()).unwrap_or_default();
    text(&object, "/metadata/uid").to_owned()
}

/// Who the credential is, or empty where the cluster is too old to say (before 1.27).
async fn who(connection: &Connection) -> String {
    for version in ["v1", "v1beta1", "v1alpha1"] {
        let path = format!("/apis/authentication.k8s.io/{version}/selfsubjectreviews");
        let body =
            json!({"apiVersion": format!("authentication.k8s.io/{version}"), "kind": "SelfSubjectReview"});
        let reply = connection.call(Identity::Console, Call::review(path, body.to_string())).await;
        if let Ok(review) = reply.and_then(|reply| reply.json::<Value>()) {
            return text(&review, "/status/userInfo/username").to_owned();
        }
    }
    String::new()
}

/// What stands under the binding's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// A binding that gives administrators of the console their rights.
    Ours,
    /// One that does not.
    Another,
    /// None that is known of.
    Nothing,
}

/// What stands under the binding's name; where that may not be read, whether administrators may do
/// everything.
async fn find_binding(connection: &Connection) -> Found {
    let call = Call::get(format!("{BINDINGS}/{BINDING}"));
    let reply = connection.call(Identity::Console, call).await;
    match reply.and_then(|reply| reply.json::<Value>()) {
        Ok(found) if is_ours(&found) => Found::Ours,
        Ok(_) => Found::Another,
        Err(failure) if failure.code() == Some(403) => {
            let admin = Caller { user: "verify".to_owned(), role: Role::Admin };
            let everything = Question::new("*", "*", "*", "");
            match access::ask(connection, Identity::Caller(&admin), &everything).await {
                Ok(true) => Found::Ours,
                _ => Found::Nothing,
            }
        }
        Err(_) => Found::Nothing,
    }
}

/// Whether a binding gives the console's administrators what ours gives; it may give it to others too.
fn is_ours(found: &Value) -> bool {
    let wanted = binding();
    let part = |object: &Value, pointer: &str, names: [&str; 3]| {
        names.map(|name| text(object, &format!("{pointer}/{name}")).to_owned())
    };
    let role = |object: &Value| part(object, "/roleRef", ["apiGroup", "kind", "name"]);
    let subject = |subject: &Value| part(subject, "", ["apiGroup", "kind", "name"]);
    let subjects = |object| list(object, "/subjects").iter().map(subject).collect::<Vec<_>>();
    let there = subjects(found);
    role(found) == role(&wanted) && subjects(&wanted).iter().all(|wanted| there.contains(wanted))
}

/// The sentence about a binding of the name that gives something else.
fn another_binding() -> Text {
    Text::new(&words::VERIFY_BINDING_OTHER, [BINDING, ADMIN_GROUP])
}

/// The minor of a Kubernetes 1 version (`v1.34.4+k3s1`).
fn minor(version: &str) -> Option<u32> {
    let rest = version.trim_start_matches('v').strip_prefix("1.")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

fn version_issues(version: &str) -> Vec<Issue> {
    let root = FieldPath::root().key("kubeconfig");
    let say = |word: &Word, limit: u32| Text::new(word, [version.to_owned(), limit.to_string()]);
    match minor(version) {
        Some(minor) if minor < MINIMUM_MINOR => {
            vec![Issue::error(root, say(&words::VERIFY_TOO_OLD, MINIMUM_MINOR))]
        }
        Some(minor) if minor < ADVISED_MINOR => {
            vec![Issue::warning(root, say(&words::VERIFY_OLD, ADVISED_MINOR))]
        }
        Some(_) | None => Vec::new(),
    }
}

fn expiry_issues(credential: Option<i64>, certificate: Option<i64>, now: i64) -> Vec<Issue> {
    let root = FieldPath::root().key("kubeconfig");
    let mut issues = Vec::new();
    let hours = |at: i64| ((at - now) / 3_600).to_string();
    match credential {
        Some(at) if at <= now => issues.push(Issue::error(root.clone(), words::VERIFY_EXPIRED)),
        Some(at) if at - now < ENDS_SOON => {
            issues.push(Issue::warning(root.clone(), Text::new(&words::VERIFY_EXPIRES_SOON, [hours(at)])));
        }
        _ => {}
    }
    if let Some(at) = certificate.filter(|at| at - now < ENDS_SOON) {
        issues.push(Issue::warning(root, Text::new(&words::VERIFY_CERTIFICATE_SOON, [hours(at)])));
    }
    issues
}

#[cfg(test)]
mod tests {
    use binnacle_model::Severity;

    use super::*;

    #[test]
    fn versions_are_judged() {
        for (version, expected) in [
            ("v1.37.2", None),
            ("v1.22.0", None),
            ("v1.21.14", Some(Severity::Warning)),
            ("v1.18.0+k3s1", Some(Severity::Warning)),
            ("v1.17.17-eks-ac51f2", Some(Severity::Error)),
            ("v2.0.0", None),
            ("", None),
        ] {
            assert_eq!(version_issues(version).first().map(|issue| issue.severity), expected, "{version}");
        }
    }

    #[test]
    fn what_ends_soon_is_said() {
        let now = 1_800_000_000;
        for (credential, certificate, expected) in [
            (None, None, vec![]),
            (Some(now + 30 * 86_400), Some(now + 30 * 86_400), vec![]),
            (Some(now + 86_400), None, vec![Severity::Warning]),
            (Some(now), None, vec![Severity::Error]),
            (Some(now - 5), Some(now + 60), vec![Severity::Error, Severity::Warning]),
        ] {
            let found: Vec<Severity> =
                expiry_issues(credential, certificate, now).iter().map(|issue| issue.severity).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_binding_of_the_name_may_be_another() {
        let with = |pointer: &str, value: Value| {
            let mut found = binding();
            *found.pointer_mut(pointer).unwrap() = value;
            found
        };
        let ours = binding()["subjects"][0].clone();
        let user = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": ADMIN_GROUP});
        for (found, expected) in [
            (binding(), true),
            (with("/subjects", json!([user, ours])), true),
            (with("/subjects", json!([user])), false),
            (with("/subjects", Value::Null), false),
            (with("/roleRef/name", json!("view")), false),
            (with("/roleRef/kind", json!("Role")), false),
            (json!({}), false),
        ] {
            assert_eq!(is_ours(&found), expected, "{found}");
        }
    }

    #[test]
    fn the_shown_binding_is_the_one_that_is_created() {
        let shown: Value = serde_saphyr::from_str(&binding_yaml()).unwrap();
        assert_eq!(shown, binding());
    }
}
