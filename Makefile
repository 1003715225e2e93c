# Needs Python 3.10 or newer and make; everything else is installed into .venv on first use.
PYTHON ?= python3
TEMPLATES ?= examples/faulty examples/repaired
JOBS ?= 2

# The stamps carry the checksum of what is installed, so that changed dependencies are installed anew.
LOCK := tools/locks/dev.txt
STAMP := $(shell cat pyproject.toml $(LOCK) | cksum | tr -d ' ')
CORE := .venv/.core-$(STAMP)
DEV := .venv/.dev-$(STAMP)
PIP := .venv/bin/python -m pip install -qq --disable-pip-version-check

# Tests of the doors into checkov and the CDK, of what is deployed and of releases run what these name, and skip where they name none.
WITH_CHECKOV := MSGLINT_CHECKOV=$$(.venv/bin/python tools/host_env.py checkov) && export MSGLINT_CHECKOV &&
WITH_CDK := MSGLINT_CDK=$$(.venv/bin/python tools/host_env.py cdk) && export MSGLINT_CDK &&
WITH_MOTO := MSGLINT_MOTO=$$(.venv/bin/python tools/host_env.py moto) && export MSGLINT_MOTO &&
WITH_RELEASE := MSGLINT_RELEASE=$$(.venv/bin/python tools/host_env.py release) && export MSGLINT_RELEASE &&
PYTEST := .venv/bin/python -m pytest -q -n $(JOBS)
# What a release of a library may change: all rules, and what reads, asks for and shows their files.
LOWEST_TESTS ?= tests/source $(patsubst %,tests/test_%.py,rules cli code configuration engine model progress terraform terraform_functions watch)

.PHONY: help lint test test-all pythons accept docs site check bench peers hostile sam crater lock fuzz mutants lowest dist

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' $(MAKEFILE_LIST)

lint: $(CORE) ## lint TEMPLATES (the examples), as a user would
	@.venv/bin/msglint lint $(TEMPLATES)

test: $(DEV) ## run the tests that take no long time
	@$(WITH_CHECKOV) $(WITH_MOTO) $(PYTEST) -m "not slow"

test-all: $(DEV) ## run all tests
	@$(WITH_CDK) $(WITH_CHECKOV) $(WITH_MOTO) $(WITH_RELEASE) $(PYTEST)

lowest: $(DEV) ## run LOWEST_TESTS with the oldest releases that pyproject.toml allows, on the oldest Python that is here
	@LOWEST=$$(.venv/bin/python tools/host_env.py lowest) && test -n "$$LOWEST" && \
		PYTHONPATH=$(CURDIR)/src "$$LOWEST" -m pytest -q -n $(JOBS) -m "not slow" $(LOWEST_TESTS)

pythons: $(DEV) ## run all tests on every supported Python that is here; PYTEST_WORDS='-m "not slow"' chooses some
	@.venv/bin/python tools/pythons.py -n $(JOBS) $(PYTEST_WORDS)

# Not for every Python there is a build of atheris; tools/fuzz.py says what it does without.
fuzz: $(DEV) ## fuzz all targets, or those of TARGETS, for FUZZ_SECONDS each; what breaks something is left in build/fuzz
	@$(PIP) --no-deps --only-binary=:all: --require-hashes -r tools/locks/fuzz.txt 2>/dev/null || true
	@.venv/bin/python tools/fuzz.py $(TARGETS)

accept: $(DEV) ## rewrite the expected outputs of the tests; review the result with git diff
	@$(WITH_MOTO) MSGLINT_ACCEPT=1 $(PYTEST) -m "not slow"

docs: $(DEV) ## rewrite what is derived from the rules and flags: the rules' index, docs/rules, and completions
	@.venv/bin/python -m msglint.catalog
	@.venv/bin/python tools/completions.py

site: $(DEV) ## build the documentation as a site in build/site; MSGLINT_REPOSITORY=https://... leads its links to files there
	@.venv/bin/python -m sphinx -q -E -W --keep-going -c tools/site -d build/site-cache . build/site

check: $(DEV) ## formatting, lint, types and the direction of imports
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

bench: $(CORE) ## measure CPU time and memory beside other linters; BENCH=--write puts the table into README.md
	@.venv/bin/python tools/bench.py $(BENCH)

peers: $(CORE) ## run msglint and other linters over examples/gotchas and write docs/peers.md
	@.venv/bin/python tools/compare.py

hostile: $(CORE) ## give msglint and other linters the files of tools/hostile.py and write docs/hostile.md
	@.venv/bin/python tools/endurance.py

sam: $(DEV) ## compare what SAM templates below CORPUS are with what AWS's transform makes, and write docs/sam.md
	@.venv/bin/python tools/sam_table.py $(CORPUS) --write

crater: $(CORE) ## show how findings in the corpus below CORPUS differ from those of tests/crater.txt; CRATER=--write accepts them
	@.venv/bin/python tools/crater.py $(CORPUS) $(CRATER)

mutants: $(DEV) ## put faults into MODULES (all that are tried), see which ones no test notices, and write docs/mutants.md
	@.venv/bin/python tools/mutate.py $(MODULES)

dist: $(DEV) ## build the sdist and the wheel of the last commit into dist, always the same bytes
	@rm -rf build/release dist && mkdir -p build/release && git archive HEAD | tar -x -C build/release
	@$(WITH_RELEASE) test -n "$$MSGLINT_RELEASE" && export SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) && \
		"$$MSGLINT_RELEASE" -m build --no-isolation --outdir dist build/release && \
		"$$MSGLINT_RELEASE" -m twine check --strict dist/* && "$$MSGLINT_RELEASE" -m check_wheel_contents dist/*.whl
	@cd dist && (sha256sum * 2>/dev/null || shasum -a 256 *)

lock: $(CORE) ## move all locked tools to their newest releases
	@.venv/bin/python tools/lock.py

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
		{ echo "msglint needs Python 3.10 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

$(CORE): | .venv/bin/pip
	@echo "Installing msglint into .venv" >&2
	@$(PIP) -e .
	@rm -f .venv/.core-* .venv/.dev-*
	@touch $@

$(DEV): | .venv/bin/pip
	@echo "Installing the locked development tools into .venv" >&2
	@$(PIP) --no-deps --only-binary=:all: --require-hashes -r $(LOCK)
	@$(PIP) --no-deps --no-build-isolation -e .
	@rm -f .venv/.core-* .venv/.dev-*
	@touch $(CORE) $@
