//! A field with a list of choices (APG editable combobox, list autocomplete).
//!
//! | Key | Does |
//! | --- | --- |
//! | text keys | narrow the list |
//! | Down, Up | open the list, move in it, around the ends |
//! | Alt+Down | opens the list without moving |
//! | Enter | takes the marked choice; else submits. A line that creates is never marked by typing |
//! | Escape | closes the list and gives the old value back |
//! | Tab | closes the list; a text that names a choice is taken |
//!
//! The focus stays in the field; `aria-activedescendant` says which choice is marked.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::bind::bind_text;
use super::field::wire;
use super::icon::{Icon, IconName, IconSize};
use crate::i18n::t;
use crate::interop::{self, Placement, lowercase};
use binnacle_model::words::{common, ui as words};

/// The most choices drawn at once; typing narrows the rest.
const MOST: usize = 100;

/// One choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComboOption {
    /// What `on_select` gets and the field shows.
    pub value: String,
    /// A quiet remark behind it.
    pub note: Option<String>,
}

impl ComboOption {
    /// A choice.
    pub fn new(value: impl Into<String>) -> Self {
        ComboOption { value: value.into(), note: None }
    }

    /// With a quiet remark.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// A line of the open list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Row {
    Choice(String, Option<String>),
    Create(String),
}

/// A field with a list of choices.
#[component]
pub fn Combobox(
    /// The value in force.
    #[prop(into)]
    value: Signal<String>,
    /// The choices.
    #[prop(into)]
    options: Signal<Vec<ComboOption>>,
    /// Runs with the value chosen.
    #[prop(into)]
    on_select: Callback<String>,
    /// The element's id, the same on server and client.
    #[prop(into)]
    id: String,
    /// The accessible name outside a field; names the list in any case.
    #[prop(into)]
    label: TextProp,
    /// An example.
    #[prop(optional, into)]
    placeholder: Option<TextProp>,
    /// Any text is a value, the choices are proposals.
    #[prop(optional)]
    free: bool,
    /// Words of the last line, from the text typed ("Create namespace web"); no such line when
    /// absent, or when it gives `None`.
    #[prop(optional, into)]
    create_label: Option<Callback<String, Option<String>>>,
    /// Runs with the text when that line is taken.
    #[prop(optional, into)]
    on_create: Option<Callback<String>>,
    /// The choices are on their way.
    #[prop(optional, into)]
    loading: Signal<bool>,
    /// Takes the focus when its dialog opens.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let in_field = use_context::<super::field::FieldContext>().is_some();
    let wiring = wire(Some(id.clone()));
    let input = NodeRef::<html::Input>::new();
    let list = NodeRef::<html::Div>::new();
    let open = RwSignal::new(false);
    let text = RwSignal::new(value.get_untracked());
    // What was typed since the list opened; everything is shown until something is.
    let query = RwSignal::new(String::new());
    let marked = RwSignal::new(None::<usize>);

    let rows = Memo::new(move |_| {
        if !open.get() {
            return Vec::new();
        }
        let query = query.get();
        let mut rows: Vec<Row> = options.with(|options| {
            matching(options, &query)
                .map(|one| Row::Choice(one.value.clone(), one.note.clone()))
                .take(MOST)
                .collect()
        });
        let known = options.with(|options| options.iter().any(|option| option.value == query));
        if !query.is_empty()
            && !known
            && let Some(label) = create_label.and_then(|label| label.run(query))
        {
            rows.push(Row::Create(label));
        }
        rows
    });

    // A value set from outside (a restored draft) reaches the field while nobody types.
    Effect::new(move |_| {
        let outside = value.get();
        if !open.get_untracked() {
            text.set(outside);
        }
    });

    let show = move || {
        if !open.get_untracked() {
            query.set(String::new());
            marked.set(None);
            open.set(true);
        }
    };
    let close = move || {
        open.set(false);
        marked.set(None);
    };
    let take = move |chosen: String| {
        text.set(chosen.clone());
        close();
        on_select.run(chosen);
    };
    let take_row = move |at: usize| match rows.with_untracked(|rows| rows.get(at).cloned()) {
        Some(Row::Choice(chosen, _)) => take(chosen),
        Some(Row::Create(_)) => {
            let typed = query.get_untracked();
            text.set(value.get_untracked());
            close();
            if let Some(on_create) = on_create {
                on_create.run(typed);
            }
        }
        None => {}
    };
    let edit = move |typed: String| {
        show();
        text.set(typed.clone());
        query.set(typed.trim().to_owned());
        marked.set(rows.with_untracked(|rows| mark_while_typing(typed.trim(), rows)));
        if free {
            on_select.run(typed);
        }
    };
    let leave = move |_| {
        // A field that is removed while it has the focus blurs when its owner is gone.
        let (Some(was_open), Some(typed), Some(before)) =
            (open.try_get_untracked(), text.try_get_untracked(), value.try_get_untracked())
        else {
            return;
        };
        if !was_open && typed == before {
            return;
        }
        let typed = typed.trim().to_owned();
        let known = options.with_untracked(|options| options.iter().any(|option| option.value == typed));
        close();
        if known || free {
            text.set(typed.clone());
            if before != typed {
                on_select.run(typed);
            }
        } else {
            text.set(before);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let count = rows.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if event.alt_key() => {
                event.prevent_default();
                show();
            }
            key @ ("ArrowDown" | "ArrowUp") => {
                event.prevent_default();
                let was_open = open.get_untracked();
                show();
                let count = if was_open { count } else { rows.with_untracked(Vec::len) };
                marked.update(|marked| *marked = step(*marked, count, key == "ArrowDown"));
                if let Some(at) = marked.get_untracked() {
                    scroll_to(list, at);
                }
            }
            "Enter" => {
                if let Some(at) = marked.get_untracked().filter(|_| open.get_untracked()) {
                    event.prevent_default();
                    take_row(at);
                }
            }
            "Escape" if open.get_untracked() => {
                event.prevent_default();
                event.stop_propagation();
                close();
                if !free {
                    text.set(value.get_untracked());
                }
            }
            _ => {}
        }
    };

    bind_text(move || input.get(), text.into(), Callback::new(edit));
    Effect::new(move || {
        let wanted = open.get();
        let (Some(list), Some(input)) = (list.get(), input.get()) else { return };
        if wanted {
            interop::next_frame(move || {
                if open.try_get_untracked() == Some(true) && !interop::popover_open(&list) {
                    interop::show_popover(&list);
                    interop::match_width(&list, &input);
                    interop::keep_placed(list.into(), input.into(), Placement::Start);
                }
            });
        } else {
            interop::hide_popover(&list);
        }
    });

    let list_id = format!("{id}-list");
    let option_id = {
        let list_id = list_id.clone();
        move |at: usize| format!("{list_id}-{at}")
    };
    let active = {
        let option_id = option_id.clone();
        move || marked.get().filter(|_| open.get()).map(option_id.clone())
    };
    let name = label.clone();
    let loading_words = t(common::LOADING);
    let nothing = t(words::NO_MATCH);
    let option = move |at: usize, row: Row| {
        let chosen = match &row {
            Row::Choice(choice, _) => value.with_untracked(|value| value == choice),
            Row::Create(_) => false,
        };
        view! {
            <div
                class="combobox-option"
                role="option"
                id=option_id(at)
                aria-selected=move || if marked.get() == Some(at) { "true" } else { "false" }
                // The focus must stay in the field.
                on:mousedown=|event| event.prevent_default()
                on:click=move |_| take_row(at)
                on:mousemove=move |_| {
                    if marked.get_untracked() != Some(at) {
                        marked.set(Some(at));
                    }
                }
            >
                {match row {
                    Row::Choice(choice, note) => {
                        view! {
                            <span class="combobox-value">{choice}</span>
                            {note.map(|note| view! { <span class="combobox-note">{note}</span> })}
                            {chosen.then(|| view! { <Icon name=IconName::Check size=IconSize::Small /> })}
                        }
                            .into_any()
                    }
                    Row::Create(label) => {
                        view! {
                            <Icon name=IconName::Plus size=IconSize::Small />
                            <span class="combobox-value">{label}</span>
                        }
                            .into_any()
                    }
                }}
            </div>
        }
    };
    view! {
        <span class="combobox">
            <input
                class="input"
                type="text"
                role="combobox"
                id=wiring.id
                node_ref=input
                value=value.get_untracked()
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                autofocus=autofocus
                placeholder=placeholder.map(|text| move || text.get())
                aria-autocomplete="list"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls=list_id.clone()
                aria-activedescendant=active
                aria-label=(!in_field).then_some(move || name.get())
                aria-describedby=wiring.described_by
                aria-invalid=wiring.invalid
                aria-required=wiring.required
                on:input=move |event| edit(event_target_value(&event))
                on:click=move |_| {
                    // The first click marks the old text, so that typing replaces it; the next sets the caret.
                    if !open.get_untracked()
                        && let Some(input) = input.get_untracked()
                    {
                        input.select();
                    }
                    show();
                }
                on:keydown=on_key
                on:blur=leave
            />
            <Icon name=IconName::ChevronsUpDown size=IconSize::Small />
            <div
                class="combobox-list"
                role="listbox"
                id=list_id
                aria-label=move || label.get()
                popover="manual"
                node_ref=list
            >
                {move || {
                    let rows = rows.get();
                    if !open.get() {
                        ().into_any()
                    } else if rows.is_empty() {
                        let busy = loading.get();
                        view! {
                            <div class="combobox-empty" role="option" aria-disabled="true" aria-selected="false">
                                {move || if busy { loading_words() } else { nothing() }}
                            </div>
                        }
                            .into_any()
                    } else {
                        rows.into_iter().enumerate().map(|(at, row)| option(at, row)).collect_view().into_any()
                    }
                }}
            </div>
        </span>
    }
    .into_any()
}

/// The choices that hold a text, those that begin with it first.
fn matching<'a>(options: &'a [ComboOption], query: &str) -> impl Iterator<Item = &'a ComboOption> {
    let query = lowercase(query);
    let rank = move |option: &ComboOption| {
        let value = lowercase(&option.value);
        if value.starts_with(&query) {
            Some(0)
        } else if value.contains(&query) {
            Some(1)
        } else {
            None
        }
    };
    let mut found: Vec<(u8, &ComboOption)> =
        options.iter().filter_map(|option| rank(option).map(|rank| (rank, option))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, option)| option)
}

/// The row that typing marks: the first choice. A line that creates is for arrows and pointer only, so
/// that Enter after a slip of the fingers makes nothing.
fn mark_while_typing(typed: &str, rows: &[Row]) -> Option<usize> {
    (!typed.is_empty() && matches!(rows.first(), Some(Row::Choice(..)))).then_some(0)
}

/// The row that an arrow moves to, around the ends.
fn step(now: Option<usize>, count: usize, down: bool) -> Option<usize> {
    match (count, now, down) {
        (0, _, _) => None,
        (_, None, true) => Some(0),
        (_, None, false) => Some(count - 1),
        (_, Some(now), true) => Some((now + 1) % count),
        (_, Some(now), false) => Some((now + count - 1) % count),
    }
}

fn scroll_to(list: NodeRef<html::Div>, at: usize) {
    interop::next_frame(move || {
        if let Some(Some(list)) = list.try_get_untracked() {
            interop::scroll_into_view(&format!("{}-{at}", list.id()));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_begin_with_the_text_come_first() {
        let options = ["kube-system", "default", "my-kube", "web"].map(ComboOption::new);
        let found = |query| {
            matching(&options, query).map(|option| option.value.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found("KUBE"), "kube-system my-kube");
        assert_eq!(found(""), "kube-system default my-kube web");
        assert_eq!(found("zzz"), "");
    }

    #[test]
    fn typing_marks_a_choice_and_never_what_creates() {
        let choice = Row::Choice("team".to_owned(), None);
        let create = Row::Create("Create namespace teem".to_owned());
        for (typed, rows, expected) in [
            ("te", vec![choice.clone(), create.clone()], Some(0)),
            ("teem", vec![create], None),
            ("", vec![choice], None),
            ("x", Vec::new(), None),
        ] {
            assert_eq!(mark_while_typing(typed, &rows), expected, "{typed}");
        }
    }

    #[test]
    fn arrows_move_around_the_ends() {
        for (now, count, down, expected) in [
            (None, 3, true, Some(0)),
            (None, 3, false, Some(2)),
            (Some(2), 3, true, Some(0)),
            (Some(0), 3, false, Some(2)),
            (Some(0), 0, true, None),
        ] {
            assert_eq!(step(now, count, down), expected);
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn field_and_list_are_wired() {
        let out = crate::ui::testing::html(|| {
            let options = vec![ComboOption::new("default")];
            view! { <Combobox id="ns" label="Namespace" value="default".to_owned() options=options on_select=|_| () /> }
        });
        assert!(out.contains(r#"role="combobox""#) && out.contains(r#"aria-controls="ns-list""#), "{out}");
        assert!(out.contains(r#"role="listbox""#) && out.contains(r#"id="ns-list""#), "{out}");
        assert!(out.contains(r#"aria-expanded="false""#) && out.contains(r#"value="default""#), "{out}");
    }
}
