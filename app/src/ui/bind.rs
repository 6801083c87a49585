//! Two-way binding of text controls that never loses what was typed before the wasm arrived.
//!
//! A plain `prop:value` is written during hydration and wipes early typing and autofill. Here
//! the first pass asks the element instead: what it holds beyond its default is adopted.

use leptos::prelude::*;

/// An element that holds text.
pub(super) trait TextElement: Clone + 'static {
    /// The text now.
    fn text(&self) -> String;
    /// The text its markup gave it.
    fn default_text(&self) -> String;
    /// Replaces the text; the caret goes to its end.
    fn set_text(&self, text: &str);
}

impl TextElement for web_sys::HtmlInputElement {
    fn text(&self) -> String {
        self.value()
    }
    fn default_text(&self) -> String {
        self.default_value()
    }
    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

impl TextElement for web_sys::HtmlTextAreaElement {
    fn text(&self) -> String {
        self.value()
    }
    fn default_text(&self) -> String {
        // The getter is declared as throwing; the platform's never does.
        self.default_value().unwrap_or_default()
    }
    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

/// Keeps an element and a value equal: `element` gives it once it is mounted.
pub(super) fn bind_text<E: TextElement>(
    element: impl Fn() -> Option<E> + 'static,
    value: Signal<String>,
    on_input: Callback<String>,
) {
    Effect::new(move |adopted: Option<bool>| {
        let wanted = value.get();
        let Some(element) = element() else {
            return adopted.unwrap_or(false);
        };
        let held = element.text();
        if adopted != Some(true) && held != element.default_text() && held != wanted {
            on_input.run(held);
        } else if held != wanted {
            element.set_text(&wanted);
        }
        true
    });
}
