use std::{collections::BTreeMap, io::Write as _};

use binnacle_model::session::Role;

use super::{sources::Invocation, *};

fn read(args: &[&str], env: &[(&str, &str)]) -> Result<Invocation, ConfigError> {
    let mut all = BTreeMap::from([("HOME".to_owned(), "/home/ada".to_owned())]);
    all.extend(env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    load(std::iter::once("binnacle").chain(args.iter().copied()).map(Into::into), &all)
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[test]
fn the_defaults_of_the_table_can_be_read() {
    let config = read(&[], &[]).unwrap().config;
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.data_dir.to_str().unwrap(), "/home/ada/.local/share/binnacle");
    assert!(config.port_fallback && config.allow_loopback_clusters && !config.https && !config.dev);
    assert_eq!(config.session_idle.as_secs(), 8 * 3600);
    assert_eq!(config.session_absolute.as_secs(), 7 * 86_400);
    assert_eq!(config.sandbox, SandboxMode::Off);
}

#[test]
fn flags_win_over_environment_over_file() {
    let file = file(
        "listen = \"127.0.0.1:1\"\nsession_idle = \"1h\"\nmax_connections = 7\ndev = true\ntrusted_proxies = [\"10.0.0.1\", \"10.0.0.2\"]\n",
    );
    let path = file.path().to_str().unwrap();
    let config = read(
        &["--config", path, "--listen", "127.0.0.1:3", "--sandbox"],
        &[("BINNACLE_LISTEN", "127.0.0.1:2"), ("BINNACLE_SESSION_IDLE", "2h")],
    )
    .unwrap()
    .config;
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.session_idle.as_secs(), 7200);
    assert_eq!(config.max_connections, 7);
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.sandbox, SandboxMode::Demo);
    assert!(config.dev && !config.port_fallback, "a listen that is set is meant");
    let by_env = read(&[], &[("BINNACLE_CONFIG", path)]).unwrap().config;
    assert_eq!(by_env.listen.port(), 1);
}

#[test]
fn every_setting_can_be_given_in_every_source() {
    for setting in SETTINGS {
        let value = match setting.key {
            "data_dir" => "/data",
            "public_origin" => "http://console.example.org",
            "trusted_proxies" => "10.0.0.1",
            "metrics_token" => "0123456789abcdef",
            _ => setting.default,
        };
        let flag = format!("--{}={value}", setting.flag());
        read(&[&flag], &[]).unwrap_or_else(|error| panic!("{flag}: {error}"));
        read(&[], &[(&setting.env(), value)]).unwrap_or_else(|error| panic!("{}: {error}", setting.env()));
        let file = file(&format!("{} = \"{value}\"\n", setting.key));
        read(&["--config", file.path().to_str().unwrap()], &[]).unwrap();
    }
}

/// Command line, environment, message.
type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases: &[Case<'_>] = &[
        (
            &[],
            &[("BINNACLE_LISTN", "x")],
            "environment variable BINNACLE_LISTN is not a setting. Did you mean BINNACLE_LISTEN?",
        ),
        (
            &[],
            &[("BINNACLE_SESSION_IDEL", "1h")],
            "environment variable BINNACLE_SESSION_IDEL is not a setting. Did you mean BINNACLE_SESSION_IDLE?",
        ),
        (
            &[],
            &[("BINNACLE_XYZZY_PLUGH", "1")],
            "environment variable BINNACLE_XYZZY_PLUGH is not a setting. See --help for all settings.",
        ),
        (
            &["--listen", "localhost"],
            &[],
            "--listen: \"localhost\" is not an IP address and port such as 127.0.0.1:3000",
        ),
        (&["--session-idle", "5"], &[], "--session-idle: \"5\" is not a duration such as 90s, 15m, 8h or 7d"),
        (&["--session-idle", "1s"], &[], "--session-idle: \"1s\" is not between 1m and 365d"),
        (
            &["--session-idle", "8é"],
            &[],
            "--session-idle: \"8é\" is not a duration such as 90s, 15m, 8h or 7d",
        ),
        (&["--sandbox", "5by9"], &[], "--sandbox: \"5by9\" is none of true, false and a size such as 5x2000"),
        (
            &["--sandbox", "0x9"],
            &[],
            "--sandbox: \"0x9\" is out of range: 1 to 500 clusters with 0 to 200000 workloads each",
        ),
        (
            &[],
            &[("BINNACLE_METRICS_TOKEN", "hunter2")],
            "BINNACLE_METRICS_TOKEN: the token is shorter than 16 characters; take a longer, random one",
        ),
        (
            &["--public-origin", "https://a/b"],
            &[],
            "--public-origin: \"https://a/b\" is not an origin such as https://console.example.org (no path, no trailing slash)",
        ),
    ];
    for (args, env, message) in cases {
        let error = read(args, env).expect_err(message);
        assert_eq!(error.to_string(), *message);
    }
    let file = file("data_dri = \"/x\"\n");
    let error = read(&["--config", file.path().to_str().unwrap()], &[]).unwrap_err().to_string();
    assert!(
        error.starts_with("data_dri in ") && error.ends_with("is not a setting. Did you mean data_dir?"),
        "{error}"
    );
    assert!(matches!(read(&["--lisen", "x"], &[]), Err(ConfigError::Usage { asked: false, .. })));
    assert!(matches!(read(&["--help"], &[]), Err(ConfigError::Usage { asked: true, .. })));
}

#[test]
fn insecure_combinations_are_refused() {
    for args in [
        &["--listen", "0.0.0.0:3000"][..],
        &["--public-origin", "https://console.example.org"],
        &["--public-origin", "http://console.example.org", "--https"],
        &["--session-idle", "2d", "--session-absolute", "1d"],
    ] {
        assert!(matches!(read(args, &[]), Err(ConfigError::Together(_))), "{args:?}");
    }
    let config = read(
        &["--listen", "0.0.0.0:3000", "--public-origin", "https://Console.example.org:443", "--https"],
        &[],
    );
    let config = config.unwrap().config;
    assert!(!config.allow_loopback_clusters);
    assert_eq!(
        config.origins(3000).iter().map(Origin::as_text).collect::<Vec<_>>(),
        ["https://console.example.org"]
    );
}

#[test]
fn loopback_clusters_are_for_a_console_that_only_its_own_machine_reaches() {
    for (args, allowed) in [
        (&[][..], true),
        (&["--public-origin", "http://localhost:3000"], true),
        (&["--public-origin", "http://binnacle.localhost"], true),
        (&["--public-origin", "http://127.0.0.1"], true),
        (&["--public-origin", "http://[::1]"], true),
        (&["--public-origin", "https://[::1]:3443", "--https"], true),
        // Behind a proxy on the same machine.
        (&["--public-origin", "https://console.example.org", "--https"], false),
        (&["--public-origin", "http://localhost.example.org:3000"], false),
        (&["--public-origin", "http://192.0.2.1"], false),
        (&["--public-origin", "http://[2001:db8::1]"], false),
        (&["--listen", "0.0.0.0:3000", "--public-origin", "http://localhost:3000"], false),
        (&["--public-origin", "http://192.0.2.1", "--allow-loopback-clusters", "true"], true),
        (&["--allow-loopback-clusters", "false"], false),
    ] {
        let config = read(args, &[]).unwrap().config;
        assert_eq!(config.allow_loopback_clusters, allowed, "{args:?}");
    }
}

#[test]
fn a_loopback_console_is_known_by_its_loopback_names() {
    let config = read(&[], &[]).unwrap().config;
    let origins: Vec<_> = config.origins(3001).iter().map(Origin::as_text).collect();
    for name in ["http://127.0.0.1:3001", "http://localhost:3001", "http://[::1]:3001"] {
        assert!(origins.contains(&name.to_owned()), "{origins:?}");
    }
}

#[test]
fn commands_are_told_apart() {
    assert_eq!(read(&["--sandbox"], &[]).unwrap().command, Command::Serve);
    for (args, command) in [
        (&["sign-in-link", "--data-dir", "/d"][..], Command::SignInLink("admin".into())),
        (&["sign-in-link", "anna"], Command::SignInLink("anna".into())),
        (&["add-user", "anna"], Command::AddUser("anna".into(), Role::User)),
        (&["add-user", "--data-dir", "/d", "anna", "--admin"], Command::AddUser("anna".into(), Role::Admin)),
    ] {
        assert_eq!(read(args, &[]).unwrap().command, command);
    }
    assert!(read(&["add-user"], &[]).is_err());
    assert_eq!(read(&["backup", "/b/file.db"], &[]).unwrap().command, Command::Backup("/b/file.db".into()));
    let repeated =
        read(&["--sandbox", "--dev", "--sandbox", "5x2000"], &[("BINNACLE_E2E", "sandbox")]).unwrap();
    assert_eq!(repeated.config.sandbox, SandboxMode::Scaled(5, 2000), "the last of a repeated flag counts");
    assert_eq!(read(&["--sandbox", "5x2000"], &[]).unwrap().config.sandbox, SandboxMode::Scaled(5, 2000));
}

#[test]
fn the_manual_holds_the_same_table() {
    let manual =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md")).unwrap();
    let table = markdown_table();
    assert!(manual.contains(&table), "docs/operations.md must hold this table:\n{table}");
}

#[test]
fn an_environment_of_strange_bytes_is_no_panic() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};
    let strange = || OsString::from_vec(vec![b'x', 0xff]);
    let env = environment([
        ("HOME".into(), "/home/ada".into()),
        ("LS_COLORS".into(), strange()),
        (strange(), "x".into()),
    ]);
    assert_eq!(env.unwrap(), BTreeMap::from([("HOME".to_owned(), "/home/ada".to_owned())]));
    let error = environment([("BINNACLE_DATA_DIR".into(), strange())]).unwrap_err();
    assert_eq!(error.to_string(), "environment variable BINNACLE_DATA_DIR: its value is not UTF-8 text");
}
