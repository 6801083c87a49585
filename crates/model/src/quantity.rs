//! Kubernetes quantities, exactly: no floats (`k8s.io/apimachinery/pkg/api/resource`).
//!
//! A quantity is a decimal number with a suffix: decimal (`n u m k M G T P E`), binary
//! (`Ki Mi Gi Ti Pi Ei`) or an exponent (`e3`). Kubernetes keeps nothing finer than a billionth and
//! rounds up to it; so do we.

use std::fmt;

/// Billionths in one unit: the finest part a quantity can hold.
const NANO: i128 = 1_000_000_000;

/// An amount of something, counted in billionths of its unit (a core, a byte, a piece).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i128);

/// Why text is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Nothing was written.
    #[error("empty")]
    Empty,
    /// It does not begin with a number.
    #[error("not a number")]
    NotANumber,
    /// The number is followed by a suffix Kubernetes does not know; the second is what was probably
    /// meant.
    #[error("unknown suffix {0}")]
    Suffix(String, Option<&'static str>),
    /// More than can be counted.
    #[error("too large")]
    TooLarge,
}

/// What people write, and what Kubernetes calls it.
const HINTS: &[(&str, &str)] = &[
    ("b", ""),
    ("byte", ""),
    ("bytes", ""),
    ("k", "Ki"),
    ("kb", "Ki"),
    ("mb", "Mi"),
    ("gb", "Gi"),
    ("tb", "Ti"),
    ("pb", "Pi"),
    ("eb", "Ei"),
    ("kib", "Ki"),
    ("mib", "Mi"),
    ("gib", "Gi"),
    ("tib", "Ti"),
    ("pib", "Pi"),
    ("eib", "Ei"),
    ("ki", "Ki"),
    ("mi", "Mi"),
    ("gi", "Gi"),
    ("ti", "Ti"),
    ("pi", "Pi"),
    ("ei", "Ei"),
    ("g", "G"),
    ("t", "T"),
    ("p", "P"),
    ("core", ""),
    ("cores", ""),
    ("c", ""),
    ("cpu", ""),
    ("cpus", ""),
];

impl Quantity {
    /// Reads a quantity as the API server does.
    ///
    /// # Errors
    /// When the text is not a number with a suffix that Kubernetes knows.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Empty);
        }
        let (negative, rest) = match text.as_bytes()[0] {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, suffix) = rest.split_at(number);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return Err(QuantityError::NotANumber);
        }
        let (tens, shift) = scale(suffix)?;

        let mut digits: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            digits = digits
                .checked_mul(10)
                .and_then(|sum| sum.checked_add(i128::from(digit - b'0')))
                .ok_or(QuantityError::TooLarge)?;
        }
        digits = digits.checked_mul(1 << shift).ok_or(QuantityError::TooLarge)?;
        let places = i32::try_from(fraction.len()).map_err(|_| QuantityError::TooLarge)?;
        let power = tens.saturating_add(9).saturating_sub(places);
        let nanos = if digits == 0 {
            0
        } else if power >= 0 {
            10_i128
                .checked_pow(power.unsigned_abs())
                .and_then(|factor| digits.checked_mul(factor))
                .ok_or(QuantityError::TooLarge)?
        } else {
            // Finer than a billionth: rounded up, away from zero.
            10_i128.checked_pow(power.unsigned_abs()).map_or(1, |divisor| ceil_div(digits, divisor))
        };
        Ok(Quantity(if negative { -nanos } else { nanos }))
    }

    /// That many thousandths: millicores.
    pub fn from_milli(milli: i64) -> Self {
        Quantity(i128::from(milli) * (NANO / 1000))
    }

    /// That many whole units: bytes, cores, pieces.
    pub fn from_units(units: i64) -> Self {
        Quantity(i128::from(units) * NANO)
    }

    /// In thousandths (millicores), rounded up as the API server does; saturates.
    pub fn milli(self) -> i64 {
        saturate(ceil_div(self.0, NANO / 1000))
    }

    /// In whole units (bytes), rounded up as the API server does; saturates.
    pub fn units(self) -> i64 {
        saturate(ceil_div(self.0, NANO))
    }

    /// Whether it is a whole number of thousandths.
    pub fn is_whole_milli(self) -> bool {
        self.0 % (NANO / 1000) == 0
    }

    /// Whether it is a whole number of units.
    pub fn is_whole(self) -> bool {
        self.0 % NANO == 0
    }

    /// Whether it is below zero.
    pub fn is_negative(self) -> bool {
        self.0 < 0
    }
}

/// Millicores as people write them: `250m`, `2`, `1.5`.
pub fn cpu_text(millicores: u64) -> String {
    match (millicores / 1000, millicores % 1000) {
        (0, 0) => "0".to_owned(),
        (0, milli) => format!("{milli}m"),
        (cores, 0) => cores.to_string(),
        (cores, milli) => format!("{cores}.{}", format!("{milli:03}").trim_end_matches('0')),
    }
}

/// Bytes as people write them, in the largest binary unit that is not below one, with at most one
/// decimal: `512Mi`, `1.5Gi`, `0`.
pub fn memory_text(bytes: u64) -> String {
    const UNITS: [(&str, u32); 6] = [("Ei", 60), ("Pi", 50), ("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
    for (unit, shift) in UNITS {
        if bytes >> shift > 0 {
            let tenths = (u128::from(bytes) * 10 + (1 << (shift - 1))) >> shift;
            return match tenths % 10 {
                0 => format!("{}{unit}", tenths / 10),
                tenth => format!("{}.{tenth}{unit}", tenths / 10),
            };
        }
    }
    bytes.to_string()
}

/// The power of ten and the shift that a suffix stands for.
fn scale(suffix: &str) -> Result<(i32, u32), QuantityError> {
    Ok(match suffix {
        "" => (0, 0),
        "n" => (-9, 0),
        "u" => (-6, 0),
        "m" => (-3, 0),
        "k" => (3, 0),
        "M" => (6, 0),
        "G" => (9, 0),
        "T" => (12, 0),
        "P" => (15, 0),
        "E" => (18, 0),
        "Ki" => (0, 10),
        "Mi" => (0, 20),
        "Gi" => (0, 30),
        "Ti" => (0, 40),
        "Pi" => (0, 50),
        "Ei" => (0, 60),
        _ => match suffix.strip_prefix(['e', 'E']).map(str::parse::<i32>) {
            Some(Ok(exponent)) => (exponent, 0),
            _ => {
                let lower = suffix.trim().to_ascii_lowercase();
                let hint = HINTS.iter().find(|(from, _)| *from == lower).map(|(_, to)| *to);
                return Err(QuantityError::Suffix(suffix.to_owned(), hint));
            }
        },
    })
}

fn ceil_div(value: i128, divisor: i128) -> i128 {
    let rest = value % divisor;
    value / divisor + if rest == 0 { 0 } else { rest.signum() }
}

fn saturate(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

impl fmt::Display for Quantity {
    /// The plain decimal number of units.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.unsigned_abs() / 1_000_000_000, self.0.unsigned_abs() % 1_000_000_000);
        match rest {
            0 => write!(f, "{sign}{whole}"),
            rest => write!(f, "{sign}{whole}.{}", format!("{rest:09}").trim_end_matches('0')),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantities_are_read_as_the_api_server_reads_them() {
        for (text, milli, units) in [
            ("0", 0, 0),
            ("0.25", 250, 1),
            ("250m", 250, 1),
            (".5", 500, 1),
            ("1.", 1000, 1),
            ("2", 2000, 2),
            ("1e3", 1_000_000, 1000),
            ("1E3", 1_000_000, 1000),
            ("1.5e-1", 150, 1),
            ("100u", 1, 1),
            ("1n", 1, 1),
            ("512Mi", 512 * 1024 * 1024 * 1000, 512 * 1024 * 1024),
            ("1.5Gi", 1536 * 1024 * 1024 * 1000, 1536 * 1024 * 1024),
            ("1k", 1_000_000, 1000),
            (
                "1E",
                1_000_000_000_000_000_000_000_i128.min(i128::from(i64::MAX)) as i64,
                1_000_000_000_000_000_000,
            ),
            ("-1", -1000, -1),
        ] {
            let quantity = Quantity::parse(text).unwrap();
            assert_eq!((quantity.milli(), quantity.units()), (milli, units), "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused_with_a_hint() {
        let suffix = |suffix: &str, hint| Err(QuantityError::Suffix(suffix.to_owned(), hint));
        for (text, expected) in [
            ("", Err(QuantityError::Empty)),
            ("Mi", Err(QuantityError::NotANumber)),
            (".", Err(QuantityError::NotANumber)),
            ("1.2.3", Err(QuantityError::NotANumber)),
            ("-", Err(QuantityError::NotANumber)),
            ("512MB", suffix("MB", Some("Mi"))),
            ("512 Mi", suffix(" Mi", Some("Mi"))),
            ("1g", suffix("g", Some("G"))),
            ("1K", suffix("K", Some("Ki"))),
            ("2 cores", suffix(" cores", Some(""))),
            ("1x", suffix("x", None)),
            ("1e", suffix("e", None)),
            ("1e99", Err(QuantityError::TooLarge)),
        ] {
            assert_eq!(Quantity::parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn sizes_are_compared_across_units() {
        let q = |text| Quantity::parse(text).unwrap();
        assert!(q("1") > q("999m"));
        assert!(q("1Gi") > q("1G"));
        assert_eq!(q("0.5"), q("500m"));
        assert_eq!(q("1024Mi"), q("1Gi"));
        assert!(!q("0.5m").is_whole_milli());
    }

    #[test]
    fn amounts_are_written_for_people() {
        for (milli, text) in [(0, "0"), (250, "250m"), (1000, "1"), (1500, "1.5"), (12_034, "12.034")] {
            assert_eq!(cpu_text(milli), text);
        }
        for (bytes, text) in [
            (0, "0"),
            (1023, "1023"),
            (512 << 20, "512Mi"),
            (1536 << 20, "1.5Gi"),
            (123_456_789_012, "115Gi"),
            (u64::MAX, "16Ei"),
        ] {
            assert_eq!(memory_text(bytes), text);
        }
    }

    proptest! {
        #[test]
        fn text_of_a_quantity_reads_back(milli in any::<i64>()) {
            let quantity = Quantity::from_milli(milli);
            prop_assert_eq!(Quantity::parse(&quantity.to_string()), Ok(quantity));
            prop_assert_eq!(quantity.milli(), milli);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}") {
            let _ = Quantity::parse(&text);
        }

        #[test]
        fn any_number_is_read_or_too_large(text in "[-+]?[0-9]{0,40}\\.?[0-9]{0,40}([eE][-+]?[0-9]{1,12}|[a-zA-Z]{0,2})") {
            let _ = Quantity::parse(&text);
        }
    }
}
