"""WeasyPrint, loaded, with the libraries of the system's that it needs.

Where one of these is not there this file cannot be imported, as is usual for what is missing; a
fork server passes over that, and whoever makes a letter says it. Loaded when the first is made.
"""

from contextlib import redirect_stdout

with redirect_stdout(None):  # it would print advice for those who build WeasyPrint
    try:
        import weasyprint
        from weasyprint.pdf import tags
    except OSError as error:
        raise ImportError(str(error).partition(":")[0]) from error

_tag_of = tags._get_pdf_tag
# Strong words are tagged as what they are; `pdfa` says what that stands for (ISO 32000-1, 14.7.3).
tags._get_pdf_tag = lambda element: "Strong" if element == "strong" else _tag_of(element)

__all__ = ["weasyprint"]
