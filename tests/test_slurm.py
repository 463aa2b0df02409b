"""The small graph through a real Slurm of one node on this machine: `make test-slurm`.

The node lives in a temporary folder and on the loopback: its own munge, slurmctld and slurmd, from
the distribution's packages, with no cgroups and no accounting. A Slurm that is there is left alone.
"""

import getpass
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_pipeline import CHECKPOINT, LOG, Project, await_file, environment, only_one_run

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "sinfo")
SYSTEM = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where daemons are, for those whose PATH has no such folder."""
CONFIGURATION = """
ClusterName=one
SlurmctldHost=localhost(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
MpiDefault=none
NodeName=localhost NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=7000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
"""
SOON = (
    *("--latency-wait", "5", "--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "2"),
)
"""A cluster's options are too slow for a test, and one without accounting has no `sacct`."""


def missing() -> list[str]:
    """The programs that are not there, and Snakemake's executor where it is not installed."""
    path = os.pathsep.join([os.environ["PATH"], SYSTEM])
    executor = importlib.util.find_spec("snakemake_executor_plugin_slurm")
    programs = [program for program in PROGRAMS if not shutil.which(program, path=path)]
    return programs if executor else [*programs, "snakemake-executor-plugin-slurm"]


pytestmark = [
    pytest.mark.pipeline,
    pytest.mark.skipif(
        bool(missing()), reason=f"no Slurm: {', '.join(missing())}; `make test-slurm` says more"
    ),
]


class Cluster:
    """One node in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"SLURM_CONF": str(folder / "slurm.conf")}

    def start(self) -> None:
        """Start munge, the controller and the node; wait until it takes jobs."""
        folder = self.folder
        for name in ("state", "spool", "bin"):
            (folder / name).mkdir()
        folder.chmod(0o755)
        (folder / "munge.key").write_bytes(os.urandom(1024))
        (folder / "munge.key").chmod(0o400)
        facts = {"user": getpass.getuser(), "folder": folder, "cpus": os.cpu_count()}
        (folder / "slurm.conf").write_text(CONFIGURATION.format(**facts))
        self._keep_the_configuration_in_srun()
        files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log"}
        places = [f"--{option}={folder}/munge.{name}" for option, name in files.items()]
        self.run("munged", "--force", f"--seed-file={folder}/munge.seed", *places)
        self.run("slurmctld", "-i")
        self.run("slurmd", "-b", "-N", "localhost")
        deadline = time.monotonic() + 60
        while "idle" not in self.run("sinfo", "--noheader"):
            assert time.monotonic() < deadline, (folder / "slurmctld.log").read_text()
            time.sleep(0.2)

    def _keep_the_configuration_in_srun(self) -> None:
        # The executor takes every SLURM_ variable from its jobs, and with it this node.
        srun = self.folder / "bin/srun"
        real = shutil.which("srun")
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {real} "$@"\n')
        srun.chmod(0o755)

    def run(self, *command: str) -> str:
        """Run one of Slurm's programs."""
        path = os.pathsep.join([os.environ["PATH"], SYSTEM])
        # Daemons keep what they inherit: no pipe, or its reader waits for them.
        with open(self.folder / "said", "w+") as said:
            settings = os.environ | self.environment | {"PATH": path}
            done = subprocess.run(command, env=settings, stdout=said, stderr=subprocess.STDOUT)
            said.seek(0)
            text = said.read()
        assert done.returncode == 0, text
        return text

    def job(self, comment: str) -> str:
        """The number of the running job whose comment, rule and wildcards, has some text."""
        lines = self.run("squeue", "--noheader", "--states=R", "--format=%i %k").splitlines()
        [number] = [line.split()[0] for line in lines if comment in line]
        return number

    def stop(self) -> None:
        """End the jobs that are left, and the node's processes by the numbers that they left."""
        if (self.folder / "slurmctld.pid").exists():
            self.run("scancel", "--user", getpass.getuser())
            time.sleep(2)
        for name in ("slurmd", "slurmctld", "munge"):
            path = self.folder / f"{name}.pid"
            if path.exists():
                subprocess.run(["kill", path.read_text().strip()], check=False)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A node that runs."""
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def test_a_killed_job_resumes_and_the_results_are_those_of_a_local_run(
    cluster, mnist_raw, tmp_path, monkeypatch
):
    local, remote = (Project.create(tmp_path / name, mnist_raw) for name in ("local", "remote"))
    longer = {"epochs": 20, "score_every": 4, "batch": 1000}
    for project in (local, remote):
        project.edit(only_one_run)
        project.edit(lambda config: config["models"]["vae-1"].update(train=longer))
    local.run("snakemake", "all")
    monkeypatch.setenv("SLURM_CONF", cluster.environment["SLURM_CONF"])
    monkeypatch.setenv("PATH", f"{cluster.folder}/bin:{environment()['PATH']}")
    process = remote.start("snakemake", "--profile", "workflow/profiles/slurm", *SOON, "all")
    try:
        await_file(remote.folder / LOG, process, text="epoch 8/20", seconds=1800)
        cluster.run("scancel", cluster.job("train_wildcards_mnist_vae-1_0"))
        output, _ = process.communicate(timeout=1800)
    finally:
        process.kill()
    assert process.returncode == 1
    assert re.search(r"^failed: train mnist/vae-1/0$", output, re.M)
    assert (remote.folder / CHECKPOINT).is_file()
    remote.run("snakemake", "--profile", "workflow/profiles/slurm", *SOON, "all")
    assert "goes on from its checkpoint" in (remote.folder / LOG).read_text()
    assert remote.files() == local.files()
    assert not remote.due()


if __name__ == "__main__":
    if names := missing():
        sys.exit(
            f"no Slurm here: {', '.join(names)} not found. Install it first, "
            "e.g. on Debian, as root: apt-get install munge slurmctld slurmd slurm-client"
        )
    sys.exit(pytest.main([__file__]))
