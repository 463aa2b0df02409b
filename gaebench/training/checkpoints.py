"""Checkpoints: files that a training goes on from after it was killed.

A checkpoint is written whole or not at all, and holds a digest of its content and an identity:
what training depends on. One that is damaged, or of another training, is not used.
"""

import hashlib
import io
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch

from gaebench.data import Dataset
from gaebench.errors import Failed, GaebenchError, ShortOfMemory, is_of_memory
from gaebench.files import whole
from gaebench.training.state import State

log = logging.getLogger(__name__)

DIGEST = hashlib.sha256().digest_size
"""Bytes of the digest at the beginning of the file."""
LEAST_RATIO = 100
"""Time between two snapshots over the time that one takes: they cost at most 1 % of training."""
SHOWN = 6
"""Differences that the log names."""


class Checkpoint:
    """The checkpoint of one training.

    The state is taken as bytes as often as that costs next to nothing, and written every few
    minutes; a training that is terminated or interrupted writes what was taken last.

    Parameters
    ----------
    path
        The file.
    minutes
        Least time between two writes, unless training is terminated.
    code
        Hashes of the code, file by file.
    """

    def __init__(self, path: str | Path, *, minutes: float, code: dict[str, str]) -> None:
        self.path = Path(path)
        self.minutes = minutes
        self.identity: dict = {"code": code}
        self._snapshot: bytes | None = None
        self._free = self._written = time.monotonic()

    def read(self) -> dict | None:
        """The state to go on from; None if there is none that fits, and the log says why."""
        try:
            saved = _parse(self.path.read_bytes())
            others = differences(json.loads(saved["identity"]), self.identity)
        except FileNotFoundError:
            return None
        except Exception as error:
            if is_of_memory(error):
                raise ShortOfMemory(error) from error
            reason = str(error).partition("\n")[0] or type(error).__name__
        else:
            if not others:
                return saved["state"]
            more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
            reason = f"it is of another training: {', '.join(others[:SHOWN])}{more} differ"
        log.warning("not used: checkpoint %s (%s); training begins anew", self.path, reason)
        return None

    def offer(self, state: Callable[[], dict]) -> None:
        """Take and write the state that a function gives, if it is time to."""
        started = time.monotonic()
        if started < self._free:
            return
        buffer = io.BytesIO()
        torch.save({"identity": json.dumps(self.identity), "state": state()}, buffer)
        self._snapshot = buffer.getvalue()
        if started - self._written >= 60 * self.minutes:
            self.write()
        ended = time.monotonic()
        self._free = ended + LEAST_RATIO * (ended - started)

    def write(self) -> None:
        """Write the state taken last, if it is not written yet. Training survives a full disk."""
        if self._snapshot is None:
            return
        started = time.monotonic()
        try:
            with whole(self.path) as part, open(part, "wb") as file:
                file.write(hashlib.sha256(self._snapshot).digest())
                file.write(self._snapshot)
                file.flush()
                os.fsync(file.fileno())
        except GaebenchError as error:
            log.warning("training goes on without a new checkpoint: %s", error)
        else:
            log.info("checkpoint written in %.2f s", time.monotonic() - started)
            self._snapshot = None
        self._written = time.monotonic()

    def delete(self) -> None:
        """Delete the file: the model is there."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("cannot delete %s: %s", self.path, error.strerror or error)


@contextmanager
def going_on(checkpoint: Checkpoint | None, state: State) -> Iterator[Callable[[], None]]:
    """Bring a state to that of its checkpoint; give what is to be called after every epoch."""
    if checkpoint is None:
        yield lambda: None
        return
    if saved := checkpoint.read():
        state.restore(saved)
        log.info(
            "goes on from its checkpoint: stage %s, after epoch %d",
            state.stage.name,
            state.progress.epoch,
        )
    try:
        yield lambda: checkpoint.offer(state.capture)
    except (SystemExit, KeyboardInterrupt):
        checkpoint.write()
        raise
    except Failed:
        checkpoint.delete()  # it would fail again
        raise


def differences(one: dict, other: dict) -> list[str]:
    """Names of what differs between two identities, as ``settings.layers``."""
    found, expected = _flat(one), _flat(other)
    return [name for name in found | expected if found.get(name) != expected.get(name)]


def _flat(identity: dict) -> dict[str, str]:
    """Names of parts -> their values as JSON."""
    texts = {}
    for name, value in identity.items():
        parts = value if isinstance(value, dict) else {"": value}
        texts |= {f"{name}.{part}".rstrip("."): json.dumps(parts[part]) for part in parts}
    return texts


def _parse(content: bytes) -> dict:
    digest, payload = content[:DIGEST], memoryview(content)[DIGEST:]
    if hashlib.sha256(payload).digest() != digest:
        raise ValueError("its content is not what was written")
    return torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)


# ---- what a training depends on beside its settings and code


def surroundings(data: Dataset, device: str) -> dict:
    """The images that training sees, and what the last bits of it depend on."""
    precision = torch.backends.cuda.matmul.fp32_precision if device != "cpu" else "ieee"
    machine = {"device": device, "precision": precision, "torch": str(torch.__version__)}
    return {"data": _digest(data), "machine": machine}


def _digest(data: Dataset) -> str:
    found = hashlib.sha256(repr((data.shape, data.levels, len(data.train))).encode())
    for images in (data.train, data.valid):
        found.update(np.ascontiguousarray(images))
    return found.hexdigest()
