//! Properties of editing a text by places, on texts of every style.

mod author;

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{EditProblem, edit, edits, one, read, text};
use crate::{
    FieldPath,
    patch::{self, Op},
};
use author::Author;

/// A debug build reads about ten times slower, so it tries fewer texts.
const CASES: u32 = if cfg!(debug_assertions) { 200 } else { 4_000 };

/// Values as manifests hold them.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1000..1000_i32).prop_map(|number| Value::from(f64::from(2 * number + 1) / 8.0)),
        "[ -~]{0,24}".prop_map(Value::from),
        "[a-z0-9:/.-]{1,16}".prop_map(Value::from),
        "[ -~]{0,12}\n{1,2}[ -~]{0,12}\n{0,2}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("yes")),
        Just(Value::from("0644")),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            members(inner).prop_map(Value::Object),
        ]
    })
}

fn members(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let key = prop_oneof![
        8 => "[a-h]",
        2 => Just("name".to_owned()),
        2 => "[a-z]{1,8}([./-][a-z]{1,6})?",
        1 => "[ -~]{0,8}",
        1 => any::<String>(),
    ];
    prop::collection::vec((key, inner), 0..5).prop_map(|members| members.into_iter().collect())
}

fn object() -> impl Strategy<Value = Value> {
    prop_oneof![8 => members(value()).prop_map(Value::Object), 1 => prop::collection::vec(value(), 1..5).prop_map(Value::from)]
        .prop_filter("empty", |value| !value.as_object().is_some_and(Map::is_empty))
}

/// A text as it is written at the first try, for the message of a test that fails.
fn first(given: &str, ops: &[Op]) -> String {
    let given = format!("{}\n", given.trim_end_matches('\n'));
    let (Some(tree), Some(before)) = (super::tree(&given), means(&given)) else {
        return "no tree".to_owned();
    };
    let mut after = before.clone();
    let mut slot = super::Slot::Kept(&tree.root, &before);
    patch::apply(&mut after, ops).expect("places that are there");
    ops.iter().for_each(|op| slot.apply(&op.path().0, op));
    let style = super::style(&given, &tree.root);
    let emitted = super::settle(&given, &tree, style, &mut std::collections::BTreeSet::new(), &slot, &after);
    super::finish(&given, "\n", emitted.edits.clone())
        .map_or_else(|| format!("{:?}", emitted.edits), |edits| text::apply(&given, &edits))
}

fn means(text: &str) -> Option<Value> {
    read::read(text).ok().flatten().map(|node| node.value())
}

/// An object in which some values come again.
fn repeated(mut object: Value, picks: &[u8]) -> Value {
    fn collect(value: &Value, pool: &mut Vec<Value>) {
        pool.push(value.clone());
        match value {
            Value::Object(map) => map.values().for_each(|value| collect(value, pool)),
            Value::Array(list) => list.iter().for_each(|value| collect(value, pool)),
            _ => {}
        }
    }
    fn put(value: &mut Value, pool: &[Value], pick: &mut impl FnMut(usize) -> usize) {
        match value {
            Value::Object(map) => {
                map.values_mut().for_each(|value| put(value, pool, pick));
                if let (0, Value::Object(more)) = (pick(3), &pool[pick(pool.len())]) {
                    for (key, value) in more {
                        map.entry(key).or_insert_with(|| value.clone());
                    }
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|value| put(value, pool, pick)),
            _ if pick(2) == 0 => value.clone_from(&pool[pick(pool.len())]),
            _ => {}
        }
    }
    let mut pool = Vec::new();
    collect(&object, &mut pool);
    // Large ones would make it a tree of trees.
    pool.retain(|value| value.to_string().len() < 60);
    pool.push(serde_json::json!({"a": 1, "k": "v"}));
    let mut picks = picks.iter().rev().cycle().map(|pick| usize::from(*pick));
    put(&mut object, &pool, &mut |of| picks.next().unwrap_or_default() % of.max(1));
    object
}

/// A change of one place of an object.
fn change(object: &Value, picks: &[u8], value: Value) -> Op {
    let mut picks = picks.iter().cycle().map(|pick| usize::from(*pick));
    let mut pick = |of: usize| picks.next().unwrap_or_default() % of.max(1);
    let (mut path, mut here) = (FieldPath::root(), object);
    loop {
        match here {
            Value::Object(map) => match (pick(8), map.iter().nth(pick(map.len()))) {
                (0, _) | (_, None) => return Op::Set(path.key("new"), value),
                (1, Some((key, _))) if !path.0.is_empty() || map.len() > 1 => {
                    return Op::Remove(path.key(key));
                }
                (2, Some((key, _))) => return Op::Set(path.key(key), value),
                (_, Some((key, inner))) => (path, here) = (path.key(key), inner),
            },
            Value::Array(list) => match (pick(8), list.is_empty()) {
                (0, _) | (_, true) => return Op::Insert(path.index(pick(list.len() + 1)), value),
                (1, _) if !path.0.is_empty() || list.len() > 1 => {
                    return Op::Remove(path.index(pick(list.len())));
                }
                _ => {
                    let at = pick(list.len());
                    (path, here) = (path.index(at), &list[at]);
                }
            },
            _ => return Op::Set(path, value),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_reads_as_the_operations_say_and_can_be_brought_back(
        before in object(), after in object(), picks in prop::collection::vec(any::<u8>(), 1..80),
    ) {
        let (text, _) = Author::write(&before, &picks, false);
        prop_assert_eq!(means(&text), Some(before.clone()), "{}", text);
        let there = patch::diff(&before, &after);
        let (found, tries) = one(&text, text::line_break(&text), &there)
            .map_err(|problem| TestCaseError::fail(format!("{problem}: {text}")))?;
        let edited = text::apply(&text, &found);
        prop_assert_eq!(tries, 0, "\n{}\n{:?}\n{}", text, there, first(&text, &there));
        prop_assert_eq!(means(&edited), Some(after.clone()));
        let back = edit(&edited, 0, &patch::diff(&after, &before));
        prop_assert_eq!(back.ok().as_deref().and_then(means), Some(before));
    }

    #[test]
    fn anchors_and_merges_are_written_out_where_they_must_be(
        before in object(), after in object(), new in value(), picks in prop::collection::vec(any::<u8>(), 1..80),
        other in any::<bool>(),
    ) {
        let before = repeated(before, &picks);
        let (text, _) = Author::write(&before, &picks, true);
        prop_assert_eq!(means(&text), Some(before.clone()), "{}", text);
        let ops = if other { patch::diff(&before, &after) } else { vec![change(&before, &picks, new)] };
        let (found, tries) = one(&text, text::line_break(&text), &ops)
            .map_err(|problem| TestCaseError::fail(format!("{problem}: {text}{ops:?}")))?;
        let mut expected = before.clone();
        patch::apply(&mut expected, &ops).expect("places that are there");
        prop_assert_eq!(tries, 0, "\n{}\n{:?}\n{}", text, ops, first(&text, &ops));
        prop_assert_eq!(means(&text::apply(&text, &found)), Some(expected));
    }

    #[test]
    fn comments_survive_that_speak_of_other_places(
        before in object(), new in value(), picks in prop::collection::vec(any::<u8>(), 1..80),
    ) {
        let (text, comments) = Author::write(&before, &picks, false);
        let op = change(&before, &picks, new);
        let mut expected = before.clone();
        patch::apply(&mut expected, std::slice::from_ref(&op)).expect("a place that is there");
        prop_assume!(!expected.is_null());
        let (found, tries) = one(&text, text::line_break(&text), std::slice::from_ref(&op))
            .map_err(|problem| TestCaseError::fail(format!("{problem}: {text}{op:?}")))?;
        let edited = text::apply(&text, &found);
        prop_assert_eq!(tries, 0, "\n{}\n{:?}\n{}", text, op, first(&text, std::slice::from_ref(&op)));
        for (comment, place) in comments {
            let inside = !matches!(op, Op::Insert(..)) && place.starts_with(op.path());
            prop_assert!(inside || edited.contains(&comment), "{}:\n{}\n{:?}\n{}", comment, text, op, edited);
        }
    }

    #[test]
    fn edits_for_an_editor_do_the_same(
        before in object(), after in object(), picks in prop::collection::vec(any::<u8>(), 1..80),
    ) {
        let (text, _) = Author::write(&before, &picks, false);
        let ops = patch::diff(&before, &after);
        let edited = edit(&text, 0, &ops).map_err(|problem| TestCaseError::fail(problem.to_string()))?;
        let mut units: Vec<u16> = text.encode_utf16().collect();
        for edit in edits(&text, 0, &ops).expect("as above").into_iter().rev() {
            units.splice(edit.start as usize..edit.end as usize, edit.insert.encode_utf16());
        }
        prop_assert_eq!(String::from_utf16(&units).ok(), Some(edited));
    }

    #[test]
    fn any_text_is_answered(text in any::<String>(), value in value()) {
        let ops = [Op::Set(FieldPath::root().key("a"), value)];
        let _ = edit(&text, 0, &ops);
    }

    #[test]
    fn almost_yaml_is_answered(text in yamlish(), new in value(), picks in prop::collection::vec(any::<u8>(), 1..20)) {
        let Some(before) = super::super::deep(&text, || means(&text)).flatten() else {
            let problem = edit(&text, 0, &[]).err();
            let refused = matches!(problem, Some(EditProblem::Unreadable(_) | EditProblem::NoDocument(_)));
            // A second document may be one that can be read.
            prop_assert!(refused || text.contains("---") || text.contains("..."), "{:?}", problem);
            return Ok(());
        };
        let op = change(&before, &picks, new);
        let mut after = before.clone();
        let fits = patch::apply(&mut after, std::slice::from_ref(&op)).is_ok();
        if let (Ok(edited), true) = (edit(&text, 0, std::slice::from_ref(&op)), text.matches(['-', '.', '%']).count() == 0) {
            prop_assert!(fits);
            prop_assert_eq!(means(&edited), Some(after));
        }
    }
}

/// Text made of what YAML is made of.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => Just("\n"), 3 => Just("\n  "), 2 => Just(" "), 4 => Just("a: "), 3 => Just("b: "), 2 => Just("c:"),
        3 => Just("- "), 3 => Just("x"), 1 => Just("["), 1 => Just("]"), 1 => Just("{"), 1 => Just("}"), 2 => Just(", "),
        1 => Just("|\n  "), 1 => Just(">-\n  "), 2 => Just(" # c\n"), 1 => Just("---\n"), 1 => Just("...\n"),
        2 => Just("&x "), 2 => Just("*x"), 1 => Just("!!str "), 1 => Just("\r\n"), 1 => Just("\t"), 1 => Just("? "),
        1 => Just("<<: "), 1 => Just("'y'"), 1 => Just("\"z\""), 1 => Just("\u{feff}"), 1 => Just("😀"), 1 => Just("0644"),
        1 => Just(": "), 1 => Just("{a: 1}"), 1 => Just("[1, 2]"), 1 => Just("*x : "),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}
