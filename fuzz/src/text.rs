//! Pasted texts.

use binnacle_cluster::{DialPolicy, credential, read_kubeconfig};
use binnacle_model::{
    Severity,
    doctor::{self, Diagnosis, EditProblem},
    patch, words,
};

use crate::{Random, json};

/// Work on texts is bounded by their size; longer ones only take longer.
const LONGEST: usize = 16 << 10;

/// The paste doctor: it answers, each place and repair lies within the text, and mending twice is
/// mending once.
pub(crate) fn doctor(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.len() > LONGEST {
        return;
    }
    let diagnosis = doctor::diagnose(text);
    sound(text, &diagnosis);
    let (mended, _) = doctor::repair_all(text);
    let after = doctor::diagnose(&mended);
    sound(&mended, &after);
    assert_eq!(doctor::repair_all(&mended).0, mended, "mending what was mended changes nothing");
    let errors = |diagnosis: &Diagnosis| diagnosis.findings.iter().any(|f| f.severity == Severity::Error);
    assert!(errors(&diagnosis) || !errors(&after), "mending brings no errors: {mended:?}");
}

fn sound(text: &str, diagnosis: &Diagnosis) {
    let length = text.encode_utf16().count();
    let within = |start: u32, end: u32| start <= end && end as usize <= length;
    for finding in &diagnosis.findings {
        assert_ne!(finding.text.key, words::doctor::DOCTOR_UNAVAILABLE.key, "it panicked");
        let mut edits = finding.repair.iter().flat_map(|repair| &repair.edits);
        let sound =
            within(finding.range.start, finding.range.end) && edits.all(|edit| within(edit.start, edit.end));
        assert!(sound, "{finding:?} lies within {length} units");
    }
}

/// Editing a text by places: the object of a text becomes another, and the text then reads as that one.
/// Which other it becomes is drawn from the text itself.
pub(crate) fn edit(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.len() > LONGEST {
        return;
    }
    let Ok(object) = doctor::read_one(text) else { return };
    // FNV-1a: any number that follows from the text.
    let seed = data.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut random = Random::new(seed);
    let mut wanted = object.clone();
    for _ in 0..=random.below(3) {
        json::change(&mut wanted, &mut random);
    }
    if !wanted.is_object() {
        return;
    }
    match doctor::edit(text, 0, &patch::diff(&object, &wanted)) {
        Ok(edited) => {
            let read = doctor::read_one(&edited);
            assert_eq!(read.as_ref().ok(), Some(&wanted), "{text:?} became {edited:?}: {read:?}");
        }
        // Too large, or too deep, to be read again.
        Err(EditProblem::Unwritable) => {
            assert!(text.len() > 512, "{text:?} cannot be written as {wanted}");
        }
        Err(problem) => panic!("{text:?}: {problem}"),
    }
}

/// A pasted kubeconfig: read or refused, each of its contexts usable or refused.
pub(crate) fn kubeconfig(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let report = read_kubeconfig(text);
    for context in &report.contexts {
        let usable = credential(text, &context.name, &DialPolicy::default());
        // What the reader refuses is no credential.
        let refused = report.issues.iter().chain(&context.refused).any(|i| i.severity == Severity::Error);
        assert!(usable.is_err() || !refused, "{} is refused and usable at once", context.name);
    }
}
