//! Serves the sandbox's clusters until Ctrl-C: `cargo run -p binnacle-sandbox --example serve [CLUSTERSxSETS]`.

use binnacle_sandbox::{Sandbox, SandboxOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scale = std::env::args().nth(1).and_then(|text| {
        let (clusters, sets) = text.split_once('x')?;
        Some((clusters.parse().ok()?, sets.parse().ok()?))
    });
    let began = std::time::Instant::now();
    let sandbox = Sandbox::start(SandboxOptions { scale, seed: 1 }).await?;
    for cluster in sandbox.clusters() {
        println!(
            "{} http://{} {} {}",
            cluster.name,
            cluster.address,
            cluster.token,
            if cluster.up { "up" } else { "down" }
        );
    }
    println!("started in {} ms", began.elapsed().as_millis());
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}
