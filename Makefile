# Everything sets itself up: `make demo` shows Worklift, `make test` runs its tests.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000
SEED ?= 0
PYTEST_ARGS ?= -n 2 --dist worksteal
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --quiet --custom-compile-command "make lock"

# What is imported is compiled once, not in each of the processes that tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo up test faults fuzz check format messages lock screenshots trial migration clean

help: ## List what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.run-stamp ## Start the demo company next to a simulated Jira and GitHub
	$(BIN)/worklift demo --port $(PORT)

up: $(VENV)/.run-stamp ## Start Worklift itself
	$(BIN)/worklift up --port $(PORT)

test: $(VENV)/.dev-stamp ## Run the tests
	$(BIN)/python tests/simulators/documents.py
	PYTHONHASHSEED=0 $(BIN)/python -m pytest $(PYTEST_ARGS)

faults: $(VENV)/.dev-stamp ## Play random faults for hours, on both databases: SEED=0
	$(BIN)/python -m tests.faults --database both --seed $(SEED) --schedules 1300 --meetings 650 --anomalies --mutants

fuzz: $(VENV)/.dev-stamp ## Throw 200,000 spoilt inputs at every parser: SEED=0
	$(BIN)/python -m tests.faults.fuzz --number 200000 --seed $(SEED)

check: $(VENV)/.dev-stamp ## Run the linters, the type checker and the import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev-stamp ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

messages: $(VENV)/.dev-stamp ## Collect what pages say into the catalogues of all languages
	$(BIN)/python -m web.language.collecting

lock: $(VENV)/.dev-stamp ## Lock the newest dependencies that pyproject.toml allows
	$(UV_COMPILE) --upgrade --group build -o requirements.lock
	$(UV_COMPILE) --upgrade --group dev -c requirements.lock -o requirements-dev.lock

screenshots: $(VENV)/.dev-stamp ## Photograph every page of the demo into build/screens
	$(BIN)/python -m tests.browser.screens build/screens

trial: $(VENV)/.run-stamp ## Count recorded data by hand and by Worklift (docs/trials.md)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python docs/trials/recorded.py "$(DATA)"

migration: $(VENV)/.dev-stamp ## Write a migration for changed tables: NAME="what changes"
	$(BIN)/python -m connector.store.revise "$(NAME)"
	$(BIN)/ruff check --fix --quiet connector/store/migrations
	$(BIN)/ruff format --quiet connector/store/migrations

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .cache build

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Worklift needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --quiet --disable-pip-version-check
	touch $@

$(VENV)/.dev-stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --quiet --disable-pip-version-check
	touch $@ $(VENV)/.run-stamp
