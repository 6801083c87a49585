//! Whether a cluster answers: the circuit breaker, fed by every call, decided by the probe.

use std::sync::atomic::Ordering;

use binnacle_model::Text;

use super::{Connection, OPEN_AFTER};
use crate::{clock, failure::Failure};

/// Whether a cluster answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// Not asked yet.
    New,
    /// Answers.
    Up,
    /// Does not; calls fail at once with the reason until a probe gets through.
    Down {
        /// Unix seconds of the first failure.
        since: i64,
        /// Why.
        reason: Text,
    },
}

impl Connection {
    /// A good exchange, or at least an answer: the cluster is there.
    pub(super) fn note_success(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.last_good.store(clock::now(), Ordering::Relaxed);
        self.health.send_if_modified(|health| {
            let changed = *health != Health::Up;
            *health = Health::Up;
            changed
        });
    }

    /// A transport failure. The probe's word counts at once; other calls need some in a row, and then
    /// wake the probe to decide.
    pub(super) fn note_failure(&self, failure: &Failure, probe: bool) {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if !probe && failures < OPEN_AFTER {
            return;
        }
        self.mark_down(failure.reason());
        if !probe {
            self.wake.notify_one();
        }
    }

    /// The cluster cannot be used, for this reason.
    pub(crate) fn mark_down(&self, reason: Text) {
        self.health.send_if_modified(|health| match health {
            Health::Down { reason: old, .. } if *old == reason => false,
            Health::Down { reason: old, .. } => {
                *old = reason;
                true
            }
            Health::New | Health::Up => {
                *health = Health::Down { since: clock::now(), reason };
                true
            }
        });
    }
}
