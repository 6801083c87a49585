//! Leaving a form with unsaved input: the browser asks before the tab closes, we ask before a link is
//! followed and before a step through the history (Back) leads out of it.

use std::cell::RefCell;

use binnacle_model::words::form as words;
use leptos::{prelude::*, text_prop::TextProp};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::{JsCast, closure::Closure};

use crate::{
    i18n::t,
    interop::{self, WayOut},
    ui::{
        button::{Button, ButtonVariant},
        dialog::Dialog,
    },
};

/// Where the person wants to go.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// To a page of the console.
    Page(String),
    /// To a page of the server, which the router does not know.
    External(String),
    /// Through the history, to the entry with a key.
    Entry(String),
}

/// The question, whether to leave: whether it is asked, and where the person wants to go.
#[derive(Clone, Copy)]
struct Question {
    open: RwSignal<bool>,
    target: RwSignal<Option<Target>>,
}

impl Question {
    fn ask(self, to: Target) {
        self.target.set(Some(to));
        self.open.set(true);
    }
}

thread_local! {
    /// The listener that sees clicks on links before the router does; present while it is needed.
    static LINKS: RefCell<Option<Closure<dyn Fn(web_sys::MouseEvent)>>> = const { RefCell::new(None) };
}

/// While on, a plain click on a link inside the console is asked about instead.
fn guard_links(question: Option<Question>) {
    let Some(document) = interop::document() else { return };
    LINKS.with_borrow_mut(|links| {
        if let Some(listener) = links.take() {
            // It was added below under the same name; removing it cannot fail.
            let _ = document.remove_event_listener_with_callback_and_bool(
                "click",
                listener.as_ref().unchecked_ref(),
                true,
            );
        }
        let Some(question) = question else { return };
        let listener = Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
            if let Some(target) = followed(&event) {
                event.prevent_default();
                event.stop_propagation();
                question.ask(target);
            }
        });
        let added = document.add_event_listener_with_callback_and_bool(
            "click",
            listener.as_ref().unchecked_ref(),
            true,
        );
        if added.is_ok() {
            *links = Some(listener);
        }
    });
}

/// What a click would follow inside the console, in this tab.
fn followed(event: &web_sys::MouseEvent) -> Option<Target> {
    let plain = event.button() == 0
        && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key())
        && !event.default_prevented();
    let clicked = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = clicked.closest("a[href]").ok()??;
    let here = link.get_attribute("target").is_none_or(|target| target.is_empty() || target == "_self");
    let path = link.get_attribute("href")?;
    let external =
        link.get_attribute("rel").is_some_and(|rel| rel.split_whitespace().any(|one| one == "external"));
    (plain && here && path.starts_with('/') && !link.has_attribute("download")).then_some(if external {
        Target::External(path)
    } else {
        Target::Page(path)
    })
}

/// While on, every way out of the page at a path but by its own buttons is asked about first.
fn guard(on: Option<(Question, String)>) {
    interop::guard_leaving(on.is_some());
    guard_links(on.as_ref().map(|(question, _)| *question));
    match on {
        Some((question, path)) => interop::guard_history(path, move |way| match way {
            WayOut::New(entry) => question.ask(Target::Entry(entry)),
            WayOut::Changed(entry) => question.target.set(Some(Target::Entry(entry))),
        }),
        None => interop::release_history(),
    }
}

/// Asks before the page is left while something on it is unsaved.
#[component]
pub fn LeaveGuard(
    /// Whether something is unsaved now.
    #[prop(into)]
    dirty: Signal<bool>,
    /// What becomes of it.
    #[prop(into)]
    text: TextProp,
    /// Lets go of what would be kept, where something would; it is then offered.
    #[prop(optional, into)]
    on_discard: Option<Callback<()>>,
) -> impl IntoView {
    let question = Question { open: RwSignal::new(false), target: RwSignal::new(None) };
    let Question { open, target } = question;
    let navigate = use_navigate();
    let path = use_location().pathname;
    let go = Callback::new(move |()| {
        guard(None);
        open.set(false);
        match target.get_untracked() {
            Some(Target::Page(path)) => navigate(&path, NavigateOptions::default()),
            Some(Target::External(path)) => {
                // Refused only where a page may not navigate itself; then nothing happens, which is seen.
                let _ = window().location().assign(&path);
            }
            Some(Target::Entry(key)) => interop::go_to_entry(&key),
            None => {}
        }
    });

    let dirty = Memo::new(move |_| dirty.get());
    // By the router's word: the browser's address may be a step behind while a page is being opened.
    Effect::new(move |_| guard(dirty.get().then(|| (question, path.get_untracked()))));
    on_cleanup(|| guard(None));

    let footer = move || {
        let discard = on_discard.map(|on_discard| {
            view! {
                <Button
                    variant=ButtonVariant::Ghost
                    on_click=move |_| {
                        on_discard.run(());
                        go.run(());
                    }
                >
                    {t(words::LEAVE_DISCARD)}
                </Button>
            }
        });
        view! {
            {discard}
            <Button on_click=move |_| go.run(())>{t(words::LEAVE_GO)}</Button>
            <Button variant=ButtonVariant::Primary autofocus=true on_click=move |_| open.set(false)>
                {t(words::LEAVE_STAY)}
            </Button>
        }
    };
    let text = StoredValue::new(text);
    view! {
        <Dialog id="leave-page" title=t(words::LEAVE_TITLE) open=open footer=footer>
            <p>{move || text.with_value(TextProp::get)}</p>
        </Dialog>
    }
}
