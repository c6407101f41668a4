"""brevgen: from an allocation of refugees to one checked, numbered letter per municipality."""
