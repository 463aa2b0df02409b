"""A tensor that torch.save wrote. No file's code is run."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gaebench.errors import DataError, described
from gaebench.foreign import size
from gaebench.foreign.arrays import meant
from gaebench.foreign.words import reading, shown

if TYPE_CHECKING:
    from torch import Tensor

NOT_PLAIN = (
    ", and nothing that could run code is read. Write it with torch.save(images, path), where "
    "images is a tensor"
)
NOT_DENSE = ". Save a dense one, of numbers alone: torch.save(images.to_dense().float(), path)"


def of_pt(path: Path) -> np.ndarray:
    """The tensor in a file, or the one of a mapping that holds the images.

    Raises
    ------
    DataError
        If there is none, or it is too large, or has a form that numpy has not.
    ShortOfMemory
        If there is not enough for it.
    """
    import torch

    with reading(f"{path}: this is no plain tensor", NOT_PLAIN, lambda e: type(e).__name__):
        size.require(_unpacked(path), f"{path}: its content")
        found = torch.load(path, map_location="cpu", weights_only=True)
    if isinstance(found, dict):
        tensors = {name: part for name, part in found.items() if isinstance(part, torch.Tensor)}
        found = tensors[meant(path, tensors, "tensor")]
    if not isinstance(found, torch.Tensor):
        raise DataError(f"{path}: must hold a tensor, not {described(found)}")
    with reading(f"{path}: its tensor cannot be read", NOT_DENSE):
        return dense(found.detach(), f"{path}: its tensor")


def _unpacked(path: Path) -> int:
    """Bytes of the file's content, unpacked."""
    if not zipfile.is_zipfile(path):
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def dense(tensor: "Tensor", called: str) -> np.ndarray:
    """A tensor in numpy's memory, or the same numbers in a type that numpy has.

    Parameters
    ----------
    tensor
        On the CPU, without a gradient.
    called
        What it is called where it is too large.

    Raises
    ------
    ValueError
        If it is not dense, or has no numbers; and whatever torch raises.
    """
    import torch

    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
        kind = "meta" if tensor.is_meta else tensor.dtype if tensor.is_quantized else tensor.layout
        raise ValueError(f"it is {shown(kind)}")
    known = (torch.float16, torch.float32, torch.float64)
    odd = tensor.is_floating_point() and tensor.dtype not in known
    size.require(size.of(tensor.shape, 4 if odd else tensor.element_size()), called)
    return (_single(tensor) if odd else tensor.resolve_conj().resolve_neg()).numpy()


def _single(tensor: "Tensor") -> "Tensor":
    """As float32; what is repeated without memory (``expand``) stays so."""
    once = tuple(slice(1) if step == 0 else slice(None) for step in tensor.stride())
    return tensor[once].float().expand(tensor.shape)
