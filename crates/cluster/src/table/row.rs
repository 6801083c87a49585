//! One row as it is kept: small, because there are a hundred thousand (design §7: 1.5 KB of the
//! console's memory per row, with all that goes with it).

use crate::items::SetFacts;

/// One row. Its state, namespace and images' names are the table's.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) uid: Uid,
    /// Name and alias, one after the other; most rows have no alias.
    text: Box<str>,
    pub(super) images: Images,
    /// Unix seconds.
    pub(super) created: i64,
    pub(super) facts: SetFacts,
    /// Interned reason of its state, if it has one.
    pub(super) reason: Option<u32>,
    /// Bytes of [`Row::text`] that are the name.
    name: u32,
    /// The list that last brought it.
    pub(super) round: u32,
}

impl Row {
    /// A row that the list of a round brought.
    pub(super) fn new(
        (uid, created): (Uid, i64),
        (name, alias): (&str, &str),
        images: Images,
        facts: SetFacts,
        round: u32,
    ) -> Self {
        // A name has at most 253 bytes; longer than any is no name.
        let length = u32::try_from(name.len()).unwrap_or_default();
        Row {
            uid,
            text: [name, alias].concat().into(),
            images,
            created,
            facts,
            reason: None,
            name: length,
            round,
        }
    }

    /// The name.
    pub(super) fn name(&self) -> &str {
        self.text.get(..self.name as usize).unwrap_or_default()
    }

    /// The alias, often empty.
    pub(super) fn alias(&self) -> &str {
        self.text.get(self.name as usize..).unwrap_or_default()
    }

    /// Another alias. Returns whether it is another.
    pub(super) fn rename(&mut self, alias: &str) -> bool {
        if self.alias() == alias {
            return false;
        }
        self.text = [self.name(), alias].concat().into();
        true
    }
}

/// A uid: Kubernetes makes them UUIDs (RFC 9562) in lower case, which are kept as their bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Uid {
    /// The bits of a UUID.
    Uuid([u8; 16]),
    /// Any other text.
    Other(Box<str>),
}

/// Where hyphens stand in a UUID's text.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

impl Uid {
    /// Keeps a uid.
    pub(super) fn new(text: &str) -> Self {
        uuid(text).map_or_else(|| Uid::Other(text.into()), Uid::Uuid)
    }
}

/// The bits of a UUID that is written as Kubernetes writes them.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != 36 || HYPHENS.iter().any(|at| text[*at] != b'-') {
        return None;
    }
    let mut bits = 0_u128;
    for (at, byte) in text.iter().enumerate().filter(|(at, _)| !HYPHENS.contains(at)) {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        debug_assert!(at < 36);
        bits = bits << 4 | u128::from(digit);
    }
    Some(bits.to_be_bytes())
}

impl std::fmt::Display for Uid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Uid::Other(text) => f.write_str(text),
            Uid::Uuid(bytes) => {
                let digits = format!("{:032x}", u128::from_be_bytes(*bytes));
                let parts =
                    [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| digits.get(part).unwrap_or_default());
                f.write_str(&parts.join("-"))
            }
        }
    }
}

/// Interned images: nearly every workload has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Images {
    /// One.
    One(u32),
    /// None, or several.
    Many(Box<[u32]>),
}

impl Images {
    /// The numbers.
    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Images::One(image) => std::slice::from_ref(image),
            Images::Many(images) => images,
        }
    }
}

impl FromIterator<u32> for Images {
    fn from_iter<I: IntoIterator<Item = u32>>(images: I) -> Self {
        let mut images = images.into_iter();
        match (images.next(), images.next()) {
            (Some(one), None) => Images::One(one),
            (first, second) => Images::Many(first.into_iter().chain(second).chain(images).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_kept_as_they_are() {
        for (text, short) in [
            ("0f8fad5b-d9cb-469f-a165-70867728950e", true),
            ("00000000-0000-0000-0000-000000000000", true),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", true),
            ("0F8FAD5B-d9cb-469f-a165-70867728950e", false),
            ("0f8fad5bd-9cb-469f-a165-70867728950e", false),
            ("0f8fad5b-d9cb-469f-a165-7086772895é", false),
            ("u-web", false),
            ("", false),
        ] {
            let uid = Uid::new(text);
            assert_eq!(uid.to_string(), text);
            assert_eq!(matches!(uid, Uid::Uuid(_)), short, "{text}");
        }
    }

    #[test]
    fn names_and_aliases_are_apart() {
        let images = Images::from_iter([1]);
        let mut row = Row::new((Uid::new("u"), 0), ("web", "Shop"), images, SetFacts::default(), 0);
        assert_eq!((row.name(), row.alias()), ("web", "Shop"));
        assert!(!row.rename("Shop"));
        assert!(row.rename(""));
        assert_eq!((row.name(), row.alias()), ("web", ""));
    }

    #[test]
    fn images_are_as_given() {
        for all in [&[][..], &[7], &[7, 8], &[7, 8, 9]] {
            assert_eq!(all.iter().copied().collect::<Images>().as_slice(), all);
        }
    }

    /// With its name and its places in the indexes a row stays within 250 bytes.
    #[test]
    fn a_row_is_small() {
        assert!(size_of::<Option<Row>>() <= 120, "{} bytes", size_of::<Option<Row>>());
    }
}
