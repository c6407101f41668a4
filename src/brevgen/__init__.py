"""brevgen: from an allocation of refugees to one checked, numbered letter per municipality."""

__version__ = "0.2.0"
