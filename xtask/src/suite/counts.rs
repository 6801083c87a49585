//! How many passed, failed and were skipped.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::AddAssign;

/// Counts of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// One step that passed.
    pub(crate) fn one_passed() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    /// One step that failed.
    pub(crate) fn one_failed() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    /// One step that this machine cannot run.
    pub(crate) fn one_skipped() -> Self {
        Self { skipped: 1, ..Self::default() }
    }

    /// Whether nothing was counted.
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// The sum of cargo's `test result:` lines. Doc tests count like others.
pub(crate) fn cargo(text: &str) -> Counts {
    let mut sum = Counts::default();
    for line in text.lines().filter_map(|l| l.trim().strip_prefix("test result: ")) {
        let words: Vec<&str> = line.split([' ', ';', '.']).filter(|w| !w.is_empty()).collect();
        for pair in words.windows(2) {
            let [number, word] = pair else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match *word {
                "passed" => sum.passed += number,
                "failed" => sum.failed += number,
                "ignored" => sum.skipped += number,
                _ => {}
            }
        }
    }
    sum
}

/// The tables that tests went through and how many rows each had: their lines `rows: 41 (merge by path)`, by name.
pub(crate) fn tables(text: &str) -> BTreeMap<String, u64> {
    text.lines()
        .filter_map(|line| {
            let (number, name) = line.trim().strip_prefix("rows: ")?.split_once(' ')?;
            let name = name.strip_prefix('(')?.strip_suffix(')')?;
            Some((name.to_owned(), number.parse().ok()?))
        })
        .collect()
}

/// What Playwright's JSON report counts: flaky tests count as failed, for a retry must not hide them.
pub(crate) fn playwright(report: &serde_json::Value) -> Option<Counts> {
    let stats = report.get("stats")?;
    let number = |name: &str| stats.get(name).and_then(serde_json::Value::as_u64);
    Some(Counts {
        passed: number("expected")?,
        failed: number("unexpected")? + number("flaky")?,
        skipped: number("skipped")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cargo_lines_are_summed() {
        let text = "running 3 tests\ntest a ... ok\n\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.42s\n\
                    noise 9 passed\ntest result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out; finished in 1.00s\n";
        assert_eq!(cargo(text), Counts { passed: 5, failed: 1, skipped: 1 });
        assert!(cargo("error: could not compile").is_empty());
    }

    #[test]
    fn tables_are_read_by_name() {
        let text = "---- a stdout ----\nrows: 41 (merge by path)\nrows: many (x)\nrows: 3 (b)\n  rows: 4 (b)\nrows: 5\n";
        assert_eq!(tables(text), BTreeMap::from([("b".to_owned(), 4), ("merge by path".to_owned(), 41)]));
    }

    #[test]
    fn playwright_reports_are_read() {
        let report =
            json!({ "stats": { "expected": 4, "unexpected": 1, "flaky": 1, "skipped": 2, "duration": 1.5 } });
        assert_eq!(playwright(&report), Some(Counts { passed: 4, failed: 2, skipped: 2 }));
        assert_eq!(playwright(&json!({})), None);
    }

    #[test]
    fn the_last_line_is_plain() {
        assert_eq!(Counts { passed: 7, failed: 0, skipped: 0 }.to_string(), "7 passed, 0 failed");
        assert_eq!(Counts { passed: 7, failed: 1, skipped: 2 }.to_string(), "7 passed, 1 failed, 2 skipped");
    }
}
