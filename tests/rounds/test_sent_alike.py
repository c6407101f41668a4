"""What has left in one round does not leave once more in another, word for word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from brevgen.rounds.post import NothingToSend, line_up_post
from tests.support.made_rounds import give_key
from tests.support.samples import make_round, make_workspace
from tests.support.sending import send_round, server
from tests.support.sessions import approved, generated, session

ROWS = ("0219;Bærum;65;4;2;;;kjent", "0834;Vinje;10;0;0;;;rekonstruert")
BAERUM, VINJE = "0219", "0834"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two sealed letters, of which the one to Bærum has left; the folder was renamed since."""
    place = make_workspace(tmp_path / "workspace", ())
    give_key(place)
    folder = make_round(place, ROWS)
    sealed(place, "trial")
    with session(place) as opened, server() as (_, way):
        send_round(opened, way, [BAERUM])
    folder.rename(folder.with_name("renamed"))
    return place


def sealed(place: Path, name: str) -> None:
    generated(place, name=name)
    approved(place, name=name, clock=lambda: datetime.now(UTC))


def to_send(place: Path) -> tuple[set[str], dict[str, list[str]]]:
    """The letters that would leave, and the others by the reason."""
    with session(place, name="renamed") as opened:
        try:
            post = line_up_post(opened, opened.choose(), for_real=True, named=False)
        except NothingToSend as nothing:
            post = nothing.post
    against = {reason: [e.number for e in those] for reason, those in post.not_ready.items()}
    return {each.letter.number for each in post.to_send}, against


def test_a_round_that_was_renamed_sends_nobody_the_same_letter_again(place: Path) -> None:
    sealed(place, "renamed")
    leaving, against = to_send(place)
    assert leaving == {VINJE}
    ((reason, numbers),) = against.items()
    assert numbers == [BAERUM]
    assert reason.startswith("the same letter has left in the round trial")


def test_a_letter_with_another_figure_is_another_letter(place: Path) -> None:
    make_round(place, ["0219;Bærum;66;4;2;;;kjent", ROWS[1]], name="renamed")
    sealed(place, "renamed")
    assert to_send(place) == ({BAERUM, VINJE}, {})


def test_what_is_to_leave_once_more_has_another_date(place: Path) -> None:
    make_round(place, ROWS, name="renamed", letter_date="2017-11-07")
    sealed(place, "renamed")
    assert to_send(place) == ({BAERUM, VINJE}, {})
