//! Certificates and keys of one test cluster: ECDSA P-256, valid for a year from now.

use crate::error::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long the certificates live.
const LIFE: Duration = Duration::from_secs(365 * 24 * 3600);

/// A certificate and its key, in PEM.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) cert: String,
    pub(crate) key: String,
}

/// A certificate authority.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate and key.
    pub(crate) pair: Pair,
}

fn params(common_name: &str, organization: Option<&str>, names: &[&str]) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>())?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, common_name);
    if let Some(group) = organization {
        subject.push(DnType::OrganizationName, group);
    }
    params.distinguished_name = subject;
    // A minute of grace for clocks that differ.
    let now = SystemTime::now();
    params.not_before = (now - Duration::from_secs(60)).into();
    params.not_after = (now + LIFE).into();
    Ok(params)
}

impl Authority {
    /// A new authority.
    pub(crate) fn new(common_name: &str) -> Result<Self> {
        let mut params = params(common_name, None, &[])?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let cert = params.self_signed(&key)?;
        let pair = Pair { cert: cert.pem(), key: key.serialize_pem() };
        Ok(Self { issuer: Issuer::new(params, key), pair })
    }

    /// A client certificate: user `common_name`, group `organization`.
    pub(crate) fn client(&self, common_name: &str, organization: Option<&str>) -> Result<Pair> {
        self.issue(params(common_name, organization, &[])?, ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// A server certificate for DNS names and addresses.
    pub(crate) fn server(&self, common_name: &str, names: &[&str]) -> Result<Pair> {
        self.issue(params(common_name, None, names)?, ExtendedKeyUsagePurpose::ServerAuth)
    }

    fn issue(&self, mut params: CertificateParams, usage: ExtendedKeyUsagePurpose) -> Result<Pair> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        let key = KeyPair::generate()?;
        let cert = params.signed_by(&key, &self.issuer)?;
        Ok(Pair { cert: cert.pem(), key: key.serialize_pem() })
    }
}

/// Where the files of one cluster lie.
#[derive(Debug, Clone)]
pub(crate) struct Pki {
    dir: PathBuf,
    /// The authority that clients and servers trust, in PEM.
    pub(crate) ca: String,
    /// The administrator (group `system:masters`).
    pub(crate) admin: Pair,
}

impl Pki {
    /// Makes all keys and certificates of a cluster in `dir`.
    pub(crate) fn create(dir: &Path, cluster: &str, service_ip: &str) -> Result<Self> {
        fs::create_dir_all(dir).context(|| format!("create {}", dir.display()))?;
        let ca = Authority::new(&format!("{cluster}-ca"))?;
        // The API server refuses a front-proxy authority that is also the client authority.
        let front = Authority::new(&format!("{cluster}-front-proxy-ca"))?;
        let admin = ca.client("admin", Some("system:masters"))?;
        let pki = Self { dir: dir.to_owned(), ca: ca.pair.cert.clone(), admin: admin.clone() };
        pki.write("ca", &ca.pair)?;
        pki.write("front-proxy-ca", &front.pair)?;
        pki.write("front-proxy", &front.client("front-proxy", None)?)?;
        pki.write("admin", &admin)?;
        let names = [
            "127.0.0.1",
            service_ip,
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
        ];
        pki.write("apiserver", &ca.server("kube-apiserver", &names)?)?;
        pki.write("kubelet-client", &ca.client("apiserver-kubelet-client", Some("system:masters"))?)?;
        pki.write("kwok", &ca.server("kwok", &["127.0.0.1", "localhost"])?)?;
        pki.write(
            "metrics-server",
            &ca.server("metrics-server", &["metrics-server.kube-system.svc", "localhost", "127.0.0.1"])?,
        )?;
        pki.write("controller-manager", &ca.client("system:kube-controller-manager", None)?)?;
        pki.write("scheduler", &ca.client("system:kube-scheduler", None)?)?;
        let tokens = KeyPair::generate()?;
        write_private(&pki.key("service-account"), &tokens.serialize_pem())?;
        let public = pki.dir.join("service-account.pub");
        fs::write(&public, tokens.public_key_pem()).context(|| format!("write {}", public.display()))?;
        Ok(pki)
    }

    fn write(&self, name: &str, pair: &Pair) -> Result {
        let cert = self.cert(name);
        fs::write(&cert, &pair.cert).context(|| format!("write {}", cert.display()))?;
        write_private(&self.key(name), &pair.key)
    }

    /// The path of a certificate.
    pub(crate) fn cert(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.crt"))
    }

    /// The path of a private key.
    pub(crate) fn key(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.key"))
    }

    /// The public half of the service-account key.
    pub(crate) fn service_account_public(&self) -> PathBuf {
        self.dir.join("service-account.pub")
    }

    /// Writes a kubeconfig, everything inline, for the client certificate `user`.
    pub(crate) fn kubeconfig(&self, path: &Path, cluster: &str, server: &str, user: &str) -> Result {
        let inline = |file: PathBuf| -> Result<String> {
            Ok(STANDARD.encode(fs::read(&file).context(|| format!("read {}", file.display()))?))
        };
        let text = format!(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: {cluster}\n  cluster:\n    server: {server}\n    \
             certificate-authority-data: {ca}\nusers:\n- name: {user}\n  user:\n    client-certificate-data: {cert}\n    \
             client-key-data: {key}\ncontexts:\n- name: {cluster}\n  context:\n    cluster: {cluster}\n    user: {user}\n\
             current-context: {cluster}\n",
            ca = inline(self.cert("ca"))?,
            cert = inline(self.cert(user))?,
            key = inline(self.key(user))?,
        );
        write_private(path, &text)
    }
}

/// Writes a file that only its owner may read.
fn write_private(path: &Path, text: &str) -> Result {
    use std::io::Write;
    let _ = fs::remove_file(path);
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut f| f.write_all(text.as_bytes()))
        .context(|| format!("write {}", path.display()))
}
