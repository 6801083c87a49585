//! The review: what others changed, what is to be decided, what saving would change, and what the cluster
//! says of it.

use binnacle_model::{
    AppError,
    edit::{DiffLine, Difference, EditReview},
    words::edit as words,
};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use serde_json::Value;

use super::{
    conflicts::Conflicts,
    state::{EditState, REVIEW_TITLE, count_text},
};
use crate::{
    components::kubeconfig::Issues,
    i18n::{t, tf, tt, use_lang},
    ui::{
        badge::Tone,
        state::Notice,
        table::{HeaderCell, TableFrame},
    },
};

/// The review, once there is one; what is wrong with a text that could not be reviewed.
#[component]
pub(super) fn ReviewView(state: EditState) -> impl IntoView {
    let is_shown =
        move || state.reviewed.with(Option::is_some) || state.issues.with(|issues| !issues.is_empty());
    view! {
        <Show when=is_shown>
            <section class="edit-review" aria-labelledby=REVIEW_TITLE>
                <h2 class="section-title" id=REVIEW_TITLE tabindex="-1">
                    {t(words::REVIEW)}
                </h2>
                {move || {
                    let is_old = state.reviewed.with(Option::is_some) && !state.is_reviewed();
                    is_old.then(|| view! { <p class="muted">{t(words::REVIEW_OUTDATED)}</p> })
                }}
                {move || (!state.issues.with(Vec::is_empty)).then(|| view! { <Issues issues=state.issues.get() /> })}
                {move || state.reviewed.get().map(|reviewed| view! { <Reviewed state=state review=reviewed.review /> })}
            </section>
        </Show>
    }
}

#[component]
fn Reviewed(state: EditState, review: EditReview) -> impl IntoView {
    let said = count_text(&review);
    let EditReview { merged, conflicts, changes, lines, refused, warnings, .. } = review;
    // Issues of a refusal stand above, each with its place.
    let refusal = refused.map(|error| match error {
        AppError::Invalid { .. } => words::WOULD_REFUSE.into(),
        other => other.text(),
    });
    let warnings = (!warnings.is_empty()).then(|| {
        let lines = warnings.into_iter().map(|said| view! { <li>{said}</li> }).collect_view();
        view! {
            <div class="review-warnings">
                <h3>{t(words::WARNINGS)}</h3>
                <ul class="plain-list">{lines}</ul>
            </div>
        }
    });
    view! {
        {refusal.map(|text| view! { <Notice tone=Tone::Failing text=tt(text) /> })}
        {warnings}
        {(!merged.is_empty()).then(|| view! {
            <h3>{t(words::MERGED)}</h3>
            <p class="muted">{t(words::MERGED_HELP)}</p>
            {table(words::MERGED, words::MERGED_BEFORE, words::MERGED_AFTER, merged)}
        })}
        {(!conflicts.is_empty()).then(|| view! { <Conflicts state=state conflicts=conflicts /> })}
        <h3>{tt(said)}</h3>
        {(!changes.is_empty()).then(|| view! {
            {table(words::DIFFERENCE, words::BEFORE, words::AFTER, changes)}
            <Lines lines=lines />
        })}
    }
}

/// Fields with what was and what is.
fn table(
    label: binnacle_model::Word,
    before: binnacle_model::Word,
    after: binnacle_model::Word,
    differences: Vec<Difference>,
) -> impl IntoView {
    let row = move |one: Difference| {
        view! {
            <tr>
                <td class="cell-mono cell-wrap" data-line="1">{one.place}</td>
                <td class="cell-wrap" data-label=t(before)><ValueView value=one.before /></td>
                <td class="cell-wrap" data-label=t(after)><ValueView value=one.after /></td>
            </tr>
        }
    };
    view! {
        <TableFrame stacked=true label=t(label)>
            <thead>
                <tr>
                    <HeaderCell label=t(words::FIELD) />
                    <HeaderCell label=t(before) />
                    <HeaderCell label=t(after) />
                </tr>
            </thead>
            <tbody>{differences.into_iter().map(row).collect_view()}</tbody>
        </TableFrame>
    }
}

/// A value as YAML; that it is not there is said in words.
#[component]
pub(super) fn ValueView(value: Option<Value>) -> impl IntoView {
    match value {
        None => view! { <span class="muted">{t(words::NOT_SET)}</span> }.into_any(),
        Some(value) => view! { <pre class="edit-value">{value_text(&value)}</pre> }.into_any(),
    }
}

/// Texts as they are, anything else as YAML.
fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() => text.clone(),
        other => binnacle_model::yaml::to_yaml(other).trim_end().to_owned(),
    }
}

/// The lines that differ, each with its sign and its colour.
#[component]
fn Lines(lines: Vec<DiffLine>) -> impl IntoView {
    let lang = use_lang();
    let changed = |kind: &'static str, sign: &'static str, word: binnacle_model::Word, text: String| {
        view! {
            <li class="diff-line" data-kind=kind>
                <span class="diff-sign" aria-hidden="true">{sign}</span>
                <span class="visually-hidden">{t(word)}</span>
                <code>{text}</code>
            </li>
        }
        .into_any()
    };
    let line = move |line: DiffLine| match line {
        DiffLine::Added(text) => changed("added", "+", words::ADDED, text),
        DiffLine::Removed(text) => changed("removed", "−", words::REMOVED, text),
        DiffLine::Same(text) => view! {
            <li class="diff-line">
                <span class="diff-sign" aria-hidden="true"></span>
                <code>{text}</code>
            </li>
        }
        .into_any(),
        DiffLine::Skipped(count) => {
            view! { <li class="diff-skipped">{tf(words::SAME_LINES, vec![count.to_string()])}</li> }
                .into_any()
        }
    };
    let label: TextProp = (move || words::DIFFERENCE.text(lang.get())).into();
    view! {
        <ol class="diff" role="list" tabindex="0" aria-label=move || label.get()>
            {lines.into_iter().map(line).collect_view()}
        </ol>
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_as_yaml() {
        for (value, text) in [
            (json!("nginx:1.29"), "nginx:1.29"),
            (json!(""), "\"\""),
            (json!(3), "3"),
            (json!(null), "null"),
            (json!({"app": "web"}), "app: web"),
        ] {
            assert_eq!(value_text(&value), text);
        }
    }
}
