"""What Snakemake and the jobs' own logs tell of a run: when jobs ran, and what they computed."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

COMPUTED = re.compile(r"computed for ([\d.]+) s$", re.M)


def computed(log: str) -> float:
    """Seconds of useful work that a job's log tells, 0 if it tells none."""
    return sum(float(found) for found in COMPUTED.findall(log))


def useful(logs: Path) -> float:
    """Seconds of useful work of all jobs with a log below a folder."""
    return sum(computed(path.read_text(encoding="utf-8")) for path in sorted(logs.rglob("*.log")))


def union(intervals: Iterable[tuple[float, float]]) -> float:
    """The total length of what some intervals cover, overlaps counted once and gaps not at all."""
    total, end = 0.0, float("-inf")
    for start, stop in sorted(intervals):
        total += max(0.0, stop - max(start, end))
        end = max(end, stop)
    return total


def records(root: Path, logs: str) -> list[dict]:
    """Snakemake's records of finished jobs whose log is in the folder ``logs`` below ``root``."""
    paths = [path for path in (root / ".snakemake" / "metadata").rglob("*") if path.is_file()]
    found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [record for record in found if _finished(record) and _logged(record, root, logs)]


def _finished(record: dict) -> bool:
    return not record.get("incomplete") and None not in (
        record.get("starttime"),
        record.get("endtime"),
    )


def _logged(record: dict, root: Path, logs: str) -> bool:
    paths = record.get("log") or []
    return any(Path(path).is_relative_to(logs) and (root / path).is_file() for path in paths)


def peak_memory(logs: Path) -> tuple[float, str]:
    """The largest resident memory of any job in GiB, and the file below ``logs`` that tells it."""
    peaks = {path: _max_rss(path) for path in sorted(logs.rglob("*.tsv"))}
    largest = max(peaks, key=peaks.get)
    return peaks[largest] / 1024, str(largest.relative_to(logs).with_suffix(""))


def _max_rss(path: Path) -> float:
    """In MiB; jobs that end before Snakemake looks at them have none, which counts as 0."""
    column = pd.read_csv(path, sep="\t")["max_rss"]
    return pd.to_numeric(column, errors="coerce").fillna(0.0).max()
