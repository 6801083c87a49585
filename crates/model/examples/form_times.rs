//! How long a form takes to YAML and back to a form, for a workload of some size (design §7: at most
//! 0.5 ms, nothing lost), and how long an edit of many places of a text takes. `cargo xtask bench` runs it;
//! times mean something only with `--release`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use binnacle_model::{FieldPath, doctor, draft::WorkloadDraft, patch::Op, yaml};
use serde_json::{Value, json};

/// A workload as people write them: it has much that the form does not show.
const TEXT: &str = include_str!("form_times.yaml");
/// Rounds that count; a tenth of them more come before.
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

/// Containers of the text that is edited; each has ten lines.
const CONTAINERS: usize = 50;
/// Operations of one edit.
const OPERATIONS: usize = 100;
/// What an edit may take.
const EDIT_BUDGET: Duration = Duration::from_millis(10);

/// A text of some five hundred lines with comments, and operations of every sort on it.
fn edit() -> (String, Vec<Op>) {
    let container = |number: usize| {
        json!({
            "name": format!("c{number}"), "image": "nginx:1.27", "args": ["-c", "x"],
            "env": [{"name": "A", "value": "b"}], "resources": {"limits": {"cpu": "250m"}},
        })
    };
    let all: Vec<Value> = (0..CONTAINERS).map(container).collect();
    let text = yaml::to_yaml(&json!({"kind": "Pod", "spec": {"containers": all}}));
    let text = text.replace("nginx:1.27\n", "'nginx:1.27' # as tested\n");
    let at = |number: usize| FieldPath::from("spec.containers").index(number % CONTAINERS);
    let one = |number: usize| match number % 4 {
        0 => Op::Set(at(number).key("image"), json!(format!("nginx:{number}"))),
        1 => Op::Insert(at(number).key("env").index(0), json!({"name": format!("E{number}"), "value": "x"})),
        2 => Op::Set(at(number).key("resources").key("limits").key(format!("memory{number}")), json!("1Gi")),
        _ => Op::Set(at(number).key("args").index(1), json!(format!("y{number}"))),
    };
    (text, (0..OPERATIONS).map(one).collect())
}

/// Times many rounds, and says the median and the 95th percentile in milliseconds.
fn time(rounds: usize, mut round: impl FnMut() -> bool) -> Option<(f64, f64)> {
    let mut times = Vec::with_capacity(rounds);
    for number in 0..rounds + rounds / 10 {
        let begun = Instant::now();
        let good = round();
        let took = begun.elapsed();
        if !good {
            return None;
        }
        if number >= rounds / 10 {
            times.push(took);
        }
    }
    times.sort_unstable();
    let at = |part: usize| times.get(rounds * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    Some((at(50), at(95)))
}

fn main() -> ExitCode {
    let Some(document) = doctor::diagnose(TEXT).documents.into_iter().next() else {
        eprintln!("the example cannot be read");
        return ExitCode::FAILURE;
    };
    let (draft, _) = WorkloadDraft::read(&document.object);
    let Some((median, late)) = time(ROUNDS, || round(&draft, &document.object).is_some()) else {
        eprintln!("something was lost between form and YAML");
        return ExitCode::FAILURE;
    };
    println!(
        "Form to YAML to form, {} lines, nothing lost: {median:.3} / {late:.3} ms (median / p95; budget {:.1})",
        TEXT.lines().count(),
        BUDGET.as_secs_f64() * 1e3,
    );
    let (text, ops) = edit();
    let Some((median, late)) = time(ROUNDS / 10, || doctor::edit(&text, 0, &ops).is_ok()) else {
        eprintln!("the text could not be edited");
        return ExitCode::FAILURE;
    };
    println!(
        "{OPERATIONS} operations on a text of {} lines: {median:.3} / {late:.3} ms (median / p95; budget {:.0})",
        text.lines().count(),
        EDIT_BUDGET.as_secs_f64() * 1e3,
    );
    ExitCode::SUCCESS
}
