//! Paging at the foot of a table: links, so that each page has an address.

use leptos::prelude::*;

use super::icon::{Icon, IconName};
use crate::i18n::{t, use_lang};
use binnacle_model::words::ui as words;

/// "1-50 of 10,000" and the pages.
#[component]
pub fn Pagination(
    /// This page, from 1.
    #[prop(into)]
    page: Signal<u32>,
    /// Rows of a full page.
    #[prop(into)]
    per_page: Signal<u32>,
    /// Rows in all.
    #[prop(into)]
    total: Signal<u32>,
    /// The address of a page.
    #[prop(into)]
    href: Callback<u32, String>,
) -> impl IntoView {
    let lang = use_lang();
    let label = t(words::PAGES);
    let previous = t(words::PREVIOUS_PAGE);
    let next = t(words::NEXT_PAGE);
    let last = Signal::derive(move || pages(total.get(), per_page.get()));
    let range = move || {
        range(page.get(), per_page.get(), total.get()).map(|(from, to)| {
            words::RANGE_OF
                .fill(lang.get(), &[&group_digits(from), &group_digits(to), &group_digits(total.get())])
        })
    };
    view! {
        <nav class="pagination" aria-label=label>
            <span class="pagination-range">{range}</span>
            <Show when=move || { last.get() > 1 }>
                <ul class="pagination-pages">
                    <li>
                        <PageStep icon=IconName::ChevronLeft label=previous to=Signal::derive(move || {
                            page.get().checked_sub(1).filter(|page| *page >= 1)
                        }) href=href />
                    </li>
                    {move || {
                        let here = page.get();
                        window(here, last.get())
                            .into_iter()
                            .map(|item| match item {
                                Some(number) => {
                                    view! {
                                        <li>
                                            <a
                                                class="pagination-page"
                                                href=href.run(number)
                                                aria-current=(number == here).then_some("page")
                                            >
                                                {group_digits(number)}
                                            </a>
                                        </li>
                                    }
                                        .into_any()
                                }
                                None => view! { <li class="pagination-gap" aria-hidden="true">"…"</li> }.into_any(),
                            })
                            .collect_view()
                    }}
                    <li>
                        <PageStep icon=IconName::ChevronRight label=next to=Signal::derive(move || {
                            Some(page.get() + 1).filter(|page| *page <= last.get())
                        }) href=href />
                    </li>
                </ul>
            </Show>
        </nav>
    }
    .into_any()
}

#[component]
fn PageStep<L>(
    icon: IconName,
    label: L,
    to: Signal<Option<u32>>,
    href: Callback<u32, String>,
) -> impl IntoView
where
    L: Fn() -> &'static str + Copy + Send + Sync + 'static,
{
    view! {
        <a
            class="pagination-page"
            role="link"
            aria-label=label
            data-tip=label
            href=move || to.get().map(|page| href.run(page))
            aria-disabled=move || to.get().is_none().then_some("true")
        >
            <Icon name=icon />
        </a>
    }
    .into_any()
}

/// How many pages there are, at least one.
fn pages(total: u32, per_page: u32) -> u32 {
    total.div_ceil(per_page.max(1)).max(1)
}

/// The first and last row of a page, from 1; both 0 when there are none at all, `None` for a page past the
/// end, which has none.
fn range(page: u32, per_page: u32, total: u32) -> Option<(u32, u32)> {
    if total == 0 {
        return Some((0, 0));
    }
    let from = page.max(1).saturating_sub(1).saturating_mul(per_page).saturating_add(1);
    (from <= total).then(|| (from, from.saturating_add(per_page.saturating_sub(1)).min(total)))
}

/// The page numbers shown; `None` is a gap. Always the ends and the neighbours.
fn window(here: u32, last: u32) -> Vec<Option<u32>> {
    let mut shown = Vec::new();
    let mut before = 0;
    for number in 1..=last {
        let near = number.abs_diff(here) <= 1;
        if !(number == 1 || number == last || near) {
            continue;
        }
        match number - before {
            0 | 1 => {}
            // A gap of one page is that page.
            2 => shown.push(Some(number - 1)),
            _ => shown.push(None),
        }
        shown.push(Some(number));
        before = number;
    }
    shown
}

/// A count with its thousands grouped by commas, as both languages write it.
pub fn group_digits(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (10_000, "10,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(group_digits(number), text);
        }
    }

    #[test]
    fn ranges_stay_within_the_rows() {
        for (page, per_page, total, expected) in [
            (1, 50, 10_000, Some((1, 50))),
            (200, 50, 10_000, Some((9951, 10_000))),
            (1, 50, 7, Some((1, 7))),
            (9, 50, 7, None),
            (2, 50, 50, None),
            (1, 50, 0, Some((0, 0))),
            (0, 50, 60, Some((1, 50))),
        ] {
            assert_eq!(range(page, per_page, total), expected, "page {page}");
        }
        assert_eq!(pages(0, 50), 1);
        assert_eq!(pages(51, 50), 2);
    }

    #[test]
    fn the_window_shows_ends_and_neighbours() {
        let text = |here, last| {
            window(here, last)
                .iter()
                .map(|item| item.map_or("…".to_owned(), |number| number.to_string()))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(text(1, 1), "1");
        assert_eq!(text(1, 200), "1 2 … 200");
        assert_eq!(text(4, 200), "1 2 3 4 5 … 200");
        assert_eq!(text(100, 200), "1 … 99 100 101 … 200");
        assert_eq!(text(200, 200), "1 … 199 200");
        assert_eq!(text(2, 3), "1 2 3");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn pages_are_links() {
        let out = crate::ui::testing::html(|| {
            view! { <Pagination page=2 per_page=50 total=10_000 href=|page| format!("?page={page}") /> }
        });
        assert!(out.contains("51-100 of 10,000"), "{out}");
        let here = out.split("<a ").find(|link| link.contains(r#"aria-current="page""#)).unwrap();
        assert!(here.contains(r#"href="?page=2""#) && here.contains(">2<"), "{out}");
        assert!(out.contains(r#"href="?page=3""#) && out.contains(r#"aria-label="Next page""#), "{out}");
    }
}
