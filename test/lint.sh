#!/usr/bin/env bash
# Every static check; all of them run, and any of them fails the whole.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
check() {
    local name="$1"; shift
    echo "lint: $name"
    "$@" || { echo "lint: $name FAILED" >&2; failed=1; }
}

formatted() {
    local wrong; wrong="$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l)"
    [ -z "$wrong" ] || { echo "run gofmt -w on:"; echo "$wrong"; return 1; }
}
# About 500 lines is the aim, 650 the end; catalogues of words are exempt.
short_files() {
    git ls-files -co --exclude-standard '*.go' '*.ts' '*.tsx' '*.sql' '*.sh' | grep -v 'src/api/schema.d.ts\|src/i18n/' | xargs wc -l |
        awk '$2 != "total" && $1 > 650 { print $2 ": " $1 " lines, split it by noun"; bad = 1 } END { exit bad }'
}
openapi() {
    [ -f api/openapi.yaml ] || return 0
    diff -u api/openapi.yaml <(go run ./cmd/qianmo openapi) || { echo "run make openapi"; return 1; }
}
console_types() {
    [ -f web/src/api/schema.d.ts ] || return 0
    (cd web && diff -u src/api/schema.d.ts <(npx --no-install openapi-typescript ../api/openapi.yaml)) || { echo "run make openapi"; return 1; }
}
# The vulnerability databases are outside the package registries. Where they
# cannot be reached this says so and goes on; a finding fails.
vulnerabilities() {
    local out
    if out="$(go run golang.org/x/vuln/cmd/govulncheck@v1.8.0 ./... 2>&1)"; then
        echo "govulncheck: nothing known"
    elif grep -q 'fetching vulnerabilities' <<<"$out"; then
        echo "govulncheck: NOT CHECKED, the vulnerability database cannot be reached"
    else
        echo "$out"; return 1
    fi
}
npm_audit() {
    local out
    if out="$(cd web && npm audit --omit=dev 2>&1)"; then
        echo "npm audit: nothing known"
    elif grep -q 'audit endpoint returned an error\|ENOTFOUND\|ECONNREFUSED' <<<"$out"; then
        echo "npm audit: NOT CHECKED, the advisory service cannot be reached"
    else
        echo "$out"; return 1
    fi
}

check "gofmt" formatted
check "file length" short_files
check "go vet" go vet ./...
check "staticcheck" go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
check "OpenAPI is up to date" openapi
check "the console's API types are up to date" console_types
check "TypeScript" npm --prefix web run --silent types
check "ESLint" npm --prefix web run --silent lint
check "Go vulnerabilities" vulnerabilities
check "npm vulnerabilities" npm_audit
[ "$failed" = 0 ] && echo "lint: clean"
exit "$failed"
