# Two commands do everything: `make run` and `make test`. Each works from a clean checkout.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INDEX := data/index

.PHONY: install run test check eval clean

install: $(VENV)/.installed-run

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed-run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@ $(VENV)/.installed-run

run: install
	@test -f $(INDEX)/manifest.json || test -f $(INDEX)/CURRENT || $(BIN)/python -m index build index/reports --out $(INDEX)
	$(BIN)/python ui.py --index $(INDEX)

check: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: check
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) build *.egg-info
