//! Tooltips: one layer for the whole page.
//!
//! Any element with `data-tip="words"` gets a tooltip; the layer listens once for all of them, so
//! fifty rows cost fifty attributes and no component each.
//!
//! | Key, pointer | Does |
//! | --- | --- |
//! | focus by keyboard, hover | shows it, hover after a short rest |
//! | Escape | hides it |
//! | blur, leaving, scrolling | hides it |
//!
//! `data-focus-tip` gives one on focus alone: for a link stretched over its row, which a resting pointer
//! is always over. Its `title` says the same to the pointer, as quietly as the browser does.
//!
//! While shown, the element's `aria-describedby` names the tooltip, unless the tip is its name.

use std::cell::RefCell;
use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::interop::{self, Placement};

/// How long the pointer rests before a tooltip shows.
const REST: Duration = Duration::from_millis(400);

/// The id of the layer's element.
const LAYER_ID: &str = "tooltip";

/// Words with a tooltip, reachable by keyboard: for text that is no control.
#[component]
pub fn Tooltip(
    /// What the tooltip says.
    #[prop(into)]
    text: TextProp,
    /// What it explains.
    children: Children,
) -> impl IntoView {
    let described = text.clone();
    view! {
        <span
            class="tipped"
            tabindex="0"
            role="note"
            aria-description=move || described.get()
            data-tip=move || text.get()
        >
            {children()}
        </span>
    }
    .into_any()
}

thread_local! {
    /// The element whose tooltip is shown or about to be, and what described it before.
    static SHOWN: RefCell<Option<(Element, Option<String>)>> = const { RefCell::new(None) };
}

/// The layer; once in a page, which [`super::ToastRegion`] sees to.
#[component]
pub fn TooltipLayer() -> impl IntoView {
    let text = RwSignal::new(String::new());
    let layer = NodeRef::<html::Div>::new();
    let waiting = StoredValue::new(None::<TimeoutHandle>);

    let hide = move || {
        if let Some(timeout) = waiting.try_update_value(Option::take).flatten() {
            timeout.clear();
        }
        let shown = SHOWN.with_borrow_mut(Option::take);
        if let Some((element, described_by)) = shown {
            // The names are constants; the element may be gone, which harms nothing.
            let _ = match described_by {
                Some(ids) => element.set_attribute("aria-describedby", &ids),
                None => element.remove_attribute("aria-describedby"),
            };
        }
        if let Some(layer) = layer.get_untracked() {
            interop::hide_popover(&layer);
        }
    };
    let show = move |element: Element| {
        let tip = element.get_attribute("data-tip").or_else(|| element.get_attribute("data-focus-tip"));
        let Some(tip) = tip.filter(|tip| !tip.is_empty()) else { return };
        let described_by = element.get_attribute("aria-describedby");
        text.set(tip);
        let anchor = element.clone();
        // A tip that only repeats the name describes nothing.
        if element.get_attribute("aria-label").as_ref() != Some(&text.get_untracked()) {
            // As in `hide`.
            let _ = element.set_attribute("aria-describedby", LAYER_ID);
        }
        SHOWN.with_borrow_mut(|shown| *shown = Some((element, described_by)));
        interop::next_frame(move || {
            let still = SHOWN.with_borrow(|shown| shown.as_ref().is_some_and(|(now, _)| *now == anchor));
            if let Some(layer) = layer.get_untracked().filter(|_| still) {
                interop::show_popover(&layer);
                interop::place(&layer, &anchor, Placement::Tip);
            }
        });
    };

    Effect::new(move || {
        let over = window_event_listener(leptos::ev::mouseover, move |event| {
            let target = tipped(event.target(), "[data-tip]");
            let same =
                SHOWN.with_borrow(|shown| shown.as_ref().map(|(element, _)| element.clone()) == target);
            if same && target.is_some() {
                return;
            }
            hide();
            if let Some(target) = target {
                let timeout = set_timeout_with_handle(move || show(target), REST).ok();
                waiting.set_value(timeout);
            }
        });
        let focus = window_event_listener(leptos::ev::focusin, move |event| {
            let target = tipped(event.target(), "[data-tip],[data-focus-tip]");
            hide();
            // Keyboard focus only: a click on a button should not leave its tooltip standing.
            if let Some(target) = target.filter(|target| target.matches(":focus-visible").unwrap_or(false)) {
                show(target);
            }
        });
        let blur = window_event_listener(leptos::ev::focusout, move |_| hide());
        let press = window_event_listener(leptos::ev::pointerdown, move |_| hide());
        let scroll = window_event_listener(leptos::ev::wheel, move |_| hide());
        let key = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == "Escape" {
                hide();
            }
        });
        on_cleanup(move || {
            for listener in [over, focus, blur, press, scroll, key] {
                listener.remove();
            }
        });
    });

    view! {
        <div id=LAYER_ID class="tooltip" role="tooltip" popover="manual" node_ref=layer>
            {move || text.get()}
        </div>
    }
    .into_any()
}

/// The nearest element with a tooltip, as the selector says, at an event's target.
fn tipped(target: Option<web_sys::EventTarget>, selector: &str) -> Option<Element> {
    target?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_layer_is_a_tooltip() {
        let out = html(|| view! { <TooltipLayer /> });
        assert!(out.contains(r#"role="tooltip""#) && out.contains(r#"popover="manual""#), "{out}");
    }

    #[test]
    fn tipped_text_can_be_focused() {
        let out = html(|| view! { <Tooltip text="2026-11-23 10:00:00 UTC">"3 min ago"</Tooltip> });
        assert!(out.contains(r#"tabindex="0""#), "{out}");
        assert!(out.contains(r#"data-tip="2026-11-23 10:00:00 UTC""#), "{out}");
    }
}
