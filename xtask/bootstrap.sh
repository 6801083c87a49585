#!/bin/sh
# Installs the Rust toolchain of rust-toolchain.toml when it is missing, then hands over to xtask.
# (cargo cannot do this itself where automatic installs are switched off.)
set -eu
cd "$(dirname "$0")/.."
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
export PATH

say() { printf '%s\n' "$*"; }

if ! cargo --version >/dev/null 2>&1; then
    if ! command -v rustup >/dev/null 2>&1; then
        say "Rust is missing: install rustup, then try again." >&2
        exit 1
    fi
    say "==> Installing the Rust toolchain of rust-toolchain.toml (about 1 min)"
    rustup toolchain install
fi
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    say "Node.js (20 or newer) with npm is missing: apt-get install nodejs npm." >&2
    exit 1
fi
if ! command -v cc >/dev/null 2>&1; then
    say "A C compiler is missing: apt-get install build-essential cmake." >&2
    exit 1
fi

built="${CARGO_TARGET_DIR:-target}/debug/xtask"
[ -x "$built" ] || say "==> Building xtask (2 to 5 min the first time)"
exec cargo run --quiet --locked --package xtask -- "$@"
