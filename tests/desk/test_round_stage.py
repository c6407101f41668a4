"""Which pages of a round are done, and which comes next."""

from pathlib import Path

from brevgen.desk.round_stage import OnItsWay, on_its_way
from brevgen.rounds.withdraw import withdraw
from tests.support.made_rounds import copied
from tests.support.post_office import Script
from tests.support.sending import send_round, server
from tests.support.sessions import generated, session


def test_what_is_to_be_settled_comes_next_and_nothing_passes_for_done_before_it_is(
    sealed_trial: Path, tmp_path: Path
) -> None:
    refusing = Script(RCPT={"radmann@as.kommune.example": ["550 5.1.1 no such user"]})
    place = copied(sealed_trial, tmp_path / "workspace")
    with session(place) as opened:
        withdraw(opened, ["0219"], reason="a figure")
    generated(place)
    with session(place) as opened, server(refusing) as (_, way):
        send_round(opened, way, ["0214"])
        assert on_its_way(opened) == OnItsWay(next="send", reached="letters")
