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

.PHONY: setup java check test test-site fast demo bench yearly lock clean

setup: java $(VENV)/.installed

java:
	@PYTHON="$(PYTHON)" sh tools/prerequisites.sh

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m imaatlas_spark.configuration conf

test: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder

test-site: setup
	@sh tools/site_tools.sh $(SITE_TOOLS)
	SITE_TOOLS=$(SITE_TOOLS) $(BIN)/pytest tests/site

fast: setup
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not spark and not jobs and not slow" tests

demo: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.demo --folder $(DEMO) --persons $(or $(PERSONS),100000)

bench: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks.compare --persons $(or $(PERSONS),1150000) \
		--year $(YEAR) $(if $(YEARS),--years $(YEARS)) --memory $(MEMORY) $(if $(RIVALS),--rivals $(RIVALS))

yearly: setup
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks.yearly_run --persons $(or $(PERSONS),1150000) \
		--year $(YEAR) --memory $(MEMORY)

lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) $(DEMO) bench
