//! Editing a text by places: what an operation touches is written anew, in the style of what stands around
//! it, and every other byte stays.
//!
//! A text is read twice, once for what it means ([`super::read`]) and once for how it is written
//! ([`tree`]). Operations are noted on the tree ([`plan`]) and written at once ([`emit`]), so that many
//! cost little more than one. The result is read again: where it does not mean what it has to, the smallest
//! maps and lists around what changed are written anew as a whole, in the end the document. A text that means
//! something else never leaves this module.
//!
//! A part with an anchor that is edited or goes takes its uses along: they are written out as they were.

mod emit;
mod plan;
#[cfg(test)]
mod tests;
mod tree;
mod write;

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Chunk, chunks, read, text, text::ByteEdit, text::Places};
use crate::{
    diagnosis::Edit,
    patch::{self, Op},
    yaml::to_yaml,
};
use emit::{Emitted, emit};
use plan::Slot;
use tree::{Part, Shape, Tree, tree};
use write::{PLAIN, Style};

/// Times that a document is written anew before it is written as a whole.
const TRIES: usize = 6;

/// Why a text cannot be edited; it stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditProblem {
    /// The text has no such document, or is over a limit of the doctor.
    #[error("the text has no document {0}")]
    NoDocument(usize),
    /// The document cannot be read as it stands; in the reader's words.
    #[error("the document cannot be read: {0}")]
    Unreadable(String),
    /// An operation speaks of a place that is not there.
    #[error(transparent)]
    NoSuchPlace(#[from] patch::NoSuchPlace),
    /// What the operations ask for reads back as something else, however it is written.
    #[error("the result cannot be written as YAML")]
    Unwritable,
}

/// The text after operations on one of its documents, counted from 0 as [`super::diagnose`] counts. The
/// document then reads as what [`patch::apply`] makes of it; comments, order, quoting and layout of all that
/// is not touched stay byte for byte.
///
/// # Errors
/// [`EditProblem`], and nothing is changed.
pub fn edit(text: &str, document: usize, ops: &[Op]) -> Result<String, EditProblem> {
    super::deep(text, || Ok(text::apply(text, &byte_edits(text, document, ops)?)))
        .unwrap_or(Err(EditProblem::Unwritable))
}

/// [`edit`] as replacements for an editor: sorted, apart from each other, applied all at once.
///
/// # Errors
/// As [`edit`].
pub fn edits(text: &str, document: usize, ops: &[Op]) -> Result<Vec<Edit>, EditProblem> {
    let found =
        super::deep(text, || byte_edits(text, document, ops)).unwrap_or(Err(EditProblem::Unwritable))?;
    let places = Places::new(text);
    let wide = |edit: ByteEdit| Edit {
        start: places.utf16(edit.start),
        end: places.utf16(edit.end),
        insert: edit.insert,
    };
    Ok(found.into_iter().map(wide).collect())
}

fn byte_edits(text: &str, document: usize, ops: &[Op]) -> Result<Vec<ByteEdit>, EditProblem> {
    let missing = || EditProblem::NoDocument(document);
    if text.len() > super::MAX_BYTES {
        return Err(missing());
    }
    let Chunk { start, end } =
        *chunks(text).and_then(|all| all.get(document).copied()).as_ref().ok_or_else(missing)?;
    let given = text.get(start..end).ok_or_else(missing)?;
    let (mut edits, _) = one(given, text::line_break(text), ops)?;
    for edit in &mut edits {
        edit.start += start;
        edit.end += start;
    }
    Ok(edits)
}

/// The edits of one document, and how many times it came out wrong before.
fn one(given: &str, line_break: &str, ops: &[Op]) -> Result<(Vec<ByteEdit>, usize), EditProblem> {
    let node = read::read(given)
        .map_err(|failure| EditProblem::Unreadable(failure.message))?
        .ok_or(EditProblem::NoDocument(0))?;
    let before = node.value();
    let mut after = before.clone();
    patch::apply(&mut after, ops)?;
    as_read(&mut after);
    if before == after {
        return Ok((Vec::new(), 0));
    }
    // Every line has an end; what that adds is taken off again.
    let whole = if given.ends_with(['\n', '\r']) { given.to_owned() } else { format!("{given}{line_break}") };
    let written = |edits: Vec<ByteEdit>| -> Option<Vec<ByteEdit>> {
        let edits = finish(given, line_break, edits)?;
        reads_as(&text::apply(given, &edits), &after).then_some(edits)
    };
    if let Some(tree) = tree(&whole) {
        let style = style(&whole, &tree.root);
        let mut slot = Slot::Kept(&tree.root, &before);
        for op in ops {
            slot.apply(&op.path().0, op);
        }
        let mut forced = BTreeSet::new();
        for round in 0..TRIES {
            let style = if round == 0 { style } else { PLAIN };
            let emitted = settle(&whole, &tree, style, &mut forced, &slot, &after);
            if let Some(edits) = written(emitted.edits) {
                return Ok((edits, round));
            }
            forced.extend(wider(&tree, &emitted.edited, round));
        }
    }
    // The document as a whole; its comments go, its marks stay.
    let (from, to) = content(&whole, node.start);
    [to_yaml(&after), format!("{after:#}\n")]
        .into_iter()
        .find_map(|text| written(vec![ByteEdit::new(from, to, text)]))
        .map(|edits| (edits, TRIES))
        .ok_or(EditProblem::Unwritable)
}

/// Writes a document, and again with the uses of all anchors written out that are not what they were.
fn settle<'a>(
    text: &'a str,
    tree: &'a Tree,
    style: Style,
    forced: &mut BTreeSet<u32>,
    slot: &Slot<'a>,
    after: &Value,
) -> Emitted {
    loop {
        let emitted = {
            let fixed = forced.clone();
            emit(text, tree, style, &fixed, slot, after)
        };
        let changed = |anchor: usize| {
            tree.anchors.iter().any(|(part, defined)| *defined == anchor && emitted.changed.contains(part))
        };
        let uses = tree.uses.iter().filter(|(part, anchor)| !forced.contains(part) && changed(*anchor));
        let more: Vec<u32> = uses.map(|(part, _)| *part).collect();
        if more.is_empty() {
            return emitted;
        }
        forced.extend(more);
    }
}

/// The maps and lists to write anew as a whole after a text came out wrong: first those that were edited, then
/// those around them, in the end the document.
fn wider(tree: &Tree, edited: &BTreeSet<u32>, round: usize) -> BTreeSet<u32> {
    if round + 2 >= TRIES {
        return BTreeSet::from([tree.root.id]);
    }
    let mut out = BTreeSet::new();
    around(&tree.root, &mut Vec::new(), edited, round, &mut out);
    out
}

fn around(part: &Part, above: &mut Vec<u32>, edited: &BTreeSet<u32>, levels: usize, out: &mut BTreeSet<u32>) {
    above.push(part.id);
    if edited.contains(&part.id) {
        out.extend(above.get(above.len().saturating_sub(levels + 1)));
    }
    if let Shape::Collection(collection) = &part.shape {
        for entry in &collection.entries {
            around(&entry.part, above, edited, levels, out);
        }
    }
    above.pop();
}

/// Edits as they are applied: in the document's line breaks, those that touch joined, without the line break
/// that was added at the end. `None` when they overlap, which they never should.
fn finish(given: &str, line_break: &str, edits: Vec<ByteEdit>) -> Option<Vec<ByteEdit>> {
    let mut out: Vec<ByteEdit> = Vec::with_capacity(edits.len());
    for mut edit in edits {
        if line_break != "\n" {
            edit.insert = edit.insert.replace("\r\n", "\n").replace('\n', line_break);
        }
        match out.last_mut() {
            Some(last) if last.end > edit.start => return None,
            Some(last) if last.end == edit.start => {
                last.end = edit.end;
                last.insert.push_str(&edit.insert);
            }
            _ => out.push(edit),
        }
    }
    if let Some(mut last) = out.pop_if(|last| last.end > given.len()) {
        let bare = last.insert.strip_suffix(line_break).unwrap_or(&last.insert);
        last.insert = if last.start > given.len() { format!("{line_break}{bare}") } else { bare.to_owned() };
        last.start = last.start.min(given.len());
        last.end = given.len();
        match out.last_mut() {
            Some(before) if before.end == last.start => {
                before.end = last.end;
                before.insert.push_str(&last.insert);
            }
            _ => out.push(last),
        }
    }
    text::sound(given, &out).then_some(out)
}

/// Numbers as a text can say them: `2.0` reads as 2.
fn as_read(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(as_read),
        Value::Array(list) => list.iter_mut().for_each(as_read),
        Value::Number(number) if number.is_f64() => {
            *value = read::float(number.as_f64().unwrap_or_default());
        }
        _ => {}
    }
}

/// Whether a document reads as a value.
fn reads_as(document: &str, value: &Value) -> bool {
    matches!(read::read(document), Ok(Some(node)) if node.value() == *value)
}

/// From where the value of a document begins to the end of what belongs to it.
fn content(document: &str, start: usize) -> (usize, usize) {
    let lines = text::lines(document);
    let line = lines.iter().rev().find(|(from, _, _)| *from <= start).map_or(0, |(from, _, _)| *from);
    let marked =
        document.get(line..).is_some_and(|rest| rest.starts_with("---") || rest.starts_with('\u{feff}'));
    let from = if marked { start } else { line };
    let end = lines
        .iter()
        .find(|(start, end, _)| {
            *start > from && document.get(*start..*end).is_some_and(super::scan::is_marker)
        })
        .map_or(document.len(), |(start, _, _)| *start);
    (from, end)
}

/// How a document indents: as the first places show where that can be seen.
fn style(text: &str, root: &Part) -> Style {
    let (mut step, mut dash) = (None, None);
    look(text, root, &mut step, &mut dash);
    Style { step: step.unwrap_or(PLAIN.step), dash: dash.unwrap_or(PLAIN.dash) }
}

fn look(text: &str, part: &Part, step: &mut Option<usize>, dash: &mut Option<usize>) {
    let Shape::Collection(collection) = &part.shape else { return };
    let column = |at: usize| {
        let before = text.get(..at).unwrap_or_default().trim_start_matches('\u{feff}');
        before.len() - before.rfind('\n').map_or(0, |end| end + 1)
    };
    for entry in &collection.entries {
        if step.is_some() && dash.is_some() {
            return;
        }
        if let Shape::Collection(inner) = &entry.part.shape
            && let (None, None, true, Some(first)) =
                (collection.flow, inner.flow, collection.map, inner.entries.first())
            && let Some(deeper) = column(first.start).checked_sub(column(entry.start))
            && (usize::from(inner.map)..9).contains(&deeper)
        {
            let found = if inner.map { &mut *step } else { &mut *dash };
            found.get_or_insert(deeper);
        }
        look(text, &entry.part, step, dash);
    }
}
