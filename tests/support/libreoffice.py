"""Word documents as LibreOffice shows them, with and without the letters' typeface installed."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from brevgen.letter.printable import FACES, font_file

OTHER_FONT = "Other Sans"
"""The only other typeface there is, wider than that of the letters."""

TAGGED_PDF = 'pdf:writer_pdf_Export:{"UseTaggedPDF": {"type": "boolean", "value": "true"}}'


class LibreOffice:
    """Turns Word documents into PDF, with no fonts but those it is given.

    Args:
        folder: for its profile, its fonts and its files.
        installed: whether the letters' typeface is among the fonts of the machine.
    """

    def __init__(self, folder: Path, *, installed: bool) -> None:
        self._folder = folder
        fonts = folder / "fonts"
        fonts.mkdir(parents=True)
        _other_font().save(fonts / "other.ttf")
        for face in FACES if installed else ():
            (fonts / f"{face}.ttf").write_bytes(font_file(face).read_bytes())
        (folder / "fonts.conf").write_text(
            f"<fontconfig><dir>{fonts}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>",
            encoding="utf-8",
        )

    def shown(self, documents: Mapping[str, bytes]) -> dict[str, bytes]:
        """The PDF of each document, by the same names; many are quicker together."""
        source, target = self._folder / "docx", self._folder / "pdf"
        source.mkdir(exist_ok=True)
        for name, data in documents.items():
            (source / f"{name}.docx").write_bytes(data)
        subprocess.run(
            [
                *("soffice", f"-env:UserInstallation={(self._folder / 'profile').as_uri()}"),
                *("--headless", "--convert-to", TAGGED_PDF, "--outdir", target),
                *(source / f"{name}.docx" for name in documents),
            ],
            env={**os.environ, "FONTCONFIG_FILE": str(self._folder / "fonts.conf")},
            check=True,
            capture_output=True,
            timeout=300,
        )
        return {name: (target / f"{name}.pdf").read_bytes() for name in documents}


def _other_font() -> TTFont:
    """The black face under another name."""
    font = TTFont(font_file("Black"))
    for record in font["name"].names:
        record.string = OTHER_FONT if record.nameID in (1, 4, 16) else "OtherSans"
    return font
