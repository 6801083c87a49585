//! Lines that do not stand where they belong. Shifts are tried out on the reader: one is offered
//! when the text can then be read further, and of several the one that leaves the most regular
//! text, moves things least, and touches the fewest lines.

use super::{
    Fix,
    read::{Failure, read},
    scan::{Line, What},
    spacing::Layout,
    text::{ByteEdit, apply, line_of},
};
use crate::{Severity, Text, words::doctor as words};

/// Columns a line may be away from where it belongs.
const FARTHEST: usize = 8;
/// Entries before a line whose columns it may belong to.
const NEIGHBOURS: usize = 60;

/// Entries looked back over for the one that a line should stand beside.
const LONGEST: usize = 2_000;

/// Lines `from..to` moved right (or left) by `by` columns.
struct Shift {
    from: usize,
    to: usize,
    by: isize,
}

/// What a shift costs: lines left irregular, columns moved, lines touched.
type Cost = (usize, usize, usize);

/// The best shift that lets the reader get past `failure`, of the first `trials`.
pub(super) fn indentation(
    layout: &Layout<'_>,
    text: &str,
    lines: &[Line],
    failure: &Failure,
    trials: usize,
) -> Option<Fix> {
    let failed = lines.partition_point(|line| line.start <= failure.at).saturating_sub(1);
    let mut tries: Vec<(Cost, Shift)> = candidates(lines, layout.step, failed, trials)
        .into_iter()
        .filter_map(|shift| {
            let touched = fits(text, lines, &shift)?;
            Some(((irregular(lines, &shift, layout.step), shift.by.unsigned_abs(), touched), shift))
        })
        .collect();
    // The best first: the first one that makes all of the text readable is the one.
    tries.sort_by_key(|(cost, _)| *cost);
    tries.truncate(trials);
    let mut best: Option<(usize, Shift, Vec<ByteEdit>)> = None;
    for (_, shift) in tries {
        let edits = edits(text, lines, &shift);
        let mended = apply(text, &edits);
        let reached = match read(&mended) {
            Ok(_) => {
                best = Some((usize::MAX, shift, edits));
                break;
            }
            Err(failure) if failure.limit => continue,
            Err(failure) => line_of(&mended, failure.at),
        };
        // Lines that only moved the fault to their own end are no repair.
        let past = failed.max(if shift.from == 0 { 0 } else { shift.to.min(failed + 40) - 1 });
        if reached > past && best.as_ref().is_none_or(|(most, _, _)| reached > *most) {
            best = Some((reached, shift, edits));
        }
    }
    let (_, shift, edits) = best?;
    Some(finding(lines, &shift, edits))
}

/// What is said about a shift. The place is where the indentation changes.
fn finding(lines: &[Line], shift: &Shift, edits: Vec<ByteEdit>) -> Fix {
    let columns = shift.by.unsigned_abs().to_string();
    let (word, label) = match (shift.by < 0, shift.to - shift.from == 1) {
        (true, true) => (words::DOCTOR_LINE_TOO_DEEP, &words::DOCTOR_MOVE_LEFT),
        (false, true) => (words::DOCTOR_LINE_TOO_SHALLOW, &words::DOCTOR_MOVE_RIGHT),
        (true, false) => (words::DOCTOR_LINES_TOO_DEEP, &words::DOCTOR_MOVE_LEFT),
        (false, false) => (words::DOCTOR_LINES_TOO_SHALLOW, &words::DOCTOR_MOVE_RIGHT),
    };
    let at = if shift.from == 0 && shift.to > 1 { shift.to } else { shift.from };
    let (start, end) = lines.get(at).map_or((0, 0), |line| (line.content, line.end));
    let mut fix = Fix::new("indentation", Severity::Error, start, end, Text::new(&word, ["", "", &columns]));
    let last = lines.get(shift.to.saturating_sub(1)).map_or(0, |line| line.start);
    fix.lines = Some((lines.get(shift.from).map_or(0, |line| line.start), last));
    fix.mend(label, edits)
}

/// Shifts worth trying around the line where reading fails, likeliest first.
fn candidates(lines: &[Line], step: usize, failed: usize, trials: usize) -> Vec<Shift> {
    // Few trials mean a large text, where weighing a shift costs time too.
    let (late, columns) = if trials < 16 { (2, 1) } else { (4, 4) };
    let entries = |line: &&usize| lines.get(**line).is_some_and(|line| line.what == What::Entry);
    let around: Vec<usize> = (failed.saturating_sub(30)..=failed).rev().collect();
    // The reader may notice up to three entries late.
    let focus: Vec<usize> = around.iter().filter(entries).take(late).copied().collect();
    let mut out = Vec::new();
    if let Some(shift) = lines.get(failed).and_then(|line| in_block(lines, failed, line)) {
        out.push(shift);
    }
    if let Some(number) = focus.first() {
        out.extend(elder(lines, *number));
    }
    for number in focus {
        let Some(line) = lines.get(number) else { continue };
        for target in targets(lines, step, number).into_iter().take(columns) {
            let by = isize::try_from(target).unwrap_or(0) - isize::try_from(line.width).unwrap_or(0);
            let end = |stops: &dyn Fn(&Line) -> bool| {
                let rest = lines.iter().enumerate().skip(number + 1);
                let found = rest
                    .clone()
                    .find(|(_, next)| next.what == What::Marker || (next.what == What::Entry && stops(next)));
                found.map_or(lines.len(), |(at, _)| at)
            };
            let alone = end(&|_| true);
            let inside = end(&|next| next.width <= line.width);
            let beside = end(&|next| next.width < line.width);
            let ends = lines.iter().skip(number).position(|line| line.what == What::Marker);
            let all = ends.map_or(lines.len(), |marker| number + marker);
            out.push(Shift { from: number, to: alone, by });
            out.push(Shift { from: 0, to: number, by: -by });
            if inside != alone {
                out.push(Shift { from: number, to: inside, by });
            }
            if beside != inside {
                out.push(Shift { from: number, to: beside, by });
            }
            if all != beside {
                out.push(Shift { from: number, to: all, by });
            }
        }
    }
    out
}

/// The other way to bring a line beside those before it: these move, alone or with all up to it.
fn elder(lines: &[Line], number: usize) -> Vec<Shift> {
    let Some(line) = lines.get(number) else { return Vec::new() };
    let before = lines.iter().enumerate().take(number).rev().filter(|(_, line)| line.what == What::Entry);
    let deeper = before.take(LONGEST).take_while(|(_, before)| before.width > line.width);
    let Some((from, first)) = deeper.min_by_key(|(at, before)| (before.width, *at)) else {
        return Vec::new();
    };
    if first.width - line.width > FARTHEST {
        return Vec::new();
    }
    let by = isize::try_from(line.width).unwrap_or(0) - isize::try_from(first.width).unwrap_or(0);
    let next = lines.iter().enumerate().skip(from + 1).find(|(_, line)| line.what == What::Entry);
    let alone = next.map_or(number, |(at, _)| at);
    vec![Shift { from, to: alone, by }, Shift { from, to: number, by }]
}

/// A line of a block scalar that is not as deep as the first one.
fn in_block(lines: &[Line], number: usize, line: &Line) -> Option<Shift> {
    let first =
        lines.iter().take(number).rev().take_while(|line| matches!(line.what, What::Block | What::Blank));
    let base = first.filter(|line| line.what == What::Block).last()?.width;
    let by = isize::try_from(base).ok()? - isize::try_from(line.width).ok()?;
    (line.what == What::Block && by > 0).then_some(Shift { from: number, to: number + 1, by })
}

/// Columns a line may belong to, the nearest first: those of the entries before it, and inside of
/// the entry right before it.
fn targets(lines: &[Line], step: usize, number: usize) -> Vec<usize> {
    let Some(line) = lines.get(number) else { return Vec::new() };
    let before = lines.iter().take(number).rev().filter(|line| line.what == What::Entry).take(NEIGHBOURS);
    let mut columns: Vec<usize> = Vec::new();
    for (position, entry) in before.enumerate() {
        columns.push(entry.width);
        columns.push(entry.column());
        if position == 0 {
            columns.push(entry.column() + step);
        }
    }
    columns.retain(|column| *column != line.width && column.abs_diff(line.width) <= FARTHEST);
    columns.sort_by_key(|column| (column.abs_diff(line.width), *column));
    columns.dedup();
    columns.truncate(4);
    columns
}

/// How many lines a shift moves; `None` when it moves none or one has no room to the left.
fn fits(text: &str, lines: &[Line], shift: &Shift) -> Option<usize> {
    let mut touched = 0;
    for line in lines.get(shift.from..shift.to)? {
        match line.what {
            What::Blank | What::Marker => {}
            _ if shift.by > 0 || has_room(text, line, shift.by.unsigned_abs()) => touched += 1,
            // A comment may stand anywhere.
            What::Comment => {}
            _ => return None,
        }
    }
    (touched > 0).then_some(touched)
}

fn has_room(text: &str, line: &Line, columns: usize) -> bool {
    let lead = text.as_bytes().get(line.start..line.start + columns);
    lead.is_some_and(|lead| lead.iter().all(|byte| *byte == b' '))
}

/// The edits of a shift that fits.
fn edits(text: &str, lines: &[Line], shift: &Shift) -> Vec<ByteEdit> {
    let count = shift.by.unsigned_abs();
    let moved = lines.get(shift.from..shift.to).unwrap_or_default().iter();
    moved
        .filter(|line| !matches!(line.what, What::Blank | What::Marker))
        .filter(|line| shift.by > 0 || has_room(text, line, count))
        .map(|line| {
            if shift.by > 0 {
                ByteEdit::insert(line.start, " ".repeat(count))
            } else {
                ByteEdit::new(line.start, line.start + count, "")
            }
        })
        .collect()
}

/// Entries whose column would be no multiple of the step.
fn irregular(lines: &[Line], shift: &Shift, step: usize) -> usize {
    let width = |(number, line): (usize, &Line)| {
        let own = isize::try_from(line.width).unwrap_or(0);
        if number >= shift.from && number < shift.to { own + shift.by } else { own }
    };
    let mut entries = lines.iter().enumerate().filter(|(_, line)| line.what == What::Entry).map(width);
    let Some(first) = entries.next() else { return 0 };
    let step = isize::try_from(step).unwrap_or(2).max(1);
    entries.filter(|width| (width - first).rem_euclid(step) != 0).count()
}
