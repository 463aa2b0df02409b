"""Raw files: where they come from, how they are fetched, checked by hash, and read by format."""
