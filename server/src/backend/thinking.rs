//! The paste doctor's waiting room: reading a megabyte of hostile text takes a core for a second, and
//! the threads that serve everybody else must not wait for that.

use std::{sync::Arc, time::Duration};

use binnacle_model::{AppError, Result};
use tokio::{sync::Semaphore, time::timeout};

use crate::middleware::observe;

/// Texts that are read at a time.
const AT_ONCE: usize = 2;
/// Texts that may be there, read or waiting: each is up to a megabyte.
const ROOM: usize = 32;
/// How long a text waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// Seconds after which whoever found no room may come again.
const COME_AGAIN: u32 = 2;

/// Runs the doctor, for a bounded number at once.
#[derive(Debug)]
pub struct Doctor {
    turns: Arc<Semaphore>,
    room: Semaphore,
}

impl Default for Doctor {
    fn default() -> Self {
        Doctor { turns: Arc::new(Semaphore::new(AT_ONCE)), room: Semaphore::new(ROOM) }
    }
}

impl Doctor {
    /// Does the work on a thread that may be held up.
    ///
    /// # Errors
    /// When there is no room, or the work panicked.
    pub async fn ask<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || AppError::TooManyRequests { retry_after: COME_AGAIN };
        let _room = self.room.try_acquire().map_err(|_| busy())?;
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            // It ends with the work and not with the request: who goes away leaves the thread busy.
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| {
            let request_id = observe::current_id();
            tracing::error!(%error, request_id, "the doctor failed");
            AppError::Internal { request_id }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn few_at_a_time_also_when_those_who_asked_have_gone() {
        let doctor = Arc::new(Doctor::default());
        let (finish, finished) = mpsc::channel::<()>();
        let finished = Arc::new(std::sync::Mutex::new(finished));
        for _ in 0..AT_ONCE {
            let (begin, begun) = tokio::sync::oneshot::channel();
            let finished = Arc::clone(&finished);
            let doctor = Arc::clone(&doctor);
            let asked = tokio::spawn(async move {
                let work = move || {
                    let _ = begin.send(());
                    finished.lock().unwrap().recv().unwrap();
                };
                doctor.ask(work).await
            });
            begun.await.unwrap();
            asked.abort();
        }
        let mut next = Box::pin(doctor.ask(|| 7));
        assert!(timeout(Duration::from_millis(100), &mut next).await.is_err(), "all turns are taken");
        for _ in 0..AT_ONCE {
            finish.send(()).unwrap();
        }
        assert_eq!(next.await, Ok(7));
    }

    #[tokio::test]
    async fn who_finds_no_room_is_told_at_once() {
        let doctor = Doctor { room: Semaphore::new(0), ..Doctor::default() };
        assert_eq!(doctor.ask(|| ()).await, Err(AppError::TooManyRequests { retry_after: COME_AGAIN }));
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_gives_its_turn_back() {
        let doctor = Doctor::default();
        for _ in 0..=AT_ONCE {
            let answer: Result<()> = doctor.ask(|| panic!("at work")).await;
            assert!(matches!(answer, Err(AppError::Internal { .. })));
        }
        assert_eq!(doctor.ask(|| 1).await, Ok(1));
    }
}
