"""Training: the one loop, its schedule, and checkpoints to go on from."""

from gaebench.training.checkpoints import Checkpoint
from gaebench.training.cost import Cost
from gaebench.training.loop import COLUMNS, Trained, fit, train
from gaebench.training.schedule import Schedule

__all__ = ["COLUMNS", "Checkpoint", "Cost", "Schedule", "Trained", "fit", "train"]
