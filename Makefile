# make quick   the whole graph at a small budget, into results/quick
# make test    the tests
# make test-slurm   the graph through a Slurm of one node on this machine
# make test-remotes  the results through an S3-compatible server on this machine
# make all     the full budget of params.yaml, into results
# make tune    the search for the models' settings, into docs/tuning.*; says what it would change
# make adopt   the best trials' settings into params.yaml
# make bench   how fast the expensive paths are, into results/benchmarks.*
# make gpu     on a machine with CUDA: tests, speed and the full graph there, into results/gpu.*
# make torture real damage to a small run, figures into docs/reliability.md
# make readme  the numbers of results/metrics.csv into the README
# make upgrade the versions and hashes of all packages anew, into workflow/pins.txt
# make verify  is every file what the run made? One line for each that is not
# make docs    pages of the package's functions, into build/docs
# make lint    is the code in order?  make format puts it in order
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

.PHONY: quick all tune adopt bench gpu torture readme docs upgrade verify
.PHONY: test test-slurm test-remotes lint format
.PHONY: environment environment-bench environment-docs environment-slurm environment-remotes

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

gpu: environment
	$(BIN)/python -m benchmarks.gpu

torture: environment
	$(BIN)/python -m torture

readme: environment
	PYTHONPATH=. $(BIN)/python workflow/readme.py numbers

upgrade: environment
	PYTHONPATH=. $(BIN)/python workflow/pins.py

verify: environment
	@$(BIN)/gaebench verify

docs: environment-docs
	$(BIN)/pdoc --docformat numpy --output-directory build/docs gaebench gaebench.api gaebench.model \
		gaebench.data gaebench.estimate gaebench.foreign gaebench.metrics gaebench.mathematics

test: environment lint
	$(BIN)/pytest

test-slurm: environment-slurm
	$(BIN)/python tests/test_slurm.py

test-remotes: environment-remotes
	$(BIN)/pytest tests/test_remotes.py

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

environment-slurm:
	@sh workflow/install.sh test slurm

environment-remotes:
	@sh workflow/install.sh test remotes

environment-docs:
	@sh workflow/install.sh test docs
