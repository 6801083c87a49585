//! Keys and values of labels and annotations (PS 12.6).

use super::{LABEL_MAX, SUBDOMAIN_MAX, subdomain};
use crate::{Text, words::rules as w};

/// Most bytes of all annotations of one object together
/// (`validation.TotalAnnotationSizeLimitB`).
pub const ANNOTATIONS_MAX: usize = 256 * 1024;

/// Most labels of a registered cluster. PS 2.2 names no limit; each is shown, and none is longer than a key and
/// a value, so that this bounds them in bytes too.
pub const CLUSTER_LABELS_MAX: usize = 100;

/// Key of a label, `[prefix/]name` (`validation.IsQualifiedName`).
pub fn label_key(key: &str) -> Option<Text> {
    if key.is_empty() {
        return Some(w::KEY_MISSING.into());
    }
    let name = match key.split_once('/') {
        None => key,
        Some(("", _)) => return Some(w::KEY_PREFIX_MISSING.into()),
        Some((_, name)) if name.contains('/') => return Some(w::KEY_SLASHES.into()),
        Some((prefix, name)) => {
            if prefix.len() > SUBDOMAIN_MAX || subdomain(prefix).is_some() {
                return Some(Text::new(&w::KEY_PREFIX, [crate::hidden::visible(prefix).into_owned()]));
            }
            name
        }
    };
    if name.is_empty() {
        return Some(w::KEY_NAME_MISSING.into());
    }
    if name.len() > LABEL_MAX {
        return Some(Text::new(&w::KEY_LONG, [name.len().to_string(), LABEL_MAX.to_string()]));
    }
    match wrong_character(name) {
        Some(c) => Some(Text::new(&w::KEY_CHARACTER, [super::shown(c)])),
        None => (!ends_are_good(name)).then(|| w::KEY_ENDS.into()),
    }
}

/// Value of a label: empty, or at most 63 characters of the same alphabet
/// (`validation.IsValidLabelValue`).
pub fn label_value(value: &str) -> Option<Text> {
    if value.is_empty() {
        return None;
    }
    if let Some(c) = wrong_character(value) {
        return Some(Text::new(
            &w::VALUE_CHARACTER,
            [if c.is_whitespace() { "␣".to_owned() } else { super::shown(c) }],
        ));
    }
    if value.len() > LABEL_MAX {
        return Some(Text::new(&w::TEXT_LONG, [value.len().to_string(), LABEL_MAX.to_string()]));
    }
    (!ends_are_good(value)).then(|| w::VALUE_ENDS.into())
}

/// Key of an annotation: as a label's, capital letters allowed in the prefix too
/// (`validation.ValidateAnnotations` lowers the key before it looks).
pub fn annotation_key(key: &str) -> Option<Text> {
    label_key(&key.to_ascii_lowercase())
}

/// All annotations of one object together: keys and values at most [`ANNOTATIONS_MAX`] bytes.
pub fn annotations_size<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<Text> {
    let bytes: usize = pairs.into_iter().map(|(key, value)| key.len() + value.len()).sum();
    (bytes > ANNOTATIONS_MAX).then(|| {
        Text::new(&w::ANNOTATIONS_LARGE, [(bytes / 1024).to_string(), (ANNOTATIONS_MAX / 1024).to_string()])
    })
}

/// All labels of one registered cluster together: at most [`CLUSTER_LABELS_MAX`].
pub fn cluster_labels_count(count: usize) -> Option<Text> {
    (count > CLUSTER_LABELS_MAX)
        .then(|| Text::new(&w::LABELS_MANY, [count.to_string(), CLUSTER_LABELS_MAX.to_string()]))
}

fn wrong_character(text: &str) -> Option<char> {
    text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
}

fn ends_are_good(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: Option<Text>) -> String {
        text.map(|text| text.key.rsplit("::").next().unwrap_or_default().to_owned()).unwrap_or_default()
    }

    #[test]
    fn keys() {
        let long = "a".repeat(64);
        for (key, said) in [
            ("app", ""),
            ("App_1.x-y", ""),
            ("app.kubernetes.io/name", ""),
            ("", "KEY_MISSING"),
            ("/a", "KEY_PREFIX_MISSING"),
            ("a/", "KEY_NAME_MISSING"),
            ("a/b/c", "KEY_SLASHES"),
            ("A.b/c", "KEY_PREFIX"),
            ("a..b/c", "KEY_PREFIX"),
            ("-a", "KEY_ENDS"),
            ("a b", "KEY_CHARACTER"),
            ("käse", "KEY_CHARACTER"),
            (long.as_str(), "KEY_LONG"),
        ] {
            assert_eq!(says(label_key(key)), said, "{key:?}");
        }
        assert_eq!(says(annotation_key("A.b/C")), "");
    }

    #[test]
    fn what_nobody_sees_is_named_visibly() {
        for text in [label_value("a\u{202e}b"), label_key("a\u{1b}b"), label_key("a\u{202e}.b/c")] {
            let said = text.unwrap().render(crate::Lang::En);
            assert!(!said.contains(crate::hidden::is_hidden), "{said:?}");
        }
    }

    #[test]
    fn values() {
        let long = "a".repeat(64);
        for (value, said) in [
            ("", ""),
            ("1.2_3-x", ""),
            ("a b", "VALUE_CHARACTER"),
            ("a/b", "VALUE_CHARACTER"),
            (".a", "VALUE_ENDS"),
            ("a-", "VALUE_ENDS"),
            (long.as_str(), "TEXT_LONG"),
        ] {
            assert_eq!(says(label_value(value)), said, "{value:?}");
        }
    }

    #[test]
    fn annotations_have_a_limit_together() {
        let half = "x".repeat(ANNOTATIONS_MAX / 2);
        assert!(annotations_size([("", half.as_str()), ("", &half)]).is_none());
        assert!(annotations_size([("k", half.as_str()), ("", &half)]).is_some());
    }
}
