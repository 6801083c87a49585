//! Whether a text holds a Secret, so that what keeps texts keeps none of it.

/// Whether a document of the text seems to be a Secret: a member `kind` with the value `Secret`, in YAML or JSON,
/// whether the rest of the text can be read or not. It rather says so once too often: in a comment, or in a
/// reference to one.
pub fn holds_secret(text: &str) -> bool {
    text.match_indices("kind").any(|(at, word)| {
        let mut rest = &text[at + word.len()..];
        let mut is_member = false;
        loop {
            let start = rest.find(|c: char| c.is_alphanumeric()).unwrap_or(rest.len());
            let (between, value) = rest.split_at(start);
            is_member |= between.contains(':');
            let end = value.find(|c: char| !c.is_alphanumeric()).unwrap_or(value.len());
            // An anchor or a tag may stand before the value.
            if is_member && between.ends_with(['&', '!']) && end > 0 {
                rest = &value[end..];
                continue;
            }
            return is_member && &value[..end] == "Secret";
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_seen_however_it_is_written() {
        for (text, holds) in [
            ("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n", true),
            ("kind:   'Secret'  # x", true),
            ("\"kind\" : \"Secret\"", true),
            (r#"{"apiVersion":"v1","kind":"Secret","data":{}}"#, true),
            ("{kind: Secret, data: {a: b}}", true),
            ("kind:\n  Secret", true),
            ("kind: &k Secret", true),
            ("kind: !!str Secret", true),
            ("kind: List\nitems:\n- kind: Secret\n", true),
            ("a: [\nkind: ConfigMap\n---\nkind: Secret\ndata: {", true),
            ("kind: Sec", false),
            ("kind: SecretStore", false),
            ("kind: ConfigMap\ndata: {a: Secret}", false),
            ("kind: StatefulSet\nspec: {secretName: Secret}", false),
            ("kinds of Secret things", false),
            ("kind", false),
            ("kind:", false),
            ("", false),
        ] {
            assert_eq!(holds_secret(text), holds, "{text}");
        }
    }
}
