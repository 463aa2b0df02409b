"""What a training cost: it differs from run to run, and stands beside results, never in them."""

import json
import platform
import re
import resource
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from gaebench.files import write_text
from gaebench.identity import record
from gaebench.model import Model


@dataclass(frozen=True)
class Cost:
    """What a training cost, that of killed processes which it went on from included.

    Attributes
    ----------
    parameters : int
        Numbers that were trained.
    seconds : float
        From the first step to the last score, validation scores included.
    images : int
        Images that steps were made with, each as often as it was.
    memory : int
        Bytes at most, of the last process; on CUDA of the device's memory.
    device : str
        The GPU, or the processor, of which training uses one core.
    """

    parameters: int
    seconds: float
    images: int
    memory: int
    device: str


def of(model: Model, seconds: float, images: int) -> Cost:
    """The cost of a model that this process has trained."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return Cost(parameters, seconds, images, _memory(model.device), _name(model.device))


def write(cost: Cost, model: str | Path, path: str | Path) -> None:
    """Write what a training cost, with the hash of the file that its model went to."""
    found = asdict(cost) | {"model": record.content_hash(model)}
    write_text(path, json.dumps(found, indent=2) + "\n")


def _memory(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else processor()


def processor() -> str:
    """The processor's name."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", info.read_text()) if info.is_file() else None
    return found[1] if found else platform.processor() or platform.machine()
