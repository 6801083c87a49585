//! The rail of a wizard: its steps, which are done, which need mending.
//!
//! | Key | Does |
//! | --- | --- |
//! | Tab | moves among the steps |
//! | Enter, Space | goes to a step that was visited; others say why not |

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Icon, IconName};
use crate::i18n::use_lang;
use binnacle_model::words::ui as words;

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Its words.
    pub label: String,
    /// It was visited and is complete.
    pub done: bool,
    /// Errors in it; shown once it was visited.
    pub errors: u32,
    /// It may be gone to now.
    pub reachable: bool,
}

/// The rail.
#[component]
pub fn Steps(
    /// The rail's accessible name.
    #[prop(into)]
    label: TextProp,
    /// The steps, in order.
    #[prop(into)]
    steps: Signal<Vec<Step>>,
    /// The current one, from 0.
    #[prop(into)]
    current: Signal<usize>,
    /// Runs with the step asked for.
    #[prop(into)]
    on_go: Callback<usize>,
) -> impl IntoView {
    let lang = use_lang();
    let render = move |(at, step): (usize, Step)| {
        let here = move || current.get() == at;
        let errors = step.errors;
        let note = if errors > 0 {
            Some(words::STEP_ERRORS.fill(lang.get(), &[&errors.to_string()]))
        } else {
            step.done.then(|| words::STEP_DONE.text(lang.get()).to_owned())
        };
        let state = match (errors > 0, step.done) {
            (true, _) => "errors",
            (false, true) => "done",
            (false, false) => "open",
        };
        let reachable = step.reachable;
        let later = move || (!reachable).then(|| words::STEP_LATER.text(lang.get()));
        view! {
            <li>
                <button
                    type="button"
                    class="step"
                    data-state=state
                    aria-current=move || here().then_some("step")
                    aria-disabled=(!reachable).then_some("true")
                    aria-description=later
                    data-tip=later
                    on:click=move |_| {
                        if reachable {
                            on_go.run(at);
                        }
                    }
                >
                    <span class="step-mark" aria-hidden="true">
                        {match state {
                            "errors" => view! { <span>{errors}</span> }.into_any(),
                            "done" => view! { <Icon name=IconName::Check /> }.into_any(),
                            _ => view! { <span>{at + 1}</span> }.into_any(),
                        }}
                    </span>
                    <span class="step-words">
                        <span class="step-label">{step.label}</span>
                        {note.map(|note| view! { <span class="step-note">{note}</span> })}
                    </span>
                </button>
            </li>
        }
    };
    view! {
        <nav class="steps" aria-label=move || label.get()>
            <ol>{move || steps.get().into_iter().enumerate().map(render).collect_view()}</ol>
        </nav>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_current_step_and_the_errors_are_said() {
        let out = html(|| {
            let step = |label: &str| Step { label: label.to_owned(), reachable: true, ..Step::default() };
            let steps = vec![
                Step { done: true, ..step("Basic information") },
                Step { errors: 2, ..step("Container settings") },
                Step { reachable: false, ..step("Advanced") },
            ];
            view! { <Steps label="Steps" steps=steps current=1usize on_go=|_| () /> }
        });
        assert_eq!(out.matches(r#"aria-current="step""#).count(), 1, "{out}");
        assert!(out.contains("2 to mend") && out.contains("done"), "{out}");
        assert_eq!(out.matches(r#"aria-disabled="true""#).count(), 1, "{out}");
    }
}
