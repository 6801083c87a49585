//! What becomes of each part of a document: operations are noted here first, so that the text is written
//! once, however many there are.

use serde_json::Value;

use super::tree::{Collection, Part, Shape};
use crate::{
    FieldPath, Segment,
    patch::{self, Op},
};

/// A place of the document as it will be.
#[derive(Debug)]
pub(super) enum Slot<'a> {
    /// As it was.
    Kept(&'a Part, &'a Value),
    /// Something inside changes.
    Open(&'a Part, &'a Value, Vec<Seat<'a>>),
    /// Becomes whatever the object has there in the end; what stood there before.
    Whole(Option<(&'a Part, &'a Value)>),
}

/// A member or item as it will be.
#[derive(Debug)]
pub(super) struct Seat<'a> {
    pub name: Option<String>,
    /// Which entry it was.
    pub from: Option<usize>,
    pub slot: Slot<'a>,
}

/// The map or list that a part is, if it can be edited inside.
pub(super) fn collection<'a>(part: &'a Part, value: &Value) -> Option<&'a Collection> {
    let Shape::Collection(collection) = &part.shape else { return None };
    let as_read = match value {
        Value::Object(map) => {
            let names = || collection.entries.iter().filter_map(|entry| entry.name.as_deref());
            let known = names().all(|name| map.contains_key(name) || (collection.merges && name == "<<"));
            // Names that are there twice count once.
            let all = collection.merges || collection.doubled || collection.entries.len() == map.len();
            collection.map && known && all
        }
        Value::Array(list) => !collection.map && list.len() == collection.entries.len(),
        _ => false,
    };
    (as_read && !collection.odd).then_some(collection)
}

/// The entries of a part as they are.
pub(super) fn open<'a>(part: &'a Part, value: &'a Value) -> Option<Vec<Seat<'a>>> {
    let collection = collection(part, value)?;
    let seat = |(index, entry): (usize, &'a super::tree::Entry)| {
        let inner = match &entry.name {
            Some(name) => value.get(name),
            None => value.get(index),
        };
        let slot = Slot::Kept(&entry.part, inner.unwrap_or(&Value::Null));
        Seat { name: entry.name.clone(), from: Some(index), slot }
    };
    Some(collection.entries.iter().enumerate().map(seat).collect())
}

/// The entries of a part that has one value and gets another, as alike as they can be. `None` when nothing is
/// alike.
pub(super) fn between<'a>(
    part: &'a Part,
    before: &'a Value,
    after: &Value,
    name: Option<&str>,
) -> Option<Slot<'a>> {
    if !matches!((before, after), (Value::Object(_), Value::Object(_)) | (Value::Array(_), Value::Array(_))) {
        return None;
    }
    open(part, before)?;
    // Items are told apart by the name of their list.
    let path = name.map_or_else(FieldPath::root, |name| FieldPath::root().key(name));
    let ops = patch::diff_at(&path, before, after);
    let depth = path.0.len();
    let mut slot = Slot::Kept(part, before);
    for op in &ops {
        slot.apply(op.path().0.get(depth..)?, op);
    }
    matches!(slot, Slot::Open(..)).then_some(slot)
}

impl<'a> Slot<'a> {
    /// Notes an operation that the object accepts.
    pub(super) fn apply(&mut self, path: &[Segment], op: &Op) {
        let Some((segment, rest)) = path.split_first() else { return self.close() };
        if let Slot::Kept(part, value) = *self {
            *self = match open(part, value) {
                Some(seats) => Slot::Open(part, value, seats),
                None => Slot::Whole(Some((part, value))),
            };
        }
        let Slot::Open(part, _, seats) = self else { return };
        let merges = matches!(&part.shape, Shape::Collection(collection) if collection.merges);
        let found = match segment {
            // Of members with one name the last counts.
            Segment::Key(key) => seats.iter().rposition(|seat| seat.name.as_ref() == Some(key)),
            Segment::Index(index) => (*index < seats.len()).then_some(*index),
        };
        match (op, segment, found) {
            (Op::Insert(..), Segment::Index(index), _) if rest.is_empty() && *index <= seats.len() => {
                seats.insert(*index, Seat { name: None, from: None, slot: Slot::Whole(None) });
            }
            // What a merge brings can be hidden and not taken away.
            (Op::Remove(_), ..) if rest.is_empty() && merges => self.close(),
            (Op::Remove(_), Segment::Key(key), Some(_)) if rest.is_empty() => {
                seats.retain(|seat| seat.name.as_ref() != Some(key));
            }
            (Op::Remove(_), Segment::Index(index), Some(_)) if rest.is_empty() => {
                seats.remove(*index);
            }
            (_, _, Some(found)) => {
                if let Some(seat) = seats.get_mut(found) {
                    seat.slot.apply(rest, op);
                }
            }
            (Op::Set(..), Segment::Key(key), None) if rest.is_empty() => {
                seats.push(Seat { name: Some(key.clone()), from: None, slot: Slot::Whole(None) });
            }
            _ => self.close(),
        }
    }

    /// Becomes whole.
    fn close(&mut self) {
        if let Slot::Kept(part, value) | Slot::Open(part, value, _) = *self {
            *self = Slot::Whole(Some((part, value)));
        }
    }
}
