//! Lines of a document, and the comments that belong to one.

use crate::doctor::text;

pub(super) struct Lines<'a> {
    text: &'a str,
    /// Start, end and next start of each line.
    spans: Vec<(usize, usize, usize)>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut spans = text::lines(text);
        if let (Some(first), true) = (spans.first_mut(), text.starts_with('\u{feff}')) {
            first.0 = '\u{feff}'.len_utf8();
        }
        Lines { text, spans }
    }

    fn number(&self, at: usize) -> usize {
        self.spans.partition_point(|(start, _, _)| *start <= at).saturating_sub(1)
    }

    fn span(&self, at: usize) -> (usize, usize, usize) {
        let end = self.text.len();
        self.spans.get(self.number(at)).copied().unwrap_or((end, end, end))
    }

    /// Start of the line that a place is on.
    pub(super) fn start(&self, at: usize) -> usize {
        self.span(at).0
    }

    /// End of the line that a place is on, without its break.
    pub(super) fn end(&self, at: usize) -> usize {
        self.span(at).1.max(at)
    }

    /// Start of the line after.
    pub(super) fn next(&self, at: usize) -> usize {
        self.span(at).2.max(at)
    }

    /// Start of the first line from `start` on that is not empty.
    pub(super) fn next_full(&self, start: usize) -> usize {
        let rest = self.text.get(start..).unwrap_or_default();
        let white = rest.len() - rest.trim_start_matches([' ', '\n', '\r']).len();
        if white == rest.len() { self.text.len() } else { self.start(start + white).max(start) }
    }

    pub(super) fn column(&self, at: usize) -> usize {
        at.saturating_sub(self.start(at))
    }

    /// Columns of white space at the start of a line.
    pub(super) fn indent(&self, at: usize) -> usize {
        let (start, end, _) = self.span(at);
        let line = self.text.get(start..end).unwrap_or_default();
        line.len() - line.trim_start_matches(' ').len()
    }

    /// Whether only spaces stand before a place on its line.
    pub(super) fn is_first(&self, at: usize) -> bool {
        self.indent(at) >= self.column(at)
    }

    /// Whether both places are on one line.
    pub(super) fn same(&self, one: usize, other: usize) -> bool {
        self.number(one) == self.number(other)
    }

    /// Start of the comment lines directly above a place that stand at its column, none of them above or on
    /// the line of `floor`; else the start of its own line.
    pub(super) fn attached(&self, at: usize, floor: usize) -> usize {
        let (column, floor) = (self.column(at), self.number(floor));
        let mut number = self.number(at);
        while let Some(above) = number.checked_sub(1).filter(|above| *above > floor) {
            let (start, end, _) = self.spans.get(above).copied().unwrap_or_default();
            let line = self.text.get(start..end).unwrap_or_default();
            let bare = line.trim_start_matches(' ');
            if !bare.starts_with('#') || line.len() - bare.len() != column {
                break;
            }
            number = above;
        }
        self.spans.get(number).map_or(at, |(start, _, _)| *start)
    }
}
