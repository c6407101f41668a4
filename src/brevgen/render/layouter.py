"""WeasyPrint, loaded, with the libraries of the system's that it needs.

Where one of these is not there this file cannot be imported, as is usual for what is missing; a
fork server passes over that, and whoever makes a letter says it. Loaded when the first is made.
"""

from contextlib import redirect_stdout

with redirect_stdout(None):  # it would print advice for those who build WeasyPrint
    try:
        import weasyprint
    except OSError as error:
        raise ImportError(str(error).partition(":")[0]) from error

__all__ = ["weasyprint"]
