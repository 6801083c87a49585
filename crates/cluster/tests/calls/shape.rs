//! What is alike in two requests for two objects: method, path without names, query without values that
//! differ from time to time, media types, and on whose behalf.

use serde_json::Value;

/// Query parameters whose value changes what is asked; of others only the presence counts.
const TELLING: [&str; 7] = [
    "allowWatchBookmarks",
    "dryRun",
    "fieldManager",
    "fieldValidation",
    "force",
    "propagationPolicy",
    "watch",
];

/// The shape of a request. `headers` answers with all values of a header.
pub fn of(method: &str, target: &str, headers: impl Fn(&str) -> Vec<String>) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut parameters: Vec<&str> = query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| match parameter.split_once('=') {
            Some((key, _)) if TELLING.contains(&key) => parameter,
            Some((key, _)) => key,
            None => parameter,
        })
        .collect();
    parameters.sort_unstable();
    let mark = if parameters.is_empty() { "" } else { "?" };
    let accept = headers("accept").join(", ");
    let body = match headers("content-type").join(", ") {
        none if none.is_empty() => String::new(),
        kind => format!(", body {kind}"),
    };
    let caller = match (headers("impersonate-user").len(), headers("impersonate-group").len()) {
        (0, _) => "the console",
        (_, 0) => "a caller",
        _ => "a caller with groups",
    };
    format!("{method} {}{mark}{}, accept {accept}{body}, as {caller}", template(path), parameters.join("&"))
}

/// The shape of a case of the contract's tables, with the headers that its client adds.
pub fn of_case(case: &Value) -> String {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    of(text("method"), text("path"), |name| match &case["headers"][name] {
        Value::String(value) => vec![value.clone()],
        Value::Array(values) => {
            values.iter().map(|value| value.as_str().unwrap_or_default().into()).collect()
        }
        _ if name == "accept" => vec!["application/json".to_owned()],
        _ if name == "content-type" && (case.get("body").is_some() || case.get("raw").is_some()) => {
            vec!["application/json".to_owned()]
        }
        _ => Vec::new(),
    })
}

/// A path with its names taken out.
fn template(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let root = match parts.first() {
        Some(&"api") => 2,
        Some(&"apis") => 3,
        _ => parts.len(),
    };
    let (root, rest) = parts.split_at(root.min(parts.len()));
    let mut found: Vec<&str> = root.to_vec();
    let rest = match rest {
        ["namespaces", _, rest @ ..] if !rest.is_empty() => {
            found.extend(["namespaces", "{namespace}"]);
            rest
        }
        rest => rest,
    };
    found.extend(rest.iter().enumerate().map(|(place, part)| if place == 1 { "{name}" } else { part }));
    format!("/{}", found.join("/"))
}
