//! Maps and lists whose entries stand on lines of their own.

use serde_json::Value;

use super::{After, Collection, Emitter, Order, Part, Seat, Shape, Spot, Written};

impl<'a> Emitter<'a> {
    /// Writes the entries of a map or list; `lead` is the place that it stands after. Whether a value changed.
    pub(super) fn block(
        &mut self,
        collection: &'a Collection,
        seats: &[Seat<'a>],
        order: &Order,
        after: &Value,
        lead: Option<usize>,
    ) -> bool {
        let entries = &collection.entries;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return false };
        let column = self.lines.column(first.start);
        let behind = if collection.map { After::Colon } else { After::Dash };
        let mut changed = false;
        let top = (0..entries.len()).find(|entry| order.stays(*entry).is_some()).unwrap_or_default();
        // Behind a dash, the first entry shares its line.
        let shares = !self.lines.is_first(first.start);
        if shares {
            self.move_up(collection, seats, order, after, top);
        }
        let mut above = lead;
        let mut open = None;
        for (number, entry) in entries.iter().enumerate() {
            let own = self.lines.start(entry.start);
            let start = above.map_or(own, |above| self.lines.attached(entry.start, above));
            above = Some(entry.end());
            match order.stays(number) {
                None if shares && number < top => self.gone(&entry.part),
                None => {
                    self.gone(&entry.part);
                    let mut end = self.lines.next(entry.end());
                    if open == Some(start) || self.is_kept_open(start) {
                        // Empty lines behind it would become part of the text before it.
                        end = self.lines.next_full(end);
                        open = Some(end);
                    }
                    self.edit(start, end, "");
                }
                Some(seat) => {
                    if !(shares && number == top) {
                        let new = self.fresh(order.before(number), seats, after, column);
                        self.edit(start, start, new);
                    }
                    let spot = Spot::Block { lead: entry.lead, after: behind, column };
                    changed |= self.inside(collection.doubled, seat, seats, after, spot);
                }
            }
        }
        let new = self.fresh(order.before(entries.len()), seats, after, column);
        let end = self.lines.next(last.end());
        self.edit(end, end, new);
        changed
    }

    /// Whether a line begins where a text ends that takes in empty lines.
    fn is_kept_open(&self, start: usize) -> bool {
        self.tree.keeping.iter().any(|end| self.lines.next(*end) == start)
    }

    /// Lines of new entries.
    fn fresh(&self, new: &[usize], seats: &[Seat<'a>], after: &Value, column: usize) -> String {
        let mut out = String::new();
        for number in new {
            let name = seats.get(*number).and_then(|seat| seat.name.as_deref());
            match name {
                Some(name) => {
                    if let Some(value) = after.get(name) {
                        self.style.member(name, value, column, &mut out);
                    }
                }
                None => {
                    if let Some(value) = after.get(number) {
                        self.style.item(value, column, &mut out);
                    }
                }
            }
        }
        out
    }

    /// The first entries of a map or list that begins on the line of a dash: new ones come, or old ones go and
    /// the first that stays moves up.
    fn move_up(
        &mut self,
        collection: &'a Collection,
        seats: &[Seat<'a>],
        order: &Order,
        after: &Value,
        top: usize,
    ) {
        let (Some(first), Some(stays)) = (collection.entries.first(), collection.entries.get(top)) else {
            return;
        };
        let column = self.lines.column(first.start);
        let new = self.fresh(order.before(top), seats, after, column);
        let new = new.trim_start_matches(' ');
        let gap = match top.checked_sub(1).and_then(|above| collection.entries.get(above)) {
            None => {
                let own = if new.is_empty() { String::new() } else { format!("{new}{}", " ".repeat(column)) };
                return self.edit(first.start, first.start, own);
            }
            Some(above) => {
                self.lines.end(above.end())..self.lines.start(stays.start).max(self.lines.end(above.end()))
            }
        };
        let bare = self.text.get(gap.clone()).is_some_and(|gap| gap.trim().is_empty());
        if bare {
            let own = if new.is_empty() { String::new() } else { format!("{new}{}", " ".repeat(column)) };
            self.edit(first.start, stays.start, own);
        } else if new.is_empty() {
            // Comments between them stay where they are, and the dash alone.
            let before = self.text.get(..first.start).unwrap_or_default();
            self.edit(before.trim_end_matches(' ').len(), gap.start, "");
        } else {
            self.edit(first.start, self.lines.next(gap.start), new);
        }
    }

    /// Puts a value in the place of another behind a colon or dash that ends at `lead`.
    pub(super) fn replace_block(&mut self, part: &Part, lead: usize, written: Written, leaf: bool) {
        let Written { head, body } = written;
        let lines = &self.lines;
        let below = lines.next(lead);
        let end = lines.next(part.end.max(lead));
        // What the old value has on the line, and the lines that go.
        let (from, to, rest) = match &part.shape {
            Shape::Empty if part.start == part.end => (lead, lead, below),
            _ if !lines.same(part.start, lead) => (lead, lead, below),
            Shape::Block { header, .. } => (part.start, *header, below),
            Shape::Collection(collection) if collection.flow.is_none() => {
                if lines.same(part.value, lead) {
                    // The first entry shares the line.
                    (part.start, lines.end(part.value), below)
                } else {
                    (part.start, part.named, below)
                }
            }
            _ => (self.begin(part, leaf), part.end, end),
        };
        if head.is_empty() {
            self.edit(lead, to, "");
        } else if from == lead || !leaf {
            // One space: what is below a dash stands two columns from it.
            self.edit(lead, to, format!(" {head}"));
        } else {
            self.edit(from, to, head);
        }
        self.edit(rest, end, body);
    }
}
