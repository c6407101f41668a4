"""Approving shows the truth: what has changed since, for whom, and nothing slips in meanwhile."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from brevgen.errors import Refused
from brevgen.rounds.approval_list import list_as_csv, list_as_pdf
from brevgen.rounds.letter_status import LetterStatus
from brevgen.rounds.lineup import LOOKS_OTHERWISE, Lineup, approver_for, line_up
from brevgen.rounds.withdraw import withdraw
from tests.support.reading import page_texts
from tests.support.samples import ROWS, make_round
from tests.support.sessions import BEGIN, approved, generated, session


def with_figures(**figures: int) -> list[str]:
    """The rows of the trial round, some municipalities asked for another number."""
    rows = [row.split(";") for row in ROWS]
    for number, asked in figures.items():
        (row,) = (row for row in rows if row[0] == number.removeprefix("m"))
        row[2] = str(asked)
    return [";".join(row) for row in rows]


def write_round(workspace: Path, rows: Sequence[str] = ROWS, **settings: str) -> None:
    """The trial round with sums of its own, so that a new figure changes one letter alone."""
    keys = {"total": "4400", "minors": "150", "municipalities": "210", **settings}
    folder = make_round(workspace, rows, **keys)
    asked = sum(int(row.split(";")[2]) for row in rows)
    with (folder / "round.toml").open("a") as file:
        file.write(f"\n[sums]\nasked = {asked}\n")


def states(workspace: Path) -> dict[str, str]:
    with session(workspace) as opened:
        return {each.number: each.state for each in opened.letters()}


def lined_up(workspace: Path, account: str = "hege") -> Lineup:
    with session(workspace, account=account) as opened:
        return line_up(opened, opened.choose(), approver_for(opened))


def letter(workspace: Path, number: str) -> LetterStatus:
    with session(workspace) as opened:
        return next(each for each in opened.letters() if each.number == number)


@pytest.fixture
def trial(workspace: Path) -> Path:
    """Six drafts."""
    write_round(workspace)
    generated(workspace)
    return workspace


def refuse(lineup: Lineup) -> bool:
    return False


def test_a_change_is_shown_to_the_one_who_approved_although_another_has_looked_first(
    trial: Path,
) -> None:
    approved(trial, account="hege")
    write_round(trial, with_figures(m0214=95))
    generated(trial)
    with pytest.raises(Refused, match="Nothing was approved"):
        approved(trial, account="per", agree=refuse)
    with pytest.raises(Refused, match="Nothing was approved"):
        approved(trial, account="hege", agree=refuse)
    (each,) = lined_up(trial, "hege").letters
    assert (each.letter.number, each.asked_before, each.letter.row.count("asked")) == (
        "0214",
        10,
        95,
    )
    assert any("10" in old and "95" in new for old, new in each.since_approved)


def test_what_the_account_was_last_shown_is_told_besides(trial: Path) -> None:
    approved(trial)
    for asked in (95, 96):
        write_round(trial, with_figures(m0214=asked))
        generated(trial)
        if asked == 95:
            with pytest.raises(Refused):
                approved(trial, agree=refuse)
    (each,) = lined_up(trial).letters
    assert any("10" in old and "96" in new for old, new in each.since_approved)
    assert any("95" in old and "96" in new for old, new in each.since_shown)
    (other,) = lined_up(trial, "per").letters
    assert other.since_shown == ()


def test_what_is_the_same_for_many_is_told_once_and_every_other_change_too(trial: Path) -> None:
    approved(trial)
    write_round(trial, with_figures(m0214=95, m1515=21), letter_date="2017-11-07")
    generated(trial)
    changes = lined_up(trial).since_approved
    assert [len(labels) for (_, new), labels in changes.common.items() if "7.11.2017" in new] == [6]
    assert set(changes.single) == {"0214 Ås", "1515 Herøy"}
    assert any("95" in new for _, new in changes.single["0214 Ås"])


def test_a_figure_that_changes_while_the_question_waits_is_shown_and_asked_again(
    trial: Path,
) -> None:
    shown: list[list[int | None]] = []
    told: list[str] = []

    def agree(lineup: Lineup) -> bool:
        shown.append([each.letter.row.count("asked") for each in lineup.letters][:1])
        if len(shown) == 1:
            write_round(trial, with_figures(m0214=11))
            generated(trial, account="per")
        return True

    done = approved(trial, agree=agree, tell=told.append)
    assert shown == [[10], [11]]
    assert any("changed since it was shown" in each for each in told)
    assert len(done.sealed) == 6
    assert letter(trial, "0214").row.count("asked") == 11


def test_a_stylesheet_that_changes_while_the_question_waits_is_no_part_of_a_final_letter(
    trial: Path,
) -> None:
    style = trial / "templates" / "letters" / "letter.css"

    def agree(lineup: Lineup) -> bool:
        style.write_text(style.read_text() + "\nstrong { letter-spacing: 1mm }\n")
        return True

    with pytest.raises(Refused, match="no draft that says what the letter would say now"):
        approved(trial, agree=agree)
    assert set(states(trial).values()) == {"changed"}
    assert not list((trial / "output/trial").glob("letters/*.pdf"))


def test_another_look_than_the_approved_one_is_told_once_for_all_letters(trial: Path) -> None:
    approved(trial)
    with session(trial) as opened:
        withdraw(opened, (), "another look")
    style = trial / "templates" / "letters" / "letter.css"
    style.write_text(style.read_text() + "\nstrong { letter-spacing: 0.1mm }\n")
    generated(trial)
    lineup = lined_up(trial)
    assert [(pair, len(labels)) for pair, labels in lineup.since_approved.common.items()] == [
        (LOOKS_OTHERWISE, 6)
    ]
    told = "6 brev: (ingenting) → Brevet ser annerledes ut: Se utkastet."
    assert told in words_in(list_as_pdf(lineup, BEGIN))


def test_what_is_approved_and_not_sealed_yet_is_asked_for_anew_when_its_look_has_changed(
    trial: Path,
) -> None:
    with session(trial, account="hege") as opened:
        lineup = line_up(opened, opened.choose(["0214"]), approver_for(opened))
        with opened.changing() as ledger:  # and then the power goes
            ledger.approve(opened.name, lineup.entries)
    assert states(trial)["0214"] == "approved"
    style = trial / "templates" / "letters" / "letter.css"
    style.write_text(style.read_text() + "\nstrong { letter-spacing: 1mm }\n")
    assert states(trial)["0214"] == "changed"
    with pytest.raises(Refused, match="no draft"):
        approved(trial, only=["0214"])


def test_what_is_approved_is_sealed_only_by_an_account_that_might_have_approved_it(
    trial: Path,
) -> None:
    file = trial / "data/rounds/trial/round.toml"
    text = file.read_text().replace("title = {", 'accounts = ["hege"]\ntitle = {')
    file.write_text(text)
    with session(trial, account="hege") as opened:
        lineup = line_up(opened, opened.choose(["0214"]), approver_for(opened))
        with opened.changing() as ledger:
            ledger.approve(opened.name, lineup.entries)
    with pytest.raises(Refused, match="the account per may not approve"):
        approved(trial, account="per", only=["0214"])
    asked: list[tuple[str, ...]] = []

    def refuse_to_seal(lineup: Lineup) -> bool:
        asked.append(lineup.to_seal)
        return False

    with pytest.raises(Refused, match="Nothing was approved"):
        approved(trial, account="hege", only=["0214"], agree=refuse_to_seal)
    assert asked == [("0214 Ås",)]
    assert approved(trial, account="hege", only=["0214"]).sealed == ("0214",)


def test_nobody_waits_while_the_question_is_read(trial: Path) -> None:
    def agree(lineup: Lineup) -> bool:
        others = approved(trial, account="per", only=["0834"])
        assert others.sealed == ("0834",)
        return True

    told: list[str] = []
    done = approved(trial, only=["0214"], agree=agree, tell=told.append)
    assert done.sealed == ("0214",)
    assert told == []


def test_the_seal_that_stands_already_is_told_apart_from_one_made_now(trial: Path) -> None:
    from brevgen.rounds.withdraw import withdraw

    approved(trial)
    with session(trial, account="hege") as opened:
        withdraw(opened, {"0214"}, "a slip")
    generated(trial)
    done = approved(trial)
    assert (done.approved, done.sealed, done.restored) == (("0214",), (), ("0214",))


def words_in(pdf: bytes) -> str:
    return " ".join("".join(page_texts(pdf)).split())


def test_the_list_for_the_signatory_has_every_figure_and_is_in_bokmaal(trial: Path) -> None:
    lineup = lined_up(trial)
    with session(trial) as opened:
        text = list_as_csv(lineup, opened.clock()).decode("utf-8-sig")
        pdf = list_as_pdf(lineup, opened.clock())
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [row[:4] for row in ROWS]
    assert sum(int(row[3]) for row in rows[1:]) == 118
    assert rows[0] == [
        "kommunenummer",
        "kommunenavn",
        "vår_ref",
        "antall",
        "enslige_mindreårige",
        "sist_godkjent",
        "endret",
    ]
    words = words_in(pdf)
    for each in lineup.letters:
        assert each.letter.municipality.name in words
        assert each.letter.letter.reference in words
    assert "Runden trial: 6 brev til godkjenning Slik brevene var 6. november 2017 kl. 09." in words
    assert "I alt 118 7" in words
