#!/usr/bin/env bash
# Fuzzes the API of the program that make build left; needs test/setup.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
exec test/.venv/bin/python test/apifuzz.py
