"""What is claimed, by the slides and beyond, and what the numbers say of it."""
