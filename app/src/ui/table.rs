//! Tables: the scrolling frame and the sortable head cell.
//!
//! | Key | Does |
//! | --- | --- |
//! | Tab | moves among the sort buttons, the rows' links and their menus |
//! | Enter, Space, on a head | sorts by it; again, the other way |
//! | arrows, in the focused frame | scroll it |

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Icon, IconName, IconSize};

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortDirection {
    /// Least first.
    Ascending,
    /// Greatest first.
    Descending,
}

impl SortDirection {
    /// The value of `aria-sort`.
    pub fn aria(self) -> &'static str {
        match self {
            SortDirection::Ascending => "ascending",
            SortDirection::Descending => "descending",
        }
    }

    /// The other way.
    pub fn flip(self) -> SortDirection {
        match self {
            SortDirection::Ascending => SortDirection::Descending,
            SortDirection::Descending => SortDirection::Ascending,
        }
    }
}

/// The frame of a table: it scrolls by itself and can be focused, so that arrows scroll it too.
/// Its children are the `<thead>` and `<tbody>`.
#[component]
pub fn TableFrame(
    /// What the table lists: its accessible name.
    #[prop(into)]
    label: TextProp,
    /// Below 600 px a row becomes two lines: cells marked `data-line="1"` (name and status) above
    /// all others.
    #[prop(optional)]
    stacked: bool,
    /// `<thead>` and `<tbody>`.
    children: Children,
) -> impl IntoView {
    let name = label.clone();
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label=move || name.get()>
            <table class=if stacked { "table table-stacked" } else { "table" } aria-label=move || label.get()>
                {children()}
            </table>
        </div>
    }
    .into_any()
}

/// A head cell that sorts its column.
#[component]
pub fn SortHeader(
    /// The column's name.
    #[prop(into)]
    label: TextProp,
    /// Which way the table is sorted by this column now; `None` when by another.
    #[prop(into)]
    direction: Signal<Option<SortDirection>>,
    /// Runs with the way to sort by.
    #[prop(into)]
    on_sort: Callback<SortDirection>,
    /// A column of numbers: right-aligned.
    #[prop(optional)]
    numeric: bool,
    /// The way of the first press; ascending unless said (ages begin with the newest).
    #[prop(default = SortDirection::Ascending)]
    first: SortDirection,
) -> impl IntoView {
    let icon = Signal::derive(move || match direction.get() {
        Some(SortDirection::Descending) => IconName::ArrowDown,
        Some(SortDirection::Ascending) | None => IconName::ArrowUp,
    });
    view! {
        <th
            scope="col"
            class=if numeric { "numeric" } else { "" }
            aria-sort=move || direction.get().map(SortDirection::aria)
        >
            <button
                type="button"
                class="sort-button"
                data-sorted=move || direction.get().map(|_| "true")
                on:click=move |_| {
                    on_sort.run(direction.get_untracked().map_or(first, SortDirection::flip));
                }
            >
                <span>{move || label.get()}</span>
                <Icon name=icon size=IconSize::Small />
            </button>
        </th>
    }
    .into_any()
}

/// A head cell that does not sort.
#[component]
pub fn HeaderCell(
    /// The column's name.
    #[prop(into)]
    label: TextProp,
    /// A column of numbers: right-aligned.
    #[prop(optional)]
    numeric: bool,
    /// The name is read but not shown (the column of actions).
    #[prop(optional)]
    hidden: bool,
) -> impl IntoView {
    view! {
        <th scope="col" class=if numeric { "numeric" } else { "" }>
            <span class=if hidden { "visually-hidden" } else { "" }>{move || label.get()}</span>
        </th>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_sorted_column_says_so() {
        let out = html(|| {
            view! {
                <TableFrame label="StatefulSets">
                    <thead>
                        <tr>
                            <SortHeader label="Name" direction=Some(SortDirection::Descending) on_sort=|_| () />
                            <SortHeader label="Age" direction=None on_sort=|_| () numeric=true />
                            <HeaderCell label="Actions" hidden=true />
                        </tr>
                    </thead>
                    <tbody></tbody>
                </TableFrame>
            }
        });
        assert!(out.contains(r#"aria-label="StatefulSets""#) && out.contains(r#"role="region""#), "{out}");
        assert_eq!(out.matches("aria-sort").count(), 1, "{out}");
        assert!(out.contains(r#"aria-sort="descending""#), "{out}");
    }
}
