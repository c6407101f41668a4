"""`kind.toml`: what it declares is read, and each thing in it that does not fit is a fault."""

from collections.abc import Callable
from pathlib import Path
from typing import get_type_hints

import pytest

from brevgen.findings import Findings
from brevgen.language import speaking
from brevgen.letter.letter import Letter
from brevgen.settings.kind import LETTER_FACTS, Kind, earlier_facts
from brevgen.settings.kind_file import read_kinds
from tests.support.kinds import MORE, read_kind, request_toml
from tests.support.samples import KINDS, REQUEST

Faults = Callable[[str], list[str]]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """The faults of a `kind.toml` that stands beside that of the request."""

    def read(text: str) -> list[str]:
        for name, kind in (("more", text), ("request", request_toml())):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "kind.toml").write_text(kind, encoding="utf-8")
        findings = Findings()
        kinds = read_kinds(tmp_path, findings, shown_as="letters", shipped=dict)
        assert kinds["request"] == REQUEST
        return [str(each).removeprefix("letters/more/kind.toml, ") for each in findings.faults]

    return read


def test_the_request_has_its_columns_from_its_file() -> None:
    assert set(REQUEST.facts.values()) == {"count"}
    assert list(REQUEST.facts) == [
        *("asked", "minors", "minors_under_15", "plan", "plan_minors"),
        *("first_quarter", "second_quarter", "third_quarter", "fourth_quarter"),
    ]
    assert list(REQUEST.main_counts) == ["asked", "minors"]
    assert REQUEST.columns["asked"].header == "antall"
    assert not REQUEST.has_earlier
    assert list(REQUEST.figures) == ["total", "minors", "municipalities", "minimum"]
    assert list(REQUEST.texts) == ["need", "share", "criteria"]


def test_what_something_is_called_is_said_in_the_readers_language(tmp_path: Path) -> None:
    called = read_kind(tmp_path).columns["extra"].called

    assert str(called) == "more refugees"
    with speaking("nb"):
        assert str(called) == "flere flyktninger"
    assert str(read_kind(tmp_path).columns["reason"].called) == "begrunnelsen"


def test_a_kind_that_follows_may_state_the_facts_of_the_earlier_letter(tmp_path: Path) -> None:
    kind = read_kind(tmp_path)

    assert earlier_facts(kind, KINDS) == REQUEST.facts
    assert earlier_facts(REQUEST, KINDS) == {}


def test_of_two_kinds_that_may_be_followed_only_what_both_have_is_known(tmp_path: Path) -> None:
    more = read_kind(tmp_path)
    third = read_kind(tmp_path, "third", MORE.replace('["request"]', '["request", "request"]'))
    with_minors = MORE.replace("columns.extra", "columns.minors").replace('"extra"', '"minors"')
    other = read_kind(tmp_path, "other", with_minors)
    kinds = {"request": REQUEST, "more": more, "other": other}

    both = third.model_copy(update={"follows": ("request", "other")})
    assert earlier_facts(both, kinds) == {"minors": "count"}


def test_no_kind_can_take_the_name_of_a_fact_that_every_letter_has() -> None:
    assert set(get_type_hints(Letter)) <= LETTER_FACTS


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("name = {", "nme = {", "name: The key is missing. Add it: what the letter is called"),
        ('type = "text"', 'type = "words"', "columns.reason.type: "),
        ("columns.reason", "columns.date", "columns.date: “date” cannot be a name: use"),
        ("columns.reason", "columns.Reason", "columns.Reason: “Reason” cannot be a name"),
        ("columns.reason", "columns.copy", "columns.copy: “copy” cannot be a name"),
        (
            'sum_of = ["earlier.asked", "extra"]',
            'sum_of = ["earlier.asked", "xtra"]',
            "columns.total.sum_of: There is no “xtra” here. There are: extra, total.",
        ),
        (
            'sum_of = ["earlier.asked", "extra"]',
            'sum_of = ["earlier.aksed", "extra"]',
            "columns.total.sum_of: There is no “earlier.aksed” here. There are: earlier.asked, ",
        ),
        ("at_least = 5", 'at_least = "extra"', "columns.extra.at_least: The column is held to its"),
        ("at_least = 5", 'sums_to = "all"', "columns.extra.sums_to: There is no “all” here."),
        (
            "at_least = 5",
            'at_least = "national.least"',
            "columns.extra.at_least: There is no “least” here. There is none that could be named",
        ),
        (
            'called = "begrunnelsen"',
            'called = "begrunnelsen"\npart_of = "extra"',
            "columns.reason: Only a count can be held to other figures, not the type text.",
        ),
        (
            '"earlier.reference", "earlier.asked"]',
            '"urgent"]',
            "must_say: There is no “urgent” here. There are: extra, total, reason, begins.",
        ),
        (
            '"earlier.reference"',
            '"earlier.refrence"',
            "must_say: There is no “earlier.refrence” here. There are: earlier.asked, ",
        ),
        (
            'follows = ["request"]',
            'follows = ["reqest"]',
            "follows: There is no “reqest” here. There are: more, request.",
        ),
        ("answer = true", "answer = ja", "line 3: The file is not valid TOML"),
    ],
)
def test_what_does_not_fit_is_a_fault_at_its_key(
    faults: Faults, old: str, new: str, fault: str
) -> None:
    assert old in MORE
    told = faults(MORE.replace(old, new, 1))

    assert any(each.startswith(fault) for each in told), told


def test_who_a_letter_is_for_needs_a_round_that_tells(faults: Faults) -> None:
    text = MORE.replace('follows = ["request"]', 'audience = "others"')

    assert faults(text.replace('"earlier.asked", "extra"', '"extra"'))[0] == (
        "audience: The audience “others” is told by another round."
        " Name in follows the kinds of rounds that it may be."
    )


def test_all_faults_are_told_at_once(faults: Faults) -> None:
    text = MORE.replace('"extra"]', '"xtra"]').replace('["extra",', '["urgent",')

    assert [each.partition(":")[0] for each in faults(text)] == ["columns.total.sum_of", "must_say"]


def test_a_folder_without_a_file_states_the_facts_of_a_request(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped.toml"
    shipped.write_text(request_toml(), encoding="utf-8")
    for name in ("request", "own"):
        (tmp_path / "letters" / name).mkdir(parents=True)
    findings = Findings()

    kinds = read_kinds(
        tmp_path / "letters", findings, shown_as="letters", shipped=lambda: {"request": shipped}
    )

    assert findings.items == []
    assert kinds == {"request": REQUEST, "own": REQUEST}


def test_where_there_is_no_folder_there_is_no_kind(tmp_path: Path) -> None:
    assert read_kinds(tmp_path / "none", Findings(), shown_as="letters", shipped=dict) == {}


def test_an_empty_kind_is_a_kind(tmp_path: Path) -> None:
    kind = read_kind(tmp_path, "shortest", 'name = { nb = "brev", nn = "brev" }\nanswer = false\n')

    assert isinstance(kind, Kind)
    assert (kind.facts, kind.audience, kind.must_say) == ({}, "allocation", ())
