//! From a field to its place in the text.

use super::{
    Chunk, chunks,
    read::{Node, Shape, read},
    text::Places,
};
use crate::{FieldPath, Segment, diagnosis::TextRange};

/// The place of a field in a document of the text, or of the nearest one around it that exists.
/// `None` when there is no such document or it cannot be read.
pub fn range_of(text: &str, document: u32, path: &FieldPath) -> Option<TextRange> {
    if text.len() > super::MAX_BYTES {
        return None;
    }
    super::deep(|| locate(text, document, path)).flatten()
}

fn locate(text: &str, document: u32, path: &FieldPath) -> Option<TextRange> {
    let Chunk { start, end } = chunks(text)?.get(usize::try_from(document).ok()?).copied()?;
    let given = text.get(start..end)?;
    let root = read(given).ok()??;
    let (from, to) = find(given, &root, &path.0);
    Some(Places::new(text).range(start + from, start + to))
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
