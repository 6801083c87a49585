//! One cluster: its command lines, its start, the questions whether it is ready.

use super::api::Api;
use super::objects;
use super::pki::{Pair, Pki};
use super::programs::Programs;
use crate::error::{Context, Error, Result};
use crate::interrupt;
use crate::ledger::{Ledger, Running};
use crate::paths;
use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long a cluster may take to become ready; it needs 6-9 s alone on two cores.
const READY_WITHIN: Duration = Duration::from_secs(240);

/// The ports of one cluster on 127.0.0.1.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Ports {
    etcd: u16,
    etcd_peer: u16,
    pub(crate) apiserver: u16,
    controller_manager: u16,
    scheduler: u16,
    kwok: u16,
    metrics_server: u16,
}

impl Ports {
    /// Ports that nobody listens on now: all are held until all are chosen.
    pub(crate) fn free() -> Result<Self> {
        let listeners: Vec<TcpListener> = (0..7)
            .map(|_| TcpListener::bind(("127.0.0.1", 0)))
            .collect::<std::io::Result<_>>()
            .context(|| "find free ports on 127.0.0.1".into())?;
        let ports: Vec<u16> = listeners
            .iter()
            .map(|l| l.local_addr().map(|a| a.port()))
            .collect::<std::io::Result<_>>()
            .context(|| "find free ports on 127.0.0.1".into())?;
        Ok(Self::from_list([ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6]]))
    }

    /// Seven ports in a row.
    pub(crate) fn from_base(base: u16) -> Self {
        Self::from_list([0, 1, 2, 3, 4, 5, 6].map(|n| base.saturating_add(n)))
    }

    fn from_list(p: [u16; 7]) -> Self {
        Self {
            apiserver: p[0],
            etcd: p[1],
            etcd_peer: p[2],
            controller_manager: p[3],
            scheduler: p[4],
            kwok: p[5],
            metrics_server: p[6],
        }
    }
}

/// What is written down of a cluster, enough to stop, restart and use it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Description {
    /// `newest` or `older`.
    pub(crate) name: String,
    /// The version of Kubernetes: `v1.37.2`.
    pub(crate) version: String,
    /// Its address: `https://127.0.0.1:PORT`.
    pub(crate) server: String,
    ports: Ports,
    dir: PathBuf,
    ca: String,
    admin_cert: String,
    admin_key: String,
    programs: Vec<Program>,
}

/// A program of a cluster and how to start it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Program {
    /// Its short name: `apiserver`.
    pub(crate) name: String,
    path: PathBuf,
    args: Vec<String>,
}

/// The API server's name in a description.
pub(crate) const APISERVER: &str = "apiserver";

impl Description {
    /// Reads what an earlier start wrote.
    pub(crate) fn load(state: &Path, name: &str) -> Result<Self> {
        let path = state.join(name).join("cluster.json");
        let bytes = fs::read(&path).map_err(|_| {
            Error::Failed(format!(
                "No cluster \"{name}\" in {}. Start one: cargo xtask control-plane up",
                state.display()
            ))
        })?;
        serde_json::from_slice(&bytes).context(|| format!("read {}", path.display()))
    }

    /// An administrator's client.
    pub(crate) fn api(&self) -> Result<Api> {
        Api::new(&self.server, &self.ca, &Pair { cert: self.admin_cert.clone(), key: self.admin_key.clone() })
    }

    /// The name of a program in the ledger.
    pub(crate) fn record(&self, program: &str) -> String {
        format!("{}-{program}", self.name)
    }

    /// The names of its programs.
    pub(crate) fn programs(&self) -> impl Iterator<Item = &str> {
        self.programs.iter().map(|p| p.name.as_str())
    }

    /// Where a program writes what it says.
    pub(crate) fn log(&self, program: &str) -> PathBuf {
        self.dir.join(format!("{program}.log"))
    }

    /// Starts one of its programs.
    pub(crate) fn start(&self, program: &str, ledger: &Ledger) -> Result<Running> {
        let program = self
            .programs
            .iter()
            .find(|p| p.name == program)
            .ok_or_else(|| Error::Failed(format!("no program {program}")))?;
        let log = self.log(&program.name);
        let out = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .context(|| format!("open {}", log.display()))?;
        let err = out.try_clone().context(|| format!("open {}", log.display()))?;
        let mut command = Command::new(&program.path);
        command.args(&program.args).current_dir(&self.dir).stdin(Stdio::null()).stdout(out).stderr(err);
        // A proxy of the person's environment must not stand between loopback addresses.
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(name);
        }
        ledger.spawn(&self.record(&program.name), &mut command)
    }

    /// Waits until the API server's port is free again: a killed process shows as ended some moments before
    /// the kernel has closed its sockets.
    pub(crate) fn wait_port_free(&self) -> Result {
        let free = || TcpListener::bind(("127.0.0.1", self.ports.apiserver)).is_ok();
        interrupt::wait_for(Duration::from_secs(20), || Ok(free().then_some(())))?.ok_or_else(|| {
            Error::Failed(format!("Port {} is taken by another program.", self.ports.apiserver))
        })
    }

    /// Waits until the API server says it is ready.
    pub(crate) fn wait_ready(&self, apiserver: &mut Running) -> Result {
        let api = self.api()?;
        self.until("its API server is ready", std::slice::from_mut(apiserver), || {
            api.get("/readyz").is_ok_and(|a| a.ok())
        })
    }

    /// Waits for something of this cluster; a program of it that ends is not waited for.
    fn until(&self, what: &str, running: &mut [Running], mut holds: impl FnMut() -> bool) -> Result {
        interrupt::wait_for(READY_WITHIN, || {
            for child in running.iter_mut() {
                if let Some(status) = child.poll()? {
                    return Err(Error::Failed(format!(
                        "{} ended at once ({status}); its log is in {}",
                        child.name(),
                        self.dir.display()
                    )));
                }
            }
            let yes = holds();
            if !yes {
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(yes.then_some(()))
        })?
        .ok_or_else(|| {
            Error::Failed(format!(
                "Cluster \"{}\": waited {} s until {what}. Its logs are in {}",
                self.name,
                READY_WITHIN.as_secs(),
                self.dir.display()
            ))
        })
    }
}

/// Prepares a cluster's directory: certificates, configuration, kubeconfig, command lines.
pub(crate) fn prepare(
    state: &Path,
    name: &str,
    programs: &Programs,
    ports: Ports,
    second_octet: u8,
) -> Result<Description> {
    let dir = state.join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).context(|| format!("remove {}", dir.display()))?;
    }
    fs::create_dir_all(&dir).context(|| format!("create {}", dir.display()))?;
    let pki = Pki::create(&dir.join("pki"), name, &format!("10.{second_octet}.0.1"))?;
    let server = format!("https://127.0.0.1:{}", ports.apiserver);
    pki.kubeconfig(&state.join(format!("{name}.kubeconfig")), name, &server, "admin")?;
    pki.kubeconfig(&dir.join("controller-manager.kubeconfig"), name, &server, "controller-manager")?;
    pki.kubeconfig(&dir.join("scheduler.kubeconfig"), name, &server, "scheduler")?;
    let write = |file: &str, text: &str| -> Result {
        let path = dir.join(file);
        fs::write(&path, text).context(|| format!("write {}", path.display()))
    };
    write("audit-policy.yaml", objects::AUDIT_POLICY)?;
    write("pods.log", &objects::fake_log())?;
    write("kwok.yaml", &kwok_yaml(&dir.join("pods.log"))?)?;
    let description = Description {
        name: name.to_owned(),
        version: programs.version.clone(),
        server,
        ports,
        ca: pki.ca.clone(),
        admin_cert: pki.admin.cert.clone(),
        admin_key: pki.admin.key.clone(),
        programs: command_lines(
            &dir,
            &pki,
            programs,
            ports,
            second_octet,
            &state.join(format!("{name}.kubeconfig")),
        ),
        dir: dir.clone(),
    };
    let text = serde_json::to_string_pretty(&description).context(|| "describe the cluster".into())?;
    write("cluster.json", &text)?;
    Ok(description)
}

/// kwok's configuration: logs and exec, then the stages kept beside its go.mod.
fn kwok_yaml(log: &Path) -> Result<String> {
    let mut text = objects::kwok_config(&log.display().to_string());
    let stages = paths::root().join("end2end/control-plane/kwok/stages");
    let mut files: Vec<PathBuf> = fs::read_dir(&stages)
        .context(|| format!("read {}", stages.display()))?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    for file in files {
        text.push_str("---\n");
        text.push_str(&fs::read_to_string(&file).context(|| format!("read {}", file.display()))?);
    }
    Ok(text)
}

fn command_lines(
    dir: &Path,
    pki: &Pki,
    programs: &Programs,
    ports: Ports,
    octet: u8,
    admin: &Path,
) -> Vec<Program> {
    let etcd_url = format!("http://127.0.0.1:{}", ports.etcd);
    let peer_url = format!("http://127.0.0.1:{}", ports.etcd_peer);
    let file = |name: &str| dir.join(name).display().to_string();
    let cert = |name: &str| pki.cert(name).display().to_string();
    let key = |name: &str| pki.key(name).display().to_string();
    let controller = file("controller-manager.kubeconfig");
    let scheduler = file("scheduler.kubeconfig");
    let admin = admin.display().to_string();
    let program =
        |name: &str, path: &Path, args: Vec<String>| Program { name: name.into(), path: path.into(), args };
    vec![
        program(
            "etcd",
            &programs.etcd,
            vec![
                format!("--data-dir={}", file("etcd")),
                format!("--listen-client-urls={etcd_url}"),
                format!("--advertise-client-urls={etcd_url}"),
                format!("--listen-peer-urls={peer_url}"),
                format!("--initial-advertise-peer-urls={peer_url}"),
                format!("--initial-cluster=default={peer_url}"),
                // Test data: speed before safety against a power cut.
                "--unsafe-no-fsync".into(),
                "--log-level=warn".into(),
            ],
        ),
        program(
            APISERVER,
            &programs.apiserver,
            vec![
                format!("--etcd-servers={etcd_url}"),
                "--bind-address=127.0.0.1".into(),
                "--advertise-address=127.0.0.1".into(),
                // An API server on loopback may not publish itself as an endpoint.
                "--endpoint-reconciler-type=none".into(),
                format!("--secure-port={}", ports.apiserver),
                format!("--service-cluster-ip-range=10.{octet}.0.0/16"),
                format!("--client-ca-file={}", cert("ca")),
                format!("--tls-cert-file={}", cert("apiserver")),
                format!("--tls-private-key-file={}", key("apiserver")),
                "--service-account-issuer=https://kubernetes.default.svc".into(),
                format!("--service-account-key-file={}", pki.service_account_public().display()),
                format!("--service-account-signing-key-file={}", key("service-account")),
                "--authorization-mode=Node,RBAC".into(),
                "--allow-privileged=true".into(),
                format!("--audit-policy-file={}", file("audit-policy.yaml")),
                format!("--audit-log-path={}", file("audit.log")),
                "--audit-log-maxsize=100".into(),
                "--audit-log-maxbackup=2".into(),
                format!("--kubelet-client-certificate={}", cert("kubelet-client")),
                format!("--kubelet-client-key={}", key("kubelet-client")),
                format!("--requestheader-client-ca-file={}", cert("front-proxy-ca")),
                "--requestheader-allowed-names=front-proxy".into(),
                "--requestheader-extra-headers-prefix=X-Remote-Extra-".into(),
                "--requestheader-group-headers=X-Remote-Group".into(),
                "--requestheader-username-headers=X-Remote-User".into(),
                format!("--proxy-client-cert-file={}", cert("front-proxy")),
                format!("--proxy-client-key-file={}", key("front-proxy")),
            ],
        ),
        program(
            "controller-manager",
            &programs.controller_manager,
            vec![
                format!("--kubeconfig={controller}"),
                format!("--authentication-kubeconfig={controller}"),
                format!("--authorization-kubeconfig={controller}"),
                format!("--service-account-private-key-file={}", key("service-account")),
                format!("--root-ca-file={}", cert("ca")),
                format!("--cluster-signing-cert-file={}", cert("ca")),
                format!("--cluster-signing-key-file={}", key("ca")),
                "--use-service-account-credentials=true".into(),
                "--leader-elect=false".into(),
                "--bind-address=127.0.0.1".into(),
                format!("--secure-port={}", ports.controller_manager),
                "--enable-hostpath-provisioner=true".into(),
            ],
        ),
        program(
            "scheduler",
            &programs.scheduler,
            vec![
                format!("--kubeconfig={scheduler}"),
                format!("--authentication-kubeconfig={scheduler}"),
                format!("--authorization-kubeconfig={scheduler}"),
                "--leader-elect=false".into(),
                "--bind-address=127.0.0.1".into(),
                format!("--secure-port={}", ports.scheduler),
            ],
        ),
        program(
            "kwok",
            &programs.kwok,
            vec![
                format!("--kubeconfig={admin}"),
                "--manage-all-nodes=true".into(),
                format!("--config={}", file("kwok.yaml")),
                format!("--server-address=127.0.0.1:{}", ports.kwok),
                "--node-ip=127.0.0.1".into(),
                format!("--node-port={}", ports.kwok),
                format!("--tls-cert-file={}", cert("kwok")),
                format!("--tls-private-key-file={}", key("kwok")),
                "--node-lease-duration-seconds=40".into(),
                "--cidr=10.244.0.0/16".into(),
            ],
        ),
        program(
            "metrics-server",
            &programs.metrics_server,
            vec![
                format!("--kubeconfig={admin}"),
                format!("--authentication-kubeconfig={admin}"),
                format!("--authorization-kubeconfig={admin}"),
                "--bind-address=127.0.0.1".into(),
                format!("--secure-port={}", ports.metrics_server),
                format!("--tls-cert-file={}", cert("metrics-server")),
                format!("--tls-private-key-file={}", key("metrics-server")),
                format!("--kubelet-certificate-authority={}", cert("ca")),
                "--kubelet-preferred-address-types=InternalIP".into(),
                "--kubelet-use-node-status-port".into(),
                // More often than the default of a minute; it must exceed the kubelet timeout of 10 s.
                "--metric-resolution=15s".into(),
            ],
        ),
    ]
}

/// Starts a prepared cluster and waits until it can be used.
pub(crate) fn start(cluster: &Description, ledger: &Ledger) -> Result<Vec<Running>> {
    let mut running = Vec::new();
    match start_into(&mut running, cluster, ledger) {
        Ok(()) => Ok(running),
        Err(error) => {
            // All at once: dying one after the other takes minutes on a busy machine.
            for child in &running {
                child.ident().signal_group(Signal::SIGKILL);
            }
            Err(error)
        }
    }
}

fn start_into(running: &mut Vec<Running>, cluster: &Description, ledger: &Ledger) -> Result {
    for program in ["etcd", APISERVER] {
        running.push(cluster.start(program, ledger)?);
    }
    let api = cluster.api()?;
    let there = |path: &str| api.get(path).is_ok_and(|a| a.ok());
    cluster.until("its API server is ready", running, || there("/readyz"))?;
    for program in ["controller-manager", "scheduler", "kwok", "metrics-server"] {
        running.push(cluster.start(program, ledger)?);
    }
    cluster.until("namespace kube-system is there", running, || there("/api/v1/namespaces/kube-system"))?;
    furnish(cluster, &api)?;
    let ready_nodes = || {
        let Ok(nodes) = api.get("/api/v1/nodes") else { return 0 };
        nodes.body["items"].as_array().into_iter().flatten().filter(|n| is(&n["status"], "Ready")).count()
    };
    cluster.until("its nodes are Ready", running, || ready_nodes() == objects::NODES.len())?;
    cluster.until("namespace default has its service account", running, || {
        there("/api/v1/namespaces/default/serviceaccounts/default")
    })?;
    // Until then discovery lists a group that does not answer, and no namespace can be deleted.
    cluster.until("its metrics API is available", running, || {
        let service = api.get("/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io");
        service.is_ok_and(|a| is(&a.body["status"], "Available"))
    })
}

/// Whether a status has a condition that is true.
fn is(status: &serde_json::Value, condition: &str) -> bool {
    status["conditions"]
        .as_array()
        .is_some_and(|all| all.iter().any(|c| c["type"] == condition && c["status"] == "True"))
}

fn furnish(cluster: &Description, api: &Api) -> Result {
    for (name, zone, gpus) in objects::NODES {
        api.create("/api/v1/nodes", &objects::node(name, zone, gpus, &cluster.version))?;
    }
    api.create("/apis/storage.k8s.io/v1/storageclasses", &objects::storage_class())?;
    api.create("/apis/apps/v1/namespaces/kube-system/daemonsets", &objects::node_agent())?;
    api.create("/api/v1/namespaces/kube-system/services", &objects::metrics_service())?;
    api.create(
        "/apis/apiregistration.k8s.io/v1/apiservices",
        &objects::metrics_api_service(cluster.ports.metrics_server, &cluster.ca),
    )
}
