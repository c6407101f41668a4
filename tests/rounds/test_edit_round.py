"""A `round.toml` is changed as a person would: only what is changed, and over nobody's work."""

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.actor import Actor
from brevgen.errors import Refused
from brevgen.findings import FaultyInput
from brevgen.ledger.engine import store_at
from brevgen.rounds.edit_round import ChangedMeanwhile, round_text, write_settings
from brevgen.rounds.new_round import new_round
from brevgen.rounds.round_text import REMOVED, Key, Renamed, RoundText, unfinished
from brevgen.settings.round import ROUND_FILE
from brevgen.workspace import find_workspace
from tests.support.samples import ROOT, make_round, make_workspace
from tests.support.sessions import Clock, session

FILES = sorted((ROOT / "data" / "rounds").glob("*/round.toml"))
GOOD = RoundText((ROOT / "data" / "rounds" / "2018" / ROUND_FILE).read_bytes())

VALUES: dict[Key, st.SearchStrategy[Any]] = {
    ("settlement_year",): st.integers(2017, 2100),
    ("letter_date",): st.dates(date(2017, 1, 1), date(2100, 1, 1)),
    ("deadline",): st.dates(date(2017, 1, 1), date(2100, 1, 1)) | st.just("6 weeks"),
    ("neutral_written_form",): st.sampled_from(["nb", "nn"]),
    ("national", "total"): st.integers(0, 1_000_000),
    ("answers", "web"): st.just("https://www.imdi.no/"),
    ("background", "nn", "need"): st.text(st.characters(codec="utf-8", exclude_characters="\r")),
    ("offices", "IMDi Øst", "signatory"): st.text(st.characters(codec="utf-8")),
    ("offices", "IMDi Øst", "counties"): st.lists(st.sampled_from(["Oslo", "Østfold", 'x"y'])),
    ("offices", "IMDi Sør", "title", "nb"): st.text("aå\"'\\#= "),
    ("offices", "IMDi Nord", "email"): st.just("nord@imdi.example"),
    ("offices", "Nytt", "name"): st.just("IMDi"),
    ("sums", "asked"): st.integers(0, 9),
    ("dispatch", "attach_docx"): st.booleans(),
    ("dispatch", "copies", 0): st.just("ks@ks.example")
    | st.just({"address": "ks@ks.example", "name": "KS"}),
    ("references", "first"): st.just(""),
    ("offices", "IMDi Vest"): st.just(REMOVED),
}


@given(
    st.fixed_dictionaries({}, optional=VALUES),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
)
@settings(max_examples=150, deadline=None)
def test_only_what_is_changed_is_changed(changes: dict[Key, Any], newline: str, begin: str) -> None:
    text = RoundText(f"{begin}{GOOD.text.replace(chr(10), newline)}".encode())
    made = text.with_changes(changes)
    assert made.data.decode().startswith(begin)
    assert (made.text.count("\r\n") == made.text.count("\n")) == (newline == "\r\n")

    now: Any = tomllib.loads(made.text)
    for path, value in changes.items():
        found: Any = now
        for key in path:
            found = found.get(key) if isinstance(found, dict) else found[key]
        assert found == (None if value is REMOVED else value)
    kept = [line for line in GOOD.text.splitlines() if "#" in line and line[0] == "#"]
    assert [line for line in made.text.splitlines() if line.startswith("#")] == kept

    back = {path: _value(GOOD.keys, path) for path in changes if len(path) < 3}
    same = {path: value for path, value in back.items() if value is not None}
    assert text.with_changes(same).data == text.data
    taken = [
        line[1:].split("=")[0].strip()
        for line in difflib.ndiff(text.lines.splitlines(), made.lines.splitlines())
        if line.startswith("- ") and line[2:].strip()
    ]
    vest = {'[offices."IMDi Vest"]', "name", "title"}
    assert set(taken) <= {str(path[-1]) for path in changes} | {"title"} | vest


def _value(keys: Any, path: Key) -> Any:
    for key in path:
        keys = keys.get(key, {}) if isinstance(keys, dict) else None
    return keys if keys != {} else None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_a_file_of_which_nothing_is_changed_has_the_same_bytes(file: Path) -> None:
    text = RoundText(file.read_bytes())
    assert text.keys is not None
    same: dict[Key, Any] = {
        (key,): value for key, value in text.keys.items() if not isinstance(value, dict)
    }
    assert text.with_changes(same) is text
    assert text.with_text(text.lines) is text


def test_a_remark_behind_a_value_stays_there() -> None:
    made = GOOD.with_changes({("neutral_written_form",): "nn"})
    line = 'neutral_written_form = "nn"    # what municipalities get that have decided'
    assert line in made.text


def test_a_table_is_called_otherwise_where_it_stands() -> None:
    text = RoundText(
        b'# first\n[offices."IMDi X"] # of [X]\nname = "[offices.x]"\n\n'
        b'[offices.\'IMDi X\'.title]\nnb = "a"\n[offices.y]\nname = "y"\n'
    )
    office: Key = ("offices", "IMDi X")
    made = text.with_changes({office: Renamed("IMDi \u00d8st"), (*office, "name"): "z"})
    assert made.text == (
        '# first\n[offices."IMDi \u00d8st"] # of [X]\nname = "z"\n\n'
        '[offices."IMDi \u00d8st".title]\nnb = "a"\n[offices.y]\nname = "y"\n'
    )
    with pytest.raises(Refused, match="Change its text"):
        RoundText(b"offices = {x = {}}").with_changes({("offices", "x"): Renamed("y")})


def test_rows_are_added_to_a_list_and_taken_away() -> None:
    one = GOOD.with_changes({("dispatch", "copies", 0): "a@ks.example"})
    two = one.with_changes({("dispatch", "copies", 1): {"address": "b@ks.example", "name": "KS"}})
    assert two.keys is not None
    assert two.keys["dispatch"]["copies"] == [
        "a@ks.example",
        {"address": "b@ks.example", "name": "KS"},
    ]
    none = two.with_changes({("dispatch", "copies", n): REMOVED for n in (0, 1)})
    assert none.keys is not None
    assert none.keys["dispatch"]["copies"] == []


# -- written ---------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = make_workspace(tmp_path / "workspace", [])
    make_round(place)
    return place


def settings_of(place: Path) -> RoundText:
    return round_text(find_workspace(place), "trial")


def test_what_is_written_is_what_was_meant(place: Path) -> None:
    text = settings_of(place)
    new = text.with_changes({("letter_date",): date(2017, 11, 7)})
    with session(place) as opened:
        assert write_settings(opened, new, text.digest)
        assert not write_settings(opened, new, new.digest)
    assert settings_of(place).data == new.data


def test_nobody_writes_over_what_another_has_written(place: Path) -> None:
    shown = settings_of(place)
    mine = shown.with_changes({("letter_date",): date(2017, 11, 7)})
    theirs = shown.with_changes({("national", "minimum"): 5})
    with session(place) as opened:
        write_settings(opened, theirs, shown.digest)
        with pytest.raises(ChangedMeanwhile) as refusal:
            write_settings(opened, mine, shown.digest)
    assert refusal.value.now.data == settings_of(place).data == theirs.data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("settlement_year",), "2018"),
        (("letter_date",), "6.11.2017"),
        (("national", "total"), -1),
        (("answers", "to"), "post"),
        (("nonsense",), 1),
        (("deadline",), date(2017, 11, 5)),
        (("deadline",), "999 months"),
    ],
)
def test_what_is_wrong_is_never_written(place: Path, path: Key, value: object) -> None:
    text = settings_of(place)
    new = text.with_changes({path: value})
    with session(place) as opened, pytest.raises(FaultyInput) as refusal:
        write_settings(opened, new, text.digest)
    assert refusal.value.findings[0].place.column == ".".join(map(str, path))
    assert settings_of(place).data == text.data


def test_what_is_no_toml_is_never_written(place: Path) -> None:
    text = settings_of(place)
    with session(place) as opened, pytest.raises(FaultyInput):
        write_settings(opened, text.with_text(f"{text.text}\nx = “2”"), text.digest)


def test_what_is_not_filled_in_yet_may_wait_for_another_day(place: Path) -> None:
    new_round(find_workspace(place), Clock(), Actor("anne"), "2027", "trial")
    with session(place, name="2027") as opened:
        text = round_text(opened.workspace, "2027")
        assert text.marks()["national", "total"] == "fill in: 118 in trial"
        new = text.with_changes({("national", "total"): 120}, [("letter_date",)])
        write_settings(opened, new, text.digest)
        marks = new.marks()
    assert ("national", "total") not in marks
    assert ("letter_date",) not in marks
    assert ("national", "minors") in marks


def test_a_deadline_is_held_to_the_letters_date_before_all_is_filled_in(place: Path) -> None:
    new_round(find_workspace(place), Clock(), Actor("anne"), "2027", "trial")
    with session(place, name="2027") as opened:
        text = round_text(opened.workspace, "2027")
        new = text.with_changes({("deadline",): "999 months"})
        with pytest.raises(FaultyInput) as refusal:
            write_settings(opened, new, text.digest)
    wrong = [each for each in refusal.value.findings if not unfinished(each, new)]
    assert [each.place.column for each in wrong] == ["deadline"]


def test_who_may_only_look_changes_nothing(place: Path) -> None:
    text = settings_of(place)
    new = text.with_changes({("national", "minimum"): 5})
    looker = Actor("per", roles=("approve",))
    with session(place) as opened:
        opened.actor = looker
        with pytest.raises(Refused, match="per may not make letters"):
            write_settings(opened, new, text.digest)
    assert settings_of(place).data == text.data


def test_who_changes_the_round_is_named(place: Path) -> None:
    with session(place) as opened:
        store = store_at(opened.workspace.ledger)
        assert store.lock_holder("trial") is None
        with store.round_lock("trial", Actor("ola"), opened.clock):
            holder = store.lock_holder("trial")
            assert holder is not None
            assert holder.account == "ola"
        assert store.lock_holder("trial") is None
