//! Names that change what they lead to between the check and the use.

use std::{collections::VecDeque, net::IpAddr};

use binnacle_model::{Word, words::errors as words};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::TcpListener;

use super::*;

/// A resolver that gives these answers in turn, and counts how often it was asked.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<(VecDeque<Vec<SocketAddr>>, usize)>>);

impl Answers {
    fn of(answers: &[&[SocketAddr]]) -> Self {
        let answers = answers.iter().map(|answer| answer.to_vec()).collect();
        Answers(Arc::new(Mutex::new((answers, 0))))
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().1
    }

    fn resolver(&self) -> Arc<Resolve> {
        let answers = Arc::clone(&self.0);
        Arc::new(move |_: &str, _: u16| {
            let mut answers = answers.lock().unwrap();
            answers.1 += 1;
            let answer = answers.0.pop_front().unwrap_or_default();
            Box::pin(async move { Ok(answer) }) as BoxFuture<'static, _>
        })
    }
}

/// A listener on loopback, and its address.
async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// How many connections wait to be accepted.
async fn dialled(listener: &TcpListener) -> usize {
    let mut count = 0;
    while let Some(Ok(_)) = futures::FutureExt::now_or_never(listener.accept()) {
        count += 1;
    }
    count
}

fn connector(server: &str, policy: DialPolicy, answers: &Answers) -> Connector {
    let credential = Credential::sandbox(server, Some("t".to_owned()));
    let connector = Connector::new(&credential, policy).unwrap();
    Connector { resolve: answers.resolver(), ..connector }
}

fn at(address: &str, port: u16) -> SocketAddr {
    SocketAddr::new(address.parse::<IpAddr>().unwrap(), port)
}

const OWN: DialPolicy = DialPolicy { allow_loopback: true, sandbox: true };

#[tokio::test]
async fn a_name_that_changes_its_answer_is_dialled_where_it_was_checked() {
    let (listener, good) = listener().await;
    for evil in ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "0.0.0.0", "ff02::1"] {
        let evil = at(evil, good.port());
        let answers = Answers::of(&[&[good], &[evil], &[good, evil], &[evil, good]]);
        let connector = connector("http://127.0.0.1:1", OWN, &answers);

        assert!(connector.clone().connect().await.is_ok());
        assert_eq!(connector.peer().unwrap().address, good, "the address that was checked");
        assert_eq!((answers.asked(), dialled(&listener).await), (1, 1), "asked once, dialled once");

        // Another answer, and good ones beside bad ones: none of them is dialled.
        for time in 2..=4 {
            let refused = connector.clone().connect().await.err();
            assert!(
                matches!(&refused, Some(DialError::Denied { address, .. }) if *address == evil.ip()),
                "{refused:?}"
            );
            assert_eq!((answers.asked(), dialled(&listener).await), (time, 0));
        }
    }
}

#[tokio::test]
async fn a_name_that_turns_to_loopback_is_not_dialled_by_a_console_for_others() {
    let (listener, own) = listener().await;
    for answer in [own, at("::1", own.port()), at("::ffff:127.0.0.1", own.port())] {
        let answers = Answers::of(&[&[answer], &[at("10.0.0.1", 6443), answer]]);
        let connector = connector("https://cluster.example:6443", DialPolicy::default(), &answers);
        for _ in 0..2 {
            let refused = connector.clone().connect().await.err();
            assert!(matches!(refused, Some(DialError::Denied { why: Denied::Loopback, .. })), "{refused:?}");
        }
        assert_eq!(dialled(&listener).await, 0);
    }
}

#[tokio::test]
async fn a_name_that_leads_nowhere_says_so() {
    let answers = Answers::of(&[&[]]);
    let refused = connector("https://cluster.example", DialPolicy::default(), &answers).connect().await.err();
    assert!(matches!(refused, Some(DialError::Resolve { source: None, .. })), "{refused:?}");
}

/// A server on loopback that shows this certificate to all who come.
async fn tls_server(params: CertificateParams) -> (SocketAddr, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            // Clients that turn away are what this is for.
            let _turned_away = acceptor.accept(tcp).await;
        }
    });
    (address, certificate.pem())
}

#[tokio::test]
async fn a_server_that_cannot_prove_itself_gets_no_credential() {
    let named = |name: &str| CertificateParams::new(vec![name.to_owned()]).unwrap();
    let mut ended = named("127.0.0.1");
    (ended.not_before, ended.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let mut early = named("127.0.0.1");
    (early.not_before, early.not_after) = (date_time_ymd(2080, 1, 1), date_time_ymd(2090, 1, 1));
    let (_, another) = tls_server(named("127.0.0.1")).await;
    let table: [(&str, CertificateParams, Option<&String>, Option<Word>); 5] = [
        ("good", named("127.0.0.1"), None, None),
        ("another authority", named("127.0.0.1"), Some(&another), Some(words::TLS_AUTHORITY)),
        ("ended", ended, None, Some(words::TLS_EXPIRED)),
        ("early", early, None, Some(words::TLS_NOT_YET)),
        ("another name", named("cluster.example"), None, Some(words::TLS_NAME)),
    ];
    for (what, params, authority, word) in table {
        let (address, own) = tls_server(params).await;
        let credential = Credential {
            ca_pem: Some(authority.unwrap_or(&own).clone()),
            ..Credential::sandbox(format!("https://{address}"), Some("t".to_owned()))
        };
        let refused = Connector::new(&credential, OWN).unwrap().connect().await.err();
        let said = refused.as_ref().map(|error| crate::failure::transport_reason(error, "host").key);
        assert_eq!(said.as_deref(), word.map(|word| word.key), "{what}: {refused:?}");
    }
}
