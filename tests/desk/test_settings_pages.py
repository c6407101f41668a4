"""The settings of a round as a form and as text, for one person and for two at a time."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.app import make_app
from brevgen.desk.settings_form import form_of
from brevgen.desk.settings_values import meant, shown
from brevgen.desk.settings_words import OWN_KEY
from brevgen.desk.visitors import Visits
from brevgen.findings import Findings
from brevgen.language import speaking
from brevgen.rounds.kinds import kinds_of
from brevgen.rounds.new_round import new_round
from brevgen.rounds.round_text import Key
from brevgen.settings.round_file import round_of
from brevgen.workspace import find_workspace
from tests.desk.conftest import ADDRESS, FROM_HERE, HOST, Clock

SETTINGS = "/rounds/trial/settings"
ØST = "offices/IMDi%20%C3%98st"


class Fields(HTMLParser):
    """What a browser would send of the form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open, self._choice, self._chosen = "", "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "input" and name:
            if told.get("type") != "checkbox" or "checked" in told:
                self.found[name] = told.get("value", "")
        elif tag == "textarea":
            self._open, self.found[name] = name, ""
        elif tag == "select":
            self._choice, self._chosen = name, False
        elif tag == "option" and self._choice and ("selected" in told or not self._chosen):
            self.found[self._choice], self._chosen = told["value"], True

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":  # a browser leaves out the line feed after the tag
            self.found[self._open] = self.found[self._open].removeprefix("\n").replace("\n", "\r\n")
            self._open = ""
        elif tag == "select":
            self._choice = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[self._open] += data


def fields(text: str) -> dict[str, str]:
    parser = Fields()
    parser.feed(text)
    return {name: value for name, value in parser.found.items() if name not in ("back", "language")}


@pytest.fixture
def file(place: Path) -> Path:
    return place / "data/rounds/trial/round.toml"


def save(browser: TestClient, form: dict[str, str], to: str = SETTINGS) -> tuple[int, str]:
    answer = browser.post(to, headers=FROM_HERE, data=form)
    return answer.status_code, answer.text


def test_saving_what_was_shown_changes_nothing(browser: TestClient, file: Path) -> None:
    before = file.read_bytes()
    form = fields(browser.get(SETTINGS).text)
    assert form["letter_date"] == "2017-11-06"
    assert form["deadline"] == "2 måneder"
    assert form["dispatch/channel"] == "mail"
    assert save(browser, {**form, "do": "save"})[0] == 303
    assert file.read_bytes() == before


def test_only_the_line_that_was_changed_is_another(browser: TestClient, file: Path) -> None:
    before = file.read_text(encoding="utf-8").splitlines()
    form = fields(browser.get(SETTINGS).text)
    form |= {"do": "save", "deadline": "6.1.2018", f"{ØST}/signatory": "Kari Nordmann"}
    assert save(browser, form)[0] == 303
    after = file.read_text(encoding="utf-8").splitlines()
    changed = [(one, two) for one, two in zip(before, after, strict=True) if one != two]
    assert [two.split("#")[0].strip() for _, two in changed] == [
        "deadline = 2018-01-06",
        'signatory = "Kari Nordmann"',
    ]
    assert "Lagret." in browser.get(f"{SETTINGS}?saved=1").text


def test_a_deadline_is_written_as_a_person_writes_it(browser: TestClient, file: Path) -> None:
    form = fields(browser.get(SETTINGS).text)
    assert save(browser, {**form, "do": "save", "deadline": "6 uker"})[0] == 303
    assert tomllib.loads(file.read_text(encoding="utf-8"))["deadline"] == "6 weeks"


def test_every_fault_is_told_at_its_field_and_nothing_is_written(
    browser: TestClient, file: Path
) -> None:
    before = file.read_bytes()
    form = fields(browser.get(SETTINGS).text)
    form |= {"do": "save", "national/total": "mange", "answers/to": "<b>post", "letter_date": ""}
    status, text = save(browser, form)
    assert status == 422
    assert file.read_bytes() == before
    assert 'href="#national/total"' in text
    assert 'href="#answers/to"' in text
    assert text.count('aria-invalid="true"') == 2
    assert "1 felt gjenstår" in text
    assert "&lt;b&gt;post" in text
    assert fields(text)["national/total"] == "mange"


def test_rows_are_added_and_taken_away_without_a_script(browser: TestClient, file: Path) -> None:
    form = fields(browser.get(SETTINGS).text)
    status, text = save(browser, {**form, "do": "add offices", "national/minimum": "7"})
    assert status == 200
    form = fields(text)
    assert form["national/minimum"] == "7"
    status, text = save(browser, {**form, "do": "add copies"})
    form = fields(text)
    new = "%2Boffices/0"
    form |= {"do": "save", f"{new}/name": "IMDi", f"{new}/title/nb": "sjef"}
    status, text = save(browser, {**form, f"{new}/%23key": "IMDi Øst"})
    assert (status, "allerede et kontor for «IMDi Øst»" in text) == (422, True)
    form |= {"%2Bcopies/0/address": "ks@ks.example"}
    status, text = save(browser, {**form, f"{new}/email": "her"})
    assert (status, 'href="#%252Boffices/0/email"' in text) == (422, True)
    assert (
        save(browser, {**form, f"{new}/title/nn": "sjef", "remove": "offices/IMDi%20Vest"})[0]
        == 303
    )
    keys = tomllib.loads(file.read_text(encoding="utf-8"))
    assert keys["offices"]["national"] == {"name": "IMDi", "title": {"nb": "sjef", "nn": "sjef"}}
    assert "IMDi Vest" not in keys["offices"]
    assert keys["dispatch"]["copies"] == ["ks@ks.example"]
    assert keys["national"]["minimum"] == 7


def test_an_office_is_made_that_of_another_region(browser: TestClient, file: Path) -> None:
    before = tomllib.loads(file.read_text(encoding="utf-8"))["offices"]
    form = fields(browser.get(SETTINGS).text)
    assert form[f"{ØST}/%23key"] == "IMDi Øst"
    status, text = save(browser, {**form, "do": "save", f"{ØST}/%23key": "IMDi Vest"})
    assert (status, "allerede et kontor for «IMDi Vest»" in text) == (422, True)
    form |= {"do": "save", f"{ØST}/%23key": "", f"{ØST}/name": "IMDi"}
    assert save(browser, form)[0] == 303
    offices = tomllib.loads(file.read_text(encoding="utf-8"))["offices"]
    assert list(offices) == ["national" if key == "IMDi Øst" else key for key in before]
    assert offices["national"] == {**before["IMDi Øst"], "name": "IMDi"}
    assert "Alle andre kommuner" in browser.get(SETTINGS).text


def test_the_name_that_an_office_had_is_not_given_to_another_at_once(
    browser: TestClient, file: Path
) -> None:
    before = file.read_bytes()
    form = fields(save(browser, {**fields(browser.get(SETTINGS).text), "do": "add offices"})[1])
    new = {"%2Boffices/0/%23key": "IMDi Øst", "%2Boffices/0/name": "Ny"}
    status, text = save(browser, {**form, "do": "save", f"{ØST}/%23key": "IMDi X", **new})
    assert (status, "allerede et kontor for «IMDi Øst»" in text) == (422, True)
    assert file.read_bytes() == before


@pytest.fixture
def other(place: Path) -> Iterator[TestClient]:
    """The browser of somebody else, at another desk of the same workspace."""
    visits = Visits(lambda: datetime.now(UTC))
    app = make_app(place, lambda: datetime.now(UTC), visits, [HOST])
    with TestClient(app, base_url=ADDRESS, follow_redirects=False) as client:
        client.get("/enter", params={"code": visits.new_code(Actor("ola"))})
        yield client


def test_two_at_once_never_lose_what_either_wrote(
    browser: TestClient, other: TestClient, file: Path
) -> None:
    mine = fields(browser.get(SETTINGS).text)
    theirs = fields(other.get(SETTINGS).text)
    theirs |= {"do": "save", "national/minimum": "5", "answers/to": "ola@imdi.example"}
    assert save(other, theirs)[0] == 303
    written = file.read_bytes()

    mine |= {"do": "save", "letter_date": "2017-11-07", "answers/to": "kari@imdi.example"}
    status, text = save(browser, mine)
    assert (status, file.read_bytes()) == (409, written)
    assert "Noen andre har endret innstillingene" in text
    assert "ola@imdi.example" in text
    both = fields(text)
    assert both["national/minimum"] == "5"
    assert both["letter_date"] == "2017-11-07"
    assert both["answers/to"] == "kari@imdi.example"

    assert save(browser, {**both, "do": "save"})[0] == 303
    keys = tomllib.loads(file.read_text(encoding="utf-8"))
    assert keys["national"]["minimum"] == 5
    assert f"{keys['letter_date']}" == "2017-11-07"
    assert keys["answers"]["to"] == "kari@imdi.example"


def test_two_at_once_see_each_others_lines_in_the_text(
    browser: TestClient, other: TestClient, file: Path
) -> None:
    mine = fields(browser.get(f"{SETTINGS}/text").text)
    theirs = fields(other.get(f"{SETTINGS}/text").text)
    theirs["text"] = theirs["text"].replace("minimum = 10", "minimum = 5")
    assert save(other, theirs, f"{SETTINGS}/text")[0] == 303
    written = file.read_bytes()
    mine["text"] += "# mitt\r\n"
    status, text = save(browser, mine, f"{SETTINGS}/text")
    assert (status, file.read_bytes()) == (409, written)
    assert "minimum = 5</ins>" in text
    again = fields(text)
    assert again["text"].endswith("# mitt\r\n")
    again["text"] = again["text"].replace("minimum = 10", "minimum = 5")
    assert save(browser, again, f"{SETTINGS}/text")[0] == 303
    assert file.read_text(encoding="utf-8") == f"{written.decode()}# mitt\n"


def test_the_text_is_checked_before_it_is_written(browser: TestClient, file: Path) -> None:
    before = file.read_bytes()
    form = fields(browser.get(f"{SETTINGS}/text").text)
    assert save(browser, form, f"{SETTINGS}/text")[0] == 303
    assert file.read_bytes() == before
    status, text = save(browser, {**form, "text": "</textarea><b>"}, f"{SETTINGS}/text")
    assert (status, file.read_bytes()) == (422, before)
    assert "</textarea><b>" not in text


def test_a_file_that_is_no_toml_is_shown_as_text(browser: TestClient, file: Path) -> None:
    file.write_text("x = “2”", encoding="utf-8")
    assert browser.get(SETTINGS).headers["location"] == f"{SETTINGS}/text"
    assert "x = “2”" in browser.get(f"{SETTINGS}/text").text


def test_a_mark_goes_with_its_value_or_by_hand(browser: TestClient, place: Path) -> None:
    new_round(find_workspace(place), Clock(), Actor("anne"), "2027", "trial")
    address = "/rounds/2027/settings"
    form = fields(browser.get(address).text)
    form |= {"do": "save", "national/total": "120", "seen": "letter_date"}
    assert save(browser, form, address)[0] == 303
    text = (place / "data/rounds/2027/round.toml").read_text(encoding="utf-8")
    lines = {line.split(" = ")[0]: line for line in text.splitlines() if " = " in line}
    assert lines["total"] == "total = 120"
    assert "#" not in lines["letter_date"]
    assert "#" in lines["minors"]


def test_who_may_only_look_can_save_nothing(
    stranger: TestClient, visits: Visits, file: Path
) -> None:
    before = file.read_bytes()
    stranger.get("/enter", params={"code": visits.new_code(Actor("per", roles=("approve",)))})
    text = stranger.get(SETTINGS).text
    assert "disabled" in text
    assert "Lagre<" not in text
    form = {**fields(text), "do": "save", "national/minimum": "5"}
    assert save(stranger, form)[0] == 403
    assert file.read_bytes() == before


def keys_of(model: type[BaseModel], path: Key = ()) -> Iterator[Key]:
    """Every key that a file may have, with `x` for the name of an office and 0 for a copy."""
    for name, info in model.model_fields.items():
        rows: dict[str, Key] = {"offices": ("x",), "copies": (0,)}
        table = _table(info.annotation)
        if table is None:
            yield (*path, name)
        else:
            yield from keys_of(table, (*path, name, *rows.get(name, ())))


def _table(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_table, get_args(annotation))), None)


@pytest.mark.parametrize("name", ["request", "revised", "supplement", "reminder", "not-asked"])
def test_every_key_has_a_field_that_says_what_it_takes(place: Path, name: str) -> None:
    kind = kinds_of(find_workspace(place), Findings())[name]
    assert kind is not None
    keys = {"offices": {"x": {}}, "dispatch": {"copies": [{}]}}
    with speaking("nb"):
        form = form_of(round_of(kind), keys, new_rows={}, marks={})
    fields = {each.path: each for each in form.fields()}
    of_others = {("kind",), *((key,) for key in ("deadline", "follows", "sums"))} - fields.keys()
    assert set(keys_of(round_of(kind))) - of_others == fields.keys() - {("offices", "x", OWN_KEY)}
    own = ("national", "sums", "background")
    unsaid = [path for path, each in fields.items() if not each.help and path[0] not in own]
    assert unsaid == []
    assert not [each.label for each in fields.values() if not each.label]


def test_what_is_not_filled_in_yet_is_no_fault(browser: TestClient, place: Path) -> None:
    new_round(find_workspace(place), Clock(), Actor("anne"), "2027", "trial")
    text = browser.get("/rounds/2027/settings").text
    assert "6 felt gjenstår" in text
    assert 'href="#national/total"' in text
    assert 'aria-invalid="true"' not in text
    assert "Fyll inn: 118 i trial" in text


@pytest.mark.parametrize("base", ["", "%%%", "AAAA", "é"])
def test_a_form_that_is_none_is_refused(browser: TestClient, file: Path, base: str) -> None:
    before = file.read_bytes()
    status, text = save(browser, {"base": base, "do": "save"})
    assert status in (400, 409)
    assert "Traceback" not in text
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "typed",
    ["1.12.2018", "01.12.2018", "1. desember 2018", "1. Des. 2018", "1.12.18", "2018-12-01"],
)
def test_a_day_is_understood_as_people_write_it(typed: str) -> None:
    assert meant("date", f" {typed} ") == date(2018, 12, 1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("6 uker", "6 weeks"),
        ("1 Uke", "1 week"),
        ("2 månader", "2 months"),
        ("1 måned", "1 month"),
        ("30 dagar", "30 days"),
        ("30 days", "30 days"),
    ],
)
def test_a_time_is_understood_in_every_language(typed: str, kept: str) -> None:
    assert meant("deadline", typed) == kept
    with speaking("nb"):
        assert meant("deadline", shown(kept, "deadline")) == kept
        assert meant("deadline", shown(date(2018, 1, 6), "deadline")) == date(2018, 1, 6)
        assert shown(kept, "deadline") != kept
    assert shown(kept, "deadline") == kept


@pytest.mark.parametrize(
    "typed", ["i går", "32.1.2018", "1. ma 2018", "1/12-18", "2018-13-01", "1"]
)
def test_what_is_no_day_stays_what_was_typed(typed: str) -> None:
    assert meant("deadline", typed) == typed
