//! Objects as YAML text, the way kubectl writes them.

use serde_json::{Map, Value};

use crate::hidden::is_hidden;

/// Writes an object as YAML: two spaces, list items at their key's indentation, texts of several
/// lines as blocks, and quotes around everything that some YAML reader takes for something else
/// (`yes`, `0400`, `12:30`). Long texts are not folded, so that each stays on a line of its own. Characters that
/// nobody sees are written as escapes: what turns the direction of text must not rearrange an object on a page.
pub fn to_yaml(object: &Value) -> String {
    if !holds_hidden(object) {
        return written(object);
    }
    let mut hidden = Vec::new();
    let marked = mark(object, &mut hidden);
    let text = written(&marked);
    // They stand in the text in the order of the list.
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    for (place, string) in hidden.iter().enumerate() {
        let Some((before, after)) = rest.split_once(&stand_in(place)) else { break };
        out.push_str(before);
        out.push_str(&escaped(string));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn holds_hidden(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(is_hidden),
        Value::Array(items) => items.iter().any(holds_hidden),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains(is_hidden) || holds_hidden(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// How a stand-in begins.
const STAND_IN: &str = "stand-in-";

/// What is written in a string's place until the whole is text.
fn stand_in(place: usize) -> String {
    format!("{STAND_IN}{place}-")
}

/// The value with stand-ins for its strings that hold hidden characters, or look like a stand-in themselves; these
/// are added to the list in order.
fn mark(value: &Value, hidden: &mut Vec<String>) -> Value {
    match value {
        Value::String(text) => Value::String(mark_text(text, hidden)),
        Value::Array(items) => Value::Array(items.iter().map(|item| mark(item, hidden)).collect()),
        Value::Object(map) => {
            let mut marked = Map::new();
            for (key, value) in map {
                let key = mark_text(key, hidden);
                marked.insert(key, mark(value, hidden));
            }
            Value::Object(marked)
        }
        other => other.clone(),
    }
}

fn mark_text(text: &str, hidden: &mut Vec<String>) -> String {
    if !text.contains(is_hidden) && !text.contains(STAND_IN) {
        return text.to_owned();
    }
    hidden.push(text.to_owned());
    stand_in(hidden.len() - 1)
}

/// A double-quoted scalar (YAML 1.2, 5.7).
fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if is_hidden(c) && u32::from(c) < 0x100 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if is_hidden(c) && u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c if is_hidden(c) => out.push_str(&format!("\\U{:08x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn written(object: &Value) -> String {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    serde_saphyr::to_string_with_options(object, options)
        // JSON is YAML too: nothing is lost if the writer ever refuses.
        .unwrap_or_else(|_| serde_json::to_string_pretty(object).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::to_yaml;

    #[test]
    fn what_another_reader_would_mistake_is_quoted() {
        for (value, text) in [
            (json!("yes"), "\"yes\""),
            (json!("on"), "\"on\""),
            (json!("0400"), "\"0400\""),
            (json!("12:30"), "\"12:30\""),
            (json!("1e3"), "\"1e3\""),
            (json!("null"), "\"null\""),
            (json!("~"), "\"~\""),
            (json!("2001-01-01"), "\"2001-01-01\""),
            (json!("a: b"), "\"a: b\""),
            (json!("a #b"), "\"a #b\""),
            (json!(""), "\"\""),
            (json!("250m"), "250m"),
            (json!("nginx:1.27"), "nginx:1.27"),
            (json!(true), "true"),
            (json!(0), "0"),
            (json!({}), "{}"),
            (json!([]), "[]"),
            (json!(null), "null"),
        ] {
            assert_eq!(to_yaml(&json!({"key": value})), format!("key: {text}\n"));
        }
    }

    #[test]
    fn several_lines_are_a_block_and_lists_stand_at_their_key() {
        let object = json!({"data": {"run.sh": "#!/bin/sh\necho hi\n"}, "list": [{"a": 1, "b": [2]}]});
        let text = "data:\n  run.sh: |\n    #!/bin/sh\n    echo hi\nlist:\n- a: 1\n  b:\n  - 2\n";
        assert_eq!(to_yaml(&object), text);
    }

    #[test]
    fn what_nobody_sees_is_escaped_and_reads_back_the_same() {
        for (text, written) in [
            ("a\u{202e}b", "\"a\\u202eb\""),
            ("\u{1b}[31m\"q\"\\", "\"\\x1b[31m\\\"q\\\"\\\\\""),
            ("two\nlines\r\n", "\"two\\nlines\\x0d\\n\""),
            ("\u{e0041}", "\"\\U000e0041\""),
            ("\0", "\"\\x00\""),
        ] {
            assert_eq!(to_yaml(&json!({"key": text})), format!("key: {written}\n"));
        }
        let stand_in = super::stand_in(0);
        let object = json!({
            "a\u{202e}": {"\u{200b}": ["x\u{feff}", "plain", {"deep": "\u{2066}\u{9b}"}]},
            "own": stand_in, "more": "\u{202e}", "block": "two\nlines\n",
        });
        let yaml = to_yaml(&object);
        assert!(!yaml.contains(crate::hidden::is_hidden), "{yaml}");
        assert_eq!(serde_saphyr::from_str::<serde_json::Value>(&yaml).unwrap(), object);
    }
}
