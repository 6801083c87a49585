//! Maps and lists in brackets.

use serde_json::Value;

use super::{Collection, Emitter, Order, Seat, Spot};
use crate::doctor::edit::{
    tree::Entry,
    write::{Flow, is_quoted},
};

impl<'a> Emitter<'a> {
    /// How the entries of a map or list in brackets are written; `outer` is how those around it are.
    pub(super) fn flow_of(&self, collection: &Collection, outer: Option<Flow>) -> Flow {
        let entries = &collection.entries;
        let space = match entries.first() {
            Some(entry) if collection.map && entry.marked && entry.part.start > entry.lead => Some(true),
            Some(entry) if collection.map && entry.marked && entry.part.start < entry.part.end => Some(false),
            _ => entries.first().zip(entries.get(1)).and_then(|(one, two)| Some(one.comma? + 1 < two.start)),
        };
        let first = entries.first().filter(|entry| self.lines.is_first(entry.start));
        let column = first.map(|entry| self.lines.column(entry.start));
        let open = self.lines.indent(collection.start());
        let step = column.and_then(|column| column.checked_sub(open)).filter(|step| (1..10).contains(step));
        Flow {
            quoted: outer.is_some_and(|outer| outer.quoted) || is_quoted(self.text, collection),
            space: space.or(outer.map(|outer| outer.space)).unwrap_or(true),
            column,
            step: step.or(outer.map(|outer| outer.step)).unwrap_or(self.style.step),
        }
    }

    /// What stands between two entries: a comma and white space, as it is between the first two.
    fn separator(&self, collection: &Collection, flow: Flow) -> String {
        let white = |from: usize, to: usize| {
            self.text.get(from..to).filter(|gap| gap.trim().is_empty()).map(|gap| gap.replace("\r\n", "\n"))
        };
        let entries = &collection.entries;
        let pair =
            entries.first().zip(entries.get(1)).and_then(|(one, two)| white(one.comma? + 1, two.start));
        let lone = || match (entries.first(), collection.flow) {
            (Some(first), Some((open, _))) => white(open + 1, first.start).filter(|gap| gap.contains('\n')),
            _ => None,
        };
        let gap =
            pair.or_else(lone).unwrap_or_else(|| if flow.space { " ".to_owned() } else { String::new() });
        format!(",{gap}")
    }

    /// Whether something that is not white space, commas apart, stands between two places: a comment.
    fn is_commented(&self, from: usize, to: usize) -> bool {
        self.text.get(from..to).is_some_and(|gap| gap.contains('#'))
    }

    /// Writes the entries of a map or list in brackets. Whether a value changed.
    pub(super) fn flow(
        &mut self,
        collection: &'a Collection,
        seats: &[Seat<'a>],
        order: &Order,
        after: &Value,
        outer: Option<Flow>,
    ) -> bool {
        let entries = &collection.entries;
        let flow = self.flow_of(collection, outer);
        let separator = self.separator(collection, flow);
        let new = |numbers: &[usize]| -> Vec<String> {
            let text = |number: &usize| match seats.get(*number)?.name.as_deref() {
                Some(name) => Some(flow.member(name, after.get(name)?)),
                None => Some(flow.value(after.get(*number)?)),
            };
            numbers.iter().filter_map(text).collect()
        };
        let staying: Vec<usize> = (0..entries.len()).filter(|entry| order.stays(*entry).is_some()).collect();
        let (Some(top), Some(last)) = (staying.first().copied(), staying.last().copied()) else {
            return false;
        };
        let mut changed = false;
        for (number, entry) in entries.iter().enumerate() {
            let Some(seat) = order.stays(number) else {
                self.gone(&entry.part);
                if number < last {
                    self.take_out(entry, entries.get(number + 1));
                }
                continue;
            };
            if number == top {
                let text: String =
                    new(order.before(top)).iter().map(|new| format!("{new}{separator}")).collect();
                self.edit(entry.start, entry.start, text);
            }
            let spot = Spot::Flow { lead: entry.lead, marked: entry.marked || !collection.map, flow };
            changed |= self.inside(collection.doubled, seat, seats, after, spot);
            let next = staying.iter().copied().find(|next| *next > number).unwrap_or(entries.len());
            let tail = number == last && last + 1 < entries.len();
            self.put_in(entry, &new(order.before(next)), &separator, tail);
        }
        self.cut_tail(entries, last);
        changed
    }

    /// Puts new entries after one that stays; a comment at the end of its line stays with it.
    fn put_in(&mut self, entry: &Entry, new: &[String], separator: &str, tail: bool) {
        if new.is_empty() {
            return;
        }
        let end = entry.end();
        let behind = entry.comma.map_or(end, |comma| comma + 1);
        let line = self.lines.end(behind);
        let rest = self.text.get(behind..line).unwrap_or_default();
        let gap = separator.strip_prefix(',').unwrap_or_default();
        if tail || !gap.contains('\n') || !rest.trim_start().starts_with('#') || !self.lines.same(end, behind)
        {
            let text: String = new.iter().map(|new| format!("{separator}{new}")).collect();
            return self.edit(end, end, text);
        }
        if entry.comma.is_some() {
            let text: String = new.iter().map(|new| format!("{gap}{new},")).collect();
            self.edit(line, line, text);
        } else {
            self.edit(end, end, ",");
            self.edit(line, line, format!("{gap}{}", new.join(separator)));
        }
    }

    /// Takes out an entry that others follow, with its comma.
    fn take_out(&mut self, entry: &Entry, next: Option<&Entry>) {
        let behind = entry.comma.map_or(entry.end(), |comma| comma + 1);
        match next {
            Some(next) if !self.is_commented(entry.end(), next.start) => {
                self.edit(entry.start, next.start, "");
            }
            _ => {
                let line = self.lines.end(behind);
                let rest = self.text.get(behind..line).unwrap_or_default().trim_start();
                if self.lines.is_first(entry.start) && (rest.is_empty() || rest.starts_with('#')) {
                    self.edit(self.lines.start(entry.start), self.lines.next(behind), "");
                } else {
                    self.edit(entry.start, behind, "");
                }
            }
        }
    }

    /// Takes out the entries after the last that stays, with the comma before them.
    fn cut_tail(&mut self, entries: &[Entry], last: usize) {
        let (Some(stays), Some(end)) = (entries.get(last), entries.last()) else { return };
        if last + 1 == entries.len() {
            return;
        }
        let gone = entries.get(last + 1..).unwrap_or_default();
        let mut before = stays.end();
        let commented = gone.iter().any(|entry| {
            let commented = self.is_commented(before, entry.start);
            before = entry.end();
            commented
        });
        if commented {
            if let Some(comma) = stays.comma {
                self.edit(comma, comma + 1, "");
            }
            gone.iter().for_each(|entry| self.take_out(entry, None));
            return;
        }
        let line = self.lines.end(end.end());
        let rest = self.text.get(end.end()..line).unwrap_or_default();
        let to = if rest.trim_start().starts_with('#') { line } else { end.end() };
        self.edit(stays.end(), to, "");
    }
}
