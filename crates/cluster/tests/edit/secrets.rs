//! The values of a Secret are in its text and nowhere else.

use binnacle_model::edit::{Choice, EditOutcome, EditRequest, Side};
use serde_json::json;

use crate::world::{edit, worlds};

/// Values and their base64.
const OLD: (&str, &str) = ("correct horse", "Y29ycmVjdCBob3JzZQ==");
const THEIRS: (&str, &str) = ("battery staple", "YmF0dGVyeSBzdGFwbGU=");
const MINE: (&str, &str) = ("purple monkey", "cHVycGxlIG1vbmtleQ==");

fn assert_veiled(what: &str, said: &str) {
    for (plain, encoded) in [OLD, THEIRS, MINE] {
        for value in [plain, encoded] {
            assert!(!said.contains(value), "{what}: {said}");
        }
    }
}

#[tokio::test]
async fn values_of_a_secret_are_seen_in_its_text_alone() {
    for world in worlds().await {
        let copy = format!("{{\"stringData\":{{\"password\":\"{}\"}}}}", OLD.0);
        let target = world
            .create(json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s",
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": copy}},
                "data": {"password": OLD.1}}))
            .await;
        let opened = world.open(&target).await;
        let request = edit(&opened, OLD.1, MINE.1);
        let review = world.review(&request).await;
        let changes: Vec<_> = review.changes.iter().map(|change| change.place.as_str()).collect();
        assert_eq!(changes, ["data.password"], "hidden, and still seen to change");
        assert_ne!(review.changes[0].before, review.changes[0].after);
        assert_veiled("changes", &format!("{:?} {:?}", review.changes, review.lines));

        world.change(&target, OLD.1, THEIRS.1).await;
        let EditOutcome::Review(review) = world.save(&request).await else { panic!("both changed it") };
        let [conflict] = review.conflicts.as_slice() else { panic!("{:?}", review.conflicts) };
        assert_veiled("conflicts", &format!("{conflict:?} {:?} {:?}", review.changes, review.lines));
        let choices = vec![Choice { conflict: conflict.clone(), side: Side::Mine }];
        let EditOutcome::Saved { object, merged, .. } =
            world.save(&EditRequest { choices, ..request.clone() }).await
        else {
            panic!("it was decided")
        };
        assert_eq!(object.base["data"]["password"], MINE.1);
        assert_veiled("merged", &format!("{merged:?}"));

        let other = edit(&object, "type: Opaque\n", "type: Opaque\nnoSuchField: 1\n");
        let review = world.review(&other).await;
        assert!(review.refused.is_some());
        assert_veiled("refusal", &format!("{:?}", review.refused));
        world.end().await;
    }
}
