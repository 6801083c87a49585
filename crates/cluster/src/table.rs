//! The rows of one list, sorted in every way it can be asked for (design §7).
//!
//! Rows sit in slots. Beside them, two dense arrays hold what filters look at, so that a query over
//! 100,000 rows walks a few hundred kilobytes and touches only the rows it shows.

mod intern;
mod query;

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use binnacle_model::{
    status::{BadPod, WorkloadState, WorkloadStatus, stateful_set_status},
    workload::{SortBy, WorkloadRow},
};

use crate::items::{SetFacts, SetItem};
use intern::Interner;
pub(crate) use query::Filter;
#[cfg(test)]
use query::Found;

/// Changes at once above which the orders are rebuilt rather than mended.
const REBUILD_ABOVE: usize = 64;

/// The sort columns, in the order of [`Table::orders`].
const COLUMNS: [SortBy; 5] = [SortBy::Name, SortBy::Namespace, SortBy::Status, SortBy::Ready, SortBy::Age];

/// What a free slot holds in the dense arrays: a state no filter names.
const FREE: u8 = u8::MAX;

type Slot = u32;

/// One row as it is kept.
#[derive(Debug)]
struct Row {
    uid: Arc<str>,
    name: Box<str>,
    /// Most rows have none.
    alias: Option<Box<str>>,
    images: Box<[u32]>,
    created: i64,
    facts: SetFacts,
    status: WorkloadStatus,
    /// The list that last brought it.
    round: u32,
}

/// A table of StatefulSets.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Option<Row>>,
    /// Interned namespace of each slot.
    spaces: Vec<u32>,
    /// State of each slot, as its place in [`WorkloadState::ALL`], or [`FREE`].
    states: Vec<u8>,
    free: Vec<Slot>,
    by_uid: HashMap<Arc<str>, Slot>,
    namespaces: Interner,
    images: Interner,
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
        self.namespaces.names()
    }

    /// A list begins: rows that it does not bring are dropped by [`Table::sweep`].
    pub(crate) fn begin_round(&mut self) {
        self.round = self.round.wrapping_add(1);
    }

    /// Drops the rows that the current list did not bring. Returns whether there were any.
    pub(crate) fn sweep(&mut self) -> bool {
        let round = self.round;
        let old: Vec<Arc<str>> = self
            .rows
            .iter()
            .flatten()
            .filter(|row| row.round != round)
            .map(|row| Arc::clone(&row.uid))
            .collect();
        self.prepare(old.len());
        for uid in &old {
            self.remove(uid);
        }
        self.settle();
        !old.is_empty()
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
        let Some(&slot) = self.by_uid.get(&item.uid) else {
            self.insert(item, status);
            return true;
        };
        let images: Box<[u32]> = item.images.iter().map(|image| self.images.take(image)).collect();
        let Some(row) = &mut self.rows[slot as usize] else { return false };
        row.round = round;
        let same_images = row.images == images;
        let old_images = std::mem::replace(&mut row.images, images);
        let same_counts = (row.facts.ready, row.facts.want) == (item.facts.ready, item.facts.want);
        let alias = some(item.alias);
        let same_alias = row.alias == alias;
        row.alias = alias;
        let changed = !same_counts || !same_images || !same_alias || row.status != status;
        for image in old_images {
            self.images.give_back(image);
        }
        self.renew(slot, item.facts, status);
        changed
    }

    /// Decides a row's status anew after one of its pods changed. Returns whether it is another.
    pub(crate) fn judge(&mut self, uid: &str, worst: Option<&BadPod>) -> bool {
        let Some(&slot) = self.by_uid.get(uid) else { return false };
        let Some(row) = &self.rows[slot as usize] else { return false };
        let status = stateful_set_status(&row.facts.object(), worst);
        if row.status == status {
            return false;
        }
        let facts = row.facts;
        self.renew(slot, facts, status);
        true
    }

    /// Takes a row out. Returns whether it was there.
    pub(crate) fn remove(&mut self, uid: &str) -> bool {
        let Some(slot) = self.by_uid.remove(uid) else { return false };
        if !self.dirty {
            for column in 0..COLUMNS.len() {
                self.take_out(column, slot);
            }
        }
        if let Some(row) = self.rows[slot as usize].take() {
            for image in row.images {
                self.images.give_back(image);
            }
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
        let mut all: Vec<Slot> = self.by_uid.values().copied().collect();
        all.sort_unstable();
        for (column, sort) in COLUMNS.into_iter().enumerate() {
            let mut order = std::mem::take(&mut self.orders[column]);
            order.clear();
            order.extend_from_slice(&all);
            order.sort_unstable_by(|a, b| self.compare(sort, *a, *b));
            self.orders[column] = order;
        }
    }

    fn insert(&mut self, item: SetItem, status: WorkloadStatus) {
        let space = self.namespaces.take(&item.namespace);
        let images = item.images.iter().map(|image| self.images.take(image)).collect();
        let state = state_index(status.state);
        let row = Row {
            uid: Arc::clone(&item.uid),
            name: item.name.into(),
            alias: some(item.alias),
            images,
            created: item.created,
            facts: item.facts,
            status,
            round: self.round,
        };
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
        self.by_uid.insert(item.uid, slot);
        if !self.dirty {
            for column in 0..COLUMNS.len() {
                self.put_in(column, slot);
            }
        }
    }

    /// Changes a row and mends only the orders whose key moves: name, namespace and creation time never
    /// change for one uid.
    fn renew(&mut self, slot: Slot, facts: SetFacts, status: WorkloadStatus) {
        const STATUS: usize = 2;
        const READY: usize = 3;
        let Some(row) = &self.rows[slot as usize] else { return };
        let moved: Vec<usize> =
            [(STATUS, row.status.state != status.state), (READY, row.facts.ready != facts.ready)]
                .into_iter()
                .filter(|(_, moves)| *moves && !self.dirty)
                .map(|(column, _)| column)
                .collect();
        // The old position is searched with the old keys.
        for &column in &moved {
            self.take_out(column, slot);
        }
        self.states[slot as usize] = state_index(status.state);
        if let Some(row) = &mut self.rows[slot as usize] {
            row.facts = facts;
            row.status = status;
        }
        for column in moved {
            self.put_in(column, slot);
        }
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
        let space = |slot: Slot| self.namespaces.get(self.spaces[slot as usize]);
        let by_name = || x.name.cmp(&y.name).then_with(|| space(a).cmp(space(b)));
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

    /// One row as the browser sees it.
    #[cfg(test)]
    pub(crate) fn row(&self, uid: &str) -> Option<WorkloadRow> {
        self.by_uid.get(uid).and_then(|slot| self.show(*slot))
    }

    fn show(&self, slot: Slot) -> Option<WorkloadRow> {
        let row = self.rows[slot as usize].as_ref()?;
        Some(WorkloadRow {
            uid: row.uid.to_string(),
            namespace: self.namespaces.get(self.spaces[slot as usize]).to_owned(),
            name: row.name.to_string(),
            alias: row.alias.as_deref().unwrap_or_default().to_owned(),
            status: row.status.clone(),
            ready: row.facts.ready,
            desired: row.facts.want,
            images: row.images.iter().map(|image| self.images.get(*image).to_owned()).collect(),
            created: row.created,
        })
    }
}

/// The text, if there is one.
fn some(text: String) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

#[cfg(test)]
mod tests;
