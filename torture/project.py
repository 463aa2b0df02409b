"""A small project that is run once without disturbance, and copies of it to be damaged."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PARTS = ("gaebench", "workflow", "dvc.yaml", ".dvcignore", ".gitignore", "environment.yml")
IMAGES = "data/raw/mnist"
PASSING = ("logs", "checkpoints")
LIMIT = 1200
"""Seconds after which a run hangs."""


def config() -> dict:
    """Two data sets, two models, a metric of each kind, a figure: some 25 short jobs."""
    whole = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    small = {"layers": 1, "hidden": 8, "latent": 2}
    both, seeds = ["vae-1", "gae-1"], {"mnist": [0], "bimnist": [0]}
    training = {"epochs": 2, "batch": 1000, "budget": 1.0, "stop_on": "bound", "valid_images": 100}
    return whole | {
        "device": "cpu",
        "checkpoint_minutes": 0,
        "samples": 100,
        "datasets": {name: whole["datasets"][name] | {"train": {}} for name in seeds},
        "train": whole["train"] | training,
        "models": {name: {"family": name[:3], "settings": dict(small)} for name in both},
        "controls": {},
        "classifier": whole["classifier"] | {"epochs": 1},
        "metrics": {
            "parzen": {"validation": 100},
            "bound": {},
            "frechet": {},
            "prdc": {"neighbours": 3},
        },
        "tables": {
            "table1": {"models": both, "seeds": seeds},
            "bounds": {"models": both, "seeds": seeds},
            "quality": {"models": both, "seeds": {"mnist": [0]}},
        },
        "figures": {"samples": {"dataset": "mnist", "models": both, "seed": 0}},
        "lists": {},
    }


class Project:
    """A checkout in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, folder: Path) -> "Project":
        """Copy the code and the raw images, and write the parameters."""
        folder.mkdir(parents=True)
        for part in PARTS:
            source = ROOT / part
            if source.is_dir():
                without = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / part, ignore=without)
            else:
                shutil.copy(source, folder / part)
        shutil.copytree(ROOT / IMAGES, folder / IMAGES)
        text = yaml.safe_dump(config(), sort_keys=False)
        (folder / "params.yaml").write_text(text, encoding="utf-8")
        return cls(folder)

    def copy(self, folder: Path) -> "Project":
        """A copy with everything in it, file times included."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return type(self)(folder)

    @staticmethod
    def environment() -> dict[str, str]:
        """That of its processes."""
        return environment()

    def start(self, *command: str, **more: object) -> subprocess.Popen:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            command or ["snakemake", "--cores", "1", "all"],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **more,
        )

    def run(self, *command: str, **more: object) -> tuple[int, str]:
        """Run a command to its end: its exit status, and what it said."""
        process = self.start(*command, **more)
        output, _ = process.communicate(timeout=LIMIT)
        return process.returncode, output

    def files(self) -> dict[str, bytes]:
        """What data and results hold, less logs and what passes."""
        found = [*self.folder.glob("results/**/*"), *self.folder.glob("data/processed/*")]
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in found
            if path.is_file() and not set(path.parts) & set(PASSING) and path.name[0] != "."
        }


def environment() -> dict[str, str]:
    """That of the processes: this Python's programs first, no settings from outside."""
    outside = ("SNAKEMAKE", "PYTHONPATH", "GAEBENCH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(outside)}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]])
    return kept | {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
