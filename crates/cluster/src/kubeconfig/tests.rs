use std::sync::LazyLock;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::*;

/// A self-signed certificate and its key, as kubeconfigs carry them, and a key that fits nothing.
struct Pair {
    certificate: String,
    key: String,
    other_key: String,
}

static PAIR: LazyLock<Pair> = LazyLock::new(|| {
    let signed = rcgen::generate_simple_self_signed(vec!["kubernetes".to_owned()]).unwrap();
    let other = rcgen::KeyPair::generate().unwrap();
    Pair {
        certificate: BASE64_STANDARD.encode(signed.cert.pem()),
        key: BASE64_STANDARD.encode(signed.signing_key.serialize_pem()),
        other_key: BASE64_STANDARD.encode(other.serialize_pem()),
    }
});

const CANARY: &str = "canary-7d1e";

/// A kubeconfig with one context, from the members of its cluster and its user.
fn config(cluster: &str, user: &str) -> String {
    let lines = |members: &str| {
        members.replace("CERT", &PAIR.certificate).replace("OTHER", &PAIR.other_key).replace("KEY", &PAIR.key)
    };
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
         clusters:\n- name: k\n  cluster: {{{}}}\n\
         users:\n- name: u\n  user: {{{}}}\n\
         contexts:\n- name: c\n  context: {{cluster: k, user: u}}\n",
        lines(cluster),
        lines(user)
    )
}

const SERVER: &str = "server: 'https://10.0.0.1:6443'";
const TOKEN: &str = "token: abc";

/// A word's own name, without its part of the catalogue.
fn word_of(issue: &Issue) -> String {
    issue.text.key.rsplit("::").next().unwrap_or_default().to_owned()
}

fn refused(text: &str) -> Vec<(String, String)> {
    match credential(text, "c", &DialPolicy::default()) {
        Ok(credential) => panic!("{text} gave {credential:?}"),
        Err(AppError::Invalid { issues }) => {
            issues.iter().map(|issue| (issue.path.to_string(), word_of(issue))).collect()
        }
        Err(other) => panic!("{text} gave {other:?}"),
    }
}

#[test]
fn what_is_allowed_is_taken() {
    for (cluster, user) in [
        (SERVER.to_owned(), TOKEN),
        (format!("{SERVER}, certificate-authority-data: CERT, tls-server-name: kubernetes"), TOKEN),
        (format!("{SERVER}, insecure-skip-tls-verify: false, disable-compression: true"), TOKEN),
        (SERVER.to_owned(), "client-certificate-data: CERT, client-key-data: KEY"),
        (SERVER.to_owned(), "token: abc, client-certificate-data: CERT, client-key-data: KEY"),
        (SERVER.to_owned(), "token: abc, exec: null, username: null"),
        ("server: 'https://rancher.example/k8s/clusters/c-1/'".to_owned(), TOKEN),
        ("server: 'https://[fd12::1]:6443'".to_owned(), TOKEN),
    ] {
        let text = config(&cluster, user);
        let taken = credential(&text, "c", &DialPolicy::default());
        assert!(taken.is_ok(), "{cluster} {user}: {taken:?}");
        let report = read_kubeconfig(&text);
        assert_eq!(report.current.as_deref(), Some("c"));
        assert!(report.contexts[0].refused.is_empty());
    }
    let taken =
        credential(&config("server: 'https://rancher.example/k8s/'", TOKEN), "c", &DialPolicy::default());
    assert_eq!(taken.unwrap().server, "https://rancher.example/k8s");
}

#[test]
fn each_hostile_part_is_refused_by_name() {
    let user = |member: &str| config(SERVER, &format!("{TOKEN}, {member}"));
    let cluster = |member: &str| config(&format!("{SERVER}, {member}"), TOKEN);
    let server = |address: &str| config(&format!("server: '{address}'"), TOKEN);
    let at_user = |member: &str| format!("users[0].user.{member}");
    let at_cluster = |member: &str| format!("clusters[0].cluster.{member}");
    let table: Vec<(String, String, &str)> = vec![
        (user("exec: {command: /bin/sh, args: [-c, id]}"), at_user("exec"), "KC_EXEC"),
        (user("exec: 5"), at_user("exec"), "KC_EXEC"),
        (
            user("auth-provider: {name: gcp, config: {cmd-path: /bin/sh}}"),
            at_user("auth-provider"),
            "KC_AUTH_PROVIDER",
        ),
        (user("tokenFile: /etc/passwd"), at_user("tokenFile"), "KC_TOKEN_FILE"),
        (user("client-certificate: /a.pem"), at_user("client-certificate"), "KC_FILE"),
        (user("client-key: /a.key"), at_user("client-key"), "KC_FILE"),
        (cluster("certificate-authority: /etc/shadow"), at_cluster("certificate-authority"), "KC_FILE"),
        (cluster("proxy-url: 'http://10.0.0.9:3128'"), at_cluster("proxy-url"), "KC_PROXY"),
        (cluster("insecure-skip-tls-verify: true"), at_cluster("insecure-skip-tls-verify"), "KC_INSECURE"),
        (cluster("insecure-skip-tls-verify: 'true'"), at_cluster("insecure-skip-tls-verify"), "KC_INSECURE"),
        (user("as: system:admin"), at_user("as"), "KC_IMPERSONATE"),
        (user("as-uid: '1'"), at_user("as-uid"), "KC_IMPERSONATE"),
        (user("as-groups: ['system:masters']"), at_user("as-groups"), "KC_IMPERSONATE"),
        (user("as-user-extra: {a: [b]}"), at_user("as-user-extra"), "KC_IMPERSONATE"),
        (user("username: admin"), at_user("username"), "KC_PASSWORD"),
        (user("password: hunter2"), at_user("password"), "KC_PASSWORD"),
        (user("novelty: 1"), at_user("novelty"), "KC_UNKNOWN"),
        (user("Exec: {command: x}"), at_user("Exec"), "KC_UNKNOWN"),
        (cluster("novelty: 1"), at_cluster("novelty"), "KC_UNKNOWN"),
        (cluster("certificate-authority-data: '***'"), at_cluster("certificate-authority-data"), "KC_BASE64"),
        (cluster("certificate-authority-data: aGVsbG8="), at_cluster("certificate-authority-data"), "KC_PEM"),
        (cluster("certificate-authority-data: [1]"), at_cluster("certificate-authority-data"), "KC_SHAPE"),
        (cluster("tls-server-name: 'a b'"), at_cluster("tls-server-name"), "KC_SERVER_NAME"),
        (config(SERVER, "token: 'a b'"), at_user("token"), "KC_TOKEN"),
        (config(SERVER, "token: \"a\\r\\nX-Evil: 1\""), at_user("token"), "KC_TOKEN"),
        (config(SERVER, "token: 'тoken'"), at_user("token"), "KC_TOKEN"),
        (config(SERVER, "token: {a: b}"), at_user("token"), "KC_SHAPE"),
        (config(SERVER, ""), "users[0].user".to_owned(), "KC_NO_CREDENTIAL"),
        (config(SERVER, "client-certificate-data: CERT"), at_user("client-key-data"), "KC_KEY_MISSING"),
        (
            config(SERVER, "client-key-data: KEY"),
            at_user("client-certificate-data"),
            "KC_CERTIFICATE_MISSING",
        ),
        (
            config(SERVER, "client-certificate-data: CERT, client-key-data: OTHER"),
            at_user("client-key-data"),
            "KC_KEY_PAIR",
        ),
        (
            config(SERVER, "client-certificate-data: CERT, client-key-data: CERT"),
            at_user("client-key-data"),
            "KC_PEM",
        ),
        (config("", TOKEN), at_cluster("server"), "KC_NO_SERVER"),
        (server("http://10.0.0.1"), at_cluster("server"), "KC_HTTPS"),
        (server("unix:///var/run/docker.sock"), at_cluster("server"), "KC_SERVER"),
        (server("file:///etc/passwd"), at_cluster("server"), "KC_SERVER"),
        (server("10.0.0.1:6443"), at_cluster("server"), "KC_SERVER"),
        (server("https://"), at_cluster("server"), "KC_SERVER"),
        (server("https://10.0.0.1/?a=b"), at_cluster("server"), "KC_SERVER"),
        (server("https://user:secret@10.0.0.1"), at_cluster("server"), "KC_SERVER_LOGIN"),
        (server("https://169.254.169.254/latest"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://0xa9fea9fe"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://2852039166"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://0251.0376.0251.0376"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://[::ffff:169.254.169.254]"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://[fd00:ec2::254]"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://[fe80::1]"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://0.0.0.0:6443"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://0"), at_cluster("server"), "REACH_ADDRESS"),
        (server("https://127.1:6443"), at_cluster("server"), "REACH_LOOPBACK"),
        (server("https://2130706433"), at_cluster("server"), "REACH_LOOPBACK"),
        (server("https://[::1]:6443"), at_cluster("server"), "REACH_LOOPBACK"),
    ];
    assert!(table.len() >= 30);
    for (text, path, word) in table {
        let found = refused(&text);
        assert!(found.contains(&(path.clone(), word.to_owned())), "{path} {word} not in {found:?}\n{text}");
    }
}

#[test]
fn a_refused_part_names_one_way_out_and_not_two() {
    let only = |user: &str| refused(&config(SERVER, user));
    assert_eq!(only("exec: {command: aws}").len(), 1);
    assert_eq!(only("client-certificate: /a.pem, client-key: /a.key").len(), 2);
}

#[test]
fn a_broken_file_is_refused_as_a_whole() {
    let base = config(SERVER, TOKEN);
    let deep = format!("a: {}{}", "[".repeat(100), "]".repeat(100));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n\
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n\
                e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
    let many: String =
        (0..=MAX_CONTEXTS).map(|n| format!("- name: c{n}\n  context: {{cluster: k, user: u}}\n")).collect();
    for (text, word) in [
        (String::new(), "KC_EMPTY"),
        (" \n ".to_owned(), "KC_EMPTY"),
        ("x".repeat(MAX_KUBECONFIG + 1), "KC_SIZE"),
        ("just text".to_owned(), "KC_SHAPE"),
        ("- a\n- b".to_owned(), "KC_SHAPE"),
        ("a: [".to_owned(), "KC_SYNTAX"),
        ("kind: Pod\nmetadata: {}".to_owned(), "KC_KIND"),
        (base.replace("kind: Config\n", "kind: Config\nkind: Config\n"), "KC_DUPLICATE"),
        (config(SERVER, "token: abc, token: def"), "KC_DUPLICATE"),
        (deep, "KC_COMPLEX"),
        (bomb.to_owned(), "KC_COMPLEX"),
        (base.replace("contexts:\n- name: c\n  context: {cluster: k, user: u}\n", ""), "KC_NO_CONTEXTS"),
        (format!("contexts:\n{many}"), "KC_MANY_CONTEXTS"),
        (base.replace("apiVersion: v1", "surprise: v1"), "KC_UNKNOWN"),
        (base.replace("clusters:\n- name: k\n", "clusters:\n- name: k\n  extra: 1\n"), "KC_UNKNOWN"),
        (base.replace("- name: u\n", "- name: 5\n"), "KC_SHAPE"),
        (base.replace("users:\n", "users:\n- user: {}\n"), "KC_UNNAMED"),
        (base.replace("users:\n", "users:\n- name: u\n  user: {token: other}\n"), "KC_TWICE"),
        (base.replace("users:\n- name: u\n  user: {token: abc}\n", "users: {u: 1}\n"), "KC_SHAPE"),
    ] {
        let report = read_kubeconfig(&text);
        let keys: Vec<String> = report.issues.iter().map(word_of).collect();
        assert!(
            keys.iter().any(|key| key == word),
            "{word} not in {keys:?}: {}",
            &text[..text.len().min(300)]
        );
        assert!(credential(&text, "c", &DialPolicy::default()).is_err());
    }
}

#[test]
fn names_must_lead_somewhere() {
    let base = config(SERVER, TOKEN);
    for (text, word) in [
        (base.replace("cluster: k, user: u", "cluster: k, user: nobody"), "KC_NO_USER"),
        (base.replace("cluster: k, user: u", "cluster: nowhere, user: u"), "KC_NO_CLUSTER"),
        (base.replace("cluster: k, user: u", "cluster: k, user: u, novelty: 1"), "KC_UNKNOWN"),
    ] {
        assert!(refused(&text).iter().any(|(_, key)| key == word), "{word}");
        let report = read_kubeconfig(&text);
        assert!(report.contexts[0].refused.iter().any(|issue| word_of(issue) == word));
    }
    assert_eq!(refused(&base.replace("name: c\n", "name: d\n"))[0].1, "KC_NO_CONTEXT");
    let report = read_kubeconfig(&base.replace("current-context: c", "current-context: gone"));
    assert_eq!((report.current, word_of(&report.issues[0]).as_str()), (None, "KC_CURRENT"));
}

#[test]
fn one_refused_user_does_not_spoil_the_other_contexts() {
    let text = config(SERVER, TOKEN)
        .replace("users:\n", "users:\n- name: aws\n  user: {exec: {command: aws}}\n")
        .replace("contexts:\n", "contexts:\n- name: a\n  context: {cluster: k, user: aws}\n");
    let report = read_kubeconfig(&text);
    assert_eq!(report.contexts.len(), 2);
    assert_eq!((report.contexts[0].refused.len(), report.contexts[0].credential.as_str()), (1, ""));
    assert_eq!((report.contexts[1].refused.len(), report.contexts[1].credential.as_str()), (0, "token"));
    assert!(credential(&text, "c", &DialPolicy::default()).is_ok());
    assert!(credential(&text, "a", &DialPolicy::default()).is_err());
}

#[test]
fn loopback_is_taken_where_the_policy_says_so_and_plain_http_never() {
    let policy = DialPolicy { allow_loopback: true, sandbox: true };
    assert!(credential(&config("server: 'https://127.0.0.1:6443'", TOKEN), "c", &policy).is_ok());
    assert!(credential(&config("server: 'http://127.0.0.1:8080'", TOKEN), "c", &policy).is_err());
    assert!(credential(&config("server: 'https://169.254.1.1'", TOKEN), "c", &policy).is_err());
}

#[test]
fn no_report_quotes_a_secret() {
    for text in [
        config(SERVER, &format!("token: {CANARY}")),
        config(SERVER, &format!("token: '{CANARY} x'")),
        config(SERVER, &format!("password: {CANARY}")),
        config(SERVER, &format!("exec: {{env: [{{value: {CANARY}}}]}}")),
        config(SERVER, &format!("token: {CANARY}, token: {CANARY}")),
        config(SERVER, &format!("token: [{CANARY}")),
        config(&format!("server: 'https://admin:{CANARY}@10.0.0.1'"), TOKEN),
        format!("{CANARY}: ["),
        format!("token: !!int {CANARY}"),
    ] {
        let report = serde_json::to_string(&read_kubeconfig(&text)).unwrap();
        assert!(!report.contains(CANARY), "{report}");
        let taken = credential(&text, "c", &DialPolicy::default());
        assert!(!format!("{taken:?}").contains(CANARY));
    }
}
