# Everything starts from a bare Python: `make demo` and `make test` set themselves up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCKS  := requirements/serve.txt requirements/demo.txt requirements/dev.txt

# Thousands of processes start the program and read the tests: what one has compiled is there for the others.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test pods lint audit pythons fuzz soak mutants bench tools docs pictures lock dist clean

help: ## What there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(BIN)/org-access-exporter ## The program and its demo, in .venv

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(BIN)/org-access-exporter: $(BIN)/python pyproject.toml requirements/demo.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/demo.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(BIN)/org-access-exporter requirements/dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

demo: install ## A simulated organization on http://localhost:10078
	$(BIN)/org-access-exporter demo

test: $(VENV)/.dev ## The test suite
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(PYTEST_FLAGS)

pods: $(VENV)/.dev ## The chart on two nodes with kubelet and containerd, as root: after a change of chart or image
	PYTHON=$(BIN)/python sh .ci/pods $(PYTEST_FLAGS)

lint: $(VENV)/.dev ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(VENV)/.dev ## Known vulnerabilities of the locked libraries, as far as the database can be reached
	$(BIN)/python .ci/audit

pythons: ## The test suite by every Python that is promised, where it can be had
	sh .ci/pythons

fuzz: $(VENV)/.dev ## Hours of inputs that are nearly right: FUZZ_EXAMPLES=100000 for each kind
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-100000} $(BIN)/python -m pytest tests/fuzz tests/web/test_fuzzed_requests.py

soak: $(VENV)/.dev ## A collection's simulated month: memory, threads, freshness
	$(BIN)/python -m tests.faults.soak 30

$(VENV)/.mutants: $(VENV)/.dev requirements/mutants.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/mutants.txt
	@touch $@

mutants: $(VENV)/.mutants ## Are the tests of the pure core good? Survivors and scores: docs/mutants.md
	rm -rf mutants
	$(BIN)/python -m tests.mutants

bench: $(VENV)/.dev ## All benchmarks, one table: benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

tools: ## promtool, Prometheus, Alertmanager, helm, into .tools/ where the system has none
	sh .ci/tools

docs: $(VENV)/.dev ## Regenerates what docs, dashboards, chart, policies and golden files take from the code
	$(BIN)/python docs/generate.py
	$(BIN)/python -m grafana
	$(BIN)/python -m tests.faults
	$(BIN)/python -m tests.exposition
	$(BIN)/python -m tests.recommend
	$(BIN)/python deploy/published.py --write
	$(BIN)/python deploy/helm/generate.py
	$(BIN)/python deploy/iam/generate.py

pictures: $(VENV)/.dev ## Draws the pages and the dashboards anew for the documentation; look at them
	$(BIN)/python -m tests.web.pictures
	$(BIN)/python -m tests.grafana.pictures

lock: $(VENV)/.dev ## Renews the pinned and hashed requirements
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --upgrade requirements/serve.in pyproject.toml -o requirements/serve.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -c requirements/serve.txt --extra demo requirements/serve.in pyproject.toml -o requirements/demo.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -c requirements/demo.txt --extra demo --extra dev requirements/serve.in pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -c requirements/dev.txt requirements/mutants.in -o requirements/mutants.txt

dist: $(VENV)/.dev ## Wheel, sdist, chart, bills of materials, provenance and checksums, into dist/
	PYTHON=$(BIN)/python sh .ci/dist dist

clean: ## Removes what make made
	rm -rf $(VENV) .tools build dist mutants
