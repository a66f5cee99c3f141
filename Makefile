# `make demo` and `make test` are the whole set-up: each makes .venv first if it is not there.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV ?= .venv
JOBS ?= 2
FAMILY ?=
BIN := $(VENV)/bin
PYTEST = $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --no-loadscope-reorder $(if $(FAMILY),--family $(FAMILY))
INSTALLED := $(VENV)/.installed

.PHONY: help install demo test test-long replicate lint browser bench docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## create .venv with everything in it

demo: $(INSTALLED) ## reproduce the Game of 24 claims at smoke scale; leaves a figure under runs/
	$(BIN)/ige reproduce game-of-24 --scale smoke

# A browser for the tests of screens in one: Debian's, where it can be had; without it they say that they were skipped.
browser: export DEBIAN_FRONTEND = noninteractive
browser: APT = apt-get -y -q -o Acquire::Retries=0 -o Acquire::http::Timeout=10
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
		[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing Chromium for some tests" && \
		{ timeout 120 $(APT) install chromium || { timeout 30 $(APT) update && timeout 120 $(APT) install chromium; }; } \
		</dev/null >/dev/null 2>&1; } || true

test: lint browser ## what CI runs: ruff, mypy, and every test not marked long; FAMILY=ued: of one family's tests only
	$(PYTEST)

test-long: lint browser ## what runs weekly: every test; then the laws with every index of compiled code checked
	$(PYTEST) -m ""
	NUMBA_BOUNDSCHECK=1 $(PYTEST) tests/envs/test_laws.py tests/envs/babyai/test_level.py

replicate: $(INSTALLED) ## weekly: every paper at scale smoke on two seeds of the date, beside the published verdicts
	$(BIN)/python examples/replicate_papers.py

# mypy sees the checkout under the package's name through a link, since here the root is the package.
lint: $(INSTALLED) ## ruff and mypy
	$(BIN)/ruff check .
	MYPYPATH=$(VENV)/src $(BIN)/mypy -p ige

bench: $(INSTALLED) ## steps per second and compile times
	$(BIN)/ige bench

docs: $(INSTALLED) ## pages from the docstrings
	$(BIN)/python docs/build.py

clean: ## remove build outputs and caches (keeps .venv and runs/)
	rm -rf build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "No '$(PYTHON)' found: ige needs Python >= 3.11 (make PYTHON=/path/to/python3.11)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("$(PYTHON) is Python %d.%d: ige needs Python >= 3.11 (make PYTHON=python3.11)" % v[:2])'
	@echo "Installing ige and what it needs into $(VENV) (some minutes the first time)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar off -c constraints.txt -e ".[all,test]" \
		| { grep --line-buffered -oE '^(Collecting [^ ]+|Installing collected packages)' || true; }
	@mkdir -p $(VENV)/src && ln -sfn "$(CURDIR)" $(VENV)/src/ige
	@touch $@
