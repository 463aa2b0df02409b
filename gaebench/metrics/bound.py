"""Evidence lower bound on the log-likelihood (Kingma & Welling 2014, eq. 2)."""

import torch
from torch import Tensor

from gaebench.data import Dataset
from gaebench.estimate import Estimate, check_possible, mean_and_sem
from gaebench.model import Model, given

NEEDS = "model"
ASKS = ("bound",)
VERSION = 1
LABEL = "evidence lower bound"
UNIT = "nats"
BETTER = "higher"
DECIMALS = 2


@torch.no_grad()
def bounds(model: Model, images: Tensor, generator: torch.Generator, chunk: int = 1000) -> Tensor:
    """The bound per image in nats, shape (n,); the model says how (``Model.bound``)."""
    parts = images.split(chunk)
    found = (given(model.bound, model.bound(rows, generator), (len(rows),)) for rows in parts)
    return torch.cat(list(found))


def evaluate(source: Model, data: Dataset, generator: torch.Generator) -> Estimate:
    """Mean bound of the test images, in nats, one draw of z per image.

    Raises
    ------
    Failed
        If it is more than bits can have.
    """
    test = torch.from_numpy(data.images("test")).to(source.device)
    found = mean_and_sem(bounds(source, test, generator).cpu().numpy())
    check_possible("bound", found, data.binary)
    return found


def validation_score(model: Model, valid: Tensor, generator: torch.Generator) -> float:
    """Mean bound of validation images in nats, for early stopping."""
    return bounds(model, valid, generator).mean().item()
