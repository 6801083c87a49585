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
# The oldest Node.js that the browser tests' and the bundler's packages still support.
oldest_node=20
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
    node_version=$(node --version) # v22.11.0
    node_major=${node_version#v}
    node_major=${node_major%%.*}
else
    node_version="none, or one without npm"
    node_major=0
fi
case $node_major in '' | *[!0-9]*) node_major=0 ;; esac
if [ "$node_major" -lt "$oldest_node" ]; then
    say "Node.js $oldest_node or newer with npm is needed; found: $node_version." >&2
    say "Debian 12's own package is version 18. With its npm (apt-get install npm) a newer one is installed by" >&2
    say "    npm install --global node@22" >&2
    say "(as root; or use your version manager: nvm, fnm, mise), then open a new shell." >&2
    exit 1
fi
if ! command -v cc >/dev/null 2>&1; then
    say "A C compiler is missing: apt-get install build-essential cmake." >&2
    exit 1
fi

built="${CARGO_TARGET_DIR:-target}/debug/xtask"
[ -x "$built" ] || say "==> Building xtask (2 to 5 min the first time)"
exec cargo run --quiet --locked --package xtask -- "$@"
