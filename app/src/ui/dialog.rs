//! Modal dialogs on the native `<dialog>`: it traps the focus, makes the rest inert, and gives the
//! focus back to where it was.
//!
//! | Key | Does |
//! | --- | --- |
//! | Tab, Shift+Tab | moves among the dialog's controls |
//! | Escape | closes it |

use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::button::{Button, ButtonVariant, IconButton};
use super::field::Field;
use super::icon::IconName;
use super::input::TextInput;
use crate::i18n::{t, use_lang};
use crate::interop;
use binnacle_model::words::{common, ui as words};

/// How wide a dialog is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DialogSize {
    /// A question.
    #[default]
    Small,
    /// A form.
    Medium,
    /// A diff, a document.
    Large,
}

impl DialogSize {
    fn class(self) -> &'static str {
        match self {
            DialogSize::Small => "dialog dialog-small",
            DialogSize::Medium => "dialog dialog-medium",
            DialogSize::Large => "dialog dialog-large",
        }
    }
}

/// A modal dialog. Its body is drawn anew each time it opens.
#[component]
pub fn Dialog(
    /// The dialog's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// Its title.
    #[prop(into)]
    title: TextProp,
    /// Whether it is open; closing by Escape or the cross sets it to false.
    open: RwSignal<bool>,
    /// How wide it is.
    #[prop(optional)]
    size: DialogSize,
    /// Runs after it was closed, in whatever way.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    /// Its foot: the buttons.
    #[prop(optional, into)]
    footer: Option<ViewFn>,
    /// Its body.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    Effect::new(move || {
        let wanted = open.get();
        let Some(dialog) = dialog.get() else { return };
        if !wanted && dialog.open() {
            dialog.close();
        } else if wanted && !dialog.open() {
            // A frame later the body is drawn, and the browser finds its first control.
            interop::next_frame(move || {
                if open.try_get_untracked() == Some(true) && !dialog.open() {
                    // Fails for a dialog that has left the page.
                    let _ = dialog.show_modal();
                }
            });
        }
    });
    let closed = move |_| {
        // The event comes a moment after the closing, when the page may be gone.
        if open.try_set(false).is_none()
            && let Some(on_close) = on_close
        {
            let _ = on_close.try_run(());
        }
    };
    let body = StoredValue::new((children, footer, title, title_id));
    let close_words = t(common::CLOSE);
    view! {
        <dialog id=id class=size.class() node_ref=dialog aria-labelledby=labelled_by on:close=closed>
            <Show when=move || open.get()>
                {body
                    .with_value(|(children, footer, title, title_id)| {
                        let title = title.clone();
                        view! {
                            <header class="dialog-head">
                                <h2 class="dialog-title" id=title_id.clone()>
                                    {move || title.get()}
                                </h2>
                            </header>
                            <div class="dialog-body">{children()}</div>
                            {footer
                                .as_ref()
                                .map(|footer| view! { <footer class="dialog-foot">{footer.run()}</footer> })}
                            <div class="dialog-close">
                                <IconButton icon=IconName::X label=close_words on_click=move |_| open.set(false) />
                            </div>
                        }
                    })}
            </Show>
        </dialog>
    }
    .into_any()
}

/// Asks before something is destroyed: what goes, what stays, and the name to be typed where data
/// can be lost.
#[component]
pub fn ConfirmDialog(
    /// The dialog's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// The question ("Delete StatefulSet web?").
    #[prop(into)]
    title: TextProp,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The confirming button ("Delete StatefulSet").
    #[prop(into)]
    confirm: TextProp,
    /// Runs when confirmed. The caller closes the dialog when the work is done.
    #[prop(into)]
    on_confirm: Callback<()>,
    /// What will be gone, a sentence each.
    #[prop(optional, into)]
    goes: Signal<Vec<String>>,
    /// What will stay, a sentence each.
    #[prop(optional, into)]
    stays: Signal<Vec<String>>,
    /// The name to type first; nothing to type when `None`.
    #[prop(optional, into)]
    type_name: Signal<Option<String>>,
    /// Why it cannot be confirmed, whatever is typed; the caller says it in `error` as well where it is
    /// worth reading before the button is tried.
    #[prop(optional, into)]
    disabled_reason: Signal<Option<String>>,
    /// The work is under way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Why it did not work, when it did not.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The confirmed action destroys nothing: a plain primary button.
    #[prop(optional)]
    harmless: bool,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let field_id = format!("{id}-name");
    let lang = use_lang();
    let not_typed = move || {
        let name = type_name.get().filter(|name| typed.with(|typed| typed.trim() != name))?;
        Some(words::TYPE_TO_CONFIRM.fill(lang.get(), &[&name]))
    };
    let reason = Signal::derive(move || disabled_reason.get().or_else(not_typed));
    let cancel = t(common::CANCEL);
    let goes_words = t(words::WHAT_GOES);
    let stays_words = t(words::WHAT_STAYS);
    let variant = if harmless { ButtonVariant::Primary } else { ButtonVariant::Danger };
    let run = move || {
        if !busy.get_untracked() && reason.with_untracked(Option::is_none) {
            on_confirm.run(());
        }
    };
    let footer = move || {
        let confirm = confirm.clone();
        view! {
            <Button variant=ButtonVariant::Ghost on_click=move |_| open.set(false)>
                {cancel}
            </Button>
            <Button variant=variant busy=busy disabled_reason=reason on_click=move |_| run()>
                {move || confirm.get()}
            </Button>
        }
    };
    view! {
        <Dialog id=id title=title open=open footer=footer on_close=move |()| typed.set(String::new())>
            <ConfirmList title=goes_words items=goes kind="goes" />
            <ConfirmList title=stays_words items=stays kind="stays" />
            {
                let field_id = field_id.clone();
                move || {
                    type_name
                        .get()
                        .map(|name| {
                            let label = words::TYPE_NAME.fill(lang.get(), &[&name]);
                            view! {
                                <Field id=field_id.clone() label=label>
                                    <TextInput
                                        value=typed
                                        on_input=move |text| typed.set(text)
                                        on_enter=move |()| run()
                                        mono=true
                                        autofocus=true
                                    />
                                </Field>
                            }
                        })
                }
            }
            <p class="dialog-error" role="alert">
                {move || error.get()}
            </p>
        </Dialog>
    }
    .into_any()
}

#[component]
fn ConfirmList(
    #[prop(into)] title: TextProp,
    items: Signal<Vec<String>>,
    kind: &'static str,
) -> impl IntoView {
    let title = StoredValue::new(title);
    view! {
        <Show when=move || !items.with(Vec::is_empty)>
            <section class="confirm-list" data-kind=kind>
                <h3>{move || title.with_value(TextProp::get)}</h3>
                <ul>
                    {move || items.get().into_iter().map(|item| view! { <li>{item}</li> }).collect_view()}
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn a_dialog_is_labelled_by_its_title() {
        let out = html(|| {
            view! {
                <Dialog id="new" title="New namespace" open=RwSignal::new(true)>
                    <p>"Body"</p>
                </Dialog>
            }
        });
        assert!(out.contains(r#"aria-labelledby="new-title""#) && out.contains(r#"id="new-title""#), "{out}");
        assert!(out.contains("New namespace") && out.contains("Body"), "{out}");
        assert!(!out.contains(" open"), "only the browser opens it, as modal: {out}");
    }

    #[test]
    fn a_confirmation_says_what_goes_and_waits_for_the_name() {
        let out = html(|| {
            view! {
                <ConfirmDialog
                    id="del"
                    title="Delete StatefulSet web?"
                    open=RwSignal::new(true)
                    confirm="Delete StatefulSet"
                    on_confirm=|()| ()
                    goes=vec!["3 pods".to_owned()]
                    stays=vec!["3 volume claims".to_owned()]
                    type_name=Some("web".to_owned())
                />
            }
        });
        assert!(out.contains("3 pods") && out.contains("3 volume claims"), "{out}");
        assert!(out.contains(r#"id="del-name""#), "{out}");
        assert!(out.contains(r#"aria-disabled="true""#), "{out}");
    }

    #[test]
    fn a_confirmation_that_is_impossible_says_why_before_it_asks_for_the_name() {
        let out = html(|| {
            view! {
                <ConfirmDialog
                    id="del"
                    title="Delete StatefulSet web?"
                    open=RwSignal::new(true)
                    confirm="Delete StatefulSet"
                    on_confirm=|()| ()
                    type_name=Some("web".to_owned())
                    disabled_reason=Some("You may not delete it.".to_owned())
                />
            }
        });
        assert!(out.contains(r#"aria-disabled="true""#) && out.contains("You may not delete it."), "{out}");
        assert!(!out.contains("Type web first"), "one reason at a time: {out}");
    }
}
