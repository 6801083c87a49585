//! The frame of the form: rail of steps, one column of fields, the YAML beside them, the foot.

use binnacle_model::{
    draft::Step,
    object::WorkloadKind,
    words::{common, form as words},
};
use leptos::prelude::*;

use super::{
    advanced::AdvancedSection,
    basic::{BasicSection, is_still_taken, provide_surroundings},
    containers::ContainersSection,
    controller::{FormController, use_form},
    labels::step_word,
    leave::LeaveGuard,
    review::ReviewSection,
    submit::{Submit, Verdict},
    summary::{ErrorSummary, SUMMARY},
};
use crate::{
    i18n::{t, use_lang},
    interop, paths,
    request::use_request,
    ui::{
        badge::Tone,
        button::{Button, ButtonType, ButtonVariant, LinkButton},
        code_block::CodeBlock,
        disclosure::Disclosure,
        icon::IconName,
        state::Notice,
        steps::{self, Steps},
        time::exact,
        toast::use_toasts,
    },
};

/// The wizard that creates a workload of a kind in a cluster.
#[component]
pub fn WorkloadWizard(
    /// Kind.
    kind: WorkloadKind,
    /// Name of the cluster.
    cluster: String,
    /// Namespace to begin with.
    namespace: String,
) -> impl IntoView {
    let form = FormController::new(kind, cluster, namespace, &use_request().caller.user);
    provide_context(form);
    provide_surroundings(form);
    let submit = Submit::new(form);
    provide_context(submit);

    // The browser's draft is read once it runs; the server does not know it.
    Effect::new(move |is_restored: Option<bool>| {
        form.draft.track();
        if is_restored == Some(true) {
            form.store();
        } else {
            form.come_into_view();
            form.restore();
        }
        true
    });

    let lang = use_lang();
    let rail = Signal::derive(move || {
        Step::ALL
            .into_iter()
            .map(|step| {
                let attempted = form.attempted.with(|steps| steps.contains(&step));
                let errors =
                    if attempted || step == Step::Review { form.shown_errors(step).len() } else { 0 };
                steps::Step {
                    label: step_word(step).text(lang.get()).to_owned(),
                    done: attempted && step != Step::Review && !form.has_errors(step),
                    errors: u32::try_from(errors).unwrap_or(u32::MAX),
                    reachable: form.visited.with(|steps| steps.contains(&step)),
                }
            })
            .collect::<Vec<_>>()
    });
    let asking = RwSignal::new(false);
    let go_on = move |step: Step| {
        if untrack(|| form.has_errors(step)) {
            form.attempts.update(|attempts| *attempts = attempts.wrapping_add(1));
            interop::focus_soon(SUMMARY);
        } else if let Some(step) = Step::ALL.get(step.index() + 1) {
            form.go(*step);
        }
    };
    let next = move || {
        let step = form.step.get_untracked();
        if step == Step::Review {
            submit.create();
            return;
        }
        form.attempted.update(|steps| {
            steps.insert(step);
        });
        // A name that was taken may be free by now: that is known before the step is judged.
        let question = (step == Step::Basic).then(|| is_still_taken(form)).flatten();
        match question {
            None => go_on(step),
            Some(_) if asking.get_untracked() => {}
            Some(question) => {
                asking.set(true);
                let judged = form.draft.get_untracked();
                leptos::task::spawn_local(async move {
                    question.await;
                    // Nobody is moved who left the form or went on working in it.
                    let is_here = asking.try_set(false).is_none()
                        && form.step.get_untracked() == step
                        && form.draft.with_untracked(|draft| *draft == judged);
                    if is_here {
                        go_on(step);
                    }
                });
            }
        }
    };
    view! {
        <form
            class="wizard"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                next();
            }
        >
            <div class="wizard-rail">
                <Steps
                    label=t(words::STEPS)
                    steps=rail
                    current=Signal::derive(move || form.step.get().index())
                    on_go=move |at: usize| {
                        if let Some(step) = Step::ALL.get(at) {
                            form.go(*step);
                        }
                    }
                />
            </div>
            <div class="wizard-column">
                <DraftNotes />
                {move || {
                    let step = form.step.get();
                    view! {
                        <h2 class="wizard-step-title" id="wizard-step" tabindex="-1">
                            {t(step_word(step))}
                        </h2>
                        <ErrorSummary step=step />
                        {match step {
                            Step::Basic => view! { <BasicSection /> }.into_any(),
                            Step::Containers => view! { <ContainersSection /> }.into_any(),
                            Step::Advanced => view! { <AdvancedSection /> }.into_any(),
                            Step::Review => view! { <ReviewSection /> }.into_any(),
                        }}
                    }
                }}
                <Show when=move || form.step.get() != Step::Review>
                    <div class="wizard-yaml-fold">
                        <Disclosure title=t(words::YAML_FOLLOWS)>
                            <CodeBlock text=form.yaml label=t(words::YAML_FOLLOWS) />
                        </Disclosure>
                    </div>
                </Show>
            </div>
            <Show when=move || form.step.get() != Step::Review>
                <div class="wizard-yaml">
                    <p class="wizard-yaml-title" aria-hidden="true">{t(words::YAML_FOLLOWS)}</p>
                    <CodeBlock text=form.yaml label=t(words::YAML_FOLLOWS) fill=true />
                </div>
            </Show>
            <Foot asking=asking />
        </form>
        <LeaveGuard />
    }
}

/// Cancel, Back, Next or OK.
#[component]
fn Foot(
    /// Whether the cluster is asked before the step is left.
    asking: RwSignal<bool>,
) -> impl IntoView {
    let form = use_form();
    let submit = expect_context::<Submit>();
    let lang = use_lang();
    let review = Memo::new(move |_| form.step.get() == Step::Review);
    let busy = Signal::derive(move || form.creating.get() || form.done.get() || asking.get());
    let name = move || form.draft.with(|draft| draft.name.clone());
    let creating =
        Signal::derive(move || form.creating.get().then(|| words::CREATING.fill(lang.get(), &[&name()])));
    let reason = Signal::derive(move || {
        if !review.get() || busy.get() {
            return None;
        }
        let word = if !form.is_good() {
            words::REVIEW_MEND
        } else {
            match submit.verdict.get() {
                // Whoever read why it was not created may try again.
                Verdict::Unasked if submit.failed.with(Option::is_some) => return None,
                Verdict::Unasked | Verdict::Asking => words::REVIEW_WAIT,
                Verdict::Refused(_) => words::REVIEW_REFUSED_FIELDS,
                Verdict::Good(_) | Verdict::Unknown(_) => return None,
            }
        };
        Some(word.text(lang.get()).to_owned())
    });
    let back = move |_| {
        let step = form.step.get_untracked();
        if let Some(before) = step.index().checked_sub(1).and_then(|at| Step::ALL.get(at)) {
            form.go(*before);
        }
    };
    let list = paths::workloads(&form.cluster.get_value(), form.kind);
    view! {
        <div class="wizard-foot">
            <LinkButton href=list variant=ButtonVariant::Ghost>{t(common::CANCEL)}</LinkButton>
            <p class="wizard-foot-note" role="status">
                {move || {
                    let asked = asking.get().then(|| words::NAME_ASKING.text(lang.get()).to_owned());
                    creating.get().or(asked)
                }}
            </p>
            <Show when=move || form.step.get() != Step::Basic>
                <Button disabled_reason=creating on_click=back>{t(words::BACK)}</Button>
            </Show>
            <Button kind=ButtonType::Submit variant=ButtonVariant::Primary busy=busy disabled_reason=reason id="wizard-next">
                {move || if review.get() { words::OK.text(lang.get()) } else { words::NEXT.text(lang.get()) }}
            </Button>
        </div>
    }
}

/// That a draft is back, or that none can be kept.
#[component]
fn DraftNotes() -> impl IntoView {
    let form = use_form();
    let lang = use_lang();
    let toasts = use_toasts();
    let discard = move |_| form.discard(toasts, lang.get_untracked());
    move || {
        if let Some(at) = form.restored.get() {
            view! {
                <Notice tone=Tone::Neutral text=move || words::RESTORED.fill(lang.get(), &[&exact(at)])>
                    <Button variant=ButtonVariant::Ghost icon=IconName::Trash on_click=discard>
                        {t(words::DISCARD_DRAFT)}
                    </Button>
                </Notice>
            }
            .into_any()
        } else if !form.keeps_drafts.get() {
            view! { <Notice tone=Tone::Waiting text=t(words::DRAFT_NOT_KEPT) /> }.into_any()
        } else {
            ().into_any()
        }
    }
}
