//! Values of fields whose rules Kubernetes keeps beyond a schema: names, labels, ports, images.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    Fix, amounts,
    kinds::{self, Kind},
    read::{Key, Node, Shape},
    scalars::source,
    text::ByteEdit,
};
use crate::{Severity, Text, Word, rules, words::doctor as words};

/// Longest name of a CronJob: its Jobs append 11 characters (`pkg/apis/batch/validation`).
const CRON_JOB_MAX: usize = 52;
/// Longest name of a port (`validation.IsValidPortName`, RFC 6335).
const PORT_NAME_MAX: usize = 15;
/// Node ports unless the API server says otherwise (`--service-node-port-range`).
const NODE_PORTS: std::ops::RangeInclusive<i64> = 30_000..=32_767;

/// Everything about the values of one object of Kubernetes' own.
pub(super) fn values(text: &str, root: &Node, fixes: &mut Vec<Fix>) {
    let kind = root.text("kind").unwrap_or_default();
    let version = root.text("apiVersion").unwrap_or_default();
    let Some(kind) = kinds::own(kind, version) else { return };
    let mut look = Look { text, root, told: None, fixes };
    look.name(kind);
    let Shape::Map(members) = &root.shape else { return };
    for (key, member) in members {
        match key.text.as_str() {
            "metadata" => look.metadata(member),
            // What the cluster reports, and what the user names.
            "status" | "data" | "stringData" | "binaryData" | "parameters" => {}
            _ => look.below(kind, &key.text, member),
        }
    }
}

struct Look<'a> {
    text: &'a str,
    root: &'a Node,
    /// How often each text stands in the object; counted when the first name is wrong.
    told: Option<HashMap<&'a str, usize>>,
    fixes: &'a mut Vec<Fix>,
}

impl Look<'_> {
    fn tell(&mut self, code: &'static str, severity: Severity, node: &Node, say: Text) {
        self.fixes.push(Fix::new(code, severity, node.start, node.end, say));
    }

    /// Tells of a name, with the one that was likely meant.
    fn rename(&mut self, code: &'static str, node: &Node, name: &str, say: Text, rule: Rule) {
        let fix = Fix::new(code, Severity::Error, node.start, node.end, say);
        let near = rules::near_name(name);
        // A name that other fields refer to is theirs to change.
        let told = self.told.get_or_insert_with(|| {
            let mut told = HashMap::new();
            count(self.root, &mut told);
            told
        });
        let alone = told.get(name).copied().unwrap_or_default() < 2;
        let good = alone && !near.is_empty() && rule(&near).is_none();
        self.fixes.push(match within(self.text, node, &near).filter(|_| good) {
            Some(edit) => fix.mend(&words::DOCTOR_RENAME, vec![edit]),
            None => fix,
        });
    }

    /// `metadata.name` and `metadata.namespace`.
    fn name(&mut self, kind: &Kind) {
        let Some((_, metadata)) = self.root.get("metadata") else { return };
        if let Some((node, name)) = member_text(metadata, "name").filter(|(_, name)| !name.is_empty()) {
            let rule = name_rule(kind.name);
            if let Some(why) = rule(name) {
                let say = Text {
                    args: vec![kind.name.into(), name.into(), why.into()],
                    ..Text::plain(&words::DOCTOR_NAME)
                };
                let free =
                    matches!(kind.name, "ClusterTrustBundle" | "IPAddress") || kind.name.contains("Role");
                if free {
                    self.tell("invalid-name", Severity::Error, node, say);
                } else {
                    self.rename("invalid-name", node, name, say, rule);
                }
            } else if kind.name == "Service" && name.starts_with(|c: char| c.is_ascii_digit()) {
                self.tell("invalid-name", Severity::Warning, node, words::DOCTOR_NAME_DIGIT.into());
            } else if kind.name == "StatefulSet"
                && let Some(say) = rules::stateful_set_name_warning(name)
            {
                self.tell("long-name", Severity::Warning, node, say);
            }
        }
        let Some((key, node)) = metadata.get("namespace") else { return };
        let Shape::Scalar(Value::String(name)) = &node.shape else { return };
        if name.is_empty() {
            return;
        }
        if kind.cluster {
            let say = Text::new(&words::DOCTOR_CLUSTER_SCOPED, [kind.name, "metadata.namespace"]);
            let fix = Fix::new("cluster-scoped", Severity::Warning, key.start, node.end.max(key.end), say);
            let lines = super::text::lines(self.text);
            let edit = super::meaning::whole_lines(self.text, &lines, key.start, node.end.max(key.end));
            self.fixes.push(match edit {
                Some(edit) => fix.mend(&words::DOCTOR_REMOVE_LINE, vec![edit]),
                None => fix,
            });
        } else if let Some(why) = rules::namespace_name(name) {
            let say = said(&words::DOCTOR_NAMESPACE, name, why);
            self.rename("invalid-namespace", node, name, say, rules::namespace_name);
        }
    }

    fn metadata(&mut self, metadata: &Node) {
        if let Some((_, labels)) = metadata.get("labels") {
            self.labels(labels);
        }
        if let Some((_, annotations)) = metadata.get("annotations") {
            self.keys(annotations, "annotation-key", &words::DOCTOR_ANNOTATION_KEY, rules::annotation_key);
        }
    }

    fn keys(&mut self, node: &Node, code: &'static str, word: &Word, rule: Rule) {
        let Shape::Map(members) = &node.shape else { return };
        for (key, _) in members {
            if let Some(why) = rule(&key.text) {
                let say = said(word, &key.text, why);
                self.fixes.push(Fix::new(code, Severity::Error, key.start, key.end, say));
            }
        }
    }

    fn labels(&mut self, node: &Node) {
        self.keys(node, "label-key", &words::DOCTOR_LABEL_KEY, rules::label_key);
        let Shape::Map(members) = &node.shape else { return };
        for (key, member) in members {
            if let Shape::Scalar(Value::String(value)) = &member.shape
                && let Some(why) = rules::label_value(value)
            {
                let args = vec![value.into(), (&key.text).into(), why.into()];
                let say = Text { args, ..Text::plain(&words::DOCTOR_LABEL_VALUE) };
                self.tell("label-value", Severity::Error, member, say);
            }
        }
    }

    fn below(&mut self, kind: &Kind, name: &str, node: &Node) {
        match &node.shape {
            Shape::Scalar(_) => {}
            Shape::List(items) => items.iter().for_each(|item| self.below(kind, name, item)),
            Shape::Map(members) => {
                for (key, member) in members {
                    self.member(kind, name, key, member);
                }
            }
        }
    }

    /// A field, inside of the field `parent`.
    fn member(&mut self, kind: &Kind, parent: &str, key: &Key, node: &Node) {
        let flat = matches!(kind.name, "Service" | "ReplicationController") && parent == "spec";
        match key.text.as_str() {
            // Schemas of custom resources describe fields of these names.
            "openAPIV3Schema" | "parameters" => return,
            "metadata" => return self.metadata(node),
            "matchLabels" | "nodeSelector" => return self.labels(node),
            "selector" if flat => return self.labels(node),
            "containerPort" | "hostPort" | "port" | "targetPort" | "nodePort" => self.port(key, node),
            "ports" => self.port_names(kind, node),
            "containers" | "initContainers" | "ephemeralContainers" => self.containers(node),
            "volumes" => self.part_names(node),
            name if super::known::is_seconds(name) => {
                self.fixes.extend(amounts::seconds(self.text, name, node));
            }
            "sizeLimit" | "divisor" => {
                let of = if key.text == "sizeLimit" { "memory" } else { "" };
                self.fixes.extend(amounts::quantity(self.text, of, node));
            }
            name if amounts::holds_quantities(kind.name, parent, name) => {
                if let Shape::Map(members) = &node.shape {
                    let found =
                        members.iter().filter_map(|(of, node)| amounts::quantity(self.text, &of.text, node));
                    self.fixes.extend(found);
                }
                return;
            }
            _ => {}
        }
        self.below(kind, &key.text, node);
    }

    fn port(&mut self, key: &Key, node: &Node) {
        let may_be_named = matches!(key.text.as_str(), "port" | "targetPort");
        match &node.shape {
            Shape::Scalar(Value::Number(number)) => {
                let number = number.as_i64().unwrap_or(-1);
                let unset = number == 0 && matches!(key.text.as_str(), "hostPort" | "nodePort");
                if !(unset || (1..=65_535).contains(&number)) {
                    let say = Text::new(&words::DOCTOR_PORT_RANGE, [source(self.text, node)]);
                    self.tell("port-range", Severity::Error, node, say);
                } else if key.text == "nodePort" && !unset && !NODE_PORTS.contains(&number) {
                    let say = Text::new(&words::DOCTOR_NODE_PORT, [number.to_string()]);
                    self.tell("node-port-range", Severity::Warning, node, say);
                }
            }
            Shape::Scalar(Value::String(name)) if may_be_named => {
                if !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) {
                    let say = Text::new(&words::DOCTOR_PORT_TEXT, [name]);
                    let edit = ByteEdit::new(node.start, node.end, name.as_str());
                    self.fixes.push(
                        Fix::new("port-as-text", Severity::Error, node.start, node.end, say)
                            .mend(&words::DOCTOR_WRITE_NUMBER, vec![edit]),
                    );
                } else if port_name(name).is_some() {
                    let say = Text::new(&words::DOCTOR_PORT_NAME, [name]);
                    self.rename("port-name", node, name, say, port_name);
                }
            }
            _ => {}
        }
    }

    /// Names of ports: those of a container are services' names (RFC 6335), those of a Service labels.
    fn port_names(&mut self, kind: &Kind, ports: &Node) {
        let Shape::List(items) = &ports.shape else { return };
        let service = matches!(kind.name, "Service" | "Endpoints" | "EndpointSlice" | "Ingress");
        for (node, name) in items.iter().filter_map(|item| member_text(item, "name")) {
            if service {
                self.part(node, name);
            } else if port_name(name).is_some() {
                let say = Text::new(&words::DOCTOR_PORT_NAME, [name]);
                self.rename("port-name", node, name, say, port_name);
            }
        }
    }

    fn part(&mut self, node: &Node, name: &str) {
        if let Some(why) = rules::container_name(name).filter(|_| !name.is_empty()) {
            let say = said(&words::DOCTOR_PART_NAME, name, why);
            self.rename("part-name", node, name, say, rules::container_name);
        }
    }

    fn part_names(&mut self, list: &Node) {
        let Shape::List(items) = &list.shape else { return };
        for (node, name) in items.iter().filter_map(|item| member_text(item, "name")) {
            self.part(node, name);
        }
    }

    fn containers(&mut self, list: &Node) {
        let Shape::List(items) = &list.shape else { return };
        self.part_names(list);
        let mut seen = HashSet::new();
        for item in items {
            if let Some((node, name)) = member_text(item, "name")
                && !name.is_empty()
                && !seen.insert(name)
            {
                let say = Text::new(&words::DOCTOR_CONTAINER_TWICE, [name]);
                self.tell("container-twice", Severity::Error, node, say);
            }
            if let Some((node, image)) = member_text(item, "image").filter(|(_, image)| !image.is_empty())
                && let Some(why) = rules::image(image)
            {
                self.tell("image", Severity::Error, node, said(&words::DOCTOR_IMAGE, image, why));
            }
        }
    }
}

/// Counts the texts of an object.
fn count<'a>(node: &'a Node, told: &mut HashMap<&'a str, usize>) {
    match &node.shape {
        Shape::Scalar(Value::String(text)) => *told.entry(text).or_default() += 1,
        Shape::Scalar(_) => {}
        Shape::List(items) => items.iter().for_each(|item| count(item, told)),
        Shape::Map(members) => members.iter().for_each(|(_, member)| count(member, told)),
    }
}

type Rule = fn(&str) -> Option<Text>;

/// A sentence with a name and why it cannot be one.
fn said(word: &Word, name: &str, why: Text) -> Text {
    Text { args: vec![name.into(), why.into()], ..Text::plain(word) }
}

fn member_text<'a>(node: &'a Node, name: &str) -> Option<(&'a Node, &'a str)> {
    let (_, member) = node.get(name)?;
    match &member.shape {
        Shape::Scalar(Value::String(text)) => Some((member, text)),
        _ => None,
    }
}

/// The replacement of a text on one line that keeps its quotes.
pub(super) fn within(text: &str, node: &Node, insert: &str) -> Option<ByteEdit> {
    let written = source(text, node);
    if written.contains(['\n', '\r']) || insert.contains(['"', '\'', '\\']) {
        return None;
    }
    let quoted = |quote: char| written.len() > 1 && written.starts_with(quote) && written.ends_with(quote);
    let quotes = usize::from(quoted('"') || quoted('\''));
    Some(ByteEdit::new(node.start + quotes, node.end - quotes, insert))
}

/// What Kubernetes asks of the name of a kind (`pkg/apis/*/validation`).
fn name_rule(kind: &str) -> Rule {
    match kind {
        "Namespace" => rules::namespace_name,
        "Service" => rules::workload_name,
        "CronJob" => cron_job_name,
        "ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding" | "ClusterTrustBundle"
        | "IPAddress" => path_segment,
        _ => rules::object_name,
    }
}

fn cron_job_name(name: &str) -> Option<Text> {
    let long = name.len() > CRON_JOB_MAX;
    rules::object_name(name).or_else(|| {
        long.then(|| {
            let counts = [name.len().to_string(), CRON_JOB_MAX.to_string()];
            Text::new(&crate::words::rules::TEXT_LONG, counts)
        })
    })
}

/// `path.IsValidPathSegmentName`.
fn path_segment(name: &str) -> Option<Text> {
    (name.contains(['/', '%']) || matches!(name, "." | "..")).then(|| words::DOCTOR_NAME_PATH.into())
}

/// `validation.IsValidPortName`.
fn port_name(name: &str) -> Option<Text> {
    let good = (1..=PORT_NAME_MAX).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && name.bytes().any(|b| b.is_ascii_lowercase())
        && !name.contains("--")
        && !name.starts_with('-')
        && !name.ends_with('-');
    (!good).then(|| Text::new(&words::DOCTOR_PORT_NAME, [name]))
}
