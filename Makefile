# The one place for what people type. `make help` lists it.
# Needs GNU make, Python 3.11 or newer and git; everything else goes into .venv.

PYTHON ?= python3
VENV   ?= .venv
# Where make demo finds its engine: auto (one that answers, else one of our own) or private.
ENGINE ?= auto

# An absolute path, because stages run in other directories too.
BIN     := $(abspath $(VENV))/bin
PY      := $(BIN)/python
READY   := $(VENV)/.installed
STAGES  := $(PY) -m tests.stages

# --fresh-env: a page that was read before is not warned about again, unless it is read anew.
DOCS    := $(PY) -m sphinx --fresh-env --fail-on-warning --keep-going --nitpicky --quiet \
	-b html docs build/docs

# One line appears as it happens, also where the output goes to a file.
export PYTHONUNBUFFERED := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# ansible-test and ansible-playbook are started by name.
export PATH := $(BIN):$(PATH)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv bench bench-collection bench-plugin bench-swarm check lint format types unit test test-all test-engines test-pythons \
	engines-table demo docs lab-up lab-down build clean

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
	@$(STAGES) unit

# The stages are in tests/stages/plan.py. Each of them runs, whatever came before, and a report at the
# end counts all tests. However it ends, the lab goes down, unless it was up before.
test: $(READY) ## Everything: lint, types, docs and all tests, the core's on several engines
	@$(STAGES) test

test-all: $(READY) ## make test, and on every engine, other releases of Ansible and pytest, and every Python that is found
	@$(STAGES) all

test-engines: $(READY) ## The core's tests on the lab's other engines: 26.1, 28.5 and Podman 5
	@$(STAGES) engines

engines-table: $(READY) ## Measure what engines do not do alike, into docs/reference/engines.md
	$(PY) -m tests.engine_facts --write

test-pythons: $(READY) ## The unit tests on every Python from 3.9 on that is found
	@$(STAGES) pythons

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

bench-collection: $(READY) ## Measure the collection beside community.docker (15 minutes)
	$(PY) -m tests.benchmarks.collection --write

bench-plugin: $(READY) ## Measure the pytest plugin beside others (40 minutes)
	$(PY) -m tests.benchmarks.plugin --write

bench-swarm: $(READY) ## Measure the modules for a swarm with hundreds of services (15 minutes)
	$(PY) -m tests.benchmarks.swarm --write

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
