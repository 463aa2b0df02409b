"""What surrounds a run: who else is at work in this folder, and what killed runs left behind."""
