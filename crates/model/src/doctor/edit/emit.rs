//! From what becomes of each part to edits of the text.

mod block;
mod flow;
mod lines;

use std::collections::BTreeSet;

use serde_json::Value;

use self::lines::Lines;
use super::{
    plan::{Seat, Slot, between, open},
    tree::{Collection, Entry, Part, Shape, Tree},
    write::{After, Flow, Style, Written, double, like, single},
};
use crate::doctor::text::ByteEdit;

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
enum Spot {
    /// The document itself.
    Root,
    /// After a colon or dash that ends at `lead`, of an entry at `column`.
    Block { lead: usize, after: After, column: usize },
    /// In brackets, after `lead`; a key without colon is not `marked`.
    Flow { lead: usize, marked: bool, flow: Flow },
}

/// What writing a document gave.
#[derive(Debug, Default)]
pub(super) struct Emitted {
    /// In the order of the text; some touch.
    pub edits: Vec<ByteEdit>,
    /// Parts with an anchor whose value changes, or that go.
    pub changed: BTreeSet<u32>,
    /// Maps and lists that are edited themselves.
    pub edited: BTreeSet<u32>,
}

/// Writes the edits of a document.
pub(super) struct Emitter<'a> {
    text: &'a str,
    lines: Lines<'a>,
    tree: &'a Tree,
    style: Style,
    /// Parts that are written anew as a whole.
    forced: &'a BTreeSet<u32>,
    out: Emitted,
}

/// The edits that make a document hold `after`, where `slot` says what becomes of its parts. Its last line
/// ends in a line break.
pub(super) fn emit<'a>(
    text: &'a str,
    tree: &'a Tree,
    style: Style,
    forced: &'a BTreeSet<u32>,
    slot: &Slot<'a>,
    after: &Value,
) -> Emitted {
    let mut emitter = Emitter { text, lines: Lines::new(text), tree, style, forced, out: Emitted::default() };
    emitter.slot(slot, after, Spot::Root, None);
    emitter.out.edits.sort_by_key(|edit| edit.start);
    emitter.out
}

impl<'a> Emitter<'a> {
    fn edit(&mut self, start: usize, end: usize, insert: impl Into<String>) {
        let edit = ByteEdit::new(start, end, insert);
        if edit.start < edit.end || !edit.insert.is_empty() {
            self.out.edits.push(edit);
        }
    }

    /// Whether something in a part is to be written anew.
    fn hit(&self, part: &Part) -> bool {
        self.forced.range(part.id..=part.last).next().is_some()
    }

    /// A part is not what it was: nor are the anchors in it.
    fn gone(&mut self, part: &Part) {
        let from = self.tree.anchors.partition_point(|(id, _)| *id < part.id);
        let inside = self.tree.anchors.iter().skip(from).take_while(|(id, _)| *id <= part.last);
        self.out.changed.extend(inside.map(|(id, _)| *id));
    }

    /// Writes a place; whether it changed. `name` is that of the member it is.
    fn slot(&mut self, slot: &Slot<'a>, after: &Value, spot: Spot, name: Option<&str>) -> bool {
        match slot {
            Slot::Whole(None) => false,
            Slot::Kept(part, before) => self.kept(part, before, after, spot),
            Slot::Open(part, before, _) | Slot::Whole(Some((part, before)))
                if self.forced.contains(&part.id) =>
            {
                self.replace(part, before, after, spot)
            }
            Slot::Open(part, before, seats) => self.seats(part, before, seats, after, spot),
            Slot::Whole(Some((part, before))) if *before == after => self.kept(part, before, after, spot),
            Slot::Whole(Some((part, before))) => match between(part, before, after, name) {
                Some(Slot::Open(_, _, seats)) => self.seats(part, before, &seats, after, spot),
                _ => self.replace(part, before, after, spot),
            },
        }
    }

    fn kept(&mut self, part: &'a Part, before: &'a Value, after: &Value, spot: Spot) -> bool {
        if !self.hit(part) {
            return false;
        }
        match open(part, before) {
            Some(seats) if !self.forced.contains(&part.id) => self.seats(part, before, &seats, after, spot),
            _ => self.replace(part, before, after, spot),
        }
    }

    /// Writes a map or list that is edited inside.
    fn seats(
        &mut self,
        part: &'a Part,
        before: &Value,
        seats: &[Seat<'a>],
        after: &Value,
        spot: Spot,
    ) -> bool {
        let Shape::Collection(collection) = &part.shape else {
            return self.replace(part, before, after, spot);
        };
        let merged = |entry: &Entry| collection.merges && entry.name.as_deref() == Some("<<");
        let lost = collection.entries.iter().any(|entry| merged(entry) && self.hit(&entry.part));
        if lost || !seats.iter().any(|seat| seat.from.is_some()) {
            return self.replace(part, before, after, spot);
        }
        let order = Order::new(collection, seats);
        if order.edits {
            self.out.edited.insert(part.id);
        }
        let inside = match (collection.flow, spot) {
            (Some(_), Spot::Flow { flow, .. }) => self.flow(collection, seats, &order, after, Some(flow)),
            (Some(_), _) => self.flow(collection, seats, &order, after, None),
            (None, Spot::Block { lead, .. }) => self.block(collection, seats, &order, after, Some(lead)),
            (None, _) => self.block(collection, seats, &order, after, None),
        };
        let changed = inside || order.edits;
        if changed && part.anchor != 0 {
            self.out.changed.insert(part.id);
        }
        changed
    }

    /// Writes the value of an entry that stays; whether it changed.
    fn inside(&mut self, doubled: bool, seat: usize, seats: &[Seat<'a>], after: &Value, spot: Spot) -> bool {
        let Some(Seat { name, slot, .. }) = seats.get(seat) else { return false };
        // Of members with one name the last counts.
        if doubled && seats.iter().skip(seat + 1).any(|later| later.name == *name) {
            return false;
        }
        let value = match name {
            Some(name) => after.get(name),
            None => after.get(seat),
        };
        value.is_some_and(|value| self.slot(slot, value, spot, name.as_deref()))
    }

    /// Puts a value in the place of another.
    fn replace(&mut self, part: &'a Part, before: &Value, after: &Value, spot: Spot) -> bool {
        self.gone(part);
        self.out.edited.insert(part.id);
        match spot {
            Spot::Root => self.replace_root(part, after),
            Spot::Block { lead, after: behind, column } => {
                let written = match &part.shape {
                    // What was in brackets stays in brackets.
                    Shape::Collection(collection)
                        if collection.flow.is_some() && !collection.entries.is_empty() =>
                    {
                        let flow = self.flow_of(collection, None);
                        Written {
                            head: flow.outside(self.lines.column(collection.start())).value(after),
                            body: String::new(),
                        }
                    }
                    shape if is_leaf(after) => like(shape, before, after, column),
                    _ => self.style.value(after, behind, column),
                };
                self.replace_block(part, lead, written, is_leaf(after));
            }
            Spot::Flow { lead, marked, flow } => {
                let value = match (&part.shape, after) {
                    (Shape::Double, Value::String(text)) => double(text),
                    (Shape::Single, Value::String(text)) => single(text).unwrap_or_else(|| double(text)),
                    _ => flow.value(after),
                };
                let space = if flow.space { " " } else { "" };
                match part.shape {
                    Shape::Empty if part.start == part.end && !marked => {
                        self.edit(lead, lead, format!(":{space}{value}"));
                    }
                    Shape::Empty if part.start == part.end => self.edit(lead, lead, format!(" {value}")),
                    _ => self.edit(self.begin(part, is_leaf(after)), part.end, value),
                }
            }
        }
        true
    }

    /// Where the text of a value begins that is replaced: an anchor stays with a value that is no map or list.
    fn begin(&self, part: &Part, leaf: bool) -> usize {
        let inline = matches!(part.shape, Shape::Plain | Shape::Single | Shape::Double);
        if inline && leaf && !part.tagged { part.value } else { part.start }
    }

    fn replace_root(&mut self, part: &Part, after: &Value) {
        if let Shape::Collection(collection) = &part.shape
            && collection.flow.is_some()
            && !collection.entries.is_empty()
            && !is_leaf(after)
        {
            let flow = self.flow_of(collection, None);
            let value = flow.outside(self.lines.column(part.value)).value(after);
            return self.edit(part.start, part.end, value);
        }
        let mut text = String::new();
        self.style.lines(after, 0, &mut text);
        let first = self.lines.is_first(part.start);
        let start = if first { self.lines.start(part.start) } else { part.start };
        let text = text.trim_end_matches('\n');
        let fresh = if first || is_leaf(after) { "" } else { "\n" };
        let inside = matches!(&part.shape, Shape::Collection(collection) if collection.flow.is_none());
        let end = if inside { self.lines.end(part.end) } else { part.end };
        self.edit(start, end, format!("{fresh}{text}"));
    }
}

/// Whether a value stands on one line wherever it is (but for texts of several lines).
fn is_leaf(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => true,
    }
}

impl Collection {
    fn start(&self) -> usize {
        self.flow.map_or_else(|| self.entries.first().map_or(0, |entry| entry.start), |(open, _)| open)
    }
}

/// What becomes of the entries of a map or list.
struct Order {
    /// For each entry the seat it has, if it stays.
    seats: Vec<Option<usize>>,
    /// For each entry that stays the new seats before it; at the end those that come last.
    new: Vec<Vec<usize>>,
    /// Whether an entry comes or goes.
    edits: bool,
}

impl Order {
    fn new(collection: &Collection, seats: &[Seat<'_>]) -> Self {
        let count = collection.entries.len();
        let mut order =
            Order { seats: vec![None; count], new: vec![Vec::new(); count + 1], edits: seats.len() != count };
        let mut pending = Vec::new();
        for (number, seat) in seats.iter().enumerate() {
            match seat.from {
                Some(entry) if entry < count => {
                    order.seats[entry] = Some(number);
                    order.new[entry] = std::mem::take(&mut pending);
                }
                _ => {
                    order.edits = true;
                    pending.push(number);
                }
            }
        }
        order.new[count] = pending;
        order
    }

    fn stays(&self, entry: usize) -> Option<usize> {
        self.seats.get(entry).copied().flatten()
    }

    fn before(&self, entry: usize) -> &[usize] {
        self.new.get(entry).map_or(&[], Vec::as_slice)
    }
}
