//! Rows of keys and values, such as labels.

use leptos::prelude::*;

use crate::{
    i18n::{t, use_lang},
    interop::focus_soon,
    ui::{
        button::{Button, ButtonVariant, IconButton},
        icon::IconName,
        input::TextInput,
    },
};
use binnacle_model::words::clusters as words;

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

/// Rows of keys and values; adding moves the focus to the new row.
#[component]
pub fn KeyValueRows(
    /// Prefix of the controls' ids.
    #[prop(into)]
    id: String,
    /// The rows.
    rows: RwSignal<Vec<KeyValue>>,
    /// The error of a row's key or value, by position.
    #[prop(into)]
    error: Callback<usize, Option<String>>,
) -> impl IntoView {
    let lang = use_lang();
    let id = StoredValue::new(id);
    let add = move |_| {
        let next = rows.with_untracked(|rows| rows.iter().map(|row| row.id + 1).max().unwrap_or(0));
        rows.update(|rows| rows.push(KeyValue { id: next, key: String::new(), value: String::new() }));
        focus_soon(id.with_value(|id| format!("{id}-key-{next}")));
    };
    let order = move || rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
    view! {
        <div class="rows">
            <For each=order key=|row| *row let:row>
                {
                    let place = move || rows.with(|rows| rows.iter().position(|one| one.id == row));
                    let read = move |pick: fn(&KeyValue) -> &String| {
                        Signal::derive(move || {
                            rows.with(|rows| rows.iter().find(|one| one.id == row).map(|one| pick(one).clone()).unwrap_or_default())
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
                    let label = move |word: binnacle_model::Word| {
                        move || format!("{} {}", word.text(lang.get()), number())
                    };
                    let wrong = move || place().and_then(|place| error.run(place));
                    let error_id = id.with_value(|id| format!("{id}-error-{row}"));
                    view! {
                        <div class="row" role="group" aria-label=move || words::LABEL_ROW.fill(lang.get(), &[&number()])>
                            <TextInput
                                id=id.with_value(|id| format!("{id}-key-{row}"))
                                label=label(words::LABEL_KEY)
                                placeholder=t(words::LABEL_KEY)
                                value=read(|one| &one.key)
                                on_input=move |text| write(|one, text| one.key = text, text)
                                mono=true
                            />
                            <TextInput
                                id=id.with_value(|id| format!("{id}-value-{row}"))
                                label=label(words::LABEL_VALUE)
                                placeholder=t(words::LABEL_VALUE)
                                value=read(|one| &one.value)
                                on_input=move |text| write(|one, text| one.value = text, text)
                                mono=true
                            />
                            <IconButton
                                icon=IconName::X
                                label=move || words::REMOVE_LABEL.fill(lang.get(), &[&number()])
                                on_click=move |_| rows.update(|rows| rows.retain(|one| one.id != row))
                            />
                            <p class="row-error" id=error_id role="alert">{wrong}</p>
                        </div>
                    }
                }
            </For>
            <div>
                <Button variant=ButtonVariant::Ghost icon=IconName::Plus on_click=add>{t(words::ADD_LABEL)}</Button>
            </div>
        </div>
    }
}
