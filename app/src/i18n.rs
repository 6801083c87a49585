//! The language of the page: words from the model's catalogue, switched without a reload.

use binnacle_model::{Lang, Text, Word, words};
use leptos::prelude::*;

use crate::ui::Assets;

/// The page's language. Comes with the request (cookie, then `Accept-Language`) and is kept in
/// `<html lang>`, so that the browser starts with what the server rendered.
#[derive(Clone, Copy)]
struct LangContext(RwSignal<Lang>);

/// Puts the page's language into the context; once, at the root.
pub fn provide_lang(lang: Lang) {
    provide_context(LangContext(RwSignal::new(lang)));
}

/// The page's language as a signal; English outside any page (tests of parts).
pub fn use_lang() -> RwSignal<Lang> {
    match use_context::<LangContext>() {
        Some(LangContext(lang)) => lang,
        None => RwSignal::new(Lang::En),
    }
}

/// The name of the file with the Chinese words, among the [`Assets`].
pub const CHINESE_FILE: &str = "words-zh.json";

/// Fetches the words of a language, once; whether they are here now. English is always here.
pub async fn fetch_language(assets: &Assets, lang: Lang) -> bool {
    if words::is_known(lang) {
        return true;
    }
    match crate::interop::fetch_text(&assets.url(CHINESE_FILE)).await {
        Some(text) => words::learn_chinese(&text).is_ok(),
        None => false,
    }
}

/// A word in the page's language, following it.
pub fn t(word: Word) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let lang = use_lang();
    move || word.text(lang.get())
}

/// A word with its places filled, in the page's language, following it.
pub fn tf(word: Word, args: Vec<String>) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let lang = use_lang();
    move || word.fill(lang.get(), &args.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A message in the page's language, following it.
pub fn tt(text: Text) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    let lang = use_lang();
    move || text.render(lang.get())
}
