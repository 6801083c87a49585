//! A page's rendering and the tasks that load its data take turns.
//!
//! On several threads they would not: a resource that has its value wakes the rendering before it tells the memos
//! that read it (`notify_subs` of reactive_graph 0.2.16), so that a page could be drawn half with its data and half
//! without. The browser then finds other elements than its data say, and stops. One lock for each request, held
//! while one of its futures is polled and never between, makes what happens within a poll whole for the others.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use futures::Stream;
use leptos::prelude::use_context;

/// One request's lock; in its context, whatever the page spawns takes turns with it.
#[derive(Clone, Debug, Default)]
pub struct Turn(Arc<Mutex<()>>);

impl Turn {
    /// A future or a stream that is polled in turn.
    pub fn of<T>(&self, inner: T) -> InTurn<T> {
        InTurn { turn: self.clone(), inner: Box::pin(inner) }
    }
}

/// What [`Turn::of`] makes.
#[derive(Debug)]
pub struct InTurn<T> {
    turn: Turn,
    inner: Pin<Box<T>>,
}

impl<T> InTurn<T> {
    fn take<P>(&mut self, poll: impl FnOnce(Pin<&mut T>) -> Poll<P>) -> Poll<P> {
        // The lock guards no data, so what a panic left is as good as before.
        let _held = self.turn.0.lock().unwrap_or_else(PoisonError::into_inner);
        poll(self.inner.as_mut())
    }
}

impl<F: Future> Future for InTurn<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.take(|inner| inner.poll(cx))
    }
}

impl<S: Stream> Stream for InTurn<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.take(|inner| inner.poll_next(cx))
    }
}

/// Makes the pages' tasks take turns. Once, before the first page and before leptos chooses an executor itself.
pub fn install() {
    // Whoever was first stays; leptos asks again with each request.
    let _ = Executor::init_custom_executor(Turns);
}

struct Turns;

impl CustomExecutor for Turns {
    fn spawn(&self, task: PinnedFuture<()>) {
        match use_context::<Turn>() {
            Some(turn) => drop(tokio::spawn(turn.of(task))),
            None => drop(tokio::spawn(task)),
        }
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        drop(tokio::task::spawn_local(task));
    }

    fn poll_local(&self) {}
}
