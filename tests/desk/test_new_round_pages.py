"""A round is begun in the desk, from an earlier one, following another, or empty."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from brevgen.actor import Actor
from brevgen.desk.visitors import Visits
from brevgen.findings import Findings
from brevgen.rounds.edit_round import read_text, round_text
from brevgen.rounds.round_text import unfinished
from brevgen.workspace import find_workspace
from tests.desk.conftest import FROM_HERE
from tests.desk.desk_work import words
from tests.support.sessions import session


def begin(browser: TestClient, **form: str) -> tuple[int, str, str]:
    typed = {key.replace("_", "-"): value for key, value in form.items()}
    answer = browser.post("/new-round", headers=FROM_HERE, data=typed)
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_a_round_is_begun_from_an_earlier_one(browser: TestClient) -> None:
    assert 'value="trial" selected' in browser.get("/new-round?from=trial").text
    told = begin(browser, name="2027 ny", way="from", from_earlier="trial")
    assert told[:2] == (303, "/rounds/2027%20ny?from=trial")
    text = browser.get(told[1]).text
    assert "felt i innstillingene skal fylles ut eller ses over" in text
    assert "Fyll ut innstillingene" in text
    overview = browser.get("/rounds").text.partition("2027 ny")[2].partition("</article>")[0]
    assert "Fyll ut innstillingene" in overview


def test_who_began_a_round_stands_in_the_log(browser: TestClient, place: Path) -> None:
    begin(browser, name="2027", way="from", from_earlier="trial")
    assert "Ingenting har skjedd" in browser.get("/log").text  # there is no ledger yet
    with session(place) as opened, opened.changing():
        pass
    begin(browser, name="2028", way="from", from_earlier="trial")
    assert "kari runde opprettet 2028 fra runden trial" in words(browser.get("/log").text)


def test_who_could_not_be_carried_over_is_told(browser: TestClient, place: Path) -> None:
    register = place / "data/municipalities.csv"
    text = register.read_text(encoding="utf-8")
    register.write_text(text.replace(",2019-12-31,3021,", ",2019-12-31,,"), encoding="utf-8")
    told = begin(browser, name="2027", way="from", from_earlier="trial")
    assert "0214 Ås" in browser.get(told[1]).text


def test_a_round_is_begun_empty_with_everything_to_be_filled_in(
    browser: TestClient, place: Path
) -> None:
    assert begin(browser, name="2027", way="empty", empty_kind="request")[0] == 303
    workspace = find_workspace(place)
    text, findings = round_text(workspace, "2027"), Findings()
    read_text(workspace, text, findings)
    assert findings.faults
    assert all(unfinished(fault, text) for fault in findings.faults)
    columns = {fault.place.column for fault in findings.faults}
    assert {tuple(column.split(".")) for column in columns} <= {
        tuple(".".join(map(str, path)).split(".")) for path in text.marks()
    } | {("offices", "national", "title", form) for form in ("nb", "nn")}
    page = browser.get("/rounds/2027/settings").text
    assert "21 felt gjenstår" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "", "way": "from"}, ["Skriv hva runden skal hete", "Velg en runde."]),
        ({"name": "trial", "way": "empty"}, ["Det finnes allerede en runde", "Velg en brevtype."]),
        ({"name": "../x" * 60, "way": "from"}, ["kan ikke være navnet på en runde", "for langt"]),
        (
            {"name": "x", "way": "follows", "follows_kind": "request", "follows_earlier": "trial"},
            ["request"],
        ),
        ({"name": "x", "way": "empty", "empty_kind": "reminder"}, ["reminder"]),
        ({"name": "x", "way": "nonsense", "from_earlier": "../.."}, ["Velg en runde."]),
    ],
)
def test_everything_wrong_is_told_at_once(
    browser: TestClient, place: Path, form: dict[str, str], said: list[str]
) -> None:
    before = sorted(place.glob("data/rounds/*"))
    status, _, text = begin(browser, **form)
    assert status == 422
    assert [each for each in said if each not in text] == []
    assert sorted(place.glob("data/rounds/*")) == before


def test_who_may_only_look_begins_no_round(
    stranger: TestClient, visits: Visits, place: Path
) -> None:
    stranger.get("/enter", params={"code": visits.new_code(Actor("per", roles=("send",)))})
    assert "Opprett runden" not in stranger.get("/new-round").text
    assert begin(stranger, name="2027", way="from", from_earlier="trial")[0] == 403
    assert not (place / "data/rounds/2027").exists()
