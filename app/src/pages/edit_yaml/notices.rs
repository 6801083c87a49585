//! What has to be known before the edit, and what became of the object meanwhile.

use binnacle_model::{
    AppError,
    edit::Gone,
    words::{common, edit as words, yaml},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    Which,
    state::{EditState, Stranded, gone_text},
};
use crate::{
    i18n::{t, tf, tt},
    interop,
    pages::create_yaml,
    paths,
    ui::{
        badge::Tone,
        button::{Button, ButtonVariant},
        copy::CopyButton,
        icon::IconName,
        state::Notice,
        time::exact,
    },
};

/// All that is said above the editor.
#[component]
pub(super) fn Notices(state: EditState, which: Which, reopen: Callback<()>) -> impl IntoView {
    let (keepers, refused) = state
        .opened
        .with_value(|object| (object.keepers.clone(), object.refused.as_ref().map(AppError::text)));
    let keepers =
        keepers.into_iter().map(|text| view! { <Notice tone=Tone::Waiting text=tt(text) /> }).collect_view();
    let is_behind = move || state.is_behind.get() && state.gone.with(Option::is_none);
    view! {
        <div class="edit-notices">
            {keepers}
            {refused.map(|text| view! { <Notice tone=Tone::Waiting text=tt(text) /> })}
            {move || {
                state.restored.get().map(|at| {
                    view! {
                        <Notice tone=Tone::Neutral text=tf(words::RESTORED, vec![exact(at)])>
                            <Button variant=ButtonVariant::Ghost on_click=move |_| state.start_anew()>
                                {t(words::START_ANEW)}
                            </Button>
                        </Notice>
                    }
                })
            }}
            <Earlier state=state />
            <div role="status">
                {move || state.gone.get().map(|gone| view! { <GoneNotice state=state gone=gone which=which.clone() reopen=reopen /> })}
                {move || is_behind().then(|| view! { <Notice tone=Tone::Neutral text=t(words::CHANGED_SINCE) /> })}
            </div>
        </div>
    }
}

/// A text about an earlier object of the name is offered as what it is.
#[component]
fn Earlier(state: EditState) -> impl IntoView {
    move || {
        state.earlier.get().map(|kept| {
            view! {
                <Notice tone=Tone::Neutral text=tf(words::KEPT_OTHER, vec![exact(kept.at)])>
                    <CopyButton text=kept.text label=t(common::COPY) />
                    <Button variant=ButtonVariant::Ghost on_click=move |_| state.use_earlier()>{t(words::USE_TEXT)}</Button>
                    <Button variant=ButtonVariant::Ghost on_click=move |_| state.drop_earlier()>{t(yaml::DISCARD)}</Button>
                </Notice>
            }
        })
    }
}

/// A text of earlier, where its object cannot be opened: the ways on with it.
#[component]
pub(super) fn StrandedText(which: Which) -> impl IntoView {
    let stranded = Stranded::new(&which.target());
    move || {
        let which = which.clone();
        stranded.kept.get().map(|kept| {
            view! {
                <Notice tone=Tone::Neutral text=tf(words::KEPT_STRANDED, vec![exact(kept.at)])>
                    <WaysOn text=Signal::stored(kept.text) which=which may_create=true />
                    <Button variant=ButtonVariant::Ghost on_click=move |_| stranded.discard()>{t(yaml::DISCARD)}</Button>
                </Notice>
            }
        })
    }
}

/// What can be done with a text whose object is not there: copy it, download it, create it anew.
#[component]
fn WaysOn(#[prop(into)] text: Signal<String>, which: Which, may_create: bool) -> impl IntoView {
    let navigate = use_navigate();
    let file = format!("{}.yaml", which.name);
    let create = move |_| {
        let title = format!("{} {}", which.kind.kind(), which.name);
        create_yaml::hand_over(text.get_untracked(), title);
        let path = paths::create_from_yaml(&which.cluster, Some(&which.namespace));
        navigate(&path, NavigateOptions::default());
    };
    view! {
        <CopyButton text=text label=t(common::COPY) />
        <Button
            variant=ButtonVariant::Ghost
            icon=IconName::Download
            on_click=move |_| {
                interop::download(&file, &text.get_untracked());
            }
        >
            {t(yaml::DOWNLOAD_TEXT)}
        </Button>
        {may_create.then(|| view! { <Button on_click=create>{t(words::CREATE_ANEW)}</Button> })}
    }
}

/// The object is gone: what is true, and the ways on with the text.
#[component]
fn GoneNotice(state: EditState, gone: Gone, which: Which, reopen: Callback<()>) -> impl IntoView {
    let is_new = matches!(gone, Gone::Recreated { .. });
    let may_create = matches!(gone, Gone::Deleted);
    view! {
        <Notice tone=Tone::Failing text=tt(gone_text(&gone, state.title()))>
            <WaysOn text=state.text which=which may_create=may_create />
            {is_new.then(|| view! { <Button on_click=move |_| reopen.run(())>{t(words::OPEN_NEW)}</Button> })}
        </Notice>
    }
}
