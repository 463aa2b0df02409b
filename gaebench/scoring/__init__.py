"""Scores of foreign images and models: the metrics of the tables, outside the graph.

A score here is what the graph would give: the same settings, code, random streams and single
thread.
"""

from gaebench.scoring.measure import Score, Subject, measure
from gaebench.scoring.selection import SHOWN, metrics_for

__all__ = ["SHOWN", "Score", "Subject", "measure", "metrics_for"]
