//! Short ways to read and write Kubernetes objects held as JSON.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Readers that answer with an empty or absent value where a path is missing.
pub(crate) trait Object {
    /// The value at `path`, or null.
    fn at(&self, path: &str) -> &Value;
    /// The text at `path`, or the empty text.
    fn text(&self, path: &str) -> &str;
    /// The whole number at `path`.
    fn int(&self, path: &str) -> Option<i64>;
    /// The list at `path`, or an empty one.
    fn list(&self, path: &str) -> &[Value];
    /// `metadata.name`.
    fn name(&self) -> &str {
        self.text("/metadata/name")
    }
    /// `metadata.namespace`.
    fn namespace(&self) -> &str {
        self.text("/metadata/namespace")
    }
    /// `metadata.uid`.
    fn uid(&self) -> &str {
        self.text("/metadata/uid")
    }
    /// Whether deletion has begun.
    fn deleting(&self) -> bool {
        !self.text("/metadata/deletionTimestamp").is_empty()
    }
    /// The controlling owner reference, if any.
    fn controller(&self) -> Option<&Value> {
        self.list("/metadata/ownerReferences").iter().find(|owner| owner["controller"] == true)
    }
    /// Whether the object is controlled by the object of that uid.
    fn controlled_by(&self, uid: &str) -> bool {
        self.controller().is_some_and(|owner| owner["uid"] == uid)
    }
    /// Writes a value, making the maps on the way; does nothing where a non-map stands on the way.
    fn put(&mut self, path: &str, value: impl Into<Value>);
    /// Removes a key of a map.
    fn drop_key(&mut self, path: &str);
}

impl Object for Value {
    fn at(&self, path: &str) -> &Value {
        self.pointer(path).unwrap_or(&Value::Null)
    }

    fn text(&self, path: &str) -> &str {
        self.at(path).as_str().unwrap_or_default()
    }

    fn int(&self, path: &str) -> Option<i64> {
        self.at(path).as_i64()
    }

    fn list(&self, path: &str) -> &[Value] {
        self.at(path).as_array().map_or(&[], Vec::as_slice)
    }

    fn put(&mut self, path: &str, value: impl Into<Value>) {
        let mut here = self;
        let mut keys = path.split('/').skip(1).peekable();
        while let Some(key) = keys.next() {
            if here.is_null() {
                *here = Value::Object(Map::new());
            }
            let Value::Object(map) = here else { return };
            let key = key.replace("~1", "/").replace("~0", "~");
            if keys.peek().is_none() {
                map.insert(key, value.into());
                return;
            }
            here = map.entry(key).or_insert(Value::Null);
        }
    }

    fn drop_key(&mut self, path: &str) {
        if let Some((parent, key)) = path.rsplit_once('/')
            && let Some(Value::Object(map)) = self.pointer_mut(parent)
        {
            map.shift_remove(key);
        }
    }
}

/// Whether a value says nothing: null, "", [], {}, as Go's `omitempty` sees it.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The time now in whole seconds, as `metadata.creationTimestamp` writes it.
pub(crate) fn now() -> String {
    seconds_from_now(0)
}

/// The time `offset` seconds from now (negative: in the past), in whole seconds.
pub(crate) fn seconds_from_now(offset: i64) -> String {
    let second = Timestamp::now().as_second().saturating_add(offset);
    Timestamp::from_second(second).map(|time| time.to_string()).unwrap_or_default()
}

/// The moment an RFC 3339 text names, in milliseconds since the epoch.
pub(crate) fn millis_of(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// Seconds from the moment that `text` names until now; 0 when it cannot be read.
pub(crate) fn age_seconds(text: &str) -> i64 {
    text.parse::<Timestamp>().map_or(0, |time| Timestamp::now().as_second() - time.as_second())
}
