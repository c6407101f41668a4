"""WHAT IT SAYS: the Letter, its wording and templates, and the content they make together."""
