//! Answering a list query.

use binnacle_model::{
    status::WorkloadState,
    workload::{SortBy, WorkloadRow},
};

use super::{COLUMNS, FREE, Slot, Table, state_index};

/// What a query wants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter<'a> {
    /// Namespaces the caller may see; `None` for all.
    pub(crate) allowed: Option<&'a [String]>,
    /// Only this namespace.
    pub(crate) namespace: Option<&'a str>,
    /// Part of a name or image, any case.
    pub(crate) search: &'a str,
    /// Only these states; empty for all. They are those last known, and so is the order.
    pub(crate) states: &'a [WorkloadState],
    /// The cluster cannot be reached: every row is an Exception beside what it was (PS 6.2, rule 1).
    pub(crate) lost: bool,
    pub(crate) sort: SortBy,
    pub(crate) descending: bool,
    /// Rows before the first one shown.
    pub(crate) skip: usize,
    /// Rows shown.
    pub(crate) take: usize,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) rows: Vec<WorkloadRow>,
    pub(crate) matching: u32,
    pub(crate) total: u32,
    /// Rows per state among the total, worst first, without empty ones.
    pub(crate) counts: Vec<(WorkloadState, u32)>,
}

impl Table {
    /// One page. The table must be settled.
    pub(crate) fn query(&self, filter: &Filter<'_>) -> Found {
        let spaces = self.visible_spaces(filter);
        let visible = |slot: usize| spaces.as_ref().is_none_or(|spaces| spaces[self.spaces[slot] as usize]);

        let mut tally = [0_u32; WorkloadState::ALL.len()];
        for (slot, state) in self.states.iter().enumerate() {
            if *state != FREE && visible(slot) {
                tally[usize::from(*state)] += 1;
            }
        }
        let total = tally.iter().sum();
        let counts = WorkloadState::ALL.into_iter().zip(tally).filter(|(_, count)| *count > 0).collect();

        let order = self.order(filter.sort);
        if filter.search.is_empty() && filter.states.is_empty() && spaces.is_none() {
            let rows = Self::walk(order, filter.descending).skip(filter.skip).take(filter.take);
            let rows = rows.filter_map(|slot| self.show(slot)).collect();
            return Found { rows, matching: total, total, counts };
        }

        let any =
            filter.states.is_empty() || filter.lost && filter.states.contains(&WorkloadState::Exception);
        let mut states = [any; WorkloadState::ALL.len()];
        for state in filter.states {
            states[usize::from(state_index(*state))] = true;
        }
        let found_by_text = self.matching_text(filter.search);
        let mut matching = 0_u32;
        let mut rows = Vec::with_capacity(filter.take);
        for slot in Self::walk(order, filter.descending) {
            let at = slot as usize;
            let passes = states[usize::from(self.states[at])]
                && visible(at)
                && found_by_text.as_ref().is_none_or(|found| found[at]);
            if passes {
                if matching as usize >= filter.skip && rows.len() < filter.take {
                    rows.extend(self.show(slot));
                }
                matching += 1;
            }
        }
        Found { rows, matching, total, counts }
    }

    fn order(&self, sort: SortBy) -> &[Slot] {
        let column = COLUMNS.iter().position(|column| *column == sort).unwrap_or_default();
        &self.orders[column]
    }

    fn walk(order: &[Slot], descending: bool) -> Box<dyn Iterator<Item = Slot> + '_> {
        if descending { Box::new(order.iter().rev().copied()) } else { Box::new(order.iter().copied()) }
    }

    /// For each interned namespace whether its rows are visible; `None` when all are.
    fn visible_spaces(&self, filter: &Filter<'_>) -> Option<Vec<bool>> {
        if filter.allowed.is_none() && filter.namespace.is_none() {
            return None;
        }
        let allowed: Option<std::collections::HashSet<&str>> =
            filter.allowed.map(|names| names.iter().map(String::as_str).collect());
        Some(self.namespaces.passing(|name| {
            filter.namespace.is_none_or(|only| only == name)
                && allowed.as_ref().is_none_or(|allowed| allowed.contains(name))
        }))
    }

    /// For each slot whether its name, alias or an image contains the text; `None` when all do.
    fn matching_text(&self, search: &str) -> Option<Vec<bool>> {
        let needle = search.trim().to_lowercase();
        if needle.is_empty() {
            return None;
        }
        let finder = |text: &str| text.contains(needle.as_str());
        let images = self.images.passing(|image| finder(&image.to_lowercase()));
        let any_image = images.contains(&true);
        // Kubernetes' names are lower case already.
        let found = self.rows.iter().map(|row| {
            row.as_ref().is_some_and(|row| {
                finder(row.name())
                    || !row.alias().is_empty() && finder(&row.alias().to_lowercase())
                    || any_image && row.images.as_slice().iter().any(|image| images[*image as usize])
            })
        });
        Some(found.collect())
    }

    /// Whether the table needs [`Table::settle`] before a query.
    pub(crate) fn is_settled(&self) -> bool {
        !self.dirty
    }
}
