//! The only crate that talks to Kubernetes: credentials and kubeconfig import, connections, watch
//! caches, access reviews, and the calls that read and write objects.
//!
//! An object is carried as JSON, whole (design rule 1). Every call has a deadline, a byte cap and an
//! identity; what a person asks for is asked as that person, and the console's own credential is used
//! for health, for the caches (whose rows are filtered by access reviews) and for verification only.

mod access;
mod address;
mod brief;
mod cidr;
mod clock;
mod cluster;
mod clusters;
mod connect;
mod connection;
mod credential;
mod discovery;
mod edit;
mod failure;
mod inventory;
mod items;
mod kubeconfig;
mod openapi;
mod plan;
mod secrets;
mod sinks;
mod table;
mod verify;
mod watcher;
mod workload;
mod writes;

#[cfg(test)]
mod fake;

pub use address::DialPolicy;
pub use clusters::{Clusters, Registration};
pub use credential::{Auth, Credential, CredentialUnreadable, Secret};
pub use kubeconfig::{MAX_KUBECONFIG, credential, read_kubeconfig};
