# Yici: `make demo` runs the main job, `make test` runs every check. Both set up what they need first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What Python compiled is kept, whatever the caller's environment says: each of many processes would compile it again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: tour demo test check setup lock bench clean system format

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@scripts/setup $(PYTHON) $(VENV)
	@touch $@

system:
	@scripts/system-packages

demo: setup
	@$(BIN)/yici demo --out demo-out

# The pictures of docs/tour.md, taken of the demo office at work.
tour: setup
	$(BIN)/python scripts/screenshots.py

test: setup system
	@$(MAKE) --no-print-directory check

# Two suites, the pages apart from all below them. Three processes for two cores: one often waits for a browser, a
# server or a database.
check:
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy --strict src
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n 3 --dist worksteal --ignore=tests/web
	@$(BIN)/pytest -n 3 --dist worksteal tests/web

format:
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: setup
	@for script in bench/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lock: setup
	@scripts/lock $(VENV)

clean:
	rm -rf $(VENV) demo-out yici-data
