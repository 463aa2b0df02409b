"""Which file is what: an identity beside each file that a job makes, and the checks of it."""
