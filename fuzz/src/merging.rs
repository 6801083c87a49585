//! Merging by path, and the operations between two objects.

use binnacle_model::{
    edit::{Choice, Side},
    merge::{comparable, differences, merge},
    patch,
};
use binnacle_sandbox::patching;
use serde_json::Value;

/// `[base, theirs, mine]`: the laws of merging, whatever the three are.
pub(crate) fn merging(data: &[u8]) {
    let Ok([base, theirs, mine]) = serde_json::from_slice::<[Value; 3]>(data) else { return };
    let [base, theirs, mine] = [base, theirs, mine].map(|object| mortal(comparable(&object)));

    let merged = merge(&base, &base, &mine, &[]);
    assert_eq!((&merged.object, merged.conflicts.len()), (&mine, 0), "they changed nothing");
    let merged = merge(&base, &theirs, &base, &[]);
    assert_eq!((&merged.object, merged.conflicts.len()), (&theirs, 0), "I changed nothing");
    let merged = merge(&base, &mine, &mine, &[]);
    assert_eq!((&merged.object, merged.conflicts.len()), (&mine, 0), "both changed it alike");

    let open = merge(&base, &theirs, &mine, &[]);
    for side in [Side::Mine, Side::Theirs] {
        let choose = |conflict| Choice { conflict, side };
        let choices: Vec<Choice> = open.conflicts.iter().cloned().map(choose).collect();
        let decided = merge(&base, &theirs, &mine, &choices);
        assert!(decided.conflicts.is_empty(), "what was decided is not asked again: {:?}", decided.conflicts);
        if side == Side::Mine {
            assert_eq!(decided.object, open.object, "an open conflict has mine");
        }
    }
    assert_eq!(differences(&base, &theirs).is_empty(), base == theirs, "no difference is no change");
}

/// Without what never changes in an object's life, which merging puts back into a text that left it out.
fn mortal(mut object: Value) -> Value {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata
            .retain(|key, _| key != "uid" && !key.starts_with("creation") && !key.starts_with("deletion"));
    }
    object
}

/// `[from, to]`: the operations from one to the other lead there, also as a JSON Patch at an API server.
pub(crate) fn operations(data: &[u8]) {
    let Ok([from, to]) = serde_json::from_slice::<[Value; 2]>(data) else { return };
    let ops = patch::diff(&from, &to);
    assert_eq!(ops.is_empty(), from == to, "no operation is no change");
    let mut applied = from.clone();
    assert_eq!(patch::apply(&mut applied, &ops), Ok(()), "{ops:?}");
    assert_eq!(applied, to, "{ops:?}");

    let mut patched = from.clone();
    let sent = patch::json_patch(&ops);
    assert_eq!(
        patching::patch("application/json-patch+json", "StatefulSet", &mut patched, &sent),
        Ok(()),
        "{sent}"
    );
    assert_eq!(patched, to, "{sent}");
}
