//! The arrows and rules of the design that no compiler checks: who may depend on whom, what stays out of
//! the browser, where colours are named, how lints are silenced.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "cargo {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The names of everything that a crate links, itself included; build scripts and tests do not count.
fn linked(args: &[&str]) -> BTreeSet<String> {
    let tree = ["tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"];
    let text = cargo(&[&tree[..], args].concat());
    text.lines().filter_map(|l| l.split_whitespace().next()).map(str::to_owned).collect()
}

/// The direct dependencies (not those of tests) of every member of the workspace.
fn direct() -> BTreeMap<String, BTreeSet<String>> {
    let text = cargo(&["metadata", "--locked", "--no-deps", "--format-version", "1"]);
    let metadata: serde_json::Value = serde_json::from_str(&text).unwrap();
    let members = metadata["packages"].as_array().unwrap();
    let dependencies = |package: &serde_json::Value| {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|d| d["kind"] != "dev").map(|d| d["name"].as_str().unwrap().to_owned()).collect()
    };
    members.iter().map(|p| (p["name"].as_str().unwrap().to_owned(), dependencies(p))).collect()
}

fn assert_without(graph: &BTreeSet<String>, what: &str, forbidden: &[&str]) {
    assert!(graph.len() > 1, "{what}: cargo tree said nothing");
    let found: Vec<&&str> = forbidden.iter().filter(|f| graph.contains(**f)).collect();
    assert!(found.is_empty(), "{what} must not link {found:?}");
}

/// Every file below a directory with one of the extensions; what tools put there is left out.
fn files(dir: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(dir)];
    while let Some(path) = open.pop() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "node_modules" && !name.starts_with("target") {
                open.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            }
        } else if extensions.iter().any(|e| name.ends_with(e)) {
            found.push(path);
        }
    }
    found
}

#[test]
fn members_depend_only_along_the_arrows() {
    let arrows: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("binnacle-model", &[][..]),
        ("binnacle-app", &["binnacle-model"]),
        ("binnacle-cluster", &["binnacle-model"]),
        ("binnacle-sandbox", &["binnacle-model"]),
        ("binnacle-frontend", &["binnacle-app", "binnacle-model"]),
        ("binnacle", &["binnacle-app", "binnacle-cluster", "binnacle-model", "binnacle-sandbox"]),
        ("binnacle-fuzz", &["binnacle-cluster", "binnacle-model", "binnacle-sandbox"]),
        ("xtask", &[]),
    ]);
    let direct = direct();
    let ours: BTreeSet<&str> = direct.keys().map(String::as_str).collect();
    assert_eq!(ours, arrows.keys().copied().collect(), "a new member needs its arrows here");
    for (member, dependencies) in &direct {
        let taken: Vec<&String> = dependencies.iter().filter(|d| ours.contains(d.as_str())).collect();
        let stray: Vec<_> = taken.iter().filter(|d| !arrows[member.as_str()].contains(&d.as_str())).collect();
        assert!(stray.is_empty(), "{member} must not depend on {stray:?}");
    }
}

#[test]
fn only_the_cluster_crate_knows_kube() {
    for (member, dependencies) in direct() {
        let knows = dependencies.iter().any(|d| d == "kube" || d == "k8s-openapi" || d.starts_with("kube-"));
        assert_eq!(knows, member == "binnacle-cluster", "{member} and kube");
    }
}

#[test]
fn the_model_is_pure() {
    let graph = linked(&["--package", "binnacle-model", "--all-features"]);
    assert_without(
        &graph,
        "binnacle-model",
        &["leptos", "kube", "k8s-openapi", "tokio", "axum", "wasm-bindgen", "web-sys"],
    );
}

#[test]
fn the_app_does_not_link_kube() {
    let graph = linked(&["--package", "binnacle-app", "--features", "ssr"]);
    assert_without(&graph, "binnacle-app", &["kube", "kube-client", "kube-core", "k8s-openapi"]);
}

#[test]
fn the_browser_gets_no_kubernetes_types_and_no_regex() {
    let wasm = "wasm32-unknown-unknown";
    let graph = linked(&["--package", "binnacle-frontend", "--target", wasm]);
    let heavy = ["kube", "kube-core", "k8s-openapi", "tokio", "axum", "hyper"];
    assert_without(&graph, "the wasm", &heavy);
    // leptos_config names it, and the linker drops it again; nobody else may bring it in.
    if graph.contains("regex") {
        let mut users = linked(&[
            "--package",
            "binnacle-frontend",
            "--target",
            wasm,
            "--invert",
            "regex",
            "--depth",
            "1",
        ]);
        users.remove("regex");
        assert_eq!(users, BTreeSet::from(["leptos_config".to_owned()]), "users of regex in the wasm");
    }
}

/// Blanks out comments, so that a colour may be spoken of.
fn without_comments(css: &str) -> String {
    let mut text = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        text.push_str(before);
        let Some((comment, after)) = after.split_once("*/") else { return text };
        text.extend(comment.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    text + rest
}

/// The colours written out in a line of CSS.
fn raw_colours(line: &str) -> Vec<String> {
    const FUNCTIONS: [&str; 9] =
        ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch("];
    let starts_word =
        |at: usize| !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let mut found: Vec<String> = Vec::new();
    for function in FUNCTIONS {
        let calls = line.match_indices(function).filter(|(at, _)| starts_word(*at));
        // `rgb(from var(--token) ...)` derives from a token.
        found.extend(
            calls
                .filter(|(at, f)| !line[at + f.len()..].trim_start().starts_with("from "))
                .map(|(_, f)| f.into()),
        );
    }
    for (at, _) in line.match_indices('#') {
        let digits: String =
            line[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let is_hex = matches!(digits.len(), 3 | 4 | 6 | 8) && digits.chars().all(|c| c.is_ascii_hexdigit());
        if is_hex && line[..at].contains(':') && !line[..at].ends_with("url(") {
            found.push(format!("#{digits}"));
        }
    }
    found
}

#[test]
fn raw_colours_are_recognised() {
    for (line, count) in [
        ("color: #fff;", 1),
        ("color: rgb(1 2 3);", 1),
        ("background: oklch(50% 0 0);", 1),
        ("color: var(--text);", 0),
        ("color: rgb(from var(--text) r g b / 50%);", 0),
        ("#face { top: 0 }", 0),
        ("mask: url(#abc);", 0),
        ("color: color-mix(in oklab, var(--a), var(--b));", 0),
    ] {
        assert_eq!(raw_colours(line).len(), count, "{line}");
    }
}

#[test]
fn colours_are_named_in_the_tokens_alone() {
    let mut bad = Vec::new();
    for path in files("style", &[".css"]).into_iter().filter(|p| !p.ends_with("style/tokens.css")) {
        let text = without_comments(&fs::read_to_string(&path).unwrap());
        for (n, line) in text.lines().enumerate() {
            bad.extend(raw_colours(line).into_iter().map(|c| format!("{}:{}: {c}", path.display(), n + 1)));
        }
    }
    assert!(bad.is_empty(), "colours belong into style/tokens.css:\n{}", bad.join("\n"));
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    // Put together, so that this file does not find itself.
    let forbidden = [["#[", "allow("].concat(), ["#![", "allow("].concat()];
    let expected = ["#[", "expect("].concat();
    let mut bad = Vec::new();
    for dir in ["app", "crates", "frontend", "fuzz", "server", "xtask"] {
        for path in files(dir, &[".rs"]) {
            let text = fs::read_to_string(&path).unwrap();
            for (n, line) in text.lines().enumerate() {
                if forbidden.iter().any(|f| line.contains(f.as_str())) {
                    bad.push(format!("{}:{}: {}", path.display(), n + 1, line.trim()));
                }
            }
            for (at, _) in text.match_indices(&expected) {
                let attribute = text[at..].split(']').next().unwrap();
                if !attribute.contains("reason") {
                    bad.push(format!("{}: {attribute}] has no reason", path.display()));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn every_member_takes_the_workspace_lints() {
    for manifest in files(".", &["Cargo.toml"]) {
        let text = fs::read_to_string(&manifest).unwrap();
        let inherits = text.contains("[workspace.lints") || text.contains("[lints]\nworkspace = true");
        assert!(inherits, "{} does not take the workspace's lints", manifest.display());
    }
}

/// The sprite travels with the first page.
#[test]
fn every_icon_is_shown_somewhere() {
    let listed = fs::read_to_string(root().join("app/src/ui/icons.json")).unwrap();
    let listed: BTreeMap<String, String> = serde_json::from_str(&listed).unwrap();
    let sources: String = ["app/src", "server/src"]
        .iter()
        .flat_map(|dir| files(dir, &[".rs"]))
        .map(|p| fs::read_to_string(p).unwrap())
        .collect();
    let shown: BTreeSet<&str> = sources
        .split("IconName::")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next())
        .collect();
    let unused: Vec<&String> = listed.keys().filter(|name| !shown.contains(name.as_str())).collect();
    assert!(unused.is_empty(), "nothing shows {unused:?}");
}
