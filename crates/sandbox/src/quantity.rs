//! Kubernetes quantities: parsed exactly to a billionth, printed in the canonical form.

use std::fmt;

/// What the API server says of a text that is no quantity.
pub(crate) const BAD_FORMAT: &str =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const BAD_SUFFIX: &str = "unable to parse quantity's suffix";
/// Billionths in one.
const NANO: i128 = 1_000_000_000;
/// Decimal suffixes from 10^-9 in steps of a thousand.
const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
/// Binary suffixes in steps of 1024.
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
/// The largest number kept: larger ones are cut to it, as the API server does (2^63 - 1).
const MAX: i128 = (i64::MAX as i128) * NANO;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Decimal,
    Binary,
    Exponent,
}

/// A quantity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quantity {
    nanos: i128,
    format: Format,
}

impl Quantity {
    /// Reads a quantity; the error is the API server's sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (negative, rest) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            Some(_) => (false, text),
            None => return Err(BAD_FORMAT),
        };
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, suffix) = rest.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if fraction.contains('.') || (whole.is_empty() && fraction.is_empty()) {
            return Err(BAD_FORMAT);
        }
        if !suffix.chars().all(|c| c.is_ascii_digit() || "eEinumkKMGTP+-".contains(c)) {
            return Err(BAD_FORMAT);
        }
        let (base, power, format) = scale(suffix).ok_or(BAD_SUFFIX)?;
        // The number without its point, and how many of its digits stand behind the point.
        let digits: String = whole.chars().chain(fraction.chars()).take(30).collect();
        let mut value: i128 = digits.parse().unwrap_or(0);
        let behind = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
        let mut nanos_power = 9 - behind;
        if base == 2 {
            value = value.saturating_mul(1i128 << power);
        } else {
            nanos_power += power;
        }
        for _ in 0..nanos_power.clamp(0, 40) {
            value = value.saturating_mul(10);
        }
        let mut inexact = false;
        for _ in 0..(-nanos_power).clamp(0, 40) {
            inexact |= value % 10 != 0;
            value /= 10;
        }
        // Parts under a billionth are rounded up.
        value = (value + i128::from(inexact)).min(MAX);
        Ok(Self { nanos: if negative { -value } else { value }, format })
    }

    /// The quantity in billionths.
    pub(crate) fn nanos(self) -> i128 {
        self.nanos
    }

    /// The quantity in thousandths, cut to what fits.
    pub(crate) fn millis(self) -> i64 {
        i64::try_from(self.nanos / 1_000_000).unwrap_or(i64::MAX)
    }

    /// Whether nothing stands behind the point.
    pub(crate) fn is_whole(self) -> bool {
        self.nanos % NANO == 0
    }
}

/// Base, power and format of a suffix.
fn scale(suffix: &str) -> Option<(u8, i32, Format)> {
    if let Some(place) = BINARY.iter().skip(1).position(|one| *one == suffix) {
        return Some((2, i32::try_from(place).ok()? * 10 + 10, Format::Binary));
    }
    if let Some(place) = DECIMAL.iter().position(|one| *one == suffix) {
        return Some((10, i32::try_from(place).ok()? * 3 - 9, Format::Decimal));
    }
    let power = suffix.strip_prefix(['e', 'E'])?.parse::<i32>().ok()?;
    Some((10, power, Format::Exponent))
}

impl fmt::Display for Quantity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos == 0 {
            return out.write_str("0");
        }
        let sign = if self.nanos < 0 { "-" } else { "" };
        let nanos = self.nanos.abs();
        if self.format == Format::Binary && nanos % NANO == 0 && nanos / NANO >= 1024 {
            let mut number = nanos / NANO;
            let mut place = 0;
            while number % 1024 == 0 && place + 1 < BINARY.len() {
                number /= 1024;
                place += 1;
            }
            return write!(out, "{sign}{number}{}", BINARY[place]);
        }
        let mut number = nanos;
        let mut place = 0;
        while number % 1000 == 0 && place + 1 < DECIMAL.len() {
            number /= 1000;
            place += 1;
        }
        if self.format == Format::Exponent {
            let power = i32::try_from(place).unwrap_or(0) * 3 - 9;
            return if power == 0 {
                write!(out, "{sign}{number}")
            } else {
                write!(out, "{sign}{number}e{power}")
            };
        }
        write!(out, "{sign}{number}{}", DECIMAL[place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_print_in_canonical_form() {
        let table = [
            ("1", "1"),
            ("0.5", "500m"),
            ("100m", "100m"),
            ("1000m", "1"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("2000", "2k"),
            ("1e3", "1e3"),
            ("0", "0"),
            ("128974848", "128974848"),
            ("512", "512"),
            ("0.1Mi", "104857600m"),
            ("1k", "1k"),
            ("-1", "-1"),
            ("1u", "1u"),
            (".5", "500m"),
            ("512Ki", "512Ki"),
        ];
        for (text, printed) in table {
            assert_eq!(Quantity::parse(text).expect(text).to_string(), printed, "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for (text, problem) in [
            ("", BAD_FORMAT),
            ("abc", BAD_FORMAT),
            ("1.2.3", BAD_FORMAT),
            ("1Gx", BAD_FORMAT),
            ("1GG", BAD_SUFFIX),
            ("1 Gi", BAD_FORMAT),
            ("10mi", BAD_SUFFIX),
        ] {
            assert_eq!(Quantity::parse(text).expect_err(text), problem, "{text}");
        }
    }
}
