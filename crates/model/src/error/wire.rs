//! How an error is read from the wire.
//!
//! The derived way reads each variant by code of its own, and every page of the browser carries all of it: all
//! variants' fields are read as one here, and the tag says which count.

use serde::{
    Deserialize, Deserializer,
    de::{EnumAccess, Error, VariantAccess, Visitor},
};
use std::fmt;

use super::AppError;
use crate::{Issue, words::Text};

/// The variants' tags.
const TAGS: &[&str] = &[
    "unauthenticated",
    "forbidden",
    "notFound",
    "alreadyExists",
    "conflict",
    "invalid",
    "unreachable",
    "timeout",
    "tooLarge",
    "tooManyRequests",
    "refused",
    "transport",
    "internal",
];

/// The fields of all variants.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    verb: String,
    resource: String,
    scope: String,
    message: String,
    kind: String,
    name: String,
    issues: Vec<Issue>,
    cluster: String,
    reason: Option<Text>,
    seconds: u32,
    limit: String,
    retry_after: u32,
    text: Option<Text>,
    request_id: String,
}

impl<'de> Deserialize<'de> for AppError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("AppError", TAGS, ErrorVisitor)
    }
}

struct ErrorVisitor;

impl<'de> Visitor<'de> for ErrorVisitor {
    type Value = AppError;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an error")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<AppError, A::Error> {
        let (tag, fields) = data.variant::<String>()?;
        if tag == "unauthenticated" {
            fields.unit_variant()?;
            return Ok(AppError::Unauthenticated);
        }
        let Fields {
            verb,
            resource,
            scope,
            message,
            kind,
            name,
            issues,
            cluster,
            reason,
            seconds,
            limit,
            retry_after,
            text,
            request_id,
        } = fields.newtype_variant()?;
        let said = |text: Option<Text>| text.ok_or_else(|| A::Error::missing_field("text"));
        Ok(match &*tag {
            "forbidden" => AppError::Forbidden { verb, resource, scope, message },
            "notFound" => AppError::NotFound { kind, name },
            "alreadyExists" => AppError::AlreadyExists { kind, name },
            "conflict" => AppError::Conflict { kind, name },
            "invalid" => AppError::Invalid { issues },
            "unreachable" => AppError::Unreachable { cluster, reason: said(reason)? },
            "timeout" => AppError::Timeout { cluster, seconds },
            "tooLarge" => AppError::TooLarge { limit },
            "tooManyRequests" => AppError::TooManyRequests { retry_after },
            "refused" => AppError::Refused { text: said(text)? },
            "transport" => AppError::Transport { message },
            "internal" => AppError::Internal { request_id },
            _ => return Err(A::Error::unknown_variant(&tag, TAGS)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldPath;

    #[test]
    fn every_error_survives_the_wire() {
        let text = |text: &str| -> String { text.into() };
        let all = [
            AppError::Unauthenticated,
            AppError::Forbidden {
                verb: text("get"),
                resource: text("pods"),
                scope: text("default"),
                message: text("no"),
            },
            AppError::NotFound { kind: text("Pod"), name: text("a") },
            AppError::AlreadyExists { kind: text("Pod"), name: text("b") },
            AppError::Conflict { kind: text("Pod"), name: text("c") },
            AppError::invalid(Issue::error(FieldPath::root(), Text::raw("wrong"))),
            AppError::Unreachable { cluster: text("east"), reason: Text::raw("down") },
            AppError::Timeout { cluster: text("east"), seconds: 5 },
            AppError::TooLarge { limit: text("1 MiB") },
            AppError::TooManyRequests { retry_after: 3 },
            AppError::Refused { text: Text::raw("no") },
            AppError::Transport { message: text("gone") },
            AppError::Internal { request_id: text("1f") },
        ];
        let mut tags = Vec::new();
        for error in all {
            let wire = serde_json::to_value(&error).unwrap();
            let tag = wire.as_str().or_else(|| wire.as_object()?.keys().next().map(String::as_str));
            tags.push(tag.unwrap().to_owned());
            assert_eq!(serde_json::from_str::<AppError>(&wire.to_string()).unwrap(), error);
        }
        assert_eq!(tags, TAGS, "a variant without its line here");
    }

    #[test]
    fn what_is_no_error_of_ours_is_refused() {
        for wire in [r#""other""#, r#"{"other":{}}"#, r#"{"refused":{}}"#, "[]", r#"{"forbidden":7}"#] {
            assert!(serde_json::from_str::<AppError>(wire).is_err(), "{wire}");
        }
    }
}
