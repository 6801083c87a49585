//! A document as its author wrote it: every value with its bytes, its style, and what stands around it.
//!
//! The reader ([`super::super::read`]) says what a text means; this says how it is written. It is built from
//! the events of the parser that the reader itself stands on, so that both always agree about where things
//! are.

use std::{collections::HashSet, iter::Peekable};

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

/// A value where it is written.
#[derive(Debug)]
pub(super) struct Part {
    /// Its number in the order of the text, and the highest number inside it.
    pub id: u32,
    pub last: u32,
    /// The anchor that is defined here; 0 for none.
    pub anchor: usize,
    pub tagged: bool,
    /// First byte, anchor and tag included; of an empty value the place where it would stand.
    pub start: usize,
    /// First byte without anchor and tag.
    pub value: usize,
    /// End of the anchor or tag, where there is one; else `start`.
    pub named: usize,
    pub end: usize,
    pub shape: Shape,
}

/// How a value is written.
#[derive(Debug)]
pub(super) enum Shape {
    /// Nothing stands there.
    Empty,
    /// `*name`.
    Alias,
    Plain,
    Single,
    Double,
    /// `|` or `>`: end of the header, column of the content.
    Block {
        folded: bool,
        header: usize,
        indent: usize,
    },
    Collection(Collection),
}

/// A map or list.
#[derive(Debug)]
pub(super) struct Collection {
    pub map: bool,
    /// In brackets: the bytes of both.
    pub flow: Option<(usize, usize)>,
    /// Written in a way that is not edited inside: explicit keys, keys that are no text, pairs in lists.
    pub odd: bool,
    /// Has a `<<` member.
    pub merges: bool,
    /// A name is there twice.
    pub doubled: bool,
    pub entries: Vec<Entry>,
}

/// A member or item.
#[derive(Debug)]
pub(super) struct Entry {
    /// A member's name, as the reader has it.
    pub name: Option<String>,
    /// First byte: the key, the dash, or an item in brackets.
    pub start: usize,
    /// The place after the colon or dash; where there is neither, of the key's end or the item.
    pub lead: usize,
    /// Whether a colon or dash stands before `lead`.
    pub marked: bool,
    /// The comma after it.
    pub comma: Option<usize>,
    pub part: Part,
}

impl Entry {
    pub(super) fn end(&self) -> usize {
        self.part.end.max(self.lead)
    }
}

/// A document's tree.
pub(super) struct Tree {
    pub root: Part,
    /// Part and anchor of each definition, in order.
    pub anchors: Vec<(u32, usize)>,
    /// Part and anchor of each use, in order.
    pub uses: Vec<(u32, usize)>,
    /// Ends of the texts that take in the empty lines after them (`|+`), in order.
    pub keeping: Vec<usize>,
}

/// Reads the first document of a text that the reader accepts. `None` where the text is written in a way that
/// this module does not know.
pub(super) fn tree(text: &str) -> Option<Tree> {
    let options = granit_parser::options! { emit_comments: false };
    let mut events = Parser::new_from_str_with_options(text, options).map_while(Result::ok).peekable();
    let mut from = 0;
    loop {
        let (event, span) = events.next()?;
        match event {
            Event::StreamStart => {}
            Event::DocumentStart(explicit, _) => {
                if explicit && text.get(span.byte_range()?)? == "---" {
                    from = span.byte_range()?.end;
                }
                break;
            }
            _ => return None,
        }
    }
    if from == 0 && text.starts_with('\u{feff}') {
        from = '\u{feff}'.len_utf8();
    }
    let (anchors, uses, keeping) = (Vec::new(), Vec::new(), Vec::new());
    let mut builder = Builder { text, events, next: 0, anchors, uses, keeping };
    let root = builder.part(from, false)?;
    matches!(builder.events.next(), Some((Event::DocumentEnd, _))).then_some(())?;
    Some(Tree { root, anchors: builder.anchors, uses: builder.uses, keeping: builder.keeping })
}

struct Builder<'t, I: Iterator<Item = (Event<'t>, Span)>> {
    text: &'t str,
    events: Peekable<I>,
    next: u32,
    anchors: Vec<(u32, usize)>,
    uses: Vec<(u32, usize)>,
    keeping: Vec<usize>,
}

impl<'t, I: Iterator<Item = (Event<'t>, Span)>> Builder<'t, I> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The next place that is neither white space nor comment.
    fn skip(&self, mut at: usize) -> usize {
        while let Some(byte) = self.byte(at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => at += 1,
                b'#' => {
                    at = self
                        .text
                        .get(at..)
                        .and_then(|rest| rest.find(['\n', '\r']))
                        .map_or(self.text.len(), |end| at + end);
                }
                _ => break,
            }
        }
        at
    }

    /// Walks over anchor and tag, as many as there are: where the first begins, the last ends, and the value
    /// may begin.
    fn properties(&self, from: usize, count: usize) -> Option<(usize, usize, usize)> {
        let (mut start, mut end) = (None, from);
        for _ in 0..count {
            let at = self.skip(end);
            matches!(self.byte(at)?, b'&' | b'!').then_some(())?;
            start.get_or_insert(at);
            let rest = self.text.get(at..)?;
            end = at
                + if rest.starts_with("!<") {
                    rest.find('>')? + 1
                } else {
                    rest.find([' ', '\t', '\n', '\r', ',', '[', ']', '{', '}']).unwrap_or(rest.len())
                };
        }
        Some((start.unwrap_or(end), end, self.skip(end)))
    }

    /// Reads one value; `from` is a place after what stands before it.
    fn part(&mut self, from: usize, flow: bool) -> Option<Part> {
        let id = self.next;
        self.next += 1;
        let (event, span) = self.events.next()?;
        let span = span.byte_range()?;
        let (anchor, tagged) = match &event {
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(_, anchor, tag)
            | Event::MappingStart(_, anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        if anchor != 0 {
            self.anchors.push((id, anchor));
        }
        let (mut start, mut named, mut value) =
            self.properties(from, usize::from(anchor != 0) + usize::from(tagged))?;
        if start == named {
            (start, named) = (value, value);
        }
        let (end, shape) = match event {
            Event::Alias(target) => {
                self.uses.push((id, target));
                (span.end, Shape::Alias)
            }
            Event::Scalar(_, style, ..) => match style {
                ScalarStyle::Plain if span.is_empty() => {
                    if anchor == 0 && !tagged {
                        (start, named) = (from, from);
                    }
                    value = named;
                    (named, Shape::Empty)
                }
                ScalarStyle::Plain => (span.end, Shape::Plain),
                ScalarStyle::SingleQuoted => (span.end, Shape::Single),
                ScalarStyle::DoubleQuoted => (span.end, Shape::Double),
                ScalarStyle::Literal | ScalarStyle::Folded => self.block(value, span)?,
            },
            Event::SequenceStart(style, ..) => self.list(value, style == StructureStyle::Flow)?,
            Event::MappingStart(style, ..) => {
                self.map(value, span.is_empty(), flow, style == StructureStyle::Flow)?
            }
            _ => return None,
        };
        let inside = start <= value && value <= end && end <= self.text.len();
        inside.then_some(Part { id, last: self.next - 1, anchor, tagged, start, value, named, end, shape })
    }

    /// `|` and `>`: from the header to the last line that counts.
    fn block(&mut self, value: usize, span: std::ops::Range<usize>) -> Option<(usize, Shape)> {
        let sign = self.byte(value).filter(|sign| matches!(sign, b'|' | b'>'))?;
        let rest = self.text.get(value + 1..)?;
        let marks = rest.find(|c: char| !matches!(c, '+' | '-' | '0'..='9')).unwrap_or(rest.len());
        let header = value + 1 + marks;
        let first = self.text.get(..span.start)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let indent = if span.is_empty() { 0 } else { span.start - first };
        let mut end = span.end.max(header);
        // White space before what follows is not part of it either.
        let before = self.text.get(header..end)?;
        let line = before.rfind('\n').map_or(header, |at| header + at + 1);
        if line > header
            && end > line
            && before.ends_with(' ')
            && self.text.get(line..end)?.trim_matches(' ').is_empty()
        {
            end = line;
        }
        // Without `+`, empty lines at the end are not part of the text.
        if !self.text.get(value..header)?.contains('+') {
            let body = self.text.get(header..end)?;
            let mut kept = body.len();
            for line in body.split_inclusive('\n').rev() {
                let bare = line.trim_end_matches(['\n', '\r']);
                if !bare.bytes().all(|byte| byte == b' ') || bare.len() > indent {
                    kept -= line.len() - bare.len();
                    break;
                }
                kept -= line.len();
            }
            end = header + kept;
        } else if end > header && self.text.get(..end)?.ends_with('\n') {
            // The last line's break belongs to the line.
            end -= if self.text.get(..end)?.ends_with("\r\n") { 2 } else { 1 };
            self.keeping.push(end);
        }
        Some((end, Shape::Block { folded: sign == b'>', header, indent }))
    }

    fn list(&mut self, value: usize, flow: bool) -> Option<(usize, Shape)> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut at = value + usize::from(flow);
        loop {
            if matches!(self.events.peek()?, (Event::SequenceEnd, _)) {
                let (_, span) = self.events.next()?;
                let end = if flow { span.byte_range()?.end } else { entries.last()?.end() };
                let flow = flow.then_some((value, end.saturating_sub(1)));
                let list =
                    Collection { map: false, flow, odd: false, merges: false, doubled: false, entries };
                return Some((end, Shape::Collection(list)));
            }
            let start = self.skip(at);
            if !flow && self.byte(start)? != b'-' {
                return None;
            }
            let lead = start + usize::from(!flow);
            let part = self.part(lead, flow)?;
            let mut entry = Entry { name: None, start, lead, marked: !flow, comma: None, part };
            at = self.comma(&mut entry, flow);
            entries.push(entry);
        }
    }

    /// Notes the comma after an entry in brackets; where to go on.
    fn comma(&self, entry: &mut Entry, flow: bool) -> usize {
        let end = entry.end();
        let next = self.skip(end);
        if !flow || self.byte(next) != Some(b',') {
            return end;
        }
        entry.comma = Some(next);
        next + 1
    }

    fn map(&mut self, value: usize, unseen: bool, inside: bool, flow: bool) -> Option<(usize, Shape)> {
        // A pair in a list, `[a: b]`, has no brackets of its own.
        let pair = flow && inside && unseen;
        let mut map = Collection {
            map: true,
            flow: None,
            odd: pair,
            merges: false,
            doubled: false,
            entries: Vec::new(),
        };
        let mut at = value + usize::from(flow && !pair);
        loop {
            if matches!(self.events.peek()?, (Event::MappingEnd, _)) {
                let (_, span) = self.events.next()?;
                let end = if flow && !pair { span.byte_range()?.end } else { map.entries.last()?.end() };
                let mut names = HashSet::with_capacity(map.entries.len());
                map.doubled = !map.entries.iter().all(|entry| names.insert(entry.name.as_deref()));
                map.flow = flow.then_some((value, end.saturating_sub(1)));
                return Some((end, Shape::Collection(map)));
            }
            let mut start = self.skip(at);
            let explicit = self.byte(start)? == b'?'
                && matches!(self.byte(start + 1), None | Some(b' ' | b'\t' | b'\n' | b'\r'));
            map.odd |= explicit;
            let uses = self.uses.len();
            let anchors = self.anchors.len();
            let name = match self.events.peek()? {
                (Event::Scalar(text, style, ..), _) => {
                    map.merges |= text == "<<" && *style == ScalarStyle::Plain;
                    Some(text.to_string())
                }
                _ => None,
            };
            let key = self.part(start + usize::from(explicit), flow)?;
            map.odd |= name.is_none() || self.uses.len() > uses || self.anchors.len() > anchors || key.tagged;
            map.odd |= !matches!(key.shape, Shape::Plain | Shape::Single | Shape::Double);
            if matches!(key.shape, Shape::Empty) {
                start = key.end;
            }
            let colon = self.skip(key.end);
            let marked = self.byte(colon) == Some(b':');
            let lead = if marked { colon + 1 } else { key.end };
            let part = self.part(lead, flow)?;
            let mut entry = Entry { name, start, lead, marked, comma: None, part };
            at = self.comma(&mut entry, flow && !pair);
            map.entries.push(entry);
        }
    }
}
