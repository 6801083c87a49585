//! Characters that are not what they look like: tabs, odd spaces, invisible and control
//! characters, typographic quotes.

use super::{
    Fix,
    lookalike::look_alikes,
    read::read,
    scan::{Line, Style, What, is_invisible, is_space},
    text::{ByteEdit, apply, line_of},
};
use crate::{Severity, words::doctor as words};

/// All fixes of characters.
pub(super) fn characters(text: &str, lines: &[Line], valid: bool) -> Vec<Fix> {
    let mut fixes = Vec::new();
    fixes.extend(byte_order_mark(text));
    fixes.extend(gathered(
        controls(text),
        "control-character",
        &words::DOCTOR_CONTROL,
        &words::DOCTOR_REMOVE_CHARACTERS,
    ));
    fixes.extend(gathered(
        invisible(text, lines),
        "invisible-character",
        &words::DOCTOR_INVISIBLE,
        &words::DOCTOR_REMOVE_CHARACTERS,
    ));
    fixes.extend(gathered(
        odd_spaces(text, lines, valid),
        "odd-space",
        &words::DOCTOR_ODD_SPACE,
        &words::DOCTOR_PLAIN_SPACES,
    ));
    for line in lines.iter().filter(|line| line.what == What::Entry) {
        fixes.extend(smart_quotes(text, line));
    }
    fixes.extend(look_alikes(text, lines));
    if !valid && fixes.iter().all(|fix| fix.code != "odd-space") {
        fixes.extend(tabs(text, lines));
    }
    fixes
}

/// One finding for many edits of one sort: it stands at the first and counts lines.
fn gathered(
    edits: Vec<ByteEdit>,
    code: &'static str,
    text: &crate::Word,
    label: &'static crate::Word,
) -> Option<Fix> {
    let first = edits.first()?;
    let (start, end) = (first.start, first.end);
    let count = edits.len().to_string();
    Some(Fix::new(code, Severity::Error, start, end, crate::Text::new(text, [count])).mend(label, edits))
}

fn byte_order_mark(text: &str) -> Option<Fix> {
    text.starts_with('\u{feff}').then(|| {
        let end = '\u{feff}'.len_utf8();
        Fix::new("byte-order-mark", Severity::Note, 0, end, words::DOCTOR_BOM)
            .mend(&words::DOCTOR_REMOVE_CHARACTERS, vec![ByteEdit::new(0, end, "")])
    })
}

fn controls(text: &str) -> Vec<ByteEdit> {
    text.char_indices()
        .filter(|(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))
        .map(|(at, c)| ByteEdit::new(at, at + c.len_utf8(), ""))
        .collect()
}

/// Edits that drop invisible characters where they disturb: at the start of a line, in a key, at
/// the ends of a value. Inside a text they may be meant (they join emoji).
fn invisible(text: &str, lines: &[Line]) -> Vec<ByteEdit> {
    let mut edits = Vec::new();
    let mut drop = |from: usize, to: usize, skip: bool| {
        for (at, c) in text.get(from..to).unwrap_or_default().char_indices() {
            if is_invisible(c) && !(skip && from + at == 0) {
                edits.push(ByteEdit::new(from + at, from + at + c.len_utf8(), ""));
            }
        }
    };
    for line in lines {
        match line.what {
            // The mark at the very start has its own words.
            What::Entry => {
                let key_end = line.key.map_or(line.content, |(end, _)| end);
                drop(line.start, key_end, true);
                let value = text.get(line.value.max(key_end)..line.value_end).unwrap_or_default();
                let from = line.value.max(key_end);
                let head = value.len() - value.trim_start_matches(is_invisible).len();
                drop(from, from + head, true);
                let tail = value.trim_end_matches(is_invisible).len().max(head);
                drop(from + tail, from + value.len(), true);
            }
            What::Plain | What::Comment | What::Marker | What::Tail => drop(line.start, line.content, true),
            What::Blank | What::Block => {}
        }
    }
    edits
}

/// Edits that make odd spaces plain where YAML needs white space.
fn odd_spaces(text: &str, lines: &[Line], valid: bool) -> Vec<ByteEdit> {
    let mut edits = Vec::new();
    let mut plain = |from: usize, to: usize| {
        for (at, c) in text.get(from..to).unwrap_or_default().char_indices() {
            if is_space(c) && c != ' ' {
                // An ideographic space is two columns wide.
                let insert = if c == '\u{3000}' { "  " } else { " " };
                edits.push(ByteEdit::new(from + at, from + at + c.len_utf8(), insert));
            }
        }
    };
    let mut base = None;
    for line in lines {
        if line.what != What::Block {
            base = None;
        }
        match line.what {
            What::Entry => {
                let first = line.dashes.first().copied().unwrap_or(line.content);
                plain(line.start, first);
                let (from, to) = separator(text, line);
                plain(from, to);
                let value = text.get(line.value..line.value_end).unwrap_or_default();
                let tail = value.trim_end_matches(is_space).len();
                if line.style != Style::Plain || !valid {
                    plain(line.value + tail, line.value_end);
                }
            }
            What::Plain | What::Tail if !valid => plain(line.start, line.content),
            What::Block => {
                let width = *base.get_or_insert(line.width);
                plain(line.start, line.content.min(line.start + width));
            }
            _ => {}
        }
    }
    edits
}

/// The odd white space after a dash or a colon that the scan could not see for what it is.
fn separator(text: &str, line: &Line) -> (usize, usize) {
    let run = |from: usize| {
        let rest = text.get(from..line.end).unwrap_or_default();
        (from, from + rest.len() - rest.trim_start_matches(is_space).len())
    };
    let content = text.get(line.content..line.end).unwrap_or_default();
    if let Some(rest) = content.strip_prefix('-')
        && rest.starts_with(is_space)
    {
        return run(line.content + 1);
    }
    if line.key.is_some() {
        return run(line.value);
    }
    match content.find(':') {
        Some(colon)
            if content[..colon].chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
                && content[colon + 1..].starts_with(is_space) =>
        {
            run(line.content + colon + 1)
        }
        _ => (line.end, line.end),
    }
}

const DOUBLE: &[char] = &['\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '\u{ab}', '\u{bb}', '\u{ff02}'];
const SINGLE: &[char] = &['\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{ff07}'];

/// A value set in typographic quotes.
fn smart_quotes(text: &str, line: &Line) -> Option<Fix> {
    let value = text.get(line.value..line.value_end)?;
    let first = value.chars().next()?;
    let last = value.chars().next_back()?;
    if matches!(line.style, Style::Flow | Style::OpenFlow) {
        let straight = value.contains(['"', '\'']) || line.value_end > line.end;
        let edits: Vec<ByteEdit> = value
            .char_indices()
            .filter(|(_, c)| DOUBLE.contains(c))
            .map(|(at, c)| ByteEdit::new(line.value + at, line.value + at + c.len_utf8(), "\""))
            .collect();
        let paired = !edits.is_empty() && edits.len().is_multiple_of(2) && !straight;
        return paired.then(|| quoted(line.value, line.value_end, edits));
    }
    let double = |c: char| DOUBLE.contains(&c);
    let single = |c: char| SINGLE.contains(&c);
    let of_double = (double(first) && (double(last) || last == '"')) || (first == '"' && double(last));
    let of_single = (single(first) && (single(last) || last == '\'')) || (first == '\'' && single(last));
    if value.len() <= first.len_utf8() || !(of_double || of_single) {
        return None;
    }
    let inner = &value[first.len_utf8()..value.len() - last.len_utf8()];
    let quote = if inner.contains(['"', '\\']) {
        if inner.contains('\'') {
            return None;
        }
        "'"
    } else if of_single && !inner.contains('\'') {
        "'"
    } else {
        "\""
    };
    let edits = vec![
        ByteEdit::new(line.value, line.value + first.len_utf8(), quote),
        ByteEdit::new(line.value_end - last.len_utf8(), line.value_end, quote),
    ];
    Some(quoted(line.value, line.value_end, edits))
}

fn quoted(start: usize, end: usize, edits: Vec<ByteEdit>) -> Fix {
    Fix::new("smart-quotes", Severity::Warning, start, end, words::DOCTOR_SMART_QUOTES)
        .mend(&words::DOCTOR_STRAIGHT_QUOTES, edits)
}

/// Tabs as indentation. How wide they are meant to be is tried out.
fn tabs(text: &str, lines: &[Line]) -> Option<Fix> {
    let edits = |columns: usize| {
        let mut edits: Vec<ByteEdit> = Vec::new();
        let mut base = None;
        for line in lines {
            if line.what != What::Block {
                base = None;
            }
            let first = line.dashes.first().copied().unwrap_or(line.content);
            let to = match line.what {
                What::Entry | What::Plain | What::Tail | What::Comment => first,
                What::Block => line.content.min(line.start + *base.get_or_insert(line.width)),
                What::Blank | What::Marker => line.start,
            };
            // Between dashes there is nothing but blanks: all of them at once, for a line may have 500,000.
            let after_dash = line.dashes.first().map(|dash| (dash + 1, line.content));
            for (from, to, width) in
                [(line.start, to, columns)].into_iter().chain(after_dash.map(|(from, to)| (from, to, 1)))
            {
                for (at, c) in text.get(from..to).unwrap_or_default().char_indices() {
                    let place = from + at;
                    if c == '\t' {
                        edits.push(ByteEdit::new(place, place + 1, " ".repeat(width)));
                    }
                }
            }
        }
        edits
    };
    let narrow = edits(2);
    let first = narrow.first()?;
    let (start, end) = (first.start, first.end);
    let count = narrow.len().to_string();
    let best = [4, 8].into_iter().map(edits).fold((reach(text, &narrow), narrow.clone()), |best, other| {
        let reached = reach(text, &other);
        if reached > best.0 { (reached, other) } else { best }
    });
    Some(
        Fix::new("tab-indent", Severity::Error, start, end, crate::Text::new(&words::DOCTOR_TABS, [count]))
            .mend(&words::DOCTOR_SPACES_FOR_TABS, best.1),
    )
}

/// The line up to which a text can be read after edits.
fn reach(text: &str, edits: &[ByteEdit]) -> usize {
    let mended = apply(text, edits);
    match read(&mended) {
        Ok(_) => usize::MAX,
        Err(failure) => line_of(&mended, failure.at),
    }
}
