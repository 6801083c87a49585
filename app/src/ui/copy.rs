//! A button that copies a text; Enter and Space press it. Its name says when it is done.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::text_prop::TextProp;

use super::button::{ButtonVariant, IconButton};
use super::icon::IconName;
use crate::i18n::t;
use crate::interop;
use binnacle_model::words::common;

/// How long "Copied" shows.
const SHOWN: Duration = Duration::from_millis(1500);

/// Copies a text.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// Its name ("Copy image").
    #[prop(into)]
    label: TextProp,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let done = t(common::COPIED);
    let name = move || if copied.get() { done().into() } else { label.get() };
    let icon = Signal::derive(move || if copied.get() { IconName::Check } else { IconName::Copy });
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            // The button may be gone by then.
            if interop::copy_text(&text).await && copied.try_set(true).is_none() {
                set_timeout(
                    move || {
                        copied.try_set(false);
                    },
                    SHOWN,
                );
            }
        });
    };
    view! { <IconButton variant=ButtonVariant::Ghost icon=icon label=name on_click=copy /> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn it_is_named() {
        let out = html(|| view! { <CopyButton text="nginx:1.29".to_owned() label="Copy image" /> });
        assert!(out.contains(r#"aria-label="Copy image""#), "{out}");
    }
}
