"""Faults on purpose: what was acknowledged must be there once, whatever is killed, cut off or filled up meanwhile."""
