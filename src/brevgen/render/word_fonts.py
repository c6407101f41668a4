"""The letters' typeface, embedded in Word documents, so that they look alike on every machine.

Source Sans is licensed under the SIL Open Font License 1.1 (https://openfontlicense.org), by which
a document may carry it; each font file in a document names the licence.
"""

import hashlib
import io
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any

from brevgen.letter.printable import FACES, FONT_FAMILY, font_file

if TYPE_CHECKING:
    from docx.document import Document

_OBFUSCATED = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_FONT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/font"
_CHARACTERS = [*range(0x20, 0x180), *range(0x2002, 0x2030), 0x20AC, 0x2212, 0xFFFD]
"""Latin with the letters of Sámi, and the punctuation that Norwegian uses: what a person types in a
letter. Any other character is shown in a font of the machine's own."""
_FEATURES = ["ccmp", "kern", "locl", "mark"]
"""What of the typeface Word uses without being asked."""
_TABLE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<w:font w:name="{family}"><w:altName w:val="Calibri"/>'
    '<w:panose1 w:val="020B0503030403020204"/><w:charset w:val="00"/><w:family w:val="swiss"/>'
    '<w:pitch w:val="variable"/>{fonts}</w:font></w:fonts>'
)


@cache
def embedded(face: str) -> tuple[uuid.UUID, bytes]:
    """Key and bytes of one of the `FACES` as a document carries it (ISO 29500-1, 17.8.1)."""
    font = _slim(face)
    key = uuid.UUID(bytes=hashlib.sha256(font).digest()[:16], version=4)
    mask = key.bytes[::-1] * 2
    return key, bytes(a ^ b for a, b in zip(font, mask, strict=False)) + font[len(mask) :]


def embed(document: "Document") -> None:
    """Let a document, which has no font table yet, carry the typeface."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    main, package = document.part, document.part.package
    table = Part(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, b"", package)
    main.relate_to(table, RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = ""
    for number, face in enumerate(FACES, start=1):
        key, data = embedded(face)
        part = Part(PackURI(f"/word/fonts/font{number}.odttf"), _OBFUSCATED, data, package)
        fonts += (
            f'<w:embed{face} r:id="{table.relate_to(part, _FONT)}"'
            f' w:fontKey="{{{str(key).upper()}}}" w:subsetted="1"/>'
        )
    table._blob = _TABLE.format(family=FONT_FAMILY, fonts=fonts).encode()


def width(text: str, size: float) -> float:
    """How many millimetres a text takes in the regular face, its size given in points."""
    advances, of_others = _advances()
    units = sum(advances.get(ord(char), of_others) for char in text)
    return units / 1000 * size * 25.4 / 72


@cache
def _advances() -> tuple[dict[int, int], int]:
    """How far each character moves the next one, and any other does, in thousandths of the size."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(font_file("Regular"), lazy=True) as font:
        metrics = font["hmtx"]
        advances = {code: metrics[name][0] for code, name in font.getBestCmap().items()}
        return advances, metrics[".notdef"][0]


def _slim(face: str) -> bytes:
    """A face with the characters that letters are written in, always the same bytes."""
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont

    options = subset.Options(
        layout_features=_FEATURES, name_IDs=["*"], notdef_outline=True, recalc_timestamp=False
    )
    font: Any = TTFont(font_file(face), recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=_CHARACTERS)
    cutter.subset(font)
    saved = io.BytesIO()
    font.save(saved)
    return saved.getvalue()
