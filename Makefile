# Every target works on a fresh machine with Python 3.11+, make and a way to the package registries.
# Settings: PORT=8000  ONLY="lint postgres"  JOBS=2  PYTHON=python3.12

PORT ?= 8000
JOBS ?= 2
ONLY ?=
# The system's own Python where it is new enough: distributions build it for speed. Else the first that is.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	echo /usr/bin/python3 || for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
# Fetching the front-end assets takes npm: the machine's own, else one from a Python package.
NODE := $(if $(shell command -v npm 2>/dev/null),,node)
BIN := .venv/bin

export JOBS
export npm_config_update_notifier := false
.DEFAULT_GOAL := help
.PHONY: help setup runtime demo demo-reset test check bench serve assets lock format clean python

help: ## show this list
	@echo "make TARGET, with:"
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  \1|\2/p' Makefile | while IFS='|' read -r t d; do printf '%-13s %s\n' "$$t" "$$d"; done

setup: python ## everything: .venv with the locked packages (run and test), front-end assets
	@$(PYTHON) tools/setup.py runtime dev $(NODE)
	@$(BIN)/python tools/assets.py

runtime: python
	@$(PYTHON) tools/setup.py runtime $(NODE)
	@$(BIN)/python tools/assets.py

demo: runtime ## the site with data, at http://127.0.0.1:8000 (PORT= to change); keeps what you did
	@POOL_ENV=demo PORT=$(PORT) $(BIN)/flask --app wsgi demo run --port $(PORT)

demo-reset: ## throw the demo data away and start over
	@rm -rf var/demo
	@$(MAKE) --no-print-directory demo PORT=$(PORT)

test: setup ## prove it all; ONLY="postgres browser" for some parts: lint types imports sqlite postgres browser
	@$(BIN)/python -m tools.check --only "$(ONLY)"

check: setup ## lint, types, import rules and the quick tests, on SQLite only
	@$(BIN)/python -m tools.check --quick

bench: setup ## measure speed and size
	@$(BIN)/python -m bench

serve: runtime ## gunicorn as in production; settings from the environment (docs/operate.md)
	@$(BIN)/flask --app wsgi db upgrade
	@PORT=$(PORT) $(BIN)/gunicorn --bind 127.0.0.1:$(PORT) --workers 2 --threads 4 --no-control-socket wsgi:app

assets: runtime ## fetch the front-end assets by their lock file

lock: python ## write the lock files anew; UPGRADE=1 for newer versions
	@$(PYTHON) tools/setup.py runtime
	@$(BIN)/python -m tools.lock $(if $(UPGRADE),--upgrade)

format: setup ## put the code in shape
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

clean: ## remove all that `make` made, but not the data in var/
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis node_modules static/vendor
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. Install one, or name it: make PYTHON=/path/to/python3.12"; exit 1; }
