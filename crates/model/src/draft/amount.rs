//! An amount of CPU or memory as the form holds it: what was typed, and the unit beside it.

use serde::{Deserialize, Serialize};

/// What an amount is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// Processor time.
    Cpu,
    /// Memory.
    Memory,
}

impl Resource {
    /// The units offered, the usual first.
    pub fn units(self) -> &'static [Unit] {
        match self {
            Resource::Cpu => &[Unit::Millicore, Unit::Core],
            Resource::Memory => &[Unit::Mi, Unit::Gi],
        }
    }

    /// The key under `requests` and `limits`.
    pub fn key(self) -> &'static str {
        match self {
            Resource::Cpu => "cpu",
            Resource::Memory => "memory",
        }
    }
}

/// The unit beside an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// A thousandth of a core, `m`.
    Millicore,
    /// A core.
    Core,
    /// 2^20 bytes.
    Mi,
    /// 2^30 bytes.
    Gi,
    /// The amount is written whole, with whatever unit it has (`1e3`, `500M`).
    #[default]
    AsWritten,
}

impl Unit {
    /// What is written after the number.
    pub fn suffix(self) -> &'static str {
        match self {
            Unit::Millicore => "m",
            Unit::Mi => "Mi",
            Unit::Gi => "Gi",
            Unit::Core | Unit::AsWritten => "",
        }
    }

    /// The name on the wire of the form's select.
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Millicore => "m",
            Unit::Core => "core",
            Unit::Mi => "Mi",
            Unit::Gi => "Gi",
            Unit::AsWritten => "",
        }
    }

    /// The unit with that name; anything else is [`Unit::AsWritten`].
    pub fn from_name(name: &str) -> Self {
        [Unit::Millicore, Unit::Core, Unit::Mi, Unit::Gi]
            .into_iter()
            .find(|unit| unit.as_str() == name)
            .unwrap_or_default()
    }
}

/// An amount: what was typed, and its unit. Empty means that the field is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// The number as typed.
    pub number: String,
    /// The unit beside it.
    pub unit: Unit,
}

impl Amount {
    /// An amount of that many units.
    pub fn new(number: impl Into<String>, unit: Unit) -> Self {
        Amount { number: number.into(), unit }
    }

    /// Whether the field is not set.
    pub fn is_empty(&self) -> bool {
        self.number.trim().is_empty()
    }

    /// The quantity as Kubernetes reads it; empty when not set. What is no plain number stands for
    /// itself, without the unit beside it.
    pub fn quantity(&self) -> String {
        let number = self.number.trim();
        if is_plain(number) { format!("{number}{}", self.unit.suffix()) } else { number.to_owned() }
    }

    /// Splits a quantity into number and unit. What the offered units cannot say is kept whole; an
    /// empty one has the usual unit.
    pub fn read(resource: Resource, text: &str) -> Self {
        if text.is_empty() {
            return Amount::new("", resource.units()[0]);
        }
        resource
            .units()
            .iter()
            .find_map(|unit| {
                text.strip_suffix(unit.suffix())
                    .filter(|number| is_plain(number))
                    .map(|number| (number, *unit))
            })
            .map_or_else(|| Amount::new(text, Unit::AsWritten), |(number, unit)| Amount::new(number, unit))
    }

    /// What was typed into the number's box: a unit typed along (`1Gi`) is chosen in the select, one
    /// that is not offered there stays with its number, and a number alone keeps the unit it had.
    #[must_use]
    pub fn typed(&self, resource: Resource, text: &str) -> Self {
        let trimmed = text.trim();
        let usual = resource.units()[0];
        if trimmed.is_empty() {
            return Amount::new(text, if self.unit == Unit::AsWritten { usual } else { self.unit });
        }
        if is_plain(trimmed) {
            let counts_bytes = self.unit == Unit::AsWritten && is_plain(self.number.trim());
            return Amount::new(
                text,
                if self.unit == Unit::AsWritten && !counts_bytes { usual } else { self.unit },
            );
        }
        let read = Amount::read(resource, trimmed);
        match (read.unit, crate::quantity::Quantity::parse(trimmed)) {
            (Unit::AsWritten, Err(_)) => Amount::new(text, self.unit),
            _ => read,
        }
    }

    /// The same amount as [`Self::read`] would give it.
    #[must_use]
    pub fn normal(&self, resource: Resource) -> Self {
        Amount::read(resource, &self.quantity())
    }
}

/// Digits with at most one dot: a number that a unit may follow.
fn is_plain(number: &str) -> bool {
    number.bytes().any(|b| b.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && number.bytes().filter(|b| *b == b'.').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_split_into_number_and_unit() {
        for (resource, text, number, unit) in [
            (Resource::Cpu, "250m", "250", Unit::Millicore),
            (Resource::Cpu, "0.25", "0.25", Unit::Core),
            (Resource::Cpu, "1e3", "1e3", Unit::AsWritten),
            (Resource::Memory, "512Mi", "512", Unit::Mi),
            (Resource::Memory, "1.5Gi", "1.5", Unit::Gi),
            (Resource::Memory, "500M", "500M", Unit::AsWritten),
            (Resource::Memory, "1073741824", "1073741824", Unit::AsWritten),
            (Resource::Memory, "Mi", "Mi", Unit::AsWritten),
            (Resource::Memory, "", "", Unit::Mi),
        ] {
            let amount = Amount::read(resource, text);
            assert_eq!(amount, Amount::new(number, unit), "{text}");
            assert_eq!(amount.quantity(), text);
        }
    }

    #[test]
    fn typing_a_unit_chooses_it() {
        let mi = Amount::new("512", Unit::Mi);
        for (typed, number, unit) in [
            ("600", "600", Unit::Mi),
            ("1Gi", "1", Unit::Gi),
            ("", "", Unit::Mi),
            ("1G", "1G", Unit::AsWritten),
            ("512MB", "512MB", Unit::Mi),
        ] {
            assert_eq!(mi.typed(Resource::Memory, typed), Amount::new(number, unit), "{typed}");
        }
        assert_eq!(mi.typed(Resource::Memory, "512MB").quantity(), "512MB", "the unit is not doubled");
        let bytes = Amount::new("1024", Unit::AsWritten);
        assert_eq!(bytes.typed(Resource::Memory, "10240").quantity(), "10240");
        assert_eq!(bytes.typed(Resource::Memory, "").unit, Unit::Mi);
        let core = Amount::new("1", Unit::Core);
        assert_eq!(core.typed(Resource::Cpu, "2"), Amount::new("2", Unit::Core));
        assert_eq!(core.typed(Resource::Cpu, "250m"), Amount::new("250", Unit::Millicore));
    }
}
