"""Rounds at every stage that a page can show: faulty, drafts, asked for, sealed, sent, answered."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from brevgen.actor import Actor
from brevgen.desk.work import Task, WorkOfAll
from brevgen.rounds.answer import answer
from brevgen.rounds.reading import mark_as_read
from brevgen.rounds.replace_allocation import find_aside, lay_aside
from brevgen.rounds.request_approval import request_approval, send_back
from brevgen.rounds.session import RoundSession
from tests.support.made_rounds import give_key
from tests.support.post_office import Script
from tests.support.samples import HEADER, make_round, make_workspace
from tests.support.sending import send_round, server
from tests.support.sessions import approved, generated, session

AAS = "0214;Ås;10;0;0;;;kjent"
BAERUM = "0219;Bærum;65;4;2;;2017/311;kjent"
HEROEY = "1515;Herøy;12;1;1;;;rekonstruert"
FAULTY = ("0214;Ås;ti;0;0;;;kjent", "0219;Bærum;650;4;2;;;kjent", "9999;Ingensteds;10;0;0;;;kjent")
REFUSED, UNSURE = "ordforer@as.kommune.example", "ordforer@baerum.kommune.example"
ROUNDS = ("faulty", "new", "drafts", "approved", "sent")
BEGAN = datetime(2017, 10, 2, 9, tzinfo=UTC)
ANNE = Actor("anne")


def now() -> datetime:
    return datetime.now(UTC)


def make_stages(place: Path) -> None:
    """A workspace with a round at every stage, and with work that ended in every way."""
    make_workspace(place, ())
    give_key(place)
    faulty = make_round(place, (AAS, BAERUM), name="faulty")
    (faulty / "allocation.csv").write_text("\n".join([HEADER, *FAULTY]), encoding="utf-8")
    make_round(place, (AAS, BAERUM), name="new")
    with session(place, name="new") as opened:
        first = lay_aside(opened, "\n".join([HEADER, *FAULTY]).encode(), "allocation.csv")
        before = find_aside(opened.workspace, "new", first)
        assert before is not None
        os.utime(before, (BEGAN.timestamp(), BEGAN.timestamp()))  # not in the same second
        lay_aside(opened, "\n".join([HEADER, AAS, HEROEY]).encode(), "allocation.csv")
    for name in ("drafts", "approved", "sent"):
        day = {"approved": "2017-11-07"}.get(
            name, "2017-11-06"
        )  # else they were letters sent twice
        make_round(place, (AAS, BAERUM, HEROEY), name=name, letter_date=day)
        generated(place, name=name)
    with session(place, name="drafts") as opened:
        request_approval(opened, ["0214", "0219"], whom="hege", note="Ny frist\nsiden i fjor")
    with session(place, account="hege", name="drafts") as opened:
        send_back(opened, ["0219"], "Feil frist <b>her</b>")
        mark_as_read(opened, "0214", "Navnet er feil")
    for name in ("approved", "sent"):
        approved(place, name=name, clock=now)
    with session(place, name="sent", clock=now) as opened:
        _sent(opened)
    with session(place, name="sent", clock=now) as opened:
        told = {"vedtatt": "8", "vedtaksdato": "4.1.2018", "vilkår": "Etter behandling"}
        answer(opened, "0214", told, names={})
        answer(opened, "1515", {"utsatt_til": "1.2.2040"}, names={})
    _work(place)


def _sent(opened: RoundSession) -> None:
    """Send a round: one address is refused, of another nobody knows."""
    watch = Script(RCPT={REFUSED: ["550 5.1.1 no such user"]}, end={UNSURE: ["drop"]})
    with server(watch) as (_, way):
        send_round(opened, way)


def _work(place: Path) -> None:
    """Work that was done, that failed, that somebody stopped, and that was broken off."""
    at = BEGAN
    works: tuple[tuple[Task, str, str], ...] = (
        ("generate", "drafts", "done"),
        ("trial", "approved", "done"),
        ("send", "approved", "failed"),
        ("generate", "new", "stopped"),
        ("generate", "new", "broken off"),
    )
    for task, name, ends in works:
        at += timedelta(hours=1)
        _done(place, task, name, ends, at)


def _done(place: Path, task: Task, name: str, ends: str, at: datetime) -> None:
    asked = {"only": ["0214"]} if task == "generate" else {"shown": "0" * 64, "only": ["0214"]}
    work = WorkOfAll(place, lambda: at)
    begun = work.begin(task, name, ANNE, "nb", asked)
    if ends == "stopped":
        work.stop(begun.key, ANNE)
    elif ends == "broken off":
        work.close(0)
    work.wait(begun.key, 120)
    work.close()
    found = work.find(begun.key)
    assert found is not None
    assert found.state == ends, found
