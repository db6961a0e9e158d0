# Everything is in .venv of this checkout. The locks hold hashes, so that what is installed is what was tried.
# PORT and DEMO_DIR, given before or after `make demo`, reach the demo by the environment.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# A lock binds as constraints too: of a package that is asked for with an extra, pip would look for the newest there is.
LOCKED = --require-hashes -r $(1) -c $(1)
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/django.po)

# Stamps are compared in this order: the development set holds the demo's.
.NOTPARALLEL:
.PHONY: demo test test-all bench lint format messages api-docs lock
.DEFAULT_GOAL := demo

demo: .venv/demo.stamp .venv/bin/sekisho $(CATALOGUES:.po=.mo)
	@exec $(BIN)/python -m portal.demo

# FAST=1 runs, in two minutes, what a change against main can have broken.
test: .venv/dev.stamp .venv/bin/sekisho $(CATALOGUES:.po=.mo)
	@exec $(BIN)/python .ci/gate.py $(if $(FAST),fast,test)

# And what is exhaustive: every crash point, every fault by every way to grant, every page by four pairs of eyes.
test-all: .venv/dev.stamp .venv/bin/sekisho $(CATALOGUES:.po=.mo)
	@exec $(BIN)/python .ci/gate.py test-all

# Speed, as ratios to a floor measured in the same run; needs PostgreSQL. Results go to standard output, the rest to the other.
bench: .venv/dev.stamp $(CATALOGUES:.po=.mo)
	@TEST_DATABASE_URL=$${TEST_DATABASE_URL:-postgresql://postgres@127.0.0.1:5432/postgres} BENCH_FD=3 \
		$(BIN)/python -m pytest --quiet --capture=no -p no:randomly tests/bench 3>&1 1>&2

lint: .venv/dev.stamp
	@exec $(BIN)/python .ci/gate.py lint

format: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# What the pages say, from the sources into locale/ja: new sentences come in empty, and the gate refuses empty ones.
messages: .venv/dev.stamp
	$(BIN)/python -m tests.structure.messages

# What programs are written against, from the sources into docs; the gate compares.
api-docs: .venv/dev.stamp
	@DJANGO_SETTINGS_MODULE=portal.settings.test $(BIN)/python -m tests.structure.api_documents
	@DJANGO_SETTINGS_MODULE=portal.settings.test $(BIN)/python -m tests.structure.webhook_documents
	@DJANGO_SETTINGS_MODULE=portal.settings.test $(BIN)/python -m tests.structure.trail_document

# The development lock is compiled first and binds the others, so that a package has one version in all three.
lock: .venv/dev.stamp
	$(PIP) uv
	$(COMPILE) --extra demo --extra dev -o requirements-dev.lock pyproject.toml
	$(COMPILE) --constraint requirements-dev.lock --extra demo -o requirements-demo.lock pyproject.toml
	$(COMPILE) --constraint requirements-dev.lock -o requirements.lock pyproject.toml

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sekisho needs Python 3.11 or newer; name one with PYTHON=…")'
	@$(PYTHON) -m venv .venv

.venv/demo.stamp: requirements-demo.lock | .venv/bin/python
	@echo "Installing what the demo needs, once."
	@$(PIP) $(call LOCKED,requirements-demo.lock)
	@touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/bin/python
	@echo "Installing what development needs, once."
	@$(PIP) $(call LOCKED,requirements-dev.lock)
	@touch .venv/demo.stamp $@

# The checkout is not installed, so no lock has to hold what builds it.
.venv/bin/sekisho: | .venv/bin/python
	@$(BIN)/python -m portal.cli.launcher $@

%.mo: %.po | .venv/demo.stamp
	@$(BIN)/pybabel --quiet compile -i $< -o $@
