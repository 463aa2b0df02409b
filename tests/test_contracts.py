"""An author's own fault is told with the file, the line and what the contract asks for.

Faulty plugins are recipes of CONTRIBUTING.md with a mistake in them, each a file of its own in a
copy of the package. One process checks them all beforehand; another one runs those whose fault only
shows when they run, in jobs.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import recipes
from params import contracts

from gaebench import plugins

ROOT = Path(__file__).parents[1]
RECIPES = recipes.read()
ALL = [(kind, name) for kind in plugins.KINDS for name in plugins.names(kind)]


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_the_plugins_there_are_keep_their_contract(kind, name):
    assert contracts.faults(kind, name) == []


MODEL_END = "        return self.decoder(z)\n"
SAMPLE = "\n    def sample(self, n, generator, chunk=1000):\n        return "

# ---- seen before anything runs

SEEN = [
    (
        "metrics",
        'NEEDS = "samples"',
        'NEEDS = "sample"',
        "line 9: NEEDS is 'sample'; did you mean 'samples'?",
    ),
    ("metrics", 'NEEDS = "samples"', "", "must set NEEDS"),
    ("metrics", 'NEEDS = "samples"', 'NEEDS = "sam" + "ples"', "line 9: NEEDS must be a literal"),
    ("metrics", "VERSION = 1", "", "must set VERSION, a whole number >= 1"),
    (
        "metrics",
        "VERSION = 1",
        'VERSION = "1"',
        "line 10: VERSION is '1', must be a whole number >= 1",
    ),
    (
        "metrics",
        'BETTER = "near one"',
        'BETTER = "near 1"',
        "BETTER is 'near 1'; did you mean 'near one'?",
    ),
    (
        "metrics",
        "DECIMALS = 3",
        "DECIMALS = 3\nLEAST_SAMPLES = True",
        "LEAST_SAMPLES is True, must be a whole number >= 1",
    ),
    ("metrics", 'LABEL = "', 'LABEL = "two\\nlines ', "must be a text of one line"),
    (
        "tables",
        "Table(",
        "Table(published='tabel1', ",
        "has published='tabel1'; did you mean 'table1'",
    ),
    ("metrics", "DECIMALS = 3", "DECIMALS = 3.5", "DECIMALS is 3.5, must be a whole number >= 0"),
    ("metrics", "def evaluate(", "def evaluat(", "must define evaluate(source, data, generator)"),
    (
        "metrics",
        ", generator: torch.Generator)",
        ")",
        "evaluate(source, data) must take (source, data, generator)",
    ),
    (
        "metrics",
        ", generator: torch.Generator)",
        ", generator, draws: int = 3)",
        "settings by keyword only, after a *",
    ),
    (
        "metrics",
        ", generator: torch.Generator)",
        ", generator, *, draws=3)",
        "the setting draws of evaluate must have a type",
    ),
    (
        "metrics",
        ", generator: torch.Generator)",
        ", generator, *, draws: int = VERSION)",
        "has the default VERSION, must have a literal",
    ),
    (
        "metrics",
        ", generator: torch.Generator)",
        ", generator, *, draws: list[int] = 3)",
        "the setting draws of evaluate has the type list[int], must have int, float, bool",
    ),
    (
        "metrics",
        ", generator: torch.Generator)",
        ", generator, *, draws: int = 2.5)",
        "the setting draws of evaluate has a default: is 2.5 (a number), must be a whole number",
    ),
    (
        "metrics",
        ", generator: torch.Generator)",
        ", generator, *, draws: int = None)",
        "the setting draws of evaluate has a default: is empty, must be a whole number",
    ),
    (
        "metrics",
        ", generator: torch.Generator)",
        ", generator, *, draws: int = 3, **more)",
        "evaluate must name each of its settings, without a *more",
    ),
    ("metrics", "def evaluate(", "def evaluate((", "this is not Python"),
    (
        "metrics",
        "def evaluate(",
        "def validation_score(model, valid):\n    return 1.0\n\n\ndef evaluate(",
        "validation_score(model, valid) must take (model, valid, generator)",
    ),
    (
        "models",
        MODEL_END,
        MODEL_END + "\n    def sample(self, n):\n        return n\n",
        "sample(self, n) must take (self, n, generator) by place",
    ),
    ("models", "class LinearVAE(Model)", "class Linear(Model)", "must define a class of its name"),
    (
        "models",
        "def __init__(",
        "def initialise(",
        "must have a constructor: __init__(self, spec, generator",
    ),
    ("models", "def draw_prior(", "def draw(", "the class $CLASS must have draw_prior"),
    ("models", "LinearVAE(Model)", "LinearVAE", "must be a Model"),
    (
        "models",
        "latent: int = 10",
        "latent: int",
        "the setting latent of __init__ must have a default",
    ),
    (
        "models",
        "        generator: torch.Generator,\n        *,",
        "        *,",
        "must take (self, spec, generator)",
    ),
    ("models", 'LABEL = "linear VAE"', "", "must set LABEL, a text"),
    (
        "models",
        "def bound(self, x: Tensor, generator: torch.Generator)",
        "def bound(self, x: Tensor)",
        "bound(self, x) must take (self, x, generator) by place",
    ),
    (
        "models",
        "def start(self, train: Tensor)",
        "def start(self)",
        "start(self) must take (self, train) by place",
    ),
    ("metrics", "VERSION = 1", "VERSION = 1\nDETAILS = {'a': 'b'}", "must be a mapping from det"),
    ("datasets", 'SOURCE = "digits"', "", "must set SOURCE"),
    ("datasets", 'SOURCE = "digits"', 'SOURCE = "my digits"', "must be a folder's name"),
    ("datasets", "FILES: dict[str, RawFile] = {}", "", "must set FILES"),
    ("datasets", "def read(raw: Path)", "def read()", "read() must take (raw)"),
    ("controls", "def images(", "def image(", "must define images(data, n, generator)"),
    ("controls", 'NOTE = ""', "NOTE = None", "must set NOTE"),
    (
        "figures",
        'NEEDS = ("samples",)',
        'NEEDS = ("samples")',
        "NEEDS is 'samples', must be a tuple of names",
    ),
    (
        "figures",
        'NEEDS = ("samples",)',
        'NEEDS = ("sample",)',
        "NEEDS is 'sample'; did you mean 'samples'?",
    ),
    (
        "figures",
        "def draw(runs: Sequence[ShownRun], device: str)",
        "def draw(runs)",
        "draw(runs) must take (runs, device)",
    ),
    ("figures", "def draw(", "def paint(", "must define draw(runs, device)"),
    ("figures", "CAPTION = ", "TITLE = ", "must set CAPTION, a text"),
    ("tables", "TABLE = ", "TABEL = ", "must set TABLE"),
    ("tables", "TABLE = Table(", "TABLE = dict(", "TABLE must be a Table, not a dict"),
    ("tables", 'title="', 'titel="', "an error in $FILE, line 5: TypeError"),
    (
        "tables",
        'Entry("bound")',
        'Entry("bond")',
        "TABLE shows no metric 'bond'; did you mean 'bound'?",
    ),
    (
        "tables",
        '(Entry("loglik_prior"), Entry("bound"))',
        'Entry("bound")',
        "must have a tuple of entries",
    ),
    (
        "tables",
        "in nats:",
        "in {nats}:",
        "whose braces hold no number that there is (KeyError('nats'))",
    ),
    ("tables", "    title", '    layout="rows",\n    title', "has the layout 'rows'"),
    ("tables", "    title", '    notes=("A remark"),\n    title', "must have a tuple of notes"),
    ("tables", "    title", '    row_notes=("a",),\n    title', "must have a mapping of row_notes"),
    ("tables", '"bound")', '"bound", better="hihger")', "did you mean 'higher'?"),
    ("tables", '"bound")', '"bound", path=("a",))', "must have a text as path of bound, not a tup"),
]
"""Kind, a text of its recipe, what stands in its place, and what is told."""
FINE = [
    ("metrics", 'NEEDS = "samples"', 'NEEDS: str = "samples"'),
    (
        "metrics",
        "def evaluate(",
        "def validation_score(model, valid, generator, n=3):\n    return 1.0\n\n\ndef evaluate(",
    ),
    ("figures", "def draw(", "from gaebench.figures.samples import draw\n\n\ndef paint("),
    ("figures", "def draw(", "draw = samples.draw\n\n\ndef paint("),
    ("models", "    def stages(self)", "    stages = None\n\n    def other(self)"),
]

# ---- seen when it runs

BOUND_END = (
    "        return self.log_likelihood(x, z) - gaussians.kl_to_standard(mean, log_variance)\n"
)
MEASURE = "return mean_and_sem(source.mean(1) / pixel, pixel=pixel)"
BROKEN = "an error in $FILE, line $LINE, in $FUNCTION: ZeroDivisionError: division by zero; $BLAME"
RUN = [
    ("metrics", MEASURE, "return 1 / 0", BROKEN),
    ("metrics", MEASURE, "return 0.5", "evaluate must give an Estimate, not a float; $BLAME"),
    ("metrics", MEASURE, "pass", "evaluate must give an Estimate, not nothing; $BLAME"),
    (
        "metrics",
        MEASURE,
        "return Estimate(np.float32(1), 0.0)",
        "must give an Estimate whose value is a float, not a float32; $BLAME",
    ),
    (
        "metrics",
        MEASURE,
        "return Estimate(1.0, 0.0, {'all': source})",
        "must give an Estimate whose details are numbers, texts, lists and mappings",
    ),
    (
        "metrics",
        MEASURE,
        "return Estimate(1.0, 0.0, {'curve': {'ten': 1.0}})",
        "must give another Estimate: the detail `curve` of a metric must hold numbers by numbers",
    ),
    (
        "metrics",
        MEASURE,
        "from gaebench.estimate import mean_and_sem; return mean_and_sem(np.array([1j, 2.0]))",
        "in evaluate: ValueError: a mean with its standard error is of real numbers, not complex",
    ),
    ("metrics", "import numpy as np", "import nompy as np", "line 3: ModuleNotFoundError: No mod"),
    ("metrics", MEASURE, "raise MemoryError", "there is not enough memory (an error in $FILE"),
    (
        "models",
        "return blocks.descend(self.optimiser, -self.bound(x, generator).mean())",
        "return 1 / 0",
        BROKEN,
    ),
    (
        "models",
        "return blocks.descend(self.optimiser, -self.bound(x, generator).mean())",
        "pass",
        "step must give the loss, a detached tensor of one number, not nothing; $BLAME",
    ),
    (
        "models",
        "return blocks.descend(self.optimiser, -self.bound(x, generator).mean())",
        "return -self.bound(x, generator).mean()",
        "step must give the loss, a detached tensor of one number, not one with a gradient",
    ),
    (
        "models",
        'return [Stage("linear", self.step, [self.optimiser])]',
        'return Stage("linear", self.step, [self.optimiser])',
        "stages must give a list of Stage, not a Stage; $BLAME",
    ),
    (
        "models",
        "self.step, [self.optimiser])]",
        "self.step, [self.optimiser], rows=self.rows)]\n\n    def rows(self, train):\n        pass",
        "rows must give a tensor, not nothing; $BLAME",
    ),
    (
        "models",
        "self.step, [self.optimiser])]",
        "self.step, [self.optimiser], score=self.rate)]\n\n    def rate(self, x):\n        pass",
        "rate must give a float, not nothing; $BLAME",
    ),
    (
        "models",
        MODEL_END,
        "        return self.decoder(z)[:, 1:]\n",
        "logits must give a tensor of shape (100, 64), not one of (100, 63); $BLAME",
    ),
    (
        "models",
        "return torch.empty(n, self.latent",
        "return torch.empty(self.latent",
        "draw_prior must give a tensor of shape (100, any), not one of (10,); $BLAME",
    ),
    (
        "models",
        MODEL_END,
        "        return self.decoder(z).long()\n",
        "logits must give a tensor of float32 or float64, not of int64; $BLAME",
    ),
    (
        "models",
        BOUND_END,
        "        return self.log_likelihood(x, z).mean()\n",
        "bound must give a tensor of shape (9,), not one of (); $BLAME",
    ),
    (
        "models",
        BOUND_END,
        "        return self.log_likelihood(x, z)[:, None] - x.mean(1)\n",
        "bound must give a tensor of shape (9,), not one of (9, 9); $BLAME",
    ),
    (
        "models",
        MODEL_END,
        MODEL_END + SAMPLE + "super().sample(n, generator)[1:]\n",
        "sample must give a tensor of shape (100, 64), not one of (99, 64); $BLAME",
    ),
    (
        "models",
        MODEL_END,
        MODEL_END + SAMPLE + "super().sample(n, generator).numpy()\n",
        "sample must give a tensor of shape (100, 64), not a ndarray; $BLAME",
    ),
    (
        "models",
        MODEL_END,
        MODEL_END + SAMPLE + "super().sample(n, generator).to_sparse()\n",
        "sample must give a dense tensor, not one of torch.sparse_coo; $BLAME",
    ),
    (
        "models",
        "        return blocks.descend(",
        "        __import__('os').chdir('/')\n        return blocks.descend(",
        "$CLASS must not leave the folder that Python runs in, and went to /; $BLAME",
    ),
    (
        "models",
        "        return blocks.descend(",
        "        raise KeyboardInterrupt\n        return blocks.descend(",
        "in step: KeyboardInterrupt: it must not end Python; $BLAME",
    ),
    (
        "models",
        "        blocks.set_output_bias(self.decoder, train)\n",
        "        blocks.set_output_bias(self.decoder, train.sub_(0.5).clamp_(0, 1))\n",
        "$CLASS must not change images in place, and changed those of training: it must make new",
    ),
    (
        "models",
        "        mean, log_variance = self.encoder(x)\n",
        "        mean, log_variance = self.encoder(x.mul_(0.9))\n",
        "$CLASS must not change images in place, and changed those of validation",
    ),
    (
        "models",
        "        return blocks.descend(",
        "        self.logits = lambda z: self.decoder(z) + 1.0\n        return blocks.descend(",
        "$CLASS must keep all that it learns and draws in parameters and buffers: restored from",
    ),
    (
        "models",
        "        self.adam = ",
        "        order = torch.randperm(64, generator=generator)\n"
        "        self.logits = lambda z: self.decoder(z)[:, order]\n        self.adam = ",
        "$CLASS must keep all that it learns and draws in parameters and buffers: restored from",
    ),
    (
        "models",
        "[self.optimiser])]",
        "[self.adam])]",
        "in stages: TypeError: optimisers of a Stage must be a list of torch.optim.Optimizer;",
    ),
    (
        "models",
        "[self.optimiser])]",
        "[self.optimiser], share=50)]",
        "in stages: ValueError: share of a Stage must be above 0 and at most 1, not 50; $BLAME",
    ),
    (
        "metrics",
        MEASURE,
        "return mean_and_sem(source, failed=3)",
        "ValueError: a mean with its standard error is of shape (n,), not (40, 64); $BLAME",
    ),
    (
        "metrics",
        MEASURE,
        "return mean_and_sem(source.mean(1), failed=3)",
        "evaluate must call a detail of its Estimate otherwise than failed, which is the file's",
    ),
    (
        "metrics",
        MEASURE,
        "return Estimate(1.0, 0.1, None)",
        "evaluate must give an Estimate whose details are a mapping, not nothing; $BLAME",
    ),
    (
        "datasets",
        "    digits = load_digits()\n",
        "    digits = load_digits()\n    np.random.rand()\n",
        "read must draw from the generators it is given, and drew from numpy itself",
    ),
    (
        "datasets",
        'SOURCE = "digits"',
        'SOURCE = "digits"\nBINARY = True',
        "read must give what BINARY says, and gives grey images (levels=16); $BLAME",
    ),
    (
        "controls",
        ".cpu()).numpy()",
        ".cpu()).numpy() + 0 * __import__('random').random()",
        "images must draw from the generators it is given, and drew from random itself",
    ),
    (
        "models",
        "        self.adam = ",
        "        self.register_buffer('mask', torch.tensor([-torch.inf]))\n        self.adam = ",
        "$CLASS must start from finite weights, and mask is not (what is infinite on purpose",
    ),
    (
        "models",
        "    def start(self",
        "    def get_extra_state(self):\n        return {}\n\n    def start(self",
        "$CLASS must keep tensors alone in its state_dict, and _extra_state is a dict; $BLAME",
    ),
    (
        "models",
        "device=self.device).normal_(generator=generator)",
        "device=self.device).normal_()",
        "$CLASS must draw from the generators it is given, and drew from torch itself",
    ),
    (
        "models",
        "        return blocks.descend(",
        "        __import__('numpy').random.rand()\n        return blocks.descend(",
        "$CLASS must draw from the generators it is given, and drew from numpy itself",
    ),
    (
        "models",
        "        return blocks.descend(",
        "        raise SystemExit(0)\n        return blocks.descend(",
        "in step: SystemExit: 0: it must not end Python; $BLAME",
    ),
    (
        "metrics",
        MEASURE,
        "return Estimate(float(np.random.rand()), 0.0)",
        "evaluate must draw from the generators it is given, and drew from numpy itself, which",
    ),
    (
        "metrics",
        MEASURE,
        "return Estimate(1.0, -0.1)",
        "evaluate must give an Estimate whose sem is not negative; $BLAME",
    ),
    (
        "metrics",
        MEASURE,
        "return Estimate(1.0, 0.1, {'part': {'value': 'a', 'sem': 0.1}})",
        "evaluate must give an Estimate whose part.value is a float, not a str; $BLAME",
    ),
    (
        "metrics",
        MEASURE,
        "return Estimate(1.0, 0.1, {'curve': {'1': float('nan')}})",
        "details are numbers, texts, lists and mappings: Out of range float values are not JSON",
    ),
    ("datasets", "    return Dataset(", "    return dict(", "read must give a Dataset, not a dict"),
    (
        "datasets",
        "RawFile] = {}",
        "RawFile] = {'a': 'http://a'}",
        "FILES['a'] must be a RawFile, not a str; $BLAME",
    ),
    (
        "controls",
        ".cpu()).numpy()",
        ".cpu()).numpy().T",
        "must give 1 to 7 images as float32 of shape (n, 64), not float32 of (64, 7); $BLAME",
    ),
    (
        "controls",
        ".cpu()).numpy()",
        ".cpu()).numpy().astype(float)",
        "must give 1 to 7 images as float32 of shape (n, 64), not float64 of (7, 64); $BLAME",
    ),
    ("controls", ".cpu()).numpy()", ".cpu())", "of shape (n, 64), not a Tensor; $BLAME"),
    ("figures", "    return figure", "    pass", "draw must give a matplotlib Figure, not nothing"),
    ("figures", "    return figure", "    return 1 / 0", BROKEN),
    (
        "figures",
        "    return figure",
        "    figure.set_size_inches(800, 600)\n    return figure",
        "draw must give a Figure of up to 50 inches a side, not 800 x 600; $BLAME",
    ),
    (
        "figures",
        "    return figure",
        "    figure.set_size_inches(3, 2)\n    figure.suptitle(r'$\\foo{$')\n    return figure",
        "draw must give a Figure that can be saved: ",
    ),
    (
        "figures",
        "    return figure",
        "    __import__('random').random()\n    return figure",
        "draw must draw from the generators it is given, and drew from random itself",
    ),
]
"""Likewise; what is told is a job's message."""
REFUSES = (
    "metrics",
    MEASURE,
    'from gaebench import errors; raise errors.DataError("no such images")',
)

PROGRAM = """
import json, sys
import numpy as np
from gaebench import controls, data, datasets, figures, jobs, metrics, runs, training
from gaebench.seeding import stream

white = np.random.default_rng(0).integers(0, 256, (40, 64)).astype(np.uint8)
toy = data.Dataset(white, white, white, (8, 8))
how = {"stop_on": "bound", "valid_images": 9, "epochs": 1, "batch": 20, "patience": 1}

def use(kind, name):
    if kind == "metrics":
        metrics.measured(name, toy.images("test"), toy, stream(0), {})
    elif kind == "models":
        model = training.train(toy, name, {}, seed=0, labels=(name,), **how).model
        runs.sample(model, 5, stream(0))
    elif kind == "datasets":
        datasets.read(datasets.module(name).__name__.split(".")[-1], None, {})
    elif kind == "controls":
        controls.made(name, toy, 7, stream(0), {})
    else:
        figures.save(name, figures.drawn(name, [], "cpu"), f"{name}.png", f"{name}.svg")

for kind, name in json.load(sys.stdin):
    try:
        with jobs.running(f"logs/{name}.log", name):
            use(kind, name)
    except SystemExit as end:
        assert end.code == 1
"""


def altered(kind: str, old: str, new: str, number: int) -> tuple[str, str]:
    """The name of a faulty plugin, and its file."""
    name, source = f"faulty{number}", RECIPES[kind].source
    source = source.replace("LinearVAE", name.title())
    old, new = (text.replace("LinearVAE", name.title()) for text in (old, new))
    assert old in source, old
    return name, source.replace(old, new)


def faulty(cases: list[tuple], start: int = 0) -> list[tuple[str, str, str]]:
    """Kind, name and file of each case."""
    return [
        (kind, *altered(kind, old, new, number))
        for number, (kind, old, new, *_) in enumerate(cases, start)
    ]


def write(folder: Path, files: list[tuple[str, str, str]]) -> None:
    for kind, name, source in files:
        (folder / "gaebench" / kind / f"{name}.py").write_text(source)


def python(folder: Path, program: str, given: str = "") -> subprocess.CompletedProcess:
    """Run a program on the package in a folder."""
    paths = os.pathsep.join([str(folder), str(folder / "workflow")])
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": paths},
        input=given,
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A copy of the package and the workflow."""
    return copied(tmp_path_factory.mktemp("copy"))


def copied(home: Path) -> Path:
    for part in ("gaebench", "workflow"):
        shutil.copytree(ROOT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    return home


CHECK = "from params import checks; print(*checks.problems({}), sep='\\n')"


@pytest.fixture(scope="module")
def told(folder) -> str:
    """What the check says of all faulty files, and of such as only look faulty."""
    write(folder, faulty(SEEN))
    write(folder, faulty(FINE, start=len(SEEN)))
    return python(folder, CHECK).stdout


def filled(text: str, kind: str, name: str, source: str) -> str:
    """A message with the place of the fault."""
    lines = source.splitlines()
    at = next((n for n, line in enumerate(lines) if "1 / 0" in line), 0)
    above = [line for line in lines[:at] if line.lstrip().startswith("def ")]
    function = re.search(r"def (\w+)", above[-1])[1] if above else ""
    places = {"FILE": f"gaebench/{kind}/{name}.py", "LINE": str(at + 1), "FUNCTION": function}
    for word, value in (places | {"BLAME": plugins.BLAME, "CLASS": name.title()}).items():
        text = text.replace(f"${word}", value)
    return text


@pytest.mark.parametrize("number", range(len(SEEN)), ids=lambda n: f"{SEEN[n][0]}: {SEEN[n][3]}")
def test_a_fault_is_told_beforehand_with_its_place(told, number):
    [place] = faulty([SEEN[number]], start=number)
    kind, name, _ = place
    lines = [line for line in told.splitlines() if f"gaebench/{kind}/{name}.py" in line]
    assert any(filled(SEEN[number][3], *place) in line for line in lines), lines
    assert len(lines) == 1, lines


def test_only_faults_are_told(told):
    head, *lines = told.splitlines()
    assert head == contracts.HEAD
    names = [f"faulty{number}.py" for number in range(len(SEEN))]
    assert all(any(name in line for name in names) for line in lines)


def test_a_file_that_is_not_ready_can_be_called_otherwise(told, folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    for kind, name, _ in [*faulty(SEEN), *faulty(FINE, start=len(SEEN))]:
        path = copy / "gaebench" / kind / f"{name}.py"
        path.rename(path.with_name(f"_{path.name}"))
    assert contracts.HEAD not in python(copy, CHECK).stdout


@pytest.fixture(scope="module")
def messages(tmp_path_factory) -> tuple[str, Path]:
    """What jobs print whose plugins are faulty, and where their logs are."""
    home = copied(tmp_path_factory.mktemp("run"))
    files = faulty([*RUN, REFUSES])
    write(home, files)
    done = python(home, PROGRAM, json.dumps([file[:2] for file in files]))
    return done.stderr, home / "logs"


@pytest.mark.parametrize("number", range(len(RUN)), ids=lambda n: f"{RUN[n][0]}: {RUN[n][3]}")
def test_a_fault_that_shows_in_a_job_is_told_with_its_place(messages, number):
    text, logs = messages
    [place] = faulty([RUN[number]], start=number)
    kind, name, _ = place
    [line] = [line for line in text.splitlines() if line.startswith(f"[{name}] error: ")]
    assert filled(RUN[number][3], *place) in line
    assert f"gaebench/{kind}/{name}.py" in line
    log = (logs / f"{name}.log").read_text()
    assert line.removeprefix(f"[{name}] ") in log
    assert ("Traceback" in log) == (", in " in line or "ModuleNotFound" in line)


def test_no_job_shows_a_traceback_or_asks_for_a_report(messages):
    text, _ = messages
    assert "Traceback" not in text and "please report" not in text


def test_what_a_plugin_refuses_is_no_fault_of_its_file(messages):
    text, logs = messages
    name = f"faulty{len(RUN)}"
    assert f"[{name}] error: no such images\n" in text
    assert "Traceback" not in (logs / f"{name}.log").read_text()
