//! Says where the console's built assets are, so that the binary can embed them.
//!
//! `BINNACLE_SITE` comes from `cargo xtask build`. Without it (`cargo test`, `cargo check`) an empty
//! directory takes its place, and the console serves no assets.

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
    println!("cargo:rerun-if-changed={}", site.display());
    println!("cargo:rustc-env=BINNACLE_SITE={}", site.display());
    Ok(())
}
