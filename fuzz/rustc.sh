#!/bin/sh
# rustc for the crates of this workspace alone (RUSTC_WORKSPACE_WRAPPER): adds what libFuzzer counts by.
# These are the flags of cargo-fuzz; without a sanitizer they need no nightly. Programs that run while
# building have no engine to count for.
case " $* " in
*" --crate-type proc-macro "* | *" --crate-name build_script"*) exec "$@" ;;
esac
exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares
