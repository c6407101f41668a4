"""How letters look: a few of them as pictures, held against pictures that were approved.

Run as a program, it takes the pictures as they are now for the approved ones.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from brevgen.letter.letter import Letter
from brevgen.pool.letter_files import SEAL_LABEL
from brevgen.render.pdf import PdfWriter
from tests.support.samples import AAS, STYLESHEET, Background, letter, templates

HERE = Path(__file__).parent
APPROVED = HERE / "approved"
FAILED = HERE / "failed"

DPI = 84
BLUR = 2.0
"""Radius in pixels: edges that are smoothed in another way, or half a pixel off, are no change."""
LIGHT = 28
"""How much lighter or darker a blurred pixel must be to count, of 255."""
COLOUR = 10
"""How much its colour must have turned to count, of 255; black letters on white have none."""
MOST = 0.0003
"""The share of a page's pixels that may differ: fewer than those of a word."""

RED = "#ff6060"

VINJE: dict[str, Any] = {
    "municipality": replace(AAS.municipality, number="0834", name="Vinje"),
    "written_form": "nn",
    "reference": "17-09180",
    "approved": True,
    "office": replace(
        AAS.office, name="IMDi Region Sør", telephone="40 00 19 60", email="sor@imdi.example"
    ),
    "background": Background(
        need="Behovet er mindre enn før fordi færre søkjer asyl i Noreg.",
        share="Difor går oppmodinga berre til om lag halvparten av kommunane.",
        criteria="Dei byggjer på innbyggjartal, sysselsetjing og resultat.",
    ),
}
BAERUM: dict[str, Any] = {
    "municipality": replace(AAS.municipality, number="0219", name="Bærum"),
    "asked": 65,
    "minors": 4,
    "minors_under_15": 2,
    "reference": "17-09114",
    "your_reference": "2017/311",
    "approved": True,
}
KARASJOK: dict[str, Any] = {
    "municipality": replace(AAS.municipality, number="2021", name="Kárášjohka – Karasjok"),
    "reference": "17-09307",
    "long": 60,
    "office": replace(AAS.office, name="IMDi Region Nord", signatory="", title="regiondirektør"),
}
LETTERS: dict[str, Letter] = {
    "nb-draft": letter(),
    "nn-final": letter(**VINJE),
    "minors-final": letter(**BAERUM),
    "sami-draft": letter(**KARASJOK),
}


@cache
def pictures_of(name: str) -> dict[str, Image.Image]:
    """Each page of one of the letters as a picture, by the name of its file."""
    return {
        f"{name}-{number}.png": picture
        for number, picture in enumerate(pictures(written(LETTERS[name])), start=1)
    }


def written(letter: Letter, stylesheet: Path = STYLESHEET) -> bytes:
    """The letter as PDF; a final one with the field for its seal."""
    return PdfWriter(stylesheet).write(
        templates().content(letter),
        reference=letter.reference,
        dated=letter.date,
        seal_label=SEAL_LABEL[letter.written_form] if letter.approved else "",
    )


def pictures(pdf: bytes, dpi: int = DPI) -> Iterator[Image.Image]:
    """Each page of a PDF as a picture in colour."""
    with pypdfium2.PdfDocument(pdf) as document:
        for sheet in document:
            yield sheet.render(scale=dpi / 72).to_pil().convert("RGB")


@dataclass(frozen=True)
class Comparison:
    """What differs between two pictures of a page.

    Args:
        share: of the pixels, how many differ; all of them if the sheets are not of one size.
        where: those pixels white, the others black.
    """

    share: float
    where: Image.Image

    @property
    def alike(self) -> bool:
        """Whether the page looks as it did."""
        return self.share <= MOST


def compare(approved: Image.Image, now: Image.Image) -> Comparison:
    """Hold two pictures of a page against each other."""
    if approved.size != now.size:
        return Comparison(1.0, Image.new("L", now.size, "white"))
    before, after = (
        np.asarray(each.filter(ImageFilter.GaussianBlur(BLUR)), dtype=np.float32)
        for each in (approved, now)
    )
    change = after - before
    light = change.mean(axis=2, keepdims=True)
    differs = (np.abs(light)[..., 0] > LIGHT) | (np.abs(change - light).max(axis=2) > COLOUR)
    return Comparison(float(differs.mean()), Image.fromarray(differs.astype(np.uint8) * 255))


def differences(
    approved: dict[str, Image.Image], now: dict[str, Image.Image], failed: Path = FAILED
) -> list[str]:
    """A line for each page that looks otherwise, is gone or is new; pictures of them are kept.

    Args:
        approved: the approved pictures by name.
        now: the pictures as they are now, by name.
        failed: the folder for the pictures of what differs.
    """
    told = []
    for name in sorted(approved.keys() | now.keys()):
        (failed / name).unlink(missing_ok=True)
        if name in approved and name in now:
            compared = compare(approved[name], now[name])
            if compared.alike:
                continue
            share = f"{compared.share:.2%} of it (at most {MOST:.2%} may)"
            line, where = f"{name} looks otherwise, {share}", compared.where
        elif name in now:
            line, where = f"{name} is new", Image.new("L", now[name].size, "white")
        else:
            line, where = f"{name} is gone", Image.new("L", approved[name].size, "white")
        failed.mkdir(parents=True, exist_ok=True)
        side_by_side(approved.get(name), now.get(name), where).save(failed / name)
        told.append(f"{line}: see {failed / name}")
    return told


def side_by_side(
    approved: Image.Image | None, now: Image.Image | None, where: Image.Image
) -> Image.Image:
    """The approved page, the page now, and what differs in red on a faint page, labelled."""
    page = now or approved
    assert page is not None, "there is a page to show"
    blank = Image.new("RGB", page.size, "#dddddd")
    faint = Image.blend(page, Image.new("RGB", page.size, "white"), 0.7)
    red = ImageChops.multiply(page, Image.new("RGB", page.size, RED))
    faint.paste(red, mask=where.filter(ImageFilter.MaxFilter(5)))
    shown = {"approved": approved or blank, "now": now or blank, "differences": faint}
    gap, top = 12, 34
    width = sum(each.width + gap for each in shown.values()) + gap
    sheet = Image.new("RGB", (width, top + max(e.height for e in shown.values()) + gap), "#888888")
    draw, left = ImageDraw.Draw(sheet), gap
    for label, each in shown.items():
        draw.text((left, 6), label, fill="white", font=ImageFont.load_default(20))
        sheet.paste(each, (left, top))
        left += each.width + gap
    return sheet


def approved_pictures(folder: Path = APPROVED) -> dict[str, Image.Image]:
    """The approved pictures by name."""
    kept = {}
    for file in sorted(folder.glob("*.png")):
        with Image.open(file) as picture:
            kept[file.name] = picture.convert("RGB")
    return kept


def accept(now: dict[str, Image.Image], folder: Path = APPROVED) -> list[str]:
    """Keep the pictures that look otherwise as approved; what was done, a line for each file."""
    approved = approved_pictures(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = []
    for name in sorted(approved.keys() - now.keys()):
        (folder / name).unlink()
        done.append(f"{name} removed")
    for name, picture in now.items():
        if name in approved and compare(approved[name], picture).alike:
            continue  # so that nothing is committed that nobody could see
        small = picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        small.save(folder / name, optimize=True)
        done.append(f"{name} accepted")
    return done


def main() -> int:
    """Accept the look as it is now."""
    done = accept({name: page for each in LETTERS for name, page in pictures_of(each).items()})
    print("\n".join(done) or "Every letter looks as it was approved.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
