//! Buttons, and links that look like them.
//!
//! | Key | Does |
//! | --- | --- |
//! | Tab | moves to the button, disabled ones included: they say why they are |
//! | Enter, Space | presses it |
//!
//! A disabled button keeps its place in the tab order (`aria-disabled`) and gives its reason as
//! tooltip and description, so nobody has to guess.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Icon, IconName};

/// What a button weighs on its page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonVariant {
    /// The one main action of a page.
    Primary,
    /// Any other action.
    #[default]
    Secondary,
    /// The confirmed destructive action; only inside a confirming dialog.
    Danger,
    /// An action without a frame: bars, rows, dialogs' Cancel.
    Ghost,
}

impl ButtonVariant {
    /// The class of the variant.
    pub(super) fn class(self) -> &'static str {
        match self {
            ButtonVariant::Primary => "button button-primary",
            ButtonVariant::Secondary => "button button-secondary",
            ButtonVariant::Danger => "button button-danger",
            ButtonVariant::Ghost => "button button-ghost",
        }
    }
}

/// What pressing a button does to its form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonType {
    /// Nothing.
    #[default]
    Button,
    /// Submits it.
    Submit,
}

impl ButtonType {
    fn name(self) -> &'static str {
        match self {
            ButtonType::Button => "button",
            ButtonType::Submit => "submit",
        }
    }
}

/// A button with words.
#[component]
pub fn Button(
    /// Its weight.
    #[prop(optional)]
    variant: ButtonVariant,
    /// What it does to its form.
    #[prop(optional)]
    kind: ButtonType,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// Work is under way: it shows so and takes no second press.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it cannot be pressed now; `None` when it can.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// What pressing does.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
    /// The element's id.
    #[prop(optional, into)]
    id: Option<String>,
    /// Its accessible name, where the words alone are not enough ("Remove container web").
    #[prop(optional, into)]
    label: Option<TextProp>,
    /// Takes the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    let press = press(busy, disabled_reason, on_click);
    view! {
        <button
            type=kind.name()
            class=variant.class()
            id=id
            autofocus=autofocus
            aria-label=label.map(|label| move || label.get())
            aria-disabled=move || blocked(busy, disabled_reason).then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-description=move || disabled_reason.get()
            data-tip=move || disabled_reason.get()
            on:click=press
        >
            {move || {
                let shown = if busy.get() { Some(IconName::Loader) } else { icon };
                shown.map(|name| view! { <Icon name=name /> })
            }}
            <span class="button-text">{children()}</span>
        </button>
    }
    .into_any()
}

/// A button with an icon alone; its label is its name and its tooltip.
#[component]
pub fn IconButton(
    /// The icon.
    #[prop(into)]
    icon: Signal<IconName>,
    /// The accessible name, shown as tooltip.
    #[prop(into)]
    label: TextProp,
    /// Its weight; without a frame unless said.
    #[prop(default = ButtonVariant::Ghost)]
    variant: ButtonVariant,
    /// Whether it is on, for a toggle.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Work is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it cannot be pressed now; `None` when it can.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// What pressing does.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
    /// The element's id.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let press = press(busy, disabled_reason, on_click);
    let name = label.clone();
    view! {
        <button
            type="button"
            class=format!("{} button-icon", variant.class())
            id=id
            aria-label=move || name.get()
            aria-pressed=pressed.map(|on| move || if on.get() { "true" } else { "false" })
            aria-disabled=move || blocked(busy, disabled_reason).then_some("true")
            aria-busy=move || busy.get().then_some("true")
            aria-description=move || disabled_reason.get()
            data-tip=move || disabled_reason.get().unwrap_or_else(|| label.get().into_owned())
            on:click=press
        >
            <Icon name=Signal::derive(move || if busy.get() { IconName::Loader } else { icon.get() }) />
        </button>
    }
    .into_any()
}

/// A link that looks like a button, for actions that are places ("Create from YAML").
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: TextProp,
    /// Its weight.
    #[prop(optional)]
    variant: ButtonVariant,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// Why it cannot be followed now; it is then no link, but can still be focused to learn why.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// The element's id.
    #[prop(optional, into)]
    id: Option<String>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <a
            class=variant.class()
            id=id
            role="link"
            tabindex="0"
            href=move || disabled_reason.get().is_none().then(|| href.get())
            aria-disabled=move || disabled_reason.get().is_some().then_some("true")
            aria-description=move || disabled_reason.get()
            data-tip=move || disabled_reason.get()
        >
            {icon.map(|name| view! { <Icon name=name /> })}
            <span class="button-text">{children()}</span>
        </a>
    }
    .into_any()
}

fn blocked(busy: Signal<bool>, reason: Signal<Option<String>>) -> bool {
    busy.get() || reason.with(Option::is_some)
}

/// The click handler: swallows the press (a form's submit included) while the button is blocked.
fn press(
    busy: Signal<bool>,
    reason: Signal<Option<String>>,
    on_click: Option<Callback<MouseEvent>>,
) -> impl Fn(MouseEvent) {
    move |event: MouseEvent| {
        if busy.get_untracked() || reason.with_untracked(Option::is_some) {
            event.prevent_default();
            event.stop_propagation();
        } else if let Some(on_click) = on_click {
            on_click.run(event);
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn a_button_is_named_by_its_words() {
        let out = html(|| view! { <Button>"Create"</Button> });
        assert!(out.contains(r#"type="button""#), "{out}");
        assert!(out.contains("Create"), "{out}");
        assert!(!out.contains("aria-disabled"), "{out}");
    }

    #[test]
    fn a_disabled_button_says_why_and_stays_focusable() {
        let out = html(
            || view! { <Button disabled_reason=Some("Needs the verb create".to_owned())>"Create"</Button> },
        );
        assert!(out.contains(r#"aria-disabled="true""#), "{out}");
        assert!(out.contains(r#"aria-description="Needs the verb create""#), "{out}");
        assert!(!out.contains(" disabled"), "{out}");
    }

    #[test]
    fn an_icon_button_has_a_name() {
        let out = html(|| view! { <IconButton icon=IconName::X label="Close" /> });
        assert!(out.contains(r#"aria-label="Close""#), "{out}");
        assert!(out.contains("#x"), "{out}");
    }

    #[test]
    fn a_disabled_link_has_no_address() {
        let out = html(|| {
            view! { <LinkButton href="/new" disabled_reason=Some("No rights".to_owned())>"New"</LinkButton> }
        });
        assert!(!out.contains("href=\"/new\""), "{out}");
        let out = html(|| view! { <LinkButton href="/new">"New"</LinkButton> });
        assert!(out.contains("href=\"/new\""), "{out}");
    }
}
