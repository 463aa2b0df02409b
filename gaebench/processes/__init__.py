"""Processes of a run: they end with their caller, and hold a sign that the run lives."""
