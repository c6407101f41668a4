"""The ledger says the same whatever language those who write into it speak."""

import re
import sqlite3
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.channels import words
from brevgen.channels.channel import ChannelUnusable, Outgoing, Reply
from brevgen.channels.mail.bounces import Reading, Report
from brevgen.channels.outbox import OutboxChannel
from brevgen.errors import PartlyDone
from brevgen.language import LANGUAGES, Language, speaking
from brevgen.ledger import told
from brevgen.pool.workers import Workers
from brevgen.rounds import send
from brevgen.rounds.approve import approve
from brevgen.rounds.bounces import take_in
from brevgen.rounds.finals import prepare_sealing
from brevgen.rounds.generate import generate
from brevgen.rounds.history import history
from brevgen.rounds.post import line_up_post
from brevgen.rounds.rehearse import rehearse
from brevgen.rounds.send_again import order_again
from brevgen.rounds.session import RoundSession
from brevgen.rounds.settle import settle
from brevgen.rounds.status import status
from brevgen.rounds.withdraw import withdraw
from tests.channels.mail.mail_samples import mail_settings
from tests.support import made_rounds
from tests.support.mail_servers import DROP
from tests.support.post_office import Script
from tests.support.samples import ROWS, make_round
from tests.support.sending import never, send_round, server
from tests.support.sessions import Clock, session, silent

MAYOR, CHIEF = "ordforer@as.kommune.example", "radmann@as.kommune.example"
OTHERWISE = {"at", "given_at", "made_at", "sealed_at", "hash", "pdf", "docx", "external_id"}
"""Columns with times, and with what follows from them; the digests of sealed files do too."""


@pytest.fixture(scope="module")
def places(sealed_trial: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """A round taken through in each language, in a workspace of its own."""
    found = {}
    for spoken in LANGUAGES:
        place = found[spoken] = tmp_path_factory.mktemp("rounds") / spoken
        made_rounds.copied(sealed_trial, place)
        with speaking(spoken), session(place, clock=Clock(datetime.now(UTC))) as opened:
            take_through(opened)
    return found


def rows_of(workspace: Path) -> dict[str, list[dict[str, str]]]:
    """What the tables of a ledger say, but for times and the ports of servers."""
    found = {}
    with closing(sqlite3.connect(workspace / "data" / "ledger.sqlite3")) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (table,) in tables.fetchall():
            found[table] = [
                {
                    key: re.sub(r"127\.0\.0\.1:\d+", "server", str(row[key]))
                    for key in set(row.keys()) - OTHERWISE
                    if not key.endswith("sha256")
                }
                for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
            ]
    return found


def take_through(opened: RoundSession) -> None:
    """Do with a sealed round whatever is written down."""
    aas, root = opened.choose(["Ås"]), opened.workspace.root
    workers = Workers(opened.workspace.templates, 1)
    withdraw(opened, aas, "feil tall")
    generate(opened, aas, workers=workers, progress=silent)
    sealing = prepare_sealing(opened, 1)
    approve(opened, aas, agree=lambda lineup: True, sealing=sealing, progress=silent)
    post = line_up_post(opened, aas, for_real=True, named=True)
    rehearse(opened, post, progress=silent)
    rehearse(opened, post, redirect_to="anne@imdi.example", progress=silent)
    for script in (
        Script(kept={MAYOR: [DROP]}, RCPT={CHIEF: ["550 5.1.1 no such user"]}),
        Script(),
    ):
        with server(script) as (_, way):
            send_round(opened, way, ["Ås"])
        if opened.letters()[0].state == "partly sent":
            settle(opened, "Ås", "resend")
    order_again(opened, CHIEF, "de har ikke fått det")
    arrived = "Mon, 6 Nov 2017 10:00:00 +0100"
    for final in (MAYOR, "en.annen@annet.example"):
        report = Report(
            (str(opened.known.deliveries["0214"][0].external_id),),
            MAYOR,
            "failed",
            "5.2.2",
            "mailbox full",
            final=final,
            arrived=arrived,
        )
        take_in(opened.workspace, Reading((report,), ()), Actor("ola"), opened.clock)
    make_round(root, ROWS[1:2], name="next")
    with session(root, name="next", clock=opened.clock) as next_:
        generate(next_, {"0219"}, workers=workers, progress=silent)


@pytest.mark.slow
def test_a_round_taken_through_in_bokmaal_leaves_the_same_ledger_as_in_english(
    places: dict[Language, Path],
) -> None:
    kept = {spoken: rows_of(place) for spoken, place in places.items()}

    assert kept["nb"] == kept["en"]
    assert {row["act"] for row in kept["en"]["events"]} == {
        "approval withdrawn",
        "approved",
        "draft made",
        "handed over",
        "letters shown",
        "reference given",
        "refused",
        "rehearsed",
        "report received",
        "sealed",
        "sent",
        "to be sent again",
        "uncertain",
    }


def test_what_the_ledger_keeps_in_english_is_read_in_bokmaal(
    places: dict[Language, Path],
) -> None:
    with speaking("nb"), session(places["en"]) as opened:
        events = history(opened.workspace, "Ås", "trial").events
        read = [f"{told.act_of(each)}: {told.particulars_of(each)}" for each in events]
        (line,) = status(opened, only=["Ås"]).letters
    for expected in (
        "referanse gitt: fra fordelingen",
        "godkjent: på vegne av Hege Aspelund",
        "godkjenning trukket tilbake: feil tall",
        f"skal sendes på nytt: Ordfører {MAYOR} med e-post: avklart av en person",
        f"avvist: Rådmann {CHIEF} med e-post: 550 5.1.1 no such user",
        f"skal sendes på nytt: Rådmann {CHIEF} med e-post, eksemplar 2: de har ikke fått det",
        f"avvist: Ordfører {MAYOR} med e-post: leveringsrapport: failed 5.2.2 mailbox full"
        " (om meldingen fra Mon, 6 Nov 2017 10:00:00 +0100)",
    ):
        assert expected in read
    assert line.recipients[0].answer.endswith(
        "hos en.annen@annet.example, som den ble sendt videre til"
    )


class TalkingChannel(OutboxChannel):
    """A channel that soon takes nothing any more."""

    def hand_over(self, outgoing: Outgoing) -> Reply:
        if MAYOR in outgoing.data.decode():
            return Reply("sent", words.INTERRUPTED)
        raise ChannelUnusable("The ledger cannot be read: {reason}", reason="disk")


def test_what_a_channel_says_is_kept_in_english_and_told_in_bokmaal(
    sealed_trial: Path, tmp_path: Path
) -> None:
    place = made_rounds.copied(sealed_trial, tmp_path / "workspace")
    channel = TalkingChannel(mail_settings(), tmp_path / "out")

    with (
        speaking("nb"),
        session(place) as opened,
        pytest.raises(PartlyDone, match=r"^Protokollen kan ikke leses: disk\n"),
    ):
        send.send(
            opened,
            opened.choose(["Ås"]),
            channel=nullcontext(channel),
            agree=lambda post: True,
            sleep=never,
            progress=silent,
        )
    with session(place) as opened:
        kept = [each.words for each in opened.known.deliveries["0214"]]
    assert kept == ["interrupted by the user", "not handed over: The ledger cannot be read: disk"]
