//! The way from a kubeconfig that is refused to one that is taken, ready to copy.

use binnacle_model::{
    AppError, Issue, Severity, Text, Word,
    words::{Arg, clusters as words, errors},
};
use leptos::prelude::*;

use crate::{i18n::t, ui::code_block::CodeBlock};

/// How a kubeconfig with everything inline is made.
const FLATTEN: &str = "kubectl config view --flatten --minify";

/// PS 2.2: a service account whose token does not end, and a kubeconfig around it.
const ACCOUNT: &str = "kubectl -n kube-system create serviceaccount binnacle
kubectl create clusterrolebinding binnacle --clusterrole=cluster-admin --serviceaccount=kube-system:binnacle
kubectl apply -f - <<EOF
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata:
  name: binnacle-token
  namespace: kube-system
  annotations:
    kubernetes.io/service-account.name: binnacle
EOF
SERVER=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
CA=$(kubectl -n kube-system get secret binnacle-token -o jsonpath='{.data.ca\\.crt}')
TOKEN=$(kubectl -n kube-system get secret binnacle-token -o jsonpath='{.data.token}' | base64 -d)
cat <<EOF
apiVersion: v1
kind: Config
clusters: [{name: cluster, cluster: {server: $SERVER, certificate-authority-data: $CA}}]
users: [{name: binnacle, user: {token: $TOKEN}}]
contexts: [{name: binnacle, context: {cluster: cluster, user: binnacle}}]
current-context: binnacle
EOF
";

/// A way to a kubeconfig that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// The one that kubectl uses, written out whole.
    Flatten,
    /// A new one around a service account's token.
    Account,
}

/// What a flattened kubeconfig would hold again, and a credential that is worth nothing.
const ACCOUNT_NEEDED: [Word; 16] = [
    errors::KC_EXEC,
    errors::KC_AUTH_PROVIDER,
    errors::KC_TOKEN_FILE,
    errors::KC_PROXY,
    errors::KC_INSECURE,
    errors::KC_IMPERSONATE,
    errors::KC_PASSWORD,
    errors::KC_UNKNOWN,
    errors::KC_NO_CREDENTIAL,
    errors::KC_TOKEN,
    errors::KC_ENDED,
    errors::KC_NOT_YET,
    errors::REACH_CREDENTIAL,
    errors::TLS_CLIENT,
    errors::VERIFY_EXPIRED,
    errors::VERIFY_NO_IMPERSONATE,
];

fn needs_account(text: &Text) -> bool {
    ACCOUNT_NEEDED.iter().any(|word| word.is(&text.key))
}

/// The way out of the errors among these issues: a new account's kubeconfig is free of all of them.
pub(super) fn way_out(issues: &[Issue]) -> Option<Way> {
    let errors = issues.iter().filter(|issue| issue.severity == Severity::Error);
    errors.map(|issue| if needs_account(&issue.text) { Way::Account } else { Way::Flatten }).max()
}

/// The way out where a cluster was asked and gave no good answer: only some reasons are the kubeconfig's.
pub(super) fn way_out_of(error: &AppError) -> Option<Way> {
    match error {
        AppError::Invalid { issues } => way_out(issues),
        _ => within(&error.text()),
    }
}

fn within(text: &Text) -> Option<Way> {
    if needs_account(text) {
        Some(Way::Account)
    } else if errors::TLS_AUTHORITY.is(&text.key) {
        Some(Way::Flatten)
    } else {
        text.args.iter().find_map(|arg| match arg {
            Arg::Text(text) => within(text),
            Arg::Raw(_) => None,
        })
    }
}

/// A way, with what is to be copied.
#[component]
pub(super) fn WayOut(
    /// The way.
    way: Way,
) -> impl IntoView {
    let (word, text) = match way {
        Way::Flatten => (words::RECIPE_FLATTEN, FLATTEN),
        Way::Account => (words::RECIPE_ACCOUNT, ACCOUNT),
    };
    view! {
        <p>{t(word)}</p>
        <CodeBlock text=text.to_owned() label=t(word) />
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use binnacle_model::{FieldPath, words::find};

    use super::*;

    #[test]
    fn a_program_and_a_file_have_their_own_ways() {
        let issue = |word: Word| Issue::error(FieldPath::root(), word);
        let warning = Issue::warning(FieldPath::root(), errors::KC_BOTH);
        for (issues, way) in [
            (vec![], None),
            (vec![warning], None),
            (vec![issue(errors::KC_FILE)], Some(Way::Flatten)),
            (vec![issue(errors::KC_EXEC)], Some(Way::Account)),
            (vec![issue(errors::KC_EXEC), issue(errors::KC_FILE)], Some(Way::Account)),
        ] {
            assert_eq!(way_out(&issues), way, "{issues:?}");
        }
        let lost = |word: Word| AppError::Unreachable { cluster: "prod".into(), reason: word.into() };
        assert_eq!(way_out_of(&lost(errors::REACH_CREDENTIAL)), Some(Way::Account));
        assert_eq!(way_out_of(&lost(errors::TLS_AUTHORITY)), Some(Way::Flatten));
        assert_eq!(way_out_of(&lost(errors::REACH_QUEUE)), None, "that is not the kubeconfig's fault");
    }

    #[test]
    fn every_hostile_file_has_a_way_out() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/cluster/tests/kubeconfigs");
        let mut count = 0;
        for entry in std::fs::read_dir(dir).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for line in text.lines().map_while(|line| line.strip_prefix("# refused: ")) {
                let (path, word) = line.split_once(' ').unwrap();
                let word = find(&format!("errors::{word}")).unwrap();
                assert!(way_out(&[Issue::error(FieldPath::from(path), *word)]).is_some(), "{line}");
                count += 1;
            }
        }
        assert!(count > 200, "{count}");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn what_is_to_be_copied_stands_there_whole() {
        use crate::ui::testing::html;
        let flatten = html(|| view! { <WayOut way=Way::Flatten /> });
        assert!(flatten.contains(FLATTEN) && flatten.contains(r#"aria-label="Copy""#), "{flatten}");
        let account = html(|| view! { <WayOut way=Way::Account /> });
        assert!(account.contains("--clusterrole=cluster-admin"), "{account}");
    }
}
