//! A tolerant reader of lines. Where the YAML reader stops at the first thing it cannot accept,
//! this one says of every line what it seems to be, so that all defects can be found at once.

use super::text;

/// Lines looked ahead for the other end of a quoted text.
const LOOK_AHEAD: usize = 400;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Blank,
    Comment,
    /// `---`, `...` or a directive.
    Marker,
    /// Content of a block scalar (`|`, `>`).
    Block,
    /// Goes on with a quoted text or a flow collection.
    Tail,
    /// Goes on with a plain text.
    Plain,
    /// Begins an entry of a map or list.
    Entry,
}

/// What stands after a key or dash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Empty,
    Plain,
    Quoted,
    /// A quote is opened and never closed.
    OpenQuote(char),
    Flow,
    /// Brackets are opened and not closed where the next entry begins.
    OpenFlow,
    Block,
}

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Bytes of the line without its break.
    pub start: usize,
    pub end: usize,
    pub what: What,
    /// Column of the first character that is not white space, from 0; a tab counts as two.
    pub width: usize,
    /// Whether the line before holds a plain text that this line, being deeper, cannot follow.
    pub after_plain: bool,
    /// The line (by number) whose key or dash this one seems to be inside of.
    pub parent: Option<usize>,
    /// Offset of each dash.
    pub dashes: Vec<usize>,
    /// Offset of the key or value.
    pub content: usize,
    /// Where the key ends, quotes included, and its colon.
    pub key: Option<(usize, usize)>,
    /// The value, without the comment after it; both `end` when there is none.
    pub value: usize,
    pub value_end: usize,
    pub style: Style,
    /// For open brackets: the closing ones that are missing, and where they belong.
    pub missing: Option<(usize, String)>,
}

impl Line {
    /// The column of the key or value.
    pub(super) fn column(&self) -> usize {
        self.content - self.start - self.lead() + self.width
    }

    /// Bytes of white space at the start.
    fn lead(&self) -> usize {
        self.dashes.first().copied().unwrap_or(self.content).saturating_sub(self.start)
    }

    /// The key's text without quotes.
    pub(super) fn key_text<'a>(&self, text: &'a str) -> Option<&'a str> {
        let (end, _) = self.key?;
        text.get(self.content..end).map(|key| key.trim_matches(['"', '\'']))
    }
}

/// Width of white space at the start, in columns and bytes.
pub(super) fn lead(line: &str) -> (usize, usize) {
    let mut width = 0;
    for (at, c) in line.char_indices() {
        match c {
            '\t' => width += 2,
            c if is_space(c) => width += 1,
            c if is_invisible(c) => {}
            _ => return (width, at),
        }
    }
    (width, line.len())
}

/// White space that YAML does not take for white space, and the plain one.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Characters nobody sees.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Whether a line is `---`, `...` or a directive.
pub(super) fn is_marker(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}');
    let marks = |mark: &str| {
        line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    };
    marks("---") || marks("...") || line.starts_with("%YAML") || line.starts_with("%TAG")
}

/// Walks one line of a flow collection.
struct Flow {
    open: Vec<char>,
    quote: Option<char>,
}

impl Flow {
    /// Walks text; where the collection ends in it, if it does.
    fn walk(&mut self, text: &str) -> Option<usize> {
        let mut before = ' ';
        let mut characters = text.char_indices();
        while let Some((at, c)) = characters.next() {
            if let Some(quote) = self.quote {
                if c == '\\' && quote == '"' {
                    characters.next();
                } else if c == quote {
                    self.quote = None;
                }
            } else {
                match c {
                    '"' | '\'' if matches!(before, ' ' | '\t' | ',' | '[' | '{' | ':' | '(') => {
                        self.quote = Some(c);
                    }
                    '[' => self.open.push(']'),
                    '{' => self.open.push('}'),
                    ']' | '}' => {
                        self.open.pop();
                        if self.open.is_empty() {
                            return Some(at + 1);
                        }
                    }
                    '#' if matches!(before, ' ' | '\t') => return None,
                    _ => {}
                }
            }
            before = c;
        }
        None
    }
}

/// Where a quoted text ends in `text`, which begins after the opening quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c == '\\' && quote == '"' {
            characters.next();
        } else if c == quote {
            if quote == '\'' && characters.peek().is_some_and(|(_, next)| *next == '\'') {
                characters.next();
            } else {
                return Some(at + c.len_utf8());
            }
        }
    }
    None
}

/// Where the comment of a plain text begins, or the text's end.
fn comment(text: &str) -> usize {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if c == '#' && matches!(before, ' ' | '\t') {
            return at;
        }
        before = c;
    }
    text.len()
}

/// End and colon of the key that `text` begins with.
fn key(text: &str) -> Option<(usize, usize)> {
    let first = text.chars().next()?;
    if matches!(first, '"' | '\'') {
        let end = 1 + closing(&text[1..], first)?;
        let rest = &text[end..];
        let colon = end + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
        let after = text[colon..].strip_prefix(':')?;
        return (after.is_empty() || after.starts_with([' ', '\t'])).then_some((end, colon));
    }
    if matches!(first, '{' | '[' | '#' | '|' | '>' | '&' | '!' | '?') && !text.starts_with("? ") {
        return None;
    }
    let limit = comment(text);
    let mut from = 0;
    while let Some(found) = text[from..limit].find(':') {
        let colon = from + found;
        let after = &text[colon + 1..];
        if after.is_empty() || after.starts_with([' ', '\t']) {
            return Some((text[..colon].trim_end().len(), colon));
        }
        from = colon + 1;
    }
    None
}

/// Whether a line looks like `name: …`, `name:` or `- …`.
fn looks_like_entry(line: &str) -> bool {
    let text = line.trim_start();
    if text == "-" || text.starts_with("- ") {
        return true;
    }
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && key(text).is_some_and(|(end, _)| text[..end].chars().all(|c| !c.is_whitespace() && c != ','))
}

/// Whether the last character that is no white space lets a flow collection go on; `None` when there is
/// none.
fn expects_more(text: &str) -> Option<bool> {
    text.trim_end().chars().next_back().map(|last| matches!(last, ',' | '[' | '{' | ':'))
}

/// Reads all lines. Of text that is known to be valid YAML, quotes and brackets end where they end.
pub(super) fn scan(text: &str, valid: bool) -> Vec<Line> {
    let mut scanner = Scanner { text, valid, out: Vec::new(), open: Vec::new(), block: None, plain: None };
    let spans = text::lines(text);
    let mut at = 0;
    while let Some(span) = spans.get(at) {
        at += scanner.line(&spans, at, *span);
    }
    scanner.out
}

struct Scanner<'a> {
    text: &'a str,
    valid: bool,
    out: Vec<Line>,
    /// Columns of the keys and dashes that are open, with their lines.
    open: Vec<(usize, usize, bool)>,
    /// In a block scalar: the column its content must be right of, or `None` at the top.
    block: Option<Option<usize>>,
    /// After a plain value: the column its continuation must be right of.
    plain: Option<usize>,
}

impl Scanner<'_> {
    /// Reads the line at `at` and the lines that go on with its value; how many they were.
    fn line(&mut self, spans: &[(usize, usize, usize)], at: usize, span: (usize, usize, usize)) -> usize {
        let (start, end, _) = span;
        let line = &self.text[start..end];
        let (width, lead) = lead(line);
        let mut made = Line {
            start,
            end,
            what: What::Blank,
            width,
            after_plain: false,
            parent: None,
            dashes: Vec::new(),
            content: start + lead,
            key: None,
            value: end,
            value_end: end,
            style: Style::Empty,
            missing: None,
        };
        if lead == line.len() {
            self.out.push(made);
            return 1;
        }
        if is_marker(line) {
            made.what = What::Marker;
            self.open.clear();
            (self.block, self.plain) = (None, None);
            self.out.push(made);
            return 1;
        }
        if let Some(column) = self.block {
            if column.is_none_or(|column| width > column) {
                made.what = What::Block;
                self.out.push(made);
                return 1;
            }
            self.block = None;
        }
        if line[lead..].starts_with('#') {
            made.what = What::Comment;
            self.out.push(made);
            return 1;
        }
        if let Some(column) = self.plain {
            if width > column {
                let keyed = key(&line[lead..]).is_some();
                if !keyed {
                    made.what = What::Plain;
                    self.out.push(made);
                    return 1;
                }
                made.after_plain = true;
            }
            self.plain = None;
        }
        made.what = What::Entry;
        self.entry(&mut made, line, lead);
        let tails = self.value(&mut made, spans, at);
        let number = self.out.len();
        self.nest(&mut made, number);
        self.out.push(made);
        for (start, end, _) in spans.iter().skip(at + 1).take(tails).copied() {
            let (width, lead) = self::lead(&self.text[start..end]);
            self.out.push(Line {
                start,
                end,
                what: What::Tail,
                width,
                after_plain: false,
                parent: Some(number),
                dashes: Vec::new(),
                content: start + lead,
                key: None,
                value: end,
                value_end: end,
                style: Style::Empty,
                missing: None,
            });
        }
        1 + tails
    }

    /// Dashes and key.
    fn entry(&self, made: &mut Line, line: &str, lead: usize) {
        let mut at = lead;
        loop {
            let rest = &line[at..];
            let Some(after) = rest.strip_prefix('-') else { break };
            if !(after.is_empty() || after.starts_with([' ', '\t'])) {
                break;
            }
            made.dashes.push(made.start + at);
            at += 1 + (after.len() - after.trim_start_matches([' ', '\t']).len());
        }
        made.content = made.start + at;
        let rest = &line[at..];
        let after = match key(rest) {
            Some((end, colon)) => {
                made.key = Some((made.content + end, made.content + colon));
                colon + 1
            }
            None => 0,
        };
        let value = &rest[after..];
        made.value = made.content + after + (value.len() - value.trim_start_matches([' ', '\t']).len());
        made.value_end = made.end;
    }

    /// The value and its style; how many of the following lines belong to it.
    fn value(&mut self, made: &mut Line, spans: &[(usize, usize, usize)], at: usize) -> usize {
        let mut value = &self.text[made.value..made.end];
        // Anchors and tags stand before the value.
        while value.starts_with(['&', '!']) {
            let word = value.find([' ', '\t']).unwrap_or(value.len());
            value = value[word..].trim_start_matches([' ', '\t']);
        }
        let begin = made.end - value.len();
        let column = match (made.key, made.dashes.last()) {
            (Some(_), _) => Some(made.column()),
            (None, Some(dash)) => Some(dash - made.start),
            (None, None) => made.width.checked_sub(1),
        };
        let Some(first) = value.chars().next().filter(|c| *c != '#') else {
            made.value = made.value.min(begin);
            made.value_end = begin.min(made.value + self.text[made.value..begin].trim_end().len());
            return 0;
        };
        match first {
            '|' | '>' => {
                made.style = Style::Block;
                self.block = Some(column);
                0
            }
            '"' | '\'' => self.quoted(made, spans, at, begin, first),
            '[' | '{' => self.flow(made, spans, at, begin),
            _ => {
                made.style = Style::Plain;
                let value = &self.text[made.value..made.end];
                made.value_end = made.value + value[..comment(value)].trim_end().len();
                // A comment ends a plain text for good.
                self.plain =
                    (made.value_end == made.value + value.trim_end().len()).then_some(column).flatten();
                0
            }
        }
    }

    fn quoted(
        &self,
        made: &mut Line,
        spans: &[(usize, usize, usize)],
        at: usize,
        begin: usize,
        quote: char,
    ) -> usize {
        made.style = Style::Quoted;
        if let Some(end) = closing(&self.text[begin + 1..made.end], quote) {
            made.value_end = begin + 1 + end;
            return 0;
        }
        for (count, (start, end, _)) in spans.iter().skip(at + 1).take(LOOK_AHEAD).enumerate() {
            let line = &self.text[*start..*end];
            if is_marker(line) || (!self.valid && looks_like_entry(line)) {
                break;
            }
            if closing(line, quote).is_some() {
                return count + 1;
            }
        }
        if self.valid {
            return 0;
        }
        made.style = Style::OpenQuote(quote);
        made.value_end = made.value + self.text[made.value..made.end].trim_end().len();
        0
    }

    fn flow(&self, made: &mut Line, spans: &[(usize, usize, usize)], at: usize, begin: usize) -> usize {
        made.style = Style::Flow;
        let mut flow = Flow { open: Vec::new(), quote: None };
        if let Some(end) = flow.walk(&self.text[begin..made.end]) {
            made.value_end = begin + end;
            return 0;
        }
        let mut last = made.end;
        // Kept and not looked up again: a million empty lines would each be walked back over.
        let mut expects = expects_more(&self.text[begin..last]).unwrap_or_default();
        for (count, (start, end, _)) in spans.iter().skip(at + 1).enumerate() {
            let line = &self.text[*start..*end];
            if is_marker(line) || (!self.valid && looks_like_entry(line) && !expects) {
                self.leave_open(made, &flow, begin, last);
                return count;
            }
            if flow.walk(line).is_some() {
                return count + 1;
            }
            last = *end;
            expects = expects_more(line).unwrap_or(expects);
        }
        if self.valid {
            return spans.len().saturating_sub(at + 1);
        }
        self.leave_open(made, &flow, begin, last);
        spans.len().saturating_sub(at + 1)
    }

    fn leave_open(&self, made: &mut Line, flow: &Flow, begin: usize, last: usize) {
        made.style = Style::OpenFlow;
        let closers: String = flow.quote.into_iter().chain(flow.open.iter().rev().copied()).collect();
        made.missing = Some((begin + self.text[begin..last].trim_end().len(), closers));
    }

    /// Finds the line this one is inside of, and opens its own dashes and key.
    fn nest(&mut self, made: &mut Line, number: usize) {
        let dash = !made.dashes.is_empty();
        while let Some((column, _, keyed)) = self.open.last() {
            let inside = made.width > *column || (dash && *keyed && made.width == *column);
            if inside {
                break;
            }
            self.open.pop();
        }
        made.parent = self.open.last().map(|(_, line, _)| *line);
        for position in &made.dashes {
            self.open.push((position - made.start, number, false));
        }
        if made.key.is_some() {
            self.open.push((made.column(), number, true));
        }
    }
}
