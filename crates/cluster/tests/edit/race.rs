//! Two writers on one object: nothing that was saved is ever lost without a word.

use std::sync::Arc;

use binnacle_model::{
    AppError,
    edit::{Choice, EditOutcome, EditRequest, Side},
    object::text,
};
use serde_json::json;

use crate::world::{World, ann, edit, worlds};

/// Saves of each writer on the sandbox.
const SIMULATED: u32 = 1_000;
/// On a real API server, which flushes each to its disk.
const REAL: u32 = 100;

/// What became of a writer's saves.
#[derive(Debug, Default)]
struct Tally {
    /// Saves in which another's change was merged.
    merged: u32,
    /// Times that both had changed the shared value, and the writer was asked.
    asked: u32,
    /// Times that the object changed faster than a save could follow.
    outrun: u32,
}

/// One writer: counts its own value up, and claims the shared one each time.
async fn write(world: Arc<World>, me: &'static str, times: u32) -> Tally {
    let target = world.target("v1", "ConfigMap", "shared");
    let mut tally = Tally::default();
    let mut opened = world.open(&target).await;
    for number in 1..=times {
        let own = format!("/data/{me}");
        let before = text(&opened.base, &own).to_owned();
        // What this writer saved is there, whatever others did meanwhile.
        assert_eq!(before, (number - 1).to_string(), "a saved value of {me} was lost");
        let mut request = edit(&opened, &format!("{me}: \"{before}\""), &format!("{me}: \"{number}\""));
        let shared = text(&opened.base, "/data/shared").to_owned();
        request.text =
            request.text.replacen(&format!("shared: {shared}"), &format!("shared: {me}-{number}"), 1);
        opened = loop {
            match world.clusters.save_edit(&ann(), &request).await {
                Ok(EditOutcome::Saved { object, merged, .. }) => {
                    tally.merged += u32::from(!merged.is_empty());
                    break *object;
                }
                Ok(EditOutcome::Review(review)) => {
                    assert_eq!(review.refused, None);
                    assert!(!review.conflicts.is_empty(), "{review:?}");
                    for conflict in &review.conflicts {
                        // Only what both write is ever asked about, and it is shown as it is.
                        assert_eq!(conflict.place, "data.shared");
                        assert_eq!(conflict.mine, Some(json!(format!("{me}-{number}"))));
                        assert_ne!(conflict.theirs, conflict.base);
                    }
                    tally.asked += 1;
                    let decide = |conflict| Choice { conflict, side: Side::Mine };
                    let choices = review.conflicts.into_iter().map(decide).collect();
                    request = EditRequest { choices, ..request };
                }
                Err(AppError::Conflict { .. }) => tally.outrun += 1,
                other => panic!("{me} {number}: {other:?}"),
            }
        };
        assert_eq!(text(&opened.base, &own), number.to_string());
        assert_eq!(text(&opened.base, "/data/shared"), format!("{me}-{number}"));
    }
    tally
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_never_overwrite_each_other_silently() {
    for world in worlds().await {
        let times = if world.real { REAL } else { SIMULATED };
        let start = json!({"one": "0", "two": "0", "shared": "nobody"});
        let target = world.config_map("shared", start).await;
        let world = Arc::new(world);
        let writers = ["one", "two"].map(|me| tokio::spawn(write(Arc::clone(&world), me, times)));
        let [one, two] = writers;
        let (one, two) = (one.await.unwrap(), two.await.unwrap());
        let place = if world.real { "a real cluster" } else { "the sandbox" };
        println!("rows: {} (saves of two writers on one object of {place})", 2 * times);
        println!("{one:?} {two:?}");
        let end = world.open(&target).await.base;
        assert_eq!(end["data"]["one"], times.to_string());
        assert_eq!(end["data"]["two"], times.to_string());
        assert!(one.asked + two.asked > 0, "they never met");
        let Ok(world) = Arc::try_unwrap(world) else { panic!("a writer is left") };
        world.end().await;
    }
}
