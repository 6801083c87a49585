//! Reads what strace wrote.

use std::path::{Path, PathBuf};

/// The calls that are watched: of processes, of files, of the network.
pub(super) const CALLS: &str =
    "trace=execve,execveat,open,openat,openat2,creat,connect,sendto,sendmsg,sendmmsg";

/// Directories and files that the C library, TLS and the runtime read.
const READ: [&str; 22] = [
    "/lib/",
    "/lib64/",
    "/usr/lib/",
    "/usr/lib64/",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/proc/self/",
    "/proc/sys/",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup/",
    "/dev/null",
    "/dev/urandom",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/localtime",
    "/usr/share/zoneinfo/",
    "/usr/share/ca-certificates/",
    "/usr/local/share/ca-certificates/",
    "/etc/ssl/",
];
/// More of them, where other distributions keep their authorities.
const AUTHORITIES: [&str; 3] = ["/etc/pki/", "/etc/ca-certificates/", "/opt/etc/ssl/"];

/// Sockets of this machine's own name services.
const NAME_SERVICES: [&str; 4] = ["/var/run/nscd/", "/run/nscd/", "/run/systemd/resolve/", "/var/lib/sss/"];

/// What was done, tried and refused alike.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Touched {
    /// Programs that were started, the console itself first.
    pub(super) started: Vec<String>,
    /// Files that were opened, as they were named.
    pub(super) opened: Vec<String>,
    /// Addresses that were dialled or sent to.
    pub(super) dialled: Vec<Address>,
}

/// Where a socket led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// An IP address and a port.
    Ip(String, u16),
    /// A socket of this machine.
    Unix(String),
}

/// Reads a trace.
pub(super) fn read(text: &str) -> Touched {
    let mut touched = Touched::default();
    for line in text.lines() {
        // The number of the thread, the call, and what was given to it; where a call was interrupted by another
        // thread's, all of that stands in its first line.
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let Some((name, given)) = call.split_once('(') else { continue };
        match name {
            "execve" | "execveat" => touched.started.extend(quoted(given)),
            "open" | "openat" | "openat2" | "creat" => touched.opened.extend(quoted(given)),
            "connect" | "sendto" | "sendmsg" | "sendmmsg" => touched.dialled.extend(address(given)),
            _ => {}
        }
    }
    touched
}

fn quoted(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('"')?;
    Some(rest.split('"').next()?.to_owned())
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

/// The address in a call; `None` where the socket has been led before, and for what leads nowhere.
fn address(given: &str) -> Option<Address> {
    let port = || between(given, "_port=htons(", ")").and_then(|port| port.parse().ok());
    match between(given, "sa_family=", ",").map(|family| family.trim_end_matches('}'))? {
        "AF_INET" => Some(Address::Ip(between(given, "inet_addr(\"", "\"")?.to_owned(), port()?)),
        "AF_INET6" => Some(Address::Ip(between(given, "inet_pton(AF_INET6, \"", "\"")?.to_owned(), port()?)),
        "AF_UNIX" => {
            Some(Address::Unix(between(given, "sun_path=", ",").map_or_else(
                || given.to_owned(),
                |path| path.trim_matches(|c| "\"@}".contains(c)).to_owned(),
            )))
        }
        _ => None,
    }
}

impl Touched {
    /// What should not have been touched, and what should have been and was not.
    pub(super) fn problems(&self, data: &Path, control: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let programs = self.started.iter().skip(1);
        problems.extend(programs.map(|program| format!("a program was started: {program}")));
        let own = |path: &str| PathBuf::from(path).starts_with(data) && !path.contains("..");
        let read = |path: &str| {
            let allowed = READ.iter().chain(&AUTHORITIES);
            // A directory is itself beside what is in it.
            allowed.into_iter().any(|prefix| format!("{path}/").starts_with(prefix)) && !path.contains("..")
        };
        let files = self.opened.iter().filter(|path| !own(path) && !read(path));
        problems.extend(files.map(|path| format!("a file was opened: {path}")));
        let strangers = self.dialled.iter().filter(|address| match address {
            Address::Ip(ip, 6443) => ip != control,
            // Names are asked for at whatever name server the machine has.
            Address::Ip(_, port) => *port != 53,
            Address::Unix(path) => !NAME_SERVICES.iter().any(|service| path.starts_with(service)),
        });
        problems.extend(strangers.map(|address| format!("an address was dialled: {address:?}")));
        // A trace that shows nothing proves nothing.
        if self.started.is_empty() || !self.opened.iter().any(|path| own(path)) {
            problems.push("the trace does not show the console's start".to_owned());
        }
        if !self.dialled.contains(&Address::Ip(control.to_owned(), 6443)) {
            problems.push(format!("the trace does not show that {control} was dialled"));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = r#"100 execve("/bin/binnacle", ["/bin/binnacle", "--listen"], 0x7ffe /* 0 vars */) = 0
100 openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
101 openat(AT_FDCWD, "/data/binnacle.db", O_RDWR|O_CREAT, 0600 <unfinished ...>
102 connect(18, {sa_family=AF_INET, sin_port=htons(6443), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 EINPROGRESS (Operation now in progress)
101 <... openat resumed>) = 9
102 connect(18, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT (No such file or directory)
102 connect(18, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.53")}, 16) = 0
102 sendto(18, "x", 1, MSG_NOSIGNAL, NULL, 0) = 1
102 openat(AT_FDCWD, "/etc/ssl/certs", O_RDONLY|O_DIRECTORY) = 18
"#;

    #[test]
    fn a_quiet_trace_is_quiet() {
        let touched = read(TRACE);
        assert_eq!((touched.started.len(), touched.opened.len(), touched.dialled.len()), (1, 3, 3));
        assert_eq!(touched.problems(Path::new("/data"), "192.0.2.1"), Vec::<String>::new());
    }

    #[test]
    fn whatever_should_not_have_been_touched_is_told() {
        for line in [
            r#"103 execve("/bin/sh", ["sh"], 0x7ffe /* 0 vars */) = -1 ENOENT (No such file or directory)"#,
            r#"103 openat(AT_FDCWD, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3"#,
            r#"103 openat(AT_FDCWD, "/etc/sslx/a", O_RDONLY|O_CLOEXEC) = 3"#,
            r#"103 openat(AT_FDCWD, "/data/../etc/passwd", O_RDONLY|O_CLOEXEC) = 3"#,
            r#"103 openat(AT_FDCWD, "../../binnacle.db", O_RDONLY|O_CLOEXEC <unfinished ...>"#,
            r#"103 connect(18, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("169.254.169.254")}, 16) = 0"#,
            r#"103 connect(18, {sa_family=AF_INET, sin_port=htons(6443), sin_addr=inet_addr("127.0.0.1")}, 16) = 0"#,
            r#"103 connect(9, {sa_family=AF_INET6, sin6_port=htons(6443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0"#,
            r#"103 connect(9, {sa_family=AF_UNIX, sun_path="/var/run/docker.sock"}, 110) = 0"#,
        ] {
            let problems = read(&format!("{TRACE}{line}\n")).problems(Path::new("/data"), "192.0.2.1");
            assert_eq!(problems.len(), 1, "{line}: {problems:?}");
        }
    }

    #[test]
    fn a_trace_that_shows_nothing_proves_nothing() {
        assert_eq!(read("").problems(Path::new("/data"), "192.0.2.1").len(), 2);
    }
}
