"""WHAT PEOPLE DO: one file a use case, without a screen."""
