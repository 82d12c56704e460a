#!/usr/bin/env bash
# The benchmarks of docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")/.."
go test -run '^$' -bench . -benchmem ./bench/...
