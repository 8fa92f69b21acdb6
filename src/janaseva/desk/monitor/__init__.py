"""Incidents at the desk, for administrators."""
