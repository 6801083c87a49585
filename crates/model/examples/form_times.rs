//! How long a form takes to YAML and back to a form, for a workload of some size (design §7: at most
//! 0.5 ms, nothing lost). `cargo xtask bench` runs it; times mean something only with `--release`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use binnacle_model::{doctor, draft::WorkloadDraft, yaml};
use serde_json::Value;

/// A workload as people write them: it has much that the form does not show.
const TEXT: &str = include_str!("form_times.yaml");
/// Rounds before the clock counts.
const WARM: usize = 200;
/// Rounds that count.
const ROUNDS: usize = 2_000;
/// What a round may take.
const BUDGET: Duration = Duration::from_micros(500);

/// One way around; `None` when something was lost.
fn round(draft: &WorkloadDraft, base: &Value) -> Option<WorkloadDraft> {
    let object = draft.to_object(base);
    let text = yaml::to_yaml(&object);
    let read = doctor::diagnose(&text).documents.into_iter().next()?.object;
    let (back, _) = WorkloadDraft::read(&read);
    (read == *base && back == *draft).then_some(back)
}

fn main() -> ExitCode {
    let Some(document) = doctor::diagnose(TEXT).documents.into_iter().next() else {
        eprintln!("the example cannot be read");
        return ExitCode::FAILURE;
    };
    let (draft, _) = WorkloadDraft::read(&document.object);
    let mut times = Vec::with_capacity(ROUNDS);
    for number in 0..WARM + ROUNDS {
        let begun = Instant::now();
        let back = round(&draft, &document.object);
        if number >= WARM {
            times.push(begun.elapsed());
        }
        if back.is_none() {
            eprintln!("something was lost between form and YAML");
            return ExitCode::FAILURE;
        }
    }
    times.sort_unstable();
    let (median, late) = (times[ROUNDS / 2], times[ROUNDS * 95 / 100]);
    println!(
        "Form to YAML to form, {} lines, nothing lost: {:.3} / {:.3} ms (median / p95; budget {:.1})",
        TEXT.lines().count(),
        median.as_secs_f64() * 1e3,
        late.as_secs_f64() * 1e3,
        BUDGET.as_secs_f64() * 1e3,
    );
    ExitCode::SUCCESS
}
