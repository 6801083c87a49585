//! The warning that a cluster's credential ends soon, or has ended: it leads to where a new one is given.

use binnacle_model::{
    Word,
    cluster::{ClusterRow, CredentialEnd},
    words::clusters as words,
};
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    i18n::{t, use_lang},
    paths,
    request::use_request,
    ui::{
        badge::{StatusBadge, Tone},
        button::LinkButton,
        icon::IconName,
        state::Notice,
        time::exact,
    },
};

/// What is said: its tone, in few words and in a sentence, and the end in Unix seconds.
#[derive(Clone, Copy, PartialEq)]
struct Said {
    tone: Tone,
    short: Word,
    long: Word,
    at: i64,
}

fn said(row: &ClusterRow) -> Option<Said> {
    let at = row.credential_expires?;
    let (tone, short, long) = match row.credential_end? {
        CredentialEnd::Soon => (Tone::Waiting, words::CREDENTIAL_SOON, words::CREDENTIAL_SOON_HELP),
        CredentialEnd::Past => (Tone::Failing, words::CREDENTIAL_PAST, words::CREDENTIAL_PAST_HELP),
    };
    Some(Said { tone, short, long, at })
}

/// The warning in a row; for who may edit the cluster it is a link. Nothing while the end is far.
#[component]
pub fn CredentialBadge(
    /// The cluster.
    #[prop(into)]
    row: Signal<ClusterRow>,
) -> impl IntoView {
    let lang = use_lang();
    let admin = use_request().caller.is_admin();
    let warning = Memo::new(move |_| row.with(said));
    move || {
        warning.get().map(|said| {
            let exact = exact(said.at.saturating_mul(1_000));
            let day = exact.split(' ').next().unwrap_or_default().to_owned();
            let word = move || said.short.fill(lang.get(), &[&day]);
            let tip = move || said.long.fill(lang.get(), &[&exact]);
            let badge = view! { <StatusBadge tone=said.tone label=word /> };
            if admin {
                let edit = row.with_untracked(|row| paths::edit_cluster(&row.name));
                view! { <A href=edit attr:data-tip=tip>{badge}</A> }.into_any()
            } else {
                view! { <span data-tip=tip>{badge}</span> }.into_any()
            }
        })
    }
}

/// The warning on a cluster's page.
#[component]
pub fn CredentialNotice(
    /// The cluster.
    #[prop(into)]
    row: Signal<Option<ClusterRow>>,
) -> impl IntoView {
    let lang = use_lang();
    let admin = use_request().caller.is_admin();
    let warning = Memo::new(move |_| row.with(|row| row.as_ref().and_then(said)));
    move || {
        warning.get().map(|said| {
            let exact = exact(said.at.saturating_mul(1_000));
            let text = move || said.long.fill(lang.get(), &[&exact]);
            let edit = row.with_untracked(|row| {
                row.as_ref().map(|row| paths::edit_cluster(&row.name)).unwrap_or_default()
            });
            view! {
                <Notice tone=said.tone text=text>
                    {admin.then(|| view! {
                        <LinkButton href=edit icon=IconName::Pencil>{t(words::EDIT_CLUSTER)}</LinkButton>
                    })}
                </Notice>
            }
        })
    }
}
