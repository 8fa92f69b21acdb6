"""The outside world of documents: the typesetter in its own process, and the keys that sign."""
