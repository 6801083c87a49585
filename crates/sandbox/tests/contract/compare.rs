//! Holding an answer against what the table expects of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::client::Answer;

/// Compares an answer with what is expected of it.
pub fn compare(expected: &Value, answer: &Answer) -> Result<(), String> {
    let mut told = Vec::new();
    let mut same = |what: &str, expected: &Value, found: Value| {
        if *expected != found {
            told.push(format!("{what}: expected {expected}, found {found}"));
        }
    };
    same("status", &expected["status"], answer.status.into());
    let details = &answer.body["details"];
    if let Some(reason) = expected.get("reason") {
        // A plain error has no reason at all.
        same("reason", reason, answer.body["reason"].as_str().unwrap_or_default().into());
    }
    if let Some(message) = expected.get("message") {
        same("message", message, answer.body["message"].clone());
    }
    if let Some(text) = expected.get("text") {
        same("text", text, answer.text.as_str().into());
    }
    if let Some(causes) = expected.get("causes") {
        same("causes", &sorted(causes), sorted(&details["causes"]));
    }
    if let Some(fields) = expected.get("causeFields") {
        let mut found: Vec<&Value> =
            details["causes"].as_array().into_iter().flatten().map(|cause| &cause["field"]).collect();
        found.sort_by_key(|field| field.to_string());
        same("causes' fields", fields, json!(found));
    }
    for (name, value) in expected["details"].as_object().into_iter().flatten() {
        same(&format!("details.{name}"), value, details[name].clone());
    }
    same("warnings", expected.get("warnings").unwrap_or(&json!([])), json!(answer.warnings));
    for (pointer, value) in expected["fields"].as_object().into_iter().flatten() {
        same(pointer, value, answer.body.pointer(pointer).cloned().unwrap_or_default());
    }
    for pointer in expected["present"].as_array().into_iter().flatten() {
        if answer.body.pointer(pointer.as_str().unwrap_or_default()).is_none_or(Value::is_null) {
            told.push(format!("{pointer} is missing"));
        }
    }
    for (pointer, parts) in expected["contains"].as_object().into_iter().flatten() {
        let found = answer.body.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice);
        told.extend(lacking(parts, found.unwrap_or_default()));
    }
    if let Some(line) = expected.get("line") {
        let first = answer.text.lines().next().and_then(|first| serde_json::from_str(first).ok());
        told.extend(lacking(&json!([line]), &[first.unwrap_or(Value::Null)]));
    }
    if let Some(events) = expected.get("events") {
        told.extend(watched(events, &answer.text));
    }
    if told.is_empty() { Ok(()) } else { Err(told.join("; ")) }
}

/// Causes without repetition and in an order that does not depend on the server's maps.
fn sorted(causes: &Value) -> Value {
    let by_text: BTreeMap<String, Value> = causes
        .as_array()
        .into_iter()
        .flatten()
        .map(|cause| (format!("{}{}{}", cause["field"], cause["message"], cause["reason"]), cause.clone()))
        .collect();
    by_text.into_values().collect()
}

/// The parts that no element of a list has.
fn lacking(parts: &Value, list: &[Value]) -> Vec<String> {
    let parts = parts.as_array().map(Vec::as_slice).unwrap_or_default();
    let missing = parts.iter().filter(|part| !list.iter().any(|one| includes(one, part)));
    missing.map(|part| format!("nothing has {part}")).collect()
}

/// Whether a value has at least the members of another; lists are compared whole.
fn includes(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|found| includes(found, value)))
        }
        _ => whole == part,
    }
}

/// What a watch's lines lack: each must be an event that tells a version, the expected ones among them.
/// Others may come in between, since a watch of a whole cluster sees all that happens there.
fn watched(expected: &Value, text: &str) -> Vec<String> {
    let mut told = Vec::new();
    let mut events = Vec::new();
    for line in text.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        let known = matches!(event["type"].as_str(), Some("ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"));
        let versioned = event.pointer("/object/metadata/resourceVersion").is_some_and(Value::is_string);
        if !known || !versioned {
            told.push(format!("no event of a watch: {line}"));
        }
        events.push(event);
    }
    told.extend(lacking(expected, &events));
    told
}
