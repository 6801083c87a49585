//! All that is wrong with a draft, each at its control.

use std::collections::BTreeMap;

use super::{
    ALIAS, Amount, ContainerDraft, ContainerField, Control, DESCRIPTION, Holder, PairPart, Resource, Role,
    Step, WorkloadDraft, control::noted,
};
use crate::{Issue, Severity, Text, cluster::NamespaceRow, object::WorkloadKind, rules, words::rules as w};

/// What is known around the draft.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The cluster's namespaces; `None` until known or when they may not be listed.
    pub namespaces: Option<Vec<NamespaceRow>>,
    /// Workloads of this kind that are known to exist, as namespace and name.
    pub taken: Vec<(String, String)>,
}

/// An issue and the control where it is shown; `None` when no control shows its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where to show it.
    pub control: Option<Control>,
    /// What is wrong.
    pub issue: Issue,
}

impl Finding {
    /// Whether this stands in the way.
    pub fn is_error(&self) -> bool {
        self.issue.severity == Severity::Error
    }

    /// The step it belongs to: the review's when no control shows it.
    pub fn step(&self) -> Step {
        self.control.map_or(Step::Review, Control::step)
    }
}

impl WorkloadDraft {
    /// All that is wrong, in the form's order, each with its place.
    pub fn validate(&self, around: &Surroundings) -> Vec<Finding> {
        let mut check = Check { draft: self, findings: Vec::new() };
        check.basic(around);
        check.containers();
        for holder in Holder::ALL {
            check.pairs(holder);
        }
        check.findings
    }

    /// The API server's issues, each at its control.
    pub fn locate(&self, issues: &[Issue]) -> Vec<Finding> {
        issues
            .iter()
            .map(|issue| Finding { control: self.control_of_issue(issue), issue: issue.clone() })
            .collect()
    }
}

struct Check<'a> {
    draft: &'a WorkloadDraft,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn say(&mut self, control: Control, severity: Severity, text: Option<Text>) {
        if let Some(text) = text {
            let issue = Issue { path: self.draft.path_of(control), severity, text };
            self.findings.push(Finding { control: Some(control), issue });
        }
    }

    fn error(&mut self, control: Control, text: Option<Text>) {
        self.say(control, Severity::Error, text);
    }

    fn basic(&mut self, around: &Surroundings) {
        let draft = self.draft;
        let taken = || {
            let is_taken =
                around.taken.iter().any(|(space, name)| *space == draft.namespace && *name == draft.name);
            is_taken.then(|| Text::new(&w::NAME_TAKEN, [draft.kind.kind(), &draft.name, &draft.namespace]))
        };
        self.error(Control::Name, rules::workload_name(&draft.name).or_else(taken));
        if draft.kind == WorkloadKind::StatefulSet {
            self.say(Control::Name, Severity::Warning, rules::stateful_set_name_warning(&draft.name));
        }
        self.error(Control::Alias, rules::workload_alias(&draft.alias));
        let namespace = rules::namespace_name(&draft.namespace).or_else(|| {
            let known = around.namespaces.as_ref()?;
            match known.iter().find(|row| row.name == draft.namespace) {
                None => Some(Text::new(&w::NAMESPACE_UNKNOWN, [&draft.namespace])),
                Some(row) if row.terminating => Some(Text::new(&w::NAMESPACE_TERMINATING, [&row.name])),
                Some(_) => None,
            }
        });
        self.error(Control::Namespace, namespace);
        self.error(Control::Replicas, rules::count(&draft.replicas));
        self.error(Control::Description, rules::description(&draft.description));
    }

    fn containers(&mut self) {
        let draft = self.draft;
        if draft.of_role(Role::Work).next().is_none() {
            self.error(Control::Containers, Some(w::CONTAINER_MISSING.into()));
        }
        let mut seen = BTreeMap::new();
        for container in &draft.containers {
            let at = |field| Control::Container(container.row, field);
            let twice = seen.insert(container.name.as_str(), container.row).is_some();
            let name = rules::container_name(&container.name)
                .or_else(|| twice.then(|| Text::new(&w::NAME_TWICE, [&container.name])));
            self.error(at(ContainerField::Name), name);
            let image = rules::image(&container.image);
            if image.is_none() && rules::is_floating(&container.image) {
                let text = Text::new(&w::IMAGE_FLOATING, [&container.name, &container.image]);
                self.say(at(ContainerField::Image), Severity::Warning, Some(text));
            }
            self.error(at(ContainerField::Image), image);
            self.amounts(container);
        }
    }

    fn amounts(&mut self, container: &ContainerDraft) {
        for (resource, request, request_field, limit, limit_field) in [
            (
                Resource::Cpu,
                &container.cpu_request,
                ContainerField::CpuRequest,
                &container.cpu_limit,
                ContainerField::CpuLimit,
            ),
            (
                Resource::Memory,
                &container.memory_request,
                ContainerField::MemoryRequest,
                &container.memory_limit,
                ContainerField::MemoryLimit,
            ),
        ] {
            let rule = |amount: &Amount| match (amount.is_empty(), resource) {
                (true, _) => None,
                (false, Resource::Cpu) => rules::cpu(&amount.quantity()),
                (false, Resource::Memory) => rules::memory(&amount.quantity()),
            };
            let over = || rules::request_within_limit(&request.quantity(), &limit.quantity());
            self.error(Control::Container(container.row, request_field), rule(request).or_else(over));
            self.error(Control::Container(container.row, limit_field), rule(limit));
        }
    }

    fn pairs(&mut self, holder: Holder) {
        let draft = self.draft;
        let fixed = if holder.is_labels() { draft.fixed_labels() } else { Vec::new() };
        let mut seen = std::collections::BTreeSet::new();
        for pair in draft.pairs(holder).iter().filter(|pair| !pair.is_blank()) {
            let key = pair.key.as_str();
            let rule = if holder.is_labels() { rules::label_key(key) } else { rules::annotation_key(key) };
            let text = if fixed.iter().any(|(own, _)| own == key) {
                Some(Text::new(&w::KEY_SELECTOR, [key]))
            } else if let (Holder::Annotations, Some(control)) = (holder, noted(key)) {
                Some(if control == Control::Alias { w::KEY_ALIAS } else { w::KEY_DESCRIPTION }.into())
            } else if !seen.insert(key) && rule.is_none() {
                Some(Text::new(&w::KEY_TWICE, [key]))
            } else {
                rule
            };
            self.error(Control::Pair(holder, pair.row, PairPart::Key), text);
            if holder.is_labels() {
                self.error(Control::Pair(holder, pair.row, PairPart::Value), rules::label_value(&pair.value));
            }
        }
        if !holder.is_labels() {
            let mut all: Vec<(&str, &str)> =
                draft.pairs(holder).iter().map(|pair| (pair.key.as_str(), pair.value.as_str())).collect();
            if holder == Holder::Annotations {
                all.push((ALIAS, draft.alias.as_str()));
                all.push((DESCRIPTION, draft.description.as_str()));
            }
            self.error(Control::Pairs(holder), rules::annotations_size(all));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> WorkloadDraft {
        let mut draft = WorkloadDraft::new(WorkloadKind::StatefulSet, "default");
        draft.name = "web".to_owned();
        draft.containers[0].image = "nginx:1.27".to_owned();
        draft
    }

    fn around() -> Surroundings {
        let row = |name: &str, terminating| NamespaceRow { name: name.to_owned(), terminating };
        Surroundings {
            namespaces: Some(vec![row("default", false), row("old", true)]),
            taken: vec![("default".to_owned(), "db".to_owned())],
        }
    }

    #[test]
    fn a_good_draft_has_no_findings() {
        assert_eq!(good().validate(&around()), []);
    }

    #[test]
    fn each_mistake_is_found_at_its_control() {
        type Mistake = fn(&mut WorkloadDraft);
        let cases: &[(Mistake, &str, &str, &str)] = &[
            (|d| d.name.clear(), "f-name", "metadata.name", "NAME_MISSING"),
            (|d| d.name = "db".into(), "f-name", "metadata.name", "NAME_TAKEN"),
            (|d| d.name = "a".repeat(53), "f-name", "metadata.name", "NAME_STATEFUL_SET_LONG"),
            (
                |d| d.alias = "字".repeat(61),
                "f-alias",
                "metadata.annotations[binnacle.dev/alias]",
                "TEXT_LONG",
            ),
            (
                |d| {
                    d.add_pair(Holder::Annotations);
                    d.annotations[0].key = "kpanda.io/alias-name".into();
                },
                "f-annotations-2-key",
                "metadata.annotations[kpanda.io/alias-name]",
                "KEY_ALIAS",
            ),
            (|d| d.namespace = "gone".into(), "f-namespace", "metadata.namespace", "NAMESPACE_UNKNOWN"),
            (|d| d.namespace = "old".into(), "f-namespace", "metadata.namespace", "NAMESPACE_TERMINATING"),
            (|d| d.replicas = "1.5".into(), "f-replicas", "spec.replicas", "COUNT_NOT_WHOLE"),
            (
                |d| d.description = "x".repeat(513),
                "f-description",
                "metadata.annotations[binnacle.dev/description]",
                "TEXT_LONG",
            ),
            (
                |d| d.containers[0].image = "nginx".into(),
                "f-c1-image",
                "spec.template.spec.containers[0].image",
                "IMAGE_FLOATING",
            ),
            (
                |d| d.containers[0].role = Role::Init,
                "f-containers",
                "spec.template.spec.containers",
                "CONTAINER_MISSING",
            ),
            (
                |d| {
                    let row = d.copy_container(d.containers[0].row).unwrap();
                    d.container_mut(row).unwrap().name = "container-1".into();
                },
                "f-c2-name",
                "spec.template.spec.containers[1].name",
                "NAME_TWICE",
            ),
            (
                |d| d.containers[0].memory_limit.number = "512MB".into(),
                "f-c1-memory-limit",
                "spec.template.spec.containers[0].resources.limits.memory",
                "QUANTITY_UNIT_HINT",
            ),
            (
                |d| d.containers[0].cpu_request.number = "251".into(),
                "f-c1-cpu-request",
                "spec.template.spec.containers[0].resources.requests.cpu",
                "REQUEST_OVER_LIMIT",
            ),
            (
                |d| {
                    d.add_pair(Holder::Labels);
                    d.labels[0].key = "app".into();
                },
                "f-labels-2-key",
                "metadata.labels.app",
                "KEY_SELECTOR",
            ),
            (
                |d| {
                    d.add_pair(Holder::PodAnnotations);
                    d.add_pair(Holder::PodAnnotations);
                    d.pod_annotations[0].key = "a".into();
                    d.pod_annotations[1].key = "a".into();
                },
                "f-pod-annotations-3-key",
                "spec.template.metadata.annotations.a",
                "KEY_TWICE",
            ),
            (
                |d| {
                    d.add_pair(Holder::PodLabels);
                    d.pod_labels[0].value = "x".into();
                },
                "f-pod-labels-2-key",
                "spec.template.metadata.labels[]",
                "KEY_MISSING",
            ),
        ];
        for (mistake, control, path, key) in cases {
            let mut draft = good();
            mistake(&mut draft);
            let findings = draft.validate(&around());
            let [finding] = findings.as_slice() else { panic!("{key}: {findings:?}") };
            assert_eq!(finding.control.map(Control::id).as_deref(), Some(*control), "{key}");
            assert_eq!(finding.issue.path.to_string(), *path, "{key}");
            assert_eq!(finding.issue.text.key.rsplit("::").next(), Some(*key));
        }
    }

    #[test]
    fn blank_rows_and_cleared_amounts_are_fine() {
        let mut draft = good();
        draft.add_pair(Holder::Labels);
        draft.containers[0].cpu_limit.number.clear();
        draft.containers[0].memory_request.number.clear();
        assert_eq!(draft.validate(&around()), []);
    }
}
