# Everything a developer runs. `make` lists the targets.

GOLANGCI_LINT_VERSION := v2.15.0
GOVULNCHECK_VERSION   := v1.9.0
COMPOSE_GO_VERSION    := v2.16.2

# One test binary may take this long; extra arguments go to demo, test, bench and delivery.
TEST_TIMEOUT ?= 10m
ARGS         ?=

# Tools are kept outside the clone, so that a new clone does not build them again.
TOOLS         ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/shopwarden/tools
GOLANGCI_LINT := $(TOOLS)/golangci-lint-$(GOLANGCI_LINT_VERSION)/golangci-lint
BROWSERS      := chromium chromium-browser google-chrome google-chrome-stable
BROWSER_TESTS := $(wildcard bot/demo/*browser*_test.go bot/web/*browser*_test.go)

export PATH := $(TOOLS)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help demo build test reference long bench delivery cover lint fmt vuln compose image clean need-cc need-redis need-browser

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: ## the whole thing on this machine, no accounts; needs only Go
	go run ./bot demo $(ARGS)

build: ## the binary ./shopwarden
	CGO_ENABLED=0 go build -trimpath -o shopwarden ./bot

test: need-cc need-redis need-browser ## vet and all quick tests with the race detector; installs what they need
	go vet ./...
	go test -race -count=1 -timeout $(TEST_TIMEOUT) $(ARGS) ./...
	go test -count=1 -timeout $(TEST_TIMEOUT) -run TestAConversation ./bot
	cd bot/sqlref && go vet ./... && go test -count=1 -timeout $(TEST_TIMEOUT) $(ARGS) ./...

reference: need-cc ## the counters and points of 1,000,000 events against plain SQL; some minutes
	cd bot/sqlref && go run . $(ARGS)

long: need-cc need-redis need-browser ## the same with the long suites: more seeds, more faults, a cluster
	SHOPWARDEN_LONG=1 go test -race -count=1 -timeout 60m $(ARGS) ./...

bench: need-redis ## throughput against a bound and a naive baseline, in one run
	go run ./bot/loadtest $(ARGS)

delivery: need-redis ## 100,000 digests with alerts between, then faults and kill -9; some five minutes
	go run ./bot/loadtest --delivery $(ARGS)

cover: need-redis need-browser ## coverage of each function and in all, in coverage.out and coverage.txt
	go test -count=1 -timeout $(TEST_TIMEOUT) -coverpkg=./... -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out >coverage.txt
	@tail -n 1 coverage.txt

lint: $(GOLANGCI_LINT) ## golangci-lint with .golangci.yml; the first run builds it, some three minutes
	$(GOLANGCI_LINT) run ./...
	cd bot/sqlref && $(GOLANGCI_LINT) run ./...

fmt: $(GOLANGCI_LINT) ## gofmt and goimports
	$(GOLANGCI_LINT) fmt ./...

vuln: ## known vulnerabilities that the code reaches; asks the Go vulnerability database
	go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION) ./...

# Without the compose plugin the file goes through the loader the plugin is built on.
compose: ## check compose.yaml; needs no Docker engine
	@if docker compose version >/dev/null 2>&1; then docker compose config -q; \
	else go run github.com/compose-spec/compose-go/v2/cmd@$(COMPOSE_GO_VERSION) compose.yaml >/dev/null; fi
	@echo "compose.yaml is valid"

image: ## the container image shopwarden:latest
	docker build -f bot/Dockerfile -t shopwarden:latest .

clean: ## remove what builds and tests leave in the clone
	rm -rf shopwarden bin coverage.out coverage.txt

$(GOLANGCI_LINT):
	GOBIN=$(dir $@) GOFLAGS= go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

# $(call apt,packages,what for,the same without this file,elsewhere) installs Debian packages where that
# needs no password, and otherwise says what to install and stops. RUNLEVEL=1 asks not to start services.
define apt
	if ! command -v apt-get >/dev/null 2>&1; then as=; \
	elif [ "$$(id -u)" = 0 ]; then as=env; \
	elif sudo -n true 2>/dev/null; then as='sudo -n env'; \
	else as=; fi; \
	if [ -z "$$as" ]; then \
		echo "$(2) is missing. Install it and run make again:" >&2; \
		echo "  Debian, Ubuntu: sudo apt-get install --no-install-recommends $(3)" >&2; \
		echo "  elsewhere:      $(4)" >&2; \
		exit 1; \
	fi; \
	echo "installing $(1) for $(2)"; \
	$$as DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null || exit 1; \
	$$as DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $(1) </dev/null || exit 1
endef

need-cc:
	@command -v "$$(go env CC)" >/dev/null 2>&1 || { $(call apt,gcc libc6-dev,a C compiler (for the race detector and SQLite),gcc libc6-dev,any C compiler as cc or gcc); }

# Debian's server is the checker in redis-tools under another name. Taking it from there gives the tests a
# redis-server without the package that would run one as a service on port 6379. Each test starts its own;
# a Redis that is already running is never touched.
need-redis:
	@command -v redis-server >/dev/null 2>&1 || { \
	$(call apt,redis-tools,redis-server,redis-server,Redis 7 or newer with redis-server on the PATH (brew install redis)); \
	mkdir -p $(TOOLS)/bin && ln -sf /usr/bin/redis-check-rdb $(TOOLS)/bin/redis-server; \
	redis-server --version | grep -q '^Redis server' || { rm -f $(TOOLS)/bin/redis-server; \
	$(call apt,redis-server,redis-server,redis-server,Redis 7 or newer with redis-server on the PATH (brew install redis)); }; }

need-browser:
ifneq ($(BROWSER_TESTS),)
	@for b in $(BROWSERS); do command -v $$b >/dev/null 2>&1 && exit 0; done; \
	$(call apt,chromium,a browser (for the dashboard tests),chromium,Chromium or Chrome on the PATH)
endif
