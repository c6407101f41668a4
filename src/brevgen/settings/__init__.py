"""WHAT IS SET: `brevgen.toml` and `round.toml` as values."""
