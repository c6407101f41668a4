"""Whom a round that follows another is for: who that is, and that its allocation holds no other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from brevgen.facts.allocation import Allocation, AllocationRow
from brevgen.facts.audience import audience_of, check_follows, hold_to_audience
from brevgen.facts.earlier import EarlierAnswer, EarlierLetter, Followed
from brevgen.facts.municipalities import Register
from brevgen.findings import Findings
from brevgen.settings.kind import Audience, Kind
from brevgen.settings.round import Round
from brevgen.tables.reader import Table
from tests.support.kinds import read_kind
from tests.support.samples import KINDS

SENT = EarlierLetter(
    "17-09100", date(2017, 11, 6), date(2018, 1, 6), facts={"asked": 10, "minors": 0}, has_left=True
)
APPROVED = replace(SENT, has_left=False)
ANSWERED = replace(SENT, answer=EarlierAnswer(10, 0, date(2018, 1, 4)))
FOLLOWED = Followed(
    "2018",
    letters={"0214": SENT, "0219": ANSWERED, "0220": APPROVED},
    rows={"0214": {"asked": 16}, "0219": {"asked": 10}, "0301": {"asked": 5}},
    known=frozenset({"0101"}),
)


@pytest.fixture
def kind(tmp_path: Path) -> Callable[[Audience], Kind]:
    """A kind for an audience that follows a request."""

    def kind_for(audience: Audience) -> Kind:
        text = f"""
name = {{ nb = "x", nn = "x" }}
answer = true
follows = ["request"]
audience = "{audience}"
"""
        return read_kind(tmp_path / "letters", "x", text)

    return kind_for


@pytest.mark.parametrize(
    ("audience", "numbers"),
    [
        *(("unanswered", ["0214"]), ("answered", ["0219"])),
        *(("changed", ["0214"]), ("allocation", ["0214", "0219", "0220"])),
    ],
)
def test_who_a_round_is_for_is_told_by_the_one_it_follows(
    kind: Callable[[Audience], Kind],
    register: Register,
    rounds: dict[str, Round],
    audience: Audience,
    numbers: list[str],
) -> None:
    assert audience_of(kind(audience), FOLLOWED, register, rounds["2018"]) == numbers


def test_the_others_are_all_that_are_neither_in_the_allocation_nor_in_the_ledger(
    kind: Callable[[Audience], Kind], register: Register, rounds: dict[str, Round]
) -> None:
    others = audience_of(kind("others"), FOLLOWED, register, rounds["2018"])

    everybody = register.on(date(2018, 1, 1)).keys()
    assert set(others) == everybody - {"0101", "0214", "0219", "0220", "0301"}
    assert others == sorted(others)


def held(
    kind: Kind, *numbers: str, followed: Followed = FOLLOWED, round_: Round | None = None
) -> tuple[list[str], list[str]]:
    """Who of these stays in the allocation, and what is found."""
    rows = tuple(AllocationRow(n, each, "X") for n, each in enumerate(numbers, start=2))
    headers = {"kommunenummer": "Knr"}
    findings = Findings()
    allocation = Allocation(Table("a.csv", "", headers, (), ()), rows, kind)
    kept = hold_to_audience(allocation, followed, round_, findings).rows
    return [row.number for row in kept], [str(each) for each in findings.items]


def test_who_has_answered_is_left_out_with_a_word_and_who_has_had_no_letter_is_a_fault(
    kind: Callable[[Audience], Kind],
) -> None:
    kept, told = held(kind("unanswered"), "0214", "0219", "0220", "0301")

    assert kept == ["0214", "0220", "0301"]
    assert told == [
        "a.csv, row 4, Knr: 0220 X has had no letter in the round 2018 that this one could refer"
        " to. Approve and send that letter first, or delete the row.",
        "a.csv, row 5, Knr: 0301 X has had no letter in the round 2018 that this one could refer"
        " to. Approve and send that letter first, or delete the row.",
        "a.csv: One municipality has answered and gets no letter: 0219 X. Nothing to do.",
    ]


def test_who_has_more_time_on_the_day_of_the_letters_is_not_reminded(
    kind: Callable[[Audience], Kind], rounds: dict[str, Round]
) -> None:
    day = rounds["2018"].letter_date
    letters = {
        "0214": SENT,
        "0219": replace(SENT, late_until=day - timedelta(days=1)),
        "0220": replace(SENT, late_until=day),
    }
    followed = replace(FOLLOWED, letters=letters)

    kept, told = held(kind("overdue"), *letters, followed=followed, round_=rounds["2018"])

    assert kept == ["0214", "0219"]
    assert told == [
        "a.csv: One municipality has more time and gets no letter: 0220 X. Nothing to do."
    ]
    kept, told = held(kind("unanswered"), *letters, followed=followed, round_=rounds["2018"])
    assert (kept, told) == (["0214", "0219", "0220"], [])


def test_who_has_not_decided_is_sent_no_receipt(kind: Callable[[Audience], Kind]) -> None:
    _, told = held(kind("answered"), "0214", "0219")

    assert told == [
        "a.csv, row 2, Knr: No decision of 0214 X is registered for the round 2018. Register the"
        " answer first, or delete the row."
    ]


def test_an_approved_letter_can_be_referred_to_and_one_that_is_not_cannot(
    kind: Callable[[Audience], Kind],
) -> None:
    kept, told = held(kind("allocation"), "0214", "0220", "0301")

    assert len(kept) == 3
    assert [each.partition(" has")[0] for each in told] == ["a.csv, row 4, Knr: 0301 X"]


def test_who_was_asked_is_not_told_that_nobody_is_asked_there(
    kind: Callable[[Audience], Kind],
) -> None:
    _, told = held(kind("others"), "0301", "0101", "0211")

    assert told == [
        f"a.csv, row {row}, Knr: {number} X is in the round 2018, so this letter is not for it."
        " Delete the row."
        for row, number in ((2, "0301"), (3, "0101"))
    ]


@pytest.mark.parametrize(
    ("follows", "told"),
    [
        ("none", "There is no round “none” that this one could follow."),
        ("../2018", "There is no round “../2018” that this one could follow."),
        ("x", "There is no round “x” that this one could follow."),
        ("other", "The round other is of the kind “request”, which this kind of letter does not"),
    ],
)
def test_what_cannot_be_followed_is_a_fault(
    kind: Callable[[Audience], Kind],
    rounds: dict[str, Round],
    tmp_path: Path,
    follows: str,
    told: str,
) -> None:
    source = Path(__file__).parents[2] / "data" / "rounds" / "2018" / "round.toml"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "round.toml").write_bytes(source.read_bytes())
    round_ = rounds["2018"].model_copy(update={"follows": follows})
    findings = Findings()
    own = kind("others").model_copy(update={"follows": ("notice",)})

    assert check_follows(round_, own, KINDS, tmp_path / "x", findings) is None

    (fault,) = findings.faults
    assert str(fault).startswith(f"round.toml, follows: {told}")


def test_a_round_of_the_right_kind_is_followed(
    kind: Callable[[Audience], Kind], rounds: dict[str, Round]
) -> None:
    data = Path(__file__).parents[2] / "data" / "rounds"
    round_ = rounds["2024"].model_copy(update={"follows": "2018"})
    findings = Findings()

    assert check_follows(round_, kind("others"), KINDS, data / "2024", findings) == rounds["2018"]
    assert findings.items == []
