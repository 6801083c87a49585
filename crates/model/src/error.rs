//! The one error that crosses from server to browser.
//!
//! Each variant is something the console can act on. It carries what a person may read; what only
//! an operator may read stays in the server's log, under the request id.

mod wire;

use serde::Serialize;

use crate::{
    Issue,
    words::{Arg, Text, errors},
};

/// Shorthand for results whose error reaches the user.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum AppError {
    /// No session, or it ended.
    #[error("not signed in")]
    Unauthenticated,
    /// Kubernetes or the console says that the caller may not do this.
    #[error("may not {verb} {resource} in {scope}")]
    Forbidden {
        /// Kubernetes verb.
        verb: String,
        /// Plural resource, with its group where it has one (`statefulsets.apps`).
        resource: String,
        /// Namespace, or the cluster's name for cluster-wide refusals.
        scope: String,
        /// The cluster's own sentence.
        message: String,
    },
    /// The object is not there.
    #[error("{kind} {name} not found")]
    NotFound {
        /// Kind in Kubernetes' spelling.
        kind: String,
        /// Name.
        name: String,
    },
    /// Create met an existing object; it was not touched.
    #[error("{kind} {name} exists")]
    AlreadyExists {
        /// Kind in Kubernetes' spelling.
        kind: String,
        /// Name.
        name: String,
    },
    /// The object changed since it was read; nothing was written.
    #[error("{kind} {name} changed meanwhile")]
    Conflict {
        /// Kind in Kubernetes' spelling.
        kind: String,
        /// Name.
        name: String,
    },
    /// Input was refused, by us or by the API server; each issue names its field.
    #[error("invalid: {issues:?}")]
    Invalid {
        /// What is wrong, and where.
        issues: Vec<Issue>,
    },
    /// The cluster cannot be reached or answers nonsense.
    #[error("cluster {cluster} unreachable")]
    Unreachable {
        /// Name in the console.
        cluster: String,
        /// Why, in words.
        reason: Text,
    },
    /// The cluster did not answer in time. A write may or may not have taken effect.
    #[error("cluster {cluster} timed out after {seconds} s")]
    Timeout {
        /// Name in the console.
        cluster: String,
        /// The deadline in seconds.
        seconds: u32,
    },
    /// Input over a size limit.
    #[error("larger than {limit}")]
    TooLarge {
        /// The limit in words (`1 MiB`).
        limit: String,
    },
    /// A rate limit.
    #[error("too many requests")]
    TooManyRequests {
        /// Seconds until the next attempt may succeed.
        retry_after: u32,
    },
    /// Refused for a reason that is a sentence of ours.
    #[error("{text:?}")]
    Refused {
        /// The sentence.
        text: Text,
    },
    /// The browser could not reach the console.
    #[error("transport: {message}")]
    Transport {
        /// The transport's own words, for the details line.
        message: String,
    },
    /// A fault of ours.
    #[error("internal error {request_id}")]
    Internal {
        /// The id under which the log tells more.
        request_id: String,
    },
}

impl AppError {
    /// One issue at one field.
    pub fn invalid(issue: Issue) -> Self {
        AppError::Invalid { issues: vec![issue] }
    }

    /// The HTTP status that says the same (RFC 9110).
    pub fn status(&self) -> u16 {
        match self {
            AppError::Unauthenticated => 401,
            AppError::Forbidden { .. } => 403,
            AppError::NotFound { .. } => 404,
            AppError::AlreadyExists { .. } | AppError::Conflict { .. } => 409,
            AppError::TooLarge { .. } => 413,
            AppError::Invalid { .. } | AppError::Refused { .. } => 422,
            AppError::TooManyRequests { .. } => 429,
            AppError::Internal { .. } => 500,
            AppError::Unreachable { .. } | AppError::Transport { .. } => 502,
            AppError::Timeout { .. } => 504,
        }
    }

    /// Why the cluster cannot be asked, in the words of a page that shows what was last seen; `None`
    /// when it is not the cluster's doing.
    pub fn outage(&self) -> Option<Text> {
        match self {
            AppError::Unreachable { .. } => Some(self.text()),
            // The error's own sentence speaks of a change whose fate is unknown; a look changes nothing.
            AppError::Timeout { cluster, seconds } => {
                let why = Text::new(&errors::REACH_TIMEOUT, [seconds.to_string()]);
                Some(Text::new(&errors::UNREACHABLE, [Arg::from(cluster), Arg::from(why)]))
            }
            _ => None,
        }
    }

    /// The sentence a person reads.
    pub fn text(&self) -> Text {
        match self {
            AppError::Unauthenticated => errors::UNAUTHENTICATED.into(),
            AppError::Forbidden { verb, resource, scope, .. } => {
                Text::new(&errors::FORBIDDEN, [verb, resource, scope])
            }
            AppError::NotFound { kind, name } => Text::new(&errors::NOT_FOUND, [kind, name]),
            AppError::AlreadyExists { kind, name } => Text::new(&errors::ALREADY_EXISTS, [kind, name]),
            AppError::Conflict { kind, name } => Text::new(&errors::CONFLICT, [kind, name]),
            AppError::Invalid { issues } => match issues.as_slice() {
                [only] => only.text.clone(),
                _ => errors::INVALID.into(),
            },
            AppError::Unreachable { cluster, reason } => {
                Text::new(&errors::UNREACHABLE, [Arg::from(cluster), Arg::from(reason.clone())])
            }
            AppError::Timeout { cluster, seconds } => {
                Text::new(&errors::TIMED_OUT, [cluster.clone(), seconds.to_string()])
            }
            AppError::TooLarge { limit } => Text::new(&errors::TOO_LARGE, [limit]),
            AppError::TooManyRequests { retry_after } => {
                Text::new(&errors::TOO_MANY_REQUESTS, [retry_after.to_string()])
            }
            AppError::Refused { text } => text.clone(),
            AppError::Transport { .. } => errors::TRANSPORT.into(),
            AppError::Internal { request_id } => Text::new(&errors::INTERNAL, [request_id]),
        }
    }
}
