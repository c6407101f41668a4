"""A whole round: everything is made once, and afterwards only what has changed."""

import json
import multiprocessing
import re
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brevgen.errors import Refused
from brevgen.ledger.reader import LedgerReader
from brevgen.pool.workers import Workers
from brevgen.rounds import generate as making
from brevgen.rounds import opening
from brevgen.rounds import status as plan
from brevgen.workspace import Workspace, find_workspace
from tests.support.reading import columns, docx_blocks, page_texts
from tests.support.running import Ran
from tests.support.samples import ROWS, make_round

Run = Callable[..., Ran]

ALL = ["0214", "0219", "0834", "1515", "1940", "2011"]
MORNING = datetime(2017, 11, 6, 9, 0, tzinfo=UTC)


@pytest.fixture
def drafts(workspace: Path) -> Path:
    return workspace / "output" / "trial" / "drafts"


@pytest.fixture
def generate(brevgen: Run) -> Run:
    """Make the small round in this process, and see that it went well."""

    def run(*words: str) -> Ran:
        ran = brevgen("generate", "trial", "--jobs", "1", *words)
        assert ran.code == 0, ran.err
        return ran

    return run


@pytest.fixture
def states(brevgen: Run) -> Callable[[], dict[str, str]]:
    """Where every letter stands, as the status tells."""

    def read() -> dict[str, str]:
        return {
            line["number"]: line["state"]
            for line in json.loads(brevgen("status", "trial", "--json").out)
        }

    return read


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def moments(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in sorted(folder.iterdir())}


def touched(before: dict[str, int], folder: Path) -> set[str]:
    """Numbers of the municipalities whose files were written since."""
    after = moments(folder)
    return {name[:4] for name in after if after[name] != before.get(name)}


def changed(old: str, new: str) -> list[str]:
    """The small allocation with one row exchanged."""
    assert sum(row.startswith(old) for row in ROWS) == 1
    return [new if row.startswith(old) else row for row in ROWS]


# -- the first run and the next -------------------------------------------------------------------


def test_the_first_run_makes_every_letter_and_the_next_none(
    generate: Run, states, drafts: Path
) -> None:
    assert set(states().values()) == {"no reference"}
    assert "6 letters made, 0 up to date." in generate().out
    assert states() == dict.fromkeys(ALL, "draft")
    before = moments(drafts)
    assert "0 letters made, 6 up to date." in generate().out
    assert moments(drafts) == before


def test_every_letter_has_two_files_named_by_number_name_and_reference(
    generate: Run, drafts: Path
) -> None:
    generate()
    stems = [
        "0214-Ås-17-09235",
        "0219-Bærum-17-09100",
        "0834-Vinje-17-09101",
        "1515-Herøy-17-09102",
        "1940-Gáivuotna-Kåfjord-Kaivuono-17-09103",
        "2011-Guovdageaidnu-Kautokeino-17-09104",
    ]
    assert list(contents(drafts)) == [
        f"{stem}{ending}" for stem in stems for ending in (".docx", ".pdf")
    ]
    for stem in stems:
        assert stem[-8:] in page_texts((drafts / f"{stem}.pdf").read_bytes())[0]


def test_each_municipality_is_written_to_in_its_written_form(generate: Run, drafts: Path) -> None:
    generate()
    titles = {
        file.name[:4]: next(b for b in docx_blocks(file.read_bytes()) if "flyktning" in b)
        for file in drafts.glob("*.docx")
    }
    assert titles["0834"] == titles["1515"] == "Oppmoding om busetjing av flyktningar i 2018"
    assert titles["0219"] == titles["2011"] == "Anmodning om bosetting av flyktninger i 2018"
    assert titles["0214"] == titles["0219"], "Ås is neutral, and the round says bokmål"


def test_only_some_letters_are_made_but_all_get_their_references(
    generate: Run, states, drafts: Path
) -> None:
    assert "1 letter made, 0 up to date." in generate("--only", "vinje").out
    assert states() == {**dict.fromkeys(ALL, "to make"), "0834": "draft"}
    assert {name[:4] for name in contents(drafts)} == {"0834"}
    generate("--only", "Ås", "--only", "2011")
    assert {name[:4] for name in contents(drafts)} == {"0214", "0834", "2011"}
    assert (drafts / "0834-Vinje-17-09101.pdf").exists(), "the number it would have had anyway"


def test_a_region_is_made_by_itself(generate: Run, states) -> None:
    generate("--region", "nord")
    assert [number for number, state in states().items() if state == "draft"] == ["1940", "2011"]


def test_processes_side_by_side_make_the_same_bytes_as_one_alone(
    brevgen: Run, generate: Run, drafts: Path
) -> None:
    generate()
    alone = contents(drafts)
    shutil.rmtree(drafts)
    assert brevgen("generate", "trial", "--jobs", "2").code == 0
    assert contents(drafts) == alone


# -- what has changed -----------------------------------------------------------------------------


def test_a_changed_figure_makes_exactly_that_letter_anew(
    workspace: Path, generate: Run, states, drafts: Path
) -> None:
    generate()
    before = moments(drafts)
    make_round(workspace, changed("0219", "0219;Bærum;65;4;3;;2017/311;kjent"))
    assert [number for number, state in states().items() if state == "changed"] == ["0219"]
    assert "1 letter made, 5 up to date." in generate().out
    assert touched(before, drafts) == {"0219"}
    assert "Av disse plassene er 3 til" in page_texts((drafts / PDF_BAERUM).read_bytes())[0]


PDF_BAERUM = "0219-Bærum-17-09100.pdf"


def test_a_refugee_moved_from_one_municipality_to_another_makes_those_two_anew(
    workspace: Path, generate: Run, drafts: Path
) -> None:
    generate()
    before = moments(drafts)
    rows = [row.replace(";65;", ";64;").replace("Vinje;10;", "Vinje;11;") for row in ROWS]
    make_round(workspace, rows)
    generate()
    assert touched(before, drafts) == {"0219", "0834"}


def test_a_changed_national_total_makes_every_letter_anew_for_each_states_it(
    workspace: Path, generate: Run, drafts: Path
) -> None:
    generate()
    before = moments(drafts)
    make_round(workspace, changed("0834", "0834;Vinje;12;0;0;;;rekonstruert"))
    generate()
    assert touched(before, drafts) == set(ALL)
    for pdf in drafts.glob("*.pdf"):
        assert "120 flyktning" in page_texts(pdf.read_bytes())[0]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("letter_date", "2017-11-07"), ("deadline", "2018-01-10"), ("copy_to", '"ola@ks.example"')],
)
def test_a_changed_setting_of_the_round_makes_every_letter_anew(
    workspace: Path, generate: Run, states, setting: str, value: str
) -> None:
    generate()
    make_round(workspace, **{setting: value})
    assert set(states().values()) == {"changed"}
    generate()
    assert set(states().values()) == {"draft"}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_word_in_a_template_makes_the_letters_of_its_written_form_anew(
    workspace: Path, generate: Run, states
) -> None:
    generate()
    template = workspace / "templates" / "letters" / "request" / "nn.html"
    edit(template, "Vi ber om eit presist vedtak", "Vi ber om eit klart vedtak")
    assert [n for n, state in states().items() if state == "changed"] == ["0834", "1515"]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("letter.css", "font-size: 17pt", "font-size: 16pt"),
        ("words.toml", "Med hilsen", "Vennlig hilsen"),
        ("layout.html", "words.regards", "words.on_behalf_of"),
    ],
)
def test_a_change_that_all_letters_share_makes_every_letter_anew(
    workspace: Path, generate: Run, states, name: str, old: str, new: str
) -> None:
    generate()
    edit(workspace / "templates" / "letters" / name, old, new)
    expected = {"Vennlig hilsen": ALL[:2] + ALL[4:]}.get(new, ALL)
    assert [n for n, state in states().items() if state == "changed"] == expected


def test_a_template_that_says_the_same_in_other_markup_makes_no_letter_anew(
    workspace: Path, generate: Run
) -> None:
    generate()
    template = workspace / "templates" / "letters" / "request" / "nb.html"
    edit(template, "{% block body %}", "{# spoken to the language council #}\n{% block body %}\n\n")
    assert "0 letters made, 6 up to date." in generate().out


# -- what became of the files ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["0214-Ås-17-09235.pdf", "0214-Ås-17-09235.docx"])
@pytest.mark.parametrize("harm", ["deleted", "altered", "emptied"])
def test_a_file_that_is_not_as_it_was_made_is_made_anew(
    generate: Run, states, drafts: Path, name: str, harm: str
) -> None:
    generate()
    before = contents(drafts)
    if harm == "deleted":
        (drafts / name).unlink()
    else:
        (drafts / name).write_bytes(before[name] + b" " if harm == "altered" else b"")
    assert states() == {**dict.fromkeys(ALL, "draft"), "0214": "damaged"}
    assert "1 letter made, 5 up to date." in generate().out
    assert contents(drafts) == before


def test_files_that_the_ledger_does_not_know_of_are_made_anew_and_come_out_the_same(
    workspace: Path, generate: Run, drafts: Path
) -> None:
    """As after a crash between the writing of the files and the writing of the ledger."""
    generate("--only", "Bærum")
    ledger = workspace / "data" / "ledger.sqlite3"
    kept = ledger.read_bytes()
    generate()
    before = contents(drafts)
    ledger.write_bytes(kept)
    assert "5 letters made, 1 up to date." in generate().out
    assert contents(drafts) == before


def test_a_municipality_no_longer_asked_loses_its_draft_and_keeps_its_reference(
    workspace: Path, generate: Run, drafts: Path
) -> None:
    generate()
    make_round(workspace, [row for row in ROWS if "Bærum" not in row])
    ran = generate()
    assert re.search(rf"^Removed, no longer in the round.*: {PDF_BAERUM}$", ran.out, re.MULTILINE)
    assert not [name for name in contents(drafts) if name.startswith("0219")]
    make_round(workspace, [*ROWS, "5001;Trondheim;20;0;0;;;"])
    generate()
    stems = {Path(name).stem for name in contents(drafts)}
    assert {"0219-Bærum-17-09100", "5001-Trondheim-17-09105"} <= stems


def test_a_municipality_with_a_new_name_gets_files_of_that_name_and_the_old_ones_go(
    workspace: Path, generate: Run, drafts: Path
) -> None:
    generate()
    edit(workspace / "data" / "municipalities.csv", "\n0834,Vinje,", "\n0834,Nye Vinje,")
    make_round(workspace, changed("0834", "0834;Nye Vinje;10;0;0;;;rekonstruert"))
    assert "1 letter made, 5 up to date." in generate().out
    names = [name for name in contents(drafts) if name.startswith("0834")]
    assert names == ["0834-Nye-Vinje-17-09101.docx", "0834-Nye-Vinje-17-09101.pdf"]


# -- letters that break a rule --------------------------------------------------------------------


def test_one_letter_that_breaks_a_rule_is_not_made_and_the_others_are(
    workspace: Path, brevgen: Run, generate: Run, states, drafts: Path
) -> None:
    make_round(workspace, changed("0834", "0834;Vinje;10;0;0;;mmmmmmmmmmmmmmmmmmmmmmmmmmmmmm;"))
    ran = brevgen("generate", "trial", "--jobs", "1")
    assert ran.code == 4
    assert "5 letters made, 0 up to date, 1 failed." in ran.out
    where, what, _ = columns(ran.err)
    assert "letter 0834" in where
    assert "words run over the edge of the sheet" in what
    assert states() == {**dict.fromkeys(ALL, "draft"), "0834": "to make"}
    assert not [name for name in contents(drafts) if name.startswith("0834")]
    make_round(workspace)
    generate()
    assert states() == dict.fromkeys(ALL, "draft")


def test_a_letter_that_can_no_longer_be_made_keeps_its_earlier_draft_and_is_shown_as_changed(
    workspace: Path, brevgen: Run, generate: Run, states, drafts: Path
) -> None:
    generate()
    before = contents(drafts)
    make_round(workspace, changed("0834", "0834;Vinje;10;0;0;;mmmmmmmmmmmmmmmmmmmmmmmmmmmmmm;"))
    assert brevgen("generate", "trial", "--jobs", "1").code == 4
    assert contents(drafts) == before
    assert states() == {**dict.fromkeys(ALL, "draft"), "0834": "changed"}


# -- called from a program ------------------------------------------------------------------------


@pytest.fixture
def opened(workspace: Path) -> Workspace:
    return find_workspace(workspace)


def run_batch(
    place: Workspace, *, jobs: int = 1, progress: Callable[[int, int], None] = lambda *_: None
) -> making.Batch:
    facts, templates, _ = opening.open_round(place, "trial")
    return making.generate(
        place,
        facts,
        templates,
        only={row.number for row in facts.allocation.rows},
        workers=Workers(place.templates, jobs),
        clock=lambda: MORNING,
        account="kari",
        progress=progress,
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_goes_from_none_to_all(opened: Workspace, jobs: int) -> None:
    told: list[tuple[int, int]] = []
    run_batch(opened, jobs=jobs, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 6) for done in range(7)]


def test_the_ledger_remembers_who_made_what_and_when(opened: Workspace) -> None:
    run_batch(opened)
    with LedgerReader(opened.ledger) as ledger:
        documents = ledger.documents("trial")
        events = ledger.events("trial", "0214")
    assert {document.made_at for document in documents.values()} == {MORNING}
    assert [(event.act, event.actor.account) for event in events] == [
        ("reference given", "kari"),
        ("draft made", "kari"),
    ]


def how_it_stands(letters: Sequence[plan.Planned]) -> list[tuple]:
    return [
        (each.number, each.state, each.content, each.made and each.made.pdf_sha256)
        for each in letters
    ]


def test_what_a_run_tells_of_the_letters_is_how_they_stand(opened: Workspace) -> None:
    done = run_batch(opened)
    facts, templates, _ = opening.open_round(opened, "trial")
    assert how_it_stands(done.letters) == how_it_stands(plan.stand(opened, facts, templates))
    assert (done.made, done.kept, done.faults, done.removed) == (tuple(ALL), (), {}, ())


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interruption_keeps_what_was_made_and_nothing_is_made_afterwards(
    opened: Workspace, jobs: int
) -> None:
    rows = (opened.data / "rounds" / "2018" / "allocation.csv").read_text(encoding="utf-8")
    make_round(opened.root, rows.splitlines()[1:101])

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    facts, templates, _ = opening.open_round(opened, "trial")
    with pytest.raises(KeyboardInterrupt) as caught:
        run_batch(opened, jobs=jobs, progress=interrupt)
    # what was raised is still held, as it is where a command catches it
    assert caught.tb is not None
    assert multiprocessing.active_children() == []
    states = [letter.state for letter in plan.stand(opened, facts, templates)]
    assert sorted(states) == ["draft"] * 2 + ["to make"] * 98
    assert len(contents(opened.output("trial") / "drafts")) < 100


def test_a_series_that_is_too_short_gives_no_reference_at_all(
    workspace: Path, opened: Workspace
) -> None:
    make_round(workspace, ROWS[1:], last='"17-09103"')
    with pytest.raises(Refused, match="references needed: 5, left: 4"):
        run_batch(opened)
    with LedgerReader(opened.ledger) as ledger:
        assert ledger.references("trial") == {}


def test_the_status_of_a_round_needs_no_references(workspace: Path, states) -> None:
    make_round(workspace, ROWS[1:], last='"17-09103"')
    assert set(states().values()) == {"no reference"}
