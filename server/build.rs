//! Says where the console's built assets are, so that the binary can embed them.
//!
//! `BINNACLE_SITE` comes from `cargo xtask build`. Without it (`cargo test`, `cargo check`) an empty
//! directory takes its place, and the console serves no assets.
//!
//! And how the binary is linked.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=BINNACLE_SITE");
    println!("cargo:rerun-if-changed=migrations");
    let site = match env::var_os("BINNACLE_SITE") {
        Some(site) => PathBuf::from(site),
        None => {
            let empty = PathBuf::from(env::var("OUT_DIR")?).join("empty-site");
            fs::create_dir_all(&empty)?;
            empty
        }
    };
    if env::var("CARGO_CFG_TARGET_OS")? == "linux" {
        // The addresses that the loader fills in, packed: a megabyte less (glibc 2.36, musl 1.2.4).
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    println!("cargo:rerun-if-changed={}", site.display());
    println!("cargo:rustc-env=BINNACLE_SITE={}", site.display());
    Ok(())
}
