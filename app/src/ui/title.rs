//! The page's title, in the browser's tab and history.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// The page's title.
#[component]
pub fn Title(
    /// The words.
    #[prop(into)]
    text: TextProp,
) -> impl IntoView {
    view! { <leptos_meta::Title text=settled(text) /> }
}

/// On the server, the words as they are now: `leptos_meta` asks for them once the page is rendered, when the signals
/// of another request may be the current ones of the thread (`inject_meta_context` of 0.8.7 waits a tick before it).
/// The page would then fail, or bear another's title.
#[cfg(feature = "ssr")]
fn settled(text: TextProp) -> TextProp {
    untrack(|| text.get()).into_owned().into()
}

#[cfg(not(feature = "ssr"))]
fn settled(text: TextProp) -> TextProp {
    text
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_words_outlive_the_signals_they_were_made_of() {
        let owner = Owner::new();
        let words = owner.with(|| {
            let name = RwSignal::new("web".to_owned());
            settled((move || name.get()).into())
        });
        drop(owner);
        assert_eq!(words.get(), "web");
    }
}
