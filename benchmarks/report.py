"""The rows as CSV, and the page that shows them."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import torch
from matplotlib.figure import Figure
from tabulate import tabulate

from benchmarks.measurement import digits, split
from benchmarks.paths import PATHS
from benchmarks.scaling import LAYERS, Curve
from gaebench.files import whole, write_text
from gaebench.processes.cores import count
from gaebench.training import cost

COLUMNS = ("path", "ours_s", "limit_s", "ratio", "goal", "met", "low", "high", "peers", "note")
Rows = dict[str, dict[str, str]]

HOW = """\
How fast the expensive paths are, against a limit that is measured beside them: the float32 matrix
products of the path as its formula has them, and nothing else, in the block size that suits them
best, into memory that is at hand. (A path that finds a product to leave out can pass it.) Both run
in one process with one thread, in turns on the same data, each first every other round, after a
round that does not count; times are those of the round with the median ratio, in brackets the least
and the largest ratio of all rounds. Times are wall-clock.

Measured on {cpu}, {cores} cores, torch {torch}."""

PEERS = """\
The same jobs by other implementations, on one thread, each timed once. What is too slow to run as a
whole is timed on the part named, and scaled by the number of images, draws, codes or bandwidths."""

SCALING = """\
Times of our paths against the size of the job over two decades, the least of {repeats} runs each;
the exponent is the least-squares slope of log time against log count."""


def read(path: Path) -> Rows:
    """The rows of an earlier run by path, none if there is no file."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["path"]: row for row in csv.DictReader(file) if row["path"] in PATHS}


def to_csv(rows: Rows) -> str:
    """The rows in the order of the paths."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[path] for path in PATHS if path in rows)
    return text.getvalue()


def page(rows: Rows, scaling: str) -> str:
    """The Markdown page; ``scaling`` is its last section."""
    how = HOW.format(cpu=cost.processor(), cores=count(), torch=torch.__version__)
    sections = ["# Benchmarks", how, "## Against the limit", _main_table(rows), _missing(rows)]
    sections += [_notes(rows), "## Other implementations", PEERS, _peer_table(rows), scaling]
    return "\n\n".join(section for section in sections if section) + "\n"


def scaling_section(curves: Sequence[Curve], by_layers: Mapping[str, list[float]], n: int) -> str:
    """The section on scaling, with the figure and the table by layers."""
    rows = [
        [
            curve.path,
            curve.size,
            *(
                f"{count:,}: {digits_of(time)}"
                for count, time in zip(curve.counts, curve.times, strict=True)
            ),
            f"{curve.exponent:.2f}",
        ]
        for curve in curves
    ]
    points = [f"time {number} (s)" for number in range(1, 1 + len(curves[0].counts))]
    layers = [
        [family.upper(), *(f"{time:.2f}" for time in times)] for family, times in by_layers.items()
    ]
    return "\n\n".join(
        [
            "## Scaling",
            SCALING.format(repeats=n),
            table(["path", "n", *points, "exponent"], rows),
            "![Time against size](benchmarks.png)",
            "One epoch on 10,000 images, in seconds, by the number of hidden layers in encoder and "
            "decoder:",
            table(["model", *map(str, LAYERS)], layers),
        ]
    )


def earlier_scaling(path: Path) -> str:
    """The section on scaling of an earlier page, empty if there is none."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = re.search(r"^## Scaling\n.*", text, re.M | re.S)
    return found[0].strip() if found else ""


def save(folder: Path, rows: Rows, scaling: str) -> None:
    """Write ``benchmarks.csv`` and ``benchmarks.md``."""
    write_text(folder / "benchmarks.csv", to_csv(rows))
    write_text(folder / "benchmarks.md", page(rows, scaling))


def save_figure(folder: Path, figure: Figure) -> None:
    """Write ``benchmarks.png``."""
    with whole(folder / "benchmarks.png") as part:
        figure.savefig(part, format="png", metadata={"Software": None})


def line(row: Mapping[str, str]) -> str:
    """A row for the terminal."""
    unit = "GiB" if row["path"] == "memory" else "s"
    text = (
        f"{row['path']:15} ours {row['ours_s']} {unit}, limit {row['limit_s']} {unit}: "
        f"ratio {row['ratio']} [{row['low']}, {row['high']}], goal {row['goal']}, "
        f"met: {row['met']}"
    )
    details = [part for part in (row["peers"], row["note"]) if part]
    return "\n".join([text, *(f"{'':15} {part}" for part in details)])


def table(headers: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A Markdown table, the first columns left-aligned."""
    align = ["left"] * left + ["right"] * (len(headers) - left)
    return tabulate(list(rows), headers, tablefmt="pipe", colalign=align, disable_numparse=True)


def digits_of(value: float) -> str:
    """Three significant digits."""
    return digits(float(f"{value:.3g}"))


def _main_table(rows: Rows) -> str:
    headers = ["path", "job", "ours (s)", "limit (s)", "ratio", "goal", "met"]
    return table(headers, [_cells(rows[path]) for path in PATHS if path in rows], left=2)


def _cells(row: Mapping[str, str]) -> list[str]:
    benchmark = PATHS[row["path"]]
    ratio = row["ratio"]
    if row["low"] != row["high"]:
        ratio += f" [{row['low']}, {row['high']}]"
    goal = ("≥ " if benchmark.at_least else "≤ ") + row["goal"]
    return [row["path"], benchmark.what, row["ours_s"], row["limit_s"], ratio, goal, row["met"]]


def _missing(rows: Rows) -> str:
    missing = [path for path in PATHS if path not in rows]
    return f"Not measured here: {', '.join(missing)}." if missing else ""


def _notes(rows: Rows) -> str:
    return "\n".join(
        f"- {path}: {rows[path]['note']}." for path in PATHS if path in rows and rows[path]["note"]
    )


def _peer_table(rows: Rows) -> str:
    headers = ["path", "implementation", "how", "time (s)", "time / limit", "time / ours"]
    cells = [
        _peer_cells(rows[path], name, value)
        for path in PATHS
        if path in rows
        for name, value in split(rows[path]["peers"]).items()
    ]
    return table(headers, cells, left=3)


def _peer_cells(row: Mapping[str, str], name: str, value: str) -> list[str]:
    first = [row["path"], name, PATHS[row["path"]].peers.get(name, "")]
    try:
        time = float(value)
    except ValueError:
        return [*first, value, "", ""]
    ratios = (time / float(row["limit_s"]), time / float(row["ours_s"]))
    return [*first, *map(digits_of, (time, *ratios))]
