//! Beside the editor: fields that cannot be changed, and who set which fields.

use binnacle_model::{AppError, edit::FieldOwner, words::edit as words};
use leptos::prelude::*;

use super::state::EditState;
use crate::{
    api,
    i18n::{t, tf, tt, use_lang},
    ui::{
        badge::Tone,
        disclosure::Disclosure,
        icon::{Icon, IconName},
        search_input::SearchInput,
        state::{Notice, Skeleton},
    },
};

/// The fields that are fixed, each leading to its place; those that were changed all the same stand out.
#[component]
pub(super) fn FixedFields(state: EditState) -> impl IntoView {
    let lang = use_lang();
    let (fixed, kind) =
        state.opened.with_value(|object| (object.immutable.clone(), object.target.kind.clone()));
    let changed = Memo::new(move |_| state.changed_fixed());
    if fixed.is_empty() {
        return ().into_any();
    }
    let errors = Signal::derive(move || u32::try_from(changed.with(Vec::len)).unwrap_or(u32::MAX));
    let count = fixed.len().to_string();
    let help = tf(words::FIXED_HELP, vec![kind.clone()]);
    let line = move |(at, path): (usize, binnacle_model::FieldPath)| {
        let place = path.to_string();
        let is_changed = {
            let path = path.clone();
            Memo::new(move |_| changed.with(|changed| changed.contains(&path)))
        };
        let kind = kind.clone();
        let said = move || {
            if is_changed.get() {
                words::FIXED_CHANGED.fill(lang.get(), &[&place, &kind])
            } else {
                place.clone()
            }
        };
        view! {
            <li class="issue" data-tone=move || is_changed.get().then_some(Tone::Failing.name())>
                <Icon name=Signal::derive(move || if is_changed.get() { Tone::Failing.icon() } else { IconName::Lock }) />
                <span role="status">
                    <button type="button" class="link-button" on:click=move |_| state.reveal_fixed(at)>
                        {said}
                    </button>
                </span>
            </li>
        }
    };
    view! {
        <Disclosure title=t(words::FIXED) summary=count errors=errors>
            <p class="muted">{help}</p>
            <ul class="issue-list">{fixed.into_iter().enumerate().map(line).collect_view()}</ul>
        </Disclosure>
    }
    .into_any()
}

/// Who set which fields, asked for when it is unfolded.
#[component]
pub(super) fn FieldOwners(state: EditState) -> impl IntoView {
    let owners = RwSignal::new(None::<Result<Vec<FieldOwner>, AppError>>);
    let ask = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            let answer = api::edit::field_owners(state.target()).await;
            // The page may have gone on meanwhile.
            owners.try_set(Some(answer.map_err(|error| error.0)));
        });
    });
    let search = RwSignal::new(String::new());
    view! {
        <Disclosure title=t(words::OWNERS) on_open=ask>
            <p class="muted">{t(words::OWNERS_HELP)}</p>
            {move || match owners.get() {
                None => view! { <Skeleton lines=4 /> }.into_any(),
                Some(Err(error)) => view! { <Notice tone=Tone::Failing text=tt(error.text()) /> }.into_any(),
                Some(Ok(owners)) => view! {
                    <SearchInput
                        id="owners-filter"
                        label=t(words::OWNERS_FILTER)
                        value=search
                        on_search=move |text| search.set(text)
                    />
                    {move || search.with(|search| list(filtered(&owners, search)))}
                }
                .into_any(),
            }}
        </Disclosure>
    }
}

/// The owners that have a place with the text in it, with these places alone.
fn filtered(owners: &[FieldOwner], search: &str) -> Vec<FieldOwner> {
    let search = search.trim();
    let places = |owner: &FieldOwner| {
        owner.places.iter().filter(|place| place.contains(search)).cloned().collect::<Vec<_>>()
    };
    owners
        .iter()
        .map(|owner| FieldOwner { places: places(owner), ..owner.clone() })
        .filter(|owner| !owner.places.is_empty())
        .collect()
}

fn list(owners: Vec<FieldOwner>) -> AnyView {
    if owners.is_empty() {
        return view! { <p class="muted">{t(words::OWNERS_NONE)}</p> }.into_any();
    }
    let one = |owner: FieldOwner| {
        let facts = [owner.operation, owner.subresource, owner.time];
        let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        let places =
            owner.places.into_iter().map(|place| view! { <li><code>{place}</code></li> }).collect_view();
        view! {
            <li class="field-owner">
                <strong>{owner.manager}</strong>
                " "
                <span class="muted">{facts.join(" · ")}</span>
                <ul class="plain-list">{places}</ul>
            </li>
        }
    };
    view! { <ul class="plain-list">{owners.into_iter().map(one).collect_view()}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_filtered_by_field() {
        let owner = |manager: &str, places: &[&str]| FieldOwner {
            manager: manager.into(),
            operation: "Update".into(),
            subresource: String::new(),
            time: String::new(),
            places: places.iter().map(|place| (*place).to_owned()).collect(),
        };
        let owners =
            [owner("kubectl", &["spec.replicas", "metadata.labels.app"]), owner("helm", &["spec.template"])];
        let found = |search: &str| {
            filtered(&owners, search)
                .into_iter()
                .map(|owner| format!("{}: {}", owner.manager, owner.places.join(", ")))
                .collect::<Vec<_>>()
        };
        assert_eq!(found(" "), ["kubectl: spec.replicas, metadata.labels.app", "helm: spec.template"]);
        assert_eq!(found("replicas"), ["kubectl: spec.replicas"]);
        assert_eq!(found("nothing"), [""; 0]);
    }
}
