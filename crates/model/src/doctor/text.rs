//! Places in a text, edits, and the way back through several layers of edits.

use crate::diagnosis::TextRange;

/// One replacement, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ByteEdit {
    pub start: usize,
    pub end: usize,
    pub insert: String,
}

impl ByteEdit {
    pub(super) fn new(start: usize, end: usize, insert: impl Into<String>) -> Self {
        ByteEdit { start, end, insert: insert.into() }
    }

    pub(super) fn insert(at: usize, insert: impl Into<String>) -> Self {
        ByteEdit::new(at, at, insert)
    }
}

/// Whether the edits are sorted, apart from each other and cut no character.
pub(super) fn sound(text: &str, edits: &[ByteEdit]) -> bool {
    let mut last = 0;
    edits.iter().enumerate().all(|(position, edit)| {
        let apart = if position == 0 { true } else { edit.start > last };
        last = edit.end.max(edit.start);
        apart
            && edit.start <= edit.end
            && edit.end <= text.len()
            && text.is_char_boundary(edit.start)
            && text.is_char_boundary(edit.end)
    })
}

/// The text with sorted edits applied.
pub(super) fn apply(text: &str, edits: &[ByteEdit]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for edit in edits {
        out.push_str(text.get(done..edit.start).unwrap_or_default());
        out.push_str(&edit.insert);
        done = edit.end.max(done);
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Where one edit stands before and after.
#[derive(Clone, Copy, Debug)]
struct Moved {
    old_start: usize,
    old_end: usize,
    new_start: usize,
    new_end: usize,
}

/// One round of edits, to find the way back from the mended text to the one before.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer(Vec<Moved>);

impl Layer {
    pub(super) fn new(edits: &[ByteEdit]) -> Self {
        let (mut grown, mut shrunk) = (0_usize, 0_usize);
        let moved = edits.iter().map(|edit| {
            let new_start = edit.start + grown - shrunk;
            grown += edit.insert.len();
            shrunk += edit.end - edit.start;
            let new_end = new_start + edit.insert.len();
            Moved { old_start: edit.start, old_end: edit.end, new_start, new_end }
        });
        Layer(moved.collect())
    }

    /// The place before the edits. At an edit, the place before it (`late` false) or after it.
    fn back(&self, offset: usize, late: bool) -> usize {
        // The last edit that begins at or before the offset.
        let following = self.0.partition_point(|moved| moved.new_start <= offset);
        let Some(moved) = following.checked_sub(1).and_then(|last| self.0.get(last)) else { return offset };
        if offset > moved.new_end || (offset == moved.new_end && late) {
            moved.old_end + (offset - moved.new_end)
        } else if offset == moved.new_end && moved.new_start < moved.new_end {
            moved.old_end
        } else {
            moved.old_start
        }
    }

    /// Whether the character at an offset was inserted by these edits.
    fn inserted(&self, offset: usize) -> bool {
        let following = self.0.partition_point(|moved| moved.new_start <= offset);
        following
            .checked_sub(1)
            .and_then(|last| self.0.get(last))
            .is_some_and(|moved| moved.new_start <= offset && offset < moved.new_end)
    }
}

/// Layers of edits between the original and the text at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers(Vec<Layer>);

impl Layers {
    pub(super) fn push(&mut self, edits: &[ByteEdit]) {
        self.0.push(Layer::new(edits));
    }

    /// The place in the original.
    pub(super) fn back(&self, offset: usize, late: bool) -> usize {
        self.0.iter().rev().fold(offset, |at, layer| layer.back(at, late))
    }

    /// Whether the character at an offset is not in the original.
    pub(super) fn inserted(&self, offset: usize) -> bool {
        let mut at = offset;
        for layer in self.0.iter().rev() {
            if layer.inserted(at) {
                return true;
            }
            at = layer.back(at, true);
        }
        false
    }

    /// The same edits in the original. Edits of text that is not in the original fall away: the
    /// repair that brings that text brings it mended.
    pub(super) fn edits(&self, edits: &[ByteEdit]) -> Vec<ByteEdit> {
        let mut out: Vec<ByteEdit> = edits
            .iter()
            .filter(|edit| !self.inserted(edit.start))
            .map(|edit| {
                let start = self.back(edit.start, true);
                let end = if edit.end == edit.start { start } else { self.back(edit.end, false).max(start) };
                ByteEdit::new(start, end, edit.insert.clone())
            })
            .collect();
        out.sort_by_key(|edit| (edit.start, edit.end));
        out
    }
}

/// Bytes between two marks: a long line is not counted from its start for each place in it.
const MARK: usize = 256;

/// Marks in a text, to turn byte offsets into what editors and people count.
pub(super) struct Places<'a> {
    text: &'a str,
    /// Byte offset of each line's first character.
    lines: Vec<usize>,
    /// Byte offset, UTF-16 offset and number of a character, every [`MARK`] bytes or so.
    marks: Vec<(usize, usize, usize)>,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = vec![0];
        lines.extend(self::lines(text).into_iter().map(|(_, _, next)| next));
        let mut marks = vec![(0, 0, 0)];
        let (mut wide, mut last) = (0, 0);
        for (number, (at, c)) in text.char_indices().enumerate() {
            if at - last >= MARK {
                marks.push((at, wide, number));
                last = at;
            }
            wide += c.len_utf16();
        }
        Places { text, lines, marks }
    }

    /// The line that holds a byte offset, counted from 0.
    fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    fn floor(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// UTF-16 offset and number of the character at a byte offset that cuts none.
    fn count(&self, at: usize) -> (usize, usize) {
        let mark = self.marks.partition_point(|(start, _, _)| *start <= at).saturating_sub(1);
        let (start, wide, number) = self.marks.get(mark).copied().unwrap_or_default();
        let here = self.text.get(start..at).unwrap_or_default();
        here.chars().fold((wide, number), |(wide, number), c| (wide + c.len_utf16(), number + 1))
    }

    /// UTF-16 offset of a byte offset.
    pub(super) fn utf16(&self, offset: usize) -> u32 {
        u32::try_from(self.count(self.floor(offset)).0).unwrap_or(u32::MAX)
    }

    /// The line of a byte offset, counted from 1.
    pub(super) fn line_number(&self, offset: usize) -> u32 {
        u32::try_from(self.line(self.floor(offset)) + 1).unwrap_or(u32::MAX)
    }

    /// A byte range as people and editors count it.
    pub(super) fn range(&self, start: usize, end: usize) -> TextRange {
        let start = self.floor(start);
        let line = self.line(start);
        let line_start = self.lines.get(line).copied().unwrap_or_default();
        let column = self.count(start).1 - self.count(line_start).1 + 1;
        TextRange {
            start: self.utf16(start),
            end: self.utf16(end.max(start)),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }
}

/// The lines of a text as `(start, end, next)` in bytes: without and with their line break.
pub(super) fn lines(text: &str) -> Vec<(usize, usize, usize)> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        let width = match bytes[at] {
            b'\n' => 1,
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
            b'\r' => 1,
            _ => {
                at += 1;
                continue;
            }
        };
        out.push((start, at, at + width));
        at += width;
        start = at;
    }
    if start < bytes.len() {
        out.push((start, bytes.len(), bytes.len()));
    }
    out
}

/// The line that holds an offset, counted from 0.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    lines(text).partition_point(|(start, _, _)| *start <= offset).saturating_sub(1)
}

/// The line break the text uses first.
pub(super) fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if at > 0 && text.as_bytes()[at - 1] == b'\r' => "\r\n",
        _ => "\n",
    }
}
