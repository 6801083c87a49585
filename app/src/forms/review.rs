//! The review before OK: the verdict of a strict dry run, warnings, and the YAML that will be sent.

use binnacle_model::{Severity, words::form as words};
use leptos::prelude::*;

use super::{
    controller::use_form,
    labels::finding_line,
    submit::{FAILED, Submit, Verdict, refusal_text},
};
use crate::{
    i18n::{t, use_lang},
    ui::{
        badge::Tone,
        button::{Button, ButtonVariant},
        code_block::CodeBlock,
        icon::IconName,
        state::Notice,
    },
};

/// The step's contents.
#[component]
pub fn ReviewSection() -> impl IntoView {
    let form = use_form();
    view! {
        <div class="wizard-section">
            <FailedNotice />
            <VerdictNotice />
            <Warnings />
            <CodeBlock
                text=form.yaml
                label=t(words::YAML_FOLLOWS)
                file_name=form.draft.with_untracked(|draft| format!("{}.yaml", draft.name))
            />
        </div>
    }
}

/// What the dry run said.
#[component]
fn VerdictNotice() -> impl IntoView {
    let submit = expect_context::<Submit>();
    let lang = use_lang();
    let again = move || {
        view! {
            <Button variant=ButtonVariant::Ghost icon=IconName::Refresh on_click=move |_| submit.ask()>
                {t(words::REVIEW_AGAIN)}
            </Button>
        }
    };
    move || match submit.verdict.get() {
        Verdict::Unasked => ().into_any(),
        Verdict::Asking => {
            view! { <Notice tone=Tone::Progressing text=t(words::REVIEW_ASKING) /> }.into_any()
        }
        Verdict::Good(_) => view! { <Notice tone=Tone::Running text=t(words::REVIEW_GOOD) /> }.into_any(),
        Verdict::Refused(refusal) => {
            let text = refusal_text(&refusal, words::REVIEW_REFUSED, words::REVIEW_REFUSED_FIELDS);
            view! {
                <Notice tone=Tone::Failing text=move || text.render(lang.get())>
                    {again()}
                </Notice>
                <Detail text=refusal.detail />
            }
            .into_any()
        }
        Verdict::Unknown(reason) => {
            let text = binnacle_model::Text::new(&words::REVIEW_UNKNOWN, [reason]);
            view! {
                <Notice tone=Tone::Waiting text=move || text.render(lang.get())>
                    {again()}
                </Notice>
            }
            .into_any()
        }
    }
}

/// The cluster's own sentence.
#[component]
fn Detail(text: Option<String>) -> impl IntoView {
    text.map(|text| {
        let lang = use_lang();
        view! { <p class="muted small">{move || words::CLUSTER_SAYS.fill(lang.get(), &[&text])}</p> }
    })
}

/// Why the create failed.
#[component]
fn FailedNotice() -> impl IntoView {
    let submit = expect_context::<Submit>();
    let lang = use_lang();
    view! {
        <div id=FAILED tabindex="-1" role="alert">
            {move || {
                submit
                    .failed
                    .get()
                    .map(|failed| {
                        let (text, detail) = match failed {
                            Verdict::Refused(refusal) => (
                                refusal_text(&refusal, words::CREATE_REFUSED, words::CREATE_REFUSED_FIELDS),
                                refusal.detail,
                            ),
                            Verdict::Unknown(reason) => {
                                (binnacle_model::Text::new(&words::CREATE_UNKNOWN, [reason]), None)
                            }
                            Verdict::Unasked | Verdict::Asking | Verdict::Good(_) => return ().into_any(),
                        };
                        view! {
                            <Notice tone=Tone::Failing text=move || text.render(lang.get()) />
                            <Detail text=detail />
                        }
                            .into_any()
                    })
            }}
        </div>
    }
}

/// What is accepted but worth a look: ours, and what the cluster warns of.
#[component]
fn Warnings() -> impl IntoView {
    let form = use_form();
    let submit = expect_context::<Submit>();
    let lang = use_lang();
    let lines = Memo::new(move |_| {
        let mut lines: Vec<String> = form.findings.with(|all| {
            form.draft.with(|draft| {
                all.iter()
                    .filter(|finding| finding.issue.severity == Severity::Warning)
                    .map(|finding| finding_line(finding, draft, lang.get()))
                    .collect()
            })
        });
        if let Verdict::Good(warnings) = submit.verdict.get() {
            lines.extend(warnings.iter().map(|warning| words::CLUSTER_SAYS.fill(lang.get(), &[warning])));
        }
        lines
    });
    view! {
        <Show when=move || !lines.with(Vec::is_empty)>
            <section class="review-warnings" aria-labelledby="review-warnings-title">
                <h3 class="field-label" id="review-warnings-title">{t(words::REVIEW_WARNINGS)}</h3>
                <ul>{move || lines.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            </section>
        </Show>
    }
}
