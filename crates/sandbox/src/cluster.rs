//! One simulated cluster: what is shared by its HTTP server and its controllers.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// A cluster's shared parts.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    /// What it holds.
    pub(crate) store: Arc<Store>,
    /// Bearer token of its administrator.
    pub(crate) token: Arc<str>,
    /// The version it answers with.
    pub(crate) version: Version,
    /// Ends every task and stream.
    pub(crate) stop: CancellationToken,
}

/// A Kubernetes version.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version {
    /// Minor, such as 37.
    pub(crate) minor: u32,
    /// Patch.
    pub(crate) patch: u32,
}

impl Version {
    /// `v1.37.2`.
    pub(crate) fn git(self) -> String {
        format!("v1.{}.{}", self.minor, self.patch)
    }
}
