//! A form field: label above, control, help or error below.
//!
//! The control inside finds its id, description and validity in [`FieldContext`], so that label,
//! help and error are wired to it without a word from the caller.

use leptos::context::Provider;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Icon, IconName, IconSize};

/// What a control needs to know of the field around it.
#[derive(Clone, Debug)]
pub struct FieldContext {
    /// The control's id.
    pub id: String,
    /// Whether it holds an error now.
    pub invalid: Signal<bool>,
    /// Whether it must be filled.
    pub required: Signal<bool>,
    /// Whether help or error stands below it.
    pub described: Signal<bool>,
}

impl FieldContext {
    /// The id of the text below the control.
    pub fn note_id(&self) -> String {
        format!("{}-note", self.id)
    }
}

/// The attributes a control takes from its field, or from its own properties outside of one.
#[derive(Clone)]
pub(super) struct ControlWiring {
    pub id: Option<String>,
    pub described_by: Signal<Option<String>>,
    pub invalid: Signal<Option<&'static str>>,
    pub required: Signal<Option<&'static str>>,
}

/// The wiring for a control: its own id wins over the field's.
pub(super) fn wire(own_id: Option<String>) -> ControlWiring {
    match use_context::<FieldContext>() {
        Some(field) => {
            let note = field.note_id();
            ControlWiring {
                id: own_id.or_else(|| Some(field.id.clone())),
                described_by: Signal::derive(move || field.described.get().then(|| note.clone())),
                invalid: Signal::derive(move || field.invalid.get().then_some("true")),
                required: Signal::derive(move || field.required.get().then_some("true")),
            }
        }
        None => ControlWiring {
            id: own_id,
            described_by: Signal::default(),
            invalid: Signal::default(),
            required: Signal::default(),
        },
    }
}

/// One labelled control.
#[component]
pub fn Field(
    /// The control's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// The label.
    #[prop(into)]
    label: TextProp,
    /// One line of help; an error takes its place.
    #[prop(optional, into)]
    help: Option<TextProp>,
    /// What is wrong and what to do; `None` when all is well.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What deserves a look but does not stop anyone.
    #[prop(optional, into)]
    warning: Signal<Option<String>>,
    /// Whether it must be filled: it gets a mark.
    #[prop(optional, into)]
    required: Signal<bool>,
    /// Characters used and allowed, shown at the label's end.
    #[prop(optional, into)]
    counter: Option<Signal<(u32, u32)>>,
    /// The label is read but not shown (rows of a grid whose head says it).
    #[prop(optional)]
    label_hidden: bool,
    /// The control.
    children: Children,
) -> impl IntoView {
    let has_help = help.is_some();
    let context = FieldContext {
        id: id.clone(),
        invalid: Signal::derive(move || error.with(Option::is_some)),
        required,
        described: Signal::derive(move || {
            has_help || error.with(Option::is_some) || warning.with(Option::is_some)
        }),
    };
    let note_id = context.note_id();
    view! {
        <div class="field" data-invalid=move || error.with(Option::is_some).then_some("true")>
            <div class=if label_hidden { "field-head visually-hidden" } else { "field-head" }>
                <label class="field-label" for=id>
                    {move || label.get()}
                    {move || required.get().then(|| view! { <span class="field-required" aria-hidden="true">"*"</span> })}
                </label>
                {counter.map(|counter| view! { <FieldCounter counter=counter /> })}
            </div>
            <Provider value=context>{children()}</Provider>
            <FieldNote id=note_id help=help error=error warning=warning />
        </div>
    }
    .into_any()
}

/// A set of controls under one legend: checkboxes, a pair of amounts.
#[component]
pub fn FieldGroup(
    /// The set's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// The legend.
    #[prop(into)]
    label: TextProp,
    /// One line of help; an error takes its place.
    #[prop(optional, into)]
    help: Option<TextProp>,
    /// What is wrong and what to do.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The controls.
    children: Children,
) -> impl IntoView {
    let note_id = format!("{id}-note");
    let described_by = note_id.clone();
    view! {
        <fieldset class="field field-group" id=id aria-describedby=described_by>
            <legend class="field-label">{move || label.get()}</legend>
            {children()}
            <FieldNote id=note_id help=help error=error warning=Signal::default() />
        </fieldset>
    }
    .into_any()
}

#[component]
fn FieldCounter(counter: Signal<(u32, u32)>) -> impl IntoView {
    view! {
        <span class="field-counter" data-over=move || (counter.get().0 > counter.get().1).then_some("true")>
            {move || {
                let (used, allowed) = counter.get();
                format!("{used} / {allowed}")
            }}
        </span>
    }
    .into_any()
}

/// The line below a control. It stays in the page so that a screen reader hears it change.
#[component]
fn FieldNote(
    id: String,
    help: Option<TextProp>,
    error: Signal<Option<String>>,
    warning: Signal<Option<String>>,
) -> impl IntoView {
    let kind = move || {
        if error.with(Option::is_some) {
            "error"
        } else if warning.with(Option::is_some) {
            "warning"
        } else {
            "help"
        }
    };
    view! {
        <p class="field-note" id=id data-kind=kind aria-live="polite">
            {move || match kind() {
                "error" => Some(view! { <Icon name=IconName::CircleAlert size=IconSize::Small /> }),
                "warning" => Some(view! { <Icon name=IconName::TriangleAlert size=IconSize::Small /> }),
                _ => None,
            }}
            <span>
                {move || {
                    error
                        .get()
                        .or_else(|| warning.get())
                        .or_else(|| help.as_ref().map(|help| help.get().into_owned()))
                }}
            </span>
        </p>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::TextInput;
    use crate::ui::testing::html;

    #[test]
    fn label_help_and_control_are_wired() {
        let out = html(|| {
            view! {
                <Field id="name" label="Name" help="Lower case letters." required=true>
                    <TextInput value=String::new() on_input=|_| () />
                </Field>
            }
        });
        assert!(out.contains(r#"for="name""#), "{out}");
        assert!(out.contains(r#"id="name""#), "{out}");
        assert!(out.contains(r#"aria-describedby="name-note""#), "{out}");
        assert!(out.contains(r#"aria-required="true""#), "{out}");
        assert!(out.contains("Lower case letters."), "{out}");
        assert!(!out.contains("aria-invalid"), "{out}");
    }

    #[test]
    fn an_error_takes_the_place_of_help() {
        let out = html(|| {
            view! {
                <Field id="name" label="Name" help="Lower case." error=Some("Taken. Choose another.".to_owned())>
                    <TextInput value="web".to_owned() on_input=|_| () />
                </Field>
            }
        });
        assert!(out.contains(r#"aria-invalid="true""#), "{out}");
        assert!(out.contains("Taken. Choose another."), "{out}");
        assert!(!out.contains("Lower case."), "{out}");
    }

    #[test]
    fn fields_side_by_side_keep_their_own_ids() {
        let out = html(|| {
            view! {
                <Field id="a" label="A"><TextInput value=String::new() on_input=|_| () /></Field>
                <TextInput id="alone" label="Alone" value=String::new() on_input=|_| () />
            }
        });
        assert!(out.contains(r#"id="alone""#) && out.contains(r#"aria-label="Alone""#), "{out}");
        assert_eq!(out.matches("a-note").count(), 1, "{out}");
    }
}
