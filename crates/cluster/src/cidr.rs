//! Ranges of addresses, written as CIDRs (RFC 4632, RFC 4291).

use std::net::IpAddr;

/// A block of addresses, its bits at the top of 128 whatever its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    six: bool,
    start: u128,
    length: u32,
}

impl Block {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (six, bits, most) = match address.parse().ok()? {
            IpAddr::V4(address) => (false, u128::from(address.to_bits()) << 96, 32),
            IpAddr::V6(address) => (true, address.to_bits(), 128),
        };
        let length = length.parse().ok().filter(|length| *length <= most)?;
        Some(Block { six, start: bits & mask(length), length })
    }

    fn holds(self, other: Block) -> bool {
        self.six == other.six && self.length <= other.length && other.start & mask(self.length) == self.start
    }

    /// The block that is exactly these two.
    fn with(self, other: Block) -> Option<Self> {
        let parent = Block { length: self.length.checked_sub(1)?, ..self };
        (self.length == other.length && self.start & mask(parent.length) == self.start && self != other)
            .then_some(parent)
            .filter(|parent| parent.holds(other))
    }

    fn text(self) -> String {
        if self.six {
            format!("{}/{}", std::net::Ipv6Addr::from_bits(self.start), self.length)
        } else {
            let bits = u32::try_from(self.start >> 96).unwrap_or(u32::MAX);
            format!("{}/{}", std::net::Ipv4Addr::from_bits(bits), self.length)
        }
    }
}

fn mask(length: u32) -> u128 {
    u128::MAX.checked_shl(128 - length).unwrap_or(0)
}

/// The same addresses in as few ranges as there can be; what is no CIDR is left out. Nothing is guessed:
/// a range that nobody has is not in the answer.
pub(crate) fn joined<'a>(ranges: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut blocks: Vec<Block> = ranges.into_iter().filter_map(Block::parse).collect();
    blocks.sort_unstable();
    let mut kept: Vec<Block> = Vec::new();
    for block in blocks {
        if kept.last().is_some_and(|last| last.holds(block)) {
            continue;
        }
        let mut block = block;
        while let Some(parent) = kept.last().and_then(|last| last.with(block)) {
            kept.pop();
            block = parent;
        }
        kept.push(block);
    }
    kept.into_iter().map(Block::text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjoining_ranges_become_one_and_gaps_stay() {
        for (ranges, expected) in [
            (vec![], vec![]),
            (vec!["10.244.0.0/24"], vec!["10.244.0.0/24"]),
            (vec!["10.244.1.0/24", "10.244.0.0/24"], vec!["10.244.0.0/23"]),
            // Neighbours, and yet no block.
            (vec!["10.244.1.0/24", "10.244.2.0/24"], vec!["10.244.1.0/24", "10.244.2.0/24"]),
            (vec!["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"], vec!["10.0.0.0/22"]),
            (vec!["10.0.0.0/16", "10.0.7.0/24", "10.0.7.0/24"], vec!["10.0.0.0/16"]),
            (vec!["10.0.0.9/24"], vec!["10.0.0.0/24"]),
            (vec!["fd00:1::/64", "10.0.0.0/24", "fd00:1:0:1::/64"], vec!["10.0.0.0/24", "fd00:1::/63"]),
            (vec!["0.0.0.0/1", "128.0.0.0/1"], vec!["0.0.0.0/0"]),
            (vec!["::/0", "0.0.0.0/0"], vec!["0.0.0.0/0", "::/0"]),
            (vec!["", "10.0.0.0", "10.0.0.0/33", "x/8", "fd00::/129"], vec![]),
        ] {
            assert_eq!(joined(ranges.clone()), expected, "{ranges:?}");
        }
    }
}
