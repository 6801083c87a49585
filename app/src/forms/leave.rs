//! Leaving the form: what becomes of the draft, and the choice to let it go.

use binnacle_model::words::form as words;
use leptos::prelude::*;

use super::controller::use_form;
use crate::{components::leave_guard, i18n::use_lang, ui::toast::use_toasts};

/// Guards the form around it.
#[component]
pub fn LeaveGuard() -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let toasts = use_toasts();
    let dirty = Signal::derive(move || form.is_dirty());
    let text = move || {
        let word = if form.keeps_drafts.get() { words::LEAVE_TEXT } else { words::LEAVE_TEXT_LOST };
        word.text(lang.get())
    };
    let discard = move |()| form.let_go(toasts, lang.get_untracked());
    view! { <leave_guard::LeaveGuard dirty=dirty text=text on_discard=discard /> }
}
