"""The agency's logo: plain outlines beside the name, that are no part of what is read."""

import shutil
from pathlib import Path

import page as validator
import pytest

from brevgen.findings import FaultyInput
from brevgen.render.inspection import inspect
from brevgen.render.logo import LOGO, read_logo
from brevgen.render.pdf import PdfWriter
from tests.support.reading import boxes_of, page_texts, read_aloud
from tests.support.samples import DATED, REFERENCE, STYLESHEET, content

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">{}</svg>'
SQUARE = SVG.format('<title>IMDi</title><g fill="#12383f"><rect width="40" height="40"/></g>')


def folder(tmp_path: Path, svg: str | bytes) -> Path:
    shutil.copy(STYLESHEET, tmp_path)
    (tmp_path / LOGO).write_bytes(svg if isinstance(svg, bytes) else svg.encode())
    return tmp_path


def test_a_logo_stands_beside_the_name_and_nobody_reads_it(tmp_path: Path) -> None:
    def written(stylesheet: Path) -> bytes:
        return PdfWriter(stylesheet).write(content(), reference=REFERENCE, dated=DATED)

    plain = written(STYLESHEET)
    pdf = written(folder(tmp_path, SQUARE) / STYLESHEET.name)

    assert page_texts(pdf) == page_texts(plain)
    assert read_aloud(pdf) == read_aloud(plain)
    assert boxes_of("IMDi", pdf)[0].left > boxes_of("IMDi", plain)[0].left + 8
    assert inspect(pdf, content(), reference=REFERENCE, must_say=()).faults == ()
    for standard in ("2a", "ua1"):
        assert validator.validate_pdf_bytes(pdf, profile=standard).is_compliant
    assert pdf == written(tmp_path / STYLESHEET.name), "always the same bytes"


def test_a_folder_without_a_logo_has_none(tmp_path: Path) -> None:
    assert read_logo(tmp_path) == b""


@pytest.mark.parametrize(
    ("svg", "told"),
    [
        ("no svg", "The logo is no SVG."),
        (b"\x89PNG\r\n\x1a\n", "The logo is no SVG."),
        ("<svg/>", "The logo has no size that can be drawn."),
        (SVG.replace("40 40", "0 0"), "has no size"),
        (SVG.replace("40 40", "nan 40"), "has no size"),
        (SVG.replace("40 40", "40"), "has no size"),
        (SVG.replace("40 40", "inf inf"), "has no size"),
        (SVG.replace("40 40", "-40 40"), "has no size"),
        (SVG.replace("40 40", "1000000 40"), "at most 20 times as wide"),
        (SVG.replace("40 40", "40 1000000"), "at most 20 times as wide"),
        (SVG.format("<text>IMDi</text>"), "The logo has <text> in it."),
        (SVG.format("<script>x()</script>"), "The logo has <script> in it."),
        (SVG.format("<style>@import 'x'</style>"), "The logo has <style> in it."),
        (SVG.format('<image href="x.png"/>'), "The logo has <image> in it."),
        (SVG.format('<use href="#x"/>'), "refers to something else, by href"),
        (SVG.format('<path fill="url(#x)"/>'), "refers to something else, by fill"),
        (SVG.format('<path onclick="x()"/>'), "refers to something else, by onclick"),
        (SVG.format('<path opacity="0.5"/>'), "can be seen through, by opacity"),
        (SVG.format('<path style="fill-opacity: .5"/>'), "can be seen through, by style"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{SVG.format("<path/>&a;")}', "in it."),
    ],
)
def test_a_logo_of_anything_but_plain_outlines_is_refused(
    tmp_path: Path, svg: str | bytes, told: str
) -> None:
    with pytest.raises(FaultyInput) as refused:
        read_logo(folder(tmp_path, svg))
    assert any(told in str(each) for each in refused.value.findings)
    assert all(each.place.file == LOGO and each.remedy for each in refused.value.findings)
