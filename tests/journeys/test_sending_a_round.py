"""From sealed letters to mailboxes: a whole round, trials, two at once, and what comes back."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from brevgen.channels.mail.message import WIDTH
from tests.support.made_rounds import copied, sealed, use_server
from tests.support.mail_reading import mailbox, read
from tests.support.mail_servers import Authority
from tests.support.post_office import PASSWORD, USER, Counting, PostOffice
from tests.support.receipts import (
    attached,
    digest,
    entries,
    letters,
    recipients,
    see_that_they_agree,
)
from tests.support.running import Ran, finish, start

pytestmark = pytest.mark.slow

Run = Callable[..., Ran]

LIVE = ("send", "trial", "--live", "--yes", "--recipients")


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters for twelve recipients."""
    return copied(sealed_trial, tmp_path / "workspace")


def told(brevgen: Run) -> dict[str, str]:
    """Address to state, as the status tells it."""
    lines = json.loads(brevgen("status", "trial", "--json").out)["letters"]
    return {each["address"]: each["state"] for line in lines for each in line["recipients"]}


# -- a whole round --------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_whole_round_reaches_all_its_710_recipients_once(
    shared: Path, authority: Authority, tmp_path: Path
) -> None:
    place = copied(sealed(shared, "2024"), tmp_path / "2024")
    (place / "ca.pem").write_bytes(authority.file.read_bytes())
    live = ("send", "2024", "--live", "--yes", "--recipients", "710")
    with PostOffice(authority.server()) as office:
        use_server(
            place, office.port, tls="starttls", user=USER, password=PASSWORD, ca_file="ca.pem"
        )
        ran = finish(start(place, *live))
        assert ran.code == 0, ran.err
        assert "710 sent.\n" in ran.out
        again = finish(start(place, *live))
        assert again.code == 0, again.err
        assert "All of these have been sent.\n" in again.out
    assert len(office.mailbox) == 710
    assert {(each.is_secret, each.user, each.sender) for each in office.mailbox} == {
        (True, USER, "post@imdi.example")
    }
    states = see_that_they_agree(place, "2024", office.mailbox)
    assert states == dict.fromkeys(recipients(place, letters(place, "2024")), "sent")
    assert {each.states for each in entries(place, "2024").values()} == {("sending", "sent")}
    status = json.loads(finish(start(place, "status", "2024", "--json")).out)["letters"]
    assert [each["state"] for each in status] == ["sent"] * 355
    assert {each["answer"] for line in status for each in line["recipients"]} == {
        "250 2.0.0 queued as 4711"
    }


# -- trials ---------------------------------------------------------------------------------------


def test_a_trial_goes_all_to_one_address_and_counts_for_nothing(
    brevgen: Run, workspace: Path
) -> None:
    trial = (*LIVE, "12", "--redirect-to", "prove@imdi.example")
    whose = recipients(workspace, letters(workspace, "trial"))
    with PostOffice() as office:
        use_server(workspace, office.port, tls="none")
        for _ in range(2):  # a trial may be had again
            ran = brevgen(*trial)
            assert ran.code == 0, ran.err
            assert "12 messages sent to prove@imdi.example as a trial. None counts" in ran.out
        assert set(told(brevgen).values()) == {"to send"}
        rehearsed, office.mailbox = office.mailbox, []
        ran = brevgen(*LIVE, "12")
        assert ran.code == 0, ran.err
    assert (
        entries(workspace, "trial")
        .keys()
        .isdisjoint(read(each.data)["Message-ID"] for each in rehearsed)
    )
    shown = []
    for each in rehearsed:
        mail = read(each.data)
        assert each.to == ("prove@imdi.example",)
        assert mailbox(mail["To"]) == ("", "prove@imdi.example")
        subject = re.match(r"\[Prøve for (\S+)\] ", mail.text("Subject"))
        assert subject
        first = " ".join(mail.words[: 3 * WIDTH].split())
        assert first.startswith("PRØVE: Denne e-posten skulle til ")
        assert f"<{subject[1]}>. " in first
        file = letters(workspace, "trial")[whose[subject[1]]]
        assert attached(mail) == digest(file.read_bytes())
        shown.append(subject[1])
    assert sorted(shown) == sorted([*whose, *whose])
    assert see_that_they_agree(workspace, "trial", office.mailbox) == dict.fromkeys(whose, "sent")


def test_nothing_leaves_unless_the_number_of_messages_is_said(
    brevgen: Run, workspace: Path
) -> None:
    with PostOffice() as office:
        use_server(workspace, office.port, tls="none")
        for number in ("11", "13"):
            ran = brevgen(*LIVE, number)
            assert ran.code == 3
            assert "Nothing was sent: 12 messages with 6 letters are about to leave." in ran.err
        assert brevgen("send", "trial").code == 0
        assert brevgen(*LIVE, "12", "--dry-run").code == 0
    assert office.connections == 0
    assert entries(workspace, "trial") == {}


# -- two at once ----------------------------------------------------------------------------------


@pytest.mark.slow  # the others wait as long as people would
def test_while_one_sends_another_is_told_to_wait(workspace: Path) -> None:
    watch = Counting()
    with PostOffice(watch=watch) as office:
        use_server(workspace, office.port, tls="none")
        watch.hold("kept")
        first = start(workspace, *LIVE, "12")
        watch.wait_for("kept")
        others = [
            start(workspace, *LIVE, "12"),
            start(workspace, "send", "trial", "--settle", "Ås", "resend"),
        ]
        second, third = map(finish, others)
        watch.release()
        ran = finish(first)
    assert ran.code == 0, ran.err
    for other in (second, third):
        assert other.code == 3
        assert "The round trial is being changed by " in other.err
    assert set(see_that_they_agree(workspace, "trial", office.mailbox).values()) == {"sent"}
    assert len(office.mailbox) == 12


def test_two_who_begin_together_send_each_message_once(workspace: Path) -> None:
    with PostOffice() as office:
        use_server(workspace, office.port, tls="none")
        both = [start(workspace, *LIVE, "12") for _ in range(2)]
        ran = [finish(each) for each in both]
    for each in ran:
        assert (
            "12 sent." in each.out
            or "All of these have been sent." in each.out
            or (each.code == 3 and "is being changed by" in each.err)
        )
    assert sum("12 sent." in each.out for each in ran) == 1
    assert set(see_that_they_agree(workspace, "trial", office.mailbox).values()) == {"sent"}
    assert len(office.mailbox) == 12


# -- what comes back ------------------------------------------------------------------------------

POSTFIX = """\
From MAILER-DAEMON  Mon Nov  6 09:05:02 2017
Return-Path: <>
From: MAILER-DAEMON@mx.imdi.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: post@imdi.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="AD3C6A0A46.1511/mx.imdi.example"
Content-Transfer-Encoding: 8bit
Message-Id: <20171106080502.B54B9A0A4A@mx.imdi.example>

This is a MIME-encapsulated message.

--AD3C6A0A46.1511/mx.imdi.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.imdi.example.

<{address}>: host as.kommune.example[192.0.2.7] said: 550 5.1.1
    <{address}>: Recipient address rejected: User unknown

--AD3C6A0A46.1511/mx.imdi.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.imdi.example
X-Postfix-Queue-ID: AD3C6A0A46
X-Postfix-Sender: rfc822; post@imdi.example
Arrival-Date: Mon,  6 Nov 2017 09:05:01 +0100 (CET)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: failed
Status: 5.1.1
Remote-MTA: dns; as.kommune.example
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: Recipient address rejected: User
    unknown

--AD3C6A0A46.1511/mx.imdi.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

Return-Path: <post@imdi.example>
Received: from [127.0.0.1] (localhost [127.0.0.1])
\tby mx.imdi.example (Postfix) with ESMTPSA id AD3C6A0A46
\tfor <{address}>; Mon,  6 Nov 2017 09:05:01 +0100 (CET)
Message-ID: {message_id}
Auto-Submitted: auto-generated

--AD3C6A0A46.1511/mx.imdi.example--

"""

EXCHANGE = """\
MIME-Version: 1.0
From: <postmaster@imdi.example>
To: <post@imdi.example>
Date: Mon, 6 Nov 2017 08:05:04 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="5e1c0b7e-4c1d-4a0e-9a5c-1f0e5d6f7a80"
Content-Language: nb-NO
Message-ID: <0a1b2c3d-0000@OSL0001.imdi.example>
In-Reply-To: {message_id}
References: {message_id}
Subject: =?utf-8?Q?Kan_ikke_leveres:_Anmodning_om_bosetting?=
Auto-Submitted: auto-replied

--5e1c0b7e-4c1d-4a0e-9a5c-1f0e5d6f7a80
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="2b7f"

--2b7f
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

TWVsZGluZ2VuIGRpbiBibGUgaWtrZSBsZXZlcnQu

--2b7f
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PHA+TWVsZGluZ2VuIGRpbiBibGUgaWtrZSBsZXZlcnQuPC9wPg==

--2b7f--

--5e1c0b7e-4c1d-4a0e-9a5c-1f0e5d6f7a80
Content-Type: message/delivery-status

Reporting-MTA: dns;OSL0001.imdi.example
Received-From-MTA: dns;OSL0002.imdi.example
Arrival-Date: Mon, 6 Nov 2017 08:05:02 +0000

Final-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp;{words}
X-Display-Name: {address}

--5e1c0b7e-4c1d-4a0e-9a5c-1f0e5d6f7a80
Content-Type: message/rfc822

Received: from OSL0002.imdi.example by OSL0001.imdi.example; Mon, 6 Nov 2017 08:05:02 +0000
From: Integrerings- og mangfoldsdirektoratet <post@imdi.example>
To: <{address}>
Message-ID: {message_id}
MIME-Version: 1.0
Content-Type: text/plain

--5e1c0b7e-4c1d-4a0e-9a5c-1f0e5d6f7a80--
"""


def test_what_comes_back_marks_who_did_not_get_it_and_a_right_address_mends_it(
    brevgen: Run, workspace: Path, tmp_path: Path
) -> None:
    with PostOffice() as office:
        use_server(workspace, office.port, tls="none")
        assert brevgen(*LIVE, "12").code == 0
        ids = {each.to[0]: read(each.data)["Message-ID"] for each in office.mailbox}
        gone, full, slow = (
            *("ordforer@as.kommune.example", "radmann@as.kommune.example"),
            "radmann@vinje.kommune.example",
        )
        returned = tmp_path / "returned"
        returned.mkdir()
        report = POSTFIX.format(address=gone, message_id=ids[gone])
        (returned / "postfix.mbox").write_text(report, encoding="utf-8")
        for address, action, status, words in (
            (full, "failed", "5.2.2", "552 5.2.2 mailbox full"),
            (slow, "delayed", "4.4.7", "450 4.4.7 delivery is delayed"),
        ):
            report = EXCHANGE.format(
                address=address,
                message_id=ids[address],
                action=action,
                status=status,
                words=words,
            )
            (returned / f"{action}.eml").write_bytes(report.replace("\n", "\r\n").encode())
        (returned / "other.eml").write_text("From: kari@as.example\n\nTakk for brevet.\n")
        for _ in range(2):  # the same reports again change nothing
            ran = brevgen("bounces", returned, "--json")
            assert ran.code == 0, ran.err
            found = json.loads(ran.out)
            assert (len(found["matched"]), found["unmatched"], found["not_read"]) == (3, [], [])
            assert [each["subject"] for each in found["other_mail"]] == [""]
            states = told(brevgen)
            assert states == {**dict.fromkeys(ids, "sent"), gone: "refused", full: "refused"}
        entry = entries(workspace, "trial")[ids[gone]]
        assert entry.states == ("sending", "sent", "refused")
        assert "5.1.1" in entry.words
        assert "User unknown" in entry.words
        status = json.loads(brevgen("status", "trial", "--json").out)["letters"]
        assert [e["state"] for e in status] == ["partly sent", *["sent"] * 5]
        shown = brevgen("status", "trial").out
        assert "Needs a person" in shown
        assert "Recipients: 10 sent, 2 refused" in shown
        # nobody gets it at a wrong address again; at the right one they do
        assert brevgen(*LIVE, "2").code == 3
        contacts = workspace / "data" / "contacts.csv"
        text = contacts.read_text(encoding="utf-8")
        text, found = re.subn(f"(?m)^(0214,.*,){gone}", rf"\1ny.{gone}", text)
        assert found == 1
        contacts.write_text(text, encoding="utf-8")
        ran = brevgen(*LIVE, "1")
        assert "1 sent." in ran.out, ran.err
    assert [each.to[0] for each in office.mailbox[12:]] == [f"ny.{gone}"]
    states = told(brevgen)
    assert states.pop(f"ny.{gone}") == "sent"
    assert states[full] == "refused"
