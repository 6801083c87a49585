//! Where values come from: flags over environment over file over defaults.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use binnacle_model::session::Role;
use clap::{Arg, ArgAction};

use super::{Config, ConfigError, ENV_PREFIX, OTHER_ENV, Origin, SETTINGS, Setting, parse};
use crate::{auth::ADMIN, secret::Secret};

/// What the binary is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Serve the console.
    Serve,
    /// Print a new one-time sign-in link of a user, for a running or later console.
    SignInLink(String),
    /// Add a user with a role, and print a link.
    AddUser(String, Role),
    /// Write a consistent copy of the database to a new file.
    Backup(PathBuf),
}

/// Command line, environment and file, read.
#[derive(Debug)]
pub struct Invocation {
    /// What to do.
    pub command: Command,
    /// With what.
    pub config: Config,
}

/// A value and where it was found, for messages.
struct Found {
    text: String,
    place: String,
}

type Values = BTreeMap<&'static str, Found>;

/// The environment as text. Of other programs' variables those that are none are left out; of ours they
/// are refused.
///
/// # Errors
/// Names the variable.
pub fn environment(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut env = BTreeMap::new();
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => {
                env.insert(name, value);
            }
            Err(_) if name.starts_with(ENV_PREFIX) => {
                let place = format!("environment variable {name}");
                return Err(ConfigError::Value { place, problem: "its value is not UTF-8 text".to_owned() });
            }
            Err(_) => {}
        }
    }
    Ok(env)
}

/// Reads everything.
///
/// # Errors
/// Each names the place of the value and what would be right.
pub fn load(
    args: impl IntoIterator<Item = OsString>,
    env: &BTreeMap<String, String>,
) -> Result<Invocation, ConfigError> {
    let matches = command_line().try_get_matches_from(args).map_err(|error| ConfigError::Usage {
        text: error.render().to_string(),
        asked: !error.use_stderr(),
    })?;
    let mut values = Values::new();
    let file = matches.get_one::<String>("config").cloned().or_else(|| env.get("BINNACLE_CONFIG").cloned());
    if let Some(path) = file {
        from_file(Path::new(&path), &mut values)?;
    }
    from_env(env, &mut values)?;
    for setting in SETTINGS {
        if let Some(text) = matches.get_one::<String>(setting.key) {
            values.insert(setting.key, Found { text: text.clone(), place: format!("--{}", setting.flag()) });
        }
    }
    let command = match matches.subcommand() {
        Some(("sign-in-link", inner)) => Command::SignInLink(name_of(inner)),
        Some(("add-user", inner)) => {
            let role = if inner.get_flag("admin") { Role::Admin } else { Role::User };
            Command::AddUser(name_of(inner), role)
        }
        Some(("backup", inner)) => {
            Command::Backup(inner.get_one::<PathBuf>("file").cloned().unwrap_or_default())
        }
        _ => Command::Serve,
    };
    Ok(Invocation { command, config: build(&values, env)? })
}

fn name_of(matches: &clap::ArgMatches) -> String {
    matches.get_one::<String>("name").cloned().unwrap_or_default()
}

fn command_line() -> clap::Command {
    let mut command = clap::Command::new("binnacle")
        .about("A web console for many Kubernetes clusters")
        // The last of a repeated flag counts: wrappers put their own first.
        .args_override_self(true)
        .version(env!("CARGO_PKG_VERSION"))
        .after_help("Each setting can also be given in the environment (BINNACLE_DATA_DIR) or in the file (data_dir).\nFlags win over the environment, the environment over the file.")
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("file")
                .global(true)
                .help("A TOML file with settings. Also BINNACLE_CONFIG."),
        )
        .subcommand(
            clap::Command::new("sign-in-link")
                .about("Prints a new one-time sign-in link, for the administrator or another user (a lost password, a lost link)")
                .arg(Arg::new("name").default_value(ADMIN).help("The user")),
        )
        .subcommand(
            clap::Command::new("add-user")
                .about("Adds a user and prints a one-time sign-in link, also while the console runs")
                .arg(Arg::new("name").required(true).help("The user's name; clusters see binnacle:<name>"))
                .arg(Arg::new("admin").long("admin").action(ArgAction::SetTrue).help(
                    "May integrate and remove clusters, and is cluster-admin where the console's binding says so",
                )),
        )
        .subcommand(
            clap::Command::new("backup")
                .about("Writes a consistent copy of the database, also while the console runs; back up the key file beside it")
                .arg(
                    Arg::new("file")
                        .required(true)
                        .value_parser(clap::value_parser!(PathBuf))
                        .help("The file to write; it must not exist"),
                ),
        );
    for setting in SETTINGS {
        let default = if setting.default.is_empty() { "not set" } else { setting.default };
        let mut arg = Arg::new(setting.key)
            .long(setting.flag())
            .value_name(setting.form)
            .action(ArgAction::Set)
            .global(true)
            .help(format!("{} [default: {default}]", setting.meaning));
        if let Some(bare) = setting.bare {
            arg = arg.num_args(0..=1).default_missing_value(bare);
        }
        command = command.arg(arg);
    }
    command
}

fn from_file(path: &Path, values: &mut Values) -> Result<(), ConfigError> {
    let wrong = |problem: String| ConfigError::File { path: path.display().to_string(), problem };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
    for (key, value) in table {
        let place = format!("{key} in {}", path.display());
        let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
            let nearest = nearest(&key, SETTINGS.iter().map(|setting| setting.key.to_owned()));
            return Err(ConfigError::Unknown { place, nearest });
        };
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            toml::Value::Array(items) if items.iter().all(toml::Value::is_str) => {
                items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(",")
            }
            _ => {
                let problem = format!("expected {}", setting.form);
                return Err(ConfigError::Value { place, problem });
            }
        };
        values.insert(setting.key, Found { text, place });
    }
    Ok(())
}

fn from_env(env: &BTreeMap<String, String>, values: &mut Values) -> Result<(), ConfigError> {
    for (name, text) in env {
        if !name.starts_with(ENV_PREFIX) || OTHER_ENV.contains(&name.as_str()) {
            continue;
        }
        let Some(setting) = SETTINGS.iter().find(|setting| setting.env() == *name) else {
            let nearest = nearest(name, SETTINGS.iter().map(Setting::env));
            return Err(ConfigError::Unknown { place: format!("environment variable {name}"), nearest });
        };
        values.insert(setting.key, Found { text: text.clone(), place: name.clone() });
    }
    Ok(())
}

fn build(values: &Values, env: &BTreeMap<String, String>) -> Result<Config, ConfigError> {
    let reader = Reader { values };
    let listen = reader.get("listen", parse::address)?;
    let loopback = listen.ip().is_loopback();
    let public_origin = reader.optional("public_origin", parse::origin)?;
    let https = reader.get("https", parse::boolean)?;
    if !loopback && public_origin.is_none() {
        return Err(ConfigError::Together(
            "listen is not a loopback address, so public_origin is needed: the address people type, such as https://console.example.org. Requests for other names are refused, which keeps foreign pages out.",
        ));
    }
    if https && public_origin.as_ref().is_some_and(|origin| origin.scheme != "https") {
        return Err(ConfigError::Together(
            "https is on, but public_origin does not begin with https://. Change one of them.",
        ));
    }
    if !https && public_origin.as_ref().is_some_and(|origin| origin.scheme == "https") {
        return Err(ConfigError::Together(
            "public_origin begins with https://, but https is off. Turn https on, so that cookies are marked Secure.",
        ));
    }
    let session_idle = reader.get("session_idle", parse::duration)?;
    let session_absolute = reader.get("session_absolute", parse::duration)?;
    if session_idle > session_absolute {
        return Err(ConfigError::Together(
            "session_idle is longer than session_absolute. Shorten the first or lengthen the second.",
        ));
    }
    let data_dir = match reader.optional("data_dir", |text| Ok(PathBuf::from(text)))? {
        Some(path) => path,
        None => default_data_dir(env)?,
    };
    // Behind a proxy the console listens on loopback too, and is nevertheless other people's.
    let is_personal = loopback && public_origin.as_ref().is_none_or(Origin::is_loopback);
    Ok(Config {
        listen,
        port_fallback: reader
            .get("port_fallback", parse::auto_boolean)?
            .unwrap_or_else(|| !values.contains_key("listen")),
        data_dir,
        public_origin,
        https,
        trusted_proxies: reader.get("trusted_proxies", parse::addresses)?,
        session_idle,
        session_absolute,
        allow_loopback_clusters: reader
            .get("allow_loopback_clusters", parse::auto_boolean)?
            .unwrap_or(is_personal),
        sandbox: reader.get("sandbox", parse::sandbox)?,
        metrics_token: reader.optional("metrics_token", metrics_token)?,
        max_connections: reader.get("max_connections", parse::connections)?,
        max_connections_per_address: reader.get("max_connections_per_address", parse::connections)?,
        log: reader.get("log", |text| Ok(text.to_owned()))?,
        log_format: reader.get("log_format", parse::log_format)?,
        dev: reader.get("dev", parse::boolean)?,
    })
}

fn metrics_token(text: &str) -> Result<Secret, String> {
    // The value is a secret, so the message does not repeat it.
    if text.len() < 16 {
        return Err("the token is shorter than 16 characters; take a longer, random one".to_owned());
    }
    Ok(Secret::new(text))
}

struct Reader<'a> {
    values: &'a Values,
}

impl Reader<'_> {
    fn get<T>(&self, key: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, ConfigError> {
        let default =
            SETTINGS.iter().find(|setting| setting.key == key).map_or("", |setting| setting.default);
        let (text, place) = match self.values.get(key) {
            Some(found) => (found.text.trim(), found.place.as_str()),
            None => (default, key),
        };
        parse(text).map_err(|problem| ConfigError::Value { place: place.to_owned(), problem })
    }

    /// An empty value is the same as none, so that a file's value can be undone by the environment.
    fn optional<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        self.get(key, |text| if text.is_empty() { Ok(None) } else { parse(text).map(Some) })
    }
}

/// The XDG base directory rule: `$XDG_DATA_HOME` when absolute, else `~/.local/share`.
fn default_data_dir(env: &BTreeMap<String, String>) -> Result<PathBuf, ConfigError> {
    let absolute = |name: &str| env.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .map(|base| base.join("binnacle"))
        .ok_or(ConfigError::Together(
            "data_dir is not set, and there is no home directory to put it into. Set data_dir.",
        ))
}

/// The candidate that takes the fewest edits, when that is few enough to be a slip.
fn nearest(name: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    candidates
        .map(|candidate| (edits(&name.to_ascii_lowercase(), &candidate.to_ascii_lowercase()), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (diagonal + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], next);
        }
    }
    row[b.len()]
}
