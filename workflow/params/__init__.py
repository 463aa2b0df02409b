"""What params.yaml means: its checks, the resolved settings of a run, the cells of the tables."""
