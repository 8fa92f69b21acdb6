"""SQLite as Django speaks it, with connections that threads keep."""
