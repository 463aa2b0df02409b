# What the rules share: parameters, targets, and which files of optional data sets there are.

import json
import math
import os
import sys
from functools import cache, partial
from pathlib import Path

# This checkout is the one that runs, whatever is installed: jobs inherit the search path.
ROOT = os.path.dirname(workflow.basedir)
sys.path[:0] = [workflow.basedir, ROOT]
os.environ.update(PYTHONPATH=os.pathsep.join(filter(None, [ROOT, os.getenv("PYTHONPATH")])))

from gaebench import planning, plugins
from gaebench.errors import GaebenchError, SettingsError
from gaebench.jobs import wants_gpu
from params import checks, jobs, labels, place, reading, redo, resolve
from params import runs as asked, search as searching
from params.jobs import as_json, code
from params.schema import suggestion
from params.targets import Targets
from running import start
from snakemake.io import apply_wildcards

if misplaced := place.problem(Path(ROOT), Path(sys.executable)):
    raise WorkflowError(misplaced)
LAID, problems = reading.loaded(["params.yaml", *workflow.overwrite_configfiles])
if problems:
    raise WorkflowError("\n".join(problems))


configfile: "params.yaml"


# Snakemake lays files over one another first and then over params.yaml, where null is lost.
config |= resolve.merged(LAID, reading.given(workflow.config_settings.config))
if problems := checks.problems(config):
    raise WorkflowError("\n".join(problems))

PARAMS = resolve.resolved(config)
TARGETS = Targets(PARAMS)
RESULTS = PARAMS["results"]
RUN = f"{RESULTS}/runs/{{dataset}}/{{model}}/{{seed}}"
LOGS = f"{RESULTS}/logs"
ENVIRONMENT = "../../environment.yml"
GPU = int(wants_gpu(PARAMS["device"]))
PRICES = planning.Prices(Path(), PARAMS, planning.REFERENCE)


# ---- this run: the only one in this folder; it goes on where others were killed


def begun():
    """The run, or None where nothing shall be made: in jobs elsewhere, and with -n."""
    start.follow()
    if "--unlock" in sys.argv and (others := start.others()):
        raise WorkflowError(others)
    if not workflow.is_main_process:
        return None
    folders = [RESULTS, "data/raw", "data/processed", "docs"]
    try:
        start.look([*folders, LOGS])
        return None if workflow.output_settings.dryrun else start.Run(folders, LOGS)
    except GaebenchError as error:
        raise WorkflowError(str(error)) from None


ONGOING = begun()


wildcard_constraints:
    dataset="|".join(PARAMS["datasets"]),
    model="|".join(PARAMS["models"]),
    control="|".join(PARAMS["controls"]) or "none",
    foreign="|".join(PARAMS["foreign"]) or "none",
    metric="|".join(plugins.names("metrics")),
    figure="|".join(PARAMS["figures"]) or "none",
    seed=r"\d+",
    source=r"\w+",


def family(wildcards):
    return PARAMS["models"][wildcards.model]["family"]


def with_images():
    """Models, and what has images without one, as a pattern."""
    return "|".join([*PARAMS["models"], *PARAMS["controls"], *PARAMS["foreign"]])


def restoring(wildcards):
    """What it takes to restore a trained model."""
    return asked.restoring(PARAMS, wildcards.model, wildcards.dataset)


def manifest(wildcards):
    return jobs.manifest(PARAMS, wildcards.dataset)


def metric_settings(wildcards):
    return asked.metric_settings(PARAMS, wildcards.metric)


def metrics_needing(what):
    """Names of the metrics that need ``samples``, ``features`` or a ``model``, as a pattern."""
    return "|".join(jobs.needing(what)) or "none"


# ---- order: what is short at once, then trainings, the longest first: one that began last would be
# alone in the end

AT_ONCE = 20  # above the logarithm of any time in seconds
TRAININGS = ("train", "trial")


def by_length(rule):
    """Priorities of a rule's jobs that rise with the time they are thought to take."""

    def priority(wildcards):
        output, benchmark = (
            apply_wildcards(file, wildcards) for file in (rule.output[0], rule.benchmark)
        )
        return math.log1p(PRICES.of(planning.Job(rule.name, (output,), benchmark)).seconds)

    return priority


# ---- targets: of the data sets that must be there, and of optional ones that can be had


def for_required(files):
    return [file for dataset in TARGETS.required for file in files(dataset)]


def is_missing(dataset):
    """Whether an optional data set cannot be had; known once its source was tried."""
    checkpoints.fetch.get(source=jobs.source(PARAMS, dataset))
    return bool(jobs.unavailable(PARAMS, dataset))


def if_available(dataset, files, wildcards):
    """Files of an optional data set, or nothing where it cannot be had."""
    return [] if is_missing(dataset) else files(dataset)


def for_optional(files):
    """One input function per optional data set, so that each waits for its own source only."""
    return [partial(if_available, dataset, files) for dataset in TARGETS.optional]


def available(files):
    """An input function: files of all data sets that are there."""

    def found(wildcards):
        optional = [file for part in for_optional(files) for file in part(wildcards)]
        return for_required(files) + optional

    return found


def unavailable_sources():
    """Manifests of the sources that may be missing, in the order of their data sets."""
    return list(dict.fromkeys(jobs.manifest(PARAMS, dataset) for dataset in TARGETS.optional))


# ---- figures: of the data sets that can be had; where there is none, no figure


def optional_of(figure):
    """The data sets of a figure that may be missing."""
    return [name for name in TARGETS.figure_datasets(figure) if name in TARGETS.optional]


def manifests_of(figure):
    """Manifests of the sources that may be missing."""
    return list(dict.fromkeys(jobs.manifest(PARAMS, name) for name in optional_of(figure)))


def missing_of(figure):
    """The data sets of a figure that cannot be had."""
    return [name for name in optional_of(figure) if is_missing(name)]


def if_drawable(figure, files, wildcards):
    """Files of a figure whose data sets are all optional, or nothing where none can be had."""
    return [] if missing_of(figure) == optional_of(figure) else expand(files, figure=figure)


def of_figure(give):
    """An input or params function: what is given for a figure without the data sets it lacks."""
    return lambda wildcards: give(wildcards.figure, missing_of(wildcards.figure))


def drawn(files):
    """Files of the figures, each of those that may be missing by a function of its own."""
    optional = [partial(if_drawable, name, files) for name in TARGETS.optional_figures]
    return [*expand(files, figure=TARGETS.figures), *optional]


# ---- the search for settings, checked against params.yaml: read by its own jobs only

SEARCH = f"{RESULTS}/search/{{dataset}}/{{model}}"
SEARCH_LOGS = f"{LOGS}/search/{{dataset}}/{{model}}"


@cache
def searched():
    try:
        return searching.load(config)
    except SettingsError as error:
        raise WorkflowError(str(error)) from None


def searched_for(wildcards):
    """The search, which must have trials of that model on that data set."""
    models = searched()["spaces"].get(wildcards.dataset, {})
    if wildcards.model not in models:
        what = f"{wildcards.model} on {wildcards.dataset}"
        hint = suggestion(wildcards.model, models)
        raise WorkflowError(f"workflow/search.yaml has no trials of {what}; {hint}")
    return searched()


def trial_settings(wildcards):
    """A trial's resolved settings and training, and its seed."""
    search, number, rung = searched_for(wildcards), int(wildcards.trial), int(wildcards.rung)
    trials = searching.trials_of(search, wildcards.dataset, wildcards.model)
    rungs = searching.rungs(search, wildcards.dataset, wildcards.model)
    if number >= len(trials) or rung >= rungs:
        what = f"{wildcards.model} on {wildcards.dataset}"
        there = f"0 to {len(trials) - 1}, on rungs 0 to {rungs - 1}"
        raise WorkflowError(f"workflow/search.yaml has trials of {what} numbered {there}")
    return as_json(searching.training(config, search, trials[number], rung))


def tried(wildcards, rung):
    """The numbers of the trials on a rung; known once the rung before it is done."""
    if not rung:
        search = searched_for(wildcards)
        return range(len(searching.trials_of(search, wildcards.dataset, wildcards.model)))
    before = checkpoints.rung.get(**dict(wildcards) | {"rung": rung - 1}).output.kept
    return json.loads(Path(before).read_text())


def histories_of(rung):
    """An input function: the histories of the trials on a rung."""
    return lambda wildcards: [
        f"{SEARCH}/{rung}/{trial}.csv".format(**wildcards) for trial in tried(wildcards, rung)
    ]
