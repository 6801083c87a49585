//! Merging by path, case by case and by its laws.

use binnacle_model::{
    edit::{Choice, Conflict, Side},
    merge::{differences, editable, merge},
    patch,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Base, theirs, mine, the merged object, the places taken from theirs, the places in conflict.
type Row = (Value, Value, Value, Value, &'static [&'static str], &'static [&'static str]);

/// A pod template's containers, each `(name, image)`.
fn pod(containers: &[(&str, &str)]) -> Value {
    let list: Vec<Value> =
        containers.iter().map(|(name, image)| json!({"name": name, "image": image})).collect();
    json!({"spec": {"containers": list}})
}

fn list(name: &str, items: Value) -> Value {
    json!({ name: items })
}

#[test]
fn each_case_merges_as_it_should() {
    let labels = |map: Value| json!({"metadata": {"labels": map}});
    let rows: Vec<Row> = vec![
        // One side only.
        (json!({"a": 1}), json!({"a": 2}), json!({"a": 1}), json!({"a": 2}), &["a"], &[]),
        (json!({"a": 1}), json!({"a": 1}), json!({"a": 2}), json!({"a": 2}), &[], &[]),
        (json!({"a": 1}), json!({}), json!({"a": 1}), json!({}), &["a"], &[]),
        (json!({"a": 1}), json!({"a": 1}), json!({}), json!({}), &[], &[]),
        // Both alike, both otherwise.
        (json!({"a": 1}), json!({"a": 2}), json!({"a": 2}), json!({"a": 2}), &[], &[]),
        (json!({"a": 1}), json!({"a": 2}), json!({"a": 3}), json!({"a": 3}), &[], &["a"]),
        (json!({"a": 1}), json!({}), json!({"a": 3}), json!({"a": 3}), &[], &["a"]),
        (json!({"a": 1}), json!({"a": 3}), json!({}), json!({}), &[], &["a"]),
        (json!({}), json!({"a": 2}), json!({"a": 3}), json!({"a": 3}), &[], &["a"]),
        // Maps by member, also those that neither had.
        (
            labels(json!({"x": "1"})),
            labels(json!({"x": "1", "example.org/t": "2"})),
            labels(json!({"x": "2"})),
            labels(json!({"x": "2", "example.org/t": "2"})),
            &["metadata.labels[example.org/t]"],
            &[],
        ),
        (
            json!({"metadata": {}}),
            labels(json!({"t": "1"})),
            labels(json!({"m": "1"})),
            labels(json!({"m": "1", "t": "1"})),
            &["metadata.labels.t"],
            &[],
        ),
        // A map taken out by one and changed within by the other.
        (
            json!({"probe": {"path": "/", "port": 1}}),
            json!({"probe": {"path": "/x", "port": 1}}),
            json!({}),
            json!({}),
            &[],
            &["probe"],
        ),
        // Containers by name, whatever their order.
        (
            pod(&[("web", "a:1"), ("log", "b:1")]),
            pod(&[("web", "a:2"), ("log", "b:1")]),
            pod(&[("web", "a:1"), ("log", "b:2")]),
            pod(&[("web", "a:2"), ("log", "b:2")]),
            &["spec.containers[name=web].image"],
            &[],
        ),
        (
            pod(&[("web", "a:1")]),
            pod(&[("mesh", "m:1"), ("web", "a:1")]),
            pod(&[("web", "a:2"), ("log", "b:1")]),
            pod(&[("mesh", "m:1"), ("web", "a:2"), ("log", "b:1")]),
            &["spec.containers[name=mesh]"],
            &[],
        ),
        (
            pod(&[("web", "a:1"), ("log", "b:1")]),
            pod(&[("web", "a:2"), ("log", "b:1")]),
            pod(&[("web", "a:3")]),
            pod(&[("web", "a:3")]),
            &[],
            &["spec.containers[name=web].image"],
        ),
        (
            pod(&[("web", "a:1"), ("log", "b:1")]),
            pod(&[("web", "a:1"), ("log", "b:2")]),
            pod(&[("web", "a:1")]),
            pod(&[("web", "a:1")]),
            &[],
            &["spec.containers[name=log]"],
        ),
        (
            pod(&[("a", "1"), ("b", "1"), ("c", "1")]),
            pod(&[("c", "1"), ("b", "1"), ("a", "1")]),
            pod(&[("a", "1"), ("b", "2"), ("c", "1")]),
            pod(&[("c", "1"), ("b", "2"), ("a", "1")]),
            &[],
            &[],
        ),
        (
            pod(&[("a", "1"), ("b", "1"), ("c", "1")]),
            pod(&[("c", "1"), ("b", "1"), ("a", "1")]),
            pod(&[("b", "1"), ("a", "1"), ("c", "1")]),
            pod(&[("b", "1"), ("a", "1"), ("c", "1")]),
            &[],
            &["spec.containers"],
        ),
        // Ports by number and protocol, which is TCP when nobody says otherwise.
        (
            list("ports", json!([{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53}])),
            list(
                "ports",
                json!([{"containerPort": 53, "protocol": "UDP", "name": "u"}, {"containerPort": 53}]),
            ),
            list(
                "ports",
                json!([{"containerPort": 53, "protocol": "UDP"}, {"containerPort": 53, "name": "t"}]),
            ),
            list(
                "ports",
                json!([{"containerPort": 53, "protocol": "UDP", "name": "u"}, {"containerPort": 53, "name": "t"}]),
            ),
            &["ports[containerPort=53,protocol=UDP].name"],
            &[],
        ),
        (
            list("ports", json!([{"port": 80, "targetPort": 1}])),
            list("ports", json!([{"port": 80, "targetPort": 2}])),
            list("ports", json!([{"port": 80, "targetPort": 1}, {"port": 81}])),
            list("ports", json!([{"port": 80, "targetPort": 2}, {"port": 81}])),
            &["ports[port=80,protocol=TCP].targetPort"],
            &[],
        ),
        // Environment, volumes, mounts, tolerations.
        (
            list("env", json!([{"name": "A", "value": "1"}])),
            list("env", json!([{"name": "A", "value": "2"}])),
            list("env", json!([{"name": "A", "value": "1"}, {"name": "B", "value": "$(A)"}])),
            list("env", json!([{"name": "A", "value": "2"}, {"name": "B", "value": "$(A)"}])),
            &["env[name=A].value"],
            &[],
        ),
        (
            list("volumes", json!([{"name": "d", "emptyDir": {}}])),
            list("volumes", json!([{"name": "d", "emptyDir": {}}, {"name": "t", "emptyDir": {}}])),
            list("volumes", json!([{"name": "d", "configMap": {"name": "c"}}])),
            list(
                "volumes",
                json!([{"name": "d", "configMap": {"name": "c"}}, {"name": "t", "emptyDir": {}}]),
            ),
            &["volumes[name=t]"],
            &[],
        ),
        (
            list("volumeMounts", json!([{"name": "d", "mountPath": "/a"}])),
            list("volumeMounts", json!([{"name": "d", "mountPath": "/a", "readOnly": true}])),
            list("volumeMounts", json!([{"name": "d", "mountPath": "/a"}, {"name": "d", "mountPath": "/b"}])),
            list(
                "volumeMounts",
                json!([{"name": "d", "mountPath": "/a", "readOnly": true}, {"name": "d", "mountPath": "/b"}]),
            ),
            &["volumeMounts[mountPath=/a].readOnly"],
            &[],
        ),
        (
            list("tolerations", json!([{"key": "a", "operator": "Exists"}])),
            list("tolerations", json!([{"key": "a", "operator": "Exists", "tolerationSeconds": 3}])),
            list("tolerations", json!([{"key": "a", "operator": "Exists"}, {"operator": "Exists"}])),
            list(
                "tolerations",
                json!([{"key": "a", "operator": "Exists", "tolerationSeconds": 3}, {"operator": "Exists"}]),
            ),
            &["tolerations[key=a,operator=Exists].tolerationSeconds"],
            &[],
        ),
        // Sets of plain values; lists whose order is their meaning.
        (
            list("finalizers", json!(["a"])),
            list("finalizers", json!(["a", "t"])),
            list("finalizers", json!(["m", "a"])),
            list("finalizers", json!(["m", "a", "t"])),
            &["finalizers[=t]"],
            &[],
        ),
        (
            list("args", json!(["a", "b"])),
            list("args", json!(["a", "c"])),
            list("args", json!(["x", "b"])),
            list("args", json!(["x", "b"])),
            &[],
            &["args"],
        ),
        // Names that are there twice tell nobody apart.
        (
            list("env", json!([{"name": "A"}, {"name": "A"}])),
            list("env", json!([{"name": "A", "value": "1"}, {"name": "A"}])),
            list("env", json!([{"name": "A"}, {"name": "A", "value": "2"}])),
            list("env", json!([{"name": "A"}, {"name": "A", "value": "2"}])),
            &[],
            &["env"],
        ),
        // Another type.
        (
            json!({"a": {"b": 1}}),
            json!({"a": [1]}),
            json!({"a": {"b": 2}}),
            json!({"a": {"b": 2}}),
            &[],
            &["a"],
        ),
        // What the server sets at each write is nobody's change, and leaving it out means no harm.
        (
            json!({"metadata": {"uid": "u", "resourceVersion": "1", "generation": 1}, "status": {"a": 1}}),
            json!({"metadata": {"uid": "u", "resourceVersion": "2", "generation": 2}, "status": {"a": 2}}),
            json!({"metadata": {"labels": {"m": "1"}}}),
            json!({"metadata": {"labels": {"m": "1"}, "uid": "u"}}),
            &[],
            &[],
        ),
    ];
    println!("rows: {} (merge by path)", rows.len());
    for (base, theirs, mine, expected, taken, conflicts) in rows {
        let merged = merge(&base, &theirs, &mine, &[]);
        let places: Vec<&str> = merged.conflicts.iter().map(|conflict| conflict.place.as_str()).collect();
        assert_eq!(places, conflicts, "{base} / {theirs} / {mine}");
        assert_eq!(merged.object, expected, "{base} / {theirs} / {mine}");
        let places: Vec<&str> = merged.taken.iter().map(|one| one.place.as_str()).collect();
        assert_eq!(places, taken, "{base} / {theirs} / {mine}");
        // Decided one way, theirs is there; decided the other, mine is; and nothing is left to decide.
        for side in [Side::Mine, Side::Theirs] {
            let choose = |conflict: &Conflict| Choice { conflict: conflict.clone(), side };
            let choices: Vec<Choice> = merged.conflicts.iter().map(choose).collect();
            let decided = merge(&base, &theirs, &mine, &choices);
            assert_eq!(decided.conflicts, [], "{base} / {theirs} / {mine}");
            let left = differences(&decided.object, if side == Side::Mine { &mine } else { &theirs });
            for conflict in &merged.conflicts {
                assert!(left.iter().all(|one| one.place != conflict.place), "{} {side:?}", conflict.place);
            }
        }
    }
}

#[test]
fn what_is_edited_begins_as_people_write_it() {
    let live = json!({
        "kind": "Thing", "apiVersion": "v1", "spec": {"b": 1, "a": 2},
        "metadata": {"name": "x", "managedFields": [], "resourceVersion": "5"}, "status": {},
    });
    let edited = editable(&live).to_string();
    let expected = r#"{"apiVersion":"v1","kind":"Thing","metadata":{"name":"x","resourceVersion":"5"},"spec":{"b":1,"a":2}}"#;
    assert_eq!(edited, expected);
}

#[test]
fn a_choice_holds_for_the_values_it_was_made_about() {
    let (base, mine) = (json!({"a": 1}), json!({"a": 3}));
    let conflict = merge(&base, &json!({"a": 2}), &mine, &[]).conflicts.remove(0);
    let choice = [Choice { conflict, side: Side::Theirs }];
    assert_eq!(merge(&base, &json!({"a": 2}), &mine, &choice).object, json!({"a": 2}));
    let asked_anew = merge(&base, &json!({"a": 4}), &mine, &choice);
    assert_eq!((asked_anew.conflicts.len(), asked_anew.object), (1, json!({"a": 3})));
}

/// Objects with the lists that are merged item by item.
fn object() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3_i64).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "metadata",
        "labels",
        "spec",
        "containers",
        "ports",
        "env",
        "args",
        "finalizers",
        "name",
        "containerPort",
        "a.b/c",
    ]);
    scalar.prop_recursive(4, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..5).prop_map(|members| {
                Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_operations_between_two_objects_make_one_of_the_other(from in object(), to in object()) {
        let ops = patch::diff(&from, &to);
        prop_assert_eq!(ops.is_empty(), from == to);
        let mut made = from;
        patch::apply(&mut made, &ops).unwrap();
        prop_assert_eq!(made, to);
    }

    #[test]
    fn who_changes_alone_is_followed(base in object(), changed in object()) {
        let (base, changed) = (json!({"spec": base}), json!({"spec": changed}));
        let mine = merge(&base, &base, &changed, &[]);
        prop_assert_eq!(&mine.object, &changed);
        prop_assert!(mine.taken.is_empty() && mine.conflicts.is_empty());
        let theirs = merge(&base, &changed, &base, &[]);
        prop_assert_eq!(&theirs.object, &changed);
        prop_assert_eq!(theirs.taken.is_empty(), base == changed);
        prop_assert!(theirs.conflicts.is_empty());
        let both = merge(&base, &changed, &changed, &[]);
        prop_assert_eq!(&both.object, &changed);
        prop_assert!(both.taken.is_empty() && both.conflicts.is_empty());
    }

    #[test]
    fn deciding_for_one_side_ends_every_conflict(base in object(), theirs in object(), mine in object()) {
        let (base, theirs, mine) = (json!({"spec": base}), json!({"spec": theirs}), json!({"spec": mine}));
        let merged = merge(&base, &theirs, &mine, &[]);
        for side in [Side::Mine, Side::Theirs] {
            let choices: Vec<Choice> =
                merged.conflicts.iter().map(|conflict| Choice { conflict: conflict.clone(), side }).collect();
            let decided = merge(&base, &theirs, &mine, &choices);
            prop_assert!(decided.conflicts.is_empty());
            if side == Side::Mine {
                prop_assert_eq!(&decided.object, &merged.object);
            }
        }
        // Nobody's change is lost silently: where the result is not theirs, it is mine, or it is decided.
        let lost = differences(&merged.object, &theirs);
        for one in lost {
            let mine_there = differences(&base, &mine).iter().any(|own| {
                own.place.starts_with(&one.place) || one.place.starts_with(&own.place)
            });
            prop_assert!(mine_there, "{} was lost", one.place);
        }
    }
}
