"""Real damage to a small run: kills, full disks, changed files, odd content. `make torture`."""
