//! Editing a text by places, case by case: a text, operations, the text after.
#![cfg(feature = "doctor")]

use binnacle_model::{
    FieldPath,
    doctor::{self, EditProblem},
    patch::{self, Op},
};

/// A text, operations (`set PATH JSON`, `insert PATH JSON`, `remove PATH`), the text after.
type Row = (&'static str, &'static [&'static str], &'static str);

fn op(text: &str) -> Op {
    let (verb, rest) = text.split_once(' ').expect("a verb and a path");
    let (path, json) = rest.split_once(' ').unwrap_or((rest, "null"));
    let (path, value) = (FieldPath::from(path), serde_json::from_str(json).expect("JSON"));
    match verb {
        "set" => Op::Set(path, value),
        "insert" => Op::Insert(path, value),
        _ => Op::Remove(path),
    }
}

#[rustfmt::skip]
const SCALARS: &[Row] = &[
    // The token alone changes; comment, spaces and all else stay.
    ("a: 1   # one\nb:   2\n", &["set a 3"], "a: 3   # one\nb:   2\n"),
    ("a: x\n", &["set a \"y z\""], "a: y z\n"),
    ("a: x\n", &["set a \"yes\""], "a: \"yes\"\n"),
    ("a: x\n", &["set a \"8080\""], "a: \"8080\"\n"),
    ("a: x\n", &["set a \"\""], "a: \"\"\n"),
    ("a: x\n", &["set a null"], "a: null\n"),
    ("a: x\n", &["set a true"], "a: true\n"),
    ("a: x\n", &["set a 1.5"], "a: 1.5\n"),
    ("a: x\n", &["set a 2.0"], "a: 2\n"),
    // Quotes stay.
    ("a: 'x' # c\n", &["set a \"it's\""], "a: 'it''s' # c\n"),
    ("a: \"x\" # c\n", &["set a \"y\""], "a: \"y\" # c\n"),
    ("a: \"x\"\n", &["set a \"say \\\"hi\\\" \\\\ \\u0007\""], "a: \"say \\\"hi\\\" \\\\ \\u0007\"\n"),
    ("a: 'x'\n", &["set a \"\\u0007\""], "a: \"\\x07\"\n"),
    ("a: '8080'\n", &["set a \"9090\""], "a: '9090'\n"),
    ("a: \"1\"\n", &["set a 2"], "a: 2\n"),
    ("a: 'it''s\n  long' # c\nb: 1\n", &["set a \"short\""], "a: 'short' # c\nb: 1\n"),
    // Texts of several lines.
    ("a: x # c\nb: 1\n", &["set a \"one\\ntwo\\n\""], "a: | # c\n  one\n  two\nb: 1\n"),
    ("a: 'x'\n", &["set a \"one\\ntwo\""], "a: |-\n  one\n  two\n"),
    ("a: \"one\\ntwo\"\n", &["set a \"one\\nthree\""], "a: \"one\\nthree\"\n"),
    ("- x\n- y\n", &["set [0] \" one\\n\\ntwo\\n\""], "- |2\n   one\n\n  two\n- y\n"),
    ("a: x\n\nb: 1\n", &["set a \"one\\n\\n\""], "a: \"one\\n\\n\"\n\nb: 1\n"),
    ("a: |   # script\n     one\n     two\n\n# b is next\nb: 1\n", &["set a \"three\\n\""], "a: |   # script\n     three\n\n# b is next\nb: 1\n"),
    ("a: |\n  one\n  two\nb: 1\n", &["set a \"x\""], "a: |-\n  x\nb: 1\n"),
    ("a: |\n  one\n  two\nb: 1\n", &["set a 5"], "a: 5\nb: 1\n"),
    ("a: |+\n  one\n\nb: 1\n", &["set a \"two\\n\""], "a: |\n  two\nb: 1\n"),
    ("a: >-\n  one\n  two\nb: 1\n", &["set a \"three four\""], "a: >-\n  three four\nb: 1\n"),
    ("a: >\n  one\nb: 1\n", &["set a \"x\\ny\\n\""], "a: |\n  x\n  y\nb: 1\n"),
    ("a:\n  one\n  two\nb: 1\n", &["set a \"three\""], "a: three\nb: 1\n"),
    ("a: one\n  two # c\nb: 1\n", &["set a \"three\""], "a: three # c\nb: 1\n"),
    // Nothing, and something.
    ("a:\nb: 1\n", &["set a 5"], "a: 5\nb: 1\n"),
    ("a:   # none\nb: 1\n", &["set a \"x\""], "a: x   # none\nb: 1\n"),
    ("-\n- 1\n", &["set [0] 5"], "- 5\n- 1\n"),
    ("a: !!str 12 # c\n", &["set a \"13\""], "a: \"13\" # c\n"),
    // The same value is no change, however it is written.
    ("a: 0x10\nb: 'x'\n", &["set a 16", "set b \"x\""], "a: 0x10\nb: 'x'\n"),
    // Line breaks, marks and other documents.
    ("\u{feff}a: 1\r\nb: x # c\r\n", &["set b \"one\\ntwo\\n\"", "set c 2"], "\u{feff}a: 1\r\nb: | # c\r\n  one\r\n  two\r\nc: 2\r\n"),
    ("a: 1\nb: 2", &["set b 3"], "a: 1\nb: 3"),
    ("a: 1\nb: 2", &["set c 3"], "a: 1\nb: 2\nc: 3"),
    ("a: 1\nb: 2", &["remove b"], "a: 1\n"),
    ("%YAML 1.2\n--- # top\na: 1 # x\n...\n# after\n", &["set a 2", "set b 3"], "%YAML 1.2\n--- # top\na: 2 # x\nb: 3\n...\n# after\n"),
    ("a: \"x\ty\" # 😀\nk😀: 1\n", &["set k😀 2"], "a: \"x\ty\" # 😀\nk😀: 2\n"),
];

#[rustfmt::skip]
const KINDS: &[Row] = &[
    // Maps and lists in the place of values, and the reverse.
    ("a: 1 # c\nb: 2\n", &["set a {\"x\": 1, \"w\": {\"z\": [1]}}"], "a: # c\n  x: 1\n  w:\n    z:\n    - 1\nb: 2\n"),
    ("a: 1\nb: 2\n", &["set a [1, {\"x\": 1, \"w\": 2}, [3, 4]]"], "a:\n- 1\n- x: 1\n  w: 2\n- - 3\n  - 4\nb: 2\n"),
    ("a: # c\n  # d\n  x: 1\n  y: 2 # e\n# f\nb: 2\n", &["set a 5"], "a: 5 # c\n# f\nb: 2\n"),
    ("a:\n- 1\n- 2\nb: 2\n", &["set a \"x\""], "a: x\nb: 2\n"),
    ("a:\n- 1\n- 2\nb: 2\n", &["set a {\"x\": 1}"], "a:\n  x: 1\nb: 2\n"),
    ("- name: x # c\n  y: 1\n- z\n", &["set [0] 5"], "- 5\n- z\n"),
    ("- z # c\n- 1\n", &["set [0] {\"a\": 1, \"b\": 2}"], "- a: 1 # c\n  b: 2\n- 1\n"),
    ("a: {x: 1} # c\n", &["set a 1"], "a: 1 # c\n"),
    ("a: [1,\n  2]\nb: 1\n", &["set a {\"x\": 1}"], "a: {x: 1}\nb: 1\n"),
    ("a: |\n  x\n  y\nb: 1\n", &["set a [1]"], "a:\n- 1\nb: 1\n"),
    ("a: {} # c\n", &["set a.b 1"], "a: # c\n  b: 1\n"),
    ("a: []\n", &["insert a[0] 1"], "a:\n- 1\n"),
    ("a:\n", &["set a {\"b\": 1}"], "a:\n  b: 1\n"),
    ("a: # c\nb: 1\n", &["set a [1]"], "a: # c\n- 1\nb: 1\n"),
    // A map over a map touches what differs.
    ("a:\n  # about x\n  x: 1\n  y: 'two' # y\n", &["set a {\"x\": 3, \"y\": \"two\", \"z\": 4}"], "a:\n  # about x\n  x: 3\n  y: 'two' # y\n  z: 4\n"),
    ("a:\n- name: x # x\n  v: 1\n- name: y # y\n  v: 2\n", &["set a [{\"name\": \"w\", \"v\": 0}, {\"name\": \"y\", \"v\": 3}]"], "a:\n- name: w\n  v: 0\n- name: y # y\n  v: 3\n"),
    // The document itself.
    ("# top\na: 1 # c\n", &["set  {\"a\": 1, \"b\": 2}"], "# top\na: 1 # c\nb: 2\n"),
    ("# top\na: 1\n", &["set  [1]"], "# top\n- 1\n"),
    ("--- {a: 1}\n", &["set a 2"], "--- {a: 2}\n"),
    ("{}\n", &["set a {\"b\": 1}"], "a:\n  b: 1\n"),
];

#[rustfmt::skip]
const MAPS: &[Row] = &[
    ("a:\n  b: 1 # b\n  # on a\nc: 2\n", &["set a.d 3"], "a:\n  b: 1 # b\n  d: 3\n  # on a\nc: 2\n"),
    ("a:\n  b: 1\n\n# on c\nc: 2\n", &["set a.d {\"e\": 1}"], "a:\n  b: 1\n  d:\n    e: 1\n\n# on c\nc: 2\n"),
    ("a:\n    b: 1\n", &["set a.d {\"e\": 1}"], "a:\n    b: 1\n    d:\n        e: 1\n"),
    ("a:\n  b: |\n    x\n\n\nc: 2\n", &["set a.d 3"], "a:\n  b: |\n    x\n  d: 3\n\n\nc: 2\n"),
    ("a:\n  b: |+\n    x\n\nc: 2\n", &["set a.d 3"], "a:\n  b: |+\n    x\n\n  d: 3\nc: 2\n"),
    ("a:\n  b:\n    c: 1\n", &["set a.b.d 2", "set a.e 3", "set f 4"], "a:\n  b:\n    c: 1\n    d: 2\n  e: 3\nf: 4\n"),
    ("- name: x\n- y: 1\n", &["set [0].z 1"], "- name: x\n  z: 1\n- y: 1\n"),
    ("a:\n  k/v.w: 1\n", &["set a[on] 2", "set a[\"080\"] 3"], "a:\n  k/v.w: 1\n  \"on\": 2\n  \"080\": 3\n"),
    // Removing: its comments go along.
    ("a: 1\n# on b\n# more\nb: 2 # b\nc: 3\n", &["remove b"], "a: 1\nc: 3\n"),
    ("a: 1\n# above\n\n# on b\nb: 2\n\nc: 3\n", &["remove b"], "a: 1\n# above\n\n\nc: 3\n"),
    ("a:\n  x: 1\n  # in a\nb: 2\n", &["remove b"], "a:\n  x: 1\n  # in a\n"),
    ("# file\na: 1\nb: 2\n", &["remove a"], "# file\nb: 2\n"),
    ("a:\n  b:\n  - 1\n  - 2\n  c: |\n    x\n    # y\n\nd: 1\n", &["remove a.c"], "a:\n  b:\n  - 1\n  - 2\n\nd: 1\n"),
    ("a:\n  b: 1 # b\nc: 2\n", &["remove a.b"], "a: {}\nc: 2\n"),
    ("a: # a\n  b: 1\n  c: 1\nd: 2\n", &["remove a.b", "remove a.c"], "a: {} # a\nd: 2\n"),
    ("- name: a # n\n  x: 1\n  y: 2\n", &["remove [0].name"], "- x: 1\n  y: 2\n"),
    ("- name: a # n\n  # on x\n  x: 1\n", &["remove [0].name"], "-\n  # on x\n  x: 1\n"),
    ("- name: a\n  x: 1\n  y: 2\n", &["remove [0].name", "remove [0].x"], "- y: 2\n"),
    ("- name: a # n\n", &["remove [0].name"], "- {}\n"),
    ("a: 1\na: 2\nb: 3\n", &["set a 4"], "a: 1\na: 4\nb: 3\n"),
    ("a: 1\na: 2\nb: 3\n", &["remove a"], "b: 3\n"),
    ("a: |+\n  x\n\nb: 1\n\nc: 2\n\nd: 3\n", &["remove b", "remove c"], "a: |+\n  x\n\nd: 3\n"),
    // Several at once; a name that goes and comes again.
    ("a: 1\nb: 2 # b\nc: 3\n", &["remove a", "set d 4", "remove c", "set b 5"], "b: 5 # b\nd: 4\n"),
    ("a: 1\nb: 2\n", &["remove a", "set a 3"], "b: 2\na: 3\n"),
    ("? a\n: 1\n? b\n: 2\n", &["set a 3"], "a: 3\nb: 2\n"),
];

#[rustfmt::skip]
const LISTS: &[Row] = &[
    ("a:\n- 1\n- 2\nb: 1\n", &["insert a[0] 0", "insert a[2] 1.5", "insert a[4] 3"], "a:\n- 0\n- 1\n- 1.5\n- 2\n- 3\nb: 1\n"),
    ("a:\n  - 1\n  - 2\n", &["insert a[1] {\"x\": 1, \"w\": [2]}"], "a:\n  - 1\n  - x: 1\n    w:\n      - 2\n  - 2\n"),
    ("a:\n# on 1\n- 1 # one\n\n# on 2\n- 2\n", &["insert a[1] 5"], "a:\n# on 1\n- 1 # one\n\n- 5\n# on 2\n- 2\n"),
    ("a:\n- x: 1\n  y:\n    z: 1\nb: 1\n", &["set a[0].y.w 2", "insert a[1] {\"x\": 2}"], "a:\n- x: 1\n  y:\n    z: 1\n    w: 2\n- x: 2\nb: 1\n"),
    ("a:\n- 1\n# on 2\n- 2 # two\n- 3\n", &["remove a[1]"], "a:\n- 1\n- 3\n"),
    ("a:\n- 1\n- 2\nb: 1\n", &["remove a[0]", "remove a[0]"], "a: []\nb: 1\n"),
    ("a:\n- 1\n- 2\n- 3\n", &["remove a[0]", "insert a[0] 9"], "a:\n- 9\n- 2\n- 3\n"),
    ("- - 1\n  - 2\n- 3\n", &["remove [0][0]"], "- - 2\n- 3\n"),
    ("- - 1\n  - 2\n- 3\n", &["insert [0][0] 0", "insert [0][3] 9"], "- - 0\n  - 1\n  - 2\n  - 9\n- 3\n"),
    ("- - 1\n  - 2\n", &["remove [0][0]", "insert [0][0] 9"], "- - 9\n  - 2\n"),
    ("- - 1\n  # two\n  - 2\n", &["remove [0][0]", "insert [0][0] 9"], "- - 9\n  # two\n  - 2\n"),
    ("- 1\n- 2\n", &["insert [2] \"a\\nb\\n\"", "insert [3] {}"], "- 1\n- 2\n- |\n  a\n  b\n- {}\n"),
    ("args: [a, b]\n", &["insert args[0] \"x\"", "insert args[3] \"z, y\""], "args: [x, a, b, \"z, y\"]\n"),
];

#[rustfmt::skip]
const FLOW: &[Row] = &[
    ("a: {x: 1, y: 2} # c\n", &["set a.x 5", "set a.z [1, {\"k\": \"v\"}]"], "a: {x: 5, y: 2, z: [1, {k: v}]} # c\n"),
    ("a: {x: 1, y: 2, z: 3}\n", &["remove a.x"], "a: {y: 2, z: 3}\n"),
    ("a: {x: 1, y: 2, z: 3}\n", &["remove a.y"], "a: {x: 1, z: 3}\n"),
    ("a: {x: 1, y: 2, z: 3}\n", &["remove a.z", "remove a.y"], "a: {x: 1}\n"),
    ("a: {x: 1}\n", &["remove a.x"], "a: {}\n"),
    ("a: [1, 2,]\n", &["remove a[1]", "insert a[1] 3"], "a: [1, 3,]\n"),
    ("a: [\"-c\", \"b\"]\n", &["set a[1] \"c\"", "insert a[2] \"d\""], "a: [\"-c\", \"c\", \"d\"]\n"),
    ("a: ['x', y]\n", &["set a[0] \"z\""], "a: ['z', y]\n"),
    ("a: {x, y: }\n", &["set a.x 1", "set a.y \"s\""], "a: {x: 1, y: s }\n"),
    ("a: [{}, []]\n", &["set a[0].k 1", "insert a[1][0] \"v w\""], "a: [{k: 1}, [v w]]\n"),
    ("a: [\n  1, # one\n  2 # two\n]\n", &["insert a[2] 3", "insert a[1] 9"], "a: [\n  1, # one\n  9,\n  2, # two\n  3\n]\n"),
    ("a: [\n  1, # one\n  2, # two\n  3 # three\n]\n", &["remove a[2]"], "a: [\n  1, # one\n  2 # two\n]\n"),
    ("a: [\n  1, # one\n  2, # two\n  3 # three\n]\n", &["remove a[0]"], "a: [\n  2, # two\n  3 # three\n]\n"),
    ("a: {x: \"one\"}\n", &["set a.x \"one\\ntwo\""], "a: {x: \"one\\ntwo\"}\n"),
    ("a: [x: 1, y]\n", &["set a[0].x 2"], "a: [{x: 2}, y]\n"),
    ("a: ['x', \"y\"]\n", &["set a[0] \"\\nz\"", "set a[1] \"\\nz\""], "a: [\"\\nz\", \"\\nz\"]\n"),
    // JSON.
    ("{\"a\":1,\"b\":{\"c\":[1,2]}}", &["set a \"x\"", "insert b.c[2] 3", "set b.d {\"e\": \"f\"}"], "{\"a\":\"x\",\"b\":{\"c\":[1,2,3],\"d\":{\"e\":\"f\"}}}"),
    ("{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      1\n    ]\n  }\n}\n", &["set b.d {\"e\": [1]}", "insert b.c[1] {\"x\": \"y\"}", "remove a"],
     "{\n  \"b\": {\n    \"c\": [\n      1,\n      {\n        \"x\": \"y\"\n      }\n    ],\n    \"d\": {\n      \"e\": [\n        1\n      ]\n    }\n  }\n}\n"),
    ("{\"a\": {}, \"b\": []}\n", &["set a.x 1", "insert b[0] \"y\""], "{\"a\": {\"x\": 1}, \"b\": [\"y\"]}\n"),
    ("{\"a\": 1}\n", &["remove a", "set b 1"], "{\"b\": 1}\n"),
];

#[rustfmt::skip]
const ANCHORS: &[Row] = &[
    // An anchor that nobody uses stays.
    ("a: &x 1 # c\nb: 2\n", &["set a 5"], "a: &x 5 # c\nb: 2\n"),
    // What uses it keeps its value.
    ("a: &x 1\nb: *x # b\n", &["set a 5"], "a: &x 5\nb: 1 # b\n"),
    ("a: &x 1\nb: *x\n", &["remove a"], "b: 1\n"),
    ("a: &x 1\nb: *x\nc: *x\n", &["set b 5"], "a: &x 1\nb: 5\nc: *x\n"),
    ("a: &x\n  k: 1 # k\n  l: 2\nb: *x\nc: 3\n", &["set a.k 5"], "a: &x\n  k: 5 # k\n  l: 2\nb:\n  k: 1\n  l: 2\nc: 3\n"),
    ("a: &x {k: 1}\nb: *x\n", &["set b.k 5"], "a: &x {k: 1}\nb:\n  k: 5\n"),
    ("a: &x\n  k: &y [1]\nb: *y\nc: *x\n", &["insert a.k[1] 2"], "a: &x\n  k: &y [1, 2]\nb:\n- 1\nc:\n  k:\n  - 1\n"),
    // Merges.
    ("a: &x {k: 1}\nb:\n  <<: *x\n  l: 2 # l\n", &["set b.l 3", "set b.m 4"], "a: &x {k: 1}\nb:\n  <<: *x\n  l: 3 # l\n  m: 4\n"),
    ("a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\n", &["set b.k 3"], "a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\n  k: 3\n"),
    ("a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\nc: 1 # c\n", &["remove b.k"], "a: &x {k: 1}\nb:\n  l: 2\nc: 1 # c\n"),
    ("a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\nc: 1 # c\n", &["set a.k 2"], "a: &x {k: 2}\nb:\n  l: 2\n  k: 1\nc: 1 # c\n"),
];

fn check(rows: &[Row]) {
    let mut wrong = Vec::new();
    for (text, ops, expected) in rows {
        let ops: Vec<Op> = ops.iter().map(|text| op(text)).collect();
        match doctor::edit(text, 0, &ops) {
            Ok(found) if found == *expected => {}
            found => wrong.push(format!("{text}{ops:?}\n  found    {found:?}\n  expected {expected:?}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn values_change_in_their_place_and_style() {
    check(SCALARS);
}

#[test]
fn values_become_maps_and_lists_and_the_reverse() {
    check(KINDS);
}

#[test]
fn members_come_and_go() {
    check(MAPS);
}

#[test]
fn items_come_and_go() {
    check(LISTS);
}

#[test]
fn brackets_stay_brackets() {
    check(FLOW);
}

#[test]
fn uses_of_an_anchor_keep_their_value() {
    check(ANCHORS);
}

#[test]
fn other_documents_stay_and_the_right_one_is_edited() {
    let text = "# one\na: 1 # x\n---\na: 2\n--- # three\na: 3\n";
    let set = [op("set a 5")];
    let found = |document| doctor::edit(text, document, &set);
    assert_eq!(found(0).as_deref(), Ok("# one\na: 5 # x\n---\na: 2\n--- # three\na: 3\n"));
    assert_eq!(found(1).as_deref(), Ok("# one\na: 1 # x\n---\na: 5\n--- # three\na: 3\n"));
    assert_eq!(found(2).as_deref(), Ok("# one\na: 1 # x\n---\na: 2\n--- # three\na: 5\n"));
    assert_eq!(found(3), Err(EditProblem::NoDocument(3)));
}

#[test]
fn what_cannot_be_edited_is_named() {
    assert!(matches!(doctor::edit("a: [", 0, &[]), Err(EditProblem::Unreadable(_))));
    assert_eq!(doctor::edit("# nothing\n", 0, &[]), Err(EditProblem::NoDocument(0)));
    let path = FieldPath::from("b.c");
    let missing = EditProblem::NoSuchPlace(patch::NoSuchPlace(path.clone()));
    assert_eq!(doctor::edit("a: 1\n", 0, &[Op::Remove(path)]), Err(missing));
    // A document that holds nothing is none.
    assert_eq!(doctor::edit("a: 1\n", 0, &[op("set  null")]), Err(EditProblem::Unwritable));
}

#[test]
fn edits_are_small_and_count_as_browsers_do() {
    let text = "a: 😀 # x\nb: 1 # y\n";
    let found = doctor::edits(text, 0, &[op("set b 2")]).unwrap();
    let found: Vec<(u32, u32, &str)> = found.iter().map(|e| (e.start, e.end, e.insert.as_str())).collect();
    assert_eq!(found, [(13, 14, "2")]);
}
