"""Pictures inside the page: as data URIs, with their size and a text in their place."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from gaebench.errors import GaebenchError
from gaebench.page.text import anchor
from gaebench.report.names import Names


class Picture(NamedTuple):
    """A figure: a data URI, its size in pixels, its caption and what stands in its place."""

    anchor: str
    name: str
    uri: str
    width: int
    height: int
    alt: str
    caption: str


def figure(name: str, told: Mapping, path: Path, names: Names) -> Picture:
    """A figure from its PNG file.

    Parameters
    ----------
    told
        ``caption`` and ``runs``: pairs of a data set and a model or control.

    Raises
    ------
    GaebenchError
        If the file is missing or damaged.
    """
    try:
        content = path.read_bytes()
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
    except (OSError, UnidentifiedImageError) as error:
        raise GaebenchError(
            f"{path} is no picture ({error}). Delete it and run again: it is drawn anew."
        ) from error
    text = alt(name, told["runs"], names)
    return Picture(anchor("figure", name), name, uri(content), width, height, text, told["caption"])


def alt(name: str, runs: list[tuple[str, str]], names: Names) -> str:
    """What a figure shows, in words: the caption beside it says what to see there."""
    models = dict.fromkeys(names.model(model).text for _, model in runs)
    datasets = dict.fromkeys(names.dataset(dataset).text for dataset, _ in runs)
    return f"{name.replace('_', ' ').capitalize()} of {', '.join(models)} on {', '.join(datasets)}."


def grey(image: np.ndarray, shape: tuple[int, int]) -> str:
    """An image with pixels in [0, 1] and this (height, width) as the URI of a PNG."""
    levels = np.round(np.asarray(image, dtype=np.float32).reshape(shape) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(levels).save(buffer, "PNG", optimize=True)
    return uri(buffer.getvalue())


def uri(png: bytes) -> str:
    """The data URI of a PNG."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
