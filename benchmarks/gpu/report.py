"""What was measured on a GPU, as CSV and as a page."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tabulate import tabulate

from benchmarks.measurement import digits
from gaebench.files import write_text

HOW = """\
# On a GPU

{device}, torch {torch}. Its float32 products run at {flops:.1f} TFLOP/s (full precision), its
copies at {bytes:.0f} GB/s, read and written. Training: steps a second at a batch of 250, each
family with its own default settings; the roof is what arithmetic at that rate and memory at that
rate allow, whichever is less. Estimators: seconds, beside the matrix products of their formulas and
nothing else. The CPU core is timed on a part of the job, and scaled."""


@dataclass(frozen=True)
class Row:
    """What was timed: values by name; where ``most`` is best, with the ``roof`` over them."""

    what: str
    values: dict[str, float]
    roof: float = 0.0
    most: bool = False


def save_speed(results: Path, limits: object, rows: Sequence[Row]) -> None:
    """Write ``gpu.csv`` and ``gpu.md``."""
    write_text(results / "gpu.csv", to_csv(limits.device, rows))
    intro = HOW.format(
        device=limits.device,
        torch=torch.__version__,
        flops=limits.flops / 1e12,
        bytes=limits.bytes / 1e9,
    )
    steps, paths = ([row for row in rows if row.most is most] for most in (True, False))
    sections = [intro, *(table(part) for part in (steps, paths) if part)]
    write_text(results / "gpu.md", "\n\n".join(sections) + "\n")


def save_graph(results: Path, found: object) -> None:
    """Add how long the full graph took."""
    if found is None:
        return
    end = "all of it was done" if found.whole else "it goes on when `make gpu` is started again"
    line = (
        f"The full graph: {found.wall:.0f} s in this start, {end}; the GPU computed in "
        f"{found.busy:.0%} of them."
    )
    page = results / "gpu.md"
    before = page.read_text(encoding="utf-8") if page.is_file() else "# On a GPU\n"
    write_text(page, before.rstrip("\n") + "\n\n" + line + "\n")


def to_csv(device: str, rows: Sequence[Row]) -> str:
    """One line per value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["device", "what", "name", "value"])
    for row in rows:
        values = row.values | ({"roof": row.roof} if row.roof else {})
        writer.writerows([device, row.what, name, digits(v)] for name, v in values.items())
    return text.getvalue()


def table(rows: Sequence[Row]) -> str:
    """A Markdown table; of steps with their ratios to each other and to the roof."""
    names = list(rows[0].values)
    headers = ["", *names] + (["roof", "captured / one by one", "captured / roof"] * rows[0].most)
    cells = []
    for row in rows:
        line = [row.what, *map(_number, row.values.values())]
        if row.most:
            captured, plain = row.values["captured"], row.values["steps one by one"]
            line += [_number(row.roof), f"{captured / plain:.2f}", f"{captured / row.roof:.2f}"]
        cells.append(line)
    align = ["left"] + ["right"] * (len(headers) - 1)
    return tabulate(cells, headers, tablefmt="pipe", colalign=align, disable_numparse=True)


def _number(value: float) -> str:
    """Four significant digits, thousands set apart."""
    return f"{float(f'{value:.4g}'):,}".removesuffix(".0")
