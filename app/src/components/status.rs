//! Statuses: shape, word, colour and reason.

use binnacle_model::{
    Text,
    cluster::ClusterState,
    status::{PodStatus, PodTone, WorkloadState, WorkloadStatus},
    words::clusters,
};
use leptos::prelude::*;

use crate::{
    i18n::use_lang,
    ui::badge::{StatusBadge, Tone},
};

/// The tone of a workload's state (look.md, "Status").
pub fn workload_tone(state: WorkloadState) -> Tone {
    match state {
        WorkloadState::Running => Tone::Running,
        WorkloadState::Waiting => Tone::Progressing,
        WorkloadState::NotReady => Tone::Failing,
        WorkloadState::Deleting => Tone::Waiting,
        WorkloadState::Exception | WorkloadState::Stopped => Tone::Neutral,
    }
}

/// A workload's state; its reason shows on hover and focus. Of a cluster that cannot be reached it is
/// the state as last known, with its age.
#[component]
pub fn WorkloadBadge(
    /// The status.
    #[prop(into)]
    status: Signal<WorkloadStatus>,
    /// How old it is, and why, while its cluster cannot be reached.
    #[prop(into)]
    age: Signal<Option<Text>>,
) -> impl IntoView {
    let lang = use_lang();
    let tone = Signal::derive(move || workload_tone(status.with(|status| status.state)));
    let reason = Signal::derive(move || {
        status.with(|status| {
            // Only what is not current follows the clock.
            let age = status.was.and_then(|_| age.get());
            status.why(age).map(|reason| reason.render(lang.get()))
        })
    });
    view! { <StatusBadge tone=tone label=move || status.with(|status| status.label().render(lang.get())) reason=reason /> }
}

/// A cluster's state; its reason shows on hover and focus.
#[component]
pub fn ClusterBadge(
    /// The state.
    #[prop(into)]
    state: Signal<ClusterState>,
    /// Why it is not running.
    #[prop(into)]
    reason: Signal<Option<String>>,
) -> impl IntoView {
    let lang = use_lang();
    let tone = Signal::derive(move || match state.get() {
        ClusterState::Running => Tone::Running,
        ClusterState::Integrating => Tone::Progressing,
        ClusterState::Removing => Tone::Waiting,
        ClusterState::Unknown => Tone::Failing,
    });
    let word = move || cluster_word(state.get()).text(lang.get());
    view! { <StatusBadge tone=tone label=word reason=reason /> }
}

/// The name of a cluster's state.
pub fn cluster_word(state: ClusterState) -> binnacle_model::Word {
    match state {
        ClusterState::Running => clusters::STATE_RUNNING,
        ClusterState::Unknown => clusters::STATE_UNKNOWN,
        ClusterState::Integrating => clusters::STATE_INTEGRATING,
        ClusterState::Removing => clusters::STATE_REMOVING,
    }
}

/// A pod's state as kubectl words it; of a cluster that cannot be reached, as last known.
#[component]
pub fn PodBadge(
    /// The status.
    status: PodStatus,
    /// How old it is, and why, while its cluster cannot be reached.
    #[prop(into)]
    age: Signal<Option<Text>>,
) -> impl IntoView {
    let lang = use_lang();
    let tone = match status.tone {
        PodTone::Running => Tone::Running,
        PodTone::Done | PodTone::LastSeen => Tone::Neutral,
        PodTone::Waiting => Tone::Progressing,
        PodTone::Failing => Tone::Failing,
    };
    let label = status.label();
    let reason = Signal::derive(move || {
        let reason = if status.tone == PodTone::LastSeen { age.get() } else { status.reason.clone() };
        reason.map(|reason| reason.render(lang.get()))
    });
    view! { <StatusBadge tone=tone label=move || label.render(lang.get()) reason=reason /> }
}
