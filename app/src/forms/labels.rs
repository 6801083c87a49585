//! What each control is called, in summaries and at the control itself.

use binnacle_model::{
    Lang, Word,
    draft::{ContainerField, Control, Finding, Holder, PairPart, Step, WorkloadDraft},
    words::{common, form as words},
};

/// The word on a step of the rail.
pub fn step_word(step: Step) -> Word {
    match step {
        Step::Basic => words::STEP_BASIC,
        Step::Containers => words::STEP_CONTAINERS,
        Step::Advanced => words::STEP_ADVANCED,
        Step::Review => words::STEP_REVIEW,
    }
}

/// The label of a container's field.
pub fn container_word(field: ContainerField) -> Word {
    match field {
        ContainerField::Role => words::ROLE,
        ContainerField::Name => words::CONTAINER_NAME,
        ContainerField::Image => words::IMAGE,
        ContainerField::AlwaysPull => words::ALWAYS_PULL,
        ContainerField::Privileged => words::PRIVILEGED,
        ContainerField::CpuRequest => words::CPU_REQUEST,
        ContainerField::CpuLimit => words::CPU_LIMIT,
        ContainerField::MemoryRequest => words::MEMORY_REQUEST,
        ContainerField::MemoryLimit => words::MEMORY_LIMIT,
    }
}

/// The title of a set of labels or annotations.
pub fn holder_word(holder: Holder) -> Word {
    match holder {
        Holder::Labels => words::LABELS,
        Holder::Annotations => words::ANNOTATIONS,
        Holder::PodLabels => words::POD_LABELS,
        Holder::PodAnnotations => words::POD_ANNOTATIONS,
    }
}

/// What a control is called outside its step.
pub fn control_label(control: Control, draft: &WorkloadDraft, lang: Lang) -> String {
    match control {
        Control::Name => common::NAME.text(lang).to_owned(),
        Control::Namespace => common::NAMESPACE.text(lang).to_owned(),
        Control::Replicas => words::PODS.text(lang).to_owned(),
        Control::Alias => common::ALIAS.text(lang).to_owned(),
        Control::Description => words::DESCRIPTION.text(lang).to_owned(),
        Control::Containers => words::CONTAINERS.text(lang).to_owned(),
        Control::Container(row, field) => {
            let label = container_word(field).text(lang);
            match draft.container(row) {
                Some(container) if draft.containers.len() > 1 => {
                    words::IN_CONTAINER.fill(lang, &[label, &container.name])
                }
                _ => label.to_owned(),
            }
        }
        Control::Pairs(holder) => holder_word(holder).text(lang).to_owned(),
        Control::Pair(holder, row, part) => {
            let title = holder_word(holder).text(lang);
            let place =
                draft.pairs(holder).iter().position(|pair| pair.row == row).map_or(0, |place| place + 1);
            let part = match part {
                PairPart::Key => words::KEY_OF,
                PairPart::Value => words::VALUE_OF,
            };
            format!("{title}, {}", part.fill(lang, &[&place.to_string()]))
        }
    }
}

/// A line of a summary: what the control is called, and what is wrong there.
pub fn finding_line(finding: &Finding, draft: &WorkloadDraft, lang: Lang) -> String {
    let text = finding.issue.text.render(lang);
    match finding.control {
        Some(control) => words::SUMMARY_LINE.fill(lang, &[&control_label(control, draft, lang), &text]),
        None if finding.issue.path.0.is_empty() => text,
        None => words::AT_PLACE.fill(lang, &[&finding.issue.path.to_string(), &text]),
    }
}
