//! The engine: libFuzzer over the target that `BINNACLE_FUZZ` names (`cargo xtask fuzz` starts it).

#![no_main]

use std::sync::LazyLock;

use binnacle_fuzz::{Shape, Target, mutate, target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("BINNACLE_FUZZ").unwrap_or_default();
    *target(&name).unwrap_or_else(|| panic!("BINNACLE_FUZZ names no target: {name:?}"))
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    (TARGET.run)(data);
});

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if TARGET.shape == Shape::Text {
        return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
    }
    let changed = mutate(&data[..size], max_size, seed);
    data[..changed.len()].copy_from_slice(&changed);
    changed.len()
});
