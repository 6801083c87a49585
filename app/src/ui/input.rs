//! One-line inputs for text and numbers.
//!
//! | Key | Does |
//! | --- | --- |
//! | text keys | edit; `on_input` follows every change |
//! | Up, Down | one step (number input) |
//! | Enter | submits the form, or runs `on_enter` |

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::bind::bind_text;
use super::field::wire;

/// A line of text.
#[component]
pub fn TextInput(
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
    /// `text`, `password`, `url`, `email`; `text` unless said.
    #[prop(default = "text")]
    kind: &'static str,
    /// The name in its form.
    #[prop(optional, into)]
    name: Option<String>,
    /// An example, never the only label.
    #[prop(optional, into)]
    placeholder: Option<TextProp>,
    /// What the browser may fill in; `off` unless said.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Monospace: names, images, quantities.
    #[prop(optional)]
    mono: bool,
    /// Half the width, for short values.
    #[prop(optional)]
    short: bool,
    /// Shown but not editable.
    #[prop(optional, into)]
    read_only: Signal<bool>,
    /// Takes the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// Runs when the focus leaves.
    #[prop(optional, into)]
    on_blur: Option<Callback<()>>,
    /// Runs on Enter, in place of submitting the form.
    #[prop(optional, into)]
    on_enter: Option<Callback<()>>,
    /// The element, for callers that move the focus.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let wiring = wire(id);
    bind_text(move || node_ref.get(), value, on_input);
    view! {
        <input
            class=input_class(mono, short)
            node_ref=node_ref
            id=wiring.id
            type=kind
            name=name
            value=value.get_untracked()
            placeholder=placeholder.map(|text| move || text.get())
            autocomplete=autocomplete
            autocapitalize="off"
            spellcheck="false"
            autofocus=autofocus
            readonly=move || read_only.get()
            aria-label=label.map(|label| move || label.get())
            aria-describedby=wiring.described_by
            aria-invalid=wiring.invalid
            aria-required=wiring.required
            on:input=move |event| on_input.run(event_target_value(&event))
            on:blur=move |_| {
                // A field that is removed while it has the focus blurs when its owner is gone.
                if let Some(on_blur) = on_blur {
                    let _ = on_blur.try_run(());
                }
            }
            on:keydown=move |event| {
                if let Some(on_enter) = on_enter
                    && event.key() == "Enter"
                    && !event.is_composing()
                {
                    event.prevent_default();
                    on_enter.run(());
                }
            }
        />
    }
    .into_any()
}

/// A whole number, or nothing. The text is kept as typed: what is not a number reaches
/// `on_input` too, so that validation can name it.
#[component]
pub fn NumberInput(
    /// The text of the number.
    #[prop(into)]
    value: Signal<String>,
    /// Runs with the text on every change.
    #[prop(into)]
    on_input: Callback<String>,
    /// The element's id; inside a [`super::Field`] the field's is taken.
    #[prop(optional, into)]
    id: Option<String>,
    /// The accessible name outside a field.
    #[prop(optional, into)]
    label: Option<TextProp>,
    /// The least value that Up and Down reach.
    #[prop(optional, into)]
    min: Option<i64>,
    /// The greatest value that Up and Down reach.
    #[prop(optional, into)]
    max: Option<i64>,
    /// An example.
    #[prop(optional, into)]
    placeholder: Option<TextProp>,
    /// The unit, shown behind ("pods").
    #[prop(optional, into)]
    unit: Option<TextProp>,
    /// The element, for callers that move the focus.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let wiring = wire(id);
    bind_text(move || node_ref.get(), value, on_input);
    let step = move |by: i64| {
        let now = value
            .with_untracked(|text| text.trim().parse::<i64>())
            .unwrap_or_else(|_| min.unwrap_or(0) - by.max(0));
        let next = now.saturating_add(by).clamp(min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX));
        on_input.run(next.to_string());
    };
    view! {
        <span class="input-group">
            <input
                class="input input-number"
                node_ref=node_ref
                id=wiring.id
                type="text"
                inputmode="numeric"
                role="spinbutton"
                value=value.get_untracked()
                placeholder=placeholder.map(|text| move || text.get())
                autocomplete="off"
                aria-label=label.map(|label| move || label.get())
                aria-valuemin=min
                aria-valuemax=max
                aria-valuenow=move || value.with(|text| text.trim().parse::<i64>().ok())
                aria-describedby=wiring.described_by
                aria-invalid=wiring.invalid
                aria-required=wiring.required
                on:input=move |event| on_input.run(event_target_value(&event))
                on:keydown=move |event| {
                    let by = match event.key().as_str() {
                        "ArrowUp" => 1,
                        "ArrowDown" => -1,
                        _ => return,
                    };
                    event.prevent_default();
                    step(by);
                }
            />
            {unit.map(|unit| view! { <span class="input-unit">{move || unit.get()}</span> })}
        </span>
    }
    .into_any()
}

fn input_class(mono: bool, short: bool) -> &'static str {
    match (mono, short) {
        (false, false) => "input",
        (true, false) => "input input-mono",
        (false, true) => "input input-short",
        (true, true) => "input input-mono input-short",
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_value_is_in_the_markup_and_escaped() {
        let out = html(|| view! { <TextInput label="Name" value="a\"><b>".to_owned() on_input=|_| () /> });
        assert!(out.contains(r#"aria-label="Name""#), "{out}");
        assert!(!out.contains("<b>"), "{out}");
    }

    #[test]
    fn a_number_says_its_bounds() {
        let out = html(|| {
            view! { <NumberInput label="Pods" min=0 max=100 value="3".to_owned() on_input=|_| () /> }
        });
        assert!(out.contains(r#"role="spinbutton""#), "{out}");
        assert!(out.contains(r#"aria-valuenow="3""#) && out.contains(r#"aria-valuemax="100""#), "{out}");
    }
}
