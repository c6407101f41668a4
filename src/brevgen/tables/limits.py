"""How much of a table is read at most: bounds that no allocation reaches, and a broken file does.

A file that says more than this is refused with a word, in seconds and in little memory. The country
has fewer than 400 municipalities; what is asked of them fits into a few hundred rows.
"""

from brevgen.files import MEGABYTE

MAX_FILE = 20 * MEGABYTE
"""Bytes of a text file or a workbook."""

LAST_ROW, MAX_COLUMNS = 1_048_576, 16_384
"""As far down and to the right as a spreadsheet goes."""
MAX_ROWS = 20_000
"""Rows with something in them."""
MAX_CELLS = 200_000
"""Cells with something in them, and formulas."""
MAX_TEXT = 10_000
"""Characters of a cell."""
MAX_CHARACTERS = MAX_FILE
"""Characters of all cells together: as many as a text file can hold, so that nothing swells."""
MAX_WIDTH = 20_000_000
"""Cells of a sheet if each row went on without a gap to its last cell, as openpyxl reads it."""
MAX_MERGED = 10_000
"""Merged ranges of a sheet; each is compared with the rows and columns that are used."""

MAX_FORMAT = 255
"""Characters of a number format that are looked at; Excel takes no more."""

LAST_HEADER_ROW = 30
"""How far down the header may stand: below a title and some notes, not below the data."""

MAX_PARTS = 10_000
"""Files packed into a workbook; each takes memory even before it is read."""
MAX_SHEETS = 1_000
"""Sheets of a workbook; each visible one is begun to see what is on it."""
MAX_PART = 64 * MEGABYTE
"""Bytes of an unpacked sheet, or of the texts that sheets share."""
MAX_FRAME = 10 * MEGABYTE
"""Bytes of each part around them; what it says is kept in memory as a tree."""
MAX_UNPACKED = 200 * MEGABYTE
"""Bytes unpacked of a workbook in all, each time that a part is read."""
MAX_TAGS = 4_000_000
"""Tags in all that is unpacked, opening and closing; seconds of work."""
