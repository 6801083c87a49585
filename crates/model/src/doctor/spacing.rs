//! Lost spaces and line breaks: `-name`, `key:value`, `fieldRef:apiVersion: v1`; values that need
//! quotes; quotes and brackets left open.

use std::collections::{HashMap, HashSet};

use super::{
    Fix, known,
    read::read,
    scan::{Line, Style, What},
    text::{ByteEdit, apply, line_break, line_of},
};
use crate::{Severity, Text, words::doctor as words};

/// Open quotes and brackets told of at once.
const MOST_UNCLOSED: usize = 100;

/// What the lines say about each other.
pub(super) struct Layout<'a> {
    text: &'a str,
    lines: &'a [Line],
    /// Parent and column of all entries with a key, and of all dashes.
    keys: HashSet<(Option<usize>, usize)>,
    dashes: HashSet<(Option<usize>, usize)>,
    /// Columns by which a map is usually deeper than its key.
    pub(super) step: usize,
}

impl<'a> Layout<'a> {
    pub(super) fn new(text: &'a str, lines: &'a [Line]) -> Self {
        let (mut keys, mut dashes) = (HashSet::new(), HashSet::new());
        let mut steps: HashMap<usize, usize> = HashMap::new();
        for line in lines.iter().filter(|line| line.what == What::Entry) {
            for dash in &line.dashes {
                dashes.insert((line.parent, dash - line.start));
            }
            if line.key.is_some() {
                keys.insert((line.parent, line.column()));
            }
            if let Some(parent) = line.parent.and_then(|parent| lines.get(parent))
                && line.dashes.is_empty()
                && line.width > parent.column()
            {
                *steps.entry(line.width - parent.column()).or_default() += 1;
            }
        }
        let step = steps
            .into_iter()
            .filter(|(step, _)| *step <= 8)
            .max_by_key(|(step, count)| (*count, step % 2 == 0, 8 - *step));
        Layout { text, lines, keys, dashes, step: step.map_or(2, |(step, _)| step) }
    }

    /// The key whose value this line belongs to, if it is not an element of a list.
    fn parent_key(&self, line: &Line) -> Option<&'a str> {
        let parent = self.lines.get(line.parent?)?;
        let inside =
            parent.column() < line.width || (!line.dashes.is_empty() && parent.column() == line.width);
        if inside { parent.key_text(self.text) } else { None }
    }

    /// Whether the line's members are named by the user.
    fn in_free_map(&self, line: &Line) -> bool {
        self.parent_key(line).is_some_and(known::is_free)
    }

    /// Whether entries with keys stand beside this line.
    fn beside_keys(&self, number: usize, line: &Line) -> bool {
        let column = line.column();
        (line.dashes.is_empty() && self.keys.contains(&(line.parent, column)))
            || self.keys.contains(&(Some(number), column))
            || line.parent.and_then(|parent| self.lines.get(parent)).is_some_and(|parent| {
                line.dashes.is_empty() && parent.key.is_some() && parent.column() == column
            })
    }

    /// The next entry after a line.
    fn next(&self, number: usize) -> Option<&'a Line> {
        self.lines.iter().skip(number + 1).take(64).find(|line| line.what == What::Entry)
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }
}

/// All fixes of lost spaces, line breaks and quotes.
pub(super) fn spacing(layout: &Layout<'_>, valid: bool) -> Vec<Fix> {
    let mut fixes = Vec::new();
    let mut in_dashes = false;
    let mut above: Option<&Line> = None;
    for (number, line) in layout.lines.iter().enumerate() {
        match line.what {
            What::Entry => {
                let dash = dash_space(layout, line);
                in_dashes = dash.is_some() && line.key.is_none();
                above = Some(line);
                let found = dash
                    .or_else(|| glued(layout, number, line))
                    .or_else(|| if valid { None } else { value_quotes(layout, number, line) })
                    .or_else(|| colon_space(layout, number, line, valid));
                fixes.extend(found);
            }
            What::Plain => {
                let content = layout.slice(line.content, line.end).trim_end();
                let rest = content.strip_prefix('-').unwrap_or_default();
                // Elements without their space read as one long text.
                if in_dashes && rest.starts_with(|c: char| c.is_alphanumeric()) {
                    fixes.push(dash_fix(line.content, content));
                } else if rest.starts_with(' ') {
                    fixes.extend(above.and_then(|above| dash_in_text(above, line)));
                }
            }
            What::Blank | What::Comment | What::Block | What::Tail => {}
            What::Marker => (in_dashes, above) = (false, None),
        }
    }
    fixes
}

/// An element one column too deep, which YAML reads as more of the text above it.
fn dash_in_text(above: &Line, line: &Line) -> Option<Fix> {
    let column = above.dashes.last().filter(|_| above.key.is_none())? - above.start;
    let edit = ByteEdit::new(line.start, line.content, " ".repeat(column));
    Some(
        Fix::new("dash-in-text", Severity::Warning, line.content, line.end, words::DOCTOR_DASH_IN_TEXT)
            .mend(&words::DOCTOR_ALIGN, vec![edit]),
    )
}

fn dash_fix(at: usize, content: &str) -> Fix {
    let shown: String = content.chars().take(40).collect();
    Fix::new(
        "dash-space",
        Severity::Error,
        at,
        at + content.len(),
        Text::new(&words::DOCTOR_DASH_SPACE, [shown]),
    )
    .mend(&words::DOCTOR_ADD_SPACE, vec![ByteEdit::insert(at + 1, " ")])
}

/// `-name: conf` where `- name: conf` is meant.
fn dash_space(layout: &Layout<'_>, line: &Line) -> Option<Fix> {
    let content = layout.slice(line.content, line.end).trim_end();
    let rest = content.strip_prefix('-')?;
    let first = rest.chars().next()?;
    if !line.dashes.is_empty() || first.is_whitespace() {
        return None;
    }
    let parent = layout.parent_key(line);
    // `--flag` alone may be meant; beside other elements it cannot be.
    let in_list = (parent.is_some_and(known::holds_list) && first != '-')
        || layout.dashes.contains(&(line.parent, line.width));
    let meant = match line.key {
        Some(_) => in_list || (first.is_ascii_alphabetic() && !parent.is_some_and(known::is_free)),
        None => in_list && (first.is_alphanumeric() || "-\"'[{$/*<".contains(first)),
    };
    meant.then(|| dash_fix(line.content, content))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Two keys on one line: `fieldRef:apiVersion: v1`, `lifecycle:preStop:`, `exec: command: [sh]`.
fn glued(layout: &Layout<'_>, number: usize, line: &Line) -> Option<Fix> {
    let (key_end, colon) = line.key?;
    let key = layout.slice(line.content, key_end);
    let (left, right, cut, end) = match key.split_once(':') {
        Some((left, right)) => {
            let right = right.split(':').next().unwrap_or_default();
            let cut = line.content + left.len() + 1;
            (left, right, cut, cut)
        }
        None if line.style == Style::Plain => {
            let value = layout.slice(line.value, line.value_end);
            let (right, after) = value.split_once(':')?;
            if !(after.is_empty() || after.starts_with(' ')) {
                return None;
            }
            (key, right, colon + 1, line.value)
        }
        None => return None,
    };
    if !known::holds_more(left) || !known::is_field(right) || !is_name(right) || layout.in_free_map(line) {
        return None;
    }
    let column = line.column();
    // Nothing follows the second key on the line, so what is deeper is its value.
    let heads = line.style == Style::Empty && key.contains(':') && key.matches(':').count() == 1
        || line.style == Style::Plain && layout.slice(line.value, line.value_end).ends_with(':');
    let below = layout.next(number).filter(|next| next.width > column).map(|next| next.width - column);
    let mut edits = Vec::new();
    let deeper = match (heads, below) {
        (false, Some(below)) => below,
        (true, Some(below)) if below <= layout.step => {
            // The second key takes the place of its value, which moves on.
            let inside = layout.lines.iter().skip(number + 1);
            for next in inside.take_while(|next| next.what != What::Entry || next.width > column) {
                if !matches!(next.what, What::Blank | What::Marker) {
                    edits.push(ByteEdit::insert(next.start, " ".repeat(layout.step)));
                }
            }
            below
        }
        _ => layout.step,
    };
    let line_break = line_break(layout.text);
    edits.insert(0, ByteEdit::new(cut, end, format!("{line_break}{}", " ".repeat(column + deeper))));
    let text = Text::new(&words::DOCTOR_GLUED, [left, right]);
    Some(
        Fix::new("glued-keys", Severity::Error, line.content, key_end.max(end + right.len()), text)
            .mend(&words::DOCTOR_BREAK_LINE, edits),
    )
}

/// A text that YAML can only read in quotes.
fn value_quotes(layout: &Layout<'_>, number: usize, line: &Line) -> Option<Fix> {
    let after = layout.slice(line.value_end, line.end).trim();
    if line.style == Style::Quoted
        && !after.is_empty()
        && !after.starts_with('#')
        && line.value_end < line.end
    {
        let whole = layout.slice(line.value, line.end).trim_end();
        let edit = ByteEdit::new(line.value, line.value + whole.len(), quote(whole));
        let end = line.value + whole.len();
        return Some(
            Fix::new("after-quote", Severity::Error, line.value_end, end, words::DOCTOR_AFTER_QUOTE)
                .mend(&words::DOCTOR_ADD_QUOTES, vec![edit]),
        );
    }
    if line.style != Style::Plain || (line.key.is_none() && line.dashes.is_empty()) {
        return None;
    }
    let value = layout.slice(line.value, line.value_end);
    if value.starts_with("{{") {
        return None;
    }
    let first = value.chars().next()?;
    let has_colon = value.contains(": ") || value.ends_with(':');
    let reserved = matches!(first, '@' | '`' | '%')
        || (first == '*' && value[1..].starts_with(|c: char| !c.is_ascii_alphanumeric()))
        || value == "*";
    // Where text goes on in the next line, quotes on this one would break it.
    let alone = layout.lines.get(number + 1).is_none_or(|next| next.what != What::Plain);
    if !(has_colon || reserved) || !alone {
        return None;
    }
    let (code, word) = if has_colon {
        ("colon-in-value", words::DOCTOR_COLON_IN_VALUE)
    } else {
        ("reserved-character", words::DOCTOR_RESERVED)
    };
    let text = Text::new(&word, [first.to_string()]);
    Some(
        Fix::new(code, Severity::Error, line.value, line.value_end, text)
            .mend(&words::DOCTOR_ADD_QUOTES, vec![ByteEdit::new(line.value, line.value_end, quote(value))]),
    )
}

/// A text in quotes.
pub(super) fn quote(text: &str) -> String {
    if text.contains(['"', '\\']) { format!("'{}'", text.replace('\'', "''")) } else { format!("\"{text}\"") }
}

/// `name:web` where `name: web` is meant, also with a full-width colon.
fn colon_space(layout: &Layout<'_>, number: usize, line: &Line, valid: bool) -> Option<Fix> {
    if line.key.is_some() || line.style != Style::Plain {
        return None;
    }
    let content = layout.slice(line.content, line.value_end);
    let wide = content.find('\u{ff1a}');
    let (at, colon) = match (content.find(':'), wide) {
        (Some(at), Some(wide)) if wide < at => (wide, '\u{ff1a}'),
        (Some(at), _) => (at, ':'),
        (None, wide) => (wide?, '\u{ff1a}'),
    };
    let name = content[..at].trim_end();
    let rest = &content[at + colon.len_utf8()..];
    let plausible = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && !rest.starts_with("//")
        && !(rest.is_empty() && colon == ':');
    let beside = !valid && layout.beside_keys(number, line);
    // Where a map must stand, a lone text with a colon is a field that lost its space.
    let known = line.dashes.is_empty()
        && (layout.parent_key(line).is_some_and(known::holds_map)
            || (known::is_field(name) && line.parent.is_none() && !valid));
    if !plausible || !(beside || known) {
        return None;
    }
    let from = line.content + at;
    let space = rest.len() - rest.trim_start_matches([' ', '\u{3000}']).len();
    let insert = if rest.is_empty() { ":" } else { ": " };
    let edit = if colon == ':' {
        ByteEdit::insert(from + 1, " ")
    } else {
        ByteEdit::new(from, from + colon.len_utf8() + space, insert)
    };
    let (code, word) = if colon == ':' {
        ("colon-space", words::DOCTOR_COLON_SPACE)
    } else {
        ("full-width-colon", words::DOCTOR_FULL_WIDTH_COLON)
    };
    Some(
        Fix::new(code, Severity::Error, line.content, line.value_end, Text::new(&word, [name]))
            .mend(&words::DOCTOR_ADD_SPACE, vec![edit]),
    )
}

/// Quotes and brackets that are opened and not closed; `trials` bounds how many are tried out.
pub(super) fn unclosed(layout: &Layout<'_>, mut trials: usize) -> Vec<Fix> {
    let mut fixes = Vec::new();
    for (number, line) in layout.lines.iter().enumerate().filter(|(_, line)| line.what == What::Entry) {
        let (code, word, edit) = match (line.style, &line.missing) {
            (Style::OpenQuote(quote), _) => (
                "unclosed-quote",
                words::DOCTOR_UNCLOSED_QUOTE,
                ByteEdit::insert(line.value_end, quote.to_string()),
            ),
            (Style::OpenFlow, Some((at, closers))) => {
                ("unclosed-bracket", words::DOCTOR_UNCLOSED_BRACKET, ByteEdit::insert(*at, closers.clone()))
            }
            _ => continue,
        };
        let text = Text::new(&word, [edit.insert.clone()]);
        let mut fix = Fix::new(code, Severity::Error, line.value, line.value_end.min(line.end), text);
        if trials > 0 {
            trials -= 1;
            let mended = apply(layout.text, std::slice::from_ref(&edit));
            let helps = match read(&mended) {
                Ok(_) => true,
                Err(failure) => {
                    let reached = line_of(&mended, failure.at);
                    reached > number
                }
            };
            if helps {
                fix = fix.mend(&words::DOCTOR_CLOSE_IT, vec![edit]);
            }
        }
        fixes.push(fix);
        if fixes.len() >= MOST_UNCLOSED {
            break;
        }
    }
    fixes
}
