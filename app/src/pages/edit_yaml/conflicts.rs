//! What the person and others changed both: the three values side by side, and a choice for each.

use binnacle_model::{
    Word,
    edit::{Conflict, Side},
    words::edit as words,
};
use leptos::prelude::*;
use serde_json::Value;

use super::{review::ValueView, state::EditState};
use crate::{
    i18n::{t, tt},
    ui::button::Button,
};

/// All conflicts of a review.
#[component]
pub(super) fn Conflicts(state: EditState, conflicts: Vec<Conflict>) -> impl IntoView {
    let each = conflicts
        .into_iter()
        .enumerate()
        .map(|(at, conflict)| view! { <One state=state at=at conflict=conflict /> })
        .collect_view();
    let left = move || state.undecided_text().unwrap_or_else(|| words::ALL_DECIDED.into());
    view! {
        <h3>{t(words::CONFLICTS)}</h3>
        <p class="muted">{t(words::CONFLICTS_HELP)}</p>
        <div class="conflict-all">
            <Button on_click=move |_| state.choose_all(Side::Mine)>{t(words::ALL_MINE)}</Button>
            <Button on_click=move |_| state.choose_all(Side::Theirs)>{t(words::ALL_THEIRS)}</Button>
            <span role="status">{move || tt(left())()}</span>
        </div>
        {each}
    }
}

#[component]
fn One(state: EditState, at: usize, conflict: Conflict) -> impl IntoView {
    let group = format!("conflict-{at}");
    let stored = StoredValue::new(conflict.clone());
    let choice = move |side: Side, word: Word| {
        let is_chosen = move || stored.with_value(|conflict| state.chosen(conflict)) == Some(side);
        view! {
            <label class="conflict-choice">
                <input
                    type="radio"
                    name=group.clone()
                    prop:checked=is_chosen
                    on:change=move |_| stored.with_value(|conflict| state.choose(conflict, side))
                />
                <span>{t(word)}</span>
            </label>
        }
    };
    let value = |word: Word, value: Option<Value>| {
        view! {
            <h4>{t(word)}</h4>
            <ValueView value=value />
        }
    };
    let (theirs, mine) = (choice(Side::Theirs, words::TAKE_THEIRS), choice(Side::Mine, words::KEEP_MINE));
    view! {
        <fieldset class="conflict">
            <legend><code>{conflict.place}</code></legend>
            <div class="conflict-sides">
                <div>{value(words::BASE, conflict.base)}</div>
                <div>{value(words::THEIRS, conflict.theirs)} {theirs}</div>
                <div>{value(words::MINE, conflict.mine)} {mine}</div>
            </div>
        </fieldset>
    }
}
