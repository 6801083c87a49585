//! Parts that know Kubernetes.

pub mod cluster_switch;
pub mod credential;
pub mod delete_dialog;
pub mod doctor;
pub mod freshness;
pub mod key_values;
pub mod kubeconfig;
pub mod leave_guard;
pub mod load;
pub mod numbers;
pub mod problems;
pub mod remove_cluster;
pub mod scroll;
pub mod status;
