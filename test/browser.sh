#!/usr/bin/env bash
# The browser stories, on the program that make build left.
set -euo pipefail
cd "$(dirname "$0")/browser"
npm test
