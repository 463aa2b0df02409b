"""What a run of the graph would do: its jobs, how long they take, how much disk they fill."""

from gaebench.planning.costs import REFERENCE, Cost, Prices, wall
from gaebench.planning.due import Job, due

__all__ = ["REFERENCE", "Cost", "Job", "Prices", "due", "wall"]
