//! Quantities: how much of what there is.

use binnacle_model::{
    cluster::{ClusterNumbers, Usage, Withheld},
    words::clusters as words,
};
use leptos::prelude::*;

use crate::{
    i18n::{tf, tt},
    ui::meter::Meter,
};

/// Millicores as cores: the first two digits that count, cut rather than rounded.
pub fn cpu_text(millicores: u64) -> String {
    let (cores, rest) = (millicores / 1_000, millicores % 1_000);
    let decimals = match millicores {
        10_000.. => String::new(),
        1_000.. => (rest / 100).to_string(),
        100.. => format!("{:02}", rest / 10),
        _ => format!("{rest:03}"),
    };
    match decimals.trim_end_matches('0') {
        "" => cores.to_string(),
        decimals => format!("{cores}.{decimals}"),
    }
}

/// Bytes in the largest binary unit that leaves at least 1, one decimal place below 10.
pub fn memory_text(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "Ki", "Mi", "Gi", "Ti"];
    let mut unit = 0;
    let mut scale = 1_u64;
    while unit + 1 < UNITS.len() && bytes >= scale * 1_024 {
        scale *= 1_024;
        unit += 1;
    }
    let whole = bytes / scale;
    let tenth = bytes % scale * 10 / scale;
    if whole >= 10 || tenth == 0 {
        format!("{whole} {}", UNITS[unit])
    } else {
        format!("{whole}.{tenth} {}", UNITS[unit])
    }
}

/// A right that is missing, as Kubernetes writes it, and who lacks it.
pub type Missing = Option<(&'static str, Withheld)>;

/// The right without which nodes are not counted.
pub fn no_nodes(numbers: &ClusterNumbers) -> Missing {
    numbers.no_nodes.clone().map(|why| ("list nodes", why))
}

/// The right without which pods are not counted.
pub fn no_pods(numbers: &ClusterNumbers) -> Missing {
    numbers.no_pods.clone().map(|why| ("list pods", why))
}

/// The right without which it is not said what pods request of what nodes have.
pub fn no_usage(numbers: &ClusterNumbers) -> Missing {
    no_nodes(numbers).or_else(|| no_pods(numbers))
}

/// Stands where a number would, and says which right it takes.
fn no_access((right, why): (&'static str, Withheld)) -> AnyView {
    let word = match why {
        Withheld::Caller(_) => words::NO_ACCESS,
        Withheld::Console(_) => words::CONSOLE_NO_ACCESS,
    };
    view! {
        <span class="muted" data-tip=tt(why.reason().clone())>
            {tf(word, vec![right.to_owned()])}
        </span>
    }
    .into_any()
}

/// A count, or why there is none.
#[component]
pub fn CountCell(
    /// The count as it is written.
    #[prop(into)]
    count: Signal<String>,
    /// The right that is missing to see it.
    #[prop(into)]
    missing: Signal<Missing>,
) -> impl IntoView {
    move || match missing.get() {
        Some(missing) => no_access(missing),
        None => count.get().into_any(),
    }
}

/// Requested of allocatable: a bar and both numbers; a dash for what is unknown, or why it is not shown.
#[component]
pub fn UsageCell(
    /// The numbers.
    #[prop(into)]
    usage: Signal<Option<Usage>>,
    /// How one number is written.
    text: fn(u64) -> String,
    /// The right that is missing to see them.
    #[prop(optional, into)]
    missing: Signal<Missing>,
) -> impl IntoView {
    move || {
        if let Some(missing) = missing.get() {
            return no_access(missing);
        }
        let Some(usage) = usage.get() else {
            return view! { <span class="muted">"–"</span> }.into_any();
        };
        let most = text(usage.allocatable);
        match usage.requested {
            None => view! { <span class="muted">{format!("– / {most}")}</span> }.into_any(),
            Some(requested) => {
                let label = format!("{} / {most}", text(requested));
                view! { <Meter label=label.clone() value=requested as f64 max=usage.allocatable as f64 text=label /> }
                    .into_any()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_short() {
        for (millicores, text) in [
            (0, "0"),
            (5, "0.005"),
            (50, "0.05"),
            (55, "0.055"),
            (100, "0.1"),
            (250, "0.25"),
            (1_050, "1"),
            (1_000, "1"),
            (1_500, "1.5"),
            (9_999, "9.9"),
            (64_000, "64"),
            (12_345, "12"),
        ] {
            assert_eq!(cpu_text(millicores), text);
        }
        for (bytes, text) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 Ki"),
            (1_536, "1.5 Ki"),
            (8 << 30, "8 Gi"),
            (33_285_996_544, "31 Gi"),
            (5 << 40, "5 Ti"),
        ] {
            assert_eq!(memory_text(bytes), text);
        }
    }
}
