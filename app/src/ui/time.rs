//! Times: absolute on the server and in the first pass, then in words that keep up.
//!
//! The exact time is in `datetime` and in the tooltip. A time that stands alone can be focused. One in
//! a row takes no stop of its own: it says the exact time to screen readers beside the words, and where
//! the row has a link, that one's tooltip says it on focus. Where rows have none, a column of times is one
//! stop:
//!
//! | Key | Does |
//! | --- | --- |
//! | Tab | moves to the column's first time |
//! | Down, Up | the next, the previous time of the column |

use std::time::Duration;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::i18n::use_lang;
use crate::interop;
use binnacle_model::words::common;
use binnacle_model::{Lang, Word};

/// How often the words are looked at again.
const TICK: Duration = Duration::from_secs(1);

/// The page's clock: milliseconds since 1970, `None` until the browser has hydrated. All times of
/// a page share it.
#[derive(Clone, Copy)]
struct Clock(RwSignal<Option<i64>>);

/// Puts the page's clock into the context; once, at the root.
pub fn provide_clock() {
    let now = RwSignal::new(None);
    provide_context(Clock(now));
    Effect::new(move || {
        now.set(interop::now_ms());
        let ticker = set_interval_with_handle(move || now.set(interop::now_ms()), TICK).ok();
        on_cleanup(move || {
            if let Some(ticker) = ticker {
                ticker.clear();
            }
        });
    });
}

/// The page's clock in milliseconds since 1970; `None` on the server, before hydration and
/// without [`provide_clock`].
pub fn use_now() -> Signal<Option<i64>> {
    use_context::<Clock>().map_or_else(|| Signal::stored(None), |Clock(now)| now.into())
}

/// How a time is worded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeStyle {
    /// "3 min ago".
    #[default]
    Ago,
    /// "3 min": an age.
    Age,
}

/// A time in words, exact on hover and focus.
#[component]
pub fn TimeAgo(
    /// Milliseconds since 1970.
    #[prop(into)]
    at: Signal<i64>,
    /// How it is worded.
    #[prop(optional)]
    style: TimeStyle,
    /// It can be focused to read the exact time; not in rows, which would double their stops.
    #[prop(optional)]
    focusable: bool,
    /// It is one of a column that shares one stop: whether it is the one that Tab reaches.
    #[prop(optional, into)]
    column: Option<Signal<bool>>,
) -> impl IntoView {
    let lang = use_lang();
    let now = use_now();
    let exact = Signal::derive(move || exact(at.get()));
    let words = Memo::new(move |_| match now.get() {
        None => exact.get(),
        Some(now) => relative(now, at.get(), style, lang.get()),
    });
    view! {
        <time
            class="time"
            datetime=move || iso(at.get())
            data-tip=move || exact.get()
            tabindex=move || match column {
                Some(first) => Some(if first.get() { "0" } else { "-1" }),
                None => focusable.then_some("0"),
            }
            on:keydown=move |event| {
                if column.is_some() {
                    walk(&event);
                }
            }
        >
            {words}
            {(!focusable).then_some(move || {
                // Until the page has a clock, the words are the exact time.
                let worded = now.with(Option::is_some);
                worded.then(|| view! { <span class="visually-hidden">" (" {exact} ")"</span> })
            })}
        </time>
    }
    .into_any()
}

/// Moves the focus along the column of times that a key was pressed in.
fn walk(event: &KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let Some(here) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return;
    };
    let Ok(Some(rows)) = here.closest("tbody") else { return };
    let Ok(times) = rows.query_selector_all("time[tabindex]") else { return };
    let all: Vec<HtmlElement> = (0..times.length()).filter_map(|at| times.get(at)?.dyn_into().ok()).collect();
    let now = all.iter().position(|time| **time == here);
    if let Some(next) = now.and_then(|now| now.checked_add_signed(step)).and_then(|next| all.get(next)) {
        event.prevent_default();
        // Fails for an element that has left the page; then the focus stays.
        let _ = next.focus();
    }
}

/// The words for a time, seen from `now`. A time to come (a clock that runs ahead) is now.
fn relative(now: i64, at: i64, style: TimeStyle, lang: Lang) -> String {
    let seconds = now.saturating_sub(at).max(0) / 1000;
    let (word, count): (Word, i64) = match seconds {
        0..60 => (common::SECONDS, seconds),
        60..3600 => (common::MINUTES, seconds / 60),
        3600..172_800 => (common::HOURS, seconds / 3600),
        _ => (common::DAYS, seconds / 86_400),
    };
    let span = word.fill(lang, &[&count.to_string()]);
    match style {
        TimeStyle::Age => span,
        TimeStyle::Ago if seconds < 5 => common::JUST_NOW.text(lang).to_owned(),
        TimeStyle::Ago => common::AGO.fill(lang, &[&span]),
    }
}

/// Year, month, day, hour, minute, second in UTC.
fn civil(ms: i64) -> (i64, i64, i64, i64, i64, i64) {
    let seconds = ms.div_euclid(1000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Howard Hinnant's days-to-civil, from his "chrono-Compatible Low-Level Date Algorithms".
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, rest / 3600, rest % 3600 / 60, rest % 60)
}

/// A time for people: `2026-11-23 15:26:26 UTC`.
pub fn exact(ms: i64) -> String {
    let (year, month, day, hour, minute, second) = civil(ms);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

/// A time for machines: `2026-11-23T15:26:26Z`.
fn iso(ms: i64) -> String {
    let (year, month, day, hour, minute, second) = civil(ms);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right() {
        for (ms, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400_000, "2000-02-29 00:00:00 UTC"),
            (1_795_447_586_999, "2026-11-23 15:26:26 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
            (4_107_542_399_000, "2100-02-28 23:59:59 UTC"),
        ] {
            assert_eq!(exact(ms), text);
        }
    }

    #[test]
    fn times_are_worded() {
        let now = 1_000_000_000_000;
        for (before_s, style, text) in [
            (0, TimeStyle::Ago, "just now"),
            (30, TimeStyle::Ago, "30 s ago"),
            (180, TimeStyle::Ago, "3 min ago"),
            (180, TimeStyle::Age, "3 min"),
            (7200, TimeStyle::Age, "2 h"),
            (172_800, TimeStyle::Age, "2 d"),
            (-60, TimeStyle::Age, "0 s"),
        ] {
            assert_eq!(relative(now, now - before_s * 1000, style, Lang::En), text);
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn the_server_writes_the_exact_time() {
        let out = crate::ui::testing::html(|| view! { <TimeAgo at=1_795_447_586_000 /> });
        assert!(out.contains(r#"datetime="2026-11-23T15:26:26Z""#), "{out}");
        assert!(out.contains(">2026-11-23 15:26:26 UTC<"), "{out}");
        assert!(!out.contains("visually-hidden"), "said once: {out}");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_time_in_a_row_says_the_exact_one_without_a_stop() {
        let worded = |focusable: bool| {
            crate::ui::testing::html(move || {
                provide_context(Clock(RwSignal::new(Some(1_795_447_766_000))));
                view! { <TimeAgo at=1_795_447_586_000 style=TimeStyle::Age focusable=focusable /> }
            })
        };
        let text = |html: &str| {
            let parts = html.split('<').filter_map(|part| part.split_once('>'));
            parts.map(|(_, text)| text).collect::<String>()
        };
        let out = worded(false);
        assert!(text(&out).contains("3 min (2026-11-23 15:26:26 UTC)"), "{out}");
        assert!(!out.contains("tabindex"), "{out}");
        let out = worded(true);
        assert!(!text(&out).contains("UTC") && out.contains("tabindex"), "its tooltip says it: {out}");
    }
}
