# The one place for what people type. `make help` lists it.
# Needs GNU make, Python 3.11 or newer and git; everything else goes into .venv.

PYTHON ?= python3
VENV   ?= .venv
# Where make demo finds its engine: auto (one that answers, else one of our own) or private.
ENGINE ?= auto
# What make test brings up before the tests; all images, so that no test waits for a build.
LAB_UP ?= up --images all

# An absolute path, because stages run in other directories too.
BIN     := $(abspath $(VENV))/bin
PY      := $(BIN)/python
READY   := $(VENV)/.installed
STAGE   := $(PY) tests/summary.py
REPORTS := build/reports

# --fresh-env: a page that was read before is not warned about again, unless it is read anew.
DOCS    := $(PY) -m sphinx --fresh-env --fail-on-warning --keep-going --nitpicky --quiet \
	-b html docs build/docs

# Tests that need nothing but Python; the rest needs the lab's engine, Ansible or a package index.
UNIT := not engine and not ansible and not packaging

# One line appears as it happens, also where the output goes to a file.
export PYTHONUNBUFFERED := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# ansible-test and ansible-playbook are started by name.
export PATH := $(BIN):$(PATH)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv bench check lint format types unit test test-all test-engines test-pythons demo docs \
	lab-up lab-down build clean

help: ## List the targets
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='|' read -r name text; do printf '%-16s %s\n' "$$name" "$$text"; done

venv: $(READY) ## Make the environment (.venv) with the project and all its tools
	@echo "The environment is ready: $(VENV)"

# The stamp is newer than pyproject.toml when everything that it names is installed.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is missing or older than 3.11: name another, make PYTHON=python3.12 ..." >&2; \
		exit 1; }
	@# Debian and Ubuntu keep what venv needs in a package of its own.
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo 'Installing python3-venv, without which Python makes no environments'; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
				apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; \
		fi; \
		$(PYTHON) -c 'import ensurepip, venv' || { \
			echo "$(PYTHON) cannot make environments: install its venv module" \
				"(Debian, Ubuntu: sudo apt-get install python3-venv)" >&2; \
			exit 1; }; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) and installing the project and its tools"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --editable '.[dev]'
	@touch $@

check: lint types unit ## Lint, types and the tests that need no engine: under a minute

lint: $(READY) ## Check style and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: $(READY) ## Repair style and format where that can be done by itself
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: $(READY) ## Check the types
	$(PY) -m mypy

unit: $(READY) ## Run the tests that need no engine
	$(PY) -m pytest -m '$(UNIT)'

# Every stage runs, whatever came before, and the report at the end knows what failed. However this
# ends, the lab goes down, unless it was up before; a signal becomes an exit, which dash does not do
# by itself.
test: $(READY) ## Everything: lint, types, docs and all tests on an engine of our own
	@$(STAGE) clear
	@down='$(PY) -m tests.lab down'; \
	if $(PY) -m tests.lab status >/dev/null 2>&1; then down=:; fi; \
	trap '$$down' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM HUP; \
	stage() { $(STAGE) run "$$@" || exit; }; \
	tests() { name=$$1; title=$$2; shift 2; \
		stage "$$name" "$$title" -- \
			$(PY) -m pytest --junitxml=$(REPORTS)/$$name.xml -m "$$@"; }; \
	stage lint 'style' -- $(PY) -m ruff check .; \
	stage format 'format' -- $(PY) -m ruff format --check .; \
	stage types 'types' -- $(PY) -m mypy; \
	stage docs 'the documentation, warnings are errors' -- $(DOCS); \
	tests unit 'tests that need no engine' '$(UNIT)'; \
	tests packaging 'distributions in clean environments' 'packaging'; \
	if [ -n "$${PYTEST_ENGINE_TEST_HOST:-}" ]; then \
		echo; echo "==> the engine is the one named: $$PYTEST_ENGINE_TEST_HOST"; \
	else \
		stage lab 'an engine, a registry and images' -- $(PY) -m tests.lab $(LAB_UP); \
	fi; \
	tests engine 'tests on the engine' 'engine and not ansible and not packaging'; \
	tests ansible 'the collection: sanity and playbooks' 'ansible and not packaging'; \
	$$down; trap - EXIT; \
	$(STAGE) report

test-all: test test-engines test-pythons ## make test, further engines, and every Python that is found

# Engines that the lab runs in containers (python -m tests.lab up --help); their images are built
# once and stay in its cache. Tests that launch engines themselves do not care which one is there.
test-engines: $(READY) ## The core's tests on engine 28.5, a smoke set on 26.1 and Podman 5
	@$(STAGE) clear
	@down='$(PY) -m tests.lab down'; \
	if $(PY) -m tests.lab status >/dev/null 2>&1; then down=:; fi; \
	trap '$$down' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM HUP; \
	tests() { name=engine-$$1; title="$$2 on engine $$1"; export PYTEST_ENGINE_TEST_ENGINE=$$1; \
		shift 2; $(STAGE) run "$$name" "$$title" -- $(PY) -m pytest --durations=5 \
			--junitxml=$(REPORTS)/$$name.xml -m "$$@" || exit; }; \
	$(STAGE) run lab 'the engines and what tests pull' -- $(PY) -m tests.lab up \
		--images busybox,debian:bookworm --engine 28.5 --engine 26.1 --engine podman5 || exit; \
	tests 28.5 'tests of the core' 'engine and not ansible and not packaging' \
		--ignore=tests/core/test_launch.py --ignore=tests/core/roads tests/core tests/lab_tests/test_guests.py; \
	tests 26.1 'smoke tests' smoke tests/core tests/lab_tests/test_guests.py; \
	tests podman5 'smoke tests' smoke tests/core tests/lab_tests/test_guests.py; \
	$$down; trap - EXIT; \
	$(STAGE) report

# Looked for on the PATH and where pyenv keeps them; a shim of pyenv that runs nothing is no Python.
test-pythons: ## Run the unit tests on every Python from 3.9 on that is found
	@failed=; for version in 3.9 3.10 3.11 3.12 3.13; do \
		python=; for candidate in $$HOME/.pyenv/versions/$$version.*/bin/python python$$version; do \
			if $$candidate -c 'import ensurepip' 2>/dev/null; then python=$$candidate; break; fi; \
		done; \
		if [ -z "$$python" ]; then echo "==> Python $$version: not found"; continue; fi; \
		echo "==> Python $$version: $$python"; \
		{ $$python -m venv .venv-$$version && \
			.venv-$$version/bin/python -m pip install --quiet --editable '.[dev]' && \
			.venv-$$version/bin/python -m pytest -q -m '$(UNIT)'; } || failed="$$failed $$version"; \
	done; \
	if [ -n "$$failed" ]; then echo "Failed on Python$$failed" >&2; exit 1; fi

demo: $(READY) ## Run the example tests and the example playbook on real containers
	@$(PY) docs/examples/run.py --engine $(ENGINE)

# The peers that it measures come with an extra of their own.
BENCH := $(VENV)/.installed-bench

$(BENCH): $(READY)
	@echo 'Installing the clients to measure against'
	@$(PY) -m pip install --quiet --editable '.[dev,bench]'
	@touch $@

bench: $(BENCH) ## Measure this client beside others, and write docs/benchmarks.md (20 minutes)
	$(PY) -m tests.benchmarks --write

docs: $(READY) ## Build the documentation into build/docs
	$(DOCS)
	@echo "The documentation is in build/docs/index.html"

lab-up: $(READY) ## Start the engine, the registry and the images that tests use
	$(PY) -m tests.lab up

lab-down: $(READY) ## Stop what lab-up started
	$(PY) -m tests.lab down

build: $(READY) ## Make the wheel, the source distribution and the collection in dist
	$(PY) -m build --outdir dist
	$(PY) ansible_collection/build.py --tarball
	mv build/pytest_engine-engine-*.tar.gz dist/

clean: ## Remove what was built (the environment and the lab's cache stay)
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
