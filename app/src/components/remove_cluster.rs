//! Removing a cluster: type its name; nothing in it is touched.

use binnacle_model::words::{Text, clusters as words};
use leptos::prelude::*;

use crate::{
    api::clusters::remove_cluster,
    i18n::{t, use_lang},
    ui::{dialog::ConfirmDialog, toast::use_toasts},
};

/// `target` set to a name opens it.
#[component]
pub fn RemoveClusterDialog(
    /// The cluster's name; `None` while closed.
    target: RwSignal<Option<String>>,
    /// Runs once it is gone.
    #[prop(into)]
    on_removed: Callback<String>,
) -> impl IntoView {
    let lang = use_lang();
    let toasts = use_toasts();
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<Text>);
    Effect::new(move |_| {
        if target.with(Option::is_some) {
            error.set(None);
            open.set(true);
        }
    });
    let confirm = move |()| {
        let Some(name) = target.get_untracked() else { return };
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            match remove_cluster(name.clone()).await {
                Ok(()) => {
                    open.set(false);
                    toasts.success(words::REMOVED.fill(lang.get_untracked(), &[&name]));
                    // The page may be gone by now, and what it would have done.
                    let _ = on_removed.try_run(name);
                }
                Err(refused) => error.set(Some(refused.0.text())),
            }
            busy.set(false);
        });
    };
    let say =
        move |word: binnacle_model::Word| Signal::derive(move || vec![word.text(lang.get()).to_owned()]);
    view! {
        <ConfirmDialog
            id="remove-cluster"
            open=open
            title=move || words::REMOVE_TITLE.fill(lang.get(), &[&target.get().unwrap_or_default()])
            confirm=t(words::REMOVE_CLUSTER)
            goes=say(words::REMOVE_GOES)
            stays=say(words::REMOVE_STAYS)
            type_name=target
            busy=busy
            error=Signal::derive(move || error.with(|error| error.as_ref().map(|text| text.render(lang.get()))))
            on_confirm=confirm
        />
    }
}
