//! The browser's history: Back and Forward out of a page that is not to be left unasked.
//!
//! A step through the history cannot be refused: when the page hears of it (`popstate`), it was taken. So
//! the step is kept from the router, which goes on showing the page, and is taken back; the page asks, and
//! goes where the step led when it may. Nothing is put into the history for this: Back works as ever where
//! nothing is unsaved.
//!
//! Steps come faster than they are taken back. Therefore the way home and the way out are to an entry, by
//! its key, and never by so many entries: a distance is wrong as soon as another step lands between. A
//! browser that does not tell its entries apart (it lacks the Navigation API, which all have since 2026) is
//! not guarded here: whoever goes back leaves. Drafts are kept, and closing the tab is asked about, as ever.

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
    /// Out of the page, to be asked about.
    Away,
    /// Out of the page while the way home is under way: it is asked already, but leads elsewhere now.
    Farther,
    /// To another entry of the page while the way home is under way.
    Astray,
}

/// Judges a step: whether it led to the path of the page, whether to its entry (`None` where that cannot
/// be told), and whether a way home is under way.
fn judge(to_path: bool, to_entry: Option<bool>, awaited: bool) -> Step {
    match (to_path, to_entry, awaited) {
        (_, None, _) | (true, Some(_), false) => Step::Within,
        (_, Some(true), true) => Step::Home,
        (false, Some(_), false) => Step::Away,
        (false, Some(false), true) => Step::Farther,
        (true, Some(false), true) => Step::Astray,
    }
}

/// Where a page stands in the history.
struct Home {
    path: String,
    /// The key of its entry; `None` while the page is being opened, and where entries have no keys.
    entry: RefCell<Option<String>>,
    /// Whether a way home is under way.
    awaited: Cell<bool>,
}

impl Home {
    fn new(path: String, at: &str, entry: Option<String>) -> Self {
        let entry = entry.filter(|_| path == at);
        Home { path, entry: RefCell::new(entry), awaited: Cell::new(false) }
    }

    /// An entry was added, or written over.
    fn note_written(&self, at: &str, entry: Option<String>) {
        if self.path == at {
            self.entry.replace(entry);
            self.awaited.set(false);
        }
    }

    /// A step was taken to an entry.
    fn note_step(&self, at: &str, entry: Option<String>) -> Step {
        let to_entry = self.entry.borrow().as_ref().zip(entry.as_ref()).map(|(home, entry)| home == entry);
        let step = judge(self.path == at, to_entry, self.awaited.get());
        match step {
            // A page may have several entries, such as one for each of its tabs.
            Step::Within if self.path == at => {
                self.entry.replace(entry);
            }
            Step::Within => {}
            Step::Home => self.awaited.set(false),
            Step::Away | Step::Farther | Step::Astray => self.awaited.set(true),
        }
        step
    }
}

/// A way out of a page, as the page is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// To the entry with a key; to be asked about.
    New(String),
    /// To this entry instead of the one that is asked about.
    Changed(String),
}

/// A page that is not to be left unasked.
struct Guard {
    home: Home,
    tell: Box<dyn Fn(WayOut)>,
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
    // Neither is refused.
    let heard = listener.as_ref().unchecked_ref();
    let _ = window.add_event_listener_with_callback(STEP, heard);
    if let Some(navigation) = navigation().and_then(|navigation| navigation.dyn_into().ok()) {
        let navigation: web_sys::EventTarget = navigation;
        let _ = navigation.add_event_listener_with_callback(CHANGE, heard);
    }
    listener.forget();
}

impl Guard {
    fn hear(&self, event: &web_sys::Event) {
        let (Some(path), entry) = (super::pathname(), entry()) else { return };
        if event.type_() != STEP {
            // A step is told by both events, and judged once.
            if member(event, "navigationType").and_then(|how| how.as_string()).as_deref() != Some("traverse")
            {
                self.home.note_written(&path, entry);
            }
            return;
        }
        let step = self.home.note_step(&path, entry.clone());
        if step == Step::Within {
            return;
        }
        event.stop_immediate_propagation();
        if step != Step::Home
            && let Some(home) = &*self.home.entry.borrow()
        {
            go_to_entry(home);
        }
        match (step, entry) {
            (Step::Away, Some(entry)) => (self.tell)(WayOut::New(entry)),
            (Step::Farther, Some(entry)) => (self.tell)(WayOut::Changed(entry)),
            _ => {}
        }
    }
}

/// From here on a step out of the page at `home` (its path) is taken back and told, where the browser
/// tells its entries apart; elsewhere nothing happens.
pub fn guard_history(home: String, tell: impl Fn(WayOut) + 'static) {
    let guard = super::pathname().map(|at| {
        let home = Home::new(home, &at, entry());
        Rc::new(Guard { home, tell: Box::new(tell) })
    });
    GUARD.set(guard);
}

/// From here on steps through the history are the router's alone.
pub fn release_history() {
    GUARD.set(None);
}

/// Goes through the history to the entry with a key.
pub fn go_to_entry(key: &str) {
    let Some(navigation) = navigation() else { return };
    let Some(go) = member(&navigation, "traverseTo").and_then(|go| go.dyn_into::<js_sys::Function>().ok())
    else {
        return;
    };
    // It does not throw; of what stands in its way, such as a later step, its promises tell. A step that
    // came between is heard of like any other, so nobody needs them; unheard, they are logged as errors.
    let Ok(answer) = go.call1(&navigation, &key.into()) else { return };
    for promise in ["committed", "finished"] {
        if let Some(promise) =
            member(&answer, promise).and_then(|promise| promise.dyn_into::<js_sys::Promise>().ok())
        {
            leptos::task::spawn_local(async move {
                let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
            });
        }
    }
}

/// The Navigation API, which tells the entries of the history apart.
fn navigation() -> Option<JsValue> {
    let window = super::in_browser().then(web_sys::window).flatten()?;
    member(window.as_ref(), "navigation").filter(JsValue::is_object)
}

/// The key of the entry in view.
fn entry() -> Option<String> {
    member(&member(&navigation()?, "currentEntry")?, "key")?.as_string()
}

fn member(of: &JsValue, name: &str) -> Option<JsValue> {
    js_sys::Reflect::get(of, &name.into()).ok()
}

#[cfg(test)]
mod tests;
