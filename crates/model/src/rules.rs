//! The rules for single values (PS 2.2, 8.5, 12.6): each says what is wrong and what to do, or
//! nothing when the value is good.
//!
//! They are the API server's own rules (`k8s.io/apimachinery/pkg/util/validation`) so that what
//! passes here passes there, and the product's where it is stricter.

mod image;
pub mod immutable;
mod label;
mod secret;

use crate::{
    Text,
    quantity::{Quantity, QuantityError},
    words::rules as w,
};

pub use image::{image, is_floating};
pub use secret::holds_secret;

pub use label::{
    ANNOTATIONS_MAX, CLUSTER_LABELS_MAX, annotation_key, annotations_size, cluster_labels_count, label_key,
    label_value,
};

/// Longest DNS label (RFC 1123, `validation.DNS1123LabelMaxLength`), in characters.
pub const LABEL_MAX: usize = 63;

/// Longest DNS subdomain (RFC 1123, `validation.DNS1123SubdomainMaxLength`), in characters.
pub const SUBDOMAIN_MAX: usize = 253;

/// Longest StatefulSet name whose pods can be created: they carry the label
/// `controller-revision-hash: <name>-<10 characters>` of at most 63 (kubernetes issue 64023).
pub const STATEFUL_SET_SAFE: usize = 52;

/// Longest description (PS 8.2), in Unicode scalar values.
pub const DESCRIPTION_MAX: usize = 512;

/// Longest cluster alias (PS 2.2), in Unicode scalar values.
pub const CLUSTER_ALIAS_MAX: usize = 60;

/// Longest alias of a workload, in Unicode scalar values. PS 8.2 names none; this is a cluster's.
pub const WORKLOAD_ALIAS_MAX: usize = CLUSTER_ALIAS_MAX;

/// Longest region or zone of a cluster, in Unicode scalar values. PS 2.2 leaves it free; the nodes' own are
/// values of labels.
pub const CLUSTER_PLACE_MAX: usize = LABEL_MAX;

/// Name of a workload, a container, a volume (PS 8.5): a DNS-1123 label.
pub fn workload_name(name: &str) -> Option<Text> {
    if name.is_empty() {
        return Some(w::NAME_MISSING.into());
    }
    dns_label(name)
}

/// Alias of a workload (PS 8.2): any characters, at most [`WORKLOAD_ALIAS_MAX`].
pub fn workload_alias(alias: &str) -> Option<Text> {
    at_most(alias, WORKLOAD_ALIAS_MAX)
}

/// Name of a container (PS 8.5): a DNS-1123 label.
pub fn container_name(name: &str) -> Option<Text> {
    workload_name(name)
}

/// Name of a namespace (PS 3.2): a DNS-1123 label.
pub fn namespace_name(name: &str) -> Option<Text> {
    if name.is_empty() {
        return Some(w::NAMESPACE_MISSING.into());
    }
    dns_label(name)
}

/// Name of a registered cluster (PS 2.2): a DNS-1123 label.
pub fn cluster_name(name: &str) -> Option<Text> {
    workload_name(name)
}

/// Alias of a registered cluster (PS 2.2): any characters, at most [`CLUSTER_ALIAS_MAX`].
pub fn cluster_alias(alias: &str) -> Option<Text> {
    at_most(alias, CLUSTER_ALIAS_MAX)
}

/// Region or zone of a registered cluster (PS 2.2): any characters, at most [`CLUSTER_PLACE_MAX`].
pub fn cluster_place(text: &str) -> Option<Text> {
    at_most(text, CLUSTER_PLACE_MAX)
}

/// Name of a ConfigMap, Secret, claim (PS 8.5): a DNS-1123 subdomain
/// (`validation.IsDNS1123Subdomain`).
pub fn object_name(name: &str) -> Option<Text> {
    if name.is_empty() {
        return Some(w::NAME_MISSING.into());
    }
    subdomain(name)
}

/// Name of a Service (PS 8.5): a DNS-1035 label, so it begins with a letter
/// (`validation.IsDNS1035Label`).
pub fn service_name(name: &str) -> Option<Text> {
    // Before the rest, so that what that advises begins with a letter too.
    let bare = name.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    if bare.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(w::NAME_LETTER.into());
    }
    workload_name(name)
}

/// What a StatefulSet of that name will run into although the API server accepts it (PS 8.2).
pub fn stateful_set_name_warning(name: &str) -> Option<Text> {
    let length = name.chars().count();
    (length > STATEFUL_SET_SAFE && length <= LABEL_MAX)
        .then(|| Text::new(&w::NAME_STATEFUL_SET_LONG, [length.to_string(), STATEFUL_SET_SAFE.to_string()]))
}

/// Description (PS 8.2): at most [`DESCRIPTION_MAX`] characters.
pub fn description(text: &str) -> Option<Text> {
    at_most(text, DESCRIPTION_MAX)
}

/// A count of at least zero that fits the API's `int32` (PS 8.5: replicas and the like).
pub fn count(text: &str) -> Option<Text> {
    let text = text.trim();
    if text.is_empty() {
        return Some(w::COUNT_MISSING.into());
    }
    match text.parse::<i128>() {
        Ok(number) if number < 0 => Some(w::COUNT_NEGATIVE.into()),
        Ok(number) if number > i128::from(i32::MAX) => {
            Some(Text::new(&w::COUNT_LARGE, [i32::MAX.to_string()]))
        }
        Ok(_) => None,
        Err(_) => Some(Text::new(&w::COUNT_NOT_WHOLE, [text])),
    }
}

/// An amount of CPU: a quantity, not negative, in whole thousandths of a core
/// (`resource.Quantity`; Kubernetes documents 1m as the finest CPU).
pub fn cpu(text: &str) -> Option<Text> {
    match quantity(text) {
        Ok(amount) if !amount.is_whole_milli() => Some(w::CPU_FINE.into()),
        Ok(_) => None,
        Err(text) => Some(text),
    }
}

/// An amount of memory: a quantity, not negative, in whole bytes.
pub fn memory(text: &str) -> Option<Text> {
    match quantity(text) {
        Ok(amount) if !amount.is_whole() => Some(Text::new(&w::MEMORY_FRACTION, [text])),
        Ok(_) => None,
        Err(text) => Some(text),
    }
}

/// A request above its limit is refused (`validation.ValidateResourceRequirements`). Both texts are
/// quantities; one that is not says nothing here.
pub fn request_within_limit(request: &str, limit: &str) -> Option<Text> {
    match (Quantity::parse(request), Quantity::parse(limit)) {
        (Ok(asked), Ok(most)) if asked > most => Some(Text::new(&w::REQUEST_OVER_LIMIT, [request, limit])),
        _ => None,
    }
}

fn quantity(text: &str) -> Result<Quantity, Text> {
    match Quantity::parse(text) {
        Ok(amount) if amount.is_negative() => Err(w::QUANTITY_NEGATIVE.into()),
        Ok(amount) => Ok(amount),
        Err(QuantityError::Empty) => Err(w::QUANTITY_MISSING.into()),
        Err(QuantityError::NotANumber) => Err(Text::new(&w::QUANTITY_NOT_A_NUMBER, [text])),
        Err(QuantityError::TooLarge) => Err(w::QUANTITY_LARGE.into()),
        Err(QuantityError::Suffix(suffix, hint)) => Err(match hint {
            Some("") => Text::new(&w::QUANTITY_NO_UNIT, [suffix.trim()]),
            Some(unit) => Text::new(&w::QUANTITY_UNIT_HINT, [suffix.trim(), unit]),
            None => Text::new(&w::QUANTITY_UNIT, [suffix.trim()]),
        }),
    }
}

/// Text that a person wrote, shown as it is: not too long, and nothing in it that cannot be shown.
fn at_most(text: &str, most: usize) -> Option<Text> {
    let control = text.chars().find(|char| char.is_control() && !matches!(char, '\n' | '\r' | '\t'));
    if let Some(char) = control {
        return Some(Text::new(&w::TEXT_CONTROL, [format!("U+{:04X}", u32::from(char))]));
    }
    let length = text.chars().count();
    (length > most).then(|| Text::new(&w::TEXT_LONG, [length.to_string(), most.to_string()]))
}

/// A DNS-1123 label (`validation.IsDNS1123Label`), for text that is not empty.
fn dns_label(name: &str) -> Option<Text> {
    if name.contains('.') {
        return Some(Text::new(&w::NAME_CHARACTER, ["."]));
    }
    dns_characters(name, LABEL_MAX, dns_label)
}

/// A DNS-1123 subdomain: labels joined by dots, for text that is not empty.
fn subdomain(name: &str) -> Option<Text> {
    if let Some(text) = dns_characters(name, SUBDOMAIN_MAX, subdomain) {
        return Some(text);
    }
    name.split('.')
        .any(|part| part.is_empty() || part.starts_with('-') || part.ends_with('-'))
        .then(|| w::NAME_DOTS.into())
}

/// A character as a sentence names it: one that nobody sees by its sign or number.
fn shown(c: char) -> String {
    crate::hidden::visible(c.encode_utf8(&mut [0; 4])).into_owned()
}

/// Length, characters and both ends of a DNS name; dots count as letters. `rule` is the whole rule, which
/// a name that is advised has to pass.
fn dns_characters(name: &str, most: usize, rule: fn(&str) -> Option<Text>) -> Option<Text> {
    let wrong = name.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-' | '.'));
    match wrong {
        Some(c) if c.is_ascii_uppercase() => {
            let advice = near_name(name);
            let good = !advice.is_empty() && rule(&advice).is_none();
            return Some(if good {
                Text::new(&w::NAME_CAPITAL, [advice])
            } else {
                Text::new(&w::NAME_CHARACTER, [shown(c)])
            });
        }
        Some(c) if c.is_whitespace() => return Some(w::NAME_SPACE.into()),
        Some(c) => return Some(Text::new(&w::NAME_CHARACTER, [shown(c)])),
        None => {}
    }
    if name.len() > most {
        return Some(Text::new(&w::TEXT_LONG, [name.len().to_string(), most.to_string()]));
    }
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Some(w::NAME_START.into());
    }
    (!name.ends_with(|c: char| c.is_ascii_alphanumeric())).then(|| w::NAME_END.into())
}

/// The name that a person likely meant: lower case, hyphens for what is not allowed, nothing around it.
pub(crate) fn near_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let allowed = lower.replace(|c: char| !matches!(c, 'a'..='z' | '0'..='9' | '-' | '.'), "-");
    allowed.trim_matches(['-', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the sentence a rule gives, or empty.
    fn says(rule: impl Fn(&str) -> Option<Text>, value: &str) -> String {
        rule(value)
            .map(|text| text.key.rsplit("::").next().unwrap_or_default().to_owned())
            .unwrap_or_default()
    }

    #[test]
    fn names() {
        let long = "a".repeat(63);
        for (value, key) in [
            ("web", ""),
            ("0", ""),
            ("a-b-9", ""),
            (long.as_str(), ""),
            ("", "NAME_MISSING"),
            ("Web", "NAME_CAPITAL"),
            ("-web", "NAME_START"),
            ("web-", "NAME_END"),
            ("web.x", "NAME_CHARACTER"),
            ("web_x", "NAME_CHARACTER"),
            ("wéb", "NAME_CHARACTER"),
            ("web x", "NAME_SPACE"),
            (&"a".repeat(64), "TEXT_LONG"),
        ] {
            assert_eq!(says(workload_name, value), key, "{value:?}");
        }
        for (value, key) in [
            ("a.b", ""),
            ("a..b", "NAME_DOTS"),
            ("a.-b", "NAME_DOTS"),
            (".a", "NAME_START"),
            (&"a".repeat(254), "TEXT_LONG"),
        ] {
            assert_eq!(says(object_name, value), key, "{value:?}");
        }
        assert_eq!(says(service_name, "9web"), "NAME_LETTER");
        assert_eq!(says(namespace_name, ""), "NAMESPACE_MISSING");
        assert_eq!(says(cluster_alias, &"字".repeat(60)), "");
        assert_eq!(says(cluster_alias, &"字".repeat(61)), "TEXT_LONG");
        assert_eq!(says(cluster_place, &"字".repeat(63)), "");
        assert_eq!(says(cluster_place, &"字".repeat(64)), "TEXT_LONG");
        assert_eq!(says(description, &"字".repeat(512)), "");
        assert_eq!(says(description, &"字".repeat(513)), "TEXT_LONG");
    }

    #[test]
    fn a_name_that_is_advised_is_good() {
        let long = format!("W{}", "a".repeat(63));
        for (rule, value, expected) in [
            (workload_name as fn(&str) -> Option<Text>, "Web", "Write web."),
            (workload_name, "Bad_Name", "Write bad-name."),
            (workload_name, "My App!", "Write my-app."),
            (workload_name, "-Web-", "Write web."),
            (workload_name, "Wéb", "Write w-b."),
            (object_name, "Web.", "Write web."),
            (object_name, "Web..x", "The character W is not allowed"),
            (workload_name, &long, "The character W is not allowed"),
            (service_name, "9Web", "begins with a letter"),
            (service_name, "-9Web", "begins with a letter"),
        ] {
            let said = rule(value).map(|text| text.render(crate::Lang::En)).unwrap_or_default();
            assert!(said.contains(expected), "{value}: {said}");
            let advice = said.split_once("Write ").map(|(_, advice)| advice.trim_end_matches('.'));
            assert_eq!(advice.and_then(rule), None, "{value}: {said}");
        }
    }

    #[test]
    fn long_stateful_set_names_warn() {
        for (length, key) in
            [(52, ""), (53, "NAME_STATEFUL_SET_LONG"), (63, "NAME_STATEFUL_SET_LONG"), (64, "")]
        {
            assert_eq!(says(stateful_set_name_warning, &"a".repeat(length)), key, "{length}");
        }
    }

    #[test]
    fn counts() {
        for (value, key) in [
            ("0", ""),
            (" 3 ", ""),
            ("2147483647", ""),
            ("2147483648", "COUNT_LARGE"),
            ("-1", "COUNT_NEGATIVE"),
            ("1.5", "COUNT_NOT_WHOLE"),
            ("three", "COUNT_NOT_WHOLE"),
            ("", "COUNT_MISSING"),
        ] {
            assert_eq!(says(count, value), key, "{value:?}");
        }
    }

    #[test]
    fn amounts() {
        for (value, key) in [
            ("250m", ""),
            ("0.25", ""),
            ("0.5m", "CPU_FINE"),
            ("-1", "QUANTITY_NEGATIVE"),
            ("", "QUANTITY_MISSING"),
            ("much", "QUANTITY_NOT_A_NUMBER"),
            ("1 core", "QUANTITY_NO_UNIT"),
        ] {
            assert_eq!(says(cpu, value), key, "{value:?}");
        }
        for (value, key) in [
            ("512Mi", ""),
            ("1.5Gi", ""),
            ("512MB", "QUANTITY_UNIT_HINT"),
            ("512x", "QUANTITY_UNIT"),
            ("100m", "MEMORY_FRACTION"),
        ] {
            assert_eq!(says(memory, value), key, "{value:?}");
        }
        assert!(request_within_limit("1", "999m").is_some());
        assert!(request_within_limit("1Gi", "1024Mi").is_none());
        assert!(request_within_limit("", "1").is_none());
    }
}
