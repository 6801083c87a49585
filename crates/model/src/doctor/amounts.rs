//! Quantities (`k8s.io/apimachinery/pkg/api/resource`) and lengths of time.

use serde_json::Value;

use super::{
    Fix,
    read::{Node, Shape},
    scalars::source,
    text::ByteEdit,
    values::within,
};
use crate::{
    Severity, Text,
    quantity::{Quantity, QuantityError},
    words::doctor as words,
};

/// Seconds of what people write after a number.
const UNITS: &[(&str, f64)] = &[
    ("ms", 0.001),
    ("s", 1.0),
    ("sec", 1.0),
    ("secs", 1.0),
    ("second", 1.0),
    ("seconds", 1.0),
    ("m", 60.0),
    ("min", 60.0),
    ("mins", 60.0),
    ("minute", 60.0),
    ("minutes", 60.0),
    ("h", 3_600.0),
    ("hour", 3_600.0),
    ("hours", 3_600.0),
    ("d", 86_400.0),
    ("day", 86_400.0),
    ("days", 86_400.0),
];

/// Whether a field's members are quantities.
pub(super) fn holds_quantities(kind: &str, parent: &str, field: &str) -> bool {
    match field {
        "limits" | "requests" => parent == "resources" || parent == "capacity",
        "overhead" => parent == "spec",
        "hard" => kind == "ResourceQuota",
        "capacity" => kind == "PersistentVolume",
        "default" | "defaultRequest" | "max" | "min" | "maxLimitRequestRatio" => kind == "LimitRange",
        _ => false,
    }
}

/// An amount of the resource `of` (`cpu`, `memory`, `storage`).
pub(super) fn quantity(text: &str, of: &str, node: &Node) -> Option<Fix> {
    let Shape::Scalar(value) = &node.shape else { return None };
    let written = match value {
        Value::String(written) => written.as_str(),
        Value::Number(_) => source(text, node),
        _ => return None,
    };
    let of = of.rsplit('.').next().unwrap_or(of);
    let fix = |code, severity, say| Fix::new(code, severity, node.start, node.end, say);
    let mend = |fix: Fix, meant: &str| match within(text, node, meant) {
        Some(edit) => fix.mend(&words::DOCTOR_REPLACE, vec![edit]),
        None => fix,
    };
    match Quantity::parse(written) {
        Ok(amount) if amount.is_negative() => {
            let say = Text::new(&words::DOCTOR_QUANTITY_NEGATIVE, [written]);
            Some(fix("quantity", Severity::Error, say))
        }
        Ok(_) => {
            let (word, meant) = unit(written, of)?;
            let say = Text::new(&word, [written, meant.as_str()]);
            Some(mend(fix("quantity-unit", Severity::Warning, say), &meant))
        }
        // What JSON writes with an exponent is read as one.
        Err(_) if !value.is_string() => None,
        Err(_) => Some(match near(written, of) {
            Some(meant) => {
                let say = Text::new(&words::DOCTOR_QUANTITY, [written, meant.as_str()]);
                mend(fix("quantity", Severity::Error, say), &meant)
            }
            None => fix("quantity", Severity::Error, Text::new(&words::DOCTOR_QUANTITY_OTHER, [written])),
        }),
    }
}

/// A unit that is accepted and cannot be meant: millions of cores, thousandths of a byte.
fn unit(written: &str, of: &str) -> Option<(crate::Word, String)> {
    match of {
        "cpu" => {
            let number = written.strip_suffix("Mi").or_else(|| written.strip_suffix('M'))?;
            Some((words::DOCTOR_CPU_UNIT, format!("{number}m")))
        }
        "memory" | "storage" | "ephemeral-storage" => {
            let number = written.strip_suffix('m')?;
            Some((words::DOCTOR_MEMORY_UNIT, format!("{number}Mi")))
        }
        _ => None,
    }
}

/// The quantity that was likely meant.
fn near(written: &str, of: &str) -> Option<String> {
    let bare: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    // A comma before three digits may part thousands.
    let bare = match bare.split_once(',') {
        Some((_, after)) if after.chars().take_while(char::is_ascii_digit).count() == 3 => return None,
        Some((before, after)) => format!("{before}.{after}"),
        None => bare,
    };
    let meant = match Quantity::parse(&bare) {
        Ok(_) => bare,
        Err(QuantityError::Suffix(suffix, Some(unit))) => {
            // Bytes are no part of CPU.
            if of == "cpu" && !unit.is_empty() {
                return None;
            }
            // A kB, MB, GB is decimal, exactly what Kubernetes writes without the B.
            let decimal = match suffix.to_ascii_lowercase().as_str() {
                "kb" => "k",
                "mb" => "M",
                "gb" => "G",
                "tb" => "T",
                "pb" => "P",
                "eb" => "E",
                _ => unit,
            };
            format!("{}{decimal}", bare.strip_suffix(&suffix)?)
        }
        Err(_) => return None,
    };
    let good =
        Quantity::parse(&meant).is_ok_and(|amount| !amount.is_negative()) && unit(&meant, of).is_none();
    good.then_some(meant)
}

/// A number of seconds that is written with a unit.
pub(super) fn seconds(text: &str, name: &str, node: &Node) -> Option<Fix> {
    let Shape::Scalar(Value::String(written)) = &node.shape else { return None };
    // A number in quotes is told of as such by what knows the schema.
    if written.is_empty() || written.parse::<f64>().is_ok() {
        return None;
    }
    let fix = |say| Fix::new("duration", Severity::Error, node.start, node.end, say);
    Some(match in_seconds(written) {
        Some(seconds) if !source(text, node).contains(['\n', '\r']) => {
            let say =
                Text::new(&words::DOCTOR_DURATION, [name.to_owned(), written.clone(), seconds.to_string()]);
            let edit = ByteEdit::new(node.start, node.end, seconds.to_string());
            fix(say).mend(&words::DOCTOR_WRITE_NUMBER, vec![edit])
        }
        _ => fix(Text::new(&words::DOCTOR_DURATION_OTHER, [name, written])),
    })
}

/// `1h30m` or `30 seconds` in whole seconds.
fn in_seconds(written: &str) -> Option<u32> {
    let mut rest = written.trim();
    let mut sum = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|digits| *digits > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let unit = rest[..letters].to_ascii_lowercase();
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        sum += number * seconds;
        rest = rest[letters..].trim_start();
    }
    let whole = sum.round();
    let exact = (sum - whole).abs() < 1e-6 && whole <= f64::from(i32::MAX);
    // Bounded just above, and not negative.
    exact.then(|| format!("{whole}").parse().ok()).flatten()
}
