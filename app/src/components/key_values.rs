//! Rows of keys and values, such as labels.

use binnacle_model::{
    Word,
    words::{clusters as words, common},
};
use leptos::{context::Provider, prelude::*};

use crate::{
    i18n::{t, use_lang},
    interop::focus_soon,
    ui::{
        button::{Button, ButtonVariant, IconButton},
        field::FieldContext,
        icon::IconName,
        input::TextInput,
        toast::use_toasts,
    },
};

/// One row; the id stays with it while rows come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyValue {
    /// Identity of the row.
    pub id: u32,
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

/// Rows out of pairs.
pub fn rows_of(pairs: &[(String, String)]) -> Vec<KeyValue> {
    (0_u32..)
        .zip(pairs)
        .map(|(id, (key, value))| KeyValue { id, key: key.clone(), value: value.clone() })
        .collect()
}

/// Pairs out of rows; rows without key and value are nothing.
pub fn pairs_of(rows: &[KeyValue]) -> Vec<(String, String)> {
    rows.iter()
        .filter(|row| !row.key.is_empty() || !row.value.is_empty())
        .map(|row| (row.key.clone(), row.value.clone()))
        .collect()
}

/// What the rows are, in words.
#[derive(Clone, Copy, Debug)]
pub struct RowWords {
    /// The button that adds one.
    add: Word,
    /// One row; takes its number.
    row: Word,
    /// The button that removes one; takes its number.
    remove: Word,
    /// Said when one was removed; takes its key.
    removed: Word,
}

/// Labels.
pub const LABEL_ROWS: RowWords = RowWords {
    add: words::ADD_LABEL,
    row: words::LABEL_ROW,
    remove: words::REMOVE_LABEL,
    removed: words::LABEL_REMOVED,
};

/// Annotations.
pub const ANNOTATION_ROWS: RowWords = RowWords {
    add: words::ADD_ANNOTATION,
    row: words::ANNOTATION_ROW,
    remove: words::REMOVE_ANNOTATION,
    removed: words::ANNOTATION_REMOVED,
};

/// One of the two controls of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The key's.
    Key,
    /// The value's.
    Value,
}

impl Half {
    /// The control's id in the row with that id, below a prefix.
    pub fn control_id(self, prefix: &str, row: u32) -> String {
        match self {
            Half::Key => format!("{prefix}-key-{row}"),
            Half::Value => format!("{prefix}-value-{row}"),
        }
    }
}

/// Takes a row out; what comes back is where it was and the row.
fn take_row(rows: &mut Vec<KeyValue>, row: u32) -> Option<(usize, KeyValue)> {
    let place = rows.iter().position(|one| one.id == row)?;
    Some((place, rows.remove(place)))
}

/// Puts a row back; what comes back is its id, a new one where its own was given away meanwhile.
fn put_row(rows: &mut Vec<KeyValue>, place: usize, mut row: KeyValue) -> u32 {
    if rows.iter().any(|one| one.id == row.id) {
        row.id = next_id(rows);
    }
    let id = row.id;
    rows.insert(place.min(rows.len()), row);
    id
}

/// An id that no row has.
fn next_id(rows: &[KeyValue]) -> u32 {
    rows.iter().map(|row| row.id + 1).max().unwrap_or(0)
}

/// The row that takes the focus when one at a place was removed: the next, else the one before.
fn near(rows: &[KeyValue], place: usize) -> Option<u32> {
    rows.get(place).or(rows.last()).map(|row| row.id)
}

/// Rows of keys and values. Adding moves the focus to the new row, removing to the next, and what was
/// removed can be brought back.
#[component]
pub fn KeyValueRows(
    /// Prefix of the controls' ids.
    #[prop(into)]
    id: String,
    /// What the rows are.
    named: RowWords,
    /// The rows.
    rows: RwSignal<Vec<KeyValue>>,
    /// What is wrong with a row, by position, and in which of its controls.
    #[prop(into)]
    error: Callback<usize, Option<(Half, String)>>,
) -> impl IntoView {
    let add_id = format!("{id}-add");
    let id = StoredValue::new(id);
    let add = move |_| {
        let next = rows.with_untracked(|rows| next_id(rows));
        rows.update(|rows| rows.push(KeyValue { id: next, key: String::new(), value: String::new() }));
        focus_soon(id.with_value(|id| Half::Key.control_id(id, next)));
    };
    let order = move || rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
    view! {
        <div class="rows">
            <For each=order key=|row| *row let:row>
                <Row prefix=id named=named row=row rows=rows error=error />
            </For>
            <div>
                <Button id=add_id variant=ButtonVariant::Ghost icon=IconName::Plus on_click=add>{t(named.add)}</Button>
            </div>
        </div>
    }
}

/// One row: key, value, the way to remove it, and what is wrong.
#[component]
fn Row(
    prefix: StoredValue<String>,
    named: RowWords,
    row: u32,
    rows: RwSignal<Vec<KeyValue>>,
    error: Callback<usize, Option<(Half, String)>>,
) -> impl IntoView {
    let lang = use_lang();
    let toasts = use_toasts();
    let place = move || rows.with(|rows| rows.iter().position(|one| one.id == row));
    let read = move |pick: fn(&KeyValue) -> &String| {
        Signal::derive(move || {
            rows.with(|rows| {
                rows.iter().find(|one| one.id == row).map(|one| pick(one).clone()).unwrap_or_default()
            })
        })
    };
    let write = move |set: fn(&mut KeyValue, String), text: String| {
        rows.update(|rows| {
            if let Some(one) = rows.iter_mut().find(|one| one.id == row) {
                set(one, text);
            }
        });
    };
    let number = move || place().map_or(0, |place| place + 1).to_string();
    let label = move |word: Word| move || format!("{} {}", word.text(lang.get()), number());
    let wrong = Memo::new(move |_| place().and_then(|place| error.run(place)));
    let context_id = prefix.with_value(|prefix| format!("{prefix}-{row}"));
    // Both controls are described by the row's one note; the one that is wrong says so.
    let context = move |half: Half| FieldContext {
        id: context_id.clone(),
        invalid: Signal::derive(move || {
            wrong.with(|wrong| wrong.as_ref().is_some_and(|(of, _)| *of == half))
        }),
        required: Signal::stored(false),
        described: Signal::derive(move || {
            wrong.with(|wrong| wrong.as_ref().is_some_and(|(of, _)| *of == half))
        }),
    };
    let (key, value) = (context(Half::Key), context(Half::Value));
    let note_id = key.note_id();
    let control_id = move |half: Half, row: u32| prefix.with_value(|prefix| half.control_id(prefix, row));
    let remove = move |_| {
        let Some((place, removed)) = rows.try_update(|rows| take_row(rows, row)).flatten() else { return };
        focus_soon(match rows.with_untracked(|rows| near(rows, place)) {
            Some(next) => control_id(Half::Key, next),
            None => prefix.with_value(|prefix| format!("{prefix}-add")),
        });
        if removed.key.is_empty() && removed.value.is_empty() {
            return;
        }
        let said = named.removed.fill(lang.get_untracked(), &[&removed.key]);
        let undo = move || {
            let back = removed.clone();
            // The form may be gone while its toast still stands.
            if let Some(row) = rows.try_update(|rows| put_row(rows, place, back)) {
                focus_soon(control_id(Half::Key, row));
            }
        };
        toasts.undo(said, common::UNDO.text(lang.get_untracked()), undo);
    };
    view! {
        <div class="row" role="group" aria-label=move || named.row.fill(lang.get(), &[&number()])>
            <Provider value=key>
                <TextInput
                    id=control_id(Half::Key, row)
                    label=label(words::LABEL_KEY)
                    placeholder=t(words::LABEL_KEY)
                    value=read(|one| &one.key)
                    on_input=move |text| write(|one, text| one.key = text, text)
                    mono=true
                />
            </Provider>
            <Provider value=value>
                <TextInput
                    id=control_id(Half::Value, row)
                    label=label(words::LABEL_VALUE)
                    placeholder=t(words::LABEL_VALUE)
                    value=read(|one| &one.value)
                    on_input=move |text| write(|one, text| one.value = text, text)
                    mono=true
                />
            </Provider>
            <IconButton
                icon=IconName::X
                label=move || named.remove.fill(lang.get(), &[&number()])
                on_click=remove
            />
            <p class="row-error" id=note_id role="alert">
                {move || wrong.get().map(|(_, text)| text)}
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_row_leaves_the_focus_nearby() {
        let pairs = ["a", "b", "c"].map(|key| (key.to_owned(), String::new()));
        for (gone, place, next) in [(0, 0, Some(1)), (1, 1, Some(2)), (2, 2, Some(1))] {
            let mut rows = rows_of(&pairs);
            let (at, row) = take_row(&mut rows, gone).unwrap();
            assert_eq!((at, row.id, near(&rows, at)), (place, gone, next));
        }
        let mut last = rows_of(&pairs[..1]);
        assert!(take_row(&mut last, 7).is_none());
        take_row(&mut last, 0).unwrap();
        assert_eq!(near(&last, 0), None, "then the button that adds");
    }

    #[test]
    fn a_row_comes_back_where_it_was_under_an_id_of_its_own() {
        let mut rows = rows_of(&["a", "b"].map(|key| (key.to_owned(), String::new())));
        let (place, removed) = take_row(&mut rows, 1).unwrap();
        let added = next_id(&rows);
        rows.push(KeyValue { id: added, key: "c".to_owned(), value: String::new() });
        assert_eq!((added, put_row(&mut rows, place, removed)), (1, 2));
        assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<String>(), "abc");
    }
}
