# Every target works in a fresh clone: the first run makes .venv from requirements.lock.
# ARGS goes to the program, for example: make server ARGS="--port 9000"

PYTHON ?= python3
ARGS ?=
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(shell basename "$(PYTHON)"))
RUN := $(VENV)/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Much of the tests' time is waiting, so they get one process more than there are processors; ARGS="-n 0" has one in all.
JOBS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
PARALLEL = -n $(JOBS) --dist loadfile
# The collector's port, as in the article, unless the environment names a collector.
ifeq ($(strip $(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)$(OTEL_EXPORTER_OTLP_ENDPOINT)),)
export OTEL_EXPORTER_OTLP_TRACES_ENDPOINT := http://localhost:55678
endif

.DEFAULT_GOAL := help
.PHONY: help demo server client backend verify orphan test test-quick test-compose test-scale bench screenshots lint format lock clean
.PHONY: venv test-venv usable-python

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-13s %s\n", $$1, $$2 }'

demo: venv ## run back end, server and client together, without containers
	@$(RUN) -m demo $(ARGS)

server: venv ## run the traced server on port 8080
	@$(RUN) -m server $(ARGS)

client: venv ## run the traced client: one request a second
	@$(RUN) -m client $(ARGS)

backend: venv ## run the embedded back end: OTLP on 55678, Jaeger's API and a UI on 16686
	@$(RUN) -m backend $(ARGS)

verify: venv ## check every hop from request to trace, and say what to do where one fails
	@$(RUN) -m verify $(ARGS)

orphan: venv ## make a trace whose parent span is missing; ARGS=--heal sends it afterwards
	@$(RUN) -m verify.orphan $(ARGS)

test: test-venv ## run all tests; what needs Go, podman or Docker is skipped where they are missing
	@$(RUN) -m pytest $(PARALLEL) $(ARGS)

test-quick: test-venv ## run the tests that take seconds and need no Go, containers or browser
	@$(RUN) -m pytest $(PARALLEL) -m "not (realstack or compose or browser or slow)" $(ARGS)

test-compose: test-venv ## run docker-compose.yaml, server, client and verify on locally built images
	@$(RUN) -m pytest -m compose $(ARGS)

test-scale: test-venv ## kill -9 each tier of deploy/scale under load, and count; needs Go, Java 17 and Maven
	@$(RUN) -m pytest $(PARALLEL) -m scale $(ARGS)
test-scale: JOBS = 2

bench: test-venv ## measure server and back end, beside Go's and Jaeger where Go is there to build them
	@$(RUN) -m bench $(ARGS)

screenshots: test-venv ## take the README's pictures anew, with Chromium
	@$(RUN) -m tests.browser.screenshots

lint: test-venv ## check style, types and who imports whom
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

format: test-venv ## lay out the code
	@$(RUN) -m ruff check --fix-only .
	@$(RUN) -m ruff format .

lock: test-venv ## resolve the dependencies anew, for all supported Pythons
	@$(RUN) -m uv pip compile $(COMPILE) pyproject.toml -o requirements.lock
	@$(RUN) -m uv pip compile $(COMPILE) pyproject.toml --group test -o tests/requirements.lock
COMPILE := --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock"

clean: ## remove what the other targets made
	@rm -rf .venv .venv-* .venv*.lock .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .playground
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Python's own start answers Ctrl-C with a traceback, so it does not hear it; set_up.py does, from its first lines.
# Each target looks whether the virtual environment is that of this Python and these locks; no file's time tells.
venv: usable-python
	@trap '' INT; "$(PYTHON)" .make/set_up.py $(VENV) requirements.lock

test-venv: usable-python
	@trap '' INT; "$(PYTHON)" .make/set_up.py $(VENV) requirements.lock tests/requirements.lock

ANOTHER = name another Python with: make $(MAKECMDGOALS) PYTHON=python3.12
usable-python:
	@command -v "$(PYTHON)" >/dev/null || { echo "$(PYTHON) is not installed; $(ANOTHER)" >&2; exit 1; }
	@trap '' INT; "$(PYTHON)" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 16))' || \
		{ echo "$(PYTHON) is none of Python 3.10 to 3.15; $(ANOTHER)" >&2; exit 1; }
	@test -x $(RUN) || "$(PYTHON)" -c 'import ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) has no ensurepip; install it (Debian, Ubuntu: apt install python3-venv) or $(ANOTHER)" >&2; exit 1; }
