//! Texts of a cluster as pages show them: cut to what a person reads, for one answer must not fill every row and
//! page, and with what is hidden in them made visible. The object itself stays whole, in the YAML of its page.

use std::borrow::Cow;

use binnacle_model::{Text, hidden, words::Arg};

/// Longest sentence or name that is kept, in characters.
pub(crate) const SENTENCE: usize = 500;
/// Longest text that is shown whole, in characters: the message of an event (the API server takes 1,024 bytes) or
/// of a condition, a description.
pub(crate) const TEXT: usize = 2_000;
/// Labels or annotations that are shown of one object.
const PAIRS: usize = 200;
/// Images kept of one workload.
pub(crate) const IMAGES: usize = 20;

/// The text, cut at so many characters.
pub(crate) fn cut(text: String, most: usize) -> String {
    let text = shorten(text, most);
    match hidden::visible(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(shown) => shorten(shown, most.saturating_mul(2)),
    }
}

fn shorten(mut text: String, most: usize) -> String {
    // As many bytes are never more characters.
    if text.len() > most
        && let Some((end, _)) = text.char_indices().nth(most)
    {
        text.truncate(end);
        text.push('…');
        text.shrink_to_fit();
    }
    text
}

/// Longest name that is kept: no object of Kubernetes' has one of more characters (RFC 1123, 2.1).
const NAME: usize = 253;

/// A name, of an object or of a part of one.
pub(crate) fn name(text: impl Into<String>) -> String {
    cut(text.into(), NAME)
}

/// Pairs of a name and a text, such as labels; of a flood the first ones.
pub(crate) fn pairs(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.into_iter().take(PAIRS).map(|(key, value)| (name(key), sentence(value))).collect()
}

/// The text, cut to a sentence.
pub(crate) fn sentence(text: impl Into<String>) -> String {
    cut(text.into(), SENTENCE)
}

/// The message with all that is a cluster's in it cut to sentences.
pub(crate) fn message(text: Text) -> Text {
    let cut = |arg| match arg {
        Arg::Raw(raw) => Arg::Raw(sentence(raw)),
        Arg::Text(text) => Arg::Text(message(text)),
    };
    Text { args: text.args.into_iter().map(cut).collect(), ..text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut("héllo".into(), 5), "héllo");
        assert_eq!(cut("héllo".into(), 2), "hé…");
        assert_eq!(sentence("é".repeat(SENTENCE)), "é".repeat(SENTENCE));
        assert_eq!(sentence("a\u{202e}b"), "a‹U+202E›b");
        assert!(sentence("\u{202e}\u{200b}".repeat(400)).chars().count() <= 2 * SENTENCE + 1);
        let nested = Text::new(
            &binnacle_model::words::errors::UNREACHABLE,
            [Arg::from("x"), Arg::from(Text::raw("y".repeat(9_999)))],
        );
        assert!(message(nested).render(binnacle_model::Lang::En).chars().count() < 600);
    }
}
