.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := $(BIN)/python -m outlay.webtools

.PHONY: help setup demo test test-long lint bench bench-large bench-web docs-check validate-official screenshots lock clean

help: ## List every verb
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 28

$(VENV)/.ready: requirements-dev.lock pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/pip check --quiet
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

web/node_modules/.ready: web/package-lock.json $(VENV)/.ready
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

WEB_SOURCES := $(shell find web/src -type f 2>/dev/null) web/index.html web/package.json web/vite.config.ts

web/dist/.ready: $(WEB_SOURCES) web/node_modules/.ready
	$(NPM) run build --silent
	@touch $@

setup: $(VENV)/.ready web/dist/.ready ## Install everything into .venv and build the web app
	@echo "Ready: $(BIN)/outlay --help"

demo: setup ## Serve deterministic demo data on http://127.0.0.1:8080
	$(BIN)/outlay demo

test: setup ## Run every test a commit needs: Python, TypeScript, headless Chromium
	@$(BIN)/python -m outlay.webtools --check-chromium
	$(BIN)/python -m pytest tests -q -n 2 --dist loadfile -m "not long"
	$(NPM) run lint --silent
	$(NPM) run test --silent

test-long: setup ## Run the long tier: 200 kills, deep Hypothesis, the web kits in Chromium
	OUTLAY_HYPOTHESIS=long $(BIN)/python -m pytest tests -q
	$(NPM) run test:browser --silent

lint: setup ## Check style, types, imports and dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(NPM) run lint --silent

bench: setup ## Measure the promises of speed and memory (small tier, at most 5 minutes)
	$(BIN)/python -m benchmarks

bench-large: setup ## Measure them at 10 and 50 million lines
	$(BIN)/python -m benchmarks --large

bench-web: setup ## Measure the promises of the pages in Chromium
	$(BIN)/python -m benchmarks --web

docs-check: setup ## Check that the docs say what the code does
	$(BIN)/python -m pytest tests/docs -q

validate-official: setup ## Run the official FOCUS 1.2 validator on an export, where Python 3.12 is at hand
	$(BIN)/python -m tests.official_validator

screenshots: setup ## Draw the screenshots of README and docs from demo data
	$(BIN)/python -m docs.screenshots

lock: ## Resolve the dependencies again (needs uv)
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock

clean: ## Remove what was built
	rm -rf $(VENV) web/node_modules web/dist
