# Một Cửa: `make` lists what can be done. Everything lives in .venv and var/.
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
PYTHON3 ?= python3
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup cluster run story test test-slow test-mining check lock bench clean browser pango

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(VENV)/.installed $(VENV)/.machine-code desk/static/dist/build-id pango ## install everything into .venv from the hashed lock

$(VENV)/.installed: requirements.lock pyproject.toml
	@command -v $(PYTHON3) >/dev/null || { echo "python3 is missing: apt-get install python3"; exit 1; }
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: this is $$($(PYTHON3) --version)"; exit 1; }
	@$(PYTHON3) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@test -x $(PY) || $(PYTHON3) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(VENV)/bin/uv pip sync --quiet --compile-bytecode --python $(PY) --require-hashes requirements.lock
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@touch $@

# The rehearsal's loop is compiled here, not at the first request; it is kept in __pycache__.
KERNEL := $(wildcard simulations/fast/*.py) $(addprefix simulations/,arrivals.py \
	compiling/arrays.py draws.py layout.py live.py office_arrays.py)

$(VENV)/.machine-code: $(KERNEL) | $(VENV)/.installed
	@$(PY) -m simulations.fast
	@touch $@

# The desk's stylesheet, scripts and fonts, built from npm. Node is the system's when it is new
# enough, else it comes by pip into .venv.
desk/static/dist/build-id: desk/frontend/package-lock.json $(wildcard desk/frontend/*.scss desk/frontend/*.css desk/frontend/*.js desk/frontend/*.mjs desk/frontend/designer/* desk/frontend/designer/words/*) | $(VENV)/.installed
	@PATH="$$(sh desk/frontend/node.sh $(VENV))$$PATH"; export PATH; cd desk/frontend && \
		npm ci --silent --no-audit --no-fund && npm run --silent build
	@touch $@

cluster: ## .venv with dask.distributed too, for replications on other machines
	@$(MAKE) --no-print-directory setup
	@$(VENV)/bin/uv pip sync --quiet --python $(PY) --require-hashes requirements-cluster.lock
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .

run: setup ## the desk on http://127.0.0.1:8000 with a training office in it
	@$(VENV)/bin/motcua run

story: setup ## a training office at work in the terminal: cases from receipt to return
	@$(VENV)/bin/motcua training story

# Debian's packages are fetched when root; otherwise they are named, and all else works.
define debian
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && { \
		apt-get install -y -qq --no-install-recommends $(1) >/dev/null 2>&1 || \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $(1); } >/dev/null 2>&1; }; } || \
		echo "$(2): apt-get install $(1)"
endef

pango: $(VENV)/.installed ## what turns letters and reports into PDF, by apt when there is none
	@$(PY) -c 'import sys; from ctypes.util import find_library; sys.exit(not find_library("pangoft2-1.0"))' || \
	$(call debian,libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core,no PDF)

browser: ## a browser for the tests, by apt when there is none
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	$(call debian,chromium,no browser and so no browser tests)

test: setup check browser ## every test: unit, structure, integration on SQLite and PostgreSQL
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile -m "not slow"

test-slow: setup ## the long proofs: kills, races and random processes by the thousand
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile -m slow

MINING := .venv-mining

test-mining: $(MINING)/.installed ## event logs read by PM4Py (AGPL), in an environment of its own
	@$(MINING)/bin/python -m pytest -q tests/integration/reports/test_event_log.py

$(MINING)/.installed: requirements-mining.lock pyproject.toml | setup
	@test -x $(MINING)/bin/python || $(PYTHON3) -m venv $(MINING)
	@$(VENV)/bin/uv pip sync --quiet --python $(MINING)/bin/python --require-hashes requirements-mining.lock
	@$(VENV)/bin/uv pip install --quiet --python $(MINING)/bin/python --no-deps --no-build-isolation -e .
	@touch $@

check: setup ## lint, types and the rooms' import contracts
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

lock: ## write requirements.lock anew from pyproject.toml
	@test -x $(VENV)/bin/uv || { $(PYTHON3) -m venv $(VENV) && $(PY) -m pip install --quiet uv==0.13.9; }
	@$(VENV)/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --universal \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --extra dev --extra distances \
		pyproject.toml build-requirements.in -o requirements.lock
	@$(VENV)/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --universal \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --extra dev --extra mining \
		pyproject.toml build-requirements.in -o requirements-mining.lock
	@$(VENV)/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --universal \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --extra dev --extra distances --extra cluster \
		--constraints requirements.lock \
		pyproject.toml build-requirements.in -o requirements-cluster.lock

bench: setup ## the figures of benchmarks/, each a ratio from one run
	@for figure in benchmarks/[a-z]*.py; do echo "== $$figure"; $(PY) $$figure || exit 1; done

clean: ## forget the virtual environment and the local database
	@rm -rf $(VENV) $(MINING) var desk/static/dist desk/frontend/node_modules \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache
