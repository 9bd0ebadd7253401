# Two commands do everything on a machine with Python 3.11 or newer, git and make:
#   make site   builds the demo site into site/
#   make test   runs all checks and tests
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := .venv/bin/python

.PHONY: site test serve bench lint format clean

site: .venv/.ready
	$(RUN) build.py

serve: .venv/.ready
	$(RUN) build.py serve

test: .venv/.ready lint
	sh tests/e2e/chromium.sh
	sh tests/postgres.sh
	sh tests/java.sh
	$(RUN) -m pytest

lint: .venv/.ready
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

format: .venv/.ready
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

bench: .venv/.ready
	$(RUN) bench/run.py $(BENCH)

.venv/.ready: pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --quiet --python $(PYTHON)
	@touch $@

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

clean:
	rm -rf site data/aggregates data/cache data/logs
