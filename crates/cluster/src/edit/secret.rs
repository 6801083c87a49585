//! What hides the values of a Secret wherever an edit is shown beside the text itself.
//!
//! A hidden value is a mark that is the same for the same value and tells nothing about it: it is keyed with
//! randomness of this process. So a change is still seen as one, and a choice about a conflict still knows
//! whether its values are what they were.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
    sync::LazyLock,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use binnacle_model::{
    AppError, Issue, Text,
    edit::{Conflict, Difference},
    object::text,
    words::Arg,
};
use serde_json::Value;

/// The key of all marks.
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
/// Members of a Secret whose values are hidden.
const HIDDEN: [&str; 2] = ["data", "stringData"];
/// The annotation in which kubectl keeps a copy of what it applied, values included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Values shorter than this, in bytes, are not looked for in sentences: they would be found everywhere.
const SHORTEST: usize = 4;

/// What hides the values of some objects.
pub(super) struct Veil {
    hides: bool,
    /// Values that no sentence may hold, longest first.
    values: Vec<String>,
}

impl Veil {
    /// A veil over what these objects hold; it hides nothing where none is a Secret.
    pub(super) fn over(objects: &[&Value]) -> Self {
        let is_secret =
            |object: &&&Value| text(object, "/kind") == "Secret" && text(object, "/apiVersion") == "v1";
        let mut values = BTreeSet::new();
        let mut hides = false;
        for object in objects.iter().filter(is_secret) {
            hides = true;
            for member in HIDDEN {
                for value in object.get(member).and_then(Value::as_object).into_iter().flatten() {
                    let Some(value) = value.1.as_str() else { continue };
                    values.insert(value.trim().to_owned());
                    let plain = STANDARD.decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                    values.extend(plain.map(|plain| plain.trim().to_owned()));
                }
            }
        }
        let mut values: Vec<String> = values.into_iter().filter(|value| value.len() >= SHORTEST).collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Veil { hides, values }
    }

    /// Whether anything is hidden.
    pub(super) fn hides(&self) -> bool {
        self.hides
    }

    /// The object with its values hidden.
    pub(super) fn object(&self, object: &Value) -> Value {
        let mut object = object.clone();
        if !self.hides {
            return object;
        }
        for member in HIDDEN {
            if let Some(value) = object.get_mut(member) {
                hide(value);
            }
        }
        if let Some(annotations) = object.pointer_mut("/metadata/annotations") {
            hide_copy(annotations);
        }
        object
    }

    /// A conflict as it is shown.
    pub(super) fn conflict(&self, conflict: &Conflict) -> Conflict {
        let veiled = |value: &Option<Value>| value.as_ref().map(|value| self.at(&conflict.place, value));
        Conflict {
            place: conflict.place.clone(),
            base: veiled(&conflict.base),
            theirs: veiled(&conflict.theirs),
            mine: veiled(&conflict.mine),
        }
    }

    /// A difference as it is shown.
    pub(super) fn difference(&self, found: &Difference) -> Difference {
        let veiled = |value: &Option<Value>| value.as_ref().map(|value| self.at(&found.place, value));
        Difference { place: found.place.clone(), before: veiled(&found.before), after: veiled(&found.after) }
    }

    fn at(&self, place: &str, value: &Value) -> Value {
        let mut value = value.clone();
        if !self.hides {
            return value;
        }
        let within = |member: &str| {
            place.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        if HIDDEN.iter().any(|member| within(member)) || place.contains(LAST_APPLIED) {
            hide(&mut value);
        } else if place == "metadata.annotations" {
            hide_copy(&mut value);
        } else if place == "metadata"
            && let Some(annotations) = value.get_mut("annotations")
        {
            hide_copy(annotations);
        }
        value
    }

    /// An error whose sentences hold none of the values.
    pub(super) fn error(&self, error: AppError) -> AppError {
        if !self.hides {
            return error;
        }
        match error {
            AppError::Invalid { issues } => AppError::Invalid {
                issues: issues
                    .into_iter()
                    .map(|issue| Issue { text: self.text(issue.text), ..issue })
                    .collect(),
            },
            AppError::Refused { text } => AppError::Refused { text: self.text(text) },
            AppError::Forbidden { verb, resource, scope, message } => {
                AppError::Forbidden { verb, resource, scope, message: self.sentence(message) }
            }
            other => other,
        }
    }

    fn text(&self, text: Text) -> Text {
        let arg = |arg| match arg {
            Arg::Raw(raw) => Arg::Raw(self.sentence(raw)),
            Arg::Text(text) => Arg::Text(self.text(text)),
        };
        Text { args: text.args.into_iter().map(arg).collect(), ..text }
    }

    /// A sentence that holds none of the values.
    pub(super) fn sentence(&self, sentence: String) -> String {
        self.values.iter().fold(sentence, |sentence, value| match sentence.contains(value.as_str()) {
            true => sentence.replace(value.as_str(), "••••••"),
            false => sentence,
        })
    }
}

/// Hides all that is not structure.
fn hide(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(hide),
        Value::Array(list) => list.iter_mut().for_each(hide),
        Value::Null => {}
        plain => *plain = mark(plain).into(),
    }
}

fn hide_copy(annotations: &mut Value) {
    if let Some(copy) = annotations.get_mut(LAST_APPLIED) {
        hide(copy);
    }
}

fn mark(value: &Value) -> String {
    // 32 bits tell two values apart, and are of no use without the key.
    let mark = KEY.hash_one(value.to_string()) & 0xffff_ffff;
    format!("•••••• ({mark:08x})")
}
