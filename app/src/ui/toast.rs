//! Toasts: short notes of what has just happened, with one action at most.
//!
//! | Key, pointer | Does |
//! | --- | --- |
//! | Tab | reaches the toasts' buttons, they stand last in the page |
//! | Escape, in a toast | dismisses it |
//! | focus within, a pointer that moves over it | stops the time |
//!
//! Good news waits politely (`role=status`) and goes by itself; bad news interrupts
//! (`role=alert`) and stays until dismissed.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

use super::button::IconButton;
use super::icon::{Icon, IconName};
use super::tooltip::TooltipLayer;
use crate::i18n::t;
use crate::interop;
use binnacle_model::words::ui as words;

/// How long a toast without an action stays, and one with (a person must read and decide).
const STAY: Duration = Duration::from_secs(5);
const STAY_WITH_ACTION: Duration = Duration::from_secs(10);

/// How often the remaining time is counted.
const TICK: Duration = Duration::from_millis(250);

/// The most toasts shown at once; the oldest makes room.
const MOST: usize = 4;

/// What a toast brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastKind {
    /// It worked.
    Success,
    /// Something is said.
    Info,
    /// It did not work.
    Error,
}

/// What a toast's button does. It is no `Callback`: that one dies with the part that made it, and
/// the row whose removal can be undone is gone by then.
pub type ToastAction = Arc<dyn Fn() + Send + Sync>;

/// A toast to show.
#[derive(Clone)]
pub struct Toast {
    /// What it brings.
    pub kind: ToastKind,
    /// One sentence.
    pub text: String,
    /// A button: its words and what it does.
    pub action: Option<(String, ToastAction)>,
}

/// A toast on show.
#[derive(Clone)]
struct Shown {
    id: u32,
    toast: Toast,
    /// The time left; `None` when it stays. No signal: one would belong to the part that shows the
    /// toast, and go with it.
    remaining: Option<Duration>,
}

/// The page's toasts; in context after [`provide_toasts`].
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Shown>>,
    next: StoredValue<u32>,
}

impl Toasts {
    fn new() -> Self {
        Toasts { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Shows a toast.
    pub fn show(&self, toast: Toast) {
        let Some(id) = self.next.try_update_value(|next| {
            *next = next.wrapping_add(1);
            *next
        }) else {
            return;
        };
        let stay = match (toast.kind, toast.action.is_some()) {
            (ToastKind::Error, _) => None,
            (_, true) => Some(STAY_WITH_ACTION),
            (_, false) => Some(STAY),
        };
        self.shown.update(|shown| {
            if shown.len() >= MOST {
                shown.remove(0);
            }
            shown.push(Shown { id, toast, remaining: stay });
        });
    }

    /// Says that something worked.
    pub fn success(&self, text: impl Into<String>) {
        self.show(Toast { kind: ToastKind::Success, text: text.into(), action: None });
    }

    /// Says something.
    pub fn info(&self, text: impl Into<String>) {
        self.show(Toast { kind: ToastKind::Info, text: text.into(), action: None });
    }

    /// Says that something did not work; stays until dismissed.
    pub fn error(&self, text: impl Into<String>) {
        self.show(Toast { kind: ToastKind::Error, text: text.into(), action: None });
    }

    /// Says what was done and offers to undo it. `undo` may run when the part that offers it is gone:
    /// it may touch its signals by their `try_` calls only.
    pub fn undo(
        &self,
        text: impl Into<String>,
        label: impl Into<String>,
        undo: impl Fn() + Send + Sync + 'static,
    ) {
        let action: ToastAction = Arc::new(undo);
        self.show(Toast { kind: ToastKind::Info, text: text.into(), action: Some((label.into(), action)) });
    }

    /// The texts on show, oldest first.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<String> {
        self.shown.with_untracked(|shown| shown.iter().map(|one| one.toast.text.clone()).collect())
    }

    /// Presses the newest toast's button, if there is one.
    #[cfg(test)]
    pub(crate) fn undo_last(&self) -> Option<()> {
        let (id, action) = self.shown.with_untracked(|shown| {
            shown.last().map(|one| (one.id, one.toast.action.clone().map(|(_, run)| run)))
        })?;
        self.dismiss(id);
        action.map(|run| run())
    }

    fn dismiss(&self, id: u32) {
        self.shown.update(|shown| shown.retain(|one| one.id != id));
    }
}

/// Puts the toasts into the context; once, at the root.
pub fn provide_toasts() {
    provide_context(Toasts::new());
}

/// The page's toasts. Outside any page (tests of parts) they go nowhere.
pub fn use_toasts() -> Toasts {
    use_context::<Toasts>().unwrap_or_else(Toasts::new)
}

/// Where toasts show, and the layer of the page's tooltips with them; once in a page, at its end.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    let shown = toasts.shown;
    let held = RwSignal::new(false);
    let region = NodeRef::<leptos::html::Section>::new();
    Effect::new(move || {
        // In the top layer, so that they stand above dialogs too. The region is shown all the time,
        // empty as it mostly is: screen readers hear changes of what is there. A dialog opened
        // since would be above it; then it is shown anew.
        let any = shown.with(|shown| !shown.is_empty());
        if !any {
            held.set(false);
        }
        if let Some(region) = region.get() {
            if any && interop::dialog_open() {
                interop::hide_popover(&region);
            }
            interop::show_popover(&region);
        }
    });
    Effect::new(move |ticker: Option<Option<IntervalHandle>>| {
        let wanted = shown.with(|shown| !shown.is_empty());
        match (ticker.flatten(), wanted) {
            (Some(ticker), false) => {
                ticker.clear();
                None
            }
            (None, true) => set_interval_with_handle(
                move || {
                    if !held.get_untracked() {
                        count_down(toasts);
                    }
                },
                TICK,
            )
            .ok(),
            (ticker, _) => ticker,
        }
    });
    let label = t(words::NOTIFICATIONS);
    view! {
        <TooltipLayer />
        <section
            class="toasts"
            aria-label=label
            popover="manual"
            node_ref=region
            // A pointer that rests where a toast appears reads nothing: the toast would stay for good.
            on:pointermove=move |_| held.set(true)
            on:pointerleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)
        >
            <div role="status">
                <ToastList toasts=toasts of=|kind| kind != ToastKind::Error />
            </div>
            <div role="alert">
                <ToastList toasts=toasts of=|kind| kind == ToastKind::Error />
            </div>
        </section>
    }
    .into_any()
}

fn count_down(toasts: Toasts) {
    // Only a toast that goes is a change that anybody sees.
    toasts.shown.maybe_update(|shown| {
        let before = shown.len();
        shown.retain_mut(|one| {
            one.remaining = one.remaining.map(|left| left.saturating_sub(TICK));
            one.remaining.is_none_or(|left| !left.is_zero())
        });
        shown.len() < before
    });
}

#[component]
fn ToastList(toasts: Toasts, of: fn(ToastKind) -> bool) -> impl IntoView {
    let each = move || {
        toasts.shown.with(|shown| shown.iter().filter(|one| of(one.toast.kind)).cloned().collect::<Vec<_>>())
    };
    view! {
        <For each=each key=|one| one.id let(one)>
            <ToastCard toasts=toasts id=one.id toast=one.toast />
        </For>
    }
    .into_any()
}

#[component]
fn ToastCard(toasts: Toasts, id: u32, toast: Toast) -> impl IntoView {
    let Toast { kind, text, action } = toast;
    let (tone, icon) = match kind {
        ToastKind::Success => ("running", IconName::CircleCheck),
        ToastKind::Info => ("neutral", IconName::Info),
        ToastKind::Error => ("failing", IconName::OctagonAlert),
    };
    let dismiss = t(words::DISMISS);
    view! {
        <div
            class="toast"
            data-tone=tone
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    toasts.dismiss(id);
                }
            }
        >
            <Icon name=icon />
            <p class="toast-text">{text}</p>
            {action
                .map(|(label, run)| {
                    view! {
                        <button
                            type="button"
                            class="button button-ghost toast-action"
                            on:click=move |_| {
                                toasts.dismiss(id);
                                run();
                            }
                        >
                            {label}
                        </button>
                    }
                })}
            <IconButton icon=IconName::X label=dismiss on_click=move |_| toasts.dismiss(id) />
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn bad_news_is_an_alert_and_good_news_a_status() {
        let out = html(|| {
            provide_toasts();
            use_toasts().success("Created web.");
            use_toasts().error("Could not delete db.");
            view! { <ToastRegion /> }
        });
        let (status, alert) = out.split_once(r#"role="alert""#).unwrap();
        assert!(status.contains(r#"role="status""#) && status.contains("Created web."), "{out}");
        assert!(alert.contains("Could not delete db.") && !alert.contains("Created web."), "{out}");
    }

    #[test]
    fn time_runs_out_for_good_news_only() {
        let owner = Owner::new();
        owner.with(|| {
            let toasts = Toasts::new();
            toasts.success("done");
            toasts.error("failed");
            for _ in 0..STAY.as_millis().div_ceil(TICK.as_millis()) {
                count_down(toasts);
            }
            assert_eq!(toasts.texts(), ["failed"]);
        });
    }

    #[test]
    fn a_toast_outlives_the_part_that_showed_it() {
        let owner = Owner::new();
        owner.with(|| {
            let toasts = Toasts::new();
            let rows = RwSignal::new(0);
            let row = owner.child();
            row.with(|| {
                // The row's own, gone with it.
                let own = RwSignal::new(());
                toasts.undo("Row removed", "Undo", move || {
                    own.set(());
                    rows.update(|rows| *rows += 1);
                });
            });
            row.cleanup();
            drop(row);
            count_down(toasts);
            assert_eq!(toasts.undo_last(), Some(()));
            assert_eq!(rows.get_untracked(), 1);
        });
    }

    #[test]
    fn the_oldest_makes_room() {
        let owner = Owner::new();
        owner.with(|| {
            let toasts = Toasts::new();
            for number in 0..=MOST {
                toasts.info(number.to_string());
            }
            assert_eq!(toasts.shown.with_untracked(Vec::len), MOST);
            assert_eq!(toasts.texts()[0], "1");
        });
    }
}
