# `make up` runs Switchyard, `make test` tests it. The other targets are for work on it.

PYTHON := .venv/bin/python
SHELL := /bin/bash

.PHONY: up test bench lint fmt lock packages

# exec: Ctrl-C and `kill` reach the program itself.
up: .venv/installed
	@exec $(PYTHON) manage.py up

test: .venv/installed-dev packages
	@$(PYTHON) -m pytest $(ARGS)

bench: .venv/installed-dev
	@$(PYTHON) -m bench $(ARGS)

lint: .venv/installed-dev
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/lint-imports

fmt: .venv/installed-dev
	@.venv/bin/ruff check --fix . && .venv/bin/ruff format .

# For all platforms and Pythons at once; needs uv (https://docs.astral.sh/uv/).
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header pyproject.toml
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	@$(LOCK) --output-file requirements.lock
	@$(LOCK) --group dev --output-file requirements-dev.lock

.venv/installed: requirements.lock
	@.ci/install requirements.lock $@

.venv/installed-dev: requirements-dev.lock
	@.ci/install requirements-dev.lock $@

packages:
	@.ci/package chromium "the tests in a browser" chromium chromium-browser google-chrome
	@.ci/package redis-server "the tests of Redis Streams" redis-server
