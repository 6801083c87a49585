//! Texts of a cluster, cut to what a person reads: one answer must not fill every row and page.

use binnacle_model::{Text, words::Arg};

/// Longest sentence or name that is kept, in characters.
pub(crate) const SENTENCE: usize = 500;
/// Longest message of an event, in characters; the API server takes 1,024 bytes.
pub(crate) const EVENT: usize = 2_000;
/// Images kept of one workload.
pub(crate) const IMAGES: usize = 20;

/// The text, cut at so many characters.
pub(crate) fn cut(mut text: String, most: usize) -> String {
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
        let nested = Text::new(
            &binnacle_model::words::errors::UNREACHABLE,
            [Arg::from("x"), Arg::from(Text::raw("y".repeat(9_999)))],
        );
        assert!(message(nested).render(binnacle_model::Lang::En).chars().count() < 600);
    }
}
