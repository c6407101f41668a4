"""Many letters at once: one letter made, in processes or on a cluster."""
