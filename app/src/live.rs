//! The tab's one socket: pages subscribe, the server sends what changed.
//!
//! The socket opens with the first subscription, answers its own death with a full-jitter back-off
//! (0.5 to 15 s) and subscribes everything again; a page keeps what it last showed meanwhile. Where the
//! session has ended it stays closed: no attempt can help until the person has signed in.

use std::collections::BTreeMap;

#[cfg(feature = "hydrate")]
use binnacle_model::live::Message;
use binnacle_model::{
    AppError,
    live::{ClientMessage, Topic},
};
use leptos::prelude::*;

/// Whether news arrive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LiveState {
    /// No subscription yet.
    Idle,
    /// The socket is open, and answers.
    Open,
    /// The socket is gone since this time (milliseconds since the epoch); it is tried again, or has not
    /// answered since.
    Lost(f64),
    /// The session has ended, and the socket with it.
    SignedOut,
}

/// The code the server closes with when the session has ended (RFC 6455: policy violation).
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has a socket"))]
const CLOSED_BY_POLICY: u16 = 1008;

/// What a subscription hears: its news as JSON, which the page that follows reads, or its end.
pub type News = Result<String, AppError>;

/// One subscription: what it follows and who hears of it.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has a socket"))]
#[derive(Clone)]
struct Subscription {
    topic: Topic,
    on_update: Callback<News>,
}

/// The tab's live connection.
#[derive(Clone, Copy)]
pub struct Live {
    state: RwSignal<LiveState>,
    subscriptions: StoredValue<BTreeMap<u32, Subscription>>,
    next: StoredValue<u32>,
}

/// Puts the connection into the context; once, at the root. Opens nothing.
pub fn provide_live() {
    provide_context(Live {
        state: RwSignal::new(LiveState::Idle),
        subscriptions: StoredValue::new(BTreeMap::new()),
        next: StoredValue::new(0),
    });
}

/// Whether news arrive, for the live mark of lists.
pub fn use_live_state() -> Signal<LiveState> {
    match use_context::<Live>() {
        Some(live) => live.state.into(),
        None => Signal::stored(LiveState::Idle),
    }
}

/// Follows a topic while the calling component lives; a topic of `None` follows nothing. Each change
/// of the topic is a new subscription.
pub fn follow(topic: impl Fn() -> Option<Topic> + 'static, on_update: Callback<News>) {
    let Some(live) = use_context::<Live>() else { return };
    let current = StoredValue::new(None::<u32>);
    let stop = move || {
        if let Some(id) = current.try_update_value(Option::take).flatten() {
            live.unsubscribe(id);
        }
    };
    Effect::new(move |_| {
        let wanted = topic();
        stop();
        if let Some(topic) = wanted {
            current.set_value(Some(live.subscribe(topic, on_update)));
        }
    });
    on_cleanup(stop);
}

impl Live {
    fn subscribe(self, topic: Topic, on_update: Callback<News>) -> u32 {
        let id = self.next.with_value(|next| next + 1);
        self.next.set_value(id);
        self.subscriptions.update_value(|all| {
            all.insert(id, Subscription { topic: topic.clone(), on_update });
        });
        socket::send(self, &ClientMessage::Subscribe { id, topic });
        id
    }

    fn unsubscribe(self, id: u32) {
        let known = self.subscriptions.try_update_value(|all| all.remove(&id).is_some()).unwrap_or(false);
        if known {
            socket::send(self, &ClientMessage::Unsubscribe { id });
        }
    }

    /// Pages show what is true now, from the first answer on: what a socket that came back has not answered
    /// yet is still from before.
    #[cfg(feature = "hydrate")]
    fn is_answered(self) {
        if self.state.get_untracked() != LiveState::Open {
            self.state.set(LiveState::Open);
        }
    }

    #[cfg(feature = "hydrate")]
    fn receive(self, message: Message<Box<serde_json::value::RawValue>>) {
        let (id, news) = match message {
            Message::Alive => return,
            Message::Update { id, update } => (id, Ok(String::from(Box::<str>::from(update)))),
            Message::Failed { id, error } => (id, Err(error)),
        };
        self.is_answered();
        let heard = self.subscriptions.with_value(|all| all.get(&id).map(|one| one.on_update));
        if let Some(on_update) = heard {
            on_update.run(news);
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod socket {
    use super::{ClientMessage, Live};

    /// There is no socket on the server.
    pub(super) fn send(live: Live, message: &ClientMessage) {
        let _ = (live, message);
    }
}

#[cfg(feature = "hydrate")]
mod socket {
    use std::{cell::RefCell, time::Duration};

    use binnacle_model::{AppError, live::ClientMessage};
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, prelude::Closure};
    use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

    use super::{CLOSED_BY_POLICY, Live, LiveState};
    use crate::api::clusters::list_clusters;

    /// Silence after which the socket is taken for dead; the server says `Alive` every 5 s.
    const SILENCE_MS: f64 = 12_000.0;

    struct Connection {
        socket: WebSocket,
        heard: f64,
        // Kept alive as long as the socket may call them.
        _callbacks:
            (Closure<dyn FnMut(Event)>, Closure<dyn FnMut(MessageEvent)>, Closure<dyn FnMut(CloseEvent)>),
    }

    thread_local! {
        static CONNECTION: RefCell<Option<Connection>> = const { RefCell::new(None) };
        static ATTEMPT: RefCell<u32> = const { RefCell::new(0) };
        static WATCHDOG: RefCell<bool> = const { RefCell::new(false) };
    }

    /// Sends now, or opens the socket, which subscribes everything when it is open.
    pub(super) fn send(live: Live, message: &ClientMessage) {
        if live.state.get_untracked() == LiveState::SignedOut {
            return;
        }
        let open = CONNECTION.with_borrow(|connection| {
            connection.as_ref().map(|one| one.socket.ready_state() == WebSocket::OPEN)
        });
        match open {
            Some(true) => transmit(message),
            Some(false) => {}
            None => open_socket(live),
        }
    }

    fn transmit(message: &ClientMessage) {
        let Ok(text) = serde_json::to_string(message) else { return };
        CONNECTION.with_borrow(|connection| {
            if let Some(one) = connection {
                // A socket that just closed refuses; its close event starts it anew.
                let _ = one.socket.send_with_str(&text);
            }
        });
    }

    fn open_socket(live: Live) {
        let location = window().location();
        let (Ok(protocol), Ok(host)) = (location.protocol(), location.host()) else { return };
        let scheme = if protocol == "https:" { "wss" } else { "ws" };
        let Ok(socket) = WebSocket::new(&format!("{scheme}://{host}/live")) else {
            return retry(live);
        };

        let on_open = Closure::<dyn FnMut(Event)>::new(move |_| {
            ATTEMPT.set(0);
            touch();
            let all = live
                .subscriptions
                .with_value(|all| all.iter().map(|(id, one)| (*id, one.topic.clone())).collect::<Vec<_>>());
            if all.is_empty() {
                live.is_answered();
            }
            for (id, topic) in all {
                transmit(&ClientMessage::Subscribe { id, topic });
            }
        });
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            touch();
            let text = event.data().as_string().unwrap_or_default();
            match serde_json::from_str(&text) {
                Ok(message) => live.receive(message),
                Err(error) => leptos::logging::error!("a live message cannot be read: {error}"),
            }
        });
        let on_close = Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            if event.code() == CLOSED_BY_POLICY { signed_out(live) } else { lost(live) }
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        CONNECTION.set(Some(Connection {
            socket,
            heard: js_sys::Date::now(),
            _callbacks: (on_open, on_message, on_close),
        }));
        watch(live);
    }

    fn touch() {
        CONNECTION.with_borrow_mut(|connection| {
            if let Some(one) = connection {
                one.heard = js_sys::Date::now();
            }
        });
    }

    /// Lets go of the socket.
    fn release() {
        // Dropped in a later turn: a closure must not drop itself while it runs.
        if let Some(old) = CONNECTION.take() {
            old.socket.set_onopen(None);
            old.socket.set_onmessage(None);
            old.socket.set_onclose(None);
            let _ = old.socket.close();
            set_timeout(move || drop(old), Duration::ZERO);
        }
    }

    /// The session has ended: say so, and leave it at that.
    fn signed_out(live: Live) {
        release();
        live.state.set(LiveState::SignedOut);
    }

    /// The socket is gone: say so and try again.
    fn lost(live: Live) {
        release();
        if !matches!(live.state.get_untracked(), LiveState::Lost(_)) {
            live.state.set(LiveState::Lost(js_sys::Date::now()));
        }
        retry(live);
    }

    /// A refused handshake tells a script nothing, so a socket that does not open again asks whether the
    /// session has ended meanwhile (a laptop that slept over it).
    fn ask_for_session(live: Live) {
        leptos::task::spawn_local(async move {
            if let Err(error) = list_clusters().await
                && error.0 == AppError::Unauthenticated
            {
                signed_out(live);
            }
        });
    }

    /// Full jitter between 0.5 s and a bound that doubles up to 15 s (performance spec B1).
    fn retry(live: Live) {
        let attempt = ATTEMPT.take();
        ATTEMPT.set(attempt.saturating_add(1));
        if attempt > 0 {
            ask_for_session(live);
        }
        let bound = (1_000.0 * f64::from(1_u32 << attempt.min(4))).min(15_000.0);
        let wait = 500.0 + js_sys::Math::random() * (bound - 500.0);
        set_timeout(
            move || {
                let none = CONNECTION.with_borrow(Option::is_none);
                let wanted = live.state.try_get_untracked() != Some(LiveState::SignedOut);
                if none && wanted && live.subscriptions.try_with_value(|all| !all.is_empty()).unwrap_or(false)
                {
                    open_socket(live);
                }
            },
            Duration::from_millis(wait as u64),
        );
    }

    /// A half-open socket never closes by itself: the silence tells.
    fn watch(live: Live) {
        if WATCHDOG.replace(true) {
            return;
        }
        set_interval(
            move || {
                let silent = CONNECTION.with_borrow(|connection| {
                    connection.as_ref().is_some_and(|one| js_sys::Date::now() - one.heard > SILENCE_MS)
                });
                if silent {
                    lost(live);
                }
            },
            Duration::from_secs(3),
        );
    }
}
