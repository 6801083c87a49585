//! Questions that run on without whoever asked them: once at a time for a caller and a topic.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use binnacle_model::{object::WorkloadKind, session::Caller};
use tokio::sync::watch;

use super::Cluster;

/// What is being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// Which of the cluster's numbers the caller may see.
    Numbers,
    /// What he may do with a list, by verb.
    Button(WorkloadKind, &'static str),
}

type Key = (Caller, Topic);

/// Flights that are under way; each channel ends with its flight.
pub(super) type Flights = Mutex<HashMap<Key, watch::Receiver<()>>>;

/// Takes a flight out when it has ended, however it did.
struct Seat {
    cluster: Arc<Cluster>,
    key: Key,
    _done: watch::Sender<()>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.cluster.flights.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Cluster {
    /// Runs a task, unless the caller has one of this topic under way, to its end or the cluster's. Returns
    /// whether it is this one, and a channel that ends with it.
    pub(super) fn once<F>(
        self: &Arc<Self>,
        caller: &Caller,
        topic: Topic,
        work: impl FnOnce(Arc<Self>, Caller) -> F,
    ) -> (bool, watch::Receiver<()>)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let key = (caller.clone(), topic);
        let (done, wait) = watch::channel(());
        {
            let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(current) = flights.get(&key) {
                return (false, current.clone());
            }
            flights.insert(key.clone(), wait.clone());
        }
        // Not while the lock is held: a runtime that is ending drops the task at once, which takes it too.
        let seat = Seat { cluster: Arc::clone(self), key, _done: done };
        let work = work(Arc::clone(self), caller.clone());
        let cancel = self.cancel.clone();
        self.tasks.spawn(async move {
            cancel.run_until_cancelled(work).await;
            drop(seat);
        });
        (true, wait)
    }
}
