//! From a field to its place in the text.

use std::collections::HashMap;

use super::{
    Chunk, chunks,
    read::{Node, Shape, read},
    text::Places,
};
use crate::{FieldPath, Segment, diagnosis::TextRange};

/// The place of a field in a document of the text, or of the nearest one around it that exists.
/// `None` when there is no such document or it cannot be read.
pub fn range_of(text: &str, document: u32, path: &FieldPath) -> Option<TextRange> {
    ranges_of(text, &[(document, path.clone())]).pop().flatten()
}

/// The places of some fields, as [`range_of`] gives each. A document is read once, however many of its
/// fields are asked for.
pub fn ranges_of(text: &str, places: &[(u32, FieldPath)]) -> Vec<Option<TextRange>> {
    let found = if text.len() > super::MAX_BYTES { None } else { super::deep(text, || locate(text, places)) };
    found.flatten().unwrap_or_else(|| vec![None; places.len()])
}

fn locate(text: &str, places: &[(u32, FieldPath)]) -> Option<Vec<Option<TextRange>>> {
    let chunks = chunks(text)?;
    let counted = Places::new(text);
    let mut roots: HashMap<u32, Option<Node>> = HashMap::new();
    let mut one = |document: u32, path: &FieldPath| {
        let Chunk { start, end } = chunks.get(usize::try_from(document).ok()?).copied()?;
        let given = text.get(start..end)?;
        let root = roots.entry(document).or_insert_with(|| read(given).ok().flatten()).as_ref()?;
        let (from, to) = find(given, root, &path.0);
        Some(counted.range(start + from, start + to))
    };
    Some(places.iter().map(|(document, path)| one(*document, path)).collect())
}

/// Bytes of the field: its key and, on the same line, its value.
fn find(text: &str, root: &Node, path: &[Segment]) -> (usize, usize) {
    let mut node = root;
    let mut place = (root.start, first_line(text, root.start, root.end));
    for segment in path {
        match (segment, &node.shape) {
            (Segment::Key(name), Shape::Map(members)) => {
                let Some((key, member)) = members.iter().find(|(key, _)| key.text == *name) else { break };
                // A member that an alias or a merge brings stands elsewhere.
                let end = if member.start >= key.end { member.end.max(key.end) } else { key.end };
                place = (key.start, first_line(text, key.start, end).max(key.end));
                node = member;
            }
            (Segment::Index(index), Shape::List(items)) => {
                let Some(item) = items.get(*index) else { break };
                place = (item.start, first_line(text, item.start, item.end));
                node = item;
            }
            _ => break,
        }
    }
    place
}

/// `end`, or the end of the line that `start` is on, without white space there.
fn first_line(text: &str, start: usize, end: usize) -> usize {
    let line = text.get(start..end.max(start)).unwrap_or_default();
    let line = line.split(['\n', '\r']).next().unwrap_or_default();
    start + line.trim_end().len()
}
