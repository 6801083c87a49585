//! Objects as YAML text, the way kubectl writes them.

use serde_json::Value;

/// Writes an object as YAML: two spaces, list items at their key's indentation, texts of several
/// lines as blocks, and quotes around everything that some YAML reader takes for something else
/// (`yes`, `0400`, `12:30`). Long texts are not folded, so that each stays on a line of its own.
pub fn to_yaml(object: &Value) -> String {
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
}
