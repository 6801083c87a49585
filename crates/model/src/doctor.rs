//! The paste doctor: finds everything that is wrong with pasted YAML at once, and mends what can
//! be mended by small edits that leave all else as it is.
//!
//! A text is cut into documents, and each is examined in rounds. A round looks at the text as
//! mended so far: first characters, then lost spaces and line breaks, then open quotes, then
//! indentation (tried out on the YAML reader), and once the text can be read, its meaning. What a
//! round mends is mended in a copy, so that the next one can see behind it; every finding and
//! every repair is carried back to the text as it was given.

mod amounts;
mod characters;
mod clean;
mod deep;
mod edit;
mod fields;
mod indent;
mod kinds;
mod known;
mod listed;
mod lookalike;
mod meaning;
mod one;
mod order;
mod place;
mod read;
mod scalars;
mod scan;
mod selectors;
mod spacing;
mod strange;
mod strings;
mod text;
mod values;

use serde_json::Value;

pub use crate::diagnosis::{Diagnosis, Document, Edit, Finding, Repair, Stripped, TextRange};
pub use clean::clean;
pub use edit::{EditProblem, edit, edits};
pub use one::read_one;
pub use order::order;
pub use place::{range_of, ranges_of};

use crate::{Severity, Text, Word, schema::Schemas, words::doctor as words};
use deep::deep;
use read::{Failure, Node};
use scan::What;
use spacing::Layout;
use text::{ByteEdit, Layers, Places};

/// Largest text in bytes (security and reliability specification, A5).
pub const MAX_BYTES: usize = 1 << 20;
/// Most documents in one text.
pub const MAX_DOCUMENTS: usize = 100;

/// How much is tried for one document: its size up to which this holds (bytes), rounds, and trial
/// readings in a round. The larger, the less, so that the time stays bounded.
const EFFORT: [(usize, usize, usize); 4] =
    [(16 << 10, 40, 64), (64 << 10, 20, 24), (256 << 10, 6, 6), (MAX_BYTES, 3, 2)];
/// Runs of [`repair_all`] over its own result.
const RUNS: usize = 4;
/// Findings told; who has more mends these first.
const MAX_FINDINGS: usize = 1_000;

/// Something noticed in one document, in bytes of the text at hand.
#[derive(Clone, Debug)]
struct Fix {
    code: &'static str,
    severity: Severity,
    start: usize,
    end: usize,
    text: Text,
    /// First and last line the text speaks of, by a place in them; they fill its first two places.
    lines: Option<(usize, usize)>,
    label: Option<&'static Word>,
    edits: Vec<ByteEdit>,
}

impl Fix {
    fn new(code: &'static str, severity: Severity, start: usize, end: usize, text: impl Into<Text>) -> Self {
        Fix { code, severity, start, end, text: text.into(), lines: None, label: None, edits: Vec::new() }
    }

    /// Offers a repair; its edits are sorted. Edits that touch become one.
    fn mend(mut self, label: &'static Word, mut edits: Vec<ByteEdit>) -> Self {
        edits.dedup_by(|next, last| {
            let touch = last.end == next.start;
            if touch {
                last.end = next.end;
                last.insert.push_str(&next.insert);
            }
            touch
        });
        self.label = Some(label);
        self.edits = edits;
        self
    }
}

/// One document's part of the text, in bytes.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    start: usize,
    end: usize,
}

/// Cuts a text at its `---` and `...` lines, which YAML allows nowhere else. Parts without content
/// belong to the document after them. `None` when there are more than [`MAX_DOCUMENTS`].
fn chunks(text: &str) -> Option<Vec<Chunk>> {
    let mut out: Vec<Chunk> = Vec::new();
    let (mut start, mut content) = (0, false);
    for (from, to, next) in text::lines(text) {
        let line = &text[from..to];
        let begins = line.trim_start_matches('\u{feff}').starts_with("---");
        if scan::is_marker(line) && !line.starts_with('%') {
            let (end, after) = if begins { (from, line.len() > 3) } else { (next, false) };
            if content {
                out.push(Chunk { start, end });
                start = end;
            }
            content = begins && after && !line.trim_start_matches(['-', ' ', '\t', '\u{feff}']).is_empty();
            content &= !line.trim_start_matches(['-', ' ', '\t']).starts_with('#');
        } else {
            let trimmed = line.trim_start();
            content |= !(trimmed.is_empty() || trimmed.starts_with('#') || scan::is_marker(line));
        }
        if out.len() > MAX_DOCUMENTS {
            return None;
        }
    }
    if content {
        out.push(Chunk { start, end: text.len() });
    }
    (out.len() <= MAX_DOCUMENTS).then_some(out)
}

/// What examining one document gave, in bytes of the document as given.
struct Outcome {
    fixes: Vec<Fix>,
    /// The document mended.
    mended: String,
    /// What the document reads as, as given.
    node: Option<Node>,
}

fn examine(given: &str, schemas: &Schemas) -> Outcome {
    let mut text = given.to_owned();
    let mut layers = Layers::default();
    let mut fixes: Vec<Fix> = Vec::new();
    let mut node = None;
    let (_, rounds, trials) =
        EFFORT.into_iter().find(|(size, _, _)| given.len() <= *size).unwrap_or(EFFORT[3]);
    for round in 0..rounds {
        let reading = read::read(&text);
        if round == 0
            && let Ok(Some(read)) = &reading
        {
            node = Some(read.clone());
        }
        let (mut mend, rest) = look(&text, &reading, trials, schemas);
        mend.sort_by_key(|fix| fix.edits.first().map_or(0, |edit| edit.start));
        let (together, edits) = disjoint(&text, mend);
        for fix in together.into_iter().chain(if edits.is_empty() { rest } else { Vec::new() }) {
            fixes.push(back(&layers, &text, fix));
        }
        if edits.is_empty() {
            return Outcome { fixes, mended: text, node };
        }
        text = text::apply(&text, &edits);
        layers.push(&edits);
    }
    // Repairs that bring no rest are none.
    for fix in &mut fixes {
        fix.edits.clear();
    }
    if let Err(failure) = read::read(given) {
        fixes.push(syntax(given, &failure));
    }
    Outcome { fixes, mended: given.to_owned(), node }
}

/// One round: what can be mended, of the first sort that has anything to mend, and what cannot.
fn look(
    text: &str,
    reading: &Result<Option<Node>, Failure>,
    trials: usize,
    schemas: &Schemas,
) -> (Vec<Fix>, Vec<Fix>) {
    let valid = reading.is_ok();
    let lines = scan::scan(text, valid);
    let mut rest = Vec::new();
    let mut sort = |fixes: Vec<Fix>| {
        let (mend, others): (Vec<Fix>, Vec<Fix>) = fixes.into_iter().partition(|fix| !fix.edits.is_empty());
        rest.extend(others);
        mend
    };
    let mut mend = sort(characters::characters(text, &lines, valid));
    let limited = matches!(reading, Err(failure) if failure.limit);
    // What another tool fills in is not for us to mend, nor what is around it.
    if let (true, Some(fix)) = (mend.is_empty() && !valid && !limited, template(text, &lines, true)) {
        return (mend, vec![fix]);
    }
    if mend.is_empty() && !limited {
        let layout = Layout::new(text, &lines);
        mend = sort(spacing::spacing(&layout, valid));
        if let (true, Err(failure)) = (mend.is_empty(), reading) {
            mend = sort(spacing::unclosed(&layout, trials));
            if mend.is_empty() {
                mend = indent::indentation(&layout, text, &lines, failure, trials).into_iter().collect();
            }
        }
    }
    match reading {
        Ok(Some(node)) if mend.is_empty() => {
            let (more, others): (Vec<Fix>, Vec<Fix>) =
                meaning::meaning(text, node, schemas).into_iter().partition(|fix| !fix.edits.is_empty());
            mend = more;
            rest.extend(others);
        }
        Err(failure) if mend.is_empty() && !rest.iter().any(|fix| fix.code.starts_with("unclosed")) => {
            let fix = syntax_at(text, failure, &lines);
            if fix.edits.is_empty() { rest.push(fix) } else { mend.push(fix) }
        }
        _ => {}
    }
    (mend, rest)
}

/// Repairs that do not touch each other, and all their edits. Others wait for the next round.
fn disjoint(text: &str, mend: Vec<Fix>) -> (Vec<Fix>, Vec<ByteEdit>) {
    let mut together: Vec<Fix> = Vec::new();
    let mut taken: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for mut fix in mend {
        if !text::sound(text, &fix.edits) {
            fix.edits.clear();
            continue;
        }
        let free = fix
            .edits
            .iter()
            .all(|edit| taken.range(..=edit.end).next_back().is_none_or(|(_, end)| *end < edit.start));
        if free {
            taken.extend(fix.edits.iter().map(|edit| (edit.start, edit.end)));
            together.push(fix);
        }
    }
    let mut edits: Vec<ByteEdit> = together.iter().flat_map(|fix| fix.edits.iter().cloned()).collect();
    edits.sort_by_key(|edit| (edit.start, edit.end));
    (together, edits)
}

/// A fix in the document as given. Where the lines move and the first of them is one that a repair
/// brings, the place is the next line that was given.
fn back(layers: &Layers, text: &str, mut fix: Fix) -> Fix {
    if fix.code == "indentation" {
        let lines = text::lines(text);
        let at = lines.partition_point(|(start, _, _)| *start <= fix.start).saturating_sub(1);
        let given = lines.iter().skip(at).find(|(start, _, _)| !layers.inserted(*start));
        if let Some((start, end, _)) = given {
            let line = text.get(*start..*end).unwrap_or_default();
            (fix.start, fix.end) = (start + line.len() - line.trim_start().len(), *end);
        }
    }
    fix.start = layers.back(fix.start, true);
    fix.end = layers.back(fix.end, true).max(fix.start);
    fix.lines = fix.lines.map(|(first, last)| (layers.back(first, true), layers.back(last, true)));
    fix.edits = layers.edits(&fix.edits);
    fix
}

fn syntax(text: &str, failure: &Failure) -> Fix {
    syntax_at(text, failure, &scan::scan(text, false))
}

/// What the reader itself objects to.
fn syntax_at(text: &str, failure: &Failure, lines: &[scan::Line]) -> Fix {
    let message = failure.message.as_str();
    let has = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
    let (code, word) = if failure.limit || has(&["recursion limit", "limit exceeded"]) {
        ("too-complex", words::DOCTOR_LIMIT)
    } else if has(&["mapping values", "mapping keys are not allowed", "simple key"]) {
        ("unexpected-key", words::DOCTOR_SYNTAX_COLON)
    } else if has(&["expected key", "'-' indicator", "block sequence entries", "indentation", "indented"]) {
        ("unexpected-indent", words::DOCTOR_SYNTAX_INDENT)
    } else if has(&["unclosed quote", "document indicator"]) {
        ("unclosed-quote", words::DOCTOR_SYNTAX_QUOTE)
    } else if has(&["bracket", "',' or", "flow"]) {
        ("unclosed-bracket", words::DOCTOR_SYNTAX_BRACKET)
    } else if has(&["trailing content"]) {
        ("after-quote", words::DOCTOR_SYNTAX_AFTER_QUOTE)
    } else if has(&["escape", "surrogate", "hexadecimal"]) {
        ("bad-escape", words::DOCTOR_SYNTAX_ESCAPE)
    } else if has(&["tab"]) {
        ("tab", words::DOCTOR_SYNTAX_TAB)
    } else if has(&["recursive references"]) {
        ("recursive-anchor", words::DOCTOR_RECURSIVE)
    } else if has(&["merge value", "merge key"]) {
        ("merge-key", words::DOCTOR_MERGE)
    } else if has(&["non-finite"]) {
        ("not-finite", words::DOCTOR_NOT_FINITE)
    } else if has(&["null into string", "expected string scalar"]) {
        ("key-not-text", words::DOCTOR_KEY_NOT_TEXT)
    } else if has(&["anchor", "alias"]) {
        ("unknown-anchor", words::DOCTOR_SYNTAX_ALIAS)
    } else if has(&["tag"]) {
        ("unknown-tag", words::DOCTOR_SYNTAX_TAG)
    } else {
        ("unreadable", words::DOCTOR_SYNTAX_OTHER)
    };
    let line = lines.get(lines.partition_point(|line| line.start <= failure.at).saturating_sub(1));
    if code != "too-complex"
        && let Some(fix) = template(text, lines, false)
    {
        return fix;
    }
    let end = line.map_or(failure.at, |line| line.end.max(failure.at));
    let mut said = message;
    if code == "not-finite" {
        said = line.and_then(|line| text.get(line.value..line.value_end)).unwrap_or(message);
    }
    let fix = Fix::new(code, Severity::Error, failure.at, end, Text::new(&word, [said]));
    let quoted = |from: usize, to: usize| {
        let value = text.get(from..to).unwrap_or_default();
        vec![ByteEdit::new(from, to, spacing::quote(value))]
    };
    match line {
        Some(line) if matches!(code, "unknown-anchor" | "not-finite") && line.value == failure.at => {
            fix.mend(&words::DOCTOR_ADD_QUOTES, quoted(line.value, line.value_end))
        }
        // A tag with nothing after it is text that begins with an exclamation mark.
        Some(line) if code == "unknown-tag" && tag_alone(text, line) => {
            fix.mend(&words::DOCTOR_ADD_QUOTES, quoted(line.value, line.end))
        }
        Some(line) if code == "key-not-text" && line.content == failure.at => match line.key {
            Some((end, _)) => fix.mend(&words::DOCTOR_ADD_QUOTES, quoted(line.content, end)),
            None => fix,
        },
        _ => fix,
    }
}

fn tag_alone(text: &str, line: &scan::Line) -> bool {
    let value = text.get(line.value..line.end).unwrap_or_default();
    value.starts_with('!') && !value.contains([' ', '\t'])
}

/// The first place that another tool fills in; for certain, when it begins a line or a value.
fn template(text: &str, lines: &[scan::Line], certain: bool) -> Option<Fix> {
    const MARKS: [&str; 2] = ["{{", "{%"];
    let written = |line: &scan::Line| text.get(line.start..line.end).unwrap_or_default();
    let begins = |from: usize, mark: &str| text.get(from..).is_some_and(|rest| rest.starts_with(mark));
    let filled = |line: &scan::Line, mark: &str| {
        if certain {
            begins(line.content, mark) || begins(line.value, mark)
        } else {
            written(line).contains(mark)
        }
    };
    let line =
        lines.iter().find(|line| line.what != What::Block && MARKS.iter().any(|mark| filled(line, mark)))?;
    let helm = [".Values.", ".Release.", ".Chart.", "include \"", "template \""];
    let text = if text.contains("{{") && helm.iter().any(|mark| text.contains(mark)) {
        Text::new(&words::DOCTOR_HELM_TEMPLATE, ["{{ … }}"])
    } else {
        let mark = if written(line).contains("{{") { "{{ … }}" } else { "{% … %}" };
        Text::new(&words::DOCTOR_TEMPLATE, [mark])
    };
    Some(Fix::new("template", Severity::Error, line.content, line.end, text))
}

/// Turns a fix of a document into a finding of the text.
fn finding(places: &Places<'_>, chunk: Chunk, document: u32, fix: Fix) -> Finding {
    let mut text = fix.text;
    if let Some((first, last)) = fix.lines {
        let first = places.line_number(chunk.start + first).to_string();
        let last = places.line_number(chunk.start + last).to_string();
        text.args.splice(0..2.min(text.args.len()), [first.into(), last.into()]);
    }
    let repair = fix.label.filter(|_| !fix.edits.is_empty()).map(|label| Repair {
        label: Text::plain(label),
        edits: fix
            .edits
            .into_iter()
            .map(|edit| Edit {
                start: places.utf16(chunk.start + edit.start),
                end: places.utf16(chunk.start + edit.end),
                insert: edit.insert,
            })
            .collect(),
    });
    Finding {
        code: fix.code.to_owned(),
        severity: fix.severity,
        range: places.range(chunk.start + fix.start, chunk.start + fix.end),
        text,
        document,
        repair,
    }
}

/// A finding about the text as a whole.
fn whole(code: &str, severity: Severity, text: Text) -> Finding {
    let range = TextRange { start: 0, end: 0, line: 1, column: 1 };
    Finding { code: code.to_owned(), severity, range, text, document: 0, repair: None }
}

fn refused(code: &str, text: Text) -> Diagnosis {
    Diagnosis { findings: vec![whole(code, Severity::Error, text)], ..Diagnosis::default() }
}

/// Some lines end in CRLF and some in LF.
fn mixed_breaks(text: &str, places: &Places<'_>) -> Option<(Finding, Vec<ByteEdit>)> {
    let all = text.matches('\n').count();
    let windows = text.matches("\r\n").count();
    if windows == 0 || windows == all {
        return None;
    }
    let edits: Vec<ByteEdit> =
        text.match_indices("\r\n").map(|(at, _)| ByteEdit::new(at, at + 1, "")).collect();
    let first = edits.first()?.start;
    let fix = Fix::new("mixed-line-breaks", Severity::Note, first, first + 1, words::DOCTOR_MIXED_BREAKS)
        .mend(&words::DOCTOR_SAME_BREAKS, edits.clone());
    Some((finding(places, Chunk { start: 0, end: text.len() }, 0, fix), edits))
}

/// A text examined: the diagnosis and the text mended.
fn run(text: &str, schemas: &Schemas) -> (Diagnosis, String) {
    if text.len() > MAX_BYTES {
        return (refused("too-large", Text::new(&words::DOCTOR_TOO_LARGE, ["1 MiB"])), text.to_owned());
    }
    let Some(chunks) = chunks(text) else {
        let text_of = Text::new(&words::DOCTOR_TOO_MANY_DOCUMENTS, [MAX_DOCUMENTS.to_string()]);
        return (refused("too-many-documents", text_of), text.to_owned());
    };
    if chunks.is_empty() {
        return (refused("empty", words::DOCTOR_EMPTY.into()), text.to_owned());
    }
    let places = Places::new(text);
    let mut diagnosis = Diagnosis::default();
    let mut mended = String::with_capacity(text.len() + 64);
    let mut schemas = std::borrow::Cow::Borrowed(schemas);
    for (index, chunk) in chunks.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let given = text.get(chunk.start..chunk.end).unwrap_or_default();
        let outcome = examine(given, &schemas);
        mended.push_str(&outcome.mended);
        for fix in outcome.fixes {
            diagnosis.findings.push(finding(&places, *chunk, index, fix));
        }
        if let Some(node) = &outcome.node
            && node.text("kind") == Some("CustomResourceDefinition")
        {
            schemas.to_mut().learn(&node.value());
        }
        if let Some(node) = outcome.node.filter(|node| matches!(node.shape, read::Shape::Map(_))) {
            document(&places, *chunk, index, &node, &mut diagnosis);
        }
    }
    mended.push_str(text.get(chunks.last().map_or(0, |chunk| chunk.end)..).unwrap_or_default());
    if let Some((found, _)) = mixed_breaks(text, &places) {
        diagnosis.findings.push(found);
        mended = mended.replace("\r\n", "\n");
    }
    if schemas.stands_in {
        diagnosis.findings.push(whole("recorded-schema", Severity::Note, words::DOCTOR_RECORDED.into()));
    }
    diagnosis.findings.sort_by_key(|found| (found.range.start, found.range.end));
    diagnosis.complete = diagnosis.findings.iter().all(|found| found.severity != Severity::Error);
    diagnosis.findings.truncate(MAX_FINDINGS);
    (diagnosis, mended)
}

fn document(places: &Places<'_>, chunk: Chunk, index: u32, node: &Node, diagnosis: &mut Diagnosis) {
    let (object, gone) = clean(&node.value());
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    diagnosis.documents.push(Document {
        index,
        range: places.range(chunk.start + node.start, chunk.start + node.end),
        api_version: text("/apiVersion").unwrap_or_default(),
        kind: text("/kind").unwrap_or_default(),
        name: text("/metadata/name").unwrap_or_default(),
        namespace: text("/metadata/namespace").filter(|namespace| !namespace.is_empty()),
        object,
    });
    diagnosis.stripped.extend(gone.into_iter().map(|(path, text, warn)| Stripped {
        document: index,
        path,
        text,
        warn,
    }));
}

/// Everything there is to say about a text: all problems at once, each with its place and, where
/// it can be mended, its repair; the documents that can be read; the fields that will not be sent.
///
/// Never fails: what is over a limit is refused by a finding.
pub fn diagnose(text: &str) -> Diagnosis {
    diagnose_with(text, &Schemas::none())
}

/// As [`diagnose`], and what the schemas tell of each document's fields.
pub fn diagnose_with(text: &str, schemas: &Schemas) -> Diagnosis {
    deep(text, || run(text, schemas).0).unwrap_or_else(unreadable)
}

/// The text with everything mended that can be, and what was mended, in places of `text`. Mending
/// the result again changes nothing.
pub fn repair_all(text: &str) -> (String, Vec<Finding>) {
    repair_all_with(text, &Schemas::none())
}

/// As [`repair_all`], and what the schemas tell of each document's fields.
pub fn repair_all_with(text: &str, schemas: &Schemas) -> (String, Vec<Finding>) {
    deep(text, || rest(text, schemas)).unwrap_or_else(|| (text.to_owned(), Vec::new()))
}

fn rest(text: &str, schemas: &Schemas) -> (String, Vec<Finding>) {
    let (first, mut mended) = run(text, schemas);
    let repaired: Vec<Finding> = first.findings.into_iter().filter(|found| found.repair.is_some()).collect();
    for _ in 0..RUNS {
        let again = run(&mended, schemas).1;
        if again == mended {
            return (mended, repaired);
        }
        mended = again;
    }
    // A text that never comes to rest is left as it is.
    (text.to_owned(), Vec::new())
}

fn unreadable() -> Diagnosis {
    refused("unreadable", words::DOCTOR_UNAVAILABLE.into())
}
