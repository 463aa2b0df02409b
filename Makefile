# make quick   the whole graph at a small budget, into results/quick
# make test    the tests
# make all     the full budget of params.yaml, into results
# make tune    the search for the models' settings, into docs/tuning.*; says what it would change
# make adopt   the best trials' settings into params.yaml
# make bench   how fast the expensive paths are, into results/benchmarks.*
# make readme  the numbers of results/metrics.csv into the README

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := $(VENV)/.installed-bench
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: quick all tune adopt bench readme test lint format

quick: $(INSTALLED)
	snakemake --cores all --configfile workflow/quick.yaml -- all

all: $(INSTALLED)
	snakemake --cores all all

tune: $(INSTALLED)
	snakemake --cores all search
	PYTHONPATH=. python workflow/readme.py search
	PYTHONPATH=. python workflow/adopt.py

adopt: $(INSTALLED)
	PYTHONPATH=. python workflow/adopt.py --write

bench: $(BENCH_INSTALLED)
	python -m benchmarks

readme: $(INSTALLED)
	PYTHONPATH=. python workflow/readme.py numbers

test: $(INSTALLED) lint
	pytest

lint: $(INSTALLED)
	ruff check .
	ruff format --check .
	snakefmt --check workflow
	snakemake --lint

format: $(INSTALLED)
	ruff check --fix .
	ruff format .
	snakefmt workflow

$(INSTALLED): pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/python -m pip install --editable ".[test]"
	touch $@

$(BENCH_INSTALLED): $(INSTALLED)
	$(BIN)/python -m pip install --editable ".[test,bench]"
	touch $@
