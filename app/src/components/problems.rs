//! What the paste doctor found, each with its place and its repair, and what will not be sent.

use binnacle_model::{
    Severity, Text, Word,
    diagnosis::{Finding, Stripped},
    words::yaml as words,
};
use leptos::prelude::*;

use super::doctor::Doctor;
use crate::{
    i18n::{t, tt, use_lang},
    ui::{
        badge::Tone,
        button::{Button, ButtonVariant},
        disclosure::Disclosure,
        icon::{Icon, IconName},
        state::Notice,
        toast::use_toasts,
    },
};

/// The list of problems.
#[component]
pub fn Problems(
    /// The text and its doctor.
    doctor: Doctor,
) -> impl IntoView {
    let lang = use_lang();
    let toasts = use_toasts();
    let diagnosis = Memo::new(move |_| doctor.diagnosis());
    let findings = Memo::new(move |_| {
        diagnosis.with(|diagnosis| diagnosis.as_ref().map(|one| one.findings.clone()).unwrap_or_default())
    });
    let repairable =
        move || findings.with(|findings| findings.iter().filter(|finding| finding.repair.is_some()).count());
    let nothing = Signal::derive(move || {
        (repairable() == 0).then(|| words::NOTHING_TO_REPAIR.text(lang.get()).to_owned())
    });
    let repair_all = move |_| {
        doctor.repair_all(move |count| {
            toasts.success(words::REPAIRED_COUNT.fill(lang.get_untracked(), &[&count.to_string()]));
        });
    };
    view! {
        <section class="problems" aria-labelledby="problems-title">
            <div class="section-head">
                <h2 class="section-title" id="problems-title">{t(words::PROBLEMS)}</h2>
                <span class="problems-count" role="status">
                    {move || {
                        let count = findings.with(Vec::len);
                        if doctor.reading.get() {
                            words::CHECKING.text(lang.get()).to_owned()
                        } else if count > 0 {
                            count_word(count).fill(lang.get(), &[&count.to_string()])
                        } else if diagnosis.with(Option::is_some) {
                            words::NO_PROBLEMS.text(lang.get()).to_owned()
                        } else {
                            String::new()
                        }
                    }}
                </span>
                <Show when=move || findings.with(|findings| !findings.is_empty())>
                    <Button icon=IconName::Wand disabled_reason=nothing on_click=repair_all>{t(words::REPAIR_ALL)}</Button>
                </Show>
            </div>
            <Unread doctor=doctor />
            <ol class="problem-list">
                {move || findings.get().into_iter().map(|finding| problem(doctor, finding)).collect_view()}
            </ol>
        </section>
    }
}

fn count_word(count: usize) -> Word {
    if count == 1 { words::PROBLEM_ONE } else { words::PROBLEM_MANY }
}

/// That the text could not be checked, why, and the way to try again.
#[component]
fn Unread(doctor: Doctor) -> impl IntoView {
    move || {
        doctor.unread.get().map(|reason| {
            view! {
                <Notice tone=Tone::Waiting text=tt(Text::new(&words::NOT_READ, [reason]))>
                    <Button variant=ButtonVariant::Ghost icon=IconName::Refresh on_click=move |_| doctor.ask_again()>
                        {t(words::ASK_AGAIN)}
                    </Button>
                </Notice>
            }
        })
    }
}

fn problem(doctor: Doctor, finding: Finding) -> impl IntoView {
    let lang = use_lang();
    let tone = match finding.severity {
        Severity::Error => Tone::Failing,
        Severity::Warning => Tone::Waiting,
        Severity::Note => Tone::Neutral,
    };
    let (line, column) = (finding.range.line.to_string(), finding.range.column.to_string());
    let start = finding.range.start;
    let sentence = tt(finding.text.clone());
    let repair = finding.repair.as_ref().map(|repair| repair.label.clone());
    view! {
        <li class="problem" data-tone=tone.name()>
            <Icon name=tone.icon() />
            <div class="problem-words">
                <button type="button" class="link-button" on:click=move |_| doctor.reveal.set(Some(start))>
                    {move || words::LINE_COLUMN.fill(lang.get(), &[&line, &column])}
                </button>
                <p>{sentence}</p>
            </div>
            {repair
                .map(|label| {
                    view! {
                        <Button variant=ButtonVariant::Ghost icon=IconName::Wrench on_click=move |_| doctor.repair(&finding)>
                            {tt(label)}
                        </Button>
                    }
                })}
        </li>
    }
}

/// The server-owned fields that are left out when something is created; those that change what the object
/// does stand open.
#[component]
pub fn NotSent(
    /// The text and its doctor.
    doctor: Doctor,
) -> impl IntoView {
    let lang = use_lang();
    let stripped = Memo::new(move |_| doctor.diagnosis().map(|one| one.stripped).unwrap_or_default());
    let line = |one: Stripped| {
        view! {
            <li>
                <code>{one.path.to_string()}</code>
                " "
                <span>{tt(one.text)}</span>
            </li>
        }
    };
    let warned = move || stripped.get().into_iter().filter(|one| one.warn).collect::<Vec<_>>();
    let count = move || stripped.with(Vec::len).to_string();
    view! {
        <Show when=move || stripped.with(|stripped| !stripped.is_empty())>
            <section class="not-sent" aria-labelledby="not-sent-title">
                <h2 class="section-title" id="not-sent-title">{t(words::NOT_SENT)}</h2>
                {move || {
                    warned()
                        .into_iter()
                        .map(|one| {
                            let place = one.path.to_string();
                            let text = one.text.clone();
                            view! { <Notice tone=Tone::Waiting text=move || format!("{place}: {}", text.render(lang.get())) /> }
                        })
                        .collect_view()
                }}
                <Disclosure title=t(words::NOT_SENT_HELP) summary=count>
                    <ul class="plain-list">{move || stripped.get().into_iter().map(line).collect_view()}</ul>
                </Disclosure>
            </section>
        </Show>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use binnacle_model::AppError;

    use super::*;

    #[test]
    fn a_text_that_could_not_be_checked_can_be_asked_about_again() {
        let owner = Owner::new();
        let out = owner.with(|| {
            let doctor = Doctor::new("prod".to_owned());
            doctor.unread.set(Some(AppError::Unauthenticated.text()));
            view! { <Problems doctor=doctor /> }.to_html().replace("<!>", "")
        });
        assert!(out.contains("The text could not be checked: "), "{out}");
        assert!(out.contains("Ask again"), "{out}");
    }

    #[test]
    fn one_problem_is_told_as_one() {
        for (count, word) in [(1, words::PROBLEM_ONE), (2, words::PROBLEM_MANY)] {
            assert_eq!(count_word(count).key, word.key);
        }
    }
}
