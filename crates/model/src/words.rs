//! The message catalogue: every word a person can read, in English and Simplified Chinese.
//!
//! A [`Word`] is one message with numbered places (`{0}`, `{1}`). A [`Text`] is a word with its
//! places filled; it travels between server and browser as key and arguments, so that each tab
//! reads it in its own language. What a cluster says is carried as it is ([`Text::raw`]).

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// The key on the wire: the part's name and the word's, without the path to this module.
const fn short(path: &'static str) -> &'static str {
    path.split_at(concat!(module_path!(), "::").len()).1
}

/// Declares messages: `NAME = "English", "中文";`. Part and name are the key on the wire.
///
/// A part that begins with `told;` is one of messages that the server says, or that one page alone says: the browser's
/// first load does not carry them, and a [`Text`] of one brings its English along.
macro_rules! words {
    (told; $($rest:tt)*) => { words!(@declare true; $($rest)*); };
    (@declare $told:literal; $($(#[$meta:meta])* $name:ident = $en:literal, $zh:literal;)*) => {
        $(
            #[doc = $en]
            $(#[$meta])*
            pub const $name: $crate::words::Word =
                $crate::words::Word::new(
                    $crate::words::short(concat!(module_path!(), "::", stringify!($name))),
                    $en,
                    $zh,
                    $told,
                );
        )*
        /// Every word of this part of the catalogue.
        pub const ALL: &[$crate::words::Word] = &[$($name),*];
    };
    ($($rest:tt)*) => { words!(@declare false; $($rest)*); };
}

mod chinese;

pub mod clusters;
pub mod common;
pub mod doctor;
pub mod edit;
pub mod errors;
pub mod form;
pub mod keepers;
pub mod lists;
pub mod rules;
pub mod shell;
pub mod signin;
pub mod status;
pub mod ui;
pub mod yaml;

/// All parts of the catalogue; a browser carries those that are not told.
const PARTS: &[&[Word]] = &[
    clusters::ALL,
    common::ALL,
    #[cfg(not(target_arch = "wasm32"))]
    doctor::ALL,
    #[cfg(not(target_arch = "wasm32"))]
    edit::ALL,
    #[cfg(not(target_arch = "wasm32"))]
    errors::ALL,
    form::ALL,
    #[cfg(not(target_arch = "wasm32"))]
    keepers::ALL,
    lists::ALL,
    #[cfg(not(target_arch = "wasm32"))]
    rules::ALL,
    shell::ALL,
    #[cfg(not(target_arch = "wasm32"))]
    signin::ALL,
    status::ALL,
    ui::ALL,
    yaml::ALL,
];

#[cfg(not(target_arch = "wasm32"))]
pub use chinese::chinese;
pub use chinese::{Unreadable, is_known, learn_chinese};

/// A language the console speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// The BCP 47 tag for the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh-CN",
        }
    }

    /// Reads a tag such as `zh`, `zh-CN` or `en-GB`; `None` when we do not speak it.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Lang::Zh)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Lang::En)
        } else {
            None
        }
    }
}

/// One message of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// The name on the wire, unique in the whole catalogue.
    pub key: &'static str,
    /// English text, with places `{0}`, `{1}`.
    pub en: &'static str,
    /// Whether the server says it, and a [`Text`] of it brings its English along.
    told: bool,
    /// Chinese text, with the same places; a browser fetches it (see [`learn_chinese`]).
    #[cfg(not(target_arch = "wasm32"))]
    zh: &'static str,
}

impl Word {
    #[cfg(not(target_arch = "wasm32"))]
    const fn new(key: &'static str, en: &'static str, zh: &'static str, told: bool) -> Self {
        Word { key, en, told, zh }
    }

    // What is not taken in is not in the module: half of the texts.
    #[cfg(target_arch = "wasm32")]
    const fn new(key: &'static str, en: &'static str, _zh: &'static str, told: bool) -> Self {
        Word { key, en, told }
    }

    /// The text in a language, places unfilled.
    pub fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            #[cfg(not(target_arch = "wasm32"))]
            Lang::Zh => self.zh,
            #[cfg(target_arch = "wasm32")]
            Lang::Zh => chinese::learned(self.key).unwrap_or(self.en),
        }
    }

    /// The text in a language with its places filled in order.
    pub fn fill(&self, lang: Lang, args: &[&str]) -> String {
        fill(self.text(lang), args)
    }

    /// Whether this is the word with that key.
    pub fn is(&self, key: &str) -> bool {
        self.key == key
    }
}

/// A message with its places filled, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Text {
    /// The word's key, or empty for text that is not ours.
    pub key: Cow<'static, str>,
    /// What goes into the places; for raw text, the text itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Arg>,
    /// The English text with its places unfilled, of a word that the browser does not carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<Cow<'static, str>>,
}

/// What fills a place: characters, or another message that is read in the same language.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(untagged)]
pub enum Arg {
    /// Characters as they are.
    Raw(String),
    /// A message inside the message.
    Text(Text),
}

// By hand: the derive of an untagged enum reads into a buffer first, with a deserialiser of its own that the
// browser would carry.
impl<'de> Deserialize<'de> for Arg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ArgVisitor;

        impl<'de> Visitor<'de> for ArgVisitor {
            type Value = Arg;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a message")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Arg, E> {
                Ok(Arg::Raw(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Arg, A::Error> {
                Text::deserialize(MapAccessDeserializer::new(map)).map(Arg::Text)
            }
        }

        deserializer.deserialize_any(ArgVisitor)
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Arg::Raw(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Arg::Raw(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Arg::Raw(text.clone())
    }
}

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Arg::Text(text)
    }
}

impl Arg {
    fn render(&self, lang: Lang) -> String {
        match self {
            Arg::Raw(text) => text.clone(),
            Arg::Text(text) => text.render(lang),
        }
    }
}

impl Text {
    /// A message of ours.
    pub fn new(word: &Word, args: impl IntoIterator<Item = impl Into<Arg>>) -> Self {
        Text { args: args.into_iter().map(Into::into).collect(), ..Text::plain(word) }
    }

    /// A message without places.
    pub fn plain(word: &Word) -> Self {
        let en = word.told.then_some(Cow::Borrowed(word.en));
        Text { key: Cow::Borrowed(word.key), args: Vec::new(), en }
    }

    /// Text that is not ours (a cluster's message), shown as it is.
    pub fn raw(text: impl Into<String>) -> Self {
        Text { key: Cow::Borrowed(""), args: vec![Arg::Raw(text.into())], en: None }
    }

    /// The message in a language. An unknown key (an older tab, a newer server) reads in the English that came
    /// with it, or shows its arguments rather than nothing.
    pub fn render(&self, lang: Lang) -> String {
        let args: Vec<String> = self.args.iter().map(|arg| arg.render(lang)).collect();
        let template = match find(&self.key) {
            Some(word) => Some(word.text(lang)),
            None => chinese::told(&self.key, lang).or(self.en.as_deref()),
        };
        match template {
            Some(template) => fill(template, &args.iter().map(String::as_str).collect::<Vec<_>>()),
            None => args.join(" "),
        }
    }
}

impl From<Word> for Text {
    fn from(word: Word) -> Self {
        Text::plain(&word)
    }
}

/// The word with a key.
pub fn find(key: &str) -> Option<&'static Word> {
    if key.is_empty() {
        return None;
    }
    PARTS.iter().flat_map(|part| part.iter()).find(|word| word.key == key)
}

fn fill(template: &str, args: &[&str]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let tail = &rest[open + 1..];
        match tail.find('}').map(|close| (close, tail[..close].parse::<usize>())) {
            Some((close, Ok(place))) => {
                out.push_str(args.get(place).copied().unwrap_or_default());
                rest = &tail[close + 1..];
            }
            _ => {
                out.push('{');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_places_agree() {
        let mut seen = std::collections::BTreeSet::new();
        for word in PARTS.iter().flat_map(|part| part.iter()) {
            assert!(seen.insert(word.key), "the key {} is declared twice", word.key);
            for place in 0..6 {
                let mark = format!("{{{place}}}");
                assert_eq!(
                    word.text(Lang::En).contains(&mark),
                    word.text(Lang::Zh).contains(&mark),
                    "{}: place {mark} is in one language only",
                    word.key
                );
            }
        }
    }

    #[test]
    fn places_are_filled_once() {
        assert_eq!(fill("{0} of {1}", &["{1}", "b"]), "{1} of b");
        assert_eq!(fill("brace { stays", &[]), "brace { stays");
    }

    #[test]
    fn what_the_browser_does_not_carry_comes_with_its_english() {
        let told = serde_json::to_string(&Text::new(&keepers::HELM, ["web"])).unwrap();
        let mut text: Text = serde_json::from_str(&told).unwrap();
        text.key = Cow::Borrowed("newer::WORD");
        assert_eq!(text.render(Lang::Zh), fill(keepers::HELM.en, &["web"]));
        assert_eq!(Text::plain(&common::CANCEL).en, None);
    }

    #[test]
    fn text_survives_the_wire() {
        let text = Text::new(&common::COUNT_OF, ["3", "5"]);
        let back: Text = serde_json::from_str(&serde_json::to_string(&text).unwrap()).unwrap();
        assert_eq!(back.render(Lang::En), text.render(Lang::En));
        assert_eq!(Text::raw("as <it> is").render(Lang::Zh), "as <it> is");
    }
}
