//! Reading a pasted kubeconfig: an allow-list, everything else refused by name (design rule 6).
//!
//! The text is parsed once, into our own structures; no type of kube's ever sees it, because kube runs
//! programs and opens files that a kubeconfig names. Nothing here touches the network or a file.

mod entries;

use binnacle_model::{
    AppError, FieldPath, Issue, Severity, Text,
    cluster::{ContextChoice, KubeconfigReport},
    words::errors as words,
};
use serde_json::{Map, Value};
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};

use crate::{
    address::DialPolicy,
    brief,
    credential::{Auth, Credential},
};
use entries::{ClusterPart, UserPart};

/// The largest kubeconfig that is read, in bytes.
pub const MAX_KUBECONFIG: usize = 1 << 20;

/// Characters of an unknown member's name that are shown.
const LONGEST_KEY: usize = 100;

/// Contexts in one kubeconfig; `kubectl config view --minify` makes one of many.
const MAX_CONTEXTS: usize = 200;

/// Reads a pasted kubeconfig and says which contexts can be chosen, and what is refused.
pub fn read_kubeconfig(text: &str) -> KubeconfigReport {
    let file = match read(text) {
        Ok(file) => file,
        Err(issues) => return KubeconfigReport { contexts: Vec::new(), current: None, issues },
    };
    let contexts = file.contexts.iter().map(|context| file.choice(context)).collect();
    KubeconfigReport { contexts, current: file.current, issues: file.issues }
}

/// The credential of one context. Any part that is refused is an error that names it.
pub fn credential(text: &str, context: &str, policy: &DialPolicy) -> Result<Credential, AppError> {
    let file = read(text).map_err(|issues| AppError::Invalid { issues })?;
    let broken: Vec<Issue> =
        file.issues.iter().filter(|issue| issue.severity == Severity::Error).cloned().collect();
    if !broken.is_empty() {
        return Err(AppError::Invalid { issues: broken });
    }
    let chosen = file.contexts.iter().find(|candidate| candidate.name == context).ok_or_else(|| {
        AppError::invalid(Issue::error(
            FieldPath::from("contexts"),
            Text::new(&words::KC_NO_CONTEXT, [brief::sentence(context)]),
        ))
    })?;
    file.credential(chosen, *policy).map_err(|issues| AppError::Invalid { issues })
}

/// A kubeconfig, taken apart.
struct File {
    clusters: Vec<ClusterPart>,
    users: Vec<UserPart>,
    contexts: Vec<Context>,
    current: Option<String>,
    issues: Vec<Issue>,
}

/// One context: a pair of names.
struct Context {
    name: String,
    cluster: String,
    user: String,
    path: FieldPath,
    issues: Vec<Issue>,
}

impl File {
    fn choice(&self, context: &Context) -> ContextChoice {
        let (cluster, user, mut found) = self.parts(context);
        found.extend(cluster.iter().flat_map(|part| part.issues.iter().cloned()));
        // What no policy lets be dialled need not wait until somebody tries.
        let any = DialPolicy { allow_loopback: true, sandbox: true };
        found.extend(cluster.and_then(|part| part.literal_address(any)));
        found.extend(user.iter().flat_map(|part| part.issues.iter().cloned()));
        let (refused, warnings) = found.into_iter().partition(|issue| issue.severity == Severity::Error);
        let credential = match user.and_then(|part| part.auth.as_ref()) {
            Some(Auth::Token { .. }) => "token",
            Some(Auth::ClientCert { .. }) => "client certificate",
            Some(Auth::None) | None => "",
        };
        ContextChoice {
            name: context.name.clone(),
            server: cluster.map(|part| part.server.clone()).unwrap_or_default(),
            user: context.user.clone(),
            credential: credential.to_owned(),
            refused,
            warnings,
        }
    }

    fn credential(&self, context: &Context, policy: DialPolicy) -> Result<Credential, Vec<Issue>> {
        let (cluster, user, mut issues) = self.parts(context);
        if let (Some(cluster), Some(user)) = (cluster, user) {
            issues.extend(cluster.issues.iter().chain(&user.issues).cloned());
            issues.extend(cluster.literal_address(policy));
            issues.retain(|issue| issue.severity == Severity::Error);
            if issues.is_empty()
                && let Some(auth) = &user.auth
            {
                return Ok(Credential {
                    server: cluster.server.clone(),
                    ca_pem: cluster.ca_pem.clone(),
                    auth: auth.clone(),
                    tls_server_name: cluster.tls_server_name.clone(),
                });
            }
        }
        Err(issues)
    }

    fn parts<'a>(&'a self, context: &Context) -> (Option<&'a ClusterPart>, Option<&'a UserPart>, Vec<Issue>) {
        let cluster = self.clusters.iter().find(|part| part.name == context.cluster);
        let user = self.users.iter().find(|part| part.name == context.user);
        let mut issues = context.issues.clone();
        if cluster.is_none() {
            let names = [&context.name, &context.cluster].map(brief::sentence);
            let text = Text::new(&words::KC_NO_CLUSTER, names);
            issues.push(Issue::error(context.path.key("cluster"), text));
        }
        if user.is_none() {
            let names = [&context.name, &context.user].map(brief::sentence);
            let text = Text::new(&words::KC_NO_USER, names);
            issues.push(Issue::error(context.path.key("user"), text));
        }
        (cluster, user, issues)
    }
}

fn read(text: &str) -> Result<File, Vec<Issue>> {
    let root = FieldPath::root();
    if text.len() > MAX_KUBECONFIG {
        return Err(vec![Issue::error(root, Text::new(&words::KC_SIZE, ["1 MiB"]))]);
    }
    if text.trim().is_empty() {
        return Err(vec![Issue::error(root, words::KC_EMPTY)]);
    }
    let value = parse(text).map_err(|text| vec![Issue::error(root.clone(), text)])?;
    let Some(map) = value.as_object() else {
        return Err(vec![shape(root, words::KC_SHAPE_MAP)]);
    };
    let mut issues = Vec::new();
    let kind = word(map, "kind", &root, &mut issues);
    if !kind.is_empty() && kind != "Config" {
        let text = Text::new(&words::KC_KIND, [brief::sentence(kind)]);
        return Err(vec![Issue::error(root.key("kind"), text)]);
    }
    let version = word(map, "apiVersion", &root, &mut issues);
    if !version.is_empty() && version != "v1" {
        let text = Text::new(&words::KC_VERSION, [brief::sentence(version)]);
        issues.push(Issue::error(root.key("apiVersion"), text));
    }
    for key in map.keys() {
        match key.as_str() {
            "apiVersion" | "kind" | "clusters" | "users" | "contexts" | "current-context" | "preferences" => {
            }
            "extensions" => issues.push(Issue::warning(root.key(key), words::KC_EXTENSIONS)),
            _ => issues.push(unknown(&root, key)),
        }
    }
    let clusters = named(&value, "clusters", "cluster", &mut issues)
        .map(|(name, path, body)| ClusterPart::read(name, &path, body))
        .collect();
    let users = named(&value, "users", "user", &mut issues)
        .map(|(name, path, body)| UserPart::read(name, &path, body))
        .collect();
    let contexts: Vec<Context> =
        named(&value, "contexts", "context", &mut issues).map(context_part).collect();
    if contexts.is_empty() {
        issues.push(Issue::error(root.key("contexts"), words::KC_NO_CONTEXTS));
    }
    if contexts.len() > MAX_CONTEXTS {
        let text = Text::new(&words::KC_MANY_CONTEXTS, [MAX_CONTEXTS.to_string()]);
        return Err(vec![Issue::error(root.key("contexts"), text)]);
    }
    let named_current = word(map, "current-context", &root, &mut issues);
    let current = contexts.iter().find(|context| context.name == named_current).map(|c| c.name.clone());
    if current.is_none() && !named_current.is_empty() && !contexts.is_empty() {
        let text = Text::new(&words::KC_CURRENT, [brief::sentence(named_current)]);
        issues.push(Issue::warning(root.key("current-context"), text));
    }
    Ok(File { clusters, users, contexts, current, issues })
}

/// YAML (and with it JSON) under a budget. The error names a place and never quotes the text, which
/// holds secrets.
fn parse(text: &str) -> Result<Value, Text> {
    let mut options = serde_saphyr::Options::default();
    options.duplicate_keys = DuplicateKeyPolicy::Error;
    options.merge_keys = MergeKeyPolicy::Error;
    options.strict_booleans = true;
    options.reject_unsupported_tags = true;
    options.with_snippet = false;
    let mut budget = serde_saphyr::Budget::default();
    budget.max_depth = 32;
    // One more than is taken, so that the second has its own sentence.
    budget.max_documents = 2;
    budget.max_nodes = 20_000;
    budget.max_aliases = 100;
    budget.max_anchors = 100;
    budget.max_total_scalar_bytes = MAX_KUBECONFIG;
    options.budget = Some(budget);
    serde_saphyr::from_str_with_options::<Value>(text, options).map_err(|error| {
        let place = error.location().map(|at| (at.line().to_string(), at.column().to_string()));
        // What goes wrong inside an alias is wrapped; the cause is what counts.
        let mut cause = error.without_snippet();
        while let serde_saphyr::Error::AliasError { error, .. } = cause {
            cause = error;
        }
        let word = match cause {
            serde_saphyr::Error::DuplicateMappingKey { .. } => words::KC_DUPLICATE,
            serde_saphyr::Error::MultipleDocuments { .. } => return words::KC_DOCUMENTS.into(),
            serde_saphyr::Error::Budget { .. }
            | serde_saphyr::Error::AliasReplayLimitExceeded { .. }
            | serde_saphyr::Error::AliasExpansionLimitExceeded { .. }
            | serde_saphyr::Error::AliasReplayStackDepthExceeded { .. } => return words::KC_COMPLEX.into(),
            // The scanner's own limit, which comes before the budget, has no kind of its own.
            other if other.to_string().contains("recursion limit") => return words::KC_COMPLEX.into(),
            _ => words::KC_SYNTAX,
        };
        let (line, column) = place.unwrap_or_else(|| ("1".into(), "1".into()));
        Text::new(&word, [line, column])
    })
}

/// The named entries of one of the three lists: name, path of the body, body.
fn named<'a>(
    file: &'a Value,
    list: &str,
    member: &'a str,
    issues: &mut Vec<Issue>,
) -> std::vec::IntoIter<(String, FieldPath, &'a Value)> {
    let path = FieldPath::root().key(list);
    let mut found: Vec<(String, FieldPath, &Value)> = Vec::new();
    let entries = match file.get(list) {
        None | Some(Value::Null) => &[],
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(_) => {
            issues.push(shape(path.clone(), words::KC_SHAPE_LIST));
            &[]
        }
    };
    for (index, entry) in entries.iter().enumerate() {
        let here = path.index(index);
        let Some(map) = entry.as_object() else {
            issues.push(shape(here, words::KC_SHAPE_MAP));
            continue;
        };
        for key in map.keys().filter(|key| *key != "name" && *key != member) {
            issues.push(unknown(&here, key));
        }
        let name = match map.get("name") {
            Some(Value::String(name)) if !name.is_empty() => name.clone(),
            None | Some(Value::Null | Value::String(_)) => {
                issues.push(Issue::error(here.key("name"), words::KC_UNNAMED));
                continue;
            }
            Some(_) => {
                issues.push(shape(here.key("name"), words::KC_SHAPE_TEXT));
                continue;
            }
        };
        if found.iter().any(|(other, ..)| *other == name) {
            issues.push(Issue::error(here.key("name"), Text::new(&words::KC_TWICE, [brief::sentence(name)])));
            continue;
        }
        match map.get(member) {
            Some(body @ Value::Object(_)) => found.push((name, here.key(member), body)),
            _ => issues.push(shape(here.key(member), words::KC_SHAPE_MAP)),
        }
    }
    found.into_iter()
}

fn context_part((name, path, body): (String, FieldPath, &Value)) -> Context {
    let mut issues = Vec::new();
    for key in body.as_object().into_iter().flat_map(|map| map.keys()) {
        match key.as_str() {
            "cluster" | "user" | "namespace" => {}
            "extensions" => issues.push(Issue::warning(path.key(key), words::KC_EXTENSIONS)),
            _ => issues.push(unknown(&path, key)),
        }
    }
    let mut text = |key: &str| match body.as_object() {
        Some(map) => word(map, key, &path, &mut issues).to_owned(),
        None => String::new(),
    };
    let (cluster, user) = (text("cluster"), text("user"));
    // The console asks for a namespace where one is needed; what stands here must be readable all the same.
    text("namespace");
    Context { cluster, user, name, path, issues }
}

/// A member that is a text; empty where there is none, or none that can be read.
fn word<'a>(map: &'a Map<String, Value>, key: &str, path: &FieldPath, issues: &mut Vec<Issue>) -> &'a str {
    match map.get(key) {
        Some(Value::String(text)) => text,
        None | Some(Value::Null) => "",
        Some(_) => {
            issues.push(shape(path.key(key), words::KC_SHAPE_TEXT));
            ""
        }
    }
}

/// A member that nobody knows; one of a megabyte is told by how it begins.
fn unknown(path: &FieldPath, key: &str) -> Issue {
    let key = brief::cut(key.to_owned(), LONGEST_KEY);
    Issue::error(path.key(&key), Text::new(&words::KC_UNKNOWN, [key]))
}

fn shape(path: FieldPath, wanted: binnacle_model::Word) -> Issue {
    Issue::error(path, Text::new(&words::KC_SHAPE, [Text::from(wanted)]))
}

#[cfg(test)]
mod tests;
