//! Label selectors (texts and objects) and field selectors.

use serde_json::Value;

use crate::kind::Kind;
use crate::value::Object;

/// One requirement on a label.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Need {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Has(String),
    HasNot(String),
}

/// A label selector; without requirements it matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LabelSelector(Vec<Need>);

impl LabelSelector {
    /// Reads the text of `labelSelector=`; the error says what cannot be read.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut needs = Vec::new();
        for part in split_outside_parens(text) {
            let part = part.trim();
            if part.is_empty() {
                continue;
            }
            needs.push(parse_need(part)?);
        }
        Ok(Self(needs))
    }

    /// Reads `matchLabels` and `matchExpressions`.
    pub(crate) fn from_object(selector: &Value) -> Self {
        let mut needs = Vec::new();
        if let Some(labels) = selector["matchLabels"].as_object() {
            for (key, value) in labels {
                needs.push(Need::In(key.clone(), vec![value.as_str().unwrap_or_default().to_owned()]));
            }
        }
        for expression in selector.list("/matchExpressions") {
            let key = expression.text("/key").to_owned();
            let values: Vec<String> =
                expression.list("/values").iter().filter_map(Value::as_str).map(str::to_owned).collect();
            match expression.text("/operator") {
                "In" => needs.push(Need::In(key, values)),
                "NotIn" => needs.push(Need::NotIn(key, values)),
                "Exists" => needs.push(Need::Has(key)),
                "DoesNotExist" => needs.push(Need::HasNot(key)),
                _ => {}
            }
        }
        Self(needs)
    }

    /// Whether there are no requirements.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the labels satisfy it.
    pub(crate) fn matches(&self, labels: &Value) -> bool {
        self.0.iter().all(|need| match need {
            Need::In(key, values) => {
                labels[key.as_str()].as_str().is_some_and(|value| values.iter().any(|one| one == value))
            }
            Need::NotIn(key, values) => {
                labels[key.as_str()].as_str().is_none_or(|value| values.iter().all(|one| one != value))
            }
            Need::Has(key) => labels[key.as_str()].is_string(),
            Need::HasNot(key) => !labels[key.as_str()].is_string(),
        })
    }

    /// The selector as text, as `Scale` shows it.
    pub(crate) fn text(&self) -> String {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|need| match need {
                Need::In(key, values) => match values.as_slice() {
                    [one] => format!("{key}={one}"),
                    many => format!("{key} in ({})", many.join(",")),
                },
                Need::NotIn(key, values) => format!("{key} notin ({})", values.join(",")),
                Need::Has(key) => key.clone(),
                Need::HasNot(key) => format!("!{key}"),
            })
            .collect();
        parts.join(",")
    }
}

fn split_outside_parens(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_u32, 0);
    for (place, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn parse_need(part: &str) -> Result<Need, String> {
    let checked = |key: &str| -> Result<String, String> {
        let key = key.trim();
        let problems = crate::validation::names::qualified_name(key);
        if let Some(problem) = problems.first() {
            return Err(format!("unable to parse requirement: <nil>: Invalid value: {key:?}: {problem}"));
        }
        Ok(key.to_owned())
    };
    if let Some(key) = part.strip_prefix('!') {
        return Ok(Need::HasNot(checked(key)?));
    }
    for (operator, wanted) in [("!=", false), ("==", true), ("=", true)] {
        if let Some((key, value)) = part.split_once(operator)
            && !key.contains(['=', '!', '('])
        {
            let value = value.trim().to_owned();
            let key = checked(key)?;
            return Ok(if wanted { Need::In(key, vec![value]) } else { Need::NotIn(key, vec![value]) });
        }
    }
    for (operator, wanted) in [(" notin ", false), (" in ", true), (" notin(", false), (" in(", true)] {
        if let Some((key, rest)) = part.split_once(operator) {
            let values = rest.trim().trim_start_matches('(').strip_suffix(')');
            let Some(values) = values else {
                return Err(format!("unable to parse requirement: found '{rest}', expected: '('"));
            };
            let values = values.split(',').map(|value| value.trim().to_owned()).collect();
            let key = checked(key)?;
            return Ok(if wanted { Need::In(key, values) } else { Need::NotIn(key, values) });
        }
    }
    if let Some((_, rest)) = part.split_once(' ') {
        return Err(format!(
            "unable to parse requirement: found '{}', expected: in, notin, =, ==, !=, gt, lt",
            rest.trim()
        ));
    }
    Ok(Need::Has(checked(part)?))
}

/// A field selector: all terms must hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct FieldSelector(Vec<(String, String, bool)>);

impl FieldSelector {
    /// Reads `fieldSelector=` for a kind; an unsupported field is refused as the API server does.
    pub(crate) fn parse(text: &str, kind: &Kind) -> Result<Self, String> {
        let mut terms = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (field, value, equal) = if let Some((field, value)) = part.split_once("!=") {
                (field, value, false)
            } else if let Some((field, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
                (field, value, true)
            } else {
                return Err(format!("invalid selector: '{text}'; can't understand '{part}'"));
            };
            if !supported(kind, field) {
                return Err(if plain(kind) {
                    format!(
                        "{field:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                    )
                } else {
                    format!("field label not supported: {field}")
                });
            }
            terms.push((field.to_owned(), value.to_owned(), equal));
        }
        Ok(Self(terms))
    }

    /// Whether there are no terms.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object satisfies it.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        self.0.iter().all(|(field, wanted, equal)| {
            let pointer = format!("/{}", field.replace('.', "/"));
            let found = match object.at(&pointer) {
                Value::String(text) => text.clone(),
                Value::Null if field == "spec.unschedulable" => "false".to_owned(),
                Value::Null if field == "status.successful" => {
                    object.int("/status/succeeded").unwrap_or(0).to_string()
                }
                Value::Null => String::new(),
                other => other.to_string(),
            };
            (found == *wanted) == *equal
        })
    }
}

/// Kinds that know no fields of their own.
fn plain(kind: &Kind) -> bool {
    !matches!(kind.kind, "Pod" | "Event" | "Node" | "Namespace" | "Secret" | "ReplicaSet" | "Job" | "Service")
}

fn supported(kind: &Kind, field: &str) -> bool {
    matches!(field, "metadata.name")
        || (field == "metadata.namespace" && kind.namespaced)
        || match kind.kind {
            "Pod" => matches!(
                field,
                "spec.nodeName"
                    | "spec.restartPolicy"
                    | "spec.schedulerName"
                    | "spec.serviceAccountName"
                    | "spec.hostNetwork"
                    | "status.phase"
                    | "status.podIP"
                    | "status.nominatedNodeName"
            ),
            "Event" => matches!(
                field,
                "involvedObject.kind"
                    | "involvedObject.namespace"
                    | "involvedObject.name"
                    | "involvedObject.uid"
                    | "involvedObject.apiVersion"
                    | "involvedObject.resourceVersion"
                    | "involvedObject.fieldPath"
                    | "reason"
                    | "reportingComponent"
                    | "source"
                    | "type"
            ),
            "Node" => field == "spec.unschedulable",
            "Namespace" => field == "status.phase",
            "Secret" => field == "type",
            "ReplicaSet" => field == "status.replicas",
            "Job" => field == "status.successful",
            "Service" => matches!(field, "spec.clusterIP" | "spec.type"),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn label_selectors_match_as_kubectl_expects() {
        let labels = json!({"app": "web", "tier": "front"});
        let table = [
            ("", true),
            ("app=web", true),
            ("app==web,tier=front", true),
            ("app!=web", false),
            ("app!=api", true),
            ("app in (web,api)", true),
            ("app notin (web)", false),
            ("zone notin (a,b)", true),
            ("app", true),
            ("!app", false),
            ("!zone", true),
            ("app in (api),tier", false),
            ("a.b/c=d", false),
        ];
        for (text, expected) in table {
            assert_eq!(LabelSelector::parse(text).expect(text).matches(&labels), expected, "{text}");
        }
    }
}
