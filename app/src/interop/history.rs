//! The browser's history: Back and Forward out of a page that is not to be left unasked.
//!
//! A step through the history cannot be refused: when the page hears of it (`popstate`), it was taken. So
//! the step is kept from the router, which goes on showing the page, and is taken back; the page asks, and
//! takes the same step again when it may. Nothing is put into the history for this: Back works as ever where
//! nothing is unsaved.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen::prelude::*;

/// What a step through the history was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// Within the page; the router's.
    Within,
    /// Ours, back to the page; nobody's.
    Home,
    /// Out of the page, by so many entries; negative is back.
    Away(i32),
}

/// Judges a step that led to a path. `counted` is by how many entries, where the browser tells; `awaited`
/// whether a way home is under way.
fn judge(path: &str, home: &str, awaited: bool, counted: Option<i32>) -> Step {
    match counted {
        _ if path == home && awaited => Step::Home,
        _ if path == home => Step::Within,
        // A step by nothing would load the page anew.
        None | Some(0) => Step::Away(-1),
        Some(steps) => Step::Away(steps),
    }
}

/// A page that is not to be left unasked.
struct Guard {
    /// Its path.
    home: String,
    ask: Box<dyn Fn(i32)>,
    /// Whether a way home is under way.
    awaited: Cell<bool>,
    /// By how many entries the step that is about to be heard of went.
    counted: Cell<Option<i32>>,
}

thread_local! {
    /// Present while something is unsaved.
    static GUARD: RefCell<Option<Rc<Guard>>> = const { RefCell::new(None) };
}

const STEP: &str = "popstate";
const CHANGE: &str = "currententrychange";

/// Hears of every step through the history, as long as the page lives. To be called before the router
/// begins to: a window tells its listeners in the order of their coming, captured or not.
pub fn watch_history() {
    let Some(window) = super::in_browser().then(web_sys::window).flatten() else { return };
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        if let Some(guard) = GUARD.with_borrow(Clone::clone) {
            guard.hear(&event);
        }
    });
    // Neither is refused; without the first, Back leaves unasked, and without the second (a browser from
    // before 2025) a step is taken for one back, which most are.
    let heard = listener.as_ref().unchecked_ref();
    let _ = window.add_event_listener_with_callback(STEP, heard);
    if let Some(navigation) = navigation() {
        let _ = navigation.add_event_listener_with_callback(CHANGE, heard);
    }
    listener.forget();
}

impl Guard {
    fn hear(&self, event: &web_sys::Event) {
        if event.type_() != STEP {
            // Heard before the step itself, while both ends of it are known.
            self.counted.set(entries(event));
            return;
        }
        let Some(path) = super::pathname() else { return };
        match judge(&path, &self.home, self.awaited.get(), self.counted.take()) {
            Step::Within => {}
            Step::Home => {
                self.awaited.set(false);
                event.stop_immediate_propagation();
            }
            Step::Away(steps) => {
                event.stop_immediate_propagation();
                self.awaited.set(true);
                take_steps(-steps);
                (self.ask)(steps);
            }
        }
    }
}

/// From here on a step out of the page at `home` (its path) runs `ask` with the number of entries instead.
pub fn guard_history(home: String, ask: impl Fn(i32) + 'static) {
    let guard = Guard { home, ask: Box::new(ask), awaited: Cell::new(false), counted: Cell::new(None) };
    GUARD.set(super::in_browser().then(|| Rc::new(guard)));
}

/// From here on steps through the history are the router's alone.
pub fn release_history() {
    GUARD.set(None);
}

/// Goes through the history by so many entries; negative is back.
pub fn take_steps(steps: i32) {
    let history =
        super::in_browser().then(web_sys::window).flatten().and_then(|window| window.history().ok());
    if let Some(history) = history {
        // Refused only for a page that is shown no more.
        let _ = history.go_with_delta(steps);
    }
}

/// The Navigation API, which knows where in the history the page stands.
fn navigation() -> Option<web_sys::EventTarget> {
    member(web_sys::window()?.as_ref(), "navigation")?.dyn_into().ok()
}

/// By how many entries a change of the current entry stepped.
fn entries(event: &web_sys::Event) -> Option<i32> {
    let index = |entry: JsValue| member(&entry, "index")?.as_f64();
    let from = index(member(event, "from")?)?;
    let to = index(member(navigation()?.as_ref(), "currentEntry")?)?;
    #[expect(clippy::cast_possible_truncation, reason = "a history has some dozens of entries")]
    let steps = (to - from) as i32;
    Some(steps)
}

fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &name.into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_out_of_the_page_is_asked_about() {
        for (path, awaited, counted, step) in [
            ("/form", false, Some(-1), Step::Within),
            ("/form", true, Some(1), Step::Home),
            ("/list", false, Some(-1), Step::Away(-1)),
            ("/list", false, Some(2), Step::Away(2)),
            // An old browser does not count; a second Back may come before our way home did.
            ("/list", false, None, Step::Away(-1)),
            ("/list", true, Some(-1), Step::Away(-1)),
            ("/list", false, Some(0), Step::Away(-1)),
        ] {
            assert_eq!(judge(path, "/form", awaited, counted), step, "{path} {awaited} {counted:?}");
        }
    }
}
