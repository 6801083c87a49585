//! A menu button (APG "menu button"), on the `popover` attribute.
//!
//! | Key | On the button | In the menu |
//! | --- | --- | --- |
//! | Enter, Space | opens, first item | does the item |
//! | Down, Up | opens, first or last item | next, previous item, around the ends |
//! | Home, End | | first, last item |
//! | a letter | | next item that begins with it |
//! | Escape | | closes, focus back on the button |
//! | Tab | | closes, focus goes on |
//!
//! Its items are drawn only while it is open, so fifty rows carry fifty buttons and no menus.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::button::ButtonVariant;
use super::icon::{Icon, IconName, IconSize};
use crate::interop::{self, Placement, lowercase};

/// What the items need of their menu.
#[derive(Clone, Copy)]
struct MenuContext {
    close: Callback<()>,
}

/// A button that opens a menu of [`MenuItem`]s.
#[component]
pub fn Menu(
    /// The menu's id, the same on server and client, unique in the page.
    #[prop(into)]
    id: String,
    /// The button's words, or its accessible name when `icon_only`.
    #[prop(into)]
    label: TextProp,
    /// An icon before the words.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// The icon stands alone; the label becomes name and tooltip.
    #[prop(optional)]
    icon_only: bool,
    /// The button's weight.
    #[prop(optional)]
    variant: ButtonVariant,
    /// What stands in the button instead of icon and words (the cluster switch).
    #[prop(optional, into)]
    trigger: Option<ViewFn>,
    /// The menu's right edge lines up with the button's.
    #[prop(optional)]
    align_end: bool,
    /// The items.
    children: ChildrenFn,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let last_first = StoredValue::new(false);
    let button = NodeRef::<html::Button>::new();
    let popover = NodeRef::<html::Div>::new();
    let placement = if align_end { Placement::End } else { Placement::Start };
    let button_id = format!("{id}-button");

    // `beforetoggle` comes before the popover shows: the items are there when it does.
    let before_toggle = move |event: web_sys::Event| open.set(new_state_is_open(&event));
    let toggle = move |_| {
        // The event comes a moment after the opening, when the page may be gone.
        let (Some(Some(popover)), Some(Some(button))) =
            (popover.try_get_untracked(), button.try_get_untracked())
        else {
            return;
        };
        if !interop::popover_open(&popover) {
            return;
        }
        interop::next_frame(move || {
            interop::place(&popover, &button, placement);
            let items = items(&popover);
            let from_end = last_first.try_update_value(std::mem::take).unwrap_or_default();
            let target = if from_end { items.last() } else { items.first() };
            focus(target);
        });
    };
    let close = move |()| {
        if let Some(popover) = popover.get_untracked() {
            interop::hide_popover(&popover);
        }
        if let Some(button) = button.get_untracked() {
            focus(Some(&button));
        }
    };
    let on_button_key = move |event: KeyboardEvent| {
        let from_end = event.key() == "ArrowUp";
        if (from_end || event.key() == "ArrowDown")
            && let Some(button) = button.get_untracked()
        {
            event.prevent_default();
            last_first.set_value(from_end);
            button.click();
        }
    };
    let on_menu_key = move |event: KeyboardEvent| {
        let Some(popover) = popover.get_untracked() else { return };
        match event.key().as_str() {
            "Tab" => interop::hide_popover(&popover),
            "Escape" => {
                event.prevent_default();
                event.stop_propagation();
                close(());
            }
            key => {
                let items = items(&popover);
                if let Some(next) = next_item(&items, key) {
                    event.prevent_default();
                    focus(items.get(next));
                }
            }
        }
    };

    let class = match (icon_only, trigger.is_some()) {
        (true, _) => format!("{} button-icon", variant.class()),
        (_, true) => format!("{} button-trigger", variant.class()),
        _ => variant.class().to_owned(),
    };
    let name = label.clone();
    let words = label.clone();
    let menu_name = label.clone();
    let named = icon_only || trigger.is_some();
    let children = StoredValue::new(children);
    view! {
        <span class="menu">
            <button
                type="button"
                class=class
                id=button_id.clone()
                node_ref=button
                popovertarget=id.clone()
                aria-haspopup="menu"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls=id.clone()
                aria-label=named.then_some(move || name.get())
                data-tip=icon_only.then_some(move || label.get())
                on:keydown=on_button_key
            >
                {match trigger {
                    Some(trigger) => trigger.run(),
                    None => view! {
                        {icon.map(|name| view! { <Icon name=name /> })}
                        {(!icon_only).then(|| view! {
                            <span class="button-text">{move || words.get()}</span>
                            <Icon name=IconName::ChevronDown size=IconSize::Small />
                        })}
                    }.into_any(),
                }}
            </button>
            <div
                id=id
                class="menu-popover"
                role="menu"
                aria-label=move || menu_name.get()
                popover="auto"
                tabindex="-1"
                node_ref=popover
                on:beforetoggle=before_toggle
                on:toggle=toggle
                on:keydown=on_menu_key
            >
                <Show when=move || open.get()>
                    <leptos::context::Provider value=MenuContext { close: Callback::new(close) }>
                        {children.with_value(|children| children())}
                    </leptos::context::Provider>
                </Show>
            </div>
        </span>
    }
    .into_any()
}

/// One action, or place, of a menu.
#[component]
pub fn MenuItem(
    /// The words.
    #[prop(into)]
    label: TextProp,
    /// An icon before them.
    #[prop(optional, into)]
    icon: Option<IconName>,
    /// What choosing it does.
    #[prop(optional, into)]
    on_select: Option<Callback<()>>,
    /// Where it leads, for a place.
    #[prop(optional, into)]
    href: Option<String>,
    /// It destroys something.
    #[prop(optional)]
    danger: bool,
    /// It is the current one of a set (theme, language, cluster).
    #[prop(optional, into)]
    checked: Option<Signal<bool>>,
    /// A second, quiet line.
    #[prop(optional, into)]
    note: Option<TextProp>,
    /// Why it cannot be chosen now; it can still be focused to learn why.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
) -> impl IntoView {
    let menu = use_context::<MenuContext>();
    let close = move || {
        if let Some(menu) = menu {
            menu.close.run(());
        }
    };
    let role = if checked.is_some() { "menuitemradio" } else { "menuitem" };
    let class = if danger { "menu-item menu-item-danger" } else { "menu-item" };
    let body = view! {
        {match (checked, icon) {
            (Some(checked), _) => {
                view! {
                    <span class="menu-item-mark">
                        {move || checked.get().then(|| view! { <Icon name=IconName::Check /> })}
                    </span>
                }
                    .into_any()
            }
            (None, Some(name)) => view! { <Icon name=name /> }.into_any(),
            (None, None) => ().into_any(),
        }}
        <span class="menu-item-words">
            <span>{move || label.get()}</span>
            {note.map(|note| view! { <span class="menu-item-note">{move || note.get()}</span> })}
        </span>
    };
    let aria_checked = checked.map(|checked| move || if checked.get() { "true" } else { "false" });
    let disabled = move || disabled_reason.get().map(|_| "true");
    match href {
        Some(href) => view! {
            <a
                class=class
                role=role
                tabindex="-1"
                href=move || disabled_reason.get().is_none().then(|| href.clone())
                aria-checked=aria_checked
                aria-disabled=disabled
                aria-description=move || disabled_reason.get()
                data-tip=move || disabled_reason.get()
                on:click=move |_| {
                    if disabled_reason.with_untracked(Option::is_none) {
                        close();
                    }
                }
            >
                {body}
            </a>
        }
        .into_any(),
        None => view! {
            <button
                type="button"
                class=class
                role=role
                tabindex="-1"
                aria-checked=aria_checked
                aria-disabled=disabled
                aria-description=move || disabled_reason.get()
                data-tip=move || disabled_reason.get()
                on:click=move |_| {
                    if disabled_reason.with_untracked(Option::is_none) {
                        close();
                        if let Some(on_select) = on_select {
                            on_select.run(());
                        }
                    }
                }
            >
                {body}
            </button>
        }
        .into_any(),
    }
}

/// A line between groups of items.
#[component]
pub fn MenuSeparator() -> impl IntoView {
    view! { <div class="menu-separator" role="separator"></div> }
}

/// A quiet heading over a group of items.
#[component]
pub fn MenuLabel(
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <div class="menu-label" role="presentation">{children()}</div> }
}

/// The `newState` of a toggle event, which web-sys does not know yet.
fn new_state_is_open(event: &web_sys::Event) -> bool {
    js_sys::Reflect::get(event, &"newState".into())
        .is_ok_and(|state| state.as_string().as_deref() == Some("open"))
}

fn items(popover: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = popover.query_selector_all("[role^=menuitem]") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

fn focus(element: Option<&HtmlElement>) {
    if let Some(element) = element {
        // Fails for an element that has left the page; then the browser moves the focus.
        let _ = element.focus();
    }
}

/// The item that a key moves to.
fn next_item(items: &[HtmlElement], key: &str) -> Option<usize> {
    let focused = interop::document()?.active_element();
    let now = items.iter().position(|item| Some(item.as_ref()) == focused.as_ref());
    let labels: Vec<String> = items.iter().map(|item| item.text_content().unwrap_or_default()).collect();
    move_in(&labels, now, key)
}

/// The index a key moves to among labelled items; `None` for keys that do not move.
fn move_in(labels: &[String], now: Option<usize>, key: &str) -> Option<usize> {
    let count = labels.len();
    if count == 0 {
        return None;
    }
    match key {
        "ArrowDown" => Some(now.map_or(0, |now| (now + 1) % count)),
        "ArrowUp" => Some(now.map_or(count - 1, |now| (now + count - 1) % count)),
        "Home" => Some(0),
        "End" => Some(count - 1),
        letter if letter.chars().count() == 1 && letter != " " => {
            let letter = lowercase(letter);
            let start = now.map_or(0, |now| now + 1);
            (0..count)
                .map(|step| (start + step) % count)
                .find(|&at| lowercase(labels[at].trim_start()).starts_with(&letter))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_as_the_practices_say() {
        let labels: Vec<String> = ["Edit", "Copy", "Delete"].map(str::to_owned).to_vec();
        for (now, key, expected) in [
            (None, "ArrowDown", Some(0)),
            (Some(0), "ArrowDown", Some(1)),
            (Some(2), "ArrowDown", Some(0)),
            (None, "ArrowUp", Some(2)),
            (Some(0), "ArrowUp", Some(2)),
            (Some(1), "Home", Some(0)),
            (Some(1), "End", Some(2)),
            (Some(0), "d", Some(2)),
            (Some(2), "E", Some(0)),
            (Some(0), "z", None),
            (Some(0), "Shift", None),
            (Some(0), " ", None),
        ] {
            assert_eq!(move_in(&labels, now, key), expected, "{key} from {now:?}");
        }
        assert_eq!(move_in(&[], None, "ArrowDown"), None);
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn the_button_names_its_menu() {
        let out = crate::ui::testing::html(|| {
            view! {
                <Menu id="row-7" label="Actions for web" icon=IconName::Ellipsis icon_only=true>
                    <MenuItem label="Delete" on_select=|()| () />
                </Menu>
            }
        });
        assert!(out.contains(r#"aria-haspopup="menu""#) && out.contains(r#"aria-expanded="false""#), "{out}");
        assert!(out.contains(r#"aria-label="Actions for web""#), "{out}");
        assert!(out.contains(r#"popovertarget="row-7""#) && out.contains(r#"id="row-7""#), "{out}");
        assert!(!out.contains("Delete"), "items are drawn when opened: {out}");
    }
}
