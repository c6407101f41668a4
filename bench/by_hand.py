"""The least that makes one letter: import WeasyPrint and render a page that is there."""

import sys

import weasyprint  # noqa: TID253  it is what is measured

weasyprint.HTML(filename=sys.argv[1]).write_pdf(sys.argv[2], pdf_variant="pdf/a-2a")
