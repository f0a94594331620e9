# Two commands do everything: `make run` and `make test`. Each works from a clean checkout.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INDEX := data/index
BUNDLED := data/bundled
SETS := sanmen-dev sanmen-own sanmen-conversations

.PHONY: install run test check eval bundle fuzz load clean

install: $(VENV)/.installed-run

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed-run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@ $(VENV)/.installed-run

$(INDEX)/manifest.json: | install
	$(BIN)/python -m index build index/reports --out $(INDEX)

run: install $(INDEX)/manifest.json
	$(BIN)/python ui.py --index $(INDEX)

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	$(BIN)/python -m pytest
	$(MAKE) eval

# Runs the shipped question sets over the bundled report and fails when a figure leaves its gate.
eval: install
	$(BIN)/python -m index build index/reports --out $(BUNDLED)
	@for set in $(SETS); do \
	  $(BIN)/python -m eval run eval/questions/$$set.jsonl --out data/eval/$$set --index $(BUNDLED) || exit $$?; \
	  $(BIN)/python -m eval compare eval/baseline/$$set data/eval/$$set --gate eval/gate.json || exit $$?; \
	done

# One archive for machines without a network: wheels, weights, licences, what is in it, checksums, installer.
bundle: install
	$(BIN)/python -m deploy.bundle

# Ten minutes of random requests against the real server, by its own description.
fuzz: $(VENV)/.installed-test
	$(BIN)/python tests/fuzz.py

# Fifty clients for three minutes against the real server.
load: install
	$(BIN)/python tests/load.py

clean:
	rm -rf $(VENV) build dist *.egg-info
