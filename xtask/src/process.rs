//! Processes by an identity that outlives their parent: a pid alone may have been given to another.

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::fs;

/// One process of one boot of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ident {
    /// The process id.
    pub(crate) pid: i32,
    /// When it started, in clock ticks after boot (`/proc/PID/stat`, field 22).
    start: u64,
    /// The boot it belongs to (`/proc/sys/kernel/random/boot_id`).
    boot: String,
}

/// The fields of `/proc/PID/stat` that we read.
struct Stat {
    state: char,
    group: i32,
    start: u64,
}

/// Reads `/proc/PID/stat`. The name (field 2) may hold blanks and parentheses, so fields count from its end.
fn stat(pid: i32) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    Some(Stat {
        state: fields.first()?.chars().next()?,
        group: fields.get(2)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
    })
}

fn boot() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

impl Ident {
    /// The identity of a running process.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let pid = i32::try_from(pid).ok()?;
        stat(pid).map(|s| Self { pid, start: s.start, boot: boot() })
    }

    /// The identity of this process.
    pub(crate) fn current() -> Option<Self> {
        Self::of(std::process::id())
    }

    fn stat(&self) -> Option<Stat> {
        stat(self.pid).filter(|s| s.start == self.start && self.boot == boot())
    }

    /// Whether this very process still runs (a zombie does not).
    pub(crate) fn alive(&self) -> bool {
        self.stat().is_some_and(|s| !matches!(s.state, 'Z' | 'X'))
    }

    /// Whether it is held by SIGSTOP.
    pub(crate) fn stopped(&self) -> bool {
        self.stat().is_some_and(|s| s.state == 'T')
    }

    /// Sends a signal to this process alone, if it still is itself.
    pub(crate) fn signal(&self, signal: Signal) -> bool {
        self.alive() && kill(Pid::from_raw(self.pid), signal).is_ok()
    }

    /// Sends a signal to its process group, which it leads; also when the leader is gone and members are left.
    /// A pid is not given out again while a group bears its number, so an unrelated holder of the pid means
    /// that the group is gone.
    pub(crate) fn signal_group(&self, signal: Signal) -> bool {
        let ours = match stat(self.pid) {
            Some(_) => self.stat().is_some(),
            None => self.boot == boot() && group_members(self.pid) > 0,
        };
        ours && killpg(Pid::from_raw(self.pid), signal).is_ok()
    }

    /// Whether anything of its group still runs.
    pub(crate) fn group_alive(&self) -> bool {
        match stat(self.pid) {
            Some(_) if self.stat().is_none() => false,
            _ => self.boot == boot() && group_members(self.pid) > 0,
        }
    }
}

/// How many living processes a group has.
fn group_members(group: i32) -> usize {
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    entries
        .flatten()
        .filter_map(|e| e.file_name().to_str()?.parse::<i32>().ok())
        .filter_map(stat)
        .filter(|s| s.group == group && !matches!(s.state, 'Z' | 'X'))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stat_survives_a_hostile_name() {
        let line = "42 (a) b (c)) S 1 42 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 98765 1 1";
        let stat = parse_stat(line).unwrap();
        assert_eq!((stat.state, stat.group, stat.start), ('S', 42, 98765));
    }

    #[test]
    fn a_reused_pid_is_another_process() {
        let me = Ident::current().unwrap();
        assert!(me.alive());
        assert!(!Ident { start: me.start + 1, ..me.clone() }.alive());
        assert!(!Ident { boot: "another".into(), ..me }.alive());
    }
}
