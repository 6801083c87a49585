//! What was typed, on its way to the server: whether it is under way, arrived, or was refused.

use binnacle_model::{AppError, Lang, Word, words::clusters as words};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    i18n::use_lang,
    interop, paths,
    ui::toast::{Toasts, use_toasts},
};

/// The sending of a form; a handle.
#[derive(Clone, Copy)]
pub(super) struct Sending {
    /// It is under way.
    pub(super) busy: RwSignal<bool>,
    /// Why the server refused, until it is sent again.
    pub(super) refused: RwSignal<Option<AppError>>,
    /// It arrived: nothing is left to warn of.
    done: RwSignal<bool>,
    lang: RwSignal<Lang>,
    toasts: Toasts,
    leave: Callback<()>,
}

impl Sending {
    /// Of a form that leads to the list of clusters.
    pub(super) fn new() -> Self {
        let navigate = use_navigate();
        Sending::with_way_out(move || navigate(&paths::clusters(), NavigateOptions::default()))
    }

    fn with_way_out(leave: impl Fn() + Send + Sync + 'static) -> Self {
        Sending {
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            done: RwSignal::new(false),
            lang: use_lang(),
            toasts: use_toasts(),
            leave: Callback::new(move |()| leave()),
        }
    }

    /// Begins, unless it has begun already; returns whether it did.
    pub(super) fn begin(self) -> bool {
        if self.busy.get_untracked() || self.done.get_untracked() {
            return false;
        }
        self.busy.set(true);
        self.refused.set(None);
        true
    }

    /// Whether what was typed has arrived. It has not while it is under way: it may be refused yet.
    pub(super) fn is_done(self) -> bool {
        self.done.get()
    }

    /// Ends with the server's answer: leads on, saying so, or tells at the form why not. Whoever has left
    /// the form stays where they are, and is told there.
    pub(super) fn end(self, answer: Result<(), AppError>, said: Word, name: &str) {
        let is_here = self.busy.try_set(false).is_none();
        // The page's own name for it is gone with the page; the language is the console's.
        let lang = self.lang.try_get_untracked().unwrap_or_default();
        match answer {
            Ok(()) => {
                self.toasts.success(said.fill(lang, &[name]));
                if is_here {
                    self.done.set(true);
                    interop::guard_leaving(false);
                    self.leave.run(());
                }
            }
            Err(error) if is_here => self.refused.set(Some(error)),
            Err(error) => {
                let reason = error.text().render(lang);
                self.toasts.error(words::MAYBE_NOT_SAVED.fill(lang, &[name, &reason]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::toast::provide_toasts;

    fn in_console(test: impl FnOnce(&Owner, Sending, StoredValue<u32>)) {
        let root = Owner::new();
        root.with(|| {
            provide_toasts();
            let left = StoredValue::new(0);
            let page = root.child();
            let sending = page.with(|| Sending::with_way_out(move || left.update_value(|left| *left += 1)));
            untrack(|| test(&page, sending, left));
        });
    }

    #[test]
    fn what_is_under_way_is_not_done() {
        in_console(|_, sending, left| {
            assert!(sending.begin());
            assert!(!sending.begin(), "a second press while it is under way");
            assert!(!sending.is_done(), "it may be refused yet");
            sending.end(Err(AppError::Unauthenticated), words::CHANGED, "prod");
            assert!(!sending.is_done() && left.get_value() == 0);
            assert_eq!(sending.refused.get(), Some(AppError::Unauthenticated));
            assert!(sending.begin());
            assert_eq!(sending.refused.get(), None);
            sending.end(Ok(()), words::CHANGED, "prod");
            assert!(sending.is_done() && left.get_value() == 1);
            assert!(!sending.begin(), "the form is being left");
            assert_eq!(use_toasts().texts(), ["Cluster prod changed"]);
        });
    }

    #[test]
    fn whoever_left_the_form_is_told_where_they_are() {
        for (answer, told) in [
            (Ok(()), "Cluster prod changed".to_owned()),
            (
                Err(AppError::Unauthenticated),
                format!(
                    "Cluster prod may not have been saved: {}",
                    AppError::Unauthenticated.text().render(Lang::En)
                ),
            ),
        ] {
            in_console(|page, sending, left| {
                assert!(sending.begin());
                page.cleanup();
                sending.end(answer, words::CHANGED, "prod");
                assert_eq!(left.get_value(), 0, "nobody is moved who is elsewhere");
                assert_eq!(use_toasts().texts(), [told]);
            });
        }
    }
}
