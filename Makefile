# Qianmo. `make run` starts a filled sandbox, `make test` runs every test.
.DEFAULT_GOAL := build
.PHONY: run build openapi test lint bench clean

version := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
console := $(shell git ls-files -co --exclude-standard web 2>/dev/null)

run: build
	bin/qianmo serve --sandbox --data data/sandbox

build: web/dist/index.html
	go build -ldflags '-s -w -X github.com/qianmo/qianmo/internal/app.Version=$(version)' -o bin/qianmo ./cmd/qianmo

web/dist/index.html: web/node_modules/.package-lock.json $(console)
	cd web && npm run build
	touch web/dist/.keep $@

%/node_modules/.package-lock.json: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund
	touch $@

# The API's description and the console's types are generated; lint compares them.
openapi:
	go run ./cmd/qianmo openapi > api/openapi.yaml.part && mv api/openapi.yaml.part api/openapi.yaml
	cd web && npm run api

# Go's own tests come last, so that their summary ends the output.
test: build
	test/setup.sh
	cd web && npm test
	test/apifuzz.sh
	test/browser.sh
	go test -timeout 20m ./...

lint: web/node_modules/.package-lock.json
	test/lint.sh

bench: build
	test/bench.sh

clean:
	rm -rf bin web/dist/* web/node_modules test/.venv test/browser/node_modules
	touch web/dist/.keep
