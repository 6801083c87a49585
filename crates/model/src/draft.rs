//! A workload as the form holds it.
//!
//! A [`WorkloadDraft`] is a projection over an object, never the object itself (design rule 1). It is
//! [read](WorkloadDraft::read) from an object and written [over](WorkloadDraft::to_object) one: only
//! what differs from what that object reads as is written, so every path the form does not own, or
//! that the user did not touch, survives. Creating is the same over a [`skeleton`].
//!
//! Five laws hold (property tests in `tests/draft_laws.rs`): unchanged is untouched; what is set is
//! what is read; foreign fields survive; reading never panics and never drops; the result is
//! accepted by the Kubernetes types.

mod amount;
mod check;
mod control;
mod read;
mod saved;
mod write;

use serde::{Deserialize, Serialize};

use crate::object::WorkloadKind;

pub use amount::{Amount, Resource, Unit};
pub use check::{Finding, Surroundings};
pub use control::{ContainerField, Control, Holder, PairPart, Step};
pub use saved::Saved;
pub use write::skeleton;

/// Annotation that holds the description (PS 8.6 asks for a prefix of our own).
pub const DESCRIPTION: &str = "binnacle.dev/description";

/// Annotation of the reference product that holds its description; read, and kept where it is.
pub const FOREIGN_DESCRIPTION: &str = "kpanda.io/describe";

/// Annotation that holds the alias (PS 8.2).
pub const ALIAS: &str = "binnacle.dev/alias";

/// Annotation of the reference product that holds its alias; read, and kept where it is.
pub const FOREIGN_ALIAS: &str = "kpanda.io/alias-name";

/// Identity of a row of the form, stable while rows are added, moved and removed; unique in a draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowId(pub u32);

/// When a container runs (PS 9.1). Init containers come first, as they run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Runs to its end before the work containers start.
    Init,
    /// Runs for the life of the pod.
    #[default]
    Work,
}

/// One container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerDraft {
    /// Identity of the row.
    pub row: RowId,
    /// When it runs.
    pub role: Role,
    /// Name.
    pub name: String,
    /// Image reference.
    pub image: String,
    /// Whether the image is pulled on every start (`imagePullPolicy: Always`).
    pub always_pull: bool,
    /// Whether it has all rights of the host (`securityContext.privileged`).
    pub privileged: bool,
    /// CPU it is sure to get.
    pub cpu_request: Amount,
    /// CPU it may use at most.
    pub cpu_limit: Amount,
    /// Memory it is sure to get.
    pub memory_request: Amount,
    /// Memory it may use at most.
    pub memory_limit: Amount,
    /// The element of the base object it came from: list, and place there. Fields the form does not
    /// know are taken from it.
    pub origin: Option<(Role, usize)>,
}

/// One label or annotation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PairRow {
    /// Identity of the row.
    pub row: RowId,
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
}

impl PairRow {
    /// Whether nothing was typed; such a row is not written.
    pub fn is_blank(&self) -> bool {
        self.key.is_empty() && self.value.is_empty()
    }
}

/// The form of one workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadDraft {
    /// Kind.
    pub kind: WorkloadKind,
    /// Name.
    pub name: String,
    /// What people call it; may be empty. Drafts that were stored before there was one have none.
    #[serde(default)]
    pub alias: String,
    /// Namespace.
    pub namespace: String,
    /// Number of pods, as typed.
    pub replicas: String,
    /// Description.
    pub description: String,
    /// Containers, init containers first.
    pub containers: Vec<ContainerDraft>,
    /// Labels of the workload.
    pub labels: Vec<PairRow>,
    /// Annotations of the workload.
    pub annotations: Vec<PairRow>,
    /// Labels of its pods.
    pub pod_labels: Vec<PairRow>,
    /// Annotations of its pods.
    pub pod_annotations: Vec<PairRow>,
    /// Labels by which it finds its pods (`spec.selector.matchLabels`), shown and never edited. None
    /// while creating: then the console writes `app: <name>`, see [`Self::fixed_labels`].
    pub selector: Vec<(String, String)>,
    /// The next row's identity.
    next_row: u32,
}

impl WorkloadDraft {
    /// A new workload with the defaults of PS 8.2 and 9.1: one pod, one container with 250m CPU and
    /// 512Mi memory, asked for and at most.
    pub fn new(kind: WorkloadKind, namespace: impl Into<String>) -> Self {
        let mut draft = WorkloadDraft {
            kind,
            name: String::new(),
            alias: String::new(),
            namespace: namespace.into(),
            replicas: "1".to_owned(),
            description: String::new(),
            containers: Vec::new(),
            labels: Vec::new(),
            annotations: Vec::new(),
            pod_labels: Vec::new(),
            pod_annotations: Vec::new(),
            selector: Vec::new(),
            next_row: 0,
        };
        draft.add_container();
        draft
    }

    /// Whether the user changed nothing of a new draft but, maybe, its namespace.
    pub fn is_pristine(&self) -> bool {
        self.clone().renumbered() == WorkloadDraft::new(self.kind, self.namespace.clone()).renumbered()
    }

    /// The labels the console keeps by itself, because the workload finds its pods by them.
    pub fn fixed_labels(&self) -> Vec<(String, String)> {
        if self.selector.is_empty() {
            vec![(write::SELECTOR_KEY.to_owned(), self.name.clone())]
        } else {
            self.selector.clone()
        }
    }

    fn new_row(&mut self) -> RowId {
        self.next_row += 1;
        RowId(self.next_row)
    }

    /// The container in a row.
    pub fn container(&self, row: RowId) -> Option<&ContainerDraft> {
        self.containers.iter().find(|container| container.row == row)
    }

    /// The container in a row, to change it.
    pub fn container_mut(&mut self, row: RowId) -> Option<&mut ContainerDraft> {
        self.containers.iter_mut().find(|container| container.row == row)
    }

    /// Adds a work container with the defaults of PS 9.1 at the end.
    pub fn add_container(&mut self) -> RowId {
        let row = self.new_row();
        let container = ContainerDraft {
            row,
            name: self.free_container_name("container-1"),
            cpu_request: Amount::new("250", Unit::Millicore),
            cpu_limit: Amount::new("250", Unit::Millicore),
            memory_request: Amount::new("512", Unit::Mi),
            memory_limit: Amount::new("512", Unit::Mi),
            ..ContainerDraft::default()
        };
        self.containers.push(container);
        row
    }

    /// Adds a copy of a container after it, with a name of its own and all that the form does not
    /// show.
    pub fn copy_container(&mut self, row: RowId) -> Option<RowId> {
        let place = self.containers.iter().position(|container| container.row == row)?;
        let mut copy = self.containers[place].clone();
        copy.name = self.free_container_name(&copy.name);
        copy.row = self.new_row();
        let row = copy.row;
        self.containers.insert(place + 1, copy);
        Some(row)
    }

    /// Takes a container out; what [`Self::put_container`] needs to undo it.
    pub fn remove_container(&mut self, row: RowId) -> Option<(usize, ContainerDraft)> {
        let place = self.containers.iter().position(|container| container.row == row)?;
        Some((place, self.containers.remove(place)))
    }

    /// Puts a container back at its place.
    pub fn put_container(&mut self, place: usize, container: ContainerDraft) {
        self.containers.insert(place.min(self.containers.len()), container);
        self.sort_containers();
    }

    /// Whether a container can move up (`-1`) or down (`1`) among those of its role.
    pub fn can_move_container(&self, row: RowId, by: isize) -> bool {
        self.neighbour(row, by).is_some()
    }

    /// Moves a container up (`-1`) or down (`1`) among those of its role.
    pub fn move_container(&mut self, row: RowId, by: isize) {
        if let Some((place, other)) = self.neighbour(row, by) {
            self.containers.swap(place, other);
        }
    }

    fn neighbour(&self, row: RowId, by: isize) -> Option<(usize, usize)> {
        let place = self.containers.iter().position(|container| container.row == row)?;
        let other = place.checked_add_signed(by)?;
        let role = self.containers.get(other)?.role;
        (role == self.containers[place].role).then_some((place, other))
    }

    /// Makes a container an init or a work container; it keeps its order among the new ones.
    pub fn set_role(&mut self, row: RowId, role: Role) {
        if let Some(container) = self.container_mut(row) {
            container.role = role;
            self.sort_containers();
        }
    }

    fn sort_containers(&mut self) {
        self.containers.sort_by_key(|container| container.role);
    }

    /// The name itself if it is free, else its stem with the next free number.
    fn free_container_name(&self, wanted: &str) -> String {
        let stem = wanted.trim_end_matches(|c: char| c.is_ascii_digit());
        let first = wanted[stem.len()..].parse::<u32>().unwrap_or(1);
        let stem = if wanted.len() > stem.len() { stem.to_owned() } else { format!("{wanted}-") };
        let mut number = first;
        loop {
            let name = if number == first { wanted.to_owned() } else { format!("{stem}{number}") };
            if !self.containers.iter().any(|container| container.name == name) {
                return name;
            }
            number = number.saturating_add(1);
        }
    }

    /// The labels or annotations of one holder.
    pub fn pairs(&self, holder: Holder) -> &Vec<PairRow> {
        match holder {
            Holder::Labels => &self.labels,
            Holder::Annotations => &self.annotations,
            Holder::PodLabels => &self.pod_labels,
            Holder::PodAnnotations => &self.pod_annotations,
        }
    }

    /// The labels or annotations of one holder, to change them.
    pub fn pairs_mut(&mut self, holder: Holder) -> &mut Vec<PairRow> {
        match holder {
            Holder::Labels => &mut self.labels,
            Holder::Annotations => &mut self.annotations,
            Holder::PodLabels => &mut self.pod_labels,
            Holder::PodAnnotations => &mut self.pod_annotations,
        }
    }

    /// Adds an empty label or annotation.
    pub fn add_pair(&mut self, holder: Holder) -> RowId {
        let row = self.new_row();
        self.pairs_mut(holder).push(PairRow { row, ..PairRow::default() });
        row
    }

    /// Takes a label or annotation out; what [`Self::put_pair`] needs to undo it.
    pub fn remove_pair(&mut self, holder: Holder, row: RowId) -> Option<(usize, PairRow)> {
        let pairs = self.pairs_mut(holder);
        let place = pairs.iter().position(|pair| pair.row == row)?;
        Some((place, pairs.remove(place)))
    }

    /// Puts a label or annotation back at its place.
    pub fn put_pair(&mut self, holder: Holder, place: usize, pair: PairRow) {
        let pairs = self.pairs_mut(holder);
        pairs.insert(place.min(pairs.len()), pair);
    }

    /// The same draft with rows numbered from the top, so that two drafts that say the same are
    /// equal.
    #[must_use]
    pub fn renumbered(mut self) -> Self {
        self.next_row = 0;
        for place in 0..self.containers.len() {
            self.containers[place].row = self.new_row();
        }
        for holder in Holder::ALL {
            for place in 0..self.pairs(holder).len() {
                let row = self.new_row();
                self.pairs_mut(holder)[place].row = row;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(draft: &WorkloadDraft) -> Vec<&str> {
        draft.containers.iter().map(|container| container.name.as_str()).collect()
    }

    #[test]
    fn containers_are_added_copied_moved_removed_and_put_back() {
        let mut draft = WorkloadDraft::new(WorkloadKind::StatefulSet, "default");
        let first = draft.containers[0].row;
        let second = draft.add_container();
        assert_eq!(names(&draft), ["container-1", "container-2"]);
        draft.container_mut(first).unwrap().name = "web".to_owned();
        let copy = draft.copy_container(first).unwrap();
        assert_eq!(names(&draft), ["web", "web-2", "container-2"]);
        draft.move_container(copy, 1);
        assert_eq!(names(&draft), ["web", "container-2", "web-2"]);
        assert!(!draft.can_move_container(copy, 1));
        draft.set_role(copy, Role::Init);
        assert_eq!(names(&draft), ["web-2", "web", "container-2"]);
        assert!(!draft.can_move_container(first, -1), "a work container never moves before init ones");
        let (place, removed) = draft.remove_container(second).unwrap();
        assert_eq!(names(&draft), ["web-2", "web"]);
        draft.put_container(place, removed);
        assert_eq!(names(&draft), ["web-2", "web", "container-2"]);
    }

    #[test]
    fn a_new_draft_is_pristine_until_something_is_typed() {
        let mut draft = WorkloadDraft::new(WorkloadKind::StatefulSet, "default");
        assert!(draft.is_pristine());
        draft.namespace = "shop".to_owned();
        assert!(draft.is_pristine());
        let row = draft.add_container();
        assert!(!draft.is_pristine());
        draft.remove_container(row);
        assert!(draft.is_pristine(), "what was undone counts for nothing");
        draft.description = "x".to_owned();
        assert!(!draft.is_pristine());
    }
}
