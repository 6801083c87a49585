//! The five laws of the form, for any object and any draft.

use binnacle_model::{
    FieldPath, Segment,
    draft::{Amount, ContainerDraft, Holder, PairRow, Resource, Role, Surroundings, WorkloadDraft, skeleton},
    object::WorkloadKind,
    yaml::to_yaml,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const KIND: WorkloadKind = WorkloadKind::StatefulSet;

/// Any JSON, a few levels deep, its keys often those the form looks for.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(vec!["Always", "Never", "250m", "512Mi", "1e3", "web"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any_key(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "metadata",
            "name",
            "namespace",
            "labels",
            "annotations",
            "spec",
            "replicas",
            "selector",
            "matchLabels",
            "template",
            "containers",
            "initContainers",
            "image",
            "imagePullPolicy",
            "resources",
            "requests",
            "limits",
            "cpu",
            "memory",
            "securityContext",
            "privileged",
            "binnacle.dev/description",
            "kpanda.io/describe",
            "binnacle.dev/alias",
            "kpanda.io/alias-name",
            "app",
        ])
        .prop_map(str::to_owned),
        "[a-z./]{0,6}",
    ]
}

/// A workload in which some values were replaced or added, at places the form knows or does not.
fn damaged_object() -> impl Strategy<Value = Value> {
    (valid_draft(), prop::collection::vec((any::<prop::sample::Index>(), any_key(), any_json()), 0..6))
        .prop_map(|(draft, changes)| {
            let mut object = draft.to_create();
            for (which, key, value) in changes {
                let mut places = Vec::new();
                all_places(&object, &FieldPath::root(), &mut places);
                let place = which.get(&places).clone();
                if let Some(inner) = at_mut(&mut object, &place) {
                    match inner {
                        Value::Object(map) => {
                            map.insert(key, value);
                        }
                        other => *other = value,
                    }
                }
            }
            object
        })
}

fn all_places(value: &Value, path: &FieldPath, out: &mut Vec<FieldPath>) {
    out.push(path.clone());
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, inner)| all_places(inner, &path.key(key.clone()), out));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, inner)| all_places(inner, &path.index(place), out));
        }
        _ => {}
    }
}

fn at_mut<'a>(object: &'a mut Value, path: &FieldPath) -> Option<&'a mut Value> {
    path.0.iter().try_fold(object, |value, segment| match segment {
        Segment::Key(key) => value.get_mut(key),
        Segment::Index(place) => value.get_mut(place),
    })
}

fn amount(resource: Resource, request: bool) -> impl Strategy<Value = Amount> {
    // Requests end where limits begin.
    let texts = match (resource, request) {
        (Resource::Cpu, true) => vec!["", "0", "1m", "250m", "0.25"],
        (Resource::Cpu, false) => vec!["", "250m", "0.5", "2", "1e3", "1k"],
        (Resource::Memory, true) => vec!["", "1Mi", "512Mi", "500M", "1048576"],
        (Resource::Memory, false) => vec!["", "512Mi", "1.5Gi", "2G", "1e10"],
    };
    prop::sample::select(texts).prop_map(move |text| Amount::read(resource, text))
}

fn container() -> impl Strategy<Value = ContainerDraft> {
    (
        prop_oneof![Just(Role::Init), Just(Role::Work)],
        prop::sample::select(vec!["nginx", "nginx:1.27", "localhost:5000/a/b:c"]),
        any::<(bool, bool)>(),
        amount(Resource::Cpu, true),
        amount(Resource::Cpu, false),
        amount(Resource::Memory, true),
        amount(Resource::Memory, false),
    )
        .prop_map(
            |(
                role,
                image,
                (always_pull, privileged),
                cpu_request,
                cpu_limit,
                memory_request,
                memory_limit,
            )| {
                ContainerDraft {
                    role,
                    image: image.to_owned(),
                    always_pull,
                    privileged,
                    cpu_request,
                    cpu_limit,
                    memory_request,
                    memory_limit,
                    ..ContainerDraft::default()
                }
            },
        )
}

fn pairs() -> impl Strategy<Value = Vec<PairRow>> {
    prop::collection::btree_map("[a-z]{1,5}(\\.io/[a-z]{1,3})?", "[a-z0-9]{0,5}", 0..4).prop_map(|map| {
        map.into_iter()
            .filter(|(key, _)| key != "app")
            .map(|(key, value)| PairRow { key, value, ..PairRow::default() })
            .collect()
    })
}

fn valid_draft() -> impl Strategy<Value = WorkloadDraft> {
    (
        "[a-z0-9]{1,20}",
        "[a-z0-9]{1,10}",
        0..=i32::MAX,
        ("\\PC{0,40}", "\\PC{0,40}"),
        prop::collection::vec(container(), 0..4),
        [pairs(), pairs(), pairs(), pairs()],
    )
        .prop_map(|(name, namespace, replicas, (alias, description), containers, all_pairs)| {
            let mut draft = WorkloadDraft::new(KIND, namespace);
            draft.name = name;
            draft.replicas = replicas.to_string();
            draft.alias = alias;
            draft.description = description;
            draft.containers[0].image = "nginx".to_owned();
            draft.containers.extend(containers);
            draft.containers.sort_by_key(|container| container.role);
            for (place, container) in draft.containers.iter_mut().enumerate() {
                container.name = format!("c{place}");
            }
            for (holder, rows) in Holder::ALL.into_iter().zip(all_pairs) {
                *draft.pairs_mut(holder) = rows;
            }
            draft.renumbered()
        })
}

/// A draft without what only tells where it came from.
fn plain(draft: &WorkloadDraft) -> WorkloadDraft {
    let mut draft = draft.clone().renumbered();
    draft.selector.clear();
    for container in &mut draft.containers {
        container.origin = None;
    }
    draft
}

/// One thing a user does to a draft.
#[derive(Clone, Debug)]
enum Edit {
    Text(u8, String),
    Image(prop::sample::Index, String),
    Amount(prop::sample::Index, u8, String),
    Flags(prop::sample::Index, bool, bool),
    Role(prop::sample::Index, Role),
    Move(prop::sample::Index, isize),
    Copy(prop::sample::Index),
    Remove(prop::sample::Index),
    Add,
    AddPair(u8, String, String),
    RemovePair(u8, prop::sample::Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let which = any::<prop::sample::Index>;
    prop_oneof![
        (0..5_u8, "[a-z0-9]{0,8}").prop_map(|(field, text)| Edit::Text(field, text)),
        (which(), "[a-z]{0,8}").prop_map(|(which, text)| Edit::Image(which, text)),
        (which(), 0..4_u8, "[0-9]{0,3}(m|Mi|x)?")
            .prop_map(|(which, field, text)| Edit::Amount(which, field, text)),
        (which(), any::<bool>(), any::<bool>())
            .prop_map(|(which, pull, rights)| Edit::Flags(which, pull, rights)),
        (which(), prop_oneof![Just(Role::Init), Just(Role::Work)])
            .prop_map(|(which, role)| Edit::Role(which, role)),
        (which(), prop_oneof![Just(-1_isize), Just(1)]).prop_map(|(which, by)| Edit::Move(which, by)),
        which().prop_map(Edit::Copy),
        which().prop_map(Edit::Remove),
        Just(Edit::Add),
        (0..4_u8, "[a-z]{1,5}", "[a-z]{0,5}")
            .prop_map(|(holder, key, value)| Edit::AddPair(holder, key, value)),
        (0..4_u8, which()).prop_map(|(holder, which)| Edit::RemovePair(holder, which)),
    ]
}

fn apply(draft: &mut WorkloadDraft, edit: &Edit) {
    let row = |draft: &WorkloadDraft, which: &prop::sample::Index| {
        (!draft.containers.is_empty()).then(|| which.get(&draft.containers).row)
    };
    let holder = |place: &u8| Holder::ALL[usize::from(*place)];
    match edit {
        Edit::Text(0, text) => draft.name.clone_from(text),
        Edit::Text(1, text) => draft.namespace.clone_from(text),
        Edit::Text(2, text) => draft.replicas.clone_from(text),
        Edit::Text(3, text) => draft.alias.clone_from(text),
        Edit::Text(_, text) => draft.description.clone_from(text),
        Edit::Add => {
            draft.add_container();
        }
        Edit::AddPair(place, key, value) => {
            draft.add_pair(holder(place));
            if let Some(pair) = draft.pairs_mut(holder(place)).last_mut() {
                pair.key.clone_from(key);
                pair.value.clone_from(value);
            }
        }
        Edit::RemovePair(place, which) => {
            let rows = draft.pairs_mut(holder(place));
            if !rows.is_empty() {
                let place = which.index(rows.len());
                rows.remove(place);
            }
        }
        Edit::Image(which, _)
        | Edit::Amount(which, ..)
        | Edit::Flags(which, ..)
        | Edit::Role(which, _)
        | Edit::Move(which, _)
        | Edit::Copy(which)
        | Edit::Remove(which) => {
            let Some(row) = row(draft, which) else { return };
            match edit {
                Edit::Role(_, role) => draft.set_role(row, *role),
                Edit::Move(_, by) => draft.move_container(row, *by),
                Edit::Copy(_) => drop(draft.copy_container(row)),
                Edit::Remove(_) => drop(draft.remove_container(row)),
                _ => {
                    let container = draft.container_mut(row).expect("the row is there");
                    match edit {
                        Edit::Image(_, text) => container.image.clone_from(text),
                        Edit::Flags(_, pull, rights) => {
                            container.always_pull = *pull;
                            container.privileged = *rights;
                        }
                        Edit::Amount(_, field, text) => {
                            let (resource, amount) = match field {
                                0 => (Resource::Cpu, &mut container.cpu_request),
                                1 => (Resource::Cpu, &mut container.cpu_limit),
                                2 => (Resource::Memory, &mut container.memory_request),
                                _ => (Resource::Memory, &mut container.memory_limit),
                            };
                            *amount = amount.typed(resource, text);
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}

fn take(value: &mut Value, path: &[&str]) {
    match path {
        [] => {}
        [last] => {
            if let Some(map) = value.as_object_mut() {
                map.shift_remove(*last);
            }
        }
        [first, rest @ ..] => {
            if let Some(inner) = value.get_mut(*first) {
                take(inner, rest);
                if inner.as_object().is_some_and(Map::is_empty) {
                    take(value, &[first]);
                }
            }
        }
    }
}

/// A container without what the form owns in it.
fn foreign_in_container(container: &Value) -> Value {
    let mut rest = container.clone();
    for path in [
        &["name"][..],
        &["image"],
        &["imagePullPolicy"],
        &["securityContext", "privileged"],
        &["resources", "requests", "cpu"],
        &["resources", "requests", "memory"],
        &["resources", "limits", "cpu"],
        &["resources", "limits", "memory"],
        &["resources", "requests"],
        &["resources", "limits"],
    ] {
        match path {
            ["resources", half] => {
                if rest.pointer(&format!("/resources/{half}")).is_some_and(|map| *map == json!({})) {
                    take(&mut rest, path);
                }
            }
            path => take(&mut rest, path),
        }
    }
    rest
}

/// An object without what the form owns in it.
fn foreign(object: &Value) -> Value {
    let mut rest = object.clone();
    for path in [
        &["metadata", "name"][..],
        &["metadata", "namespace"],
        &["metadata", "labels"],
        &["metadata", "annotations"],
        &["spec", "replicas"],
        &["spec", "template", "metadata", "labels"],
        &["spec", "template", "metadata", "annotations"],
        &["spec", "template", "spec", "containers"],
        &["spec", "template", "spec", "initContainers"],
    ] {
        take(&mut rest, path);
    }
    rest
}

/// Fields no form knows, at every level.
fn with_foreign_fields(mut object: Value, extra: &Value) -> Value {
    for pointer in [
        "",
        "/metadata",
        "/spec",
        "/spec/template",
        "/spec/template/spec",
        "/spec/template/metadata",
        "/spec/template/spec/containers/0",
        "/spec/template/spec/containers/0/resources",
        "/spec/template/spec/containers/0/resources/limits",
        "/spec/template/spec/containers/0/securityContext",
        "/spec/template/spec/initContainers/0",
    ] {
        if let Some(map) = object.pointer_mut(pointer).and_then(Value::as_object_mut) {
            map.insert("xForeign".to_owned(), extra.clone());
        }
    }
    object
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn law_1_unchanged_is_untouched(object in prop_oneof![damaged_object(), any_json()]) {
        let (draft, _) = WorkloadDraft::read(&object);
        prop_assert_eq!(draft.to_object(&object), object);
    }

    #[test]
    fn law_2_what_is_set_is_what_is_read(draft in valid_draft()) {
        let errors: Vec<_> =
            draft.validate(&Surroundings::default()).into_iter().filter(|finding| finding.is_error()).collect();
        prop_assert!(errors.is_empty(), "{errors:?}");
        let (read, issues) = WorkloadDraft::read(&draft.to_create());
        prop_assert!(issues.is_empty());
        prop_assert_eq!(plain(&read), plain(&draft));
    }

    #[test]
    fn law_2_also_over_another_object(draft in valid_draft(), other in valid_draft()) {
        let base = other.to_create();
        let (mut edited, _) = WorkloadDraft::read(&base);
        edited.replicas = draft.replicas.clone();
        edited.alias = draft.alias.clone();
        edited.description = draft.description.clone();
        edited.containers = draft.containers.clone();
        for holder in Holder::ALL {
            *edited.pairs_mut(holder) = draft.pairs(holder).clone();
        }
        // Pairs keep the order of the object they are written over.
        let sorted = |draft: &WorkloadDraft| {
            let mut draft = draft.clone();
            for holder in Holder::ALL {
                draft.pairs_mut(holder).sort_by(|a, b| a.key.cmp(&b.key));
            }
            plain(&draft)
        };
        let (read, _) = WorkloadDraft::read(&edited.to_object(&base));
        prop_assert_eq!(sorted(&read), sorted(&edited));
    }

    #[test]
    fn law_3_foreign_fields_survive(
        draft in valid_draft(),
        extra in any_json(),
        edits in prop::collection::vec(edit(), 0..12),
    ) {
        prop_assume!(extra != json!({}));
        let base = with_foreign_fields(draft.to_create(), &extra);
        let (mut edited, _) = WorkloadDraft::read(&base);
        for edit in &edits {
            apply(&mut edited, edit);
        }
        let object = edited.to_object(&base);
        prop_assert_eq!(foreign(&object), foreign(&base));
        for role in [Role::Init, Role::Work] {
            let list = if role == Role::Init { "initContainers" } else { "containers" };
            for (place, container) in edited.of_role(role).enumerate() {
                let written = &object["spec"]["template"]["spec"][list][place];
                let Some((from, old)) = container.origin else { continue };
                let from = if from == Role::Init { "initContainers" } else { "containers" };
                let was = &base["spec"]["template"]["spec"][from][old];
                prop_assert_eq!(foreign_in_container(written), foreign_in_container(was));
            }
        }
    }

    #[test]
    fn law_4_reading_never_panics(
        object in prop_oneof![damaged_object(), any_json()],
        edits in prop::collection::vec(edit(), 0..12),
    ) {
        let (mut draft, issues) = WorkloadDraft::read(&object);
        for issue in &issues {
            prop_assert!(issue.path.get(&object).is_some(), "{} is not in the object", issue.path);
        }
        for edit in &edits {
            apply(&mut draft, edit);
        }
        let written = draft.to_object(&object);
        let findings = draft.validate(&Surroundings::default());
        for finding in findings {
            let control = finding.control.expect("each of our findings has its control");
            prop_assert_eq!(draft.control_of(&draft.path_of(control)).map(|found| found.step()), Some(control.step()));
        }
        let _ = to_yaml(&written);
    }

    #[test]
    fn law_5_the_kubernetes_types_accept_it(draft in valid_draft()) {
        let object = draft.to_create();
        let typed: k8s_openapi::api::apps::v1::StatefulSet =
            serde_json::from_value(object.clone()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let back = serde_json::to_value(typed).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(back, object);
    }

    #[test]
    fn yaml_reads_back_as_the_object(object in prop_oneof![valid_draft().prop_map(|draft| draft.to_create()), any_json()]) {
        let text = to_yaml(&object);
        let back: Value =
            serde_saphyr::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(back, object, "{}", text);
    }
}

#[test]
fn the_skeleton_reads_as_a_draft_without_containers() {
    let (draft, issues) = WorkloadDraft::read(&skeleton(KIND, "default", "web"));
    assert_eq!((draft.name.as_str(), draft.containers.len(), issues.len()), ("web", 0, 0));
    assert!(Holder::ALL.iter().all(|holder| draft.pairs(*holder).is_empty()));
}
