//! All that is to be mended in a step, each line leading to its field.

use binnacle_model::{
    draft::{Finding, Step},
    words::form as words,
};
use leptos::prelude::*;

use super::{controller::use_form, labels::finding_line};
use crate::i18n::use_lang;

/// The summary's id: it takes the focus when the step cannot be left.
pub const SUMMARY: &str = "error-summary";

/// The errors of a step as of the last time it was to be left, without those mended since: a line that
/// comes while somebody types would push the field away. For the review, those of all steps.
#[component]
pub fn ErrorSummary(
    /// The step.
    step: Step,
) -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let as_of_last = Memo::new(move |last: Option<&(u32, Vec<Finding>)>| {
        let attempts = form.attempts.get();
        let now: Vec<Finding> = if step == Step::Review {
            return (attempts, Step::ALL.into_iter().flat_map(|step| form.shown_errors(step)).collect());
        } else if form.attempted.with(|steps| steps.contains(&step)) {
            form.shown_errors(step)
        } else {
            Vec::new()
        };
        match last {
            Some((of, before)) if *of == attempts => (attempts, still_open(before, now)),
            _ => (attempts, now),
        }
    });
    let errors = Memo::new(move |_| as_of_last.with(|(_, errors)| errors.clone()));
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

/// What of an earlier summary is still to be mended, as it reads now: at most as many lines of a control
/// as there were.
fn still_open(before: &[Finding], now: Vec<Finding>) -> Vec<Finding> {
    let mut left: Vec<_> = before.iter().map(|finding| finding.control).collect();
    now.into_iter()
        .filter(|finding| {
            let at = left.iter().position(|control| *control == finding.control);
            at.map(|at| left.swap_remove(at)).is_some()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use binnacle_model::{FieldPath, Issue, Text, draft::Control};

    #[test]
    fn mended_lines_go_and_none_come() {
        let line = |control: Control, text: &str| Finding {
            control: Some(control),
            issue: Issue::error(FieldPath::from("x"), Text::raw(text)),
        };
        let name = line(Control::Name, "required");
        let bad_name = line(Control::Name, "not a name");
        let pods = line(Control::Replicas, "not a number");
        for (before, now, left) in [
            (vec![name.clone(), pods.clone()], vec![pods.clone()], vec![pods.clone()]),
            (vec![name.clone()], vec![bad_name.clone(), pods.clone()], vec![bad_name.clone()]),
            (vec![name.clone()], vec![name.clone(), bad_name.clone()], vec![name.clone()]),
            (vec![], vec![pods.clone()], vec![]),
            (vec![pods], vec![], vec![]),
        ] {
            assert_eq!(still_open(&before, now), left);
        }
    }
}
