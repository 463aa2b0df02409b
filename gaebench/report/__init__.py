"""From the metric files of all runs to the tidy table, the tables of the slides and the figures."""
