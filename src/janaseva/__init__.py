"""Janaseva: one open platform on which a state government serves its people."""

__version__ = "0.1.0"
