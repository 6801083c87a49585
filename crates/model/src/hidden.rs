//! Characters that a reader does not see, or that change how he sees others: made visible, so that a text from a
//! cluster says on the page what it says in the object.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Marks that may stand on one letter; real scripts stack two or three (Unicode TR 36 3.1.2 counts what goes on).
const MOST_MARKS: usize = 4;
/// Equal hidden characters that are written out one by one.
const MOST_EQUAL: usize = 3;

/// Whether a character is hidden: control characters but tab and line feed, what turns the direction of text, what
/// has no width and is no part of a script's own spelling (joiners and variation selectors are), fillers and tags.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}'
        | '\u{b}'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character is drawn over or under the one before it (the blocks of combining marks, and the Thai marks).
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}'
        | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5bd}'
        | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}'
        | '\u{e31}'
        | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

/// The text with its hidden characters made visible (`␛`, `‹U+202E›`) and a flood of marks on one letter told by
/// its number. What holds nothing of that is given back as it is.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_hidden(c) || is_mark(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_hidden(c) {
            let mut more = 1;
            while chars.next_if_eq(&c).is_some() {
                more += 1;
            }
            write_hidden(&mut out, c, more);
        } else if is_mark(c) {
            let mut marks = 1;
            out.push(c);
            while let Some(next) = chars.next_if(|c| is_mark(*c)) {
                marks += 1;
                if marks <= MOST_MARKS {
                    out.push(next);
                }
            }
            if marks > MOST_MARKS {
                // Writing to a text cannot fail.
                let _ = write!(out, "‹+{}›", marks - MOST_MARKS);
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A hidden character that stands there so many times.
fn write_hidden(out: &mut String, c: char, times: usize) {
    // Unicode has pictures of the oldest ones.
    let picture = match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)),
        '\u{7f}' => Some('␡'),
        _ => None,
    };
    let name = picture.map_or_else(|| format!("‹U+{:04X}›", u32::from(c)), String::from);
    if times <= MOST_EQUAL {
        out.extend(std::iter::repeat_n(name, times));
    } else {
        let _ = write!(out, "{name}‹×{times}›");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_is_shown() {
        for (text, shown) in [
            ("plain text\twith\nlines", "plain text\twith\nlines"),
            ("\u{1b}[31mred\u{1b}[0m", "␛[31mred␛[0m"),
            ("a\0b\u{7f}\r", "a␀b␡␍"),
            ("invoice\u{202e}gpj.exe", "invoice‹U+202E›gpj.exe"),
            ("\u{2066}x\u{2069}", "‹U+2066›x‹U+2069›"),
            ("ad\u{200b}min\u{feff}", "ad‹U+200B›min‹U+FEFF›"),
            ("\u{9b}2J", "‹U+009B›2J"),
            ("a\u{e0041}b", "a‹U+E0041›b"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert_eq!(visible(&"\u{202e}".repeat(500)), "‹U+202E›‹×500›");
        assert_eq!(visible(&format!("Z{}!", "\u{301}".repeat(200))), "Z\u{301}\u{301}\u{301}\u{301}‹+196›!");
    }

    #[test]
    fn what_scripts_need_stays() {
        for text in ["Việt Nam ệ", "می‌خواهم", "👩‍👩‍👧 ❤️", "שָׁלוֹם", "مَرْحَبًا", "กั๊ก", "数据库", "e\u{301}\u{302}"]
        {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn nothing_hidden_is_left() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| is_hidden(*c)) {
            let shown = visible(&format!("a{c}b")).into_owned();
            assert!(!shown.chars().any(is_hidden) && shown.len() > 2, "{shown}");
        }
    }
}
