"""The search for settings: its trials, and their log."""
