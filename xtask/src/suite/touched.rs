//! What the console touches while hostile kubeconfigs are brought to it: under strace it starts no process, opens
//! no file outside its data directory, and dials nobody that it should not.

mod trace;

use super::counts::Counts;
use crate::error::{Context, Error, Result};
use crate::ledger::{Ledger, Running};
use crate::{paths, say, setup};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use ureq::Agent;

/// An address for documentation (RFC 5737), where nobody answers: the trace must show that it was dialled, or it
/// would show nothing.
const CONTROL: &str = "192.0.2.1";
/// A token that must turn up nowhere.
const CANARY: &str = "canary-4b1d9c07-token";
/// Every request ends within this time; verification itself takes a few seconds at most.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long the console may take to stop.
const STOP: Duration = Duration::from_secs(15);

/// A file that may not be opened, a program that may not run, an address that may not be dialled: each is a
/// failure, and so is a kubeconfig that is taken.
pub(super) fn check(binary: &Path, steps: &Ledger) -> Result<Counts> {
    let strace = setup::strace(steps)?;
    let dir = paths::target().join("touched");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).context(|| format!("create {}", dir.display()))?;
    let (data, record, log) = (dir.join("data"), dir.join("trace"), dir.join("log"));

    let mut traced = Command::new(strace);
    // `-y` and what else would make strings of descriptors is left out: paths are told as the program gave them.
    traced
        .args(["-f", "-qq", "-s", "4096", "-e", "signal=none", "-e", trace::CALLS, "-o"])
        .arg(&record)
        .arg(binary);
    traced.args(["--listen", "127.0.0.1:0", "--allow-loopback-clusters", "false", "--data-dir"]).arg(&data);
    // Nothing of ours or of the machine's settings reaches it.
    traced.env_clear().stdin(Stdio::null()).stdout(Stdio::piped());
    traced.stderr(fs::File::create(&log).context(|| format!("create {}", log.display()))?);
    let mut running = steps.spawn("traced console", &mut traced)?;
    let console = Console::sign_in(&link(&mut running)?)?;

    let mut wrong = Vec::new();
    let mut rows = 0;
    for (name, text) in kubeconfigs()? {
        rows += 1;
        for (path, body) in requests(&text) {
            let (status, answer) = console.post(path, &body)?;
            // Reading says what is refused; asking the cluster and integrating it are refused.
            let expected = if path.ends_with("read-kubeconfig") { 200 } else { 422 };
            if status != expected {
                wrong.push(format!("{name}: {path} answered {status}: {answer}"));
            }
        }
    }
    let control = control();
    let mut answers = String::new();
    for (path, body) in requests(&control) {
        let (status, answer) = console.post(path, &body)?;
        if path.ends_with("verify") && status != 502 && status != 504 {
            wrong.push(format!("the control: {path} answered {status}: {answer}"));
        }
        answers.push_str(&answer);
    }
    running.stop(STOP);
    drop(running);

    let seen = fs::read_to_string(&record).context(|| format!("read {}", record.display()))?;
    let touched = trace::read(&seen);
    wrong.extend(touched.problems(&data, CONTROL));
    wrong.extend(canaries(&data, &log, &answers)?);
    say::line(format!("rows: {rows} (kubeconfigs under strace)"));
    say::line(format!(
        "    {rows} hostile kubeconfigs, each read, verified and integrated: {} opens and {} connects, none of them theirs",
        touched.opened.len(),
        touched.dialled.len()
    ));
    for line in wrong.iter().take(20) {
        say::line(format!("    {line}"));
    }
    if wrong.is_empty() {
        // The trace is evidence; the console's data is not.
        let _ = fs::remove_dir_all(&data);
        Ok(Counts::one_passed())
    } else {
        Ok(Counts::one_failed())
    }
}

/// The three ways a kubeconfig comes in.
fn requests(text: &str) -> [(&'static str, Value); 3] {
    [
        ("/api/clusters/read-kubeconfig", json!({"kubeconfig": text})),
        ("/api/clusters/verify", json!({"kubeconfig": text, "context": "c"})),
        (
            "/api/clusters/integrate",
            json!({"input": {
                "name": "hostile", "kubeconfig": text, "context": "c",
                "profile": {"alias": "", "provider": "Generic", "labels": [], "annotations": [], "description": "",
                            "region": "", "zone": ""},
            }}),
        ),
    ]
}

/// The hostile files of `crates/cluster`, by name.
fn kubeconfigs() -> Result<Vec<(String, String)>> {
    let dir = paths::root().join("crates/cluster/tests/kubeconfigs");
    let mut files: Vec<PathBuf> = fs::read_dir(&dir)
        .context(|| format!("read {}", dir.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()
        .context(|| format!("read {}", dir.display()))?;
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).context(|| format!("read {}", path.display()))?;
            Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text))
        })
        .collect()
}

/// A kubeconfig with nothing wrong in it but that nobody answers.
fn control() -> String {
    format!(
        "apiVersion: v1\nkind: Config\nclusters: [{{name: k, cluster: {{server: 'https://{CONTROL}:6443'}}}}]\n\
         users: [{{name: u, user: {{token: {CANARY}}}}}]\ncontexts: [{{name: c, context: {{cluster: k, user: u}}}}]\n"
    )
}

/// Where the token is found: in an answer, in the log, in the data directory.
fn canaries(data: &Path, log: &Path, answers: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if answers.contains(CANARY) {
        found.push("the token stands in an answer".to_owned());
    }
    let mut files = vec![log.to_owned()];
    for entry in fs::read_dir(data).context(|| format!("read {}", data.display()))? {
        files.push(entry.context(|| format!("read {}", data.display()))?.path());
    }
    for file in files {
        let bytes = fs::read(&file).context(|| format!("read {}", file.display()))?;
        if bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()) {
            found.push(format!("the token stands in {}", file.display()));
        }
    }
    Ok(found)
}

/// The link that signs in, out of what the console says when it starts; what it says later is let go.
fn link(running: &mut Running) -> Result<String> {
    let ended = || Error::Failed("The console ended before it said how to sign in.".into());
    let mut lines = BufReader::new(running.child().stdout.take().ok_or_else(ended)?).lines();
    let link = loop {
        let line = lines.next().ok_or_else(ended)?.context(|| "read what the console says".into())?;
        if let Some(link) = line.split_whitespace().find(|word| word.contains("/welcome?token=")) {
            break link.to_owned();
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    Ok(link)
}

/// The console, signed in.
struct Console {
    agent: Agent,
    origin: String,
    cookie: String,
}

impl Console {
    fn sign_in(link: &str) -> Result<Self> {
        let bad = || Error::Failed(format!("The link to sign in is none: {link}"));
        let (origin, token) = link.split_once("/welcome?token=").ok_or_else(bad)?;
        let agent = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(DEADLINE))
            .build()
            .new_agent();
        let failed = |error: ureq::Error| Error::Failed(format!("sign in: {error}"));
        let answer = agent
            .post(format!("{origin}/welcome"))
            .header("origin", origin)
            .header("sec-fetch-site", "same-origin")
            .content_type("application/x-www-form-urlencoded")
            .send(format!("token={token}"))
            .map_err(failed)?;
        let cookie =
            answer.headers().get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        if cookie.is_empty() {
            return Err(Error::Failed(format!("sign in: {} without a cookie", answer.status())));
        }
        Ok(Self { agent, origin: origin.to_owned(), cookie })
    }

    /// Status and body.
    fn post(&self, path: &str, body: &Value) -> Result<(u16, String)> {
        let failed = |error: ureq::Error| Error::Failed(format!("POST {path}: {error}"));
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.origin))
            .header("origin", &self.origin)
            .header("sec-fetch-site", "same-origin")
            .header("cookie", &self.cookie)
            .header("accept", "application/json")
            .content_type("application/json")
            .send(body.to_string())
            .map_err(failed)?;
        let text = answer.body_mut().read_to_string().map_err(failed)?;
        Ok((answer.status().as_u16(), text))
    }
}
