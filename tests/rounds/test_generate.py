"""A whole round: everything is made once, and afterwards only what has changed."""

import multiprocessing
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Barrier, Thread

import pytest

from brevgen.actor import Account
from brevgen.errors import PartlyDone, Refused
from brevgen.ledger.reader import LedgerReader
from brevgen.pool.letter_files import LOOK_CHANGED
from brevgen.pool.workers import Workers
from brevgen.rounds.generate import Generated, generate
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.lineup import Lineup
from brevgen.rounds.status import status
from tests.support.reading import docx_blocks, page_texts
from tests.support.samples import ROWS, make_round
from tests.support.sessions import BEGIN, approved, generated, session, silent

ALL = ["0214", "0219", "0834", "1515", "1940", "2011"]


@pytest.fixture
def drafts(workspace: Path) -> Path:
    return workspace / "output" / "trial" / "drafts"


@pytest.fixture
def made(workspace: Path) -> None:
    """All drafts of the small round, made before."""
    generated(workspace, account="kari")


Make = Callable[..., Generated]


@pytest.fixture
def make(workspace: Path) -> Make:
    """Make the small round in this process."""

    def run(
        *only: str,
        region: str = "",
        jobs: int = 1,
        faults: Sequence[str] = (),
        progress: Callable[[int, int], None] = silent,
    ) -> Generated:
        with session(workspace, account="kari", clock=lambda: BEGIN) as opened:
            done = generate(
                opened,
                opened.choose(only, region),
                workers=Workers(opened.workspace.templates, jobs),
                progress=progress,
            )
        assert list(done.faults) == list(faults)
        return done

    return run


States = Callable[[], dict[str, str]]


@pytest.fixture
def states(workspace: Path) -> States:
    """Where every letter stands, as the status tells."""

    def read() -> dict[str, str]:
        with session(workspace) as opened:
            return {line.number: line.state for line in status(opened).letters}

    return read


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def moments(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in sorted(folder.iterdir())}


def touched(before: dict[str, int], folder: Path) -> set[str]:
    """Numbers of the municipalities whose files were written since."""
    after = moments(folder)
    return {name[:4] for name in after if after[name] != before.get(name)}


def counts(done: Generated) -> tuple[int, int]:
    """How many letters were made, and how many were up to date."""
    return len(done.made), len(done.kept)


def changed(old: str, new: str) -> list[str]:
    """The small allocation with one row exchanged."""
    assert sum(row.startswith(old) for row in ROWS) == 1
    return [new if row.startswith(old) else row for row in ROWS]


# -- the first run and the next -------------------------------------------------------------------


def test_the_first_run_makes_every_letter_and_the_next_none(
    make: Make, states: States, drafts: Path
) -> None:
    assert set(states().values()) == {"no reference"}
    assert counts(make()) == (6, 0)
    assert states() == dict.fromkeys(ALL, "draft")
    before = moments(drafts)
    assert counts(make()) == (0, 6)
    assert moments(drafts) == before


@pytest.mark.usefixtures("made")
def test_every_letter_has_two_files_named_by_number_name_and_reference(drafts: Path) -> None:
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


@pytest.mark.usefixtures("made")
def test_each_municipality_is_written_to_in_its_written_form(drafts: Path) -> None:
    titles = {
        file.name[:4]: next(b for b in docx_blocks(file.read_bytes()) if "flyktning" in b)
        for file in drafts.glob("*.docx")
    }
    assert titles["0834"] == titles["1515"] == "Oppmoding om busetting av flyktningar i 2018"
    assert titles["0219"] == titles["2011"] == "Anmodning om bosetting av flyktninger i 2018"
    assert titles["0214"] == titles["0219"], "Ås is neutral, and the round says bokmål"


def test_only_some_letters_are_made_but_all_get_their_references(
    make: Make, states: States, drafts: Path
) -> None:
    assert counts(make("vinje")) == (1, 0)
    assert states() == {**dict.fromkeys(ALL, "to make"), "0834": "draft"}
    assert {name[:4] for name in contents(drafts)} == {"0834"}
    make("Ås", "2011")
    assert {name[:4] for name in contents(drafts)} == {"0214", "0834", "2011"}
    assert (drafts / "0834-Vinje-17-09101.pdf").exists(), "the number it would have had anyway"


def test_a_region_is_made_by_itself(make: Make, states: States) -> None:
    make(region="nord")
    assert [number for number, state in states().items() if state == "draft"] == ["1940", "2011"]


@pytest.mark.usefixtures("made")
def test_processes_side_by_side_make_the_same_bytes_as_one_alone(make: Make, drafts: Path) -> None:
    alone = contents(drafts)
    shutil.rmtree(drafts)
    make(jobs=2)
    assert contents(drafts) == alone


# -- what has changed -----------------------------------------------------------------------------


@pytest.mark.usefixtures("made")
def test_a_changed_figure_makes_exactly_that_letter_anew(
    workspace: Path, make: Make, states: States, drafts: Path
) -> None:
    before = moments(drafts)
    make_round(workspace, changed("0219", "0219;Bærum;65;4;3;;2017/311;kjent"))
    assert [number for number, state in states().items() if state == "changed"] == ["0219"]
    assert counts(make()) == (1, 5)
    assert touched(before, drafts) == {"0219"}
    assert "3 av dem under 15 år" in page_texts((drafts / PDF_BAERUM).read_bytes())[0]


PDF_BAERUM = "0219-Bærum-17-09100.pdf"


@pytest.mark.usefixtures("made")
def test_a_refugee_moved_from_one_municipality_to_another_makes_those_two_anew(
    workspace: Path, make: Make, drafts: Path
) -> None:
    before = moments(drafts)
    rows = [row.replace(";65;", ";64;").replace("Vinje;10;", "Vinje;11;") for row in ROWS]
    make_round(workspace, rows)
    make()
    assert touched(before, drafts) == {"0219", "0834"}


@pytest.mark.usefixtures("made")
def test_a_changed_national_total_makes_every_letter_anew_for_each_states_it(
    workspace: Path, make: Make, drafts: Path
) -> None:
    before = moments(drafts)
    make_round(workspace, changed("0834", "0834;Vinje;12;0;0;;;rekonstruert"))
    make()
    assert touched(before, drafts) == set(ALL)
    for pdf in drafts.glob("*.pdf"):
        assert "120 flyktning" in page_texts(pdf.read_bytes())[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "value"),
    [("letter_date", "2017-11-07"), ("deadline", "2018-01-10"), ("copy_to", '"ola@ks.example"')],
)
@pytest.mark.usefixtures("made")
def test_a_changed_setting_of_the_round_makes_every_letter_anew(
    workspace: Path, make: Make, states: States, setting: str, value: str
) -> None:
    make_round(workspace, **{setting: value})
    assert set(states().values()) == {"changed"}
    make()
    assert set(states().values()) == {"draft"}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.usefixtures("made")
def test_a_changed_word_in_a_template_makes_the_letters_of_its_written_form_anew(
    workspace: Path, states: States
) -> None:
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
@pytest.mark.usefixtures("made")
def test_a_change_that_all_letters_share_makes_every_letter_anew(
    workspace: Path, states: States, name: str, old: str, new: str
) -> None:
    edit(workspace / "templates" / "letters" / name, old, new)
    expected = {"Vennlig hilsen": ALL[:2] + ALL[4:]}.get(new, ALL)
    assert [n for n, state in states().items() if state == "changed"] == expected


# -- what became of the files ---------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["0214-Ås-17-09235.pdf", "0214-Ås-17-09235.docx"])
@pytest.mark.parametrize("harm", ["deleted", "altered", "emptied"])
@pytest.mark.usefixtures("made")
def test_a_file_that_is_not_as_it_was_made_is_made_anew(
    make: Make, states: States, drafts: Path, name: str, harm: str
) -> None:
    before = contents(drafts)
    if harm == "deleted":
        (drafts / name).unlink()
    else:
        (drafts / name).write_bytes(before[name] + b" " if harm == "altered" else b"")
    assert states() == {**dict.fromkeys(ALL, "draft"), "0214": "damaged"}
    assert counts(make()) == (1, 5)
    assert contents(drafts) == before


def test_files_that_the_ledger_does_not_know_of_are_made_anew_and_come_out_the_same(
    workspace: Path, make: Make, drafts: Path
) -> None:
    """As after a crash between the writing of the files and the writing of the ledger."""
    make_round(workspace, ROWS[:3])
    make("Bærum")
    files = [workspace / "data" / "ledger.sqlite3", workspace / ".brevgen" / "ledger.json"]
    kept = [file.read_bytes() for file in files]
    make()
    before = contents(drafts)
    for file, data in zip(files, kept, strict=True):
        file.write_bytes(data)
    assert counts(make()) == (2, 1)
    assert contents(drafts) == before


def test_a_municipality_no_longer_asked_loses_its_draft_and_keeps_its_reference(
    workspace: Path, make: Make, drafts: Path
) -> None:
    make_round(workspace, ROWS[:2])
    make()
    make_round(workspace, ROWS[:1])
    assert make().removed == (PDF_BAERUM, PDF_BAERUM.replace(".pdf", ".docx"))
    assert not [name for name in contents(drafts) if name.startswith("0219")]
    make_round(workspace, [*ROWS[:2], "5001;Trondheim;20;0;0;;;"])
    make()
    stems = {Path(name).stem for name in contents(drafts)}
    assert {"0219-Bærum-17-09100", "5001-Trondheim-17-09101"} <= stems


@pytest.mark.usefixtures("made")
def test_a_municipality_with_a_new_name_gets_files_of_that_name_and_the_old_ones_go(
    workspace: Path, make: Make, drafts: Path
) -> None:
    for name in ("municipalities.csv", "contacts.csv"):
        edit(workspace / "data" / name, "\n0834,Vinje,", "\n0834,Nye Vinje,")
    make_round(workspace, changed("0834", "0834;Nye Vinje;10;0;0;;;rekonstruert"))
    assert counts(make()) == (1, 5)
    names = [name for name in contents(drafts) if name.startswith("0834")]
    assert names == ["0834-Nye-Vinje-17-09101.docx", "0834-Nye-Vinje-17-09101.pdf"]


# -- letters that break a rule --------------------------------------------------------------------

TOO_LONG = ["0834", "1515"]
"""Those that are written to in nynorsk."""


def lengthen(workspace: Path) -> Callable[[], object]:
    """Make the letters in nynorsk too long, which nobody knows before they are made.

    Returns:
        what puts it right.
    """
    template = workspace / "templates" / "letters" / "request" / "nn.html"
    text = template.read_text(encoding="utf-8")
    at = text.index("Vi ber om eit presist vedtak")
    more = "Vi ber om eit klart vedtak.\n" * 400
    template.write_text(text[:at] + more + text[at:], encoding="utf-8")
    return lambda: template.write_text(text, encoding="utf-8")


def test_letters_that_break_a_rule_are_not_made_and_the_others_are(
    workspace: Path, make: Make, states: States, drafts: Path
) -> None:
    put_right = lengthen(workspace)
    done = make(faults=TOO_LONG)
    assert (len(done.made), len(done.kept)) == (4, 0)
    assert all(rules[0].startswith("pages: ") for rules in done.faults.values())
    assert states() == {**dict.fromkeys(ALL, "draft"), **dict.fromkeys(TOO_LONG, "to make")}
    assert not [name for name in contents(drafts) if name[:4] in TOO_LONG]
    put_right()
    make()
    assert states() == dict.fromkeys(ALL, "draft")


@pytest.mark.usefixtures("made")
def test_a_letter_that_can_no_longer_be_made_keeps_its_earlier_draft_and_is_shown_as_changed(
    workspace: Path, make: Make, states: States, drafts: Path
) -> None:
    before = contents(drafts)
    lengthen(workspace)
    make(faults=TOO_LONG)
    assert contents(drafts) == before
    assert states() == {**dict.fromkeys(ALL, "draft"), **dict.fromkeys(TOO_LONG, "changed")}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_look_that_changes_once_the_round_is_read_makes_no_letter(
    workspace: Path, states: States, drafts: Path, jobs: int
) -> None:
    with session(workspace) as opened:
        opened.letters()
        with (workspace / "templates/letters/letter.css").open("a") as stylesheet:
            stylesheet.write("html { color: #222 }\n")
        workers = Workers(opened.workspace.templates, jobs)
        done = generate(opened, opened.choose(), workers=workers, progress=silent)
    assert (done.made, dict(done.faults)) == ((), dict.fromkeys(ALL, (LOOK_CHANGED,)))
    assert not drafts.exists() or contents(drafts) == {}
    assert set(states().values()) == {"to make"}


# -- what a run tells and remembers ---------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_goes_from_none_to_all(make: Make, jobs: int) -> None:
    told: list[tuple[int, int]] = []
    make("Ås", "Vinje", jobs=jobs, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_the_ledger_remembers_who_made_what_and_when(workspace: Path, make: Make) -> None:
    make()
    with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
        documents = ledger.documents("trial")
        events = ledger.events("trial", "0214")
    assert {document.made_at for document in documents.values()} == {BEGIN}
    assert [(event.act, event.actor) for event in events] == [
        ("reference given", Account("kari")),
        ("draft made", Account("kari")),
    ]


def how_it_stands(letters: Sequence[LetterStatus]) -> list[tuple[object, ...]]:
    return [
        (each.number, each.state, each.content, each.made and each.made.pdf_sha256)
        for each in letters
    ]


def test_what_a_run_tells_of_the_letters_is_how_they_stand(workspace: Path, make: Make) -> None:
    done = make()
    with session(workspace) as opened:
        assert how_it_stands(done.letters) == how_it_stands(opened.letters())
    assert (done.made, done.kept, done.faults, done.removed) == (tuple(ALL), (), {}, ())


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interruption_keeps_what_was_made_and_nothing_is_made_afterwards(
    workspace: Path, make: Make, states: States, drafts: Path, jobs: int
) -> None:
    rows = (workspace / "data/rounds/2018/allocation.csv").read_text(encoding="utf-8")
    make_round(workspace, rows.splitlines()[1:41])

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(PartlyDone, match="brevgen generate trial") as caught:
        make(jobs=jobs, progress=interrupt)
    # what was raised is still held, as it is where a command catches it
    assert caught.tb is not None
    assert multiprocessing.active_children() == []
    assert sorted(states().values()) == ["draft"] * 2 + ["to make"] * 38
    assert len(contents(drafts)) < 40


def test_a_series_that_is_too_short_gives_no_reference_at_all(workspace: Path, make: Make) -> None:
    make_round(workspace, ROWS[1:], last='"17-09103"')
    with pytest.raises(Refused, match="references needed: 5, left: 4"):
        make()
    with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
        assert ledger.references("trial") == {}


def test_the_status_of_a_round_needs_no_references(workspace: Path, states: States) -> None:
    make_round(workspace, ROWS[1:], last='"17-09103"')
    assert set(states().values()) == {"no reference"}


# -- beside others --------------------------------------------------------------------------------


def test_beside_a_running_approval_it_takes_no_file_away(
    workspace: Path, make: Make, states: States
) -> None:
    make_round(workspace, ROWS[:2])
    generated(workspace, account="kari")

    def read(lineup: Lineup) -> bool:
        """Make drafts while somebody reads what is to be approved."""
        assert counts(make()) == (0, 2)
        return True

    def seal_while_drafts_are_made() -> None:
        both.wait()
        approved(workspace, agree=read)

    def make_again() -> None:
        both.wait()
        make()

    both = Barrier(2)
    threads = [Thread(target=each) for each in (seal_while_drafts_are_made, make_again)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(states().values()) == {"final"}
    assert len(list((workspace / "output/trial/letters").iterdir())) == 4
    assert counts(make()) == (0, 2)
    assert len(list((workspace / "output/trial/letters").iterdir())) == 4
