# Janaseva: the commands of everyday. Nothing here needs more than Python >= 3.11 and make.
#   make up      on a fresh machine: everything installed, loaded, started, and its addresses printed
#   make check   everything that a change must pass

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
UV := build/uv-$(UV_VERSION)/bin/uv
BIN := .venv/bin
INSTALLED := .venv/.installed

# The interpreter: the first of these that is new enough and can make virtual environments. PYTHON=... chooses another.
# The system's own comes first: it gets security updates, and is built with a profile, which saves a fifth of the time of
# one that was compiled without (docs/performance.md).
PYTHON ?= $(shell for python in /usr/bin/python3 python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# Only what the lock names is installed, with the machine's own certificates, and never another Python.
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
export UV_NO_PROGRESS := 1
# Compiled at once, with all cores: else each process that starts first does it again, beside the others.
export UV_COMPILE_BYTECODE := 1

.PHONY: help up install check test test-postgres house clock attacks fmt lint types migrations packs bench others busy demo sbom clean

help: ## Show these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: install ## Install, load packs and demonstration people, start web and worker, print the addresses
	@JANASEVA_DEMONSTRATION=true exec $(BIN)/janaseva up

install: $(INSTALLED) ## Make .venv from uv.lock (nothing to do where it is up to date)

$(INSTALLED): pyproject.toml uv.lock
	@$(MAKE) $(UV)
	@echo "Installing what uv.lock names into .venv"
	@$(UV) sync --frozen --quiet --python "$(PYTHON)" || $(MAKE) install-by-pip
	@touch $@

$(UV):
	@if [ -z "$(PYTHON)" ]; then \
		echo "Janaseva needs Python 3.11 or newer, with its venv module, and found none."; \
		echo "On Debian and Ubuntu: apt-get install python3 python3-venv. Or name one: make PYTHON=/path/to/python3"; \
		exit 1; fi
	@echo "Making the installer ($$($(PYTHON) --version), uv $(UV_VERSION))"
	@$(PYTHON) -m venv build/uv-$(UV_VERSION)
	@build/uv-$(UV_VERSION)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# Where uv cannot reach the addresses in the lock but pip knows a mirror: the same versions and hashes, by pip.
.PHONY: install-by-pip
install-by-pip:
	@echo "uv could not fetch; trying pip with its own configuration, the same versions and hashes"
	@$(UV) export --frozen --quiet --no-emit-project --output-file build/requirements.txt
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement build/requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .

check: install ## Everything a change must pass: format, lint, types, walls, migrations, packs, tests on both databases
	@$(BIN)/python tests/check.py

test: install ## The tests on SQLite, e.g. make test ARGS="tests/people -k sign_in"
	@$(BIN)/pytest -n auto $(ARGS)

test-postgres: install ## The tests on PostgreSQL, races included
	@$(BIN)/pytest -n auto --db=postgres $(ARGS)

house: install ## The laws of the house alone (docs/house.md), in seconds
	@$(BIN)/pytest tests/house -q -p no:randomly $(ARGS)

clock: install ## Ten thousand random cases of calendar and clock against a slow reading of the rules
	@CLOCK_CASES=10000 $(BIN)/pytest -q -p no:randomly tests/workflow/test_clock_reference.py $(ARGS)

attacks: install ## Try every attack of docs/security.md, also with its guard switched off; a table and a line of JSON
	@JANASEVA_DATA_DIR=build/check $(BIN)/python -m tests.attacks $(ARGS)

fmt: install ## Put the source into shape
	@$(BIN)/ruff check --fix-only --quiet . || true
	@$(BIN)/ruff format .

lint: install ## Style alone
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: install ## Types alone
	@JANASEVA_DATA_DIR=build/check $(BIN)/mypy

migrations: install ## Say which tables have changed without a migration
	@JANASEVA_DATA_DIR=build/check $(BIN)/django-admin makemigrations --check --dry-run --settings janaseva.settings

packs: install ## Check every pack and run its examples
	@$(BIN)/janaseva packs check packs && $(BIN)/janaseva packs test packs

bench: install ## Measure whole flows, acts, certificates, the log, pages: ratios to raw SQL and to others, goals met or not
	@$(MAKE) others || echo "Others could not be installed; bench goes on without them."
	@$(BIN)/python -m bench $(ARGS)

others: build/others/.installed ## Install what bench measures beside us, in an environment of its own (bench/others)

# What a bench needs beside the platform, as its own lock says.
build/others/.installed build/busy/.installed: build/%/.installed: bench/%/requirements.lock
	@$(MAKE) $(UV)
	@$(UV) venv --quiet --clear --python "$(PYTHON)" build/$*
	@$(UV) pip install --quiet --python build/$*/bin/python --require-hashes --requirement $< \
		|| (rm -rf build/$* && $(PYTHON) -m venv build/$* && build/$*/bin/pip install --quiet \
			--disable-pip-version-check --require-hashes --requirement $<) \
		|| (rm -rf build/$*; exit 1)
	@touch $@

cluster: install ## Three databases, two web servers and a proxy on this machine (root; docs/operations/cluster.md)
	@$(BIN)/python -m deploy.cluster up $(ARGS)

faults: install ## Kill, cut off and fill up on purpose, and count what was lost (docs/operations/faults.md)
	@$(BIN)/python -m tests.faults $(ARGS)

busy: install build/busy/.installed ## The busiest day on the cluster, e.g. make busy ARGS="--rate 5 --minutes 10" or ARGS="--find --minutes 2"
	@$(BIN)/python -m bench.busy $(ARGS)

demo: install ## Take one application of every service from apply to verified certificate, in a scratch database
	@$(BIN)/janaseva demo journey --json

sbom: install $(UV) ## Write what is shipped, and under which licences, to build/sbom.json (CycloneDX)
	@mkdir -p build
	@UV_PROJECT_ENVIRONMENT=build/runtime $(UV) sync --frozen --no-dev --no-install-project --quiet --python $(BIN)/python
	@$(BIN)/cyclonedx-py environment --gather-license-texts --pyproject pyproject.toml --mc-type application \
		--output-reproducible --output-file build/sbom.json build/runtime/bin/python
	@echo "build/sbom.json"

clean: ## Remove what was built; data in var/ stay
	@rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
