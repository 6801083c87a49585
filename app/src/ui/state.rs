//! What a page shows when there is nothing to show: empty, error, loading, stale.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::button::{Button, ButtonVariant};
use super::copy::CopyButton;
use super::icon::{Icon, IconName, IconSize};
use crate::i18n::{t, use_lang};
use binnacle_model::words::{common, ui as words};

/// Nothing is here: what would be, why it is not, and one action as child.
#[component]
pub fn EmptyState(
    /// What would be here.
    #[prop(into)]
    title: TextProp,
    /// Why it is not, and what to do.
    #[prop(optional, into)]
    text: Option<TextProp>,
    /// A large quiet icon.
    #[prop(default = IconName::Box)]
    icon: IconName,
    /// One action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state state-empty">
            <Icon name=icon size=IconSize::Large />
            <h2 class="state-title">{move || title.get()}</h2>
            {text.map(|text| view! { <p class="state-text">{move || text.get()}</p> })}
            {children.map(|children| view! { <div class="state-action">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// Something did not work: what happened, why, what to do, and the request's id to quote.
#[component]
pub fn ErrorState(
    /// What happened.
    #[prop(into)]
    title: TextProp,
    /// Why, and what to do.
    #[prop(optional, into)]
    text: Option<TextProp>,
    /// What the other side said, word for word; folded.
    #[prop(optional, into)]
    details: Signal<Option<String>>,
    /// The id under which the server has logged it.
    #[prop(optional, into)]
    request_id: Signal<Option<String>>,
    /// Tries again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
    /// Another action, such as a link.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lang = use_lang();
    let retry = t(common::RETRY);
    let details_words = t(words::DETAILS);
    let copy = t(common::COPY);
    view! {
        <div class="state state-error" role="alert">
            <Icon name=IconName::OctagonAlert size=IconSize::Large />
            <h2 class="state-title">{move || title.get()}</h2>
            {text.map(|text| view! { <p class="state-text">{move || text.get()}</p> })}
            {move || {
                details
                    .get()
                    .map(|details| {
                        view! {
                            <details class="state-details">
                                <summary>{details_words}</summary>
                                <pre class="code" tabindex="0">
                                    {details}
                                </pre>
                            </details>
                        }
                    })
            }}
            <div class="state-action">
                {on_retry
                    .map(|on_retry| {
                        view! {
                            <Button
                                variant=ButtonVariant::Secondary
                                icon=IconName::Refresh
                                on_click=move |_| on_retry.run(())
                            >
                                {retry}
                            </Button>
                        }
                    })}
                {children.map(|children| children())}
            </div>
            {move || {
                request_id
                    .get()
                    .map(|id| {
                        view! {
                            <p class="state-request">
                                <span>{words::REQUEST_ID.fill(lang.get(), &[&id])}</span>
                                <CopyButton text=id label=copy />
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// A line over data that is old, partial or hidden: how old, why, and an action as child.
#[component]
pub fn Notice(
    /// Its colour and shape.
    #[prop(into)]
    tone: Signal<super::badge::Tone>,
    /// What is the matter and what to do.
    #[prop(into)]
    text: TextProp,
    /// An action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let icon = Signal::derive(move || match tone.get() {
        super::badge::Tone::Neutral | super::badge::Tone::Progressing => IconName::Info,
        super::badge::Tone::Waiting => IconName::TriangleAlert,
        other => other.icon(),
    });
    view! {
        <div class="notice" role="status" data-tone=move || tone.get().name()>
            <Icon name=icon />
            <p class="notice-text">{move || text.get()}</p>
            {children.map(|children| view! { <div class="notice-action">{children()}</div> })}
        </div>
    }
    .into_any()
}

/// The shape of what is coming; seen only after 150 ms, so that quick pages never flicker.
#[component]
pub fn Skeleton(
    /// Lines of text or rows of a table.
    #[prop(default = 3)]
    lines: u32,
    /// Rows of a table rather than lines of text.
    #[prop(optional)]
    table: bool,
) -> impl IntoView {
    let label = t(common::LOADING);
    view! {
        <div class=if table { "skeleton skeleton-table" } else { "skeleton" } role="status" aria-label=label>
            {(0..lines).map(|_| view! { <span class="skeleton-line"></span> }).collect_view()}
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn an_error_is_announced_with_its_request() {
        let out = html(|| {
            view! {
                <ErrorState
                    title="The list could not be read"
                    text="The API server did not answer in 5 s."
                    details=Some("context deadline exceeded".to_owned())
                    request_id=Some("r-77".to_owned())
                    on_retry=|()| ()
                />
            }
        });
        assert!(out.contains(r#"role="alert""#), "{out}");
        for words in ["could not be read", "deadline exceeded", "r-77", "Try again"] {
            assert!(out.contains(words), "{words}: {out}");
        }
    }

    #[test]
    fn an_empty_state_has_its_action() {
        let out = html(|| {
            view! { <EmptyState title="No StatefulSets" text="None in this namespace."><a href="/new">"Create"</a></EmptyState> }
        });
        assert!(out.contains("No StatefulSets") && out.contains("/new"), "{out}");
    }

    #[test]
    fn a_skeleton_says_loading() {
        let out = html(|| view! { <Skeleton lines=5 /> });
        assert!(out.contains(r#"aria-label="Loading""#), "{out}");
        assert_eq!(out.matches("skeleton-line").count(), 5, "{out}");
    }
}
