//! Asking the cluster, and creating.

use binnacle_model::{
    AppError, Issue, Lang, Text,
    draft::{Control, Finding, Step},
    object::WorkloadKind,
    words::{errors, form as words},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::{controller::FormController, summary::SUMMARY};
use crate::{
    api::workloads::{create_object, dry_run},
    i18n::use_lang,
    interop, paths,
    ui::toast::{Toasts, use_toasts},
};

/// What the strict dry run said.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Verdict {
    /// It was not asked: something is to be mended first.
    #[default]
    Unasked,
    /// It is being asked.
    Asking,
    /// It would take the object, with these warnings.
    Good(Vec<String>),
    /// It would refuse it.
    Refused(Refusal),
    /// It could not be asked.
    Unknown(Text),
}

/// Why the cluster refuses the object.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The reason; `None` when the fields say it.
    pub reason: Option<Text>,
    /// The cluster's own sentence, where ours does not hold it.
    pub detail: Option<String>,
}

/// The form's talk with the cluster; in the context of its review.
#[derive(Clone, Copy)]
pub struct Submit {
    form: FormController,
    /// What the dry run said.
    pub verdict: RwSignal<Verdict>,
    /// Why the last create failed.
    pub failed: RwSignal<Option<Verdict>>,
    /// Counts the questions, so that the answer to an old one is not taken for a new one's.
    question: StoredValue<u32>,
    toasts: Toasts,
    lang: RwSignal<Lang>,
    leave: Callback<String>,
}

impl Submit {
    /// The talk of a form; asks whenever its review comes into view.
    pub fn new(form: FormController) -> Self {
        let navigate = use_navigate();
        let submit = Submit {
            form,
            verdict: RwSignal::new(Verdict::Unasked),
            failed: RwSignal::new(None),
            question: StoredValue::new(0),
            toasts: use_toasts(),
            lang: use_lang(),
            leave: Callback::new(move |path: String| {
                navigate(&path, leptos_router::NavigateOptions::default());
            }),
        };
        Effect::new(move |_| {
            if form.step.get() == Step::Review {
                // What is to be sent may change behind the review: a row comes back, a namespace is
                // there at last. Refusals are no part of this, or asking would set off asking.
                form.can_be_asked.track();
                form.yaml.track();
                submit.ask();
            } else {
                submit.question.update_value(|question| *question = question.wrapping_add(1));
                submit.verdict.set(Verdict::Unasked);
                submit.failed.set(None);
            }
        });
        submit
    }

    /// Asks the cluster whether it would take the object.
    pub fn ask(self) {
        let form = self.form;
        form.refused.set(Vec::new());
        self.failed.set(None);
        self.question.update_value(|question| *question = question.wrapping_add(1));
        if !untrack(|| form.is_good()) {
            self.verdict.set(Verdict::Unasked);
            return;
        }
        self.verdict.set(Verdict::Asking);
        let question = self.question.get_value();
        let object = form.draft.with_untracked(|draft| draft.to_create());
        let cluster = form.cluster.get_value();
        leptos::task::spawn_local(async move {
            let answer = dry_run(cluster, object).await;
            if self.question.try_get_value() != Some(question) {
                return;
            }
            let verdict = match answer {
                Ok(answer) => match answer.refused {
                    None => Verdict::Good(answer.warnings),
                    Some(error) => self.refuse(error),
                },
                Err(error) => self.refuse(error.0),
            };
            self.verdict.set(verdict);
        });
    }

    /// Creates the object; a second press while it runs does nothing.
    pub fn create(self) {
        let form = self.form;
        if form.creating.get_untracked() || form.done.get_untracked() {
            return;
        }
        if !untrack(|| form.is_good()) {
            interop::focus_soon(SUMMARY);
            return;
        }
        form.creating.set(true);
        self.failed.set(None);
        let lang = self.lang.get_untracked();
        let draft = form.draft.get_untracked();
        let (object, namespace, name) = (draft.to_create(), draft.namespace.clone(), draft.name.clone());
        let cluster = form.cluster.get_value();
        let key = form.draft_key();
        let kind = form.kind;
        leptos::task::spawn_local(async move {
            let answer = create_object(cluster.clone(), object).await;
            if form.creating.try_set(false).is_some() {
                // The page is gone, with the place where it is told.
                match answer {
                    Ok(_) => {
                        key.forget(&draft);
                        self.toasts.success(words::CREATED.fill(lang, &[kind.kind(), &name]));
                    }
                    Err(error) => {
                        let reason = error.0.text().render(lang);
                        self.toasts
                            .error(words::MAYBE_NOT_CREATED.fill(lang, &[kind.kind(), &name, &reason]));
                    }
                }
                return;
            }
            match answer {
                Ok(created) => {
                    form.done.set(true);
                    untrack(|| form.store());
                    interop::guard_leaving(false);
                    self.toasts.success(words::CREATED.fill(lang, &[kind.kind(), &name]));
                    for warning in created.warnings {
                        self.toasts.info(words::CLUSTER_SAYS.fill(lang, &[&warning]));
                    }
                    self.leave.run(list_with(&cluster, kind, namespace, name));
                }
                Err(error) => {
                    self.fail(error.0);
                    interop::focus_soon(if untrack(|| form.is_good()) { FAILED } else { SUMMARY });
                }
            }
        });
    }

    /// Says why the create failed. What the dry run said before is no longer true.
    fn fail(self, error: AppError) {
        let failed = self.refuse(error);
        self.verdict.set(Verdict::Unasked);
        self.failed.set(Some(failed));
    }

    /// Brings what the cluster refused to the fields it names.
    fn refuse(self, error: AppError) -> Verdict {
        let form = self.form;
        let at = |control: Control, text: Text| {
            let path = form.draft.with_untracked(|draft| draft.path_of(control));
            form.refused.set(vec![Finding { control: Some(control), issue: Issue::error(path, text) }]);
            Verdict::Refused(Refusal { reason: None, detail: None })
        };
        match error {
            AppError::Unreachable { .. }
            | AppError::Timeout { .. }
            | AppError::Transport { .. }
            | AppError::Internal { .. }
            | AppError::TooManyRequests { .. }
            | AppError::Unauthenticated => Verdict::Unknown(error.text()),
            AppError::Invalid { issues } if !issues.is_empty() => {
                form.refused.set(form.draft.with_untracked(|draft| draft.locate(&issues)));
                Verdict::Refused(Refusal { reason: None, detail: None })
            }
            AppError::AlreadyExists { .. } => at(Control::Name, error.text()),
            AppError::NotFound { ref kind, .. } if kind.to_lowercase().starts_with("namespace") => {
                at(Control::Namespace, error.text())
            }
            AppError::Forbidden { ref message, .. } => {
                let detail = (!message.is_empty()).then(|| message.clone());
                Verdict::Refused(Refusal { reason: Some(error.text()), detail })
            }
            error => Verdict::Refused(Refusal { reason: Some(error.text()), detail: None }),
        }
    }
}

/// The list with the new row in view. A page is sorted by name: without the search the row may stand
/// on another.
fn list_with(cluster: &str, kind: WorkloadKind, namespace: String, name: String) -> String {
    let query = [("namespace", namespace), ("q", name.clone()), ("created", name)];
    paths::with_query(&paths::workloads(cluster, kind), &query)
}

/// Id of the sentence that says why the create failed.
pub const FAILED: &str = "create-failed";

/// The sentence of a refusal: its reason, or that the fields say it.
pub fn refusal_text(
    refusal: &Refusal,
    with_reason: binnacle_model::Word,
    fields: binnacle_model::Word,
) -> Text {
    match &refusal.reason {
        Some(reason) if reason.key != errors::INVALID.key => Text::new(&with_reason, [reason.clone()]),
        _ => fields.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_create_that_failed_ends_the_good_verdict() {
        let owner = Owner::new();
        owner.with(|| {
            crate::ui::toast::provide_toasts();
            let form = FormController::new(
                WorkloadKind::StatefulSet,
                "prod".to_owned(),
                "default".to_owned(),
                "ann",
            );
            let submit = Submit {
                form,
                verdict: RwSignal::new(Verdict::Good(Vec::new())),
                failed: RwSignal::new(None),
                question: StoredValue::new(0),
                toasts: use_toasts(),
                lang: use_lang(),
                leave: Callback::new(|_| ()),
            };
            submit.fail(AppError::Unauthenticated);
            assert_eq!(submit.verdict.get_untracked(), Verdict::Unasked);
            assert!(matches!(submit.failed.get_untracked(), Some(Verdict::Unknown(_))));
        });
    }

    #[test]
    fn the_list_shows_what_was_created() {
        assert_eq!(
            list_with("prod", WorkloadKind::StatefulSet, "team".to_owned(), "web".to_owned()),
            "/clusters/prod/statefulsets?namespace=team&q=web&created=web"
        );
    }
}
