"""Odd content for every parser, made up and by damage to what is right."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

from torture.outcome import DETECTED, SILENT, Outcome
from torture.project import ROOT

PART = "odd content for a parser"
TESTS = "tests/test_parsers.py"
RESULT = re.compile(rf"^(PASSED|FAILED|ERROR) {TESTS}::(\S+)", re.M)


def outcomes(examples: int) -> Iterator[Outcome]:
    """Run the property tests with so many examples each."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "--tb=line", TESTS],
        cwd=ROOT,
        env=os.environ | {"GAEBENCH_EXAMPLES": str(examples)},
        capture_output=True,
        text=True,
        check=False,
    )
    for word, name in RESULT.findall(done.stdout):
        yield Outcome(
            f"{PART}, {examples} examples", name, DETECTED if word == "PASSED" else SILENT
        )
    if not RESULT.search(done.stdout):
        yield Outcome(PART, "all", SILENT, done.stdout[-300:] + done.stderr[-300:])
