"""Workloads that print what things cost, as ratios in one run."""
