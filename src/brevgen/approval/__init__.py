"""Who stands behind a letter: its approval, its seal, and whether a seal is whole."""
