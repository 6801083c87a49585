//! How old the data is: live, stale with its reason, or cut off from the console.

use binnacle_model::{
    cluster::Freshness,
    words::{Text, common, lists},
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

/// The live mark of a list.
#[component]
pub fn LiveMark(
    /// Age of the data.
    #[prop(into)]
    freshness: Signal<Freshness>,
) -> impl IntoView {
    let lang = use_lang();
    let socket = use_live_state();
    let stale = move || freshness.with(|fresh| fresh.stale.is_some());
    let tone = Signal::derive(move || match (stale(), socket.get()) {
        (true, _) => Tone::Waiting,
        (false, LiveState::Lost(_)) => Tone::Neutral,
        (false, LiveState::Idle | LiveState::Open) => Tone::Running,
    });
    let word = move || {
        match (stale(), socket.get()) {
            (true, _) => lists::STALE,
            (false, LiveState::Lost(_)) => lists::RECONNECTING,
            (false, LiveState::Idle | LiveState::Open) => lists::LIVE,
        }
        .text(lang.get())
    };
    let reason = Signal::derive(move || {
        Some(match freshness.with(|fresh| fresh.stale.clone()) {
            Some(reason) => reason.render(lang.get()),
            None => lists::LIVE_HELP.text(lang.get()).to_owned(),
        })
    });
    view! { <StatusBadge tone=tone label=word reason=reason /> }
}

/// The line that says that data is stale, how old it is and why.
#[component]
pub fn StaleNotice(
    /// Age of the data.
    #[prop(into)]
    freshness: Signal<Freshness>,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let sentence = move || {
        freshness.with(|fresh| {
            let reason = fresh.stale.clone()?;
            let text = match fresh.as_of {
                Some(then) => Text::new(&lists::STALE_REASON, [duration(now.get() - then), reason]),
                None => Text::new(&lists::STALE_UNSEEN, [reason]),
            };
            Some(text.render(lang.get()))
        })
    };
    view! {
        <Show when=move || freshness.with(|fresh| fresh.stale.is_some())>
            <Notice tone=Tone::Waiting text=move || sentence().unwrap_or_default() />
        </Show>
    }
}
