# Everything starts from a bare Python 3.11+; `make help` lists the targets.
VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
RUNS   := $(VENV)/.runs
# More than cores: many tests wait for servers.
WORKERS ?= 4
TIMES  ?= 1
CASES  ?= 1000000

.PHONY: help setup demo test lint unit cluster cluster-engines test-cluster test-gitops test-editor test-judges fuzz bench \
  dist lock clean
help:  ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml requirements/dev.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# What the demo needs and no more: a stranger sees it sooner.
$(RUNS): pyproject.toml requirements/run.lock requirements/build.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock -r requirements/build.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP)  ## Make the virtual environment

demo: $(RUNS)  ## Run the main job on the embedded API server, in under a minute
	@$(BIN)/python examples/website/demo.py

test: lint unit  ## Everything that needs neither Go nor a cluster

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(STAMP)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not cluster and not editor and not gitops and not judges"

cluster:  ## Build a real control plane (Go; minutes the first time, cached)
	hack/cluster/build

cluster-engines:  ## Build Argo CD and Flux's kustomize-controller too (Go; minutes the first time, cached)
	hack/cluster/build engines

test-cluster: $(STAMP)  ## Conformance, operator and fault suites on the real control plane; TIMES as for judges
	ORK_JUDGE_TIMES=$(TIMES) $(BIN)/pytest -n $(WORKERS) --dist worksteal -m cluster --require-cluster

test-gitops: $(STAMP)  ## What is delivered, judged by the real Helm, Argo CD, Flux and API server
	$(BIN)/pytest -n $(WORKERS) -m gitops --require-cluster tests/gitops

test-editor: $(STAMP)  ## The JSON Schema in the real yaml-language-server (needs node; cached)
	hack/editor/build
	$(BIN)/pytest -m editor --require-editor tests/editor

test-judges: $(STAMP)  ## Agreement with programs nobody here wrote (Go); TIMES=50 for a long run
	hack/judges/build
	ORK_JUDGE_TIMES=$(TIMES) $(BIN)/pytest -n $(WORKERS) tests/judges --require-judges

fuzz: $(STAMP)  ## Throw CASES (a million) cases at each of what takes input; seeds are printed
	$(BIN)/python -m tests.fuzz --cases $(CASES)

bench: $(STAMP)  ## Measure, side by side, and print ratios
	$(BIN)/python bench/run.py

dist: $(STAMP)  ## Wheel, sdist, and what a release is checked by, into dist/
	hack/release/build $(BIN)/python dist

LOCKED = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock"
lock: $(STAMP)  ## Renew the locked dependencies: what runs, what builds it, and what development adds
	$(BIN)/python -m pip install --quiet uv
	$(LOCKED) --extra dev -o requirements/dev.lock pyproject.toml requirements/build.in
	$(LOCKED) -c requirements/dev.lock -o requirements/run.lock pyproject.toml
	$(LOCKED) -c requirements/dev.lock -o requirements/build.lock requirements/build.in

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
