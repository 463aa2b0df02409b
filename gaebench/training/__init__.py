"""Training: the one loop, its schedule, and checkpoints to go on from."""

from gaebench.training.checkpoints import Checkpoint
from gaebench.training.loop import COLUMNS, fit, train
from gaebench.training.schedule import Schedule

__all__ = ["COLUMNS", "Checkpoint", "Schedule", "fit", "train"]
