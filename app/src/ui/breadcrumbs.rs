//! The way to this page, as links.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

use super::icon::{Icon, IconName, IconSize};

/// One place on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// Its words.
    pub label: String,
    /// Its address; `None` for this page.
    pub href: Option<String>,
}

impl Crumb {
    /// A place above this page.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Crumb { label: label.into(), href: Some(href.into()) }
    }

    /// This page.
    pub fn here(label: impl Into<String>) -> Self {
        Crumb { label: label.into(), href: None }
    }
}

/// The breadcrumb trail.
#[component]
pub fn Breadcrumbs(
    /// The trail's accessible name.
    #[prop(into)]
    label: TextProp,
    /// From the top down to this page.
    #[prop(into)]
    items: Signal<Vec<Crumb>>,
) -> impl IntoView {
    view! {
        <nav class="breadcrumbs" aria-label=move || label.get()>
            <ol>
                {move || {
                    items
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(at, crumb)| {
                            view! {
                                <li>
                                    {(at > 0)
                                        .then(|| {
                                            view! { <Icon name=IconName::ChevronRight size=IconSize::Small /> }
                                        })}
                                    {match crumb.href {
                                        Some(href) => view! { <a href=href>{crumb.label}</a> }.into_any(),
                                        None => view! { <span aria-current="page">{crumb.label}</span> }.into_any(),
                                    }}
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ol>
        </nav>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::testing::html;

    #[test]
    fn the_last_crumb_is_this_page() {
        let out = html(|| {
            let items = vec![Crumb::link("Clusters", "/clusters"), Crumb::here("prod")];
            view! { <Breadcrumbs label="Breadcrumb" items=items /> }
        });
        assert!(out.contains(r#"aria-label="Breadcrumb""#) && out.contains(r#"href="/clusters""#), "{out}");
        assert!(out.contains(r#"aria-current="page">prod"#), "{out}");
    }
}
