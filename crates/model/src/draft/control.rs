//! Which control of the form shows which place of the object (design rule 7).

use super::{
    ALIAS, ContainerDraft, DESCRIPTION, FOREIGN_ALIAS, FOREIGN_DESCRIPTION, Resource, Role, RowId,
    WorkloadDraft,
};
use crate::{FieldPath, Issue, Lang, Segment, object::WorkloadKind};

/// A step of the wizard (PS 8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Basic information.
    Basic,
    /// Container settings.
    Containers,
    /// Advanced settings.
    Advanced,
    /// The review before OK.
    Review,
}

impl Step {
    /// All, in their order.
    pub const ALL: [Step; 4] = [Step::Basic, Step::Containers, Step::Advanced, Step::Review];

    /// Its place, counted from 0.
    pub fn index(self) -> usize {
        Step::ALL.iter().position(|step| *step == self).unwrap_or_default()
    }
}

/// What holds labels or annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// `metadata.labels`.
    Labels,
    /// `metadata.annotations`.
    Annotations,
    /// The pod template's `metadata.labels`.
    PodLabels,
    /// The pod template's `metadata.annotations`.
    PodAnnotations,
}

impl Holder {
    /// All, in the form's order.
    pub const ALL: [Holder; 4] =
        [Holder::Labels, Holder::Annotations, Holder::PodLabels, Holder::PodAnnotations];

    /// Whether these are labels.
    pub fn is_labels(self) -> bool {
        matches!(self, Holder::Labels | Holder::PodLabels)
    }

    /// Where it is in an object of that kind.
    pub fn path(self, kind: WorkloadKind) -> FieldPath {
        match self {
            Holder::Labels => FieldPath::from("metadata.labels"),
            Holder::Annotations => FieldPath::from("metadata.annotations"),
            Holder::PodLabels => template(kind).key("metadata").key("labels"),
            Holder::PodAnnotations => template(kind).key("metadata").key("annotations"),
        }
    }

    fn id(self) -> &'static str {
        match self {
            Holder::Labels => "labels",
            Holder::Annotations => "annotations",
            Holder::PodLabels => "pod-labels",
            Holder::PodAnnotations => "pod-annotations",
        }
    }
}

/// A part of a label or annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PairPart {
    /// The key.
    Key,
    /// The value.
    Value,
}

/// A field of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContainerField {
    /// Work or init.
    Role,
    /// Name.
    Name,
    /// Image.
    Image,
    /// Always pull.
    AlwaysPull,
    /// Privileged.
    Privileged,
    /// CPU request.
    CpuRequest,
    /// CPU limit.
    CpuLimit,
    /// Memory request.
    MemoryRequest,
    /// Memory limit.
    MemoryLimit,
}

impl ContainerField {
    fn id(self) -> &'static str {
        match self {
            ContainerField::Role => "role",
            ContainerField::Name => "name",
            ContainerField::Image => "image",
            ContainerField::AlwaysPull => "pull",
            ContainerField::Privileged => "privileged",
            ContainerField::CpuRequest => "cpu-request",
            ContainerField::CpuLimit => "cpu-limit",
            ContainerField::MemoryRequest => "memory-request",
            ContainerField::MemoryLimit => "memory-limit",
        }
    }

    /// Where it is inside a container; the role is which list the container stands in.
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            ContainerField::Role => &[],
            ContainerField::Name => &["name"],
            ContainerField::Image => &["image"],
            ContainerField::AlwaysPull => &["imagePullPolicy"],
            ContainerField::Privileged => &["securityContext", "privileged"],
            ContainerField::CpuRequest => &["resources", "requests", "cpu"],
            ContainerField::CpuLimit => &["resources", "limits", "cpu"],
            ContainerField::MemoryRequest => &["resources", "requests", "memory"],
            ContainerField::MemoryLimit => &["resources", "limits", "memory"],
        }
    }

    /// The resource, for the four amounts.
    pub fn resource(self) -> Option<Resource> {
        match self {
            ContainerField::CpuRequest | ContainerField::CpuLimit => Some(Resource::Cpu),
            ContainerField::MemoryRequest | ContainerField::MemoryLimit => Some(Resource::Memory),
            _ => None,
        }
    }
}

/// A control of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Control {
    /// Name.
    Name,
    /// Alias.
    Alias,
    /// Namespace.
    Namespace,
    /// Number of pods.
    Replicas,
    /// Description.
    Description,
    /// The list of containers as a whole.
    Containers,
    /// A field of a container.
    Container(RowId, ContainerField),
    /// Labels or annotations as a whole.
    Pairs(Holder),
    /// One part of one label or annotation.
    Pair(Holder, RowId, PairPart),
}

impl Control {
    /// The id of its element in the page: unique, a valid HTML id.
    pub fn id(self) -> String {
        match self {
            Control::Name => "f-name".to_owned(),
            Control::Alias => "f-alias".to_owned(),
            Control::Namespace => "f-namespace".to_owned(),
            Control::Replicas => "f-replicas".to_owned(),
            Control::Description => "f-description".to_owned(),
            Control::Containers => "f-containers".to_owned(),
            Control::Container(row, field) => format!("f-c{}-{}", row.0, field.id()),
            Control::Pairs(holder) => format!("f-{}", holder.id()),
            Control::Pair(holder, row, PairPart::Key) => format!("f-{}-{}-key", holder.id(), row.0),
            Control::Pair(holder, row, PairPart::Value) => format!("f-{}-{}-value", holder.id(), row.0),
        }
    }

    /// The step it stands in.
    pub fn step(self) -> Step {
        match self {
            Control::Name
            | Control::Alias
            | Control::Namespace
            | Control::Replicas
            | Control::Description => Step::Basic,
            Control::Containers | Control::Container(..) => Step::Containers,
            Control::Pairs(_) | Control::Pair(..) => Step::Advanced,
        }
    }

    /// The container it belongs to.
    pub fn container(self) -> Option<RowId> {
        match self {
            Control::Container(row, _) => Some(row),
            _ => None,
        }
    }
}

/// The control that shows an annotation with that key, where it is not a row of its own.
pub(super) fn noted(key: &str) -> Option<Control> {
    match key {
        ALIAS | FOREIGN_ALIAS => Some(Control::Alias),
        DESCRIPTION | FOREIGN_DESCRIPTION => Some(Control::Description),
        _ => None,
    }
}

/// Where the pod template is in an object of that kind.
pub(super) fn template(kind: WorkloadKind) -> FieldPath {
    match kind {
        WorkloadKind::StatefulSet => FieldPath::from("spec.template"),
    }
}

/// Where the containers of a role are.
pub(super) fn containers(kind: WorkloadKind, role: Role) -> FieldPath {
    template(kind).key("spec").key(match role {
        Role::Init => "initContainers",
        Role::Work => "containers",
    })
}

impl WorkloadDraft {
    /// The containers of a role, in their order.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &ContainerDraft> {
        self.containers.iter().filter(move |container| container.role == role)
    }

    /// The place in the object that a control shows.
    pub fn path_of(&self, control: Control) -> FieldPath {
        match control {
            Control::Name => FieldPath::from("metadata.name"),
            Control::Alias => FieldPath::from("metadata.annotations").key(ALIAS),
            Control::Namespace => FieldPath::from("metadata.namespace"),
            Control::Replicas => FieldPath::from("spec.replicas"),
            Control::Description => FieldPath::from("metadata.annotations").key(DESCRIPTION),
            Control::Containers => containers(self.kind, Role::Work),
            Control::Container(row, field) => {
                let role = self.container(row).map(|container| container.role).unwrap_or_default();
                let place = self.of_role(role).position(|container| container.row == row).unwrap_or_default();
                let path = containers(self.kind, role).index(place);
                field.keys().iter().fold(path, |path, key| path.key(*key))
            }
            Control::Pairs(holder) => holder.path(self.kind),
            Control::Pair(holder, row, _) => {
                let key = self.pairs(holder).iter().find(|pair| pair.row == row).map(|pair| pair.key.clone());
                holder.path(self.kind).key(key.unwrap_or_default())
            }
        }
    }

    /// The control that shows a place of the object, or the nearest one around it.
    pub fn control_of(&self, path: &FieldPath) -> Option<Control> {
        for holder in Holder::ALL {
            // The API server says `spec.template.labels` where the object has `spec.template.metadata.labels`.
            let short = template(self.kind).key(if holder.is_labels() { "labels" } else { "annotations" });
            let is_pods = matches!(holder, Holder::PodLabels | Holder::PodAnnotations);
            let long = holder.path(self.kind);
            let depth = match () {
                () if path.starts_with(&long) => long.0.len(),
                () if is_pods && path.starts_with(&short) => short.0.len(),
                () => continue,
            };
            let Some(Segment::Key(key)) = path.0.get(depth) else { return Some(Control::Pairs(holder)) };
            if holder == Holder::Annotations
                && let Some(control) = noted(key)
            {
                return Some(control);
            }
            let pair = self.pairs(holder).iter().find(|pair| pair.key == *key);
            return Some(
                pair.map_or(Control::Pairs(holder), |pair| Control::Pair(holder, pair.row, PairPart::Value)),
            );
        }
        for role in [Role::Init, Role::Work] {
            let list = containers(self.kind, role);
            if path.starts_with(&list) {
                let Some(Segment::Index(place)) = path.0.get(list.0.len()) else {
                    return Some(Control::Containers);
                };
                let Some(container) = self.of_role(role).nth(*place) else {
                    return Some(Control::Containers);
                };
                let inside: Vec<&str> = path.0[list.0.len() + 1..]
                    .iter()
                    .map_while(|segment| match segment {
                        Segment::Key(key) => Some(key.as_str()),
                        Segment::Index(_) => None,
                    })
                    .collect();
                return field_of(&inside).map(|field| Control::Container(container.row, field));
            }
        }
        [Control::Name, Control::Namespace, Control::Replicas]
            .into_iter()
            .find(|control| path.starts_with(&self.path_of(*control)))
            .or_else(|| (*path == FieldPath::from("metadata.generateName")).then_some(Control::Name))
    }

    /// The control at which an issue of the API server belongs. Its path names `requests` alone where
    /// one of two amounts is meant; its sentence says which.
    pub fn control_of_issue(&self, issue: &Issue) -> Option<Control> {
        match self.control_of(&issue.path)? {
            Control::Container(row, field) if field.resource().is_some() => {
                let named = issue.path.0.last() == Some(&Segment::Key("memory".to_owned()))
                    || issue.path.0.last() == Some(&Segment::Key("cpu".to_owned()));
                let says_memory = issue.text.render(Lang::En).contains("memory");
                Some(Control::Container(
                    row,
                    match field {
                        ContainerField::CpuRequest if !named && says_memory => ContainerField::MemoryRequest,
                        ContainerField::CpuLimit if !named && says_memory => ContainerField::MemoryLimit,
                        field => field,
                    },
                ))
            }
            control => Some(control),
        }
    }
}

/// The field that shows a place inside a container; a place that no field shows has none.
fn field_of(inside: &[&str]) -> Option<ContainerField> {
    Some(match inside {
        [] | ["name", ..] => ContainerField::Name,
        ["image", ..] => ContainerField::Image,
        ["imagePullPolicy", ..] => ContainerField::AlwaysPull,
        ["securityContext", "privileged", ..] => ContainerField::Privileged,
        ["resources", "limits", "memory", ..] => ContainerField::MemoryLimit,
        ["resources", "limits"] | ["resources", "limits", "cpu", ..] => ContainerField::CpuLimit,
        ["resources", "requests", "memory", ..] => ContainerField::MemoryRequest,
        ["resources"] | ["resources", "requests"] | ["resources", "requests", "cpu", ..] => {
            ContainerField::CpuRequest
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_the_object_lead_to_controls_and_back() {
        let mut draft = WorkloadDraft::new(WorkloadKind::StatefulSet, "default");
        let work = draft.containers[0].row;
        let init = draft.add_container();
        draft.set_role(init, Role::Init);
        let label = draft.add_pair(Holder::PodLabels);
        draft.pod_labels[0].key = "a.b/c".to_owned();
        let container = |row, field| Some(Control::Container(row, field));
        for (path, control) in [
            ("metadata.name", Some(Control::Name)),
            ("metadata.namespace", Some(Control::Namespace)),
            ("metadata.annotations[binnacle.dev/description]", Some(Control::Description)),
            ("metadata.annotations[binnacle.dev/alias]", Some(Control::Alias)),
            ("metadata.labels", Some(Control::Pairs(Holder::Labels))),
            ("metadata.labels[x]", Some(Control::Pairs(Holder::Labels))),
            (
                "spec.template.metadata.labels[a.b/c]",
                Some(Control::Pair(Holder::PodLabels, label, PairPart::Value)),
            ),
            ("spec.template.labels", Some(Control::Pairs(Holder::PodLabels))),
            ("spec.replicas", Some(Control::Replicas)),
            ("spec.template.spec.containers", Some(Control::Containers)),
            ("spec.template.spec.containers[0].image", container(work, ContainerField::Image)),
            ("spec.template.spec.containers[9].image", Some(Control::Containers)),
            ("spec.template.spec.initContainers[0].name", container(init, ContainerField::Name)),
            (
                "spec.template.spec.containers[0].resources.requests",
                container(work, ContainerField::CpuRequest),
            ),
            (
                "spec.template.spec.containers[0].resources.limits[memory]",
                container(work, ContainerField::MemoryLimit),
            ),
            ("spec.template.spec.containers[0].livenessProbe", None),
            ("spec.serviceName", None),
            ("", None),
        ] {
            let path = FieldPath::from(path);
            assert_eq!(draft.control_of(&path), control, "{path}");
            if let Some(control @ (Control::Container(..) | Control::Name | Control::Description)) = control
                && path.0.last() != Some(&Segment::Key("requests".to_owned()))
            {
                assert_eq!(draft.path_of(control), path);
            }
        }
        let said = Issue::error(
            FieldPath::from("spec.template.spec.containers[0].resources.requests"),
            crate::Text::raw("Invalid value: \"1Gi\": must be less than or equal to memory limit of 512Mi"),
        );
        assert_eq!(draft.control_of_issue(&said), container(work, ContainerField::MemoryRequest));
    }
}
