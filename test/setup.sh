#!/usr/bin/env bash
# Installs what the tests need and is missing: PostgreSQL, Chromium, Chinese
# fonts and readers of PDF from Debian, the browser stories' and the API
# fuzzer's packages.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v chromium >/dev/null || missing+=(chromium)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
[ -n "$(fc-list :lang=zh 2>/dev/null)" ] || missing+=(fontconfig fonts-noto-cjk)
python="" # the lock file was made for 3.11 and serves later ones
for candidate in python3.11 python3.12 python3.13 python3; do
    "$candidate" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    python="$candidate"; break
done
[ -n "$python" ] || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "${missing[@]}" >/dev/null
fi

if [ -f test/browser/package-lock.json ]; then
    make --no-print-directory test/browser/node_modules/.package-lock.json
fi

if ! cmp -s test/requirements.txt test/.venv/installed.txt; then
    rm -rf test/.venv
    "${python:-python3}" -m venv test/.venv
    test/.venv/bin/pip install --quiet --require-hashes -r test/requirements.txt
    cp test/requirements.txt test/.venv/installed.txt
fi
