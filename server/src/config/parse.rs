//! Values: from text to what they mean, with a sentence for each way to be wrong.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use super::{LogFormat, Origin, SandboxMode};

type Parsed<T> = Result<T, String>;

pub fn boolean(text: &str) -> Parsed<bool> {
    match text {
        "true" | "on" | "yes" | "1" => Ok(true),
        "false" | "off" | "no" | "0" => Ok(false),
        _ => Err(format!("\"{text}\" is neither true nor false")),
    }
}

/// `None` for `auto`.
pub fn auto_boolean(text: &str) -> Parsed<Option<bool>> {
    if text == "auto" {
        return Ok(None);
    }
    boolean(text).map(Some).map_err(|_| format!("\"{text}\" is none of auto, true and false"))
}

pub fn address(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| format!("\"{text}\" is not an IP address and port such as 127.0.0.1:3000"))
}

pub fn addresses(text: &str) -> Parsed<Vec<IpAddr>> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().map_err(|_| format!("\"{part}\" is not an IP address")))
        .collect()
}

/// `90s`, `15m`, `8h`, `7d`.
pub fn duration(text: &str) -> Parsed<Duration> {
    let wrong = || format!("\"{text}\" is not a duration such as 90s, 15m, 8h or 7d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    match count.checked_mul(seconds) {
        Some(total) if (60..=365 * 86_400).contains(&total) => Ok(Duration::from_secs(total)),
        _ => Err(format!("\"{text}\" is not between 1m and 365d")),
    }
}

pub fn sandbox(text: &str) -> Parsed<SandboxMode> {
    if let Ok(on) = boolean(text) {
        return Ok(if on { SandboxMode::Demo } else { SandboxMode::Off });
    }
    if text == "hostile" {
        return Ok(SandboxMode::Hostile);
    }
    let numbers =
        text.split_once('x').and_then(|(a, b)| Some((a.parse::<u32>().ok()?, b.parse::<u32>().ok()?)));
    match numbers {
        // The upper bounds keep a typing error from filling the machine's memory.
        Some((clusters @ 1..=500, workloads @ 0..=200_000)) => Ok(SandboxMode::Scaled(clusters, workloads)),
        Some(_) => {
            Err(format!("\"{text}\" is out of range: 1 to 500 clusters with 0 to 200000 workloads each"))
        }
        None => Err(format!("\"{text}\" is none of true, false and a size such as 5x2000")),
    }
}

pub fn log_format(text: &str) -> Parsed<LogFormat> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(format!("\"{text}\" is neither text nor json")),
    }
}

pub fn connections(text: &str) -> Parsed<usize> {
    match text.parse() {
        Ok(count @ 1..=1_000_000) => Ok(count),
        _ => Err(format!("\"{text}\" is not a number from 1 to 1000000")),
    }
}

pub fn origin(text: &str) -> Parsed<Origin> {
    let wrong = || {
        format!(
            "\"{text}\" is not an origin such as https://console.example.org (no path, no trailing slash)"
        )
    };
    let uri: http::Uri = text.parse().map_err(|_| wrong())?;
    let (scheme, default_port) = match uri.scheme_str() {
        Some("https") => ("https", 443),
        Some("http") => ("http", 80),
        _ => return Err(wrong()),
    };
    let authority = uri.authority().ok_or_else(wrong)?;
    if authority.as_str().contains('@') || text.ends_with('/') || uri.path() != "/" || uri.query().is_some() {
        return Err(wrong());
    }
    let host = authority.host().to_ascii_lowercase();
    let authority = match authority.port_u16() {
        Some(port) if port != default_port => format!("{host}:{port}"),
        _ => host,
    };
    Ok(Origin { scheme, authority })
}
