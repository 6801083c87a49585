//! Lists, item by item.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Merging, Place, compare as compare_values};
use crate::{
    edit::Difference,
    patch::{Identity, identities},
};

/// Notes where two lists differ, item by item; `false` when their items cannot be told apart, or are the same
/// in another order.
pub(super) fn compare(place: &Place, before: &[Value], after: &[Value], out: &mut Vec<Difference>) -> bool {
    let Some([old, new]) =
        identities(place.name(), &[before, after]).and_then(|both| <[_; 2]>::try_from(both).ok())
    else {
        return false;
    };
    if !same_order(&old, &new) {
        return false;
    }
    let (by_old, by_new) = (index(&old, before), index(&new, after));
    let known: HashSet<&Identity> = old.iter().collect();
    for one in old.iter().chain(new.iter().filter(|one| !known.contains(one))) {
        compare_values(&place.item(one), by_old.get(one).copied(), by_new.get(one).copied(), out);
    }
    true
}

fn index<'a>(identities: &'a [Identity], list: &'a [Value]) -> HashMap<&'a Identity, &'a Value> {
    identities.iter().zip(list).collect()
}

/// Whether what both have stands in the same order.
fn same_order(first: &[Identity], second: &[Identity]) -> bool {
    let (of_first, of_second): (HashSet<_>, HashSet<_>) = (first.iter().collect(), second.iter().collect());
    first.iter().filter(|one| of_second.contains(one)).eq(second.iter().filter(|one| of_first.contains(one)))
}

impl Merging<'_> {
    /// The merged list; `None` when it has to be decided as a whole: its items cannot be told apart, or both
    /// sides put them into another order, each its own.
    pub(super) fn list(
        &mut self,
        place: &Place,
        base: &[Value],
        theirs: &[Value],
        mine: &[Value],
    ) -> Option<Vec<Value>> {
        let [old, their, my] = <[_; 3]>::try_from(identities(place.name(), &[base, theirs, mine])?).ok()?;
        let (leading, other) = if same_order(&their, &my) || same_order(&old, &their) {
            (&my, &their)
        } else if same_order(&old, &my) {
            (&their, &my)
        } else {
            return None;
        };
        let (by_old, by_their, by_my) = (index(&old, base), index(&their, theirs), index(&my, mine));
        let order = woven(leading, other);
        let mut out = Vec::with_capacity(order.len());
        for one in order {
            let item = place.item(one);
            let (base, theirs, mine) =
                (by_old.get(one).copied(), by_their.get(one).copied(), by_my.get(one).copied());
            out.extend(self.value(&item, base, theirs, mine));
        }
        // What both took out says nothing; what one took out was met in the other's list.
        Some(out)
    }
}

/// The first's order, and what only the second has after what it follows there.
fn woven<'a>(first: &'a [Identity], second: &'a [Identity]) -> Vec<&'a Identity> {
    let known: HashSet<&Identity> = first.iter().collect();
    let mut follows: HashMap<Option<&Identity>, Vec<&Identity>> = HashMap::new();
    let mut anchor = None;
    for one in second {
        if known.contains(one) {
            anchor = Some(one);
        } else {
            follows.entry(anchor).or_default().push(one);
        }
    }
    let mut out: Vec<&Identity> = follows.remove(&None).unwrap_or_default();
    for one in first {
        out.push(one);
        out.extend(follows.remove(&Some(one)).unwrap_or_default());
    }
    out
}
