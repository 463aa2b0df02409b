"""Jobs start as soon as there is a core, and nothing is looked for in between."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
JOBS = 6
SNAKEFILE = """
import sys

sys.path.insert(0, {workflow!r})
from running import pace
from snakemake.scheduling.job_scheduler import JobScheduler

looks, select = [], JobScheduler.job_selector
JobScheduler.job_selector = lambda self, jobs: looks.append(1) or select(self, jobs)

rule all:
    input: "slow", "waits"
rule quick:
    output: "quick/{{n}}"
    shell: "touch {{output}}"
rule slow:
    input: expand("quick/{{n}}", n=range({jobs}))
    output: touch("slow")
    priority: 1
    shell: "sleep 4"
rule waits:
    input: expand("quick/{{n}}", n=range({jobs}))
    output: touch("waits")
    shell: "true"

onstart:
    {take_off}
onsuccess:
    print("looked", len(looks))
"""


@pytest.mark.parametrize(
    ("take_off", "once_a_job"), [("pace.without_limit(workflow)", True), ("pass", False)]
)
def test_jobs_are_looked_for_when_one_ends_and_not_in_between(tmp_path, take_off, once_a_job):
    """The second case is Snakemake by itself: when it no longer differs, pace.py can go."""
    text = SNAKEFILE.format(workflow=str(ROOT / "workflow"), jobs=JOBS, take_off=take_off)
    (tmp_path / "Snakefile").write_text(text)
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--workflow-profile", "none"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (looked,) = [line.split()[1] for line in done.stdout.splitlines() if line[:6] == "looked"]
    assert (int(looked) <= JOBS + 4) == once_a_job
