//! Loads our JavaScript widgets on demand.
//!
//! A widget is an ES module under a content-hashed address. It is loaded by a `<script
//! type="module">` element, and registers itself in `globalThis.binnacle`. This needs no JS
//! snippet beside the wasm, and a failed load is an error here, never a dead application.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// Why a widget is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleProblem {
    /// Not in a browser, or the page has no head.
    NoPage,
    /// The file could not be loaded, or did not register what was asked for.
    NotLoaded,
}

/// The widget `name` of the module at `url`, loading it when this is the first use.
///
/// # Errors
/// [`ModuleProblem`] when the page cannot load it; the caller keeps its plain fallback.
pub async fn load_widget(url: &str, name: &str) -> Result<JsValue, ModuleProblem> {
    if let Some(widget) = registered(name) {
        return Ok(widget);
    }
    let document = super::document().ok_or(ModuleProblem::NoPage)?;
    let head = document.query_selector("head").ok().flatten().ok_or(ModuleProblem::NoPage)?;
    let script = document.create_element("script").map_err(|_| ModuleProblem::NoPage)?;
    for (attribute, value) in [("type", "module"), ("src", url)] {
        script.set_attribute(attribute, value).map_err(|_| ModuleProblem::NoPage)?;
    }
    if let Some(nonce) = super::page_nonce() {
        script.set_attribute("nonce", &nonce).map_err(|_| ModuleProblem::NoPage)?;
    }
    // A second script with the same address does not run the module again: browsers keep one
    // module per address, and both elements get their load event.
    let loaded = js_sys::Promise::new(&mut |resolve, reject| {
        for (event, settle) in [("load", &resolve), ("error", &reject)] {
            // Adding a listener to a fresh element cannot fail.
            let _ = script.add_event_listener_with_callback(event, settle);
        }
        if head.append_child(&script).is_err() {
            // The promise would hang; settle it as failed.
            let _ = reject.call0(&JsValue::UNDEFINED);
        }
    });
    let outcome = wasm_bindgen_futures::JsFuture::from(loaded).await;
    script.remove();
    outcome.map_err(|_| ModuleProblem::NotLoaded)?;
    registered(name).ok_or(ModuleProblem::NotLoaded)
}

fn registered(name: &str) -> Option<JsValue> {
    if !super::in_browser() {
        return None;
    }
    let all = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("binnacle")).ok()?;
    let widget = js_sys::Reflect::get(all.dyn_ref::<js_sys::Object>()?, &JsValue::from_str(name)).ok()?;
    widget.is_object().then_some(widget)
}
