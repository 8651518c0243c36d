# The front door. `make help` says what there is; each target sets up what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

EDITION ?= sample
FROM ?=

.PHONY: help setup refresh test check ui bench lock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make the virtual environment from requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Rebalance needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "'$(PYTHON)' has no venv module. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	@echo "Setting up $(VENV) (a few minutes the first time)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

refresh: $(STAMP) ## Run the whole way and publish (EDITION=sample|folder|live, FROM=<folder>)
	@$(BIN)/rebalance refresh --edition $(EDITION) $(if $(FROM),--from "$(FROM)")

test: lint ## Every check and every test
	@$(BIN)/pytest -n 2 --dist loadgroup

check: $(STAMP) ## Lint, types and the fast tests, in under two minutes
	@$(MAKE) --no-print-directory --jobs 2 lint fast

.PHONY: lint lint-python fast
fast: $(STAMP)
	@$(BIN)/pytest -n 2 --dist loadgroup -m "not slow"

# SQL beside Python: the type checker has one core.
lint: $(STAMP)
	@$(MAKE) --no-print-directory --jobs 2 lint-python $(VENV)/.sql-linted

lint-python: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright

# SQL is linted where it is newer than the last time; all of it where the rules are, or the macros that it comes to.
SQL := $(shell find dbt_project -name '*.sql' -not -path '*/target/*')
SQL_RULES := .sqlfluff $(filter dbt_project/macros/statistics/%,$(SQL))

$(VENV)/.sql-linted: $(STAMP) $(SQL_RULES) $(SQL)
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar \
	  $(if $(filter $(STAMP) $(SQL_RULES),$?),dbt_project,$(filter %.sql,$?))
	@touch $@

ui: $(STAMP) ## Dagster on http://localhost:3000
	@$(BIN)/rebalance ui

bench: $(STAMP) ## Measure speed and memory; writes docs/benchmarks.md
	@$(BIN)/python -m tests.bench

lock: $(STAMP) ## Pin every dependency again, with hashes and without registry addresses
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-strip-extras --no-header --upgrade --quiet -o requirements.lock

clean: ## Remove the virtual environment and the data folder
	@rm -rf $(VENV) data
