//! One file per route: each loads and arranges, nothing else.

pub mod cluster;
pub mod cluster_form;
pub mod clusters;
pub mod create_image;
pub mod create_yaml;
pub mod edit_yaml;
pub mod not_found;
mod which;
pub mod workload;
pub mod workloads;
