//! Who is asking.

use serde::{Deserialize, Serialize};

/// The group that console administrators are impersonated with. Integration binds it to
/// `cluster-admin` (issue text, "Server"); it is shown before it is created.
pub const ADMIN_GROUP: &str = "binnacle:admins";

/// The prefix of every user name that clusters see, so that a console user can never be mistaken
/// for a cluster's own.
pub const USER_PREFIX: &str = "binnacle:";

/// What a console user may do in the console itself. Inside a cluster, its RBAC decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// May integrate, edit and remove clusters.
    Admin,
    /// May use the clusters that grant them something.
    User,
}

/// The signed-in person on whose behalf a call is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Caller {
    /// Login name in the console.
    pub user: String,
    /// Role in the console.
    pub role: Role,
}

impl Caller {
    /// `Impersonate-User` for calls to clusters.
    pub fn impersonated_user(&self) -> String {
        format!("{USER_PREFIX}{}", self.user)
    }

    /// `Impersonate-Group` values for calls to clusters. `system:authenticated` must be named:
    /// impersonation does not add it (Kubernetes docs, "User impersonation").
    pub fn impersonated_groups(&self) -> Vec<String> {
        let mut groups = vec!["system:authenticated".to_owned()];
        if self.role == Role::Admin {
            groups.push(ADMIN_GROUP.to_owned());
        }
        groups
    }

    /// Whether the caller may change the set of clusters.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }
}
