//! Counters for `/metrics`, in Prometheus' text format.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

/// Upper bounds of the duration histogram, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Panics of this process, whoever caught them. Counted where they begin: some end a request, some a
/// task that nobody waits for.
static PANICS: AtomicU64 = AtomicU64::new(0);

/// Counts a panic; for the panic hook.
pub fn panicked() {
    PANICS.fetch_add(1, Ordering::Relaxed);
}

/// Panics so far.
#[cfg(test)]
pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

#[derive(Debug, Default)]
struct Durations {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum: f64,
}

/// What the console counts about itself. Labels are route patterns, never addresses, so that the
/// number of series is bounded by the routes.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    durations: Mutex<BTreeMap<String, Durations>>,
    refused: AtomicU64,
    refused_connections: AtomicU64,
    failed_sign_ins: AtomicU64,
    sessions: AtomicU64,
    connections: AtomicI64,
    live_sockets: AtomicI64,
}

/// Counts one up while it lives.
#[derive(Debug)]
pub struct Gauge<'a>(&'a AtomicI64);

impl<'a> Gauge<'a> {
    fn new(counter: &'a AtomicI64) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Gauge(counter)
    }
}

impl Drop for Gauge<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts an answered request.
    pub fn request(&self, route: &str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((route.to_owned(), status)).or_default() += 1;
        drop(requests);
        let mut durations = self.durations.lock().unwrap_or_else(PoisonError::into_inner);
        let series = durations.entry(route.to_owned()).or_default();
        let seconds = took.as_secs_f64();
        for (bucket, bound) in series.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(seconds <= bound);
        }
        series.count += 1;
        series.sum += seconds;
    }

    /// Counts a request that the gate refused.
    pub fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a connection that its address may not have.
    pub fn connection_refused(&self) {
        self.refused_connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a sign-in with a wrong name or password.
    pub fn failed_sign_in(&self) {
        self.failed_sign_ins.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes how many sessions the store holds.
    pub fn set_sessions(&self, count: u64) {
        self.sessions.store(count, Ordering::Relaxed);
    }

    /// Counts a connection while the guard lives.
    pub fn connection(&self) -> Gauge<'_> {
        Gauge::new(&self.connections)
    }

    /// Counts a live socket while the guard lives.
    pub fn live_socket(&self) -> Gauge<'_> {
        Gauge::new(&self.live_sockets)
    }

    /// Live sockets now.
    #[cfg(test)]
    pub fn live_sockets(&self) -> i64 {
        self.live_sockets.load(Ordering::Relaxed)
    }

    /// Everything, with clusters counted by state.
    pub fn render(&self, clusters: &BTreeMap<&'static str, usize>) -> String {
        let mut out = String::new();
        head(&mut out, "binnacle_http_requests_total", "counter", "Requests answered.");
        for ((route, status), count) in &*self.requests.lock().unwrap_or_else(PoisonError::into_inner) {
            line(
                &mut out,
                format_args!("binnacle_http_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}"),
            );
        }
        let name = "binnacle_http_request_duration_seconds";
        head(&mut out, name, "histogram", "Time to the answer's head.");
        for (route, series) in &*self.durations.lock().unwrap_or_else(PoisonError::into_inner) {
            for (bound, count) in BOUNDS.iter().zip(series.buckets) {
                line(&mut out, format_args!("{name}_bucket{{route=\"{route}\",le=\"{bound}\"}} {count}"));
            }
            line(&mut out, format_args!("{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {}", series.count));
            line(&mut out, format_args!("{name}_sum{{route=\"{route}\"}} {}", series.sum));
            line(&mut out, format_args!("{name}_count{{route=\"{route}\"}} {}", series.count));
        }
        head(&mut out, "binnacle_clusters", "gauge", "Registered clusters by state.");
        for (state, count) in clusters {
            line(&mut out, format_args!("binnacle_clusters{{state=\"{state}\"}} {count}"));
        }
        let count = |counter: &AtomicU64| i64::try_from(counter.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let plain = [
            ("binnacle_panics_total", "counter", "Panics caught.", count(&PANICS)),
            (
                "binnacle_refused_requests_total",
                "counter",
                "Requests refused as foreign.",
                count(&self.refused),
            ),
            (
                "binnacle_refused_connections_total",
                "counter",
                "Connections refused because their address had as many as it may.",
                count(&self.refused_connections),
            ),
            ("binnacle_failed_sign_ins_total", "counter", "Sign-ins refused.", count(&self.failed_sign_ins)),
            ("binnacle_sessions", "gauge", "Sessions in the store.", count(&self.sessions)),
            ("binnacle_connections", "gauge", "Open connections.", self.connections.load(Ordering::Relaxed)),
            (
                "binnacle_live_sockets",
                "gauge",
                "Open live sockets.",
                self.live_sockets.load(Ordering::Relaxed),
            ),
        ];
        for (name, kind, help, value) in plain {
            head(&mut out, name, kind, help);
            line(&mut out, format_args!("{name} {value}"));
        }
        out
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    line(out, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_add_up() {
        let metrics = Metrics::default();
        metrics.request("/login", 200, Duration::from_millis(3));
        metrics.request("/login", 200, Duration::from_millis(300));
        metrics.request("/login", 401, Duration::from_secs(60));
        let socket = metrics.live_socket();
        let text = metrics.render(&BTreeMap::from([("running", 3)]));
        for line in [
            "binnacle_http_requests_total{route=\"/login\",status=\"200\"} 2",
            "binnacle_http_request_duration_seconds_bucket{route=\"/login\",le=\"0.005\"} 1",
            "binnacle_http_request_duration_seconds_bucket{route=\"/login\",le=\"0.5\"} 2",
            "binnacle_http_request_duration_seconds_bucket{route=\"/login\",le=\"+Inf\"} 3",
            "binnacle_http_request_duration_seconds_count{route=\"/login\"} 3",
            "binnacle_clusters{state=\"running\"} 3",
            "binnacle_live_sockets 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\nis not in\n{text}");
        }
        drop(socket);
        assert_eq!(metrics.live_sockets(), 0);
    }
}
