//! Leaving the form: the browser asks before the tab closes, we ask before a link is followed.

use std::cell::RefCell;

use binnacle_model::words::form as words;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::{JsCast, closure::Closure};

use super::controller::use_form;
use crate::{
    i18n::{t, use_lang},
    interop,
    ui::{
        button::{Button, ButtonVariant},
        dialog::Dialog,
    },
};

thread_local! {
    /// The listener that sees clicks on links before the router does; present while it is needed.
    static LINKS: RefCell<Option<Closure<dyn Fn(web_sys::MouseEvent)>>> = const { RefCell::new(None) };
}

/// While on, a plain click on a link inside the console runs `ask` with its address instead.
fn guard_links(ask: Option<Callback<String>>) {
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
        let Some(ask) = ask else { return };
        let listener = Closure::<dyn Fn(web_sys::MouseEvent)>::new(move |event: web_sys::MouseEvent| {
            if let Some(path) = followed(&event) {
                event.prevent_default();
                event.stop_propagation();
                ask.run(path);
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

/// The address inside the console that a click would follow in this tab.
fn followed(event: &web_sys::MouseEvent) -> Option<String> {
    let plain = event.button() == 0
        && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key())
        && !event.default_prevented();
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = target.closest("a[href]").ok()??;
    let here = link.get_attribute("target").is_none_or(|target| target.is_empty() || target == "_self");
    let path = link.get_attribute("href")?;
    (plain && here && path.starts_with('/') && !link.has_attribute("download")).then_some(path)
}

/// Guards the form around it.
#[component]
pub fn LeaveGuard() -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let open = RwSignal::new(false);
    let target = RwSignal::new(String::new());
    let navigate = use_navigate();
    let go = Callback::new(move |()| {
        interop::guard_leaving(false);
        open.set(false);
        navigate(&target.get_untracked(), leptos_router::NavigateOptions::default());
    });

    let dirty = Memo::new(move |_| form.is_dirty());
    let ask = Callback::new(move |path: String| {
        target.set(path);
        open.set(true);
    });
    Effect::new(move |_| {
        let dirty = dirty.get();
        interop::guard_leaving(dirty);
        guard_links(dirty.then_some(ask));
    });
    on_cleanup(|| {
        interop::guard_leaving(false);
        guard_links(None);
    });

    let text = move || {
        let word = if form.keeps_drafts.get() { words::LEAVE_TEXT } else { words::LEAVE_TEXT_LOST };
        word.text(lang.get())
    };
    let footer = move || {
        view! {
            <Button
                variant=ButtonVariant::Ghost
                on_click=move |_| {
                    form.done.set(true);
                    untrack(|| form.store());
                    go.run(());
                }
            >
                {t(words::LEAVE_DISCARD)}
            </Button>
            <Button on_click=move |_| go.run(())>{t(words::LEAVE_GO)}</Button>
            <Button variant=ButtonVariant::Primary autofocus=true on_click=move |_| open.set(false)>
                {t(words::LEAVE_STAY)}
            </Button>
        }
    };
    view! {
        <Dialog id="leave-form" title=t(words::LEAVE_TITLE) open=open footer=footer>
            <p>{text}</p>
        </Dialog>
    }
}
