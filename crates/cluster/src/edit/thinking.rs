//! Reading and merging takes a core for a moment: it is done where it holds up nobody else, and for few at a time.

use std::time::Duration;

use binnacle_model::{AppError, Result};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// Texts that are read and merged at a time, of all clusters.
const AT_ONCE: usize = 2;
/// Texts that may be there, merged or waiting: each comes with its base and is up to two megabytes.
const ROOM: usize = 32;
/// How long a text waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// Seconds after which whoever found no room may come again.
const COME_AGAIN: u32 = 2;

static THINKING: Thinking = Thinking::new(AT_ONCE, ROOM);

struct Thinking {
    turns: Semaphore,
    room: Semaphore,
}

impl Thinking {
    const fn new(turns: usize, room: usize) -> Self {
        Thinking { turns: Semaphore::const_new(turns), room: Semaphore::const_new(room) }
    }

    async fn think<T: Send + 'static>(&'static self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || AppError::TooManyRequests { retry_after: COME_AGAIN };
        let _room = self.room.try_acquire().map_err(|_| busy())?;
        let turn = timeout(PATIENCE, self.turns.acquire()).await.map_err(|_| busy())?;
        on_a_thread(turn.ok(), work).await
    }

    async fn finish<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        on_a_thread(self.turns.acquire().await.ok(), work).await
    }
}

/// Does work when its turn comes.
///
/// # Errors
/// When there is no room, or the work panicked.
pub(super) async fn think<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    THINKING.think(work).await
}

/// Does what is left to do once an object was written, however long that waits: who is sent away now would
/// take it for not saved.
///
/// # Errors
/// When the work panicked.
pub(super) async fn finish<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    THINKING.finish(work).await
}

async fn on_a_thread<T: Send + 'static>(
    turn: Option<SemaphorePermit<'static>>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let work = move || {
        // It ends with the work and not with the request: who goes away leaves the thread busy.
        let _turn = turn;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "merging an edit failed");
        AppError::Internal { request_id: String::new() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinking(turns: usize, room: usize) -> &'static Thinking {
        Box::leak(Box::new(Thinking::new(turns, room)))
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_room_or_no_turn_is_told_to_come_again() {
        let busy = Err(AppError::TooManyRequests { retry_after: COME_AGAIN });
        assert_eq!(thinking(1, 0).think(|| 1).await, busy, "no room");
        assert_eq!(thinking(0, 1).think(|| 1).await, busy, "no turn");
        assert_eq!(thinking(1, 1).think(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn what_was_written_is_finished_without_room() {
        assert_eq!(thinking(1, 0).finish(|| 1).await, Ok(1));
    }
}
