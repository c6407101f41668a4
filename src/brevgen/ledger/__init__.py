"""WHAT HAS HAPPENED: the ledger of every letter, its reference and its history."""
