//! Badges: status in shape, word and colour, and plain labels.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Icon, IconName, IconSize};

/// What a status means to the person who looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    /// As it should be.
    Running,
    /// On its way there.
    Progressing,
    /// Held up by something.
    Waiting,
    /// Wrong.
    Failing,
    /// Stopped, unknown, or no matter.
    #[default]
    Neutral,
}

impl Tone {
    /// The value of `data-tone`, which colours follow.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Running => "running",
            Tone::Progressing => "progressing",
            Tone::Waiting => "waiting",
            Tone::Failing => "failing",
            Tone::Neutral => "neutral",
        }
    }

    /// The shape of the tone: each differs without colour.
    pub fn icon(self) -> IconName {
        match self {
            Tone::Running => IconName::CircleCheck,
            Tone::Progressing => IconName::CircleDashed,
            Tone::Waiting => IconName::Hourglass,
            Tone::Failing => IconName::OctagonAlert,
            Tone::Neutral => IconName::CircleMinus,
        }
    }
}

/// A status: shape, word and colour. With a `reason` it can be focused and shows it.
#[component]
pub fn StatusBadge(
    /// What the status means.
    #[prop(into)]
    tone: Signal<Tone>,
    /// The word ("Running").
    #[prop(into)]
    label: TextProp,
    /// Why it is so, shown on hover and focus.
    #[prop(optional, into)]
    reason: Signal<Option<String>>,
) -> impl IntoView {
    let name = status_name(label.clone(), reason);
    view! {
        <span
            class="badge badge-status"
            data-tone=move || tone.get().name()
            data-tip=move || reason.get()
            tabindex=move || reason.get().map(|_| "0")
            role=move || reason.get().map(|_| "note")
            aria-label=name
        >
            <Icon name=Signal::derive(move || tone.get().icon()) size=IconSize::Small />
            <span class="badge-text">{move || label.get()}</span>
        </span>
    }
    .into_any()
}

fn status_name(label: TextProp, reason: Signal<Option<String>>) -> impl Fn() -> Option<String> + Clone {
    move || reason.get().map(|reason| format!("{}: {reason}", label.get()))
}

/// A plain label: a count, a version, a kind.
#[component]
pub fn Badge(
    /// Its colour; neutral unless said.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=move || tone.get().name()>
            {children()}
        </span>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn a_status_is_shape_word_and_colour() {
        let out = html(|| view! { <StatusBadge tone=Tone::Failing label="Crash loop" /> });
        assert!(out.contains("#octagon-alert"), "{out}");
        assert!(out.contains("Crash loop"), "{out}");
        assert!(out.contains(r#"data-tone="failing""#), "{out}");
        assert!(!out.contains("tabindex"), "{out}");
    }

    #[test]
    fn a_reason_can_be_reached_by_keyboard() {
        let out = html(|| {
            view! { <StatusBadge tone=Tone::Waiting label="Waiting" reason=Some("No node fits".to_owned()) /> }
        });
        assert!(out.contains(r#"tabindex="0""#), "{out}");
        assert!(out.contains(r#"aria-label="Waiting: No node fits""#), "{out}");
    }
}
