#!/usr/bin/env bash
# The benchmarks of docs/benchmarks.md, one after another.
set -euo pipefail
cd "$(dirname "$0")/.."
for bench in bench/*/; do
    echo "== $bench"
    if [ -x "$bench/run.sh" ]; then "$bench/run.sh"; else go run "./$bench"; fi
done
