//! A folded section that says in its fold what is set inside. Native `<details>`: Enter and
//! Space unfold it, and the browser's search in the page does too.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Icon, IconName, IconSize};

/// A folded section.
#[component]
pub fn Disclosure(
    /// Its title.
    #[prop(into)]
    title: TextProp,
    /// What is set inside ("2 labels"), shown in the fold.
    #[prop(optional, into)]
    summary: Option<TextProp>,
    /// Errors inside: they show in the fold, and it opens by itself when they come.
    #[prop(optional, into)]
    errors: Signal<u32>,
    /// Unfolded at first.
    #[prop(optional)]
    open: bool,
    /// Runs when it is unfolded.
    #[prop(optional, into)]
    on_open: Option<Callback<()>>,
    /// The section.
    children: Children,
) -> impl IntoView {
    let details = NodeRef::<leptos::html::Details>::new();
    Effect::new(move |before: Option<u32>| {
        let now = errors.get();
        if now > before.unwrap_or(0)
            && let Some(details) = details.get()
        {
            details.set_open(true);
        }
        now
    });
    view! {
        <details
            class="disclosure"
            node_ref=details
            open=open
            on:toggle=move |_| {
                if let Some(on_open) = on_open && details.get_untracked().is_some_and(|details| details.open()) {
                    on_open.run(());
                }
            }
        >
            <summary>
                <Icon name=IconName::ChevronRight size=IconSize::Small />
                <span class="disclosure-title">{move || title.get()}</span>
                {summary.map(|summary| view! { <span class="disclosure-summary">{move || summary.get()}</span> })}
                {move || {
                    let errors = errors.get();
                    (errors > 0).then(|| view! { <span class="badge" data-tone="failing">{errors}</span> })
                }}
            </summary>
            <div class="disclosure-body">{children()}</div>
        </details>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_fold_says_what_is_inside() {
        let out = html(|| view! { <Disclosure title="Labels" summary="2 set">"body"</Disclosure> });
        let (fold, _) = out.split_once("</summary>").unwrap();
        assert!(fold.contains("Labels") && fold.contains("2 set"), "{out}");
    }
}
