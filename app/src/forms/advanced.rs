//! Advanced settings: labels and annotations (PS 12.6).

use binnacle_model::{draft::Holder, words::form as words};
use leptos::prelude::*;

use super::pairs::PairsSection;

/// The step's fields.
#[component]
pub fn AdvancedSection() -> impl IntoView {
    view! {
        <PairsSection holder=Holder::Labels help=words::LABELS_HELP />
        <PairsSection holder=Holder::Annotations help=words::ANNOTATIONS_HELP />
        <PairsSection holder=Holder::PodLabels help=words::POD_LABELS_HELP />
        <PairsSection holder=Holder::PodAnnotations help=words::POD_ANNOTATIONS_HELP />
    }
}
