"""Files that are changed behind the run's back: does anything notice before it becomes a number?"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch

from torture.outcome import DETECTED, SILENT, SURVIVED, Outcome
from torture.project import Project

RUNS = "results/runs/mnist"
VAE, GAE = f"{RUNS}/vae-1/0", f"{RUNS}/gae-1/0"
ARTIFACTS = (
    f"{VAE}/samples.npy",
    f"{VAE}/model.pt",
    f"{VAE}/history.csv",
    f"{VAE}/parzen.json",
    f"{RUNS}/classifier.pt",
    f"{RUNS}/classifier.json",
    f"{RUNS}/features.npz",
    "data/processed/mnist.npz",
    "data/raw/mnist.json",
    "results/metrics.csv",
    "results/metrics.json",
    "results/tables.md",
    "results/index.html",
    "results/figures/samples.png",
    "results/vector/samples.svg",
)
SWAPS = (
    (f"{VAE}/samples.npy", f"{GAE}/samples.npy"),
    (f"{VAE}/model.pt", "results/runs/bimnist/vae-1/0/model.pt"),
    (f"{VAE}/parzen.json", f"{GAE}/parzen.json"),
    ("data/processed/mnist.npz", "data/processed/bimnist.npz"),
)
DIGITS = (
    f"{VAE}/parzen.json",
    f"{RUNS}/classifier.json",
    f"{VAE}/history.csv",
    "results/metrics.csv",
)

Change = Callable[..., None]
ANEW = "a file changed, and all numbers made anew"
PARTS = ("a file changed, then run again", ANEW)


def flip(path: Path) -> None:
    """A bit in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def flip_unseen(path: Path) -> None:
    """The same, and the file's time is as before."""
    times = path.stat()
    flip(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def cut(path: Path) -> None:
    """The second half is gone."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def empty(path: Path) -> None:
    """Nothing is left."""
    path.write_bytes(b"")


def blank(path: Path) -> None:
    """The second half is zeros."""
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + bytes(len(content) - half))


def digit(path: Path) -> None:
    """The last digit but two is another."""
    content = bytearray(path.read_bytes())
    places = [place for place, byte in enumerate(content) if byte in b"0123456789"]
    place = places[max(0, len(places) - 3)]
    content[place] = ord("0") + (content[place] - ord("0") + 1) % 10
    path.write_bytes(content)


def not_a_number(path: Path) -> None:
    """A weight is NaN."""
    weights = torch.load(path, weights_only=True)
    next(iter(weights.values())).view(-1)[0] = float("nan")
    torch.save(weights, path)


def swap(one: Path, other: Path) -> None:
    """Each has the other's content."""
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def damages() -> Iterator[tuple[str, tuple[str, ...], Change]]:
    """What is done, to which files, and how."""
    for path in ARTIFACTS:
        yield f"bit of {path}, its time kept", (path,), flip_unseen
    for path in ARTIFACTS[:8]:
        yield f"half of {path} cut", (path,), cut
    for path in (*DIGITS, *ARTIFACTS[8:]):
        yield f"{path} emptied", (path,), empty
    for path in DIGITS:
        yield f"digit of {path}", (path,), digit
    for path in (f"{VAE}/model.pt", f"{RUNS}/classifier.pt"):
        yield f"NaN in {path}", (path,), not_a_number
    yield "half of the samples zero", (f"{VAE}/samples.npy",), blank
    for pair in SWAPS:
        yield f"{' and '.join(pair)} swapped", pair, swap


def outcomes(finished: Project, expected: dict[str, bytes]) -> Iterator[Outcome]:
    """Do each kind of damage to a copy; then run again, at once and with all numbers to be made."""
    cases = [(part, *case) for part in PARTS for case in damages()]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(lambda case: _tried(finished, expected, *case), cases)


def _tried(
    finished: Project,
    expected: dict[str, bytes],
    part: str,
    what: str,
    paths: tuple[str, ...],
    change: Change,
) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="gaebench-torture-") as folder:
        project = finished.copy(Path(folder).resolve() / "project")
        change(*(project.folder / path for path in paths))
        if part == ANEW:
            _drop_numbers(project, keep=paths)
        return Outcome(part, what, *_result(project, expected, paths))


def _result(project: Project, expected: dict[str, bytes], paths: Sequence[str]) -> tuple[str, str]:
    """Whether a run, or looking through all files, tells of the damage or undoes it."""
    status, output = project.run()
    if not status and project.files() == expected:
        return SURVIVED, ""
    if status and any(path in output for path in paths):
        return DETECTED, ""
    if shutil.which("gaebench", path=os.environ["PATH"]):
        status, output = project.run("gaebench", "verify")
        if status and any(path in output for path in paths):
            return DETECTED, ""
    return SILENT, f"exit status {status}"


def _drop_numbers(project: Project, keep: Sequence[str]) -> None:
    """Remove what is made from models and images, so that those are read again."""
    made = [*project.folder.glob("results/runs/*/*/*/*.json"), *project.folder.glob("results/*.*")]
    for path in filter(Path.is_file, made):
        if path.relative_to(project.folder).as_posix() not in keep:
            path.unlink()
