//! The plan: each object in the order it will be created, the dry run's verdict, and the outcome.

use binnacle_model::{
    AppError, Issue, Severity, Text, Word,
    diagnosis::TextRange,
    plan::{PlannedObject, Provided},
    words::yaml as words,
};
use leptos::prelude::*;

use super::state::{Outcome, YamlState};
use crate::{
    components::kubeconfig::Issues,
    i18n::{t, tf, tt, use_lang},
    ui::badge::{StatusBadge, Tone},
};

/// The plan, once there is one about the text as it stands.
#[component]
pub(super) fn PlanView(state: YamlState) -> impl IntoView {
    let shown = move || state.plan.with(Option::is_some);
    view! {
        <Show when=shown>
            <section class="plan" aria-labelledby="plan-title">
                <h2 class="section-title" id="plan-title">{t(words::PLAN)}</h2>
                {move || state.plan_help().map(|word| view! { <p class="muted">{t(word)}</p> })}
                <ol class="plan-list">
                    {move || {
                        state.plan.get().map(|current| {
                            current
                                .plan
                                .objects
                                .into_iter()
                                .map(|object| {
                                    let number = current.documents.get(object.index as usize).map_or(0, |number| number + 1);
                                    let waits = object
                                        .waits_for
                                        .and_then(|index| current.documents.get(index as usize))
                                        .map(|number| (number + 1).to_string());
                                    let provided = provided(&object, &current.documents);
                                    step(state, object, number, waits, provided)
                                })
                                .collect_view()
                        })
                    }}
                </ol>
            </section>
        </Show>
    }
}

/// What other documents of the text create that the object refers to.
fn provided(object: &PlannedObject, documents: &[u32]) -> Vec<Issue> {
    let said = |one: &Provided| {
        let number = documents.get(one.by as usize)? + 1;
        let text = Text::new(&words::CREATED_BY, [&one.kind, &one.name, &number.to_string()]);
        Some(Issue { path: one.path.clone(), severity: Severity::Note, text })
    };
    object.provided.iter().filter_map(said).collect()
}

fn step(
    state: YamlState,
    object: PlannedObject,
    number: u32,
    waits: Option<String>,
    provided: Vec<Issue>,
) -> impl IntoView {
    let lang = use_lang();
    let target = object.target;
    let index = object.index;
    let outcome = Memo::new(move |_| state.outcome(index));
    let refused = object.refused.clone();
    // Its dry run can only follow once another document is there.
    let (is_refused, is_pending) = (refused.is_some(), object.waits_for.is_some());
    let verdict = move || outcome.with(|outcome| verdict_of(outcome.as_ref(), is_refused, is_pending));
    let word = verdict;
    let tone = Signal::derive(move || verdict().0);
    let trouble = move || match outcome.get() {
        Some(Outcome::Failed(error)) => Some(error),
        Some(_) => None,
        None => refused.clone(),
    };
    let place = match &target.namespace {
        Some(namespace) => format!("{} · {namespace}", target.cluster),
        None => format!("{} · {}", target.cluster, words::CLUSTER_WIDE.text(lang.get_untracked())),
    };
    let warnings =
        object.warnings.into_iter().map(|said| view! { <li class="plan-warning">{said}</li> }).collect_view();
    view! {
        <li class="plan-step">
            <div class="plan-head">
                <StatusBadge tone=tone label=move || word().1.text(lang.get()) />
                <strong>{format!("{} {}", target.kind, target.name)}</strong>
                <span class="muted">{tf(words::DOCUMENT_N, vec![number.to_string()])}</span>
            </div>
            <p class="plan-place">
                {place}
                {object
                    .namespace_defaulted
                    .then(|| view! { <span class="muted">" (" {t(words::DEFAULTED)} ")"</span> })}
            </p>
            {waits.map(|document| view! { <p class="muted">{tf(words::AFTER_DOCUMENT, vec![document])}</p> })}
            {move || trouble().map(said)}
            {move || refusal_lines(state, index)}
            <ul class="plain-list">{warnings}</ul>
            <Issues issues=object.notes />
            <Issues issues=provided />
        </li>
    }
}

/// What is said of an object: what came of it, else what its dry run said.
fn verdict_of(outcome: Option<&Outcome>, is_refused: bool, is_pending: bool) -> (Tone, Word) {
    match outcome {
        Some(Outcome::Created) => (Tone::Running, words::DONE),
        Some(Outcome::Working) => (Tone::Progressing, words::WORKING),
        Some(Outcome::Failed(_)) => (Tone::Failing, words::FAILED),
        None if is_refused => (Tone::Failing, words::REFUSED),
        None if is_pending => (Tone::Neutral, words::PENDING),
        None => (Tone::Neutral, words::ACCEPTED),
    }
}

/// The way to each line of the text that the refusal of an object is about.
fn refusal_lines(state: YamlState, index: u32) -> impl IntoView {
    let lang = use_lang();
    let link = |range: TextRange| {
        let line = range.line.to_string();
        view! {
            <button type="button" class="link-button" on:click=move |_| state.reveal.set(Some(range.start))>
                {move || words::LINE.fill(lang.get(), &[&line])}
            </button>
            " "
        }
    };
    let ranges = state.refusal_ranges(index);
    (!ranges.is_empty()).then(|| view! { <p>{ranges.into_iter().map(link).collect_view()}</p> })
}

/// A refusal: its sentence, and each field it names.
fn said(error: AppError) -> impl IntoView {
    let text: Text = error.text();
    let issues = match error {
        AppError::Invalid { issues } => issues,
        _ => Vec::new(),
    };
    let one_line = issues.is_empty().then(|| view! { <p class="plan-refusal">{tt(text)}</p> });
    view! {
        {one_line}
        <Issues issues=issues />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_for_another_document_was_not_accepted() {
        for (outcome, is_refused, is_pending, word) in [
            (None, false, false, words::ACCEPTED),
            (None, true, false, words::REFUSED),
            (None, false, true, words::PENDING),
            (Some(Outcome::Created), false, true, words::DONE),
        ] {
            assert_eq!(verdict_of(outcome.as_ref(), is_refused, is_pending).1.key, word.key);
        }
    }
}
