//! Loading a page's data: rendered by the server, then kept true by the live socket.

use binnacle_model::{AppError, cluster::Ages, live::Topic, words::shell};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    api::ApiError,
    i18n::{t, tt},
    live::{News, follow},
    paths,
    ui::state::ErrorState,
};

/// A page's data.
pub type Loaded<T> = Resource<Result<T, ApiError>>;

/// Follows a topic into a resource: its news `N`, where `read` finds a value in them, replace it. An error
/// of the subscription replaces it too, except while it would hide data that can still be shown: that
/// grows stale.
///
/// What comes back tries again: the server ends a subscription that fails, so it is made anew along with
/// the data.
pub fn follow_into<T, N>(
    data: Loaded<T>,
    topic: impl Fn() -> Option<Topic> + 'static,
    read: impl Fn(N) -> Option<T> + Send + Sync + 'static,
) -> Callback<()>
where
    T: Ages + Send + Sync + Clone + serde::Serialize + serde::de::DeserializeOwned + 'static,
    N: serde::de::DeserializeOwned + 'static,
{
    let on_update = Callback::new(move |news: News| match news {
        Ok(text) => match serde_json::from_str::<N>(&text) {
            Ok(news) => {
                if let Some(value) = read(news) {
                    data.set(Some(Ok(value)));
                }
            }
            Err(error) => leptos::logging::error!("live news cannot be read: {error}"),
        },
        Err(error) => data.set(after_failure(data.get_untracked(), error)),
    });
    let attempt = RwSignal::new(0_u32);
    let topic = move || {
        attempt.track();
        topic()
    };
    follow(topic, on_update);
    Callback::new(move |()| {
        attempt.set(attempt.get_untracked() + 1);
        data.refetch();
    })
}

/// What is shown once a subscription failed. While the cluster cannot be asked, what is there stays and
/// says how old it is: a page must not call itself live then.
fn after_failure<T: Ages>(
    shown: Option<Result<T, ApiError>>,
    error: AppError,
) -> Option<Result<T, ApiError>> {
    match (error.outage(), shown) {
        (None, _) => Some(Err(ApiError(error))),
        (Some(reason), Some(Ok(mut data))) => {
            data.grow_stale(reason);
            Some(Ok(data))
        }
        (Some(_), shown) => shown,
    }
}

/// An error where the page would be, with a way on.
#[component]
pub fn LoadError(
    /// What happened.
    error: AppError,
    /// Tries again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    let details = match &error {
        AppError::Forbidden { message, .. } | AppError::Transport { message } => Some(message.clone()),
        _ => None,
    };
    let request_id = match &error {
        AppError::Internal { request_id } => Some(request_id.clone()),
        _ => None,
    };
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = http::StatusCode::from_u16(error.status())
    {
        response.set_status(status);
    }
    let signed_out = error == AppError::Unauthenticated;
    view! {
        <ErrorState title=tt(error.text()) details=details request_id=request_id on_retry=on_retry>
            {signed_out.then(|| view! { <SignInLink /> })}
        </ErrorState>
    }
}

/// Leads to sign-in and back to the page that is shown. Sign-in is a page of the server, which the router
/// here does not know: `external` leaves the link to the browser.
#[component]
pub fn SignInLink() -> impl IntoView {
    let location = use_location();
    let href = move || {
        let (path, search) = (location.pathname.get(), location.search.get());
        paths::sign_in(&if search.is_empty() {
            path
        } else {
            format!("{path}?{}", search.trim_start_matches('?'))
        })
    };
    view! {
        <a class="button button-secondary" href=href rel="external">
            <span class="button-text">{t(shell::SIGN_IN_AGAIN)}</span>
        </a>
    }
}

/// The sentence for an error, in the page's language.
pub fn error_text(error: &AppError) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    tt(error.text())
}

#[cfg(test)]
mod tests {
    use binnacle_model::{Text, cluster::Freshness, workload::ListPage};

    use super::*;

    #[test]
    fn what_is_shown_grows_stale_while_the_cluster_cannot_be_asked() {
        let page = ListPage {
            rows: vec![],
            matching: 0,
            total: 0,
            counts: vec![],
            freshness: Freshness { as_of: Some(5), stale: None },
            limited_to: None,
            access: Default::default(),
            sequence: 1,
        };
        let down = AppError::Unreachable { cluster: "prod".into(), reason: Text::raw("gone") };
        let slow = AppError::Timeout { cluster: "prod".into(), seconds: 5 };
        for error in [down.clone(), slow] {
            let Some(Ok(shown)) = after_failure(Some(Ok(page.clone())), error.clone()) else {
                panic!("{error} hides the page")
            };
            assert_eq!(shown.freshness, Freshness { as_of: Some(5), stale: error.outage() });
            assert!(shown.freshness.stale.is_some());
        }
        // Any other error replaces it, and an error is not made a page.
        let other = AppError::Unauthenticated;
        let replaced = after_failure(Some(Ok(page)), other.clone());
        assert_eq!(replaced, Some(Err(ApiError(other.clone()))));
        assert_eq!(after_failure::<ListPage>(replaced, down.clone()), Some(Err(ApiError(other))));
        assert_eq!(after_failure::<ListPage>(None, down), None);
    }
}
