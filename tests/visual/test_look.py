"""Letters look as they were approved, and the comparison sees what a person would see."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageColor

from tests.support.samples import STYLESHEET
from tests.visual import look

NB, FIRST = "nb-draft", "nb-draft-1.png"


@pytest.mark.parametrize("name", look.LETTERS)
def test_a_letter_looks_as_it_was_approved(name: str) -> None:
    approved = {
        file: picture
        for file, picture in look.approved_pictures().items()
        if file.rpartition("-")[0] == name
    }
    told = look.differences(approved, look.pictures_of(name))
    assert not told, "\n".join([*told, "If it is meant so: make accept-look"])


def test_no_picture_is_kept_of_a_letter_that_is_no_more() -> None:
    assert {file.rpartition("-")[0] for file in look.approved_pictures()} == set(look.LETTERS)


def test_approved_pictures_are_small_files() -> None:
    sizes = {file.name: file.stat().st_size for file in look.APPROVED.glob("*.png")}
    assert {name: size for name, size in sizes.items() if size > 50_000} == {}


# -- the comparison: what passes ------------------------------------------------------------------

SMOOTHED = 4


def smoothed_otherwise(off: int) -> Image.Image:
    """The first letter drawn large and made small, some quarters of a pixel off."""
    large = next(look.pictures(look.written(look.LETTERS[NB]), look.DPI * SMOOTHED))
    moved = ImageChops.offset(large, off, off)
    return moved.resize(now().size, Image.Resampling.BOX)


def now() -> Image.Image:
    return look.pictures_of(NB)[FIRST]


@pytest.mark.parametrize("off", [0, 1, 2])
def test_other_smoothing_and_half_a_pixel_are_no_difference(off: int) -> None:
    other = smoothed_otherwise(off)
    assert other.tobytes() != now().tobytes()
    assert look.compare(now(), other).alike


def test_it_is_the_same_picture_every_time() -> None:
    again = next(look.pictures(look.written(look.LETTERS[NB])))
    assert again.tobytes() == now().tobytes()


# -- the comparison: what fails -------------------------------------------------------------------


def styled(tmp_path: Path, old: str, new: str) -> Image.Image:
    """The first letter with something changed in its stylesheet."""
    text = STYLESHEET.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"the stylesheet says {old} once"
    stylesheet = tmp_path / "letter.css"
    stylesheet.write_text(text.replace(old, new), encoding="utf-8")
    return next(look.pictures(look.written(look.LETTERS[NB], stylesheet)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "p.closing + p.signature { margin-top: 3.4mm",
            "p.closing + p.signature { margin-top: 4.4mm",
        ),
        ("75mm; min-height: 13mm", "75mm; min-height: 14mm"),
        ("color: #12383f;\n  margin-bottom: 3mm", "color: #9b2c1f;\n  margin-bottom: 3mm"),
        ("color: #12383f;\n  margin-bottom: 3mm", "color: #1a1a1a;\n  margin-bottom: 3mm"),
        ("0.4pt;\n  color: #9b2c1f", "0.4pt;\n  color: #12383f"),
        ("text-decoration: underline", "text-decoration: none"),
        ("font: 10.2pt/1.3", "font: 10.1pt/1.3"),
        ("p.recipient { font-weight: 700", "p.recipient { font-weight: 400"),
    ],
    ids=[
        "the signature a millimetre lower",
        "the distribution list a millimetre lower",
        "a red heading",
        "a black heading instead of a dark green one",
        "the mark of a draft in green",
        "links without a line",
        "a smaller font",
        "the recipient not bold",
    ],
)
def test_a_change_of_style_is_a_difference(tmp_path: Path, old: str, new: str) -> None:
    assert not look.compare(now(), styled(tmp_path, old, new)).alike


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        (
            "minors-final",
            {"own": {**look.LETTERS["minors-final"].own, "minors": 0, "minors_under_15": 0}},
        ),
        ("nn-final", {"approved": False}),
        ("nb-draft", {"your_reference": "2017/311"}),
    ],
    ids=["a paragraph missing", "UTKAST instead of approved", "a reference more"],
)
def test_other_words_are_a_difference(name: str, changes: dict[str, Any]) -> None:
    other = look.written(replace(look.LETTERS[name], **changes))
    assert not look.compare(
        look.pictures_of(name)[f"{name}-1.png"], next(look.pictures(other))
    ).alike


def test_a_sheet_of_another_size_is_a_difference() -> None:
    assert not look.compare(now(), now().crop((0, 0, 600, 900))).alike


# -- what is told, and kept -----------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["approved", "now", ""])
def test_a_difference_is_told_and_shown(tmp_path: Path, missing: str) -> None:
    pages = {"approved": {FIRST: now()}, "now": {FIRST: ImageChops.offset(now(), 0, 4)}}
    if missing:
        pages[missing] = {}
    told = look.differences(**pages, failed=tmp_path / "failed")
    words = {"approved": "is new", "now": "is gone", "": "looks otherwise"}[missing]
    assert len(told) == 1
    assert told[0].startswith(f"{FIRST} {words}")
    assert told[0].endswith(f"see {tmp_path / 'failed' / FIRST}")
    with Image.open(tmp_path / "failed" / FIRST) as shown:
        assert shown.width > 3 * now().width
        colours = shown.convert("RGB").getcolors(1 << 20)
        assert colours is not None
        assert ImageColor.getrgb(look.RED) in {colour for _, colour in colours}


def test_a_difference_that_is_gone_is_shown_no_more(tmp_path: Path) -> None:
    (tmp_path / FIRST).write_bytes(b"of last time")
    assert look.differences({FIRST: now()}, {FIRST: now()}, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_accepting_keeps_what_differs_and_only_that(tmp_path: Path) -> None:
    lower = ImageChops.offset(now(), 0, 4)
    assert look.accept({FIRST: now(), "old-1.png": now()}, tmp_path) == [
        f"{FIRST} accepted",
        "old-1.png accepted",
    ]
    before = (tmp_path / FIRST).read_bytes()
    assert look.accept({FIRST: smoothed_otherwise(1), "new-1.png": lower}, tmp_path) == [
        "old-1.png removed",
        "new-1.png accepted",
    ]
    assert (tmp_path / FIRST).read_bytes() == before
    assert look.accept({FIRST: lower, "new-1.png": lower}, tmp_path) == [f"{FIRST} accepted"]
    assert (
        look.differences(look.approved_pictures(tmp_path), {FIRST: lower, "new-1.png": lower}) == []
    )
