//! A bar of use: how much of a whole, with the words beside it.

use leptos::prelude::*;
use leptos::text_prop::TextProp;

/// A bar with its words ("3.2 of 8 cores").
#[component]
pub fn Meter(
    /// What is measured: its accessible name.
    #[prop(into)]
    label: TextProp,
    /// How much; in the unit of `max`.
    #[prop(into)]
    value: Signal<f64>,
    /// The whole; nothing is drawn full when it is 0.
    #[prop(into)]
    max: Signal<f64>,
    /// The exact words, shown beside the bar.
    #[prop(into)]
    text: TextProp,
    /// From this share of the whole on it asks for attention; 0.9 unless said.
    #[prop(default = 0.9)]
    high: f64,
) -> impl IntoView {
    let share = Signal::derive(move || share(value.get(), max.get()));
    let words = text.clone();
    view! {
        <span
            class="meter"
            role="meter"
            aria-label=move || label.get()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || format!("{:.0}", share.get() * 100.0)
            aria-valuetext=move || words.get()
            data-high=move || (share.get() >= high).then_some("true")
        >
            // The length is an attribute: a strict CSP refuses styles in the markup.
            <svg class="meter-bar" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
                <rect width=move || format!("{:.3}", share.get()) height="1"></rect>
            </svg>
            <span class="meter-text">{move || text.get()}</span>
        </span>
    }
    .into_any()
}

/// The share of a whole, from 0 to 1.
fn share(value: f64, max: f64) -> f64 {
    if max > 0.0 && value.is_finite() { (value / max).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_stay_between_nothing_and_all() {
        for (value, max, expected) in
            [(1.0, 4.0, 0.25), (5.0, 4.0, 1.0), (-1.0, 4.0, 0.0), (1.0, 0.0, 0.0), (f64::NAN, 1.0, 0.0)]
        {
            assert!((share(value, max) - expected).abs() < f64::EPSILON, "{value} of {max}");
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_meter_is_named_and_worded() {
        let out = crate::ui::testing::html(
            || view! { <Meter label="CPU" value=3.0 max=8.0 text="3 of 8 cores" /> },
        );
        assert!(out.contains(r#"role="meter""#) && out.contains(r#"aria-label="CPU""#), "{out}");
        assert!(
            out.contains(r#"aria-valuetext="3 of 8 cores""#) && out.contains(r#"width="0.375""#),
            "{out}"
        );
    }
}
