//! Configuration: one table of settings, read from flags, environment and file, in that order.
//!
//! The table below is the only place a setting is declared; flags, environment names, file keys, the
//! help text and the table in `docs/operations.md` all come from it.

mod parse;
mod sources;

#[cfg(test)]
mod tests;

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use crate::secret::Secret;

pub use sources::{Command, environment, load};

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Key in the file; flag and environment name are derived from it.
    pub key: &'static str,
    /// What a value looks like.
    pub form: &'static str,
    /// What holds when nothing is set, in the form of a value; may be empty for "not set".
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// What `--flag` without a value means; `None` when a value is required.
    pub bare: Option<&'static str>,
}

impl Setting {
    /// `--data-dir` without the dashes.
    pub fn flag(&self) -> String {
        self.key.replace('_', "-")
    }

    /// `BINNACLE_DATA_DIR`.
    pub fn env(&self) -> String {
        format!("{ENV_PREFIX}{}", self.key.to_ascii_uppercase())
    }
}

/// What every environment variable of ours begins with.
pub const ENV_PREFIX: &str = "BINNACLE_";

/// Variables with our prefix that are no settings: the file's path, and those of the project's own
/// build and tests, under which a console may be started.
const OTHER_ENV: [&str; 10] = [
    "BINNACLE_CONFIG",
    "BINNACLE_BENCH_ROUNDS",
    "BINNACLE_BIN",
    "BINNACLE_CACHE",
    "BINNACLE_CONTROL_PLANE",
    "BINNACLE_CONTROL_PLANE_STATE",
    "BINNACLE_E2E",
    "BINNACLE_KUBECONFIGS",
    "BINNACLE_KUBECTL",
    "BINNACLE_SITE",
];

const fn setting(
    key: &'static str,
    form: &'static str,
    default: &'static str,
    bare: Option<&'static str>,
    meaning: &'static str,
) -> Setting {
    Setting { key, form, default, meaning, bare }
}

/// All settings.
pub const SETTINGS: &[Setting] = &[
    setting(
        "listen",
        "address:port",
        "127.0.0.1:3000",
        None,
        "Where the console listens. Any address but loopback needs `public_origin`.",
    ),
    setting(
        "port_fallback",
        "auto, true or false",
        "auto",
        Some("true"),
        "Whether to take another free port, and say so, when the port is in use. `auto`: only while `listen` is not set.",
    ),
    setting(
        "data_dir",
        "directory",
        "",
        None,
        "Where the database and the key file live. Not set: `binnacle` in the user's XDG data directory.",
    ),
    setting(
        "public_origin",
        "origin",
        "",
        None,
        "The address people type, such as `https://console.example.org`. Requests for any other host name are refused. Not set: derived from `listen`.",
    ),
    setting(
        "https",
        "true or false",
        "false",
        Some("true"),
        "The console stands behind a proxy that speaks TLS: cookies become `Secure` with the `__Host-` prefix, and HSTS is sent.",
    ),
    setting(
        "trusted_proxies",
        "addresses, comma-separated",
        "",
        None,
        "Proxies whose `X-Forwarded-For` names the client in rate limits and logs, and which may hold any number of connections.",
    ),
    setting("session_idle", "duration", "8h", None, "A session ends after this long without a request."),
    setting(
        "session_absolute",
        "duration",
        "7d",
        None,
        "A session ends this long after sign-in, whatever happens.",
    ),
    setting(
        "allow_loopback_clusters",
        "auto, true or false",
        "auto",
        Some("true"),
        "Whether clusters on the console's own loopback may be integrated. `auto`: only while the console itself listens on loopback, and `public_origin`, where it is set, names loopback too.",
    ),
    setting(
        "sandbox",
        "false, true or CLUSTERSxWORKLOADS",
        "false",
        Some("true"),
        "Starts simulated clusters inside the console: the demonstration set, or for example `5x2000`.",
    ),
    setting(
        "metrics_token",
        "text",
        "",
        None,
        "A bearer token that may read `/metrics`. Not set: `/metrics` needs a session.",
    ),
    setting(
        "max_connections",
        "number",
        "1000",
        None,
        "Connections served at once, live sockets included; further ones wait.",
    ),
    setting(
        "max_connections_per_address",
        "number",
        "500",
        None,
        "Connections of one client address (of IPv6, one /64) at once; further ones are answered with 429 and closed. `trusted_proxies` are exempt.",
    ),
    setting(
        "log",
        "filter",
        "info",
        None,
        "What is logged: a level, or a filter such as `info,binnacle=debug`.",
    ),
    setting("log_format", "text or json", "text", None, "The shape of log lines."),
    setting(
        "dev",
        "true or false",
        "false",
        Some("true"),
        "For development of the console itself: `/healthz` tells when the process started.",
    ),
];

/// `sandbox`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SandboxMode {
    /// No simulated clusters.
    Off,
    /// The demonstration set.
    Demo,
    /// So many clusters with so many workloads each.
    Scaled(u32, u32),
    /// A cluster whose every text is hostile: for tests of the pages, and in no manual.
    Hostile,
}

/// `log_format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Scheme, host and port, as in an `Origin` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host, with its port where that is not the scheme's own, in lower case: what `Host` holds.
    pub authority: String,
}

impl Origin {
    /// `https://console.example.org`.
    pub fn as_text(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// Whether only the machine itself is reached by it: an address of loopback, `localhost`, or a name under
    /// that (RFC 6761, 6.3).
    pub fn is_loopback(&self) -> bool {
        let host = match self.authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => &self.authority,
        };
        let host = host.strip_suffix('.').unwrap_or(host);
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        address.parse::<IpAddr>().map_or_else(
            |_| host == "localhost" || host.ends_with(".localhost"),
            |address| address.to_canonical().is_loopback(),
        )
    }
}

/// The configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// `listen`.
    pub listen: SocketAddr,
    /// `port_fallback`, decided.
    pub port_fallback: bool,
    /// `data_dir`, decided.
    pub data_dir: PathBuf,
    /// `public_origin`.
    pub public_origin: Option<Origin>,
    /// `https`.
    pub https: bool,
    /// `trusted_proxies`.
    pub trusted_proxies: Vec<IpAddr>,
    /// `session_idle`.
    pub session_idle: Duration,
    /// `session_absolute`.
    pub session_absolute: Duration,
    /// `allow_loopback_clusters`, decided.
    pub allow_loopback_clusters: bool,
    /// `sandbox`.
    pub sandbox: SandboxMode,
    /// `metrics_token`.
    pub metrics_token: Option<Secret>,
    /// `max_connections`.
    pub max_connections: usize,
    /// `max_connections_per_address`.
    pub max_connections_per_address: usize,
    /// `log`.
    pub log: String,
    /// `log_format`.
    pub log_format: LogFormat,
    /// `dev`.
    pub dev: bool,
}

impl Config {
    /// The origins under which this console may be used, given the port it got.
    pub fn origins(&self, port: u16) -> Vec<Origin> {
        if let Some(origin) = &self.public_origin {
            return vec![origin.clone()];
        }
        let scheme = if self.https { "https" } else { "http" };
        let default_port = if self.https { 443 } else { 80 };
        let suffix = if port == default_port { String::new() } else { format!(":{port}") };
        let mut hosts = vec![host_text(self.listen.ip())];
        if self.listen.ip().is_loopback() {
            hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
            hosts.dedup();
        }
        hosts.into_iter().map(|host| Origin { scheme, authority: format!("{host}{suffix}") }).collect()
    }
}

fn host_text(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConfigError {
    /// A key or variable that is not in the table.
    #[error("{place} is not a setting.{}", match nearest { Some(key) => format!(" Did you mean {key}?"), None => " See --help for all settings.".to_owned() })]
    Unknown {
        /// Where it was found, with its name.
        place: String,
        /// The closest name of the same source.
        nearest: Option<String>,
    },
    /// A value that cannot be read.
    #[error("{place}: {problem}")]
    Value {
        /// Where it was found, with its name.
        place: String,
        /// What is wrong and what would be right. Never holds a secret.
        problem: String,
    },
    /// The file cannot be read or is not TOML.
    #[error("configuration file {path}: {problem}")]
    File {
        /// Its path.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// Settings that do not fit together.
    #[error("{0}")]
    Together(&'static str),
    /// The command line's own words: wrong usage, or asked-for help.
    #[error("{text}")]
    Usage {
        /// What to print.
        text: String,
        /// Whether it was asked for (`--help`), so that the exit code is 0.
        asked: bool,
    },
}

/// The table of `docs/operations.md`.
#[cfg(test)]
pub fn markdown_table() -> String {
    let mut out = String::from(
        "| File key | Flag | Environment | Value | Default | Meaning |\n|---|---|---|---|---|---|\n",
    );
    for setting in SETTINGS {
        let default =
            if setting.default.is_empty() { "not set".to_owned() } else { format!("`{}`", setting.default) };
        out.push_str(&format!(
            "| `{}` | `--{}` | `{}` | {} | {} | {} |\n",
            setting.key,
            setting.flag(),
            setting.env(),
            setting.form,
            default,
            setting.meaning
        ));
    }
    out
}
