//! The programs a cluster is made of, built once from their published Go modules.
//!
//! `end2end/control-plane/MODULE/go.mod` is the single pin of each version. The programs land in the cache
//! outside the clone; a stamp per module (the hash of what decides the build) makes the next start quick.

use crate::error::{Context, Error, Result};
use crate::ledger::Ledger;
use crate::{hash, paths, say};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One Go module that pins programs.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its directory below `end2end/control-plane`.
    dir: &'static str,
    /// The pinned dependency the programs come from.
    dependency: &'static str,
    /// The packages to build; the program has the last part as its name.
    packages: &'static [&'static str],
    /// Minutes of a cold build on two cores (proof of the recipe), told before it begins.
    minutes: u32,
}

/// Every module, the longest first.
pub(crate) const MODULES: [Module; 5] = [
    Module {
        dir: "kubernetes-1.37",
        dependency: "k8s.io/kubernetes",
        packages: &[
            "k8s.io/kubernetes/cmd/kube-apiserver",
            "k8s.io/kubernetes/cmd/kube-controller-manager",
            "k8s.io/kubernetes/cmd/kube-scheduler",
            "k8s.io/kubernetes/cmd/kubectl",
        ],
        minutes: 7,
    },
    Module {
        dir: "kubernetes-1.34",
        dependency: "k8s.io/kubernetes",
        packages: &[
            "k8s.io/kubernetes/cmd/kube-apiserver",
            "k8s.io/kubernetes/cmd/kube-controller-manager",
            "k8s.io/kubernetes/cmd/kube-scheduler",
        ],
        minutes: 5,
    },
    Module {
        dir: "metrics-server",
        dependency: "sigs.k8s.io/metrics-server",
        packages: &["sigs.k8s.io/metrics-server/cmd/metrics-server"],
        minutes: 2,
    },
    Module {
        dir: "kwok",
        dependency: "sigs.k8s.io/kwok",
        packages: &["sigs.k8s.io/kwok/cmd/kwok"],
        minutes: 1,
    },
    Module { dir: "etcd", dependency: "go.etcd.io/etcd/server/v3", packages: &["etcd"], minutes: 1 },
];

/// Where the programs lie.
pub(crate) fn bin_dir() -> Result<PathBuf> {
    Ok(paths::cache()?.join("control-plane/bin"))
}

impl Module {
    fn source(&self) -> PathBuf {
        paths::root().join("end2end/control-plane").join(self.dir)
    }

    /// The pinned version, as go.mod has it: `v1.37.2`.
    pub(crate) fn version(&self) -> Result<String> {
        let path = self.source().join("go.mod");
        let text = fs::read_to_string(&path).context(|| format!("read {}", path.display()))?;
        pinned(&text, self.dependency)
            .ok_or_else(|| Error::Failed(format!("{} does not pin {}", path.display(), self.dependency)))
    }

    /// The directory of its programs: one per minor for Kubernetes, the common one for the rest.
    fn out(&self, version: &str) -> Result<PathBuf> {
        let bin = bin_dir()?;
        Ok(if self.is_kubernetes() { bin.join(minor(version)) } else { bin })
    }

    fn is_kubernetes(&self) -> bool {
        self.dependency == "k8s.io/kubernetes"
    }

    /// Without these the API server calls itself `v0.0.0-master` and the scheduler refuses to start.
    fn ldflags(&self, version: &str) -> Option<String> {
        let (major, minor) = version.strip_prefix('v')?.split_once('.')?;
        let minor = minor.split('.').next()?;
        let x = "-X k8s.io/component-base/version";
        let commit = "0".repeat(40);
        self.is_kubernetes().then(|| {
            format!(
                "{x}.gitVersion={version} {x}.gitMajor={major} {x}.gitMinor={minor} {x}.gitTreeState=clean \
                 {x}.gitCommit={commit}"
            )
        })
    }

    /// The hash of all that decides the build.
    fn stamp(&self, version: &str) -> Result<String> {
        let mut all = Vec::new();
        for name in ["go.mod", "go.sum", "tools.go", "main.go"] {
            let path = self.source().join(name);
            if path.exists() {
                all.extend(fs::read(&path).context(|| format!("read {}", path.display()))?);
            }
        }
        all.extend(self.ldflags(version).unwrap_or_default().into_bytes());
        Ok(hash::hex(&all))
    }

    fn programs(&self) -> impl Iterator<Item = &'static str> {
        self.packages.iter().filter_map(|p| p.rsplit('/').next())
    }

    /// Whether the programs of this very pin are there. A program built by hand counts when the build
    /// information that Go writes into it names the pinned version.
    fn ready(&self) -> Result<bool> {
        let version = self.version()?;
        let out = self.out(&version)?;
        if !self.programs().all(|p| out.join(p).is_file()) {
            return Ok(false);
        }
        let stamp = self.stamp(&version)?;
        let file = bin_dir()?.join(format!("{}.stamp", self.dir));
        if let Ok(written) = fs::read_to_string(&file) {
            return Ok(written.trim() == stamp);
        }
        let built_from = format!("\t{}\t{version}\t", self.dependency);
        let named =
            |p: &str| fs::read(out.join(p)).is_ok_and(|bytes| contains(&bytes, built_from.as_bytes()));
        let same = self.programs().all(named);
        if same {
            fs::write(&file, stamp).context(|| format!("write {}", file.display()))?;
        }
        Ok(same)
    }

    /// Builds the programs and moves them into place.
    fn build(&self, go: &Path, ledger: &Ledger) -> Result {
        let version = self.version()?;
        let out = self.out(&version)?;
        let bin = bin_dir()?;
        let started = Instant::now();
        say::step(format!(
            "Building {} {version} (about {} min when nothing is cached)",
            self.dir, self.minutes
        ));
        let packages: Vec<&str> = match self.packages {
            [only] if !only.contains('/') => vec!["."],
            many => many.to_vec(),
        };
        let go = |args: &[&str]| {
            let mut command = Command::new(go);
            command.current_dir(self.source()).args(args).args(&packages);
            command.env("CGO_ENABLED", "0").env("GOWORK", "off").env_remove("GOFLAGS").stdin(Stdio::null());
            command
        };
        // Fetches exactly the modules the programs need; what fails here is the network, not the code.
        let mut fetch = go(&["list", "-deps", "-f", "{{.Dir}}"]);
        fetch.stdout(Stdio::null());
        if !ledger.spawn("go-list", &mut fetch)?.wait()?.success() {
            return Err(Error::Unavailable(format!(
                "The Go modules of {} could not be fetched: the network or a Go module proxy is needed once.",
                self.dir
            )));
        }
        let temporary = bin.join(format!(".build-{}-{}", self.dir, std::process::id()));
        fs::create_dir_all(&temporary).context(|| format!("create {}", temporary.display()))?;
        let target = format!("{}/", temporary.display());
        let flags = self.ldflags(&version).unwrap_or_default();
        let mut build = go(&["build", "-ldflags", &flags, "-o", &target]);
        let built = compile(ledger.spawn("go-build", &mut build)?, started);
        let moved = built.and_then(|()| {
            fs::create_dir_all(&out).context(|| format!("create {}", out.display()))?;
            for program in self.programs() {
                let to = out.join(program);
                fs::rename(temporary.join(program), &to).context(|| format!("move {}", to.display()))?;
            }
            let stamp = bin.join(format!("{}.stamp", self.dir));
            fs::write(&stamp, self.stamp(&version)?).context(|| format!("write {}", stamp.display()))
        });
        let _ = fs::remove_dir_all(&temporary);
        moved?;
        say::line(format!("    {} built in {}", self.dir, say::elapsed(started)));
        Ok(())
    }
}

/// Waits for a compiler, with a sign of life twice a minute.
fn compile(mut running: crate::ledger::Running, started: Instant) -> Result {
    loop {
        let status = crate::interrupt::wait_for(Duration::from_secs(30), || running.poll())?;
        match status {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(Error::Failed(format!("go build: {status}"))),
            None => say::line(format!("    still building, {}", say::elapsed(started))),
        }
    }
}

/// The version a go.mod requires of a module.
fn pinned(go_mod: &str, module: &str) -> Option<String> {
    go_mod.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip_while(|w| *w == "require");
        (words.next()? == module).then(|| words.next().map(str::to_owned))?.filter(|v| v.starts_with('v'))
    })
}

/// `v1.37.2` -> `1.37`.
fn minor(version: &str) -> String {
    version.trim_start_matches('v').splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some((first, _)) = needle.split_first() else { return true };
    let mut rest = haystack;
    while let Some(at) = rest.iter().position(|b| b == first) {
        rest = &rest[at..];
        if rest.starts_with(needle) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// Makes sure that every program is there (`without` leaves one module out); quick when they are. The network
/// or Go missing is [`Error::Unavailable`].
pub(crate) fn ensure(without: Option<&str>, ledger: &Ledger) -> Result {
    let bin = bin_dir()?;
    fs::create_dir_all(&bin).context(|| format!("create {}", bin.display()))?;
    let lock_path = bin.join(".lock");
    let lock = File::create(&lock_path).context(|| format!("open {}", lock_path.display()))?;
    if lock.try_lock().is_err() {
        say::line("Another build of the control plane is running; waiting for it.");
        crate::interrupt::wait_for(Duration::from_secs(3600), || Ok(lock.try_lock().ok()))?.ok_or_else(
            || Error::Failed("The other build of the control plane did not end within an hour.".into()),
        )?;
    }
    let mut missing = Vec::new();
    for module in MODULES.iter().filter(|m| without != Some(m.dir)) {
        if !module.ready()? {
            missing.push(module);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let minutes: u32 = missing.iter().map(|m| m.minutes).sum();
    let go = paths::which("go").ok_or_else(|| {
        Error::Unavailable(
            "Go is not installed: the programs of the real control plane cannot be built.".into(),
        )
    })?;
    say::line(format!("The control plane is built once, into {} (about {minutes} min).", bin.display()));
    missing.into_iter().try_for_each(|module| module.build(&go, ledger))
}

/// The programs of one cluster.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// The version of Kubernetes: `v1.37.2`.
    pub(crate) version: String,
    pub(crate) etcd: PathBuf,
    pub(crate) apiserver: PathBuf,
    pub(crate) controller_manager: PathBuf,
    pub(crate) scheduler: PathBuf,
    pub(crate) kwok: PathBuf,
    pub(crate) metrics_server: PathBuf,
}

/// The programs for a Kubernetes module. `KUBEBUILDER_ASSETS` is honoured for etcd, and for the API server
/// when it is of the same minor: the controller manager and the scheduler must match it.
pub(crate) fn of(module_dir: &str) -> Result<Programs> {
    let module = MODULES
        .iter()
        .find(|m| m.dir == module_dir)
        .ok_or_else(|| Error::Failed(format!("no module {module_dir}")))?;
    let mut version = module.version()?;
    let bin = bin_dir()?;
    let kubernetes = module.out(&version)?;
    let mut programs = Programs {
        etcd: bin.join("etcd"),
        apiserver: kubernetes.join("kube-apiserver"),
        controller_manager: kubernetes.join("kube-controller-manager"),
        scheduler: kubernetes.join("kube-scheduler"),
        kwok: bin.join("kwok"),
        metrics_server: bin.join("metrics-server"),
        version: version.clone(),
    };
    if let Some(assets) = std::env::var_os("KUBEBUILDER_ASSETS").filter(|v| !v.is_empty()).map(PathBuf::from)
    {
        let etcd = assets.join("etcd");
        if etcd.is_file() {
            programs.etcd = etcd;
        }
        let apiserver = assets.join("kube-apiserver");
        if let Some(theirs) = kubernetes_version(&apiserver).filter(|v| minor(v) == minor(&version)) {
            programs.apiserver = apiserver;
            version = theirs;
        }
        programs.version = version;
    }
    Ok(programs)
}

/// What `kube-apiserver --version` says of itself.
fn kubernetes_version(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().find(|w| w.starts_with("v1.")).map(str::to_owned)
}

/// kubectl of the newest minor, for tests that check what is really there.
pub(crate) fn kubectl() -> Result<PathBuf> {
    Ok(MODULES[0].out(&MODULES[0].version()?)?.join("kubectl"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_go_mod() {
        let text = "module x\n\nrequire k8s.io/kubernetes v1.37.2\n\nrequire (\n\tgo.etcd.io/etcd/server/v3 v3.7.3 // indirect\n)\n\nreplace (\n\tk8s.io/api => k8s.io/api v0.37.2\n)\n";
        assert_eq!(pinned(text, "k8s.io/kubernetes").as_deref(), Some("v1.37.2"));
        assert_eq!(pinned(text, "go.etcd.io/etcd/server/v3").as_deref(), Some("v3.7.3"));
        assert_eq!(pinned(text, "k8s.io/api"), None);
        assert_eq!(minor("v1.37.2"), "1.37");
    }

    #[test]
    fn every_module_pins_what_it_builds() {
        for module in &MODULES {
            let version = module.version().unwrap();
            assert_eq!(module.ldflags(&version).is_some(), module.is_kubernetes(), "{}", module.dir);
        }
    }

    #[test]
    fn bytes_are_found() {
        for (haystack, needle, found) in
            [("aab", "ab", true), ("aaa", "ab", false), ("", "a", false), ("x", "", true)]
        {
            assert_eq!(contains(haystack.as_bytes(), needle.as_bytes()), found);
        }
    }
}
