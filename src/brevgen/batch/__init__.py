"""A whole round: opened, planned, made, approved, reported.

Only this room and the command line know all the others.
"""
