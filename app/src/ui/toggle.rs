//! Checkbox and switch: native checkboxes, so Space toggles and the label can be clicked.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// A checkbox with its words.
#[component]
pub fn Checkbox(
    /// The element's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// The words beside it.
    #[prop(into)]
    label: TextProp,
    /// Whether it is checked.
    #[prop(into)]
    checked: Signal<bool>,
    /// Runs with the new state.
    #[prop(into)]
    on_change: Callback<bool>,
    /// One line of help below.
    #[prop(optional, into)]
    help: Option<TextProp>,
    /// Why it cannot be changed now.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// The words are read but not shown (a column of checkboxes).
    #[prop(optional)]
    label_hidden: bool,
) -> impl IntoView {
    toggle("checkbox", None, id, label, checked, on_change, help, disabled_reason, label_hidden)
}

/// A switch: like a checkbox, for what takes effect at once.
#[component]
pub fn Switch(
    /// The element's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// The words beside it.
    #[prop(into)]
    label: TextProp,
    /// Whether it is on.
    #[prop(into)]
    checked: Signal<bool>,
    /// Runs with the new state.
    #[prop(into)]
    on_change: Callback<bool>,
    /// One line of help below.
    #[prop(optional, into)]
    help: Option<TextProp>,
    /// Why it cannot be changed now.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
) -> impl IntoView {
    toggle("switch", Some("switch"), id, label, checked, on_change, help, disabled_reason, false)
}

#[expect(clippy::too_many_arguments, reason = "the shared body of two components; each is a property")]
fn toggle(
    class: &'static str,
    role: Option<&'static str>,
    id: String,
    label: TextProp,
    checked: Signal<bool>,
    on_change: Callback<bool>,
    help: Option<TextProp>,
    disabled_reason: Signal<Option<String>>,
    label_hidden: bool,
) -> impl IntoView {
    let help_id = help.is_some().then(|| format!("{id}-note"));
    let note_id = help_id.clone();
    view! {
        <div class="toggle" data-tip=move || disabled_reason.get()>
            <input
                type="checkbox"
                class=class
                role=role
                id=id.clone()
                prop:checked=checked
                checked=checked.get_untracked()
                aria-describedby=help_id
                aria-disabled=move || disabled_reason.get().map(|_| "true")
                aria-description=move || disabled_reason.get()
                on:click=move |event| {
                    if disabled_reason.with_untracked(Option::is_some) {
                        event.prevent_default();
                    }
                }
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <div class=if label_hidden { "visually-hidden" } else { "toggle-words" }>
                <label for=id>{move || label.get()}</label>
                {help
                    .map(|help| {
                        view! {
                            <p class="field-note" id=note_id data-kind="help">
                                {move || help.get()}
                            </p>
                        }
                    })}
            </div>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_label_names_the_control() {
        let out = html(|| {
            view! { <Switch id="live" label="Live" checked=true on_change=|_| () help="Follows the cluster." /> }
        });
        assert!(out.contains(r#"role="switch""#) && out.contains(r#"for="live""#), "{out}");
        assert!(out.contains(r#"aria-describedby="live-note""#), "{out}");
        assert!(out.contains(" checked"), "{out}");
    }
}
