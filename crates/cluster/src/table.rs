//! The rows of one list, sorted in every way it can be asked for (design §7).
//!
//! Rows sit in slots. Beside them, two dense arrays hold what filters look at, so that a query over
//! 100,000 rows walks a few hundred kilobytes and touches only the rows it shows.

mod intern;
mod query;
mod row;

use std::{
    cmp::Ordering,
    hash::{BuildHasher as _, RandomState},
};

use binnacle_model::{
    Text,
    status::{BadPod, WorkloadState, WorkloadStatus, stateful_set_status},
    workload::{SortBy, WorkloadRow},
};

use hashbrown::HashTable;

use crate::items::{SetFacts, SetItem};
use intern::Interner;
pub(crate) use query::Filter;
#[cfg(test)]
use query::Found;
use row::{Images, Row, Uid};

/// Changes at once above which the orders are rebuilt rather than mended.
const REBUILD_ABOVE: usize = 64;

/// The sort columns, in the order of [`Table::orders`].
const COLUMNS: [SortBy; 5] = [SortBy::Name, SortBy::Namespace, SortBy::Status, SortBy::Ready, SortBy::Age];

/// What a free slot holds in the dense arrays: a state no filter names.
const FREE: u8 = u8::MAX;

type Slot = u32;

/// A table of StatefulSets.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Option<Row>>,
    /// Interned namespace of each slot.
    spaces: Vec<u32>,
    /// State of each slot, as its place in [`WorkloadState::ALL`], or [`FREE`].
    states: Vec<u8>,
    free: Vec<Slot>,
    /// Slots by the uid of their row, which is kept there alone.
    by_uid: HashTable<Slot>,
    hasher: RandomState,
    namespaces: Interner<str>,
    images: Interner<str>,
    /// Why rows are in their state.
    reasons: Interner<Text>,
    /// Slots sorted by each column.
    orders: [Vec<Slot>; 5],
    /// Whether the orders are out of date.
    dirty: bool,
    round: u32,
}

fn state_index(state: WorkloadState) -> u8 {
    // Six states: the place always fits.
    WorkloadState::ALL.iter().position(|other| *other == state).map_or(FREE, |at| at as u8)
}

impl Table {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.by_uid.len()
    }

    /// Ready rows (state Running or Stopped) and all rows.
    pub(crate) fn settled(&self) -> (usize, usize) {
        let fine = [state_index(WorkloadState::Running), state_index(WorkloadState::Stopped)];
        (self.states.iter().filter(|state| fine.contains(state)).count(), self.len())
    }

    /// Names of the namespaces that rows are in.
    pub(crate) fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.values()
    }

    /// A list begins: rows that it does not bring are dropped by [`Table::sweep`].
    pub(crate) fn begin_round(&mut self) {
        self.round = self.round.wrapping_add(1);
    }

    /// Drops the rows that the current list did not bring. Returns whether there were any.
    pub(crate) fn sweep(&mut self) -> bool {
        let round = self.round;
        let old: Vec<Slot> = (0..)
            .zip(&self.rows)
            .filter(|(_, row)| row.as_ref().is_some_and(|row| row.round != round))
            .map(|(slot, _)| slot)
            .collect();
        self.prepare(old.len());
        for slot in &old {
            self.remove_slot(*slot);
        }
        self.settle();
        self.shrink();
        !old.is_empty()
    }

    /// Gives back what the growth of a list took beyond its rows.
    fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.spaces.shrink_to_fit();
        self.states.shrink_to_fit();
        self.free.shrink_to_fit();
        self.orders.iter_mut().for_each(Vec::shrink_to_fit);
    }

    /// The slot of a uid.
    fn slot(&self, uid: &Uid) -> Option<Slot> {
        let same = |slot: &Slot| self.rows[*slot as usize].as_ref().is_some_and(|row| row.uid == *uid);
        self.by_uid.find(self.hasher.hash_one(uid), same).copied()
    }

    /// Says how many changes follow, so that many are not mended one by one.
    pub(crate) fn prepare(&mut self, changes: usize) {
        if changes > REBUILD_ABOVE {
            self.dirty = true;
        }
    }

    /// Puts a row in or renews it; `worst` gives a pod that keeps it from running. Returns whether
    /// anything that shows has changed.
    pub(crate) fn upsert(&mut self, item: SetItem, worst: Option<&BadPod>) -> bool {
        let status = stateful_set_status(&item.facts.object(), worst);
        let round = self.round;
        let uid = Uid::new(&item.uid);
        let Some(slot) = self.slot(&uid) else {
            self.insert(uid, &item, status);
            return true;
        };
        let images: Images = item.images.iter().map(|image| self.images.take(image)).collect();
        let Some(row) = &mut self.rows[slot as usize] else { return false };
        row.round = round;
        let same_images = row.images == images;
        let old_images = std::mem::replace(&mut row.images, images);
        let same_counts = (row.facts.ready, row.facts.want) == (item.facts.ready, item.facts.want);
        let other_alias = row.rename(&item.alias);
        for image in old_images.as_slice() {
            self.images.give_back(*image);
        }
        let other_status = self.renew(slot, item.facts, &status);
        !same_counts || !same_images || other_alias || other_status
    }

    /// Decides a row's status anew after one of its pods changed. Returns whether it is another.
    pub(crate) fn judge(&mut self, uid: &str, worst: Option<&BadPod>) -> bool {
        let Some(slot) = self.slot(&Uid::new(uid)) else { return false };
        let Some(row) = &self.rows[slot as usize] else { return false };
        let facts = row.facts;
        let status = stateful_set_status(&facts.object(), worst);
        self.renew(slot, facts, &status)
    }

    /// Takes a row out. Returns whether it was there.
    pub(crate) fn remove(&mut self, uid: &str) -> bool {
        let found = self.slot(&Uid::new(uid));
        found.is_some_and(|slot| self.remove_slot(slot))
    }

    fn remove_slot(&mut self, slot: Slot) -> bool {
        if !self.dirty {
            for column in 0..COLUMNS.len() {
                self.take_out(column, slot);
            }
        }
        let Some(row) = self.rows[slot as usize].take() else { return false };
        let hash = self.hasher.hash_one(&row.uid);
        if let Ok(entry) = self.by_uid.find_entry(hash, |other| *other == slot) {
            entry.remove();
        }
        for image in row.images.as_slice() {
            self.images.give_back(*image);
        }
        if let Some(reason) = row.reason {
            self.reasons.give_back(reason);
        }
        self.namespaces.give_back(self.spaces[slot as usize]);
        self.states[slot as usize] = FREE;
        self.free.push(slot);
        true
    }

    /// Sorts again if many changes made the orders out of date.
    pub(crate) fn settle(&mut self) {
        if !std::mem::take(&mut self.dirty) {
            return;
        }
        let mut all: Vec<Slot> = self.by_uid.iter().copied().collect();
        all.sort_unstable();
        for (column, sort) in COLUMNS.into_iter().enumerate() {
            let mut order = std::mem::take(&mut self.orders[column]);
            order.clear();
            order.extend_from_slice(&all);
            order.sort_unstable_by(|a, b| self.compare(sort, *a, *b));
            self.orders[column] = order;
        }
    }

    fn insert(&mut self, uid: Uid, item: &SetItem, status: WorkloadStatus) {
        let space = self.namespaces.take(&item.namespace);
        let images = item.images.iter().map(|image| self.images.take(image)).collect();
        let state = state_index(status.state);
        let hash = self.hasher.hash_one(&uid);
        let texts = (item.name.as_str(), item.alias.as_str());
        let mut row = Row::new((uid, item.created), texts, images, item.facts, self.round);
        row.reason = status.reason.map(|reason| self.reasons.take(&reason));
        let slot = match self.free.pop() {
            Some(slot) => {
                self.rows[slot as usize] = Some(row);
                self.spaces[slot as usize] = space;
                self.states[slot as usize] = state;
                slot
            }
            None => {
                self.rows.push(Some(row));
                self.spaces.push(space);
                self.states.push(state);
                // Four thousand million rows do not fit into memory before.
                (self.rows.len() - 1) as Slot
            }
        };
        let rehash =
            |slot: &Slot| self.rows[*slot as usize].as_ref().map_or(0, |row| self.hasher.hash_one(&row.uid));
        self.by_uid.insert_unique(hash, slot, rehash);
        if !self.dirty {
            for column in 0..COLUMNS.len() {
                self.put_in(column, slot);
            }
        }
    }

    /// Changes a row and mends only the orders whose key moves: name, namespace and creation time never
    /// change for one uid. Returns whether its status is another.
    fn renew(&mut self, slot: Slot, facts: SetFacts, status: &WorkloadStatus) -> bool {
        const STATUS: usize = 2;
        const READY: usize = 3;
        let state = state_index(status.state);
        let Some(row) = &self.rows[slot as usize] else { return false };
        let other_state = self.states[slot as usize] != state;
        let moved: Vec<usize> = [(STATUS, other_state), (READY, row.facts.ready != facts.ready)]
            .into_iter()
            .filter(|(_, moves)| *moves && !self.dirty)
            .map(|(column, _)| column)
            .collect();
        // The old position is searched with the old keys.
        for &column in &moved {
            self.take_out(column, slot);
        }
        self.states[slot as usize] = state;
        // Taken before the old one is given back: the same reason keeps its number.
        let reason = status.reason.as_ref().map(|reason| self.reasons.take(reason));
        let mut other_reason = false;
        if let Some(row) = &mut self.rows[slot as usize] {
            row.facts = facts;
            other_reason = row.reason != reason;
            if let Some(old) = std::mem::replace(&mut row.reason, reason) {
                self.reasons.give_back(old);
            }
        }
        for column in moved {
            self.put_in(column, slot);
        }
        other_state || other_reason
    }

    fn put_in(&mut self, column: usize, slot: Slot) {
        let at = self.position(column, slot);
        self.orders[column].insert(at, slot);
    }

    fn take_out(&mut self, column: usize, slot: Slot) {
        let at = self.position(column, slot);
        let order = &mut self.orders[column];
        if order.get(at) == Some(&slot) {
            order.remove(at);
        } else {
            // The order is not what it should be: sort it again rather than show it.
            self.dirty = true;
        }
    }

    fn position(&self, column: usize, slot: Slot) -> usize {
        let sort = COLUMNS[column];
        self.orders[column].partition_point(|other| self.compare(sort, *other, slot) == Ordering::Less)
    }

    /// A total order: what is equal in the column is ordered by name and namespace, then by slot (one
    /// name may be there twice for a moment, deleted and created anew).
    fn compare(&self, sort: SortBy, a: Slot, b: Slot) -> Ordering {
        let (Some(x), Some(y)) = (&self.rows[a as usize], &self.rows[b as usize]) else { return a.cmp(&b) };
        let space = |slot: Slot| self.space(slot);
        let by_name = || x.name().cmp(y.name()).then_with(|| space(a).cmp(space(b)));
        let first = match sort {
            SortBy::Name => Ordering::Equal,
            SortBy::Namespace => space(a).cmp(space(b)),
            SortBy::Status => self.states[a as usize].cmp(&self.states[b as usize]),
            SortBy::Ready => x.facts.ready.cmp(&y.facts.ready),
            // Ages count up: the youngest first.
            SortBy::Age => y.created.cmp(&x.created),
        };
        first.then_with(by_name).then_with(|| a.cmp(&b))
    }

    fn space(&self, slot: Slot) -> &str {
        self.namespaces.get(self.spaces[slot as usize]).unwrap_or_default()
    }

    /// Every row, in no order.
    #[cfg(test)]
    fn all(&self) -> Vec<WorkloadRow> {
        self.by_uid.iter().filter_map(|slot| self.show(*slot)).collect()
    }

    /// One row as the browser sees it.
    fn show(&self, slot: Slot) -> Option<WorkloadRow> {
        let row = self.rows[slot as usize].as_ref()?;
        let state = *WorkloadState::ALL.get(usize::from(self.states[slot as usize]))?;
        let reason = row.reason.and_then(|reason| self.reasons.get(reason)).cloned();
        let images = row.images.as_slice().iter();
        Some(WorkloadRow {
            uid: row.uid.to_string(),
            namespace: self.space(slot).to_owned(),
            name: row.name().to_owned(),
            alias: row.alias().to_owned(),
            status: WorkloadStatus::new(state, reason),
            ready: row.facts.ready,
            desired: row.facts.want,
            images: images.filter_map(|image| self.images.get(*image)).map(str::to_owned).collect(),
            created: row.created,
        })
    }
}

#[cfg(test)]
mod tests;
