//! All that is to be mended in a step, each line leading to its field.

use binnacle_model::{draft::Step, words::form as words};
use leptos::prelude::*;

use super::{controller::use_form, labels::finding_line};
use crate::i18n::use_lang;

/// The summary's id: it takes the focus when the step cannot be left.
pub const SUMMARY: &str = "error-summary";

/// The errors of a step once it was to be left; for the review, those of all steps.
#[component]
pub fn ErrorSummary(
    /// The step.
    step: Step,
) -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let errors = Memo::new(move |_| {
        if step == Step::Review {
            return Step::ALL.into_iter().flat_map(|step| form.shown_errors(step)).collect();
        }
        if form.attempted.with(|steps| steps.contains(&step)) { form.shown_errors(step) } else { Vec::new() }
    });
    let title = move || {
        let count = errors.with(Vec::len);
        let (one, many) = if step == Step::Review {
            (words::SUMMARY_REVIEW_ONE, words::SUMMARY_REVIEW_MANY)
        } else {
            (words::SUMMARY_ONE, words::SUMMARY_MANY)
        };
        if count == 1 {
            one.text(lang.get()).to_owned()
        } else {
            many.fill(lang.get(), &[&count.to_string()])
        }
    };
    view! {
        <Show when=move || !errors.with(Vec::is_empty)>
            <section class="error-summary" id=SUMMARY tabindex="-1" aria-labelledby="error-summary-title">
                <h2 id="error-summary-title">{title}</h2>
                <ul>
                    {move || {
                        errors
                            .get()
                            .into_iter()
                            .map(|finding| {
                                let line = form.draft.with(|draft| finding_line(&finding, draft, lang.get()));
                                match finding.control {
                                    Some(control) => {
                                        view! {
                                            <li>
                                                <button type="button" on:click=move |_| form.go_to(control)>
                                                    {line}
                                                </button>
                                            </li>
                                        }
                                            .into_any()
                                    }
                                    None => view! { <li>{line}</li> }.into_any(),
                                }
                            })
                            .collect_view()
                    }}
                </ul>
            </section>
        </Show>
    }
}
