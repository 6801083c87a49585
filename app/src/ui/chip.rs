//! A filter in force, with the way to remove it.
//!
//! | Key | Does |
//! | --- | --- |
//! | Tab | moves to the chip's button |
//! | Enter, Space | removes the filter |

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Icon, IconName, IconSize};
use crate::i18n::use_lang;
use binnacle_model::words::ui as words;

/// A removable filter.
#[component]
pub fn Chip(
    /// What is filtered by ("Namespace").
    #[prop(into)]
    label: TextProp,
    /// Its value ("default").
    #[prop(into)]
    value: TextProp,
    /// Removes it.
    #[prop(into)]
    on_remove: Callback<()>,
) -> impl IntoView {
    let lang = use_lang();
    let (key, shown) = (label.clone(), value.clone());
    let name = move || {
        let filter = format!("{}: {}", label.get(), value.get());
        words::REMOVE_FILTER.fill(lang.get(), &[&filter])
    };
    let tip = name.clone();
    view! {
        <span class="chip">
            <span class="chip-label">{move || key.get()}</span>
            <span class="chip-value">{move || shown.get()}</span>
            <button type="button" class="chip-remove" aria-label=name data-tip=tip on:click=move |_| on_remove.run(())>
                <Icon name=IconName::X size=IconSize::Small />
            </button>
        </span>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn its_button_names_the_filter() {
        let out = html(|| view! { <Chip label="Namespace" value="default" on_remove=|()| () /> });
        assert!(out.contains(r#"aria-label="Remove filter Namespace: default""#), "{out}");
    }
}
