#!/bin/sh
# One command: the population, our run, OpenFisca's, the count of wrong fen, the table.
# usage: bench/assess/run.sh [rows] [runs]     (needs Go, Python 3.11 and the package registries, or a warm cache)
set -eu
rows=${1:-1000000} runs=${2:-5}
here=$(cd "$(dirname "$0")" && pwd)
work=${QIANMO_BENCH:-$(mktemp -d)}
mkdir -p "$work"
(cd "$here/../.." && go build -o "$work/assess" ./bench/assess)
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q --require-hashes -r "$here/requirements.txt"
fi
"$work/assess" generate -rows "$rows" "$work/population.parquet"
"$work/assess" oracle -rows "$rows" "$work/right.bin"
for run in $(seq "$runs"); do # alternating, so that other load falls on both
  "$work/assess" ours -rows "$rows" "$work/population.parquet" "$work/ours.bin" > "$work/ours.$run.json"
  for precision in float32 float64; do
    "$work/venv/bin/python" "$here/openfisca_run.py" "$work/population.parquet" "$work/$precision.bin" "$precision" > "$work/$precision.$run.json"
  done
done
for who in ours float32 float64; do "$work/assess" compare "$work/$who.bin" "$work/right.bin" > "$work/$who.wrong.json"; done
"$work/assess" single > "$work/single.json"
"$work/venv/bin/python" "$here/table.py" "$work" "$runs" "$rows"
