# `make letters` and `make test` do everything a fresh Debian machine with Python 3.11 or newer needs,
# once.

# The first Python that is new enough and runs.
PYTHON ?= $(firstword $(foreach each,python3 python3.13 python3.12 python3.11,$(if $(shell \
	$(each) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(each))))
VENV := .venv
BREVGEN := $(VENV)/bin/brevgen
PIP := $(VENV)/bin/pip --disable-pip-version-check --quiet

# What the letters need of Debian: Pango lays text out, harfbuzz-subset makes fonts small and the
# bytes the same on every run.
DEBIAN := python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0

# What the tests need besides: a token in software, to seal with, and another reader of mail; the
# slow ones a browser too, and LibreOffice, to see Word documents with.
DEBIAN_TEST := softhsm2 libemail-mime-perl
DEBIAN_TEST_SLOW := chromium libreoffice-writer-nogui
DEBIAN_TEST_POSTGRESQL := postgresql

# A round that is followed stands before those that follow it.
ROUNDS := 2017 2017-revised 2018 2018-not-asked 2018-supplement 2024

# The tests start hundreds of processes; where no bytecode is kept, each compiles every module anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help letters test compiled-tests test-slow test-postfix test-postgresql check format desk desk-pictures docs accept-look \
	conformance svarut-schemas token-server verapdf bench bench-desk lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 17

letters: $(VENV)/.ready ## Set up, then make, approve and seal the letters of every round
	@for round in $(ROUNDS); do \
		$(BREVGEN) generate $$round && $(BREVGEN) approve $$round --yes || exit; done
	@printf '\n%s approved and sealed letters lie in output/2018/letters and its neighbours.\n' \
		"$$(ls $(ROUNDS:%=output/%/letters/*.pdf) | wc -l)"
	@printf 'Check one:  %s verify output/2018/letters/0214-Ås-17-09235.pdf\n' "$(BREVGEN)"

test: $(VENV)/.ready-dev ## Set up, then run every check and every test that is not slow
	@$(MAKE) --no-print-directory --jobs 2 check compiled-tests
	@$(VENV)/bin/pytest -q -n 4 --dist worksteal

# Once: each of the processes that run the tests would compile them all. What is wrong they tell.
compiled-tests: $(VENV)/.ready-dev
	@$(VENV)/bin/pytest -q --collect-only >/dev/null 2>&1 || true

test-slow: $(VENV)/.ready-dev ## Run the tests that are slow by nature
	@scripts/debian-packages $(DEBIAN_TEST_SLOW)
	@$(VENV)/bin/pytest -q -n 3 --dist worksteal -m "slow or postfix"

test-postfix: $(VENV)/.ready-dev ## Send a whole round through a real Postfix, as root
	@scripts/postfix-for-tests
	@$(VENV)/bin/pytest -q -m postfix tests/postfix

test-postgresql: $(VENV)/.ready-dev ## Run every test of the ledger on a PostgreSQL server of its own
	@scripts/debian-packages $(DEBIAN_TEST_POSTGRESQL)
	@scripts/postgresql-for-tests $(VENV)/bin/pytest -q -n 3 --dist worksteal -m "not sqlite" \
		tests/ledger tests/journeys/test_shared_ledger.py

check: $(VENV)/.ready-dev ## Format, lint, types, and whether the reference is up to date
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy
	@PYTHONPATH=src $(VENV)/bin/python -m scripts.reference --check

format: $(VENV)/.ready-dev ## Put the format right
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

desk: $(VENV)/.ready-desk ## Set up, then open the rounds in the browser
	@$(BREVGEN) desk

desk-pictures: $(VENV)/.ready-dev ## Take the pictures of the desk anew, for docs/desk
	@scripts/debian-packages $(DEBIAN_TEST_SLOW)
	@PYTHONPATH=src $(VENV)/bin/python -m scripts.pictures

docs: $(VENV)/.ready-docs ## Write the reference anew and build the site into build/site
	@PYTHONPATH=src $(VENV)/bin/python -m scripts.reference
	@# not --quiet: that hides the warnings from --strict too
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict
	@echo "The site lies in build/site: open build/site/index.html"

accept-look: $(VENV)/.ready-dev ## Take how the letters look now as approved
	@$(VENV)/bin/python -m tests.visual.look

conformance: $(VENV)/.ready-dev ## Hold every letter of every round to PDF/A-2a and PDF/UA-1
	@$(VENV)/bin/python -m tests.conformance.all_letters

svarut-schemas: $(VENV)/.ready-dev ## Hold what SvarUt gets to KS's published schemas, in the folder SCHEMAS
	@SVARUT_SCHEMAS="$(SCHEMAS)" $(VENV)/bin/pytest -q -rs tests/conformance/test_svarut_schemas.py

token-server: ## Fetch a server of tokens, against which the request to Maskinporten is tried
	@scripts/debian-packages default-jre-headless maven
	@mvn -q -B -f tests/support/token_server.xml dependency:copy-dependencies \
		-DincludeScope=runtime -DoutputDirectory=$(CURDIR)/build/token-server

verapdf: $(VENV)/.ready ## Fetch veraPDF, a second validator for conformance
	@$(VENV)/bin/python -m tests.conformance.verapdf

bench: $(VENV)/.ready ## Time brevgen beside an earlier version, BASE, and a plain loop
	@PYTHONPATH=src $(VENV)/bin/python -m bench.letters $(BASE)

bench-desk: $(VENV)/.ready-desk ## Time the desk, at rest and while a round is made
	@PYTHONPATH=src $(VENV)/bin/python -m bench.desk

# The last version: the newest tag, or the last commit before there were tags.
BASE ?= $(shell git describe --tags --abbrev=0 2>/dev/null || echo c7d7829)

lock: $(VENV)/.ready-dev ## Pin the newest fitting dependencies, with hashes
	@$(PIP) install uv
	@$(VENV)/bin/uv pip compile $(LOCK) pyproject.toml --extra setup -o requirements.txt
	@$(VENV)/bin/uv pip compile $(LOCK) pyproject.toml --extra setup --extra desk \
		-c requirements.txt -o requirements-desk.txt
	@$(VENV)/bin/uv pip compile $(LOCK) pyproject.toml --extra setup --extra dev --extra dask \
		--extra desk --extra postgresql -c requirements-desk.txt -o requirements-dev.txt
	@echo 'mkdocs-material>=9.5' | $(VENV)/bin/uv pip compile $(LOCK) - \
		-c requirements-dev.txt -o requirements-docs.txt
LOCK := --quiet --upgrade --generate-hashes --no-header --universal --fork-strategy fewest --python-version 3.11

clean: ## Remove what was set up and made, but never the ledger
	@rm -rf $(VENV) output .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.ready: requirements.txt pyproject.toml
	@scripts/debian-packages $(DEBIAN)
	@test -x $(VENV)/bin/python || test -n "$(PYTHON)" || { echo "There is no Python 3.11 or newer \
	here. Install one, or name it: make PYTHON=/opt/python3.13/bin/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	@scripts/debian-packages $(DEBIAN_TEST)
	@$(PIP) install --no-compile --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.ready-desk: $(VENV)/.ready requirements-desk.txt
	@$(PIP) install --require-hashes -r requirements-desk.txt
	@touch $@

$(VENV)/.ready-docs: $(VENV)/.ready requirements-docs.txt
	@$(PIP) install --require-hashes -r requirements-docs.txt
	@touch $@
