"""A kind that no version ships is made in a workspace, with files alone, and goes the whole way."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from brevgen.findings import FaultyInput
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Answer
from brevgen.rounds.check import check
from brevgen.rounds.kinds import shipped_kinds
from brevgen.rounds.session import RoundSession
from brevgen.rounds.upgrade import upgrade
from brevgen.workspace import find_workspace
from tests.support.kinds import MORE, write_kind, write_round
from tests.support.made_rounds import copied
from tests.support.samples import REQUEST
from tests.support.sessions import Clock, approved, generated, session

ALLOCATION = """kommunenummer;kommunenavn;flere;i_alt;begrunnelse;fra;haster
0219;Bærum;24;89;Takk for samtalen.;1.3.2018;ja
0214;Ås;10;20;;;
0834;Vinje;0;;;;
"""


def with_more(workspace: Path) -> Path:
    """Put a kind into a workspace, and a round of it that follows the round `trial`."""
    write_kind(workspace, "more")
    write_round(
        workspace,
        *("trial-more", ALLOCATION),
        kind="more",
        follows="trial",
        texts={"why": "Flere har fått opphold."},
    )
    return workspace


@pytest.fixture
def more(tmp_path: Path, sealed_trial: Path) -> Path:
    """A workspace with a kind of its own, and a round of it that follows an approved request."""
    return with_more(copied(sealed_trial, tmp_path / "more"))


def faults(opened: RoundSession) -> list[str]:
    return [str(each) for each in check(opened).findings if each.severity == "fault"]


def said(opened: RoundSession, number: str) -> list[str]:
    """The body of a letter."""
    (letter,) = [each for each in opened.letters() if each.number == number]
    return [block.text for block in letter.content.part("body")]


def test_a_kind_of_ones_own_needs_no_code(more: Path) -> None:
    generated(more, name="trial-more")

    with session(more, name="trial-more") as opened:
        assert faults(opened) == []
        assert [each.state for each in opened.letters()] == ["draft", "draft"]
        assert said(opened, "0219") == [
            "Flere flyktninger i 2018",
            "I brevet 17-09100 av 6. november 2017 ba vi om 65. Nå ber vi om 24 til, i alt 89.",
            "De første kommer 1. mars 2018.",
            "Det haster.",
            "Flere har fått opphold. Takk for samtalen.",
            "Svar innen 6. januar 2018, ikke 6. januar 2018.",
        ]
        assert said(opened, "0214") == [
            "Flere flyktninger i 2018",
            "I brevet 17-09235 av 6. november 2017 ba vi om 10. Nå ber vi om 10 til, i alt 20.",
            "Flere har fått opphold.",
            "Svar innen 6. januar 2018, ikke 6. januar 2018.",
        ]


def test_it_is_approved_and_sealed_and_its_facts_are_kept_with_those_of_the_earlier_letter(
    workspace: Path,
) -> None:
    more = with_more(workspace)
    for name in ("trial", "trial-more"):
        generated(more, name=name, only=["Ås", "Bærum"])
        approved(more, name=name, only=["Ås", "Bærum"])

    with session(more, name="trial-more") as opened:
        assert [each.state for each in opened.letters()] == ["final", "final"]
        facts = opened.ledger.approvals("trial-more")["0219"].facts
        assert facts is not None
        assert (facts["kind"], facts["extra"], facts["total"]) == ("more", 24, 89)
        assert (facts["begins"], facts["urgent"]) == ("2018-03-01", True)
        assert facts["earlier"]["reference"] == "17-09100"
        asked = {"asked": 65, "minors": 4, "minors_under_15": 2}
        assert facts["earlier"]["facts"] == {**dict.fromkeys(REQUEST.facts, 0), **asked}
        earlier = opened.ledger.approvals("trial")["0219"].facts
        assert earlier is not None
        assert (earlier["asked"], earlier["minors"]) == (65, 4)


def test_the_earlier_letter_says_what_was_approved_whatever_the_spreadsheet_says_now(
    more: Path,
) -> None:
    allocation = more / "data" / "rounds" / "trial" / "allocation.csv"
    text = allocation.read_text(encoding="utf-8")
    allocation.write_text(text.replace("0219;Bærum;65", "0219;Bærum;66"), encoding="utf-8")

    with session(more, name="trial-more") as opened:
        assert "ba vi om 65." in said(opened, "0219")[1]


def test_the_answer_to_the_earlier_letter_is_known(more: Path) -> None:
    place = find_workspace(more)
    with session(more) as opened, Ledger(place.ledger, Clock(), opened.actor) as ledger:
        reference = ledger.references("trial")["0219"]
        for decided in (65, 40):
            answer = Answer(
                "trial", "0219", reference, decided=decided, decided_on=date(2018, 1, 4)
            )
            ledger.register_answers([answer])

    with session(more, name="trial-more") as opened:
        assert "Kommunen har vedtatt 40 den 4. januar 2018." in said(opened, "0219")
        assert not [each for each in said(opened, "0214") if "vedtatt" in each]


def test_who_has_had_no_letter_and_sums_that_do_not_hold_are_faults(more: Path) -> None:
    folder = more / "data" / "rounds" / "trial-more"
    rows = ALLOCATION.replace("24;89", "24;90") + "0301;Oslo;12;77;;;\n"
    (folder / "allocation.csv").write_text(rows, encoding="utf-8")

    with session(more, name="trial-more") as opened:
        assert faults(opened) == [
            "allocation.csv, row 2, i_alt: 90 refugees in all: the parts add up to 89 (65 + 24)."
            " Put the sum or one of its parts right.",
            "allocation.csv, row 5, kommunenummer: 0301 Oslo has had no letter in the round trial"
            " that this one could refer to. Approve and send that letter first, or delete the row.",
        ]


def test_a_sentence_for_one_municipality_is_held_to_what_can_be_printed(more: Path) -> None:
    folder = more / "data" / "rounds" / "trial-more"
    rows = ALLOCATION.replace("Takk for samtalen.", "Se www.x.example/y og 愛.")
    (folder / "allocation.csv").write_text(rows, encoding="utf-8")

    with session(more, name="trial-more") as opened:
        (fault,) = faults(opened)
    assert fault.startswith("allocation.csv, row 2, begrunnelse: The letters' typeface has no “愛”")


def test_a_fault_in_the_kind_is_a_fault_of_every_round(more: Path) -> None:
    write_kind(more, "more", MORE.replace('"extra"]', '"xtra"]'))

    for name in ("trial", "trial-more"):
        with session(more, name=name) as opened:
            assert [each.partition(". ")[0] for each in faults(opened)] == [
                "letters/more/kind.toml, columns.total.sum_of: There is no “xtra” here"
            ]


def test_a_round_that_follows_nothing_there_is_a_fault(more: Path) -> None:
    settings = more / "data" / "rounds" / "trial-more" / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('follows = "trial"', 'follows = "1918"'), encoding="utf-8")

    with session(more, name="trial-more") as opened:
        assert (
            "round.toml, follows: There is no round “1918” that this one could follow."
            in (faults(opened)[0])
        )


def test_a_workspace_of_an_earlier_version_has_the_kind_that_comes_along(workspace: Path) -> None:
    own = workspace / "templates" / "letters" / "request" / "kind.toml"
    own.unlink()

    generated(workspace)
    with session(workspace) as opened:
        assert faults(opened) == []
        assert {each.state for each in opened.letters()} == {"draft"}
    upgrade(workspace)
    assert own.read_bytes() == shipped_kinds()["request"].read_bytes()
    with session(workspace) as opened:
        assert {each.state for each in opened.letters()} == {"draft"}


def test_a_kind_of_an_earlier_version_states_the_facts_of_a_request(workspace: Path) -> None:
    for folder in ("letters", "messages"):
        templates = workspace / "templates" / folder
        shutil.copytree(templates / "request", templates / "own")
    (workspace / "templates" / "letters" / "own" / "kind.toml").unlink()
    settings = workspace / "data" / "rounds" / "trial" / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('kind = "request"', 'kind = "own"'), encoding="utf-8")

    generated(workspace)
    with session(workspace) as opened:
        assert {each.letter.own["asked"] for each in opened.letters()} == {10, 11, 12, 65}


def test_an_older_approval_without_facts_is_told_and_not_guessed(
    more: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from brevgen.ledger.records import Approval

    class Forgetful:
        """Approvals as a version had them that kept no facts."""

        def __call__(self, **fields: object) -> Approval:
            return Approval(**{**fields, "facts": None})  # type: ignore[arg-type]

    monkeypatch.setattr("brevgen.ledger.approvals.Approval", Forgetful())
    with session(more, name="trial-more") as opened, pytest.raises(FaultyInput) as fault:
        opened.letters()
    assert "The ledger does not know what the letter 17-09100 of the round trial stated" in str(
        fault.value
    )
