//! What is wrong, and when it is shown.

use binnacle_model::{
    Severity,
    draft::{Control, Finding, Holder, RowId, Step},
};
use leptos::prelude::*;

use super::FormController;
use crate::i18n::use_lang;

impl FormController {
    /// Ends the cluster's refusals of a control. Name and namespace are refused together: a name is
    /// taken in a namespace, and another of either is another object.
    pub fn forget_refusal(self, control: Control) {
        match control {
            Control::Name | Control::Namespace => {
                self.forget_refusals(|of| matches!(of, Control::Name | Control::Namespace));
            }
            control => self.forget_refusals(|of| of == control),
        }
    }

    /// Ends the cluster's refusals of a container that is gone, and of the containers as a whole.
    pub fn forget_container(self, row: RowId) {
        self.forget_refusals(|of| match of {
            Control::Container(of, _) => of == row,
            of => of == Control::Containers,
        });
    }

    /// Ends the cluster's refusals of a label or annotation that is gone, and of its set as a whole.
    pub fn forget_pair(self, holder: Holder, row: RowId) {
        self.forget_refusals(|of| match of {
            Control::Pair(_, of, _) => of == row,
            of => of == Control::Pairs(holder),
        });
    }

    fn forget_refusals(self, of: impl Fn(Control) -> bool) {
        let is_past = |finding: &Finding| finding.control.is_some_and(&of);
        self.refused.maybe_update(|all| {
            let before = all.len();
            all.retain(|finding| !is_past(finding));
            all.len() < before
        });
    }

    /// Whether an issue is shown now. Warnings and what the cluster said always are; our own errors
    /// once their control was used or their step was to be left.
    fn is_shown(self, finding: &Finding) -> bool {
        let Some(control) = finding.control else { return true };
        !finding.is_error()
            || self.touched.with(|touched| touched.contains(&control))
            || self.attempted.with(|steps| steps.contains(&control.step()))
            || self.refused.with(|all| all.contains(finding))
    }

    fn text_of(self, control: Control, severity: Severity) -> Signal<Option<String>> {
        let lang = use_lang();
        let text = Memo::new(move |_| {
            self.findings.with(|all| {
                all.iter()
                    .find(|finding| {
                        finding.control == Some(control)
                            && finding.issue.severity == severity
                            && self.is_shown(finding)
                    })
                    .map(|finding| finding.issue.text.clone())
            })
        });
        Signal::derive(move || text.with(|text| text.as_ref().map(|text| text.render(lang.get()))))
    }

    /// The error to show at a control.
    pub fn error_of(self, control: Control) -> Signal<Option<String>> {
        self.text_of(control, Severity::Error)
    }

    /// The warning to show at a control.
    pub fn warning_of(self, control: Control) -> Signal<Option<String>> {
        self.text_of(control, Severity::Warning)
    }

    /// Errors of a step that are shown now.
    pub fn shown_errors(self, step: Step) -> Vec<Finding> {
        self.findings.with(|all| {
            all.iter()
                .filter(|finding| finding.is_error() && finding.step() == step && self.is_shown(finding))
                .cloned()
                .collect()
        })
    }

    /// Whether a step has errors, shown or not.
    pub fn has_errors(self, step: Step) -> bool {
        self.findings.with(|all| all.iter().any(|finding| finding.is_error() && finding.step() == step))
    }

    /// Whether anything stands in the way of creating.
    pub fn is_good(self) -> bool {
        self.findings.with(|all| !all.iter().any(Finding::is_error))
    }
}
