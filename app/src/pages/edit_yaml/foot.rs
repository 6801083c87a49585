//! The next step: review, then save; and what came of the last one.

use binnacle_model::{
    AppError,
    words::{common, edit as words, yaml},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::state::{Doing, EditState};
use crate::{
    components::load::SignInLink,
    i18n::{t, tt, use_lang},
    ui::{
        badge::Tone,
        button::{Button, ButtonVariant, LinkButton},
        icon::IconName,
        state::Notice,
    },
};

/// The page's foot; saving leads to `path`.
#[component]
pub(super) fn Foot(state: EditState, path: String) -> impl IntoView {
    let lang = use_lang();
    let navigate = use_navigate();
    let leave = {
        let path = path.clone();
        Callback::new(move |()| navigate(&path, NavigateOptions::default()))
    };
    let obstacle = Signal::derive(move || state.obstacle().map(|text| text.render(lang.get())));
    let save_obstacle = Signal::derive(move || state.save_obstacle().map(|text| text.render(lang.get())));
    let is_reviewed = Memo::new(move |_| state.is_reviewed());
    let is_busy = Signal::derive(move || state.doing.get().is_some());
    let review_word = move || match (state.doing.get(), is_reviewed.get()) {
        (Some(Doing::Review), _) => words::REVIEWING,
        (_, true) => words::REVIEW_AGAIN,
        (_, false) => words::REVIEW,
    };
    let review = move |variant: ButtonVariant| {
        view! {
            <Button variant=variant icon=IconName::ShieldCheck busy=is_busy disabled_reason=obstacle on_click=move |_| state.review()>
                {move || review_word().text(lang.get())}
            </Button>
        }
    };
    view! {
        <div class="form-foot">
            <div class="foot-said" role="status"><Said state=state /></div>
            <LinkButton href=path variant=ButtonVariant::Ghost>{t(common::CANCEL)}</LinkButton>
            {move || review(if is_reviewed.get() { ButtonVariant::Secondary } else { ButtonVariant::Primary })}
            <Show when=move || is_reviewed.get()>
                <Button
                    variant=ButtonVariant::Primary
                    busy=is_busy
                    disabled_reason=save_obstacle
                    on_click=move |_| state.save(leave)
                >
                    {move || if state.doing.get() == Some(Doing::Save) { words::SAVING } else { common::SAVE }.text(lang.get())}
                </Button>
            </Show>
        </div>
    }
}

/// What came of the last question, else how much the review changes and what is left to decide.
#[component]
fn Said(state: EditState) -> impl IntoView {
    view! {
        {move || {
            state.failed.get().map(|error| {
                let is_signed_out = error == AppError::Unauthenticated;
                // Each issue stands in the review and at its place.
                let said = match error {
                    AppError::Invalid { .. } => yaml::FIX_PROBLEMS_FIRST.into(),
                    other => other.text(),
                };
                view! {
                    <Notice tone=Tone::Failing text=tt(said)>
                        {is_signed_out.then(|| view! { <SignInLink /> })}
                    </Notice>
                }
            })
        }}
        {move || state.is_unknown.get().then(|| view! { <Notice tone=Tone::Waiting text=t(words::OUTCOME_UNKNOWN) /> })}
        {move || state.doctor.failed.get().map(|text| view! { <Notice tone=Tone::Failing text=tt(text) /> })}
        {move || state.unwritten.get().map(|text| view! { <Notice tone=Tone::Waiting text=tt(text) /> })}
        {move || state.summary().map(|text| view! { <span>{tt(text)}</span> })}
    }
}
