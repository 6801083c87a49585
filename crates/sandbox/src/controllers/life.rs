//! Background life: now and then something rolls, so that lists are seen to be live.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::kind::{DEPLOYMENT, Kind, STATEFUL_SET};
use crate::random::Random;
use crate::store::State;
use crate::value::{Object, now};

/// Label that marks a workload as free to be rolled by the cluster's own life.
pub(crate) const LIVELY: &str = "sandbox.binnacle.dev/lively";

/// When the next small thing happens.
#[derive(Debug)]
pub(super) struct Life {
    random: Random,
    next: Instant,
}

impl Life {
    /// A life that begins after a first pause.
    pub(super) fn new(seed: u64) -> Self {
        let mut life = Self { random: Random::new(seed ^ 0x11fe), next: Instant::now() };
        life.rest();
        life
    }

    /// When the next thing happens.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    fn rest(&mut self) {
        let extra = u64::try_from(self.random.below(10_000)).unwrap_or(0);
        self.next = Instant::now() + Duration::from_millis(10_000 + extra);
    }

    /// Rolls one workload if it is time.
    pub(super) fn turn(&mut self, state: &mut State) {
        if Instant::now() < self.next {
            return;
        }
        self.rest();
        let lively: Vec<(&'static Kind, String, String)> = [STATEFUL_SET, DEPLOYMENT]
            .into_iter()
            .flat_map(|kind| state.iter(kind, None).map(move |object| (kind, object)))
            .filter(|(_, object)| object.at("/metadata/labels")[LIVELY] == "true" && !object.deleting())
            .map(|(kind, object)| (kind, object.namespace().to_owned(), object.name().to_owned()))
            .collect();
        let Some((kind, namespace, name)) = self.random.pick(&lively).cloned() else { return };
        let Some(found) = state.get(kind, &namespace, &name) else { return };
        let mut changed = Value::clone(&found);
        let mut annotations =
            found.at("/spec/template/metadata/annotations").as_object().cloned().unwrap_or_default();
        annotations.insert("kubectl.kubernetes.io/restartedAt".to_owned(), now().into());
        changed.put("/spec/template/metadata/annotations", annotations);
        changed.put("/metadata/generation", found.int("/metadata/generation").unwrap_or(1) + 1);
        state.put(kind, changed);
    }
}
