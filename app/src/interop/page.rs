//! The page: meta values, theme, focus, clipboard, clock, leaving.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// The cookie and the attribute value of a chosen theme; the server writes the same attribute.
pub const THEME_COOKIE: &str = "binnacle_theme";

/// A year, the life of the preference cookies, in seconds.
const PREFERENCE_SECONDS: u32 = 31_536_000;

/// The page's document; `None` on the server.
pub fn document() -> Option<web_sys::Document> {
    if !super::in_browser() {
        return None;
    }
    web_sys::window()?.document()
}

/// The element with an id.
pub fn element(id: &str) -> Option<web_sys::HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// The `content` of `<meta name>`.
pub fn meta_content(name: &str) -> Option<String> {
    document()?.query_selector(&format!("meta[name=\"{name}\"]")).ok()??.get_attribute("content")
}

/// The page's CSP nonce, which browsers hide from markup but give to scripts of the page.
pub fn page_nonce() -> Option<String> {
    let holder = document()?.query_selector("[nonce]").ok()??;
    let nonce = js_sys::Reflect::get(&holder, &JsValue::from_str("nonce")).ok()?.as_string()?;
    (!nonce.is_empty()).then_some(nonce)
}

/// Which colours the page wears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The value of `data-theme` and of the cookie; the system's has none.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }

    /// Reads a cookie's value; anything else is the system's.
    pub fn from_name(name: &str) -> Theme {
        match name {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// The theme the page wears now.
pub fn theme() -> Theme {
    document()
        .and_then(|document| document.document_element())
        .and_then(|root| root.get_attribute("data-theme"))
        .map_or(Theme::System, |name| Theme::from_name(&name))
}

/// Puts on a theme and remembers it in a cookie, so that the server renders it at once.
pub fn set_theme(theme: Theme) {
    let Some(root) = document().and_then(|document| document.document_element()) else {
        return;
    };
    // Both calls fail for malformed names only, and ours are constants.
    let _ = match theme.name() {
        Some(name) => root.set_attribute("data-theme", name),
        None => root.remove_attribute("data-theme"),
    };
    set_preference(THEME_COOKIE, theme.name());
}

/// Whether the page is dark at this moment, chosen or by the system.
pub fn is_dark() -> bool {
    match theme() {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => {
            super::in_browser()
                && web_sys::window()
                    .and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok().flatten())
                    .is_some_and(|query| query.matches())
        }
    }
}

/// Writes a preference cookie that scripts and server may read, or ends it with `None`. Names and
/// values are ours: letters, digits, `-` and `_`.
pub fn set_preference(name: &str, value: Option<&str>) {
    let Some(document) = document() else { return };
    let secure = js_sys::Reflect::get(&document, &JsValue::from_str("location"))
        .and_then(|location| js_sys::Reflect::get(&location, &JsValue::from_str("protocol")))
        .is_ok_and(|protocol| protocol.as_string().as_deref() == Some("https:"));
    let (value, age) = match value {
        Some(value) => (value, PREFERENCE_SECONDS),
        None => ("", 0),
    };
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={age}; SameSite=Strict{secure}");
    // A browser that refuses cookies keeps the choice for this page only.
    let _ = js_sys::Reflect::set(&document, &JsValue::from_str("cookie"), &JsValue::from_str(&cookie));
}

/// Moves the focus to the element with an id and brings it into view. Returns whether it is there.
pub fn focus(id: &str) -> bool {
    let Some(element) = element(id) else { return false };
    scroll_into_view(id);
    element.focus().is_ok()
}

/// Like [`focus`], after the views have been drawn: for a row that was added this moment.
pub fn focus_soon(id: impl Into<String>) {
    let id = id.into();
    next_frame(move || {
        focus(&id);
    });
}

/// How many frames a new page gets to draw its title: ten seconds at 60 a second.
const TITLE_FRAMES: u32 = 600;
/// How many more the title is watched once it has the focus: the old page's may stand for a moment.
const SETTLE_FRAMES: u32 = 30;

/// Moves the focus to the page's title, and gives it; `None` when there is none yet.
pub fn focus_title() -> Option<web_sys::HtmlElement> {
    let title = document()?.query_selector("main h1").ok()??.dyn_into::<web_sys::HtmlElement>().ok()?;
    title.set_tab_index(-1);
    title.focus().ok()?;
    Some(title)
}

/// Moves the focus to the page's title once the focus is lost: for a change of page, or of its contents,
/// which takes away the link or button that asked for it. A focus that is elsewhere, or that somebody moves, is left alone.
pub fn focus_title_when_lost() {
    // A dialog that closes meanwhile gives the focus back first.
    next_frame(|| {
        let Some(document) = document() else { return };
        let start = document.active_element();
        let goes = |element: &web_sys::Element| {
            element.tag_name() == "BODY" || matches!(element.closest("main"), Ok(Some(_)))
        };
        // What is beside the content stays, and keeps the focus.
        if start.as_ref().is_none_or(goes) {
            watch_title(start, None, TITLE_FRAMES);
        }
    });
}

fn watch_title(start: Option<web_sys::Element>, title: Option<web_sys::Element>, frames: u32) {
    next_frame(move || {
        let Some(document) = document().filter(|_| frames > 0) else { return };
        let now = document.active_element();
        let is_lost = now.as_ref().is_none_or(|now| now.tag_name() == "BODY");
        if is_lost {
            if let Some(title) = focus_title() {
                return watch_title(start, Some(title.into()), frames.min(SETTLE_FRAMES));
            }
        } else if now != start && now != title {
            return;
        }
        watch_title(start, title, frames - 1);
    });
}

/// Brings the element with an id into view, moving no more than needed.
pub fn scroll_into_view(id: &str) {
    let Some(element) = element(id) else { return };
    let options = js_sys::Object::new();
    let nearest = JsValue::from_str("nearest");
    if js_sys::Reflect::set(&options, &JsValue::from_str("block"), &nearest).is_ok()
        && let Ok(call) = js_sys::Reflect::get(&element, &JsValue::from_str("scrollIntoView"))
        && let Some(call) = call.dyn_ref::<js_sys::Function>()
    {
        // It cannot throw for an element in the document.
        let _ = call.call1(&element, &options);
    }
}

/// Where the caret of a text area stands, in UTF-16 code units.
pub fn caret(area: &web_sys::HtmlTextAreaElement) -> Option<u32> {
    area.selection_start().ok().flatten()
}

/// Puts the caret of a text area at an offset, in UTF-16 code units, and brings its line, counted
/// from 1, into view.
pub fn reveal_in_area(area: &web_sys::HtmlTextAreaElement, offset: u32, line: u32) {
    // Both calls fail for elements that hold no text only, or are not shown.
    let _ = area.set_selection_range(offset, offset);
    let _ = area.focus();
    let lines = area.value().split('\n').count().max(1);
    let lines = i32::try_from(lines).unwrap_or(i32::MAX);
    let above = i32::try_from(line.saturating_sub(1)).unwrap_or(i32::MAX);
    // The lines are all of one height: none is wrapped. The wanted one comes to the middle.
    let height = area.scroll_height() / lines;
    area.set_scroll_top(height.saturating_mul(above).saturating_sub(area.client_height() / 2).max(0));
}

/// Runs before the next frame is drawn, once the pending effects have run.
pub fn next_frame(run: impl FnOnce() + 'static) {
    if super::in_browser() {
        leptos::prelude::request_animation_frame(run);
    }
}

/// Milliseconds since 1970 by this computer's clock; `None` on the server.
pub fn now_ms() -> Option<i64> {
    if super::in_browser() {
        // Within the whole range of dates, an f64 of milliseconds is exact.
        #[expect(clippy::cast_possible_truncation, reason = "Date.now() is a whole number below 2^53")]
        let now = js_sys::Date::now() as i64;
        Some(now)
    } else {
        None
    }
}

/// Puts a text on the clipboard. Returns whether the browser took it.
pub async fn copy_text(text: &str) -> bool {
    if !super::in_browser() {
        return false;
    }
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return false };
    // Absent outside secure contexts (plain HTTP on another machine).
    let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return copy_by_selection(text);
    }
    let written = wasm_bindgen_futures::JsFuture::from(navigator.clipboard().write_text(text)).await;
    written.is_ok() || copy_by_selection(text)
}

/// The old way, for plain HTTP: select a hidden text and let the browser copy it.
fn copy_by_selection(text: &str) -> bool {
    let copied = || -> Option<bool> {
        let document = document()?;
        let area: web_sys::HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
        area.set_class_name("visually-hidden");
        area.set_value(text);
        let body = document.query_selector("body").ok()??;
        body.append_child(&area).ok()?;
        area.select();
        let command = js_sys::Reflect::get(&document, &JsValue::from_str("execCommand")).ok()?;
        let done = command
            .dyn_ref::<js_sys::Function>()?
            .call1(&document, &JsValue::from_str("copy"))
            .ok()
            .and_then(|done| done.as_bool());
        area.remove();
        done
    };
    copied().unwrap_or(false)
}

thread_local! {
    /// The listener that asks before the page is left; present while something is unsaved.
    static LEAVE_GUARD: RefCell<Option<Closure<dyn Fn(web_sys::Event)>>> = const { RefCell::new(None) };
}

/// While on, the browser asks before the tab is closed or reloaded.
pub fn guard_leaving(on: bool) {
    if !super::in_browser() {
        return;
    }
    let Some(window) = web_sys::window() else { return };
    LEAVE_GUARD.with_borrow_mut(|guard| match (guard.take(), on) {
        (Some(listener), true) => *guard = Some(listener),
        (None, false) => {}
        (Some(listener), false) => {
            // The listener was added below under the same name; removing it cannot fail.
            let _ =
                window.remove_event_listener_with_callback("beforeunload", listener.as_ref().unchecked_ref());
        }
        (None, true) => {
            let listener =
                Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| event.prevent_default());
            if window
                .add_event_listener_with_callback("beforeunload", listener.as_ref().unchecked_ref())
                .is_ok()
            {
                *guard = Some(listener);
            }
        }
    });
}

/// The path of the page's address, as the browser writes it; `None` on the server.
pub fn pathname() -> Option<String> {
    document()?.location()?.pathname().ok()
}

/// Text in lower case, by the browser's own tables: Rust's would travel with the module.
pub fn lowercase(text: &str) -> String {
    if super::in_browser() {
        js_sys::JsString::from(text).to_lower_case().into()
    } else {
        text.to_lowercase()
    }
}

/// The text of a file of the console's own; `None` when it cannot be fetched, and on the server.
pub async fn fetch_text(url: &str) -> Option<String> {
    if !super::in_browser() {
        return None;
    }
    let answer = wasm_bindgen_futures::JsFuture::from(web_sys::window()?.fetch_with_str(url)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok().filter(web_sys::Response::ok)?;
    wasm_bindgen_futures::JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// Waits; on the server not at all.
pub async fn sleep(duration: std::time::Duration) {
    if !super::in_browser() {
        return;
    }
    let elapsed = js_sys::Promise::new(&mut |resolve, _| {
        leptos::prelude::set_timeout(
            move || {
                // Resolving a promise cannot fail.
                let _ = resolve.call0(&JsValue::UNDEFINED);
            },
            duration,
        );
    });
    // It is never rejected.
    let _ = wasm_bindgen_futures::JsFuture::from(elapsed).await;
}
