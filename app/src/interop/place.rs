//! Popovers: shown in the top layer, placed beside the element they belong to.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// The gap between a popover and its anchor, and the least one to the window's edge, in px: one
/// step of the 4 px grid.
const GAP: f64 = 4.0;

/// Where a popover stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Below (above when there is no room), left edges in line.
    Start,
    /// Below (above when there is no room), right edges in line.
    End,
    /// Above (below when there is no room), centred.
    Tip,
}

/// A box in the window, in px.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// Left and top of a popover beside its anchor, inside a window of that width and height.
fn position(anchor: Area, size: (f64, f64), window: (f64, f64), placement: Placement) -> (f64, f64) {
    let (width, height) = size;
    let left = match placement {
        Placement::Start => anchor.left,
        Placement::End => anchor.left + anchor.width - width,
        Placement::Tip => anchor.left + (anchor.width - width) / 2.0,
    };
    let left = left.min(window.0 - width - GAP).max(GAP);
    let below = anchor.top + anchor.height + GAP;
    let above = anchor.top - height - GAP;
    let fits_below = below + height <= window.1 - GAP;
    let fits_above = above >= GAP;
    let top = match placement {
        Placement::Tip if fits_above => above,
        Placement::Tip => below,
        _ if fits_below || !fits_above => below,
        _ => above,
    };
    // When neither side has room it keeps its end in view, over the anchor if need be.
    (left, top.min(window.1 - height - GAP).max(GAP))
}

/// Places a popover beside its anchor. Measures, so call it once the popover is shown.
pub fn place(popover: &HtmlElement, anchor: &web_sys::Element, placement: Placement) {
    let Some(window) = web_sys::window() else { return };
    let number = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64());
    let (Some(width), Some(height)) = (number(window.inner_width()), number(window.inner_height())) else {
        return;
    };
    let rect = anchor.get_bounding_client_rect();
    let area = Area { left: rect.left(), top: rect.top(), width: rect.width(), height: rect.height() };
    let size = (f64::from(popover.offset_width()), f64::from(popover.offset_height()));
    let (left, top) = position(area, size, (width, height), placement);
    // Set through CSSOM, which a strict CSP allows. `set_property` fails for read-only
    // declarations alone.
    let style = popover.style();
    let _ = style.set_property("left", &format!("{left:.0}px"));
    let _ = style.set_property("top", &format!("{top:.0}px"));
}

/// Keeps a shown popover beside its anchor, frame by frame, until it is hidden or removed: the anchor
/// moves as lines come and go above it, and the popover's own height changes with its rows.
pub fn keep_placed(popover: HtmlElement, anchor: web_sys::Element, placement: Placement) {
    if popover_open(&popover) {
        place(&popover, &anchor, placement);
        super::next_frame(move || keep_placed(popover, anchor, placement));
    }
}

/// Makes a popover at least as wide as its anchor (listboxes).
pub fn match_width(popover: &HtmlElement, anchor: &web_sys::Element) {
    let width = anchor.get_bounding_client_rect().width();
    // As in `place`.
    let _ = popover.style().set_property("min-width", &format!("{width:.0}px"));
}

/// Whether a popover is shown.
pub fn popover_open(popover: &HtmlElement) -> bool {
    popover.matches(":popover-open").unwrap_or(false)
}

/// Shows a popover; nothing happens when it is shown already.
pub fn show_popover(popover: &HtmlElement) {
    if !popover_open(popover) {
        call(popover, "showPopover");
    }
}

/// Hides a popover; nothing happens when it is hidden already.
pub fn hide_popover(popover: &HtmlElement) {
    if popover_open(popover) {
        call(popover, "hidePopover");
    }
}

/// Whether a modal dialog is open.
pub fn dialog_open() -> bool {
    super::document().and_then(|document| document.query_selector("dialog:modal").ok().flatten()).is_some()
}

fn call(popover: &HtmlElement, method: &str) {
    if let Ok(function) = js_sys::Reflect::get(popover, &JsValue::from_str(method))
        && let Some(function) = function.dyn_ref::<js_sys::Function>()
    {
        // Fails when the element has just left the page; then there is nothing to show or hide.
        let _ = function.call0(popover);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_popover_stays_in_the_window() {
        let window = (1000.0, 600.0);
        let button = |left, top| Area { left, top, width: 100.0, height: 32.0 };
        for (name, anchor, size, placement, expected) in [
            ("below", button(10.0, 10.0), (200.0, 100.0), Placement::Start, (10.0, 46.0)),
            ("right edges", button(500.0, 10.0), (200.0, 100.0), Placement::End, (400.0, 46.0)),
            ("no room below", button(10.0, 560.0), (200.0, 100.0), Placement::Start, (10.0, 456.0)),
            ("no room right", button(950.0, 10.0), (200.0, 100.0), Placement::Start, (796.0, 46.0)),
            ("no room left", button(0.0, 10.0), (200.0, 100.0), Placement::End, (4.0, 46.0)),
            ("tip above", button(500.0, 100.0), (80.0, 20.0), Placement::Tip, (510.0, 76.0)),
            ("tip flips", button(500.0, 10.0), (80.0, 20.0), Placement::Tip, (510.0, 46.0)),
            ("no room at all", button(10.0, 300.0), (80.0, 590.0), Placement::Start, (10.0, 6.0)),
        ] {
            assert_eq!(position(anchor, size, window, placement), expected, "{name}");
        }
    }
}
