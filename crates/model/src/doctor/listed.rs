//! A `List`: several objects in one document, which become documents of their own.

use std::collections::HashSet;

use super::{
    Fix,
    read::{Node, Shape},
    scan::{What, scan},
    text::{self, ByteEdit},
};
use crate::{Severity, Text, words::doctor as words};

/// The finding for a `List` of any sort, with the edits that make documents of its items.
pub(super) fn listed(text: &str, root: &Node) -> Option<Fix> {
    let kind = root.text("kind")?;
    let (key, items) = root.get("items")?;
    let Shape::List(all) = &items.shape else { return None };
    let own = matches!(root.text("apiVersion"), Some(version) if version == "v1" || kind != "List");
    if !kind.ends_with("List") || !own {
        return None;
    }
    let say = |text: Text| Fix::new("list-of-objects", Severity::Error, key.start, key.end, text);
    if all.is_empty() {
        return Some(say(words::DOCTOR_LIST_EMPTY.into()));
    }
    if all.iter().any(|item| item.text("kind").is_none()) {
        return Some(say(words::DOCTOR_LIST_UNNAMED.into()));
    }
    let fix = say(match all.len() {
        1 => words::DOCTOR_LIST_ONE.into(),
        many => Text::new(&words::DOCTOR_LIST, [many.to_string()]),
    });
    let edits =
        if text[items.start..].starts_with('[') { flow(text, root, all) } else { block(text, root, all) };
    Some(match edits {
        Some(edits) => fix.mend(&words::DOCTOR_MAKE_DOCUMENTS, edits),
        None => fix,
    })
}

/// JSON and the like: what is between the items becomes a line with `---`.
fn flow(text: &str, root: &Node, items: &[Node]) -> Option<Vec<ByteEdit>> {
    let line_break = text::line_break(text);
    let mut edits = Vec::new();
    let mut done = root.start;
    for (position, item) in items.iter().enumerate() {
        let insert = if position == 0 { String::new() } else { format!("{line_break}---{line_break}") };
        edits.push(ByteEdit::new(done, item.start, insert));
        done = item.start + balanced(text.get(item.start..)?)?;
    }
    edits.push(ByteEdit::new(done, text.trim_end().len().max(done), ""));
    Some(edits)
}

/// The length of the flow collection that a text begins with.
fn balanced(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match (quote, c) {
            (Some('"'), '\\') => {
                characters.next();
            }
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            (None, _) if depth == 0 => return None,
            (None, _) => {}
        }
    }
    None
}

/// Items under dashes: each dash becomes a `---`, the lines of its item move left, and what is around the items
/// goes.
fn block(text: &str, root: &Node, items: &[Node]) -> Option<Vec<ByteEdit>> {
    let Shape::Map(members) = &root.shape else { return None };
    let lines = scan(text, true);
    let number = |at: usize| lines.partition_point(|line| line.start <= at).checked_sub(1);
    let first = number(items.first()?.start)?;
    let column = lines.get(first)?.content.checked_sub(lines.get(first)?.start)?;
    let dash = lines.get(first)?.dashes.first()? - lines.get(first)?.start;
    let (list, _) = root.get("items")?;
    // The line after the last item: that of the member after it, or the end.
    let after = members
        .iter()
        .map(|(key, _)| key.start)
        .filter(|start| *start > list.start)
        .min()
        .and_then(number)
        .unwrap_or(lines.len());
    let line_break = text::line_break(text);
    let heads: HashSet<usize> = items.iter().map(|item| number(item.start)).collect::<Option<_>>()?;
    let mut edits = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let next = lines.get(at + 1).map_or(text.len(), |next| next.start);
        if line.what == What::Marker || (at < first && line.what == What::Blank) {
            continue;
        }
        let inside = line.start > list.start && at < after;
        if at >= after || (at < first && !(inside && line.what == What::Comment)) {
            if !matches!(line.what, What::Blank | What::Comment) {
                edits.push(ByteEdit::new(line.start, next, ""));
            }
            continue;
        }
        if heads.contains(&at) {
            // Each item is a dash and its first key on one line, all at one column.
            if line.dashes.first() != Some(&(line.start + dash)) || line.content - line.start != column {
                return None;
            }
            let insert = if at == first { String::new() } else { format!("---{line_break}") };
            edits.push(ByteEdit::new(line.start, line.content, insert));
            continue;
        }
        let blank = |bytes: usize| {
            text.get(line.start..line.start + bytes).is_some_and(|lead| lead.trim_matches(' ').is_empty())
        };
        match line.what {
            What::Blank => {}
            What::Comment => {
                let lead = (line.content - line.start).min(column);
                edits.push(ByteEdit::new(line.start, line.start + lead, ""));
            }
            _ if blank(column) => edits.push(ByteEdit::new(line.start, line.start + column, "")),
            // The text of a quoted value may stand anywhere.
            What::Tail => {}
            _ => return None,
        }
    }
    edits.retain(|edit| edit.start < edit.end || !edit.insert.is_empty());
    Some(edits)
}
