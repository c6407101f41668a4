"""Many letters in one file, to be read on paper or a tablet."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from brevgen.language import speaking
from brevgen.pool.workers import Workers
from brevgen.rounds.preview_many import PreviewOfMany, Which, preview_many
from brevgen.rounds.session import RoundSession
from brevgen.rounds.variants import variants_of
from tests.support.reading import page_texts
from tests.support.running import Ran
from tests.support.samples import ROWS, make_round
from tests.support.sessions import approved, generated, session, silent

Run = Callable[..., Ran]

NUMBERS = [row[:4] for row in ROWS]


def seen(
    opened: RoundSession, which: Which, folder: Path, only: Collection[str] = ()
) -> PreviewOfMany | None:
    workers = Workers(opened.workspace.templates, 1)
    chosen = opened.choose(only)
    return preview_many(opened, chosen, which, folder=folder, workers=workers, progress=silent)


def numbers_in(workspace: Path, which: Which, *, account: str = "hege") -> list[str]:
    """The municipality numbers of the letters that are shown."""
    with session(workspace, account=account) as opened:
        found = seen(opened, which, workspace.parent)
    return [each.number for each in found.letters] if found else []


def one_moved(workspace: Path) -> None:
    """Ask Vinje for one more, and Bærum for one less, so that nobody else's letter changes."""
    moved = {"0834;Vinje;10;": "0834;Vinje;11;", "0219;Bærum;65;": "0219;Bærum;64;"}
    make_round(workspace, [moved.get(row[:14], row[:14]) + row[14:] for row in ROWS])


def test_all_letters_stand_in_one_file_and_their_pages_on_a_sheet(
    workspace: Path, tmp_path: Path
) -> None:
    with session(workspace) as opened:
        found = seen(opened, "all", tmp_path)
    assert found is not None
    assert (found.booklet, found.sheet) == (tmp_path / "all.pdf", tmp_path / "all-sheet.pdf")
    with pypdfium2.PdfDocument(found.booklet) as document:
        marks = [mark.get_title() for mark in document.get_toc()]
        assert len(document) == len(ROWS)
    assert marks == [
        *("Akershus", "0214 Ås", "0219 Bærum", "Telemark", "0834 Vinje"),
        *("Møre og Romsdal", "1515 Herøy", "Troms", "1940 Gáivuotna – Kåfjord – Kaivuono"),
        *("Finnmark", "2011 Guovdageaidnu – Kautokeino"),
    ]
    (sheet,) = page_texts(found.sheet.read_bytes())
    assert "65 refugees · 17-09100" in sheet
    assert "The references of 6 letters are not given yet" in found.note


def test_a_draft_that_is_there_is_taken_as_it_is(workspace: Path, tmp_path: Path) -> None:
    generated(workspace)
    with session(workspace) as opened:
        made: list[tuple[int, int]] = []
        chosen, workers = opened.choose(), Workers(opened.workspace.templates, 1)
        found = preview_many(
            *(opened, chosen, "all"),
            folder=tmp_path,
            workers=workers,
            progress=lambda *done: made.append(done),
        )
        anew = seen(opened, "all", tmp_path / "again")
    assert made == [(0, 0)]
    assert found is not None
    assert anew is not None
    assert found.note == ""
    assert found.booklet.read_bytes() == anew.booklet.read_bytes()
    assert list((workspace / ".brevgen").glob("tmp*")) == [], "what was made elsewhere is gone"


def test_what_was_approved_or_shown_and_has_not_changed_is_left_out(workspace: Path) -> None:
    generated(workspace)
    assert numbers_in(workspace, "changed") == NUMBERS
    approved(workspace)
    assert numbers_in(workspace, "changed") == []
    assert numbers_in(workspace, "changed", account="anne") == [], "whoever has approved it"
    one_moved(workspace)
    assert numbers_in(workspace, "changed") == ["0219", "0834"]
    make_round(workspace)
    assert numbers_in(workspace, "changed") == []


def test_another_look_is_a_change_too(workspace: Path) -> None:
    generated(workspace)
    approved(workspace, only=["Ås", "Vinje"])
    with (workspace / "templates/letters/letter.css").open("a", encoding="utf-8") as file:
        file.write("h1 { color: #000000 }\n")
    # those that are sealed already keep the look they were approved in
    assert numbers_in(workspace, "changed") == [n for n in NUMBERS if n not in ("0214", "0834")]


def test_there_is_one_letter_of_each_variant_and_a_table_of_what_differs(
    workspace: Path, tmp_path: Path
) -> None:
    make_round(workspace, [*ROWS, "0216;Nesodden;12;0;0;;;kjent", "0217;Oppegård;10;1;1;;;kjent"])
    with session(workspace) as opened:
        found = seen(opened, "variants", tmp_path)
    assert found is not None
    like_aas, *_ = found.variants
    assert (like_aas.form, like_aas.minors, like_aas.kind) == ("nb", "none", "request")
    assert like_aas.shown.number == "0214"
    assert [each.number for each in like_aas.others] == ["0216"]
    assert like_aas.differs == ("municipality", "reference", "asked")
    shown = [each.shown.number for each in found.variants]
    assert shown == [each.number for each in found.letters]
    everyone = sorted([*shown, *(e.number for each in found.variants for e in each.others)])
    assert everyone == sorted([*NUMBERS, "0216", "0217"]), "each stands for itself or has one"
    table, *letters = page_texts(found.booklet.read_bytes())
    assert len(letters) == len(shown)
    assert (
        "bokmål, IMDi Region Øst, no minors 0214 Ås 1 municipality, reference, refugees"
    ) in table
    with session(workspace) as opened, speaking("nb"):
        seen(opened, "variants", tmp_path, only=["0214", "0216"])
    table, *_ = page_texts(found.booklet.read_bytes())
    assert (
        "bokmål, IMDi Region Øst, ingen mindreårige 0214 Ås 1 kommune, referanse, flyktninger"
        in table
    )


@pytest.mark.parametrize(
    ("minors", "young", "case"),
    [
        (10, 1, "only, one under 15"),
        (10, 10, "only under 15"),
        (0, 0, "none"),
        (1, 0, "one"),
        (1, 1, "one under 15"),
        (3, 0, "several"),
        (3, 1, "several, one under 15"),
        (3, 2, "several, some under 15"),
        (3, 3, "several under 15"),
    ],
)
def test_each_case_of_minors_is_a_variant(
    workspace: Path, minors: int, young: int, case: str
) -> None:
    with session(workspace) as opened:
        first = opened.letters()[0]
    own = {**first.letter.own, "minors": minors, "minors_under_15": young}
    letter = replace(first.letter, own=own)
    (variant,) = variants_of([replace(first, letter=letter)])
    assert variant.minors == case


# -- the command ----------------------------------------------------------------------------------


def test_the_command_tells_where_the_files_are(brevgen: Run, workspace: Path) -> None:
    ran = brevgen("preview", "trial", "--variants", "--region", "Øst", "--jobs", "1")
    assert ran.code == 0, ran.err
    assert ran.out.endswith(
        "output/trial/previews/variants.pdf\noutput/trial/previews/variants-sheet.pdf\n"
    )
    assert "Bærum" in ran.out
    assert len(page_texts((workspace / ran.out.split()[-2]).read_bytes())) == 3


def test_nothing_changed_is_told(brevgen: Run, workspace: Path) -> None:
    generated(workspace)
    approved(workspace)
    ran = brevgen("preview", "trial", "--changed")
    assert (ran.code, ran.out) == (0, "No letter has changed since you saw or approved it.\n")


@pytest.mark.parametrize(
    "words", [[], ["Ås", "--all"], ["--all", "--changed"], ["--all", "--format", "html"]]
)
def test_what_cannot_be_meant_is_refused(brevgen: Run, workspace: Path, words: list[str]) -> None:
    ran = brevgen("preview", "trial", *words)
    assert ran.code == 2
    assert not (workspace / "output").exists()


def test_a_folder_that_is_none_is_told(brevgen: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    words = ("--variants", "--region", "Nord", "--jobs", "1")
    ran = brevgen("preview", "trial", *words, "--output", tmp_path / "file")
    assert ran.code == 2
    assert "file cannot be written" in ran.err
