//! What is said about an edit.

use std::time::{Duration, Instant};

use binnacle_model::{
    edit::{DiffLine, EditOutcome, EditRequest, EditReview},
    merge, patch, yaml,
};
use serde_json::Value;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline, group_diff_ops};

use super::{Seen, Verdict, opened, typed};

/// Lines around a change that are shown.
const AROUND: usize = 3;
/// Lines that are shown at most; who changed more reads the changes by their places.
const MOST_LINES: usize = 5_000;
/// What stands for the lines beyond.
const MORE: &str = "…";
/// How long lines are compared before the comparison becomes a rough one.
const PATIENCE: Duration = Duration::from_millis(200);

/// What saving would do.
pub(super) fn of(edit: &EditRequest, seen: Seen, verdict: Verdict) -> EditReview {
    let (result, refused, warnings) = match verdict {
        Verdict::Accepted(object, warnings) => (merge::comparable(&object), None, warnings),
        Verdict::Refused(error) => (merged(&seen), Some(error), Vec::new()),
        Verdict::Stale => (merged(&seen), None, Vec::new()),
    };
    let veil = &seen.veil;
    let before = veil.object(&merge::comparable(&seen.live));
    let after = veil.object(&result);
    EditReview {
        base: merge::editable(&seen.live),
        text: typed::carry(&edit.text, &seen.mine, &seen.merge.object, &seen.live),
        merged: seen.merge.taken.iter().map(|taken| veil.difference(taken)).collect(),
        conflicts: seen.merge.conflicts.iter().map(|conflict| veil.conflict(conflict)).collect(),
        changes: merge::differences(&before, &after),
        lines: lines(&yaml::to_yaml(&before), &yaml::to_yaml(&after)),
        refused: refused.map(|error| veil.error(error)),
        warnings: warnings.into_iter().map(|warning| veil.sentence(warning)).collect(),
    }
}

/// What was saved.
pub(super) fn saved(edit: &EditRequest, seen: Seen, object: &Value, warnings: Vec<String>) -> EditOutcome {
    EditOutcome::Saved {
        object: Box::new(opened(edit.target.clone(), object)),
        // The cluster may have written values in its own way, so the text says what is there now.
        text: typed::carry(&edit.text, &seen.mine, object, object),
        merged: seen.merge.taken.iter().map(|taken| seen.veil.difference(taken)).collect(),
        warnings: warnings.into_iter().map(|warning| seen.veil.sentence(warning)).collect(),
    }
}

/// The merged object, its members in the order of the live one.
fn merged(seen: &Seen) -> Value {
    let mut object = merge::comparable(&seen.live);
    match patch::apply(&mut object, &seen.ops) {
        Ok(()) => object,
        Err(_) => seen.merge.object.clone(),
    }
}

/// The lines that differ, with some around them.
fn lines(before: &str, after: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(Instant::now() + PATIENCE));
    let mut out = Vec::new();
    let mut told = 0;
    for group in group_diff_ops(ops, AROUND) {
        let Some(start) = group.first().map(|op| op.old_range().start) else { continue };
        skip(&mut out, start.saturating_sub(told));
        for op in &group {
            push(&mut out, op, &old, &new);
            told = op.old_range().end;
        }
        if out.len() > MOST_LINES {
            // What is left is not the same, so nothing is said of it but that there is more.
            out.truncate(MOST_LINES);
            out.push(DiffLine::Same(MORE.to_owned()));
            return out;
        }
    }
    if !out.is_empty() {
        skip(&mut out, old.len().saturating_sub(told));
    }
    out
}

fn skip(out: &mut Vec<DiffLine>, lines: usize) {
    if lines > 0 {
        out.push(DiffLine::Skipped(u32::try_from(lines).unwrap_or(u32::MAX)));
    }
}

fn push(out: &mut Vec<DiffLine>, op: &DiffOp, old: &[&str], new: &[&str]) {
    let owned = |line: &&str| (*line).to_owned();
    let gone = old.get(op.old_range()).unwrap_or_default();
    let come = new.get(op.new_range()).unwrap_or_default();
    if let DiffOp::Equal { .. } = op {
        out.extend(gone.iter().map(owned).map(DiffLine::Same));
        return;
    }
    out.extend(gone.iter().map(owned).map(DiffLine::Removed));
    out.extend(come.iter().map(owned).map(DiffLine::Added));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let line = |line: DiffLine| match line {
            DiffLine::Same(text) => format!(" {text}"),
            DiffLine::Removed(text) => format!("-{text}"),
            DiffLine::Added(text) => format!("+{text}"),
            DiffLine::Skipped(count) => format!("@{count}"),
        };
        lines(before, after).into_iter().map(line).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn lines_that_differ_are_shown_with_three_around() {
        let long = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n";
        for (before, after, expected) in [
            ("a\n", "a\n", ""),
            ("", "a\n", "+a"),
            ("a\n", "", "-a"),
            ("a\nb\nc\n", "a\nB\nc\n", " a|-b|+B| c"),
            (
                long,
                &long.replace("8\n", "eight\n").replace("1eight", "18"),
                "@4| 5| 6| 7|-8|+eight| 9| 10| 11|@5",
            ),
            (long, &format!("0\n{long}17\n"), "+0| 1| 2| 3|@10| 14| 15| 16|+17"),
        ] {
            assert_eq!(shown(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn lines_that_are_not_shown_are_not_called_the_same() {
        let numbered = |word: &str, every: usize| {
            let line = |at: usize| {
                if at.is_multiple_of(every) { format!("{word}{at}\n") } else { format!("{at}\n") }
            };
            (0..20_000).map(line).collect::<String>()
        };
        // One change of all lines, and many small ones.
        for every in [1, 10] {
            let found = lines(&numbered("old", every), &numbered("new", every));
            assert_eq!(found.len(), MOST_LINES + 1);
            assert_eq!(found.last(), Some(&DiffLine::Same(MORE.to_owned())), "every {every}");
        }
    }
}
