//! Hostile and broken kubeconfigs, each refused at its place with its reason.
//!
//! A file of `kubeconfigs/` says in its first lines what is expected: `# refused: PATH WORD`, a `-` for the file
//! as a whole. What is too large to lie in a file is made here.

#![cfg(test)]

use std::{fs, path::Path};

use binnacle_cluster::{DialPolicy, MAX_KUBECONFIG, credential, read_kubeconfig};
use binnacle_model::{AppError, Issue, Lang, Severity, words};

/// A kubeconfig, and where and why it is refused.
struct Case {
    name: String,
    text: String,
    refused: Vec<(String, String)>,
}

fn files() -> Vec<Case> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubeconfigs");
    let mut cases: Vec<Case> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let refused = text
                .lines()
                .map_while(|line| line.strip_prefix("# refused: "))
                .map(|line| {
                    let (path, word) = line.split_once(' ').unwrap();
                    (path.trim_start_matches('-').to_owned(), word.to_owned())
                })
                .collect();
            Case { name: path.file_stem().unwrap().to_string_lossy().into_owned(), text, refused }
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

fn made() -> Vec<Case> {
    let context = |n: usize| format!("- name: c{n}\n  context: {{cluster: k, user: u}}\n");
    let many = |count: usize| (0..count).map(context).collect::<String>();
    let brackets = format!("preferences: {}{}", "[".repeat(200_000), "]".repeat(200_000));
    let large_key = format!("? {}\n: 1\n", "k".repeat(MAX_KUBECONFIG - 100));
    let beginning = format!("{}…", "k".repeat(100));
    [
        ("empty", String::new(), "", "KC_EMPTY"),
        ("blank", " \n\t\n ".to_owned(), "", "KC_EMPTY"),
        ("over 1 MiB", "x".repeat(MAX_KUBECONFIG + 1), "", "KC_SIZE"),
        ("5 MB of comments", "# comment\n".repeat(500_000), "", "KC_SIZE"),
        ("201 contexts", format!("contexts:\n{}", many(201)), "contexts", "KC_MANY_CONTEXTS"),
        ("15,000 contexts", format!("contexts:\n{}", many(15_000)), "", "KC_COMPLEX"),
        ("200,000 brackets", brackets, "", "KC_COMPLEX"),
        ("60,000 documents", "---\n{}\n".repeat(60_000), "", "KC_DOCUMENTS"),
        ("a key of 1 MiB", large_key, &beginning, "KC_UNKNOWN"),
        ("300,000 list items", format!("users: [{}]", "x,".repeat(300_000)), "", "KC_COMPLEX"),
    ]
    .map(|(name, text, path, word)| Case {
        name: name.to_owned(),
        text,
        refused: vec![(path.to_owned(), word.to_owned())],
    })
    .into()
}

/// Where and why, of the errors.
fn said(issues: &[Issue]) -> Vec<(String, String)> {
    let errors = issues.iter().filter(|issue| issue.severity == Severity::Error);
    errors
        .map(|issue| {
            let word = issue.text.key.rsplit("::").next().unwrap_or_default();
            (issue.path.to_string(), word.to_owned())
        })
        .collect()
}

#[test]
fn each_hostile_file_is_refused_at_its_place_with_its_reason() {
    let cases: Vec<Case> = files().into_iter().chain(made()).collect();
    assert!(cases.len() >= 200, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for Case { name, text, refused } in &cases {
        assert!(!refused.is_empty(), "{name} says nothing");
        let found = match credential(text, "c", &DialPolicy::default()) {
            Err(AppError::Invalid { issues }) => {
                for issue in &issues {
                    assert!(words::find(&issue.text.key).is_some(), "{name}: {}", issue.text.key);
                    let sentence = issue.text.render(Lang::En);
                    assert!(sentence.chars().count() < 1_000, "{name}: a sentence of {}", sentence.len());
                }
                said(&issues)
            }
            // The taken credential itself stays unsaid.
            other => vec![("TAKEN".to_owned(), format!("{:?}", other.err()))],
        };
        if let Some(missing) = refused.iter().find(|expected| !found.contains(expected)) {
            wrong.push(format!("{name}: {missing:?} is not in {found:?}"));
        }
    }
    println!("rows: {} (hostile kubeconfigs)", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_person_pastes_is_refused_before_he_asks_for_more() {
    // Loopback is a matter of the server's policy, and a context that is not there is of the choice.
    let later = ["REACH_LOOPBACK", "KC_NO_CONTEXT"];
    for Case { name, text, refused } in files().into_iter().chain(made()) {
        let report = read_kubeconfig(&text);
        let mut found = said(&report.issues);
        found.extend(report.contexts.iter().flat_map(|context| said(&context.refused)));
        for expected in refused.iter().filter(|(_, word)| !later.contains(&word.as_str())) {
            assert!(found.contains(expected), "{name}: {expected:?} is not in {found:?}");
        }
    }
}

#[test]
fn loopback_is_taken_by_a_console_on_loopback_and_nothing_else_is() {
    let own = DialPolicy { allow_loopback: true, sandbox: false };
    for Case { name, text, refused } in files() {
        let taken = credential(&text, "c", &own).is_ok();
        assert_eq!(taken, refused.iter().all(|(_, word)| word == "REACH_LOOPBACK"), "{name}");
    }
}
