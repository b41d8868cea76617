# Each target does all the set-up that it needs on a machine that has Python 3.11+, Java 17+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= demo
YEAR ?= 2021
YEARS ?=
MEMORY ?= 4g
RIVALS ?=
SITE_TOOLS ?= .site-tools

# Tests that have been compiled once are not again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help coverage setup java check test test-site fast faults demo sensitivity bench yearly lock clean

help: ## what each target does
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r target what; do \
		printf '%-14s %s\n' "$$target" "$$what"; done

setup: java $(VENV)/.installed ## the virtual environment .venv, with the locked packages

java: ## is there a Java that Spark starts on?
	@PYTHON="$(PYTHON)" sh tools/prerequisites.sh

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

check: setup ## formatting, types, and the linter of the configuration
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m imaatlas_spark.configuration conf

test: setup ## the whole test suite, in three processes on two cores
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -n 3 --dist loadgroup --no-loadscope-reorder

test-site: setup ## the site in a browser: needs more set-up, which it does
	@sh tools/site_tools.sh $(SITE_TOOLS)
	SITE_TOOLS=$(SITE_TOOLS) $(BIN)/pytest tests/site

faults: setup ## kill, damage and crowd real jobs: takes hours [KILLS=20 SEED=1]
	PATH="$(CURDIR)/$(BIN):$$PATH" FAULTS=1 $(BIN)/pytest -s tests/faults

fast: setup ## the tests that need neither Spark nor other processes
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not spark and not jobs and not slow" tests

coverage: setup ## the whole test suite, and which branches it has not been through
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -n 3 --dist loadgroup --no-loadscope-reorder \
		-p pytest_cov --cov --cov-report=term-missing:skip-covered

demo: setup ## draw a nation, compute its statistics, show them beside the published ones [PERSONS=100000]
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.demo --folder $(DEMO) --persons $(or $(PERSONS),100000)

sensitivity: setup ## how much each national figure moves when a reading is turned [PERSONS=20000]
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.sensitivity --persons $(or $(PERSONS),20000)

bench: setup ## the comparison with DuckDB, Polars and naive PySpark [PERSONS=1150000 YEAR=2021 RIVALS=engine,duckdb]
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks.compare --persons $(or $(PERSONS),1150000) \
		--year $(YEAR) $(if $(YEARS),--years $(YEARS)) --memory $(MEMORY) $(if $(RIVALS),--rivals $(RIVALS))

yearly: setup ## the yearly run, job by job [PERSONS=1150000 YEAR=2021 MEMORY=4g]
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks.yearly_run --persons $(or $(PERSONS),1150000) \
		--year $(YEAR) --memory $(MEMORY)

lock: setup ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-header --output-file requirements.lock pyproject.toml

clean: ## remove what the targets above have made
	rm -rf $(VENV) $(DEMO) bench
