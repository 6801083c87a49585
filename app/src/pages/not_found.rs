//! The page for addresses that name nothing.

use crate::ui::title::Title;
use binnacle_model::words::shell as words;
use leptos::prelude::*;

use crate::{
    i18n::t,
    paths,
    ui::{
        button::{ButtonVariant, LinkButton},
        icon::IconName,
        state::EmptyState,
    },
};

/// Says so, with status 404, and shows the way on.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text=t(words::PAGE_NOT_FOUND) />
        <EmptyState icon=IconName::Compass title=t(words::PAGE_NOT_FOUND) text=t(words::PAGE_NOT_FOUND_HELP)>
            <LinkButton href=paths::clusters() variant=ButtonVariant::Primary>{t(words::GO_TO_CLUSTERS)}</LinkButton>
        </EmptyState>
    }
}
