use binnacle_model::{
    cluster::ClusterProfile,
    plan::PlanRequest,
    session::{Caller, Role},
};
use serde_json::json;

use super::*;
use crate::{
    Clusters, DialPolicy, Registration,
    fake::{Answer, Fake, healthy},
};

#[test]
fn a_quoted_value_is_taken_out_whatever_its_dress() {
    let secret = json!({"kind": "Secret",
        "data": {"a": "Y2FuYXJ5LTEyMzQ1Njc4", "n": 123_456},
        "stringData": {"b": "line one\nline \"two\"", "c": "abc", "w": "one two\r\nthree four", "d": {"deep": ["nested-value"]}}});
    let secrets = Secrets::of(&secret);
    for (said, left) in [
        ("Invalid value: \"Y2FuYXJ5LTEyMzQ1Njc4\": x", "Invalid value: \"•••\": x"),
        ("decoded canary-12345678 twice canary-12345678.", "decoded ••• twice •••."),
        ("cut canary-1234…", "cut •••…"),
        ("as is line one\nline \"two\"!", "as is •••!"),
        (r#"quoted "line one\nline \"two\"""#, r#"quoted "•••""#),
        ("shown one two␍\nthree four!", "shown •••!"),
        ("number 123456", "number •••"),
        ("nested-value", "•••"),
        ("abc is too short to tell", "abc is too short to tell"),
        ("nothing of it", "nothing of it"),
    ] {
        assert_eq!(secrets.without(said.to_owned()), left);
    }
    let map = json!({"kind": "ConfigMap", "data": {"a": "canary-12345678"}});
    assert_eq!(Secrets::of(&map).without("canary-12345678".to_owned()), "canary-12345678");
}

const CANARY: &str = "canary-5e1f-value";

/// An API server, or a webhook, that quotes what it was sent in all that it says.
#[tokio::test]
async fn an_answer_that_quotes_a_secret_is_told_without_it() {
    let long = format!("{CANARY}{}", "x".repeat(2_000));
    let encoded = BASE64_STANDARD.encode(CANARY);
    let quotes = {
        let (long, encoded) = (long.clone(), encoded.clone());
        move |place: &str| {
            format!("{place}: Invalid value: {long:?}, {encoded:?}, {CANARY}: denied by policy")
        }
    };
    let fake = Fake::start(healthy(move |asked| {
        if asked.path == "/api/v1" {
            let secrets = json!({"name": "secrets", "kind": "Secret", "namespaced": true, "verbs": ["create", "get"]});
            return Some(Answer::Json(200, json!({"resources": [secrets]})));
        }
        (asked.method == http::Method::POST && asked.path.ends_with("/secrets")).then(|| {
            let name = asked.body["metadata"]["name"].as_str().unwrap_or_default();
            let refusal = |code: u16, reason: &str, causes: Value| {
                let details = json!({"name": name, "kind": "secrets", "causes": causes});
                Answer::Json(code, json!({"kind": "Status", "code": code, "reason": reason,
                    "message": quotes("Secret"), "details": details}))
            };
            match name {
                "warned" => Answer::Warned(vec![format!("299 - {:?}", quotes("data"))], asked.body.clone()),
                "invalid" => {
                    let cause = json!([{"reason": "FieldValueInvalid", "message": quotes("data"), "field": "data[a]"}]);
                    refusal(422, "Invalid", cause)
                }
                "refused" => refusal(422, "Invalid", Value::Null),
                "bad" => refusal(400, "BadRequest", Value::Null),
                "forbidden" => refusal(403, "Forbidden", Value::Null),
                "broken" => refusal(500, "InternalError", Value::Null),
                _ => refusal(409, "Conflict", Value::Null),
            }
        })
    }))
    .await;
    let clusters = Clusters::new(DialPolicy::default());
    clusters.add(Registration {
        name: "east".to_owned(),
        profile: ClusterProfile::default(),
        created: 0,
        credential: fake.credential(),
        sandbox: true,
    });
    let admin = Caller { user: "ann".to_owned(), role: Role::Admin };
    for name in ["warned", "invalid", "refused", "bad", "forbidden", "broken", "conflict"] {
        let secret = json!({"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": name, "namespace": "shop"},
            "data": {"a": encoded}, "stringData": {"b": long}});
        let request = PlanRequest {
            cluster: "east".to_owned(),
            default_namespace: "shop".to_owned(),
            objects: vec![secret.clone()],
        };
        let said = format!(
            "{:?}\n{:?}\n{:?}",
            clusters.dry_run(&admin, "east", &secret).await,
            clusters.create(&admin, "east", &secret).await,
            clusters.plan(&admin, &request).await,
        );
        assert!(!said.contains(CANARY) && !said.contains(&encoded), "{name}: {said}");
        assert!(!said.contains("xxxxxxxx"), "{name}: the rest of a value that was cut: {said}");
        assert!(
            said.contains(DOTS) || name == "conflict",
            "{name}: nothing was quoted, which proves nothing: {said}"
        );
    }
    clusters.shutdown().await;
}

#[test]
fn values_of_what_is_there_and_of_what_is_sent_are_taken_out() {
    let secret = |value: &str| json!({"kind": "Secret", "stringData": {"a": value}});
    let (live, sent) = (secret("first line\nsecond line"), secret(&"long value ".repeat(100)));
    let secrets = Secrets::of_all(&[&live, &sent]);
    // As Go quotes it, and cut.
    let said = format!("Invalid value: \"first line\\nsecond line\", not \"{}…", "long value ".repeat(20));
    let left = secrets.without(said);
    assert!(!left.contains("line") && !left.contains("long"), "{left}");
}
