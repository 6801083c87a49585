//! The Chinese half of the catalogue as a file: the browser fetches it when the page speaks Chinese, and carries
//! English only, in which the rest is known too.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use super::Lang;

/// Texts by key, as learned. They stay for as long as the tab does.
static LEARNED: OnceLock<BTreeMap<String, String>> = OnceLock::new();

/// Why a catalogue cannot be read: it is no JSON object of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the catalogue is not a JSON object of texts")
    }
}

impl std::error::Error for Unreadable {}

/// The Chinese catalogue as JSON, texts by key.
#[cfg(not(target_arch = "wasm32"))]
pub fn chinese() -> String {
    let texts = super::PARTS.iter().flat_map(|part| part.iter()).map(|word| (word.key, word.zh.into()));
    serde_json::Value::Object(texts.map(|(key, text)| (key.to_owned(), text)).collect()).to_string()
}

/// Takes in the catalogue as [`chinese`] wrote it. What an older one does not know stays English.
///
/// # Errors
/// [`Unreadable`]; nothing is learned then.
pub fn learn_chinese(json: &str) -> Result<(), Unreadable> {
    let texts = serde_json::from_str(json).map_err(|_| Unreadable)?;
    // Once: words are `&'static str` in both languages.
    LEARNED.get_or_init(|| texts);
    Ok(())
}

/// Whether words can be read in a language without fetching anything.
pub fn is_known(lang: Lang) -> bool {
    lang == Lang::En || cfg!(not(target_arch = "wasm32")) || LEARNED.get().is_some()
}

/// The learned text of a key.
pub(super) fn learned(key: &str) -> Option<&'static str> {
    LEARNED.get()?.get(key).map(String::as_str)
}

/// The learned text of a key that is not in the browser's catalogue.
pub(super) fn told(key: &str, lang: Lang) -> Option<&'static str> {
    if lang == Lang::Zh { learned(key) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{PARTS, common};

    #[test]
    fn what_was_written_is_learned_whole() {
        assert_eq!(learn_chinese("[]"), Err(Unreadable));
        assert_eq!(learned(common::COUNT_OF.key), None);
        learn_chinese(&chinese()).unwrap();
        for word in PARTS.iter().flat_map(|part| part.iter()) {
            assert_eq!(learned(word.key), Some(word.text(Lang::Zh)), "{}", word.key);
        }
        assert_eq!(learned("newer::WORD"), None);
    }
}
