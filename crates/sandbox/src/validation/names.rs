//! Rules for names, labels and keys, in the API server's words; each answers with the broken rules.

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const QUALIFIED: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
/// Longest DNS label.
pub(crate) const LABEL_LENGTH: usize = 63;
/// Longest DNS subdomain.
const SUBDOMAIN_LENGTH: usize = 253;

/// As names word it; labels count bytes instead.
fn too_long(limit: usize) -> String {
    format!("must be no more than {limit} characters")
}

fn too_many_bytes(limit: usize) -> String {
    format!("must be no more than {limit} bytes")
}

fn lower_alnum(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Whether the text has ends that satisfy `end` and a middle that satisfies `end` or is one of `inner`.
fn shaped(text: &str, end: fn(u8) -> bool, inner: &[u8]) -> bool {
    let bytes = text.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(first), Some(last)) if end(*first) && end(*last))
        && bytes.iter().all(|byte| end(*byte) || inner.contains(byte))
}

/// A DNS label (RFC 1123).
pub(crate) fn dns_label(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if text.len() > LABEL_LENGTH {
        problems.push(too_long(LABEL_LENGTH));
    }
    if !shaped(text, lower_alnum, b"-") {
        if text.contains('.') && dns_subdomain(text).is_empty() {
            problems.push("must not contain dots".to_owned());
        } else {
            problems.push(format!("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{LABEL}')"));
        }
    }
    problems
}

/// A DNS subdomain (RFC 1123).
pub(crate) fn dns_subdomain(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if text.len() > SUBDOMAIN_LENGTH {
        problems.push(too_long(SUBDOMAIN_LENGTH));
    }
    if !text.split('.').all(|part| shaped(part, lower_alnum, b"-")) {
        problems.push(format!("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{SUBDOMAIN}')"));
    }
    problems
}

/// A DNS label that begins with a letter (RFC 1035), as older Services need it.
pub(crate) fn dns_1035_label(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if text.len() > LABEL_LENGTH {
        problems.push(too_long(LABEL_LENGTH));
    }
    if !shaped(text, lower_alnum, b"-") || !text.as_bytes().first().is_some_and(u8::is_ascii_lowercase) {
        problems.push("a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')".to_owned());
    }
    problems
}

/// A label or annotation key.
pub(crate) fn qualified_name(text: &str) -> Vec<String> {
    let shape = format!(
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{QUALIFIED}')"
    );
    let mut problems = Vec::new();
    let parts: Vec<&str> = text.split('/').collect();
    let name = match parts.as_slice() {
        [name] => *name,
        [prefix, name] => {
            if prefix.is_empty() {
                problems.push("prefix part must be non-empty".to_owned());
            } else {
                problems.extend(
                    dns_subdomain(prefix).into_iter().map(|problem| format!("prefix part {problem}")),
                );
            }
            *name
        }
        _ => {
            return vec![format!(
                "a valid label key {shape} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
            )];
        }
    };
    if name.is_empty() {
        problems.push("name part must be non-empty".to_owned());
    } else if name.len() > LABEL_LENGTH {
        problems.push(format!("name part {}", too_many_bytes(LABEL_LENGTH)));
    }
    if !shaped(name, |byte| byte.is_ascii_alphanumeric(), b"-_.") {
        problems.push(format!("name part {shape}"));
    }
    problems
}

/// A label value.
pub(crate) fn label_value(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if text.len() > LABEL_LENGTH {
        problems.push(too_many_bytes(LABEL_LENGTH));
    }
    if !text.is_empty() && !shaped(text, |byte| byte.is_ascii_alphanumeric(), b"-_.") {
        problems.push(format!("a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '({QUALIFIED})?')"));
    }
    problems
}

/// A key of a ConfigMap or Secret.
pub(crate) fn config_key(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if text.len() > SUBDOMAIN_LENGTH {
        problems.push(too_long(SUBDOMAIN_LENGTH));
    }
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
        problems.push("a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')".to_owned());
    }
    if text == "." {
        problems.push("must not be '.'".to_owned());
    } else if text == ".." {
        problems.push("must not be '..'".to_owned());
    } else if text.starts_with("..") {
        problems.push("must not start with '..'".to_owned());
    }
    problems
}

/// An environment variable's name: any printable ASCII but `=` since 1.34.
pub(crate) fn env_name(text: &str) -> Vec<String> {
    if text.is_empty() {
        return vec!["environment variable name must be non-empty".to_owned()];
    }
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'=') {
        return Vec::new();
    }
    vec![
        "a valid environment variable name must consist only of printable ASCII characters other than '='"
            .to_owned(),
    ]
}

/// A port's name.
pub(crate) fn port_name(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if text.len() > 15 {
        problems.push(too_long(15));
    }
    if text.is_empty() || !text.bytes().all(|byte| lower_alnum(byte) || byte == b'-') {
        problems.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".to_owned());
    }
    if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        problems.push("must contain at least one letter (a-z)".to_owned());
    }
    if text.contains("--") {
        problems.push("must not contain consecutive hyphens".to_owned());
    }
    if text.starts_with('-') || text.ends_with('-') {
        problems.push("must not begin or end with a hyphen".to_owned());
    }
    problems
}

/// A name of an RBAC object: a path segment.
pub(crate) fn path_segment(text: &str) -> Vec<String> {
    match text {
        "." => vec!["may not be '.'".to_owned()],
        ".." => vec!["may not be '..'".to_owned()],
        _ => ['/', '%']
            .iter()
            .filter(|sign| text.contains(**sign))
            .map(|sign| format!("may not contain '{sign}'"))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_as_the_api_server_does() {
        type Rule = fn(&str) -> Vec<String>;
        let table: [(Rule, &str, usize); 16] = [
            (dns_label, "web-0", 0),
            (dns_label, "Web", 1),
            (dns_label, "a.b", 1),
            (dns_label, "-a", 1),
            (dns_subdomain, "a.b-c.d", 0),
            (dns_subdomain, "a..b", 1),
            (dns_1035_label, "1a", 1),
            (qualified_name, "app.kubernetes.io/name", 0),
            (qualified_name, "/x", 1),
            (qualified_name, "a/b/c", 1),
            (qualified_name, "", 2),
            (label_value, "", 0),
            (label_value, "a b", 1),
            (port_name, "http", 0),
            (port_name, "80", 1),
            (config_key, "a/b", 1),
        ];
        for (rule, text, problems) in table {
            assert_eq!(rule(text).len(), problems, "{text}: {:?}", rule(text));
        }
    }
}
