"""The desk and its cases: what waits, one application with all that belongs to it, and what is done with it."""
