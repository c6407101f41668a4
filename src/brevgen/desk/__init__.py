"""The desk: a whole round in the browser, over the same use cases as the command line."""
