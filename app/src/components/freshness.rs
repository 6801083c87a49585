//! How old the data is: live, stale with its reason, or cut off from the console.

use binnacle_model::{
    Word,
    cluster::Freshness,
    words::{Text, common, errors, lists},
};
use leptos::prelude::*;

use crate::{
    i18n::use_lang,
    live::{LiveState, use_live_state},
    request::use_request,
    ui::{
        self,
        badge::{StatusBadge, Tone},
        state::Notice,
    },
};

/// A length of time in words, largest unit only (`3 min`).
pub fn duration(seconds: i64) -> Text {
    match seconds.max(0) {
        s if s < 60 => Text::new(&common::SECONDS, [s.to_string()]),
        s if s < 3_600 => Text::new(&common::MINUTES, [(s / 60).to_string()]),
        s if s < 86_400 => Text::new(&common::HOURS, [(s / 3_600).to_string()]),
        s => Text::new(&common::DAYS, [(s / 86_400).to_string()]),
    }
}

/// Seconds since the epoch by the page's clock; the request's time until it ticks.
pub fn use_now() -> Signal<i64> {
    let requested = use_request().now;
    let clock = ui::time::use_now();
    Signal::derive(move || clock.get().map_or(requested, |ms| ms / 1_000))
}

/// Whether the data is stale because its first list is still on its way: nothing is wrong.
pub fn is_first_list(freshness: &Freshness) -> bool {
    freshness.stale.as_ref().is_some_and(|reason| errors::CLUSTER_LOADING.is(&reason.key))
}

/// The live mark of a list.
#[component]
pub fn LiveMark(
    /// Age of the data.
    #[prop(into)]
    freshness: Signal<Freshness>,
) -> impl IntoView {
    let lang = use_lang();
    let socket = use_live_state();
    let mark = move || freshness.with(|fresh| mark(fresh, socket.get()));
    let tone = Signal::derive(move || mark().0);
    let word = move || mark().1.text(lang.get());
    let reason = Signal::derive(move || Some(mark().2.render(lang.get())));
    view! { <StatusBadge tone=tone label=word reason=reason /> }
}

/// Tone, word and reason of the live mark.
fn mark(freshness: &Freshness, socket: LiveState) -> (Tone, Word, Text) {
    match (&freshness.stale, socket) {
        (Some(_), _) if is_first_list(freshness) => {
            (Tone::Progressing, common::LOADING, lists::FIRST_LIST.into())
        }
        (Some(reason), _) => (Tone::Waiting, lists::STALE, reason.clone()),
        (None, LiveState::Lost(_)) => (Tone::Neutral, lists::RECONNECTING, lists::RECONNECTING_HELP.into()),
        (None, LiveState::SignedOut) => (Tone::Neutral, lists::SIGNED_OUT, errors::UNAUTHENTICATED.into()),
        (None, LiveState::Idle | LiveState::Open) => (Tone::Running, lists::LIVE, lists::LIVE_HELP.into()),
    }
}

/// How old data is and why, while it is stale, by the page's clock.
pub fn use_age(freshness: Signal<Freshness>) -> Memo<Option<Text>> {
    let now = use_now();
    Memo::new(move |_| freshness.with(|fresh| age(fresh, || now.get())))
}

/// The sentence of [`use_age`]; asks for the time only where it says one, so that live data does not
/// follow the clock.
fn age(freshness: &Freshness, now: impl Fn() -> i64) -> Option<Text> {
    let reason = freshness.stale.clone()?;
    Some(match freshness.as_of {
        _ if is_first_list(freshness) => lists::FIRST_LIST.into(),
        Some(then) => Text::new(&lists::STALE_REASON, [duration(now() - then), reason]),
        None => Text::new(&lists::STALE_UNSEEN, [reason]),
    })
}

/// The line that says that data is stale, how old it is and why.
#[component]
pub fn StaleNotice(
    /// Age of the data.
    #[prop(into)]
    freshness: Signal<Freshness>,
) -> impl IntoView {
    let lang = use_lang();
    let age = use_age(freshness);
    let sentence = move || age.with(|age| age.as_ref().map(|age| age.render(lang.get())));
    let tone =
        Signal::derive(move || if freshness.with(is_first_list) { Tone::Progressing } else { Tone::Waiting });
    view! {
        <Show when=move || freshness.with(|fresh| fresh.stale.is_some())>
            <Notice tone=tone text=move || sentence().unwrap_or_default() />
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use binnacle_model::Lang;

    use super::*;

    #[test]
    fn the_age_is_said_with_its_reason_and_live_data_asks_no_clock() {
        let dead = || Some(Text::raw("no route"));
        for (as_of, stale, said) in [
            (Some(40), dead(), "What you see is 1 min old: no route"),
            (None, dead(), "Nothing has been read from this cluster yet: no route"),
            (Some(40), Some(errors::CLUSTER_LOADING.into()), "Reading the list"),
        ] {
            let text = age(&Freshness { as_of, stale }, || 100).unwrap().render(Lang::En);
            assert!(text.contains(said), "{text}");
        }
        let live = Freshness { as_of: Some(40), stale: None };
        assert_eq!(age(&live, || unreachable!("live data follows no clock")), None);
    }

    #[test]
    fn the_mark_says_what_the_data_is_and_why() {
        let fresh = |stale: Option<Text>| Freshness { as_of: Some(1), stale };
        for (stale, socket, word, reason) in [
            (None, LiveState::Open, "Live", "Changes appear by themselves"),
            (None, LiveState::Lost(1.0), "Reconnecting", "before the connection was lost"),
            (None, LiveState::SignedOut, "Signed out", "Sign in to go on"),
            (Some(errors::CLUSTER_LOADING.into()), LiveState::Open, "Loading", "Reading the list"),
            (Some(Text::raw("connection refused")), LiveState::Open, "Stale", "connection refused"),
        ] {
            let (_, said, why) = mark(&fresh(stale), socket);
            let why = why.render(Lang::En);
            assert_eq!(said.text(Lang::En), word);
            assert!(why.contains(reason), "{word}: {why}");
        }
    }
}
