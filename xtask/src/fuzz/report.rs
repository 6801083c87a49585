//! Reading what libFuzzer says.

/// What one run came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// Inputs that were run.
    pub(super) executions: u64,
    /// What broke, in a line; `None` when nothing did.
    pub(super) broken: Option<String>,
    /// The file with the input that broke it.
    pub(super) input: Option<String>,
}

impl Report {
    /// Reads the log of a run.
    pub(super) fn of(log: &str) -> Self {
        let after = |start: &str| log.lines().find_map(|line| line.trim().strip_prefix(start));
        let panic = log
            .lines()
            .position(|line| line.contains(" panicked at "))
            .map(|at| log.lines().skip(at).take(2).collect::<Vec<_>>().join(" "));
        let summary = after("SUMMARY: ").map(str::to_owned);
        Self {
            executions: after("stat::number_of_executed_units:")
                .and_then(|number| number.trim().parse().ok())
                .unwrap_or_default(),
            broken: panic.or(summary),
            input: log
                .lines()
                .find_map(|line| line.split_once("Test unit written to "))
                .map(|(_, path)| path.trim().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_run_counts() {
        let log =
            "#2\tINITED cov: 3\n#99 DONE\nDone 99 runs in 5 second(s)\nstat::number_of_executed_units: 99\n";
        assert_eq!(Report::of(log), Report { executions: 99, broken: None, input: None });
    }

    #[test]
    fn what_broke_is_named_with_its_input() {
        let log = "thread '<unnamed>' (7) panicked at fuzz/src/text.rs:9:5:\nmending\nnote: run\n\
                   SUMMARY: libFuzzer: deadly signal\nartifact_prefix='b/'; Test unit written to b/crash-0a1b\n\
                   stat::number_of_executed_units: 12\n";
        let report = Report::of(log);
        assert_eq!(report.executions, 12);
        assert_eq!(
            report.broken.unwrap(),
            "thread '<unnamed>' (7) panicked at fuzz/src/text.rs:9:5: mending"
        );
        assert_eq!(report.input.unwrap(), "b/crash-0a1b");
    }

    #[test]
    fn a_slow_input_is_named_too() {
        let log = "ALARM: working on the last Unit for 11 seconds\nartifact_prefix='b/'; Test unit written to b/timeout-1\n\
                   SUMMARY: libFuzzer: timeout\n";
        let report = Report::of(log);
        assert_eq!(
            (&*report.broken.unwrap(), &*report.input.unwrap()),
            ("libFuzzer: timeout", "b/timeout-1")
        );
    }
}
