use serde_json::json;

use super::*;

const ABOUT: About<'static> = About {
    cluster: "east",
    verb: "create",
    resource: "statefulsets.apps",
    kind: "StatefulSet",
    namespace: "shop",
    name: "web",
};

fn map(code: u16, body: &Value) -> AppError {
    Failure::Status(Box::new(Status::read(code, body.to_string().as_bytes()))).into_app(ABOUT)
}

fn issues(error: AppError) -> Vec<(String, String)> {
    match error {
        AppError::Invalid { issues } => issues
            .into_iter()
            .map(|issue| (issue.path.to_string(), issue.text.render(binnacle_model::Lang::En)))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn causes_land_on_their_fields() {
    let error = map(
        422,
        &json!({
            "kind": "Status", "reason": "Invalid", "message": "StatefulSet.apps \"web\" is invalid: [...]",
            "details": {"name": "web", "group": "apps", "kind": "StatefulSet", "causes": [
                {"reason": "FieldValueInvalid", "message": "Invalid value: -1: must be greater than or equal to 0", "field": "spec.replicas"},
                {"reason": "FieldValueRequired", "message": "Required value", "field": "spec.template.spec.containers[0].image"},
                {"reason": "FieldValueInvalid", "message": "bad", "field": "metadata.labels[app.kubernetes.io/name]"},
                {"reason": "FieldValueRequired", "message": "Required value", "field": "spec.template.spec.containers[0].image"}]},
        }),
    );
    assert_eq!(
        issues(error),
        [
            ("spec.replicas".to_owned(), "Invalid value: -1: must be greater than or equal to 0".to_owned()),
            ("spec.template.spec.containers[0].image".to_owned(), "Required value".to_owned()),
            ("metadata.labels[app.kubernetes.io/name]".to_owned(), "bad".to_owned()),
        ]
    );
}

#[test]
fn a_flood_of_causes_is_cut() {
    let causes: Vec<Value> =
        (0..2_000).map(|n| json!({"message": "x".repeat(2_000), "field": format!("spec.f{n}")})).collect();
    let found = issues(map(422, &json!({"message": "bad", "details": {"causes": causes}})));
    assert_eq!(found.len(), MOST_ISSUES);
    assert!(found.iter().all(|(_, text)| text.chars().count() <= brief::SENTENCE + 1));
    let long = map(500, &json!({"message": "y".repeat(1 << 20)}));
    assert!(format!("{long:?}").len() < 2_000);
}

#[test]
fn decoding_errors_land_on_their_fields() {
    for (message, expected) in [
        (
            "StatefulSet in version \"v1\" cannot be handled as a StatefulSet: strict decoding error: unknown field \"spec.foo\", duplicate field \"spec.template.spec.containers[0].image\"",
            vec!["spec.foo", "spec.template.spec.containers[0].image"],
        ),
        (
            "StatefulSet in version \"v1\" cannot be handled as a StatefulSet: json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32",
            vec!["spec.replicas"],
        ),
        ("the namespace of the provided object does not match", vec![""]),
    ] {
        let found = issues(map(400, &json!({"reason": "BadRequest", "message": message})));
        let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, expected);
    }
}

#[test]
fn a_refusal_names_verb_resource_and_scope() {
    let refusal = |message: &str| map(403, &json!({"reason": "Forbidden", "message": message}));
    for (message, expected) in [
        (
            "statefulsets.apps is forbidden: User \"binnacle:eve\" cannot create resource \"statefulsets\" in API group \"apps\" in the namespace \"shop\"",
            ("create", "statefulsets.apps", "shop"),
        ),
        (
            "nodes is forbidden: User \"binnacle:eve\" cannot list resource \"nodes\" in API group \"\" at the cluster scope",
            ("list", "nodes", "east"),
        ),
        (
            "users \"binnacle:eve\" is forbidden: User \"console\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope: why",
            ("impersonate", "users", "east"),
        ),
    ] {
        match refusal(message) {
            AppError::Forbidden { verb, resource, scope, message: said } => {
                assert_eq!((verb.as_str(), resource.as_str(), scope.as_str()), expected);
                assert_eq!(said, message);
            }
            other => panic!("{other:?}"),
        }
    }
    let quota = "statefulsets.apps \"web\" is forbidden: exceeded quota: q, requested: pods=3";
    assert_eq!(refusal(quota), AppError::Refused { text: Text::raw(quota) });
}

#[test]
fn each_status_becomes_what_can_be_acted_on() {
    let kind = || "StatefulSet".to_owned();
    let name = || "web".to_owned();
    assert_eq!(
        map(409, &json!({"reason": "AlreadyExists", "message": "x"})),
        AppError::AlreadyExists { kind: kind(), name: name() }
    );
    assert_eq!(
        map(409, &json!({"reason": "Conflict", "message": "x"})),
        AppError::Conflict { kind: kind(), name: name() }
    );
    assert_eq!(
        map(
            404,
            &json!({"reason": "NotFound", "message": "x", "details": {"kind": "statefulsets", "name": "web"}})
        ),
        AppError::NotFound { kind: kind(), name: name() }
    );
    assert_eq!(
        map(
            404,
            &json!({"reason": "NotFound", "message": "x", "details": {"kind": "namespaces", "name": "shop"}})
        ),
        AppError::NotFound { kind: "Namespace".to_owned(), name: "shop".to_owned() }
    );
    for (code, word) in [
        (401, words::REACH_CREDENTIAL),
        (429, words::REACH_BUSY),
        (503, words::REACH_BUSY),
        (500, words::REACH_FAILED),
        (418, words::REACH_FAILED),
    ] {
        match map(code, &json!({"message": "x"})) {
            AppError::Unreachable { cluster, reason } => {
                assert_eq!((cluster.as_str(), &*reason.key), ("east", word.key), "{code}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
    assert_eq!(
        Failure::Timeout(5).into_app(ABOUT),
        AppError::Timeout { cluster: "east".to_owned(), seconds: 5 }
    );
}

#[test]
fn a_body_that_is_no_status_is_quoted_briefly() {
    let status = Status::read(502, format!("<html>\n{}", "x".repeat(10_000)).as_bytes());
    assert_eq!((status.code, status.message.as_str()), (502, "<html>"));
    assert_eq!(Status::read(500, b"").message, "HTTP 500");
    assert_eq!(Status::read(500, &[0xff, 0xfe]).code, 500);
}

/// What rustls says of a server that shows the authority itself, as `openssl req -x509` makes it.
fn authority_as_server() -> rustls::Error {
    let mut params = rcgen::CertificateParams::new(vec!["h".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
    let mut authorities = rustls::RootCertStore::empty();
    authorities.add(certificate.der().clone()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = rustls::client::WebPkiServerVerifier::builder_with_provider(authorities.into(), provider)
        .build()
        .unwrap();
    let name = rustls::pki_types::ServerName::try_from("h").unwrap();
    let now = rustls::pki_types::UnixTime::now();
    rustls::client::danger::ServerCertVerifier::verify_server_cert(
        &*verifier,
        certificate.der(),
        &[],
        &name,
        &[],
        now,
    )
    .unwrap_err()
}

#[test]
fn tls_faults_are_said_plainly() {
    use rustls::Error as E;
    for (error, word) in [
        (E::InvalidCertificate(CertificateError::UnknownIssuer), words::TLS_AUTHORITY),
        (E::InvalidCertificate(CertificateError::Expired), words::TLS_EXPIRED),
        (E::InvalidCertificate(CertificateError::NotValidYet), words::TLS_NOT_YET),
        (E::InvalidCertificate(CertificateError::NotValidForName), words::TLS_NAME),
        (E::InvalidCertificate(CertificateError::BadEncoding), words::TLS_CERTIFICATE),
        (E::InvalidCertificate(CertificateError::Revoked), words::TLS_CERTIFICATE),
        (authority_as_server(), words::TLS_AUTHORITY_AS_SERVER),
        (E::AlertReceived(AlertDescription::CertificateExpired), words::TLS_CLIENT),
        (E::HandshakeNotComplete, words::TLS_OTHER),
    ] {
        let dial = DialError::Tls { host: "h".to_owned(), source: std::io::Error::other(error.clone()) };
        assert_eq!(transport_reason(&dial, "h").key, word.key, "{error:?}");
        let late = std::io::Error::other(error.clone());
        assert_eq!(transport_reason(&late, "h").key, word.key, "{error:?} after the handshake");
    }
}

#[test]
fn what_a_patch_made_is_told_by_its_places_and_the_object_is_left_out() {
    let object = r#"{\"kind\":\"Secret\",\"data\":{\"a\":\"c2VjcmV0\"},\"note\":\"\\\": strict decoding error: x\\\"\"}"#;
    for (problem, expected) in [
        (
            "strict decoding error: unknown field \"spec.bar\", unknown field \"spec.foo\"",
            vec!["spec.bar", "spec.foo"],
        ),
        (
            "json: cannot unmarshal string into Go struct field StatefulSetSpec.spec.replicas of type int32",
            vec!["spec.replicas"],
        ),
        ("quantities must match the regular expression '^([+-]?[0-9.]+)'", vec![""]),
    ] {
        let message = format!("Invalid value: \"{object}\": {problem}");
        let body = json!({"kind": "Status", "reason": "Invalid", "message": format!(" \"\" is invalid: patch: {message}"),
            "details": {"causes": [{"reason": "FieldValueInvalid", "message": message, "field": "patch"}]}});
        let found = issues(map(422, &body));
        assert_eq!(found.iter().map(|(place, _)| place.as_str()).collect::<Vec<_>>(), expected, "{found:?}");
        assert!(found.iter().all(|(_, said)| !said.contains("c2VjcmV0")), "{found:?}");
    }
}
