//! Characters that stand for a plain one and are another: long dashes, full-width letters and digits, letters of
//! other alphabets, and those that turn the direction of text.

use super::{
    Fix, known,
    scan::{Line, Style, What, is_space},
    text::ByteEdit,
};
use crate::{Severity, Text, words::doctor as words};

/// Dashes and bullets that people and text programs begin an element of a list with.
const DASHES: &[char] = &[
    '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}', '\u{2022}',
    '\u{25e6}', '\u{25aa}', '\u{fe63}', '\u{ff0d}',
];

/// Letters of other alphabets (Cyrillic and Greek) that look like the Latin one beside them (Unicode Technical
/// Standard 39, confusables).
const LETTERS: &[(char, char)] = &[
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ո', 'n'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ι', 'i'),
    ('α', 'a'),
    ('А', 'A'),
    ('В', 'B'),
    ('С', 'C'),
    ('Е', 'E'),
    ('Н', 'H'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('О', 'O'),
    ('Р', 'P'),
    ('Ѕ', 'S'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('ı', 'i'),
];

/// All fixes of look-alikes.
pub(super) fn look_alikes(text: &str, lines: &[Line]) -> Vec<Fix> {
    let mut fixes = Vec::new();
    if text.is_ascii() {
        return fixes;
    }
    fixes.extend(bidi(text));
    fixes.extend(dashes(text, lines));
    for line in lines.iter().filter(|line| line.what == What::Entry) {
        let parent = line.parent.and_then(|parent| lines.get(parent)).and_then(|line| line.key_text(text));
        fixes.extend(key(text, line, parent));
        fixes.extend(value(text, line, parent));
    }
    fixes
}

fn slice(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or_default()
}

/// Embeddings, overrides and isolates: what is shown is not what is read (CVE-2021-42574).
fn bidi(text: &str) -> Option<Fix> {
    let edits: Vec<ByteEdit> = text
        .char_indices()
        .filter(|(_, c)| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|(at, c)| ByteEdit::new(at, at + c.len_utf8(), ""))
        .collect();
    let first = edits.first()?;
    Some(
        Fix::new("bidi-character", Severity::Warning, first.start, first.end, words::DOCTOR_BIDI)
            .mend(&words::DOCTOR_REMOVE_CHARACTERS, edits),
    )
}

/// Elements of a list that begin with another dash, or with a bullet.
fn dashes(text: &str, lines: &[Line]) -> Option<Fix> {
    let mut edits: Vec<ByteEdit> = Vec::new();
    // The column of the element before: those that follow it read as more of its text.
    let mut column = None;
    for line in lines {
        let content = slice(text, line.content, line.end);
        let dash = content.chars().next().filter(|c| DASHES.contains(c));
        let follows = |dash: char| content[dash.len_utf8()..].starts_with(is_space);
        match (line.what, dash) {
            (What::Entry, Some(dash)) if line.dashes.is_empty() && follows(dash) => column = Some(line.width),
            (What::Plain, Some(dash)) if column == Some(line.width) && follows(dash) => {}
            (What::Entry, _) if column.is_some_and(|column| line.width > column) => continue,
            (What::Entry | What::Marker, _) => {
                column = None;
                continue;
            }
            _ => continue,
        }
        let length = dash.map_or(0, char::len_utf8);
        edits.push(ByteEdit::new(line.content, line.content + length, "-"));
    }
    let first = edits.first()?;
    let (start, end, count) = (first.start, first.end, edits.len().to_string());
    Some(
        Fix::new(
            "look-alike-dash",
            Severity::Error,
            start,
            end,
            Text::new(&words::DOCTOR_LOOK_DASH, [count]),
        )
        .mend(&words::DOCTOR_PLAIN_HYPHENS, edits),
    )
}

/// A key in full-width letters, or with letters of another alphabet.
fn key(text: &str, line: &Line, parent: Option<&str>) -> Option<Fix> {
    let (end, _) = line.key?;
    let written = slice(text, line.content, end);
    if written.is_ascii() {
        return None;
    }
    let narrow: String = written.chars().map(narrow).collect();
    let label = &words::DOCTOR_PLAIN_CHARACTERS;
    if narrow.is_ascii() {
        let say = Text::new(&words::DOCTOR_FULL_WIDTH, [written, &narrow]);
        let edit = ByteEdit::new(line.content, end, narrow);
        return Some(Fix::new("full-width", Severity::Error, line.content, end, say).mend(label, vec![edit]));
    }
    let latin: String = written.chars().map(latin).collect();
    // What the user names may well be of another alphabet.
    if !latin.is_ascii() || !known::is_field(&latin) || parent.is_some_and(known::is_free) {
        return None;
    }
    Some(letters(line.content, end, written, latin))
}

fn letters(start: usize, end: usize, written: &str, latin: String) -> Fix {
    let say = Text::new(&words::DOCTOR_LOOK_LETTER, [written, &latin]);
    Fix::new("look-alike-letter", Severity::Error, start, end, say)
        .mend(&words::DOCTOR_PLAIN_CHARACTERS, vec![ByteEdit::new(start, end, latin)])
}

/// A value in full-width characters, an option that begins with a long dash, a kind in letters of another alphabet.
fn value(text: &str, line: &Line, parent: Option<&str>) -> Option<Fix> {
    let written = slice(text, line.value, line.value_end);
    if written.is_ascii() {
        return None;
    }
    let own = line.key_text(text);
    if matches!(line.style, Style::Flow | Style::OpenFlow) {
        return flow(line, written);
    }
    if line.style != Style::Plain {
        return None;
    }
    if matches!(own, Some("kind" | "apiVersion")) && line.dashes.is_empty() {
        let latin: String = written.chars().map(latin).collect();
        if latin.is_ascii() {
            return Some(letters(line.value, line.value_end, written, latin));
        }
    }
    if own.is_none() && !line.dashes.is_empty() && matches!(parent, Some("args" | "command")) {
        return option(line, written);
    }
    let free = own.is_some_and(known::is_free) || parent.is_some_and(known::is_free);
    // Where a full-width colon lost its key, it is told of as that.
    let keyed = own.is_some() || !written.contains('\u{ff1a}');
    let plain = |c: char| c.is_ascii_graphic() || narrow(c) != c;
    if free || !keyed || !written.chars().all(|c| plain(c) && c != '\u{3000}') {
        return bracketed(line, written);
    }
    let narrow: String = written.chars().map(narrow).collect();
    Some(full_width(line, written, narrow.clone(), vec![ByteEdit::new(line.value, line.value_end, narrow)]))
}

fn full_width(line: &Line, written: &str, meant: String, edits: Vec<ByteEdit>) -> Fix {
    let say = Text::new(&words::DOCTOR_FULL_WIDTH, [written.to_owned(), meant]);
    Fix::new("full-width", Severity::Warning, line.value, line.value_end, say)
        .mend(&words::DOCTOR_PLAIN_CHARACTERS, edits)
}

/// Full-width commas and colons between the elements of a flow collection.
fn flow(line: &Line, written: &str) -> Option<Fix> {
    if line.value_end > line.end {
        return None;
    }
    let mut edits = Vec::new();
    for (at, c) in written.char_indices() {
        let plain = match c {
            '\u{ff0c}' | '\u{3001}' => ",",
            '\u{ff1a}' => ":",
            _ => continue,
        };
        let after = &written[at + c.len_utf8()..];
        let insert = if after.starts_with(is_space) { plain.to_owned() } else { format!("{plain} ") };
        edits.push(ByteEdit::new(line.value + at, line.value + at + c.len_utf8(), insert));
    }
    // Beside other text of that script, or in quotes, they are meant.
    let meant = moved(written, line.value, &edits);
    let certain = !edits.is_empty() && meant.is_ascii() && !meant.contains(['"', '\'']);
    certain.then(|| full_width(line, written, meant, edits))
}

/// A flow collection in full-width brackets.
fn bracketed(line: &Line, written: &str) -> Option<Fix> {
    const PAIRS: &[(char, char)] =
        &[('\u{ff3b}', '\u{ff3d}'), ('\u{3010}', '\u{3011}'), ('\u{ff5b}', '\u{ff5d}')];
    let (open, close) =
        PAIRS.iter().find(|(open, close)| written.starts_with(*open) && written.ends_with(*close))?;
    let (left, right) = if *open == '\u{ff5b}' { ("{", "}") } else { ("[", "]") };
    let edits = vec![
        ByteEdit::new(line.value, line.value + open.len_utf8(), left),
        ByteEdit::new(line.value_end - close.len_utf8(), line.value_end, right),
    ];
    let meant = moved(written, line.value, &edits);
    Some(full_width(line, written, meant, edits))
}

/// A text after edits whose places are counted from `base`.
fn moved(written: &str, base: usize, edits: &[ByteEdit]) -> String {
    let own = |edit: &ByteEdit| ByteEdit::new(edit.start - base, edit.end - base, edit.insert.clone());
    super::text::apply(written, &edits.iter().map(own).collect::<Vec<_>>())
}

/// `—config=x` where `--config=x` was typed.
fn option(line: &Line, written: &str) -> Option<Fix> {
    let first = written.chars().next().filter(|c| DASHES.contains(c))?;
    let rest = written[first.len_utf8()..].trim_start_matches('-');
    let word = rest.split(['=', ' ']).next().unwrap_or_default();
    if !word.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    // A word takes two hyphens, a letter one.
    let hyphens = if word.len() > 1 { "--" } else { "-" };
    let end = line.value_end - rest.len();
    let say = Text::new(&words::DOCTOR_LOOK_OPTION, [written]);
    Some(
        Fix::new("look-alike-option", Severity::Warning, line.value, line.value_end, say)
            .mend(&words::DOCTOR_PLAIN_HYPHENS, vec![ByteEdit::new(line.value, end, hyphens)]),
    )
}

/// The ASCII character of a full-width one (Unicode block Halfwidth and Fullwidth Forms).
fn narrow(c: char) -> char {
    match u32::from(c) {
        code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn latin(c: char) -> char {
    LETTERS.iter().find(|(other, _)| *other == c).map_or(c, |(_, latin)| *latin)
}
