"""docs/reference, written from the program itself, so that it cannot tell otherwise than it is.

Example: python -m scripts.reference          writes the pages
         python -m scripts.reference --check  says which are stale, with exit code 1
"""
