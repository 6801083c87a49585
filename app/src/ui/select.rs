//! A native `<select>`: the platform's own keys and, on a phone, its own picker.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::field::wire;
use super::icon::{Icon, IconName, IconSize};

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// What `on_change` gets.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl SelectOption {
    /// A choice with its words.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        SelectOption { value: value.into(), label: label.into() }
    }
}

/// One choice of a few.
#[component]
pub fn Select(
    /// The chosen value.
    #[prop(into)]
    value: Signal<String>,
    /// The choices.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    /// Runs with the value chosen.
    #[prop(into)]
    on_change: Callback<String>,
    /// The element's id; inside a [`super::Field`] the field's is taken.
    #[prop(optional, into)]
    id: Option<String>,
    /// The accessible name outside a field.
    #[prop(optional, into)]
    label: Option<TextProp>,
    /// Half the width, for short choices.
    #[prop(optional)]
    short: bool,
    /// Why it cannot be changed now.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
) -> impl IntoView {
    let wiring = wire(id);
    let now = Memo::new(move |_| options.get());
    view! {
        <span class=if short { "select select-short" } else { "select" } data-tip=move || disabled_reason.get()>
            <select
                class="input"
                id=wiring.id
                disabled=move || disabled_reason.with(Option::is_some)
                aria-label=label.map(|label| move || label.get())
                aria-describedby=wiring.described_by
                aria-invalid=wiring.invalid
                aria-required=wiring.required
                aria-description=move || disabled_reason.get()
                on:change=move |event| on_change.run(event_target_value(&event))
            >
                // An option stays as long as its value, and an open list with it; its words (a count,
                // another language) follow.
                <For each=move || options.get() key=|option| option.value.clone() let(option)>
                    <option
                        value=option.value.clone()
                        selected=value.with_untracked(|value| *value == option.value)
                        prop:selected={
                            let own = option.value.clone();
                            move || value.with(|value| *value == own)
                        }
                    >
                        {
                            let option = option.clone();
                            move || label_of(now, &option)
                        }
                    </option>
                </For>
            </select>
            <Icon name=IconName::ChevronDown size=IconSize::Small />
        </span>
    }
    .into_any()
}

/// The words of a choice as they are now; its last ones while it goes.
fn label_of(now: Memo<Vec<SelectOption>>, option: &SelectOption) -> String {
    now.with(|now| now.iter().find(|one| one.value == option.value).unwrap_or(option).label.clone())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_words_of_a_choice_follow_though_its_value_stays() {
        let owner = Owner::new();
        owner.with(|| {
            let options = RwSignal::new(vec![SelectOption::new("bad", "Failing (3)")]);
            let now = Memo::new(move |_| options.get());
            let label = Memo::new(move |_| label_of(now, &SelectOption::new("bad", "Failing (3)")));
            assert_eq!(label.get_untracked(), "Failing (3)");
            options.set(vec![SelectOption::new("ok", "Running"), SelectOption::new("bad", "异常 (2)")]);
            assert_eq!(label.get_untracked(), "异常 (2)");
        });
    }

    #[test]
    fn the_chosen_option_is_selected_in_the_markup() {
        let out = html(|| {
            let options = vec![SelectOption::new("a", "Alpha"), SelectOption::new("b", "Beta")];
            view! { <Select label="Kind" value="b".to_owned() options=options on_change=|_| () /> }
        });
        assert!(out.contains(r#"aria-label="Kind""#), "{out}");
        let beta = out.split("<option").find(|part| part.contains("Beta")).unwrap();
        assert!(beta.contains("selected"), "{out}");
        assert_eq!(out.matches(" selected").count(), 1, "{out}");
    }
}
