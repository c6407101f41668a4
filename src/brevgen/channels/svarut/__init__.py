"""Letters through KS SvarUt: over the network, or as files for its portal."""
