# make quick   the whole graph at a small budget, into results/quick
# make test    the tests
# make all     the full budget of params.yaml, into results
# make tune    the search for the models' settings, into docs/tuning.*; says what it would change
# make adopt   the best trials' settings into params.yaml
# make bench   how fast the expensive paths are, into results/benchmarks.*
# make readme  the numbers of results/metrics.csv into the README
# make docs    pages of the package's functions, into build/docs
#
# Each first sees to the environment, .venv; `make PYTHON=python3.12 quick` says of which Python.

# Tools are called by their path: a PATH that is exported here reaches them in some makes only.
BIN := .venv/bin

ifeq ($(wildcard workflow/install.sh),)
$(error this Makefile works in its own folder: make -C $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST)))) ...)
endif

# What a shell says to another Python (modules, another home, warnings that are errors) or to
# Snakemake (a profile) is not meant for this environment.
unexport $(filter-out PYTHON,$(filter PYTHON% SNAKEMAKE%,$(.VARIABLES)))

# Snakemake's cache is in the checkout where the home cannot be written.
CACHE = $${XDG_CACHE_HOME:-$$HOME/.cache}/snakemake
ifneq ($(shell test -z "$$HOME" || { mkdir -p "$(CACHE)" 2> /dev/null && test -w "$(CACHE)"; } || echo no),)
export XDG_CACHE_HOME := $(CURDIR)/.snakemake/cache
endif

.PHONY: quick all tune adopt bench readme docs test lint format
.PHONY: environment environment-bench environment-docs

quick: environment
	$(BIN)/snakemake --cores all --configfile workflow/quick.yaml -- all

all: environment
	$(BIN)/snakemake --cores all all

tune: environment
	$(BIN)/snakemake --cores all search
	PYTHONPATH=. $(BIN)/python workflow/readme.py search
	PYTHONPATH=. $(BIN)/python workflow/adopt.py

adopt: environment
	PYTHONPATH=. $(BIN)/python workflow/adopt.py --write

bench: environment-bench
	$(BIN)/python -m benchmarks

readme: environment
	PYTHONPATH=. $(BIN)/python workflow/readme.py numbers

docs: environment-docs
	$(BIN)/pdoc --docformat numpy --output-directory build/docs gaebench gaebench.api gaebench.model \
		gaebench.data gaebench.estimate gaebench.foreign gaebench.metrics gaebench.mathematics

test: environment lint
	$(BIN)/pytest

lint: environment
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check workflow
	$(BIN)/snakemake --lint

format: environment
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt workflow

environment:
	@sh workflow/install.sh test

environment-bench:
	@sh workflow/install.sh test bench

environment-docs:
	@sh workflow/install.sh test docs
