"""Measure the paths named on the command line, or all of them, and write ``results/benchmarks.*``.

``--small`` takes a tenth of every count, prints, and writes nothing.
"""

import argparse
import sys

import torch
from threadpoolctl import threadpool_limits

from benchmarks import report, scaling
from benchmarks.inputs import ROOT
from benchmarks.measurement import NotMeasured
from benchmarks.paths import PATHS
from gaebench.errors import GaebenchError, SettingsError

RESULTS = ROOT / "results"
SCALING = "scaling"
NAMES = (*PATHS, SCALING)


def main() -> None:
    """Measure, print, and write after every path what is known by then."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("paths", nargs="*", help=f"any of {', '.join(NAMES)}; all by default")
    parser.add_argument("--small", action="store_true", help="a tenth of the size; print only")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            measure_all(_wanted(chosen.paths), small=chosen.small)
    except GaebenchError as error:
        sys.exit(f"error: {error}")


def measure_all(paths: list[str], *, small: bool) -> None:
    """Measure some paths; those not named keep their rows of an earlier run."""
    share = 0.1 if small else 1.0
    rows = report.read(RESULTS / "benchmarks.csv")
    section = report.earlier_scaling(RESULTS / "benchmarks.md")
    for path in paths:
        print(f"{path} ...", flush=True)
        if path == SCALING:
            section = _scaling(share, small)
        else:
            _measure(path, share, rows)
        if not small:
            report.save(RESULTS, rows, section)


def _wanted(paths: list[str]) -> list[str]:
    unknown = [path for path in paths if path not in NAMES]
    if unknown:
        raise SettingsError(f"no path {unknown[0]!r}; there are: {', '.join(NAMES)}")
    return [path for path in NAMES if path in paths] if paths else list(NAMES)


def _measure(path: str, share: float, rows: report.Rows) -> None:
    """Put a new row in the place of the old one; a path that cannot be measured has none."""
    rows.pop(path, None)
    try:
        rows[path] = PATHS[path].row(path, PATHS[path].run(share))
        print(report.line(rows[path]), flush=True)
    except NotMeasured as reason:
        print(f"{path:15} not measured: {reason}", flush=True)


def _scaling(share: float, small: bool) -> str:
    curves, layers = scaling.curves(share), scaling.by_layers(share)
    section = report.scaling_section(curves, layers, scaling.REPEATS)
    print(section, flush=True)
    if not small:
        report.save_figure(RESULTS, scaling.draw(curves))
    return section


if __name__ == "__main__":
    main()
