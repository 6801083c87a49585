//! Rows of labels or annotations.

use binnacle_model::{
    draft::{Control, Holder, PairPart, PairRow, RowId},
    words::{common, form as words},
};
use leptos::prelude::*;

use super::{controller::use_form, labels::holder_word};
use crate::{
    i18n::{t, use_lang},
    interop::focus_soon,
    ui::{
        button::{Button, ButtonVariant, IconButton},
        field::Field,
        icon::IconName,
        input::TextInput,
        text_area::TextArea,
        toast::use_toasts,
    },
};

/// One set of labels or annotations.
#[component]
pub fn PairsSection(
    /// Which set.
    holder: Holder,
    /// One line on what they are for.
    help: binnacle_model::Word,
) -> impl IntoView {
    let form = use_form();
    let rows = Memo::new(move |_| {
        form.draft.with(|draft| draft.pairs(holder).iter().map(|pair| pair.row).collect::<Vec<_>>())
    });
    let error = form.error_of(Control::Pairs(holder));
    let add = move |_| {
        if let Some(row) = form.draft.try_update(|draft| draft.add_pair(holder)) {
            form.forget_refusal(Control::Pairs(holder));
            focus_soon(Control::Pair(holder, row, PairPart::Key).id());
        }
    };
    let add_word = if holder.is_labels() { words::ADD_LABEL } else { words::ADD_ANNOTATION };
    let title_id = format!("{}-title", Control::Pairs(holder).id());
    let labelled_by = title_id.clone();
    view! {
        <section class="wizard-section" id=Control::Pairs(holder).id() tabindex="-1" aria-labelledby=labelled_by>
            <div>
                <h3 class="wizard-section-title" id=title_id>{t(holder_word(holder))}</h3>
                <p class="muted small">{t(help)}</p>
            </div>
            {holder.is_labels().then(|| view! { <FixedLabels /> })}
            <div class="rows">
                <For each=move || rows.get() key=|row| *row let(row)>
                    <PairFields holder=holder row=row />
                </For>
                {move || error.get().map(|text| view! { <p class="field-note" data-kind="error" role="alert">{text}</p> })}
                <div class="rows-add">
                    <Button variant=ButtonVariant::Ghost icon=IconName::Plus on_click=add>
                        {t(add_word)}
                    </Button>
                </div>
            </div>
        </section>
    }
}

/// The labels that the console keeps by itself.
#[component]
fn FixedLabels() -> impl IntoView {
    let form = use_form();
    let fixed = Memo::new(move |_| form.draft.with(|draft| draft.fixed_labels()));
    view! {
        <p class="muted small">
            {t(words::FIXED_LABELS)} " "
            {move || {
                fixed
                    .get()
                    .into_iter()
                    .map(|(key, value)| view! { <code class="code-inline mono">{format!("{key}={value}")}</code> " " })
                    .collect_view()
            }}
        </p>
    }
}

/// One row: key, value, and the way to remove it.
#[component]
fn PairFields(holder: Holder, row: RowId) -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let toasts = use_toasts();
    let pair = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft.pairs(holder).iter().find(|pair| pair.row == row).cloned().unwrap_or_default()
        })
    });
    let number = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft
                .pairs(holder)
                .iter()
                .position(|pair| pair.row == row)
                .map_or(0, |place| place + 1)
                .to_string()
        })
    });
    let numbered =
        move |word: binnacle_model::Word| move || number.with(|number| word.fill(lang.get(), &[number]));
    let at = move |part| Control::Pair(holder, row, part);
    let change = move |part: PairPart, set: fn(&mut PairRow, String), text: String| {
        form.forget_refusal(Control::Pairs(holder));
        form.edit(at(part), |draft| {
            if let Some(pair) = draft.pairs_mut(holder).iter_mut().find(|pair| pair.row == row) {
                set(pair, text);
            }
        });
    };
    let write_key = move |text: String| change(PairPart::Key, |pair, text| pair.key = text, text);
    let write_value = move |text: String| {
        form.touch(at(PairPart::Value));
        change(PairPart::Value, |pair, text| pair.value = text, text);
    };
    let value = Signal::derive(move || pair.with(|pair| pair.value.clone()));
    let remove = move |_| {
        let Some(Some((place, removed))) = form.draft.try_update(|draft| draft.remove_pair(holder, row))
        else {
            return;
        };
        form.forget_pair(holder, row);
        let next = form.draft.with_untracked(|draft| {
            let pairs = draft.pairs(holder);
            let near = pairs.get(place).or_else(|| pairs.last());
            near.map_or(Control::Pairs(holder), |near| Control::Pair(holder, near.row, PairPart::Key))
        });
        focus_soon(next.id());
        if removed.is_blank() {
            return;
        }
        let said = words::ROW_REMOVED.fill(lang.get_untracked(), &[&removed.key]);
        let put_back = form.for_undo(move |draft| draft.put_pair(holder, place, removed.clone()));
        toasts.undo(said, common::UNDO.text(lang.get_untracked()), move || {
            if put_back() {
                focus_soon(Control::Pair(holder, row, PairPart::Key).id());
            }
        });
    };
    view! {
        <div class="rows-row">
            <Field
                id=at(PairPart::Key).id()
                label=numbered(words::KEY_OF)
                label_hidden=true
                error=form.error_of(at(PairPart::Key))
            >
                <TextInput
                    value=Signal::derive(move || pair.with(|pair| pair.key.clone()))
                    on_input=write_key
                    on_blur=move |()| form.touch(at(PairPart::Key))
                    placeholder=t(words::KEY)
                    mono=true
                />
            </Field>
            <Field
                id=at(PairPart::Value).id()
                label=numbered(words::VALUE_OF)
                label_hidden=true
                error=form.error_of(at(PairPart::Value))
            >
                {if holder.is_labels() {
                    view! { <TextInput value=value on_input=write_value placeholder=t(words::VALUE) mono=true /> }
                        .into_any()
                } else {
                    // An annotation may have several lines.
                    view! { <TextArea value=value on_input=write_value placeholder=t(words::VALUE) rows=1 mono=true /> }
                        .into_any()
                }}
            </Field>
            <IconButton icon=IconName::X label=numbered(words::REMOVE_ROW) on_click=remove />
        </div>
    }
}
