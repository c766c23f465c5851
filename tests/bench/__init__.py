"""Measurements: ``python -m tests.bench [name ...]`` prints tables of medians and ratios of one run."""
