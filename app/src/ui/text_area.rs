//! A field of several lines. Tab leaves it; Enter makes a line.
//!
//! Its text never stands between the tags: Leptos 0.8 does not escape children of `<textarea>`
//! on the server. The value is set as a property in the browser.

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::bind::bind_text;
use super::field::wire;

/// Several lines of text.
#[component]
pub fn TextArea(
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Runs with the whole text on every change.
    #[prop(into)]
    on_input: Callback<String>,
    /// The element's id; inside a [`super::Field`] the field's is taken.
    #[prop(optional, into)]
    id: Option<String>,
    /// The accessible name outside a field.
    #[prop(optional, into)]
    label: Option<TextProp>,
    /// An example.
    #[prop(optional, into)]
    placeholder: Option<TextProp>,
    /// Lines shown.
    #[prop(default = 3)]
    rows: u32,
    /// Monospace, unwrapped: YAML, PEM.
    #[prop(optional)]
    mono: bool,
    /// Shown but not editable.
    #[prop(optional, into)]
    read_only: Signal<bool>,
    /// The element, for callers that move the focus.
    #[prop(optional)]
    node_ref: NodeRef<html::Textarea>,
) -> impl IntoView {
    let wiring = wire(id);
    bind_text(move || node_ref.get(), value, on_input);
    view! {
        <textarea
            class=if mono { "input textarea input-mono" } else { "input textarea" }
            node_ref=node_ref
            id=wiring.id
            rows=rows
            placeholder=placeholder.map(|text| move || text.get())
            autocomplete="off"
            autocapitalize="off"
            spellcheck=if mono { "false" } else { "true" }
            wrap=if mono { "off" } else { "soft" }
            readonly=move || read_only.get()
            aria-label=label.map(|label| move || label.get())
            aria-describedby=wiring.described_by
            aria-invalid=wiring.invalid
            aria-required=wiring.required
            on:input=move |event| on_input.run(event_target_value(&event))
        ></textarea>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn no_text_stands_between_the_tags() {
        let out = html(|| {
            view! { <TextArea label="Notes" value="</textarea><script>".to_owned() on_input=|_| () /> }
        });
        assert!(out.contains(r#"aria-label="Notes""#), "{out}");
        assert!(!out.contains("script"), "{out}");
    }
}
