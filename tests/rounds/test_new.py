"""A workspace is made of what comes with brevgen, and a round is begun from an earlier one."""

import json
import os
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import PartlyDone, Refused, WrongUse
from brevgen.files import sha256_of_file, write_whole
from brevgen.findings import FaultyInput
from brevgen.language import speaking
from brevgen.rounds import new, new_round, round_folder
from brevgen.rounds.check import check
from brevgen.rounds.new import new_workspace
from brevgen.rounds.new_round import NewRound
from brevgen.rounds.next_settings import NextDates
from brevgen.rounds.starter import starter_files
from brevgen.workspace import find_workspace
from tests.support.samples import ROOT, ROWS, make_round
from tests.support.sessions import Clock, generated, session

# -- a workspace ----------------------------------------------------------------------------------


def test_a_new_workspace_passes_check_and_makes_letters(tmp_path: Path) -> None:
    made = new_workspace(tmp_path / "Brev på prøve" / "år 1")
    assert made.trial == "trial"
    with session(made.root) as opened:
        found = check(opened)
    assert [str(each) for each in found.findings if each.severity == "fault"] == []
    assert (found.figures[-1].municipalities, found.figures[-1].counts["asked"]) == (6, 190)
    generated(made.root, only=["3218"])
    assert [path.suffix for path in sorted(made.root.glob("output/trial/drafts/3218*"))] == [
        ".docx",
        ".pdf",
    ]


def test_what_was_given_is_written_down_with_its_digests(tmp_path: Path) -> None:
    made = new_workspace(tmp_path / "new")
    told = json.loads((made.root / ".brevgen" / "starter.json").read_text(encoding="utf-8"))
    assert told["files"] == {name: sha256_of_file(made.root / name) for name in made.files}
    assert {"brevgen.toml", "data/municipalities.csv", "templates/letters/styles.docx"} <= set(
        told["files"]
    )


def test_a_checkout_gives_its_own_files_and_never_what_was_made_in_it() -> None:
    files = starter_files()
    assert files["templates/letters/letter.css"] == ROOT / "templates" / "letters" / "letter.css"
    assert files["data/rounds/trial/round.toml"] == ROOT / "trial" / "round.toml"
    assert not [name for name in files if "ledger" in name or "rounds/20" in name]


def test_every_address_that_is_given_is_made_up() -> None:
    words = (
        word.strip("\"',;()")
        for path in starter_files().values()
        if path.suffix in (".csv", ".toml", ".html")
        for word in path.read_text(encoding="utf-8").replace(",", " ").split()
    )
    addresses = [word for word in words if "@" in word and word[0] not in "@{"]
    assert len(addresses) > 1000
    assert [each for each in addresses if not each.endswith(".example")] == []


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert new_workspace(tmp_path / "empty").root == tmp_path / "empty"


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match=r"“notes\.txt”"):
        new_workspace(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WrongUse, match="is a file"):
        new_workspace(tmp_path / "file")


def test_a_workspace_inside_of_another_is_refused_and_the_round_told(workspace: Path) -> None:
    with pytest.raises(Refused, match="brevgen new 2028 --from"):
        new_workspace(workspace / "2028")
    assert not (workspace / "2028").exists()


@pytest.mark.parametrize("was_there", [True, False])
def test_what_cannot_be_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was_there: bool
) -> None:
    folder = tmp_path / "new"
    if was_there:
        folder.mkdir()
    monkeypatch.setattr(
        new, "starter_files", lambda: {**starter_files(), "data/zzz.csv": tmp_path / "not there"}
    )
    with pytest.raises(Exception, match="no such file"):
        new_workspace(folder)
    assert folder.exists() == was_there
    assert not was_there or list(folder.iterdir()) == []


# -- a round --------------------------------------------------------------------------------------


def begun(workspace: Path, name: str, earlier: str) -> NewRound:
    return new_round.new_round(find_workspace(workspace), Clock(), Actor("anne"), name, earlier)


def settings(begun_: NewRound) -> dict[str, object]:
    return tomllib.loads((begun_.folder / "round.toml").read_text(encoding="utf-8"))


def rows(begun_: NewRound) -> dict[str, list[str]]:
    """Number to the other cells of its row; the header under its first cell."""
    text = (begun_.folder / "allocation.csv").read_text(encoding="utf-8-sig")
    return {line.split(";")[0]: line.split(";")[1:] for line in text.splitlines()}


def faults(workspace: Path, name: str) -> list[str]:
    with session(workspace, name=name) as opened:
        return [f"{each.place}: {each.what}" for each in opened.findings.faults]


def filled_in(workspace: Path, name: str) -> None:
    """Put the earlier figures into a round that was begun."""
    folder = workspace / "data" / "rounds" / name
    text = (folder / "round.toml").read_text(encoding="utf-8")
    lines = [
        line.replace('""', f'"{was}"' if was[2:3] == "-" else was)
        if (was := line.partition("fill in: ")[2].partition(" ")[0])
        else line
        for line in text.splitlines()
    ]
    (folder / "round.toml").write_text("\n".join(lines), encoding="utf-8")
    table = (folder / "allocation.csv").read_text(encoding="utf-8-sig")
    header, *others = (line.split(";") for line in table.splitlines())
    for at, name in enumerate(header):
        for row in others:
            row[at] = row[at + 1] if name in ("antall", "enslige_mindreårige") else row[at]
    lines = [";".join(row) for row in (header, *others)]
    (folder / "allocation.csv").write_text("\n".join(lines), encoding="utf-8")


def test_check_asks_for_everything_that_was_emptied_and_for_no_more(workspace: Path) -> None:
    begun(workspace, "2025", "2024")
    found = faults(workspace, "2025")
    empty = [each.partition(":")[0] for each in found if "no value yet" in each]
    assert empty == [
        *(f"round.toml, national.{key}" for key in ("total", "minors", "municipalities")),
        *("round.toml, national.minimum", "round.toml, references.first"),
        "round.toml, references.last",
    ]
    (missing,) = [each for each in found if each.startswith("allocation.csv")]
    assert "antall: The column is not filled in yet, for any of 355 municipalities" in missing
    assert len(found) == len(empty) + 1


def test_once_filled_in_it_is_a_round_without_faults(workspace: Path) -> None:
    begun(workspace, "2025", "2024")
    filled_in(workspace, "2025")
    assert faults(workspace, "2025") == []


def test_dates_are_moved_on_to_working_days(workspace: Path) -> None:
    dates = begun(workspace, "2025", "2024").dates
    assert dates == NextDates(2025, date(2024, 11, 20), date(2025, 2, 25))
    # a Saturday and a Sunday, moved to the Monday
    make_round(workspace, letter_date="2024-11-16", deadline="2025-01-12", settlement_year="2025")
    dates = begun(workspace, "2026", "trial").dates
    assert (dates.letter_date, dates.deadline) == (date(2025, 11, 17), date(2026, 1, 12))


def test_a_span_stays_a_span_where_it_ends_on_a_working_day(workspace: Path) -> None:
    # two months after 6 November 2018 is a Sunday, after 6 November 2025 a Tuesday
    moved = begun(workspace, "2019", "2018")
    kept = begun(workspace, "2026", "2018")
    assert (settings(moved)["deadline"], moved.dates.deadline) == (date(2019, 1, 7),) * 2
    assert (settings(kept)["deadline"], kept.dates.deadline) == ("2 months", date(2026, 1, 6))


@pytest.mark.parametrize(
    ("name", "year"), [("2030", 2030), ("2025-tillegg", 2025), ("neste", 2025), ("20299", 2025)]
)
def test_the_name_tells_the_year_and_else_it_is_the_next(
    workspace: Path, name: str, year: int
) -> None:
    assert settings(begun(workspace, name, "2024"))["settlement_year"] == year


def test_words_are_kept_and_marked_with_the_comments_there_were(workspace: Path) -> None:
    made = begun(workspace, "2025", "2024")
    old = (workspace / "data/rounds/2024/round.toml").read_text(encoding="utf-8")
    text = (made.folder / "round.toml").read_text(encoding="utf-8")
    assert settings(made)["background"] == tomllib.loads(old)["background"]
    marked = [line for line in text.splitlines() if line.endswith("  # look over: from 2024")]
    assert [line.partition(" ")[0] for line in marked] == ["need", "share", "criteria"] * 2
    assert (
        "deadline = 2025-02-25  # look over: 2024-02-25 in the round 2024"
        " | a Sunday: that is how it was\n"
    ) in text
    assert 'total = ""  # fill in: 36985 in 2024\n' in text
    assert "\n# [2024] The requests for settlement in 2024." in text
    keys = [line.split(" = ")[0] for line in old.splitlines() if " = " in line]
    assert [line.split(" = ")[0] for line in text.splitlines() if " = " in line] == keys


def test_marks_of_the_year_before_do_not_pile_up(workspace: Path) -> None:
    begun(workspace, "2025", "2024")
    filled_in(workspace, "2025")
    made = begun(workspace, "2026", "2025")
    text = (made.folder / "round.toml").read_text(encoding="utf-8")
    assert (
        "deadline = 2026-02-25  # look over: 2025-02-25 in the round 2025"
        " | a Sunday: that is how it was\n"
    ) in text
    assert 'total = ""  # fill in: 36985 in 2025\n' in text
    assert text.count("Begun from the round") == 1
    assert "# [2024] The requests for settlement in 2024." in text
    assert "in 2024\n" not in text.replace("settlement in 2024", "")


def test_marks_are_in_the_language_of_who_begins_the_round_and_take_the_place_of_others(
    workspace: Path,
) -> None:
    begun(workspace, "2025", "2024")
    filled_in(workspace, "2025")
    with speaking("nb"):
        made = begun(workspace, "2026", "2025")
    text = (made.folder / "round.toml").read_text(encoding="utf-8")
    assert text.startswith("# Laget fra runden 2025. ")
    assert "deadline = 2026-02-25  # se over: 25.02.2025 i runden 2025 | a Sunday" in text
    assert 'total = ""  # fyll inn: 36\N{NO-BREAK SPACE}985 i 2025\n' in text
    for english in ("Begun from", "look over", "fill in"):
        assert english not in text


def test_sums_of_its_own_and_tables_in_one_line_are_emptied_too(workspace: Path) -> None:
    folder = make_round(workspace)
    file = folder / "round.toml"
    before, _, rest = file.read_text(encoding="utf-8").partition("[national]")
    _, _, after = rest.partition("[answers]")
    file.write_text(
        before.replace(
            "[distribution]",
            "national = { total = 4400, minors = 150, municipalities = 210, minimum = 10 }\n"
            "[sums]\nasked = 118\n[distribution]",
        )
        + "[answers]"
        + after,
        encoding="utf-8",
    )
    assert faults(workspace, "trial") == []
    made = settings(begun(workspace, "2019", "trial"))
    assert made["sums"] == {"asked": ""}
    assert made["national"] == dict.fromkeys(("total", "minors", "municipalities", "minimum"), "")


def test_last_years_figures_stand_beside_the_empty_ones(workspace: Path) -> None:
    make_round(workspace)
    table = rows(begun(workspace, "2019", "trial"))
    assert table.pop("kommunenummer") == [
        *("kommunenavn", "antall", "antall i trial"),
        *("enslige_mindreårige", "enslige_mindreårige i trial"),
        *("herav_under_15", "herav_under_15 i trial", "merknad"),
    ]
    assert table["0219"] == ["Bærum", "", "65", "", "4", "", "2", ""]
    assert len(table) == len(ROWS)


def test_the_column_of_the_same_year_is_never_taken_for_the_new_one(workspace: Path) -> None:
    begun(workspace, "2024-tillegg", "2024")
    assert not [each for each in faults(workspace, "2024-tillegg") if "antall i" in each]


def test_merged_and_divided_municipalities_are_carried_to_their_successors(
    workspace: Path,
) -> None:
    names = {"0104": "Moss", "0136": "Rygge", "0214": "Ås", "1504": "Ålesund", "1548": "Fræna"}
    asked = {"0104": 35, "0136": 20, "0214": 10, "1504": 45, "1548": 11}
    make_round(workspace, [f"{n};{names[n]};{asked[n]};1;;;;" for n in names])
    made = begun(workspace, "2024-b", "trial")
    table = rows(made)
    del table["kommunenummer"]
    assert table == {
        "1508": ["Ålesund", "", "", "", "", "", "", _DIVIDED],
        "1579": ["Hustadvika", "", "11", "", "1", "", "", "tidligere 1548 Fræna"],
        "1580": ["Haram", "", "", "", "", "", "", _DIVIDED],
        "3103": ["Moss", "", "55", "", "2", "", "", "0104 Moss (35) + 0136 Rygge (20)"],
        "3218": ["Ås", "", "10", "", "1", "", "", "tidligere 0214 Ås"],
    }
    assert [each.municipality.number for each in made.carried if each.is_reformed] == [
        *("1508", "1580", "3103"),
    ]
    assert made.lost == ()


_DIVIDED = "1504 Ålesund (45) er delt i 1508 Ålesund og 1580 Haram"


def test_the_earlier_round_is_never_touched(workspace: Path) -> None:
    folder = workspace / "data" / "rounds" / "2024"
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    begun(workspace, "2025", "data/rounds/2024/")
    assert before == {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()
    }


@pytest.mark.parametrize("name", ["2018", "TRIAL", "../2019", "a/b", "", ".", "..", ".x", "a\tb"])
def test_a_name_that_is_taken_or_is_none_is_refused(workspace: Path, name: str) -> None:
    before = sorted((workspace / "data" / "rounds").iterdir())
    with pytest.raises(WrongUse):
        begun(workspace, name, "2018")
    assert sorted((workspace / "data" / "rounds").iterdir()) == before


def test_a_name_that_the_ledger_knows_is_taken(workspace: Path) -> None:
    generated(workspace, only=["0214"])
    (workspace / "data/rounds/trial").rename(workspace / "data/rounds/renamed")
    with pytest.raises(WrongUse, match="ledger knows letters of a round “trial”"):
        begun(workspace, "trial", "renamed")


def test_faults_of_the_earlier_round_are_told_all_at_once(workspace: Path) -> None:
    make_round(workspace, [row.replace(";65;", ";;") for row in ROWS], minimum='"ten"')
    with pytest.raises(FaultyInput) as told:
        begun(workspace, "2019", "trial")
    shown = str(told.value)
    assert "trial/round.toml, national.minimum" in shown
    assert "trial/allocation.csv, row 3, antall" in shown
    assert not (workspace / "data/rounds/2019").exists()


def test_a_round_that_cannot_be_written_leaves_nothing(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(round_folder, "write_whole", _full_after_one(write_whole))
    with pytest.raises(PartlyDone, match="Nothing was"):
        begun(workspace, "2025", "2024")
    assert not (workspace / "data/rounds/2025").exists()


def _full_after_one(write: Callable[[Path, bytes], None]) -> Callable[[Path, bytes], None]:
    def written(path: Path, data: bytes) -> None:
        if path.name == "allocation.csv":
            raise OSError(28, os.strerror(28))
        write(path, data)

    return written
