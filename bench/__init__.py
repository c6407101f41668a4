"""Benchmarks, each run with `make`: letters against other ways, large rounds, and the start."""
