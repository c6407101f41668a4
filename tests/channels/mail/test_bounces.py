"""Reports on mail that did not arrive: what is read from them, and what is passed over."""

import base64
import mailbox
import os
import time
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.channels.mail.bounces import Report, read_reports, reports_in
from brevgen.errors import WrongUse
from tests.channels.mail.mail_samples import SENT_AT, mail
from tests.support.outlook import outlook_file

ID = "<4711-ab@imdi.example>"

HEADERS_ONLY = """\
From: MAILER-DAEMON@mx.example
To: post@imdi.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="border"

This is a MIME-encapsulated message.

--border
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--border
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: other@imdi.example
Arrival-Date: Mon, 6 Nov 2017 09:05:01 +0100

Final-Recipient: rfc822; inbox17@as.kommune.example
Original-Recipient: rfc822;ordforer@as.kommune.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; as.kommune.example
Diagnostic-Code: smtp; 550 5.1.1 <inbox17@as.kommune.example>: Recipient
    address rejected: User unknown

--border
Content-Type: text/rfc822-headers

Received: by mx.example
Message-ID:
 <4711-ab@imdi.example>
Subject: =?utf-8?q?Anmodning?=

--border--
"""

FAILED = Report(
    message_ids=(ID, "<other@imdi.example>", "<inbox17@as.kommune.example>"),
    recipient="ordforer@as.kommune.example",
    action="failed",
    status="5.1.1",
    diagnostic="550 5.1.1 <inbox17@as.kommune.example>: Recipient address rejected: User unknown",
    final="inbox17@as.kommune.example",
    sent_at=datetime(2017, 11, 6, 8, 5, 1, tzinfo=UTC),
    subject="Anmodning",
    arrived="Mon, 6 Nov 2017 09:05:01 +0100",
)


OTHER_MAIL = b"From: kari@as.example\nSubject: Hei\n\nAction: failed\n"


def report(*recipients: str, kind: str = "delivery-status", original: str = "") -> bytes:
    """A report with these blocks on recipients, and perhaps a part with what came back."""
    blocks = ["Reporting-MTA: dns; mx.example\nOriginal-Envelope-Id: b-2@imdi.example", *recipients]
    status = "\n\n".join(blocks)
    parts = ["Content-Type: text/plain\n\nSorry.\n", f"Content-Type: message/{kind}\n\n{status}\n"]
    if original:
        parts.append(original)
    inner = "\n--border\n".join(["", *parts]) + "\n--border--\n"
    return f"Content-Type: multipart/report; boundary=border\n{inner}".encode()


def block(address: str, action: str, status: str) -> str:
    return f"Final-Recipient: rfc822;{address}\nAction: {action}\nStatus: {status}"


# -- one report -----------------------------------------------------------------------------------


def test_a_report_names_message_recipient_and_reason() -> None:
    assert reports_in(HEADERS_ONLY.encode()) == [FAILED]


def test_line_ends_of_the_wire_make_no_difference() -> None:
    assert reports_in(HEADERS_ONLY.replace("\n", "\r\n").encode()) == [FAILED]


def test_a_message_that_comes_back_whole_names_itself() -> None:
    sent = mail().outgoing()
    whole = f"Content-Type: message/rfc822\n\n{sent.data.decode()}"
    (found,) = reports_in(report(block("a@as.example", "failed", "5.2.2"), original=whole))
    assert found.message_ids[0] == sent.external_id
    assert (found.recipient, found.status) == ("a@as.example", "5.2.2")
    assert found.subject.endswith("Ås i 2018 (17-09235)")
    assert found.sent_at == SENT_AT


def test_headers_that_come_back_encoded_are_read() -> None:
    coded = base64.b64encode(f"Subject: x\nMessage-Id: {ID}\n".encode()).decode()
    part = f"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\n{coded}"
    (found,) = reports_in(report(block("a@as.example", "failed", "5.0.0"), original=part))
    assert found.message_ids[0] == ID


def test_a_status_that_comes_encoded_is_read() -> None:
    whole, _, rest = report(block("a@as.example", "failed", "5.1.1")).partition(b"Reporting-MTA")
    status, end, after = rest.partition(b"\n--border--")
    coded = base64.encodebytes(b"Reporting-MTA" + status)
    head, _, _ = whole.rpartition(b"\n\n")
    data = head + b"\nContent-Transfer-Encoding: base64\n\n" + coded + end + after
    (found,) = reports_in(data)
    assert (found.recipient, found.status) == ("a@as.example", "5.1.1")


def test_where_nothing_comes_back_the_envelope_id_names_the_message() -> None:
    (found,) = reports_in(report(block("a@as.example", "delayed", "4.4.1")))
    assert found.message_ids == ("<b-2@imdi.example>",)


@pytest.mark.parametrize("envelope_id", ["", "QQ314159", "a b@c"])
def test_an_envelope_id_that_is_not_ours_names_nothing(envelope_id: str) -> None:
    data = report(block("a@as.example", "failed", "5.0.0"))
    data = data.replace(b"b-2@imdi.example", envelope_id.encode())
    assert [each.message_ids for each in reports_in(data)] == [()]


@pytest.mark.parametrize("action", ["failed", "delayed", "delivered", "relayed", "expanded"])
def test_every_action_is_told(action: str) -> None:
    data = report(block("a@as.example", f"{action.upper()} (really)", "2.0.0 (ok)"))
    assert [(each.action, each.status) for each in reports_in(data)] == [(action, "2.0.0")]


def test_each_recipient_has_a_report() -> None:
    data = report(
        block("a@as.example", "failed", "5.1.1"), block("b@as.example", "delayed", "4.0.0")
    )
    assert [(each.recipient, each.action) for each in reports_in(data)] == [
        ("a@as.example", "failed"),
        ("b@as.example", "delayed"),
    ]


def test_a_report_with_norwegian_letters_is_read() -> None:
    words = "Final-Recipient: utf-8; a@ås.example\nAction: failed\nStatus: 5.1.1\n"
    data = report(f"{words}Diagnostic-Code: smtp; 550 ukjent på ås", kind="global-delivery-status")
    (found,) = reports_in(data)
    assert (found.recipient, found.diagnostic) == ("a@ås.example", "550 ukjent på ås")


def test_a_report_that_was_sent_on_is_found_within() -> None:
    outer = (
        "Content-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: message/rfc822\n\n"
        f"{HEADERS_ONLY}\n--outer--\n"
    )
    assert reports_in(outer.encode()) == [FAILED]


# -- what is no report ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        OTHER_MAIL,
        b"",
        report(),
        report("Final-Recipient: rfc822;a@as.example"),
        report(block("a@as.example", "pondered", "5.1.1")),
        b"Content-Type: multipart/report; boundary=b\n\n--b\n"
        b"Content-Type: message/delivery-status\n",
        b"Content-Type: message/delivery-status\n\n",
        b"Content-Type: " + b"message/rfc822\n\nContent-Type: " * 3000,
        mail().outgoing().data,
    ],
)
def test_other_mail_and_broken_reports_hold_no_report(data: bytes) -> None:
    assert reports_in(data) == []


PIECES = [
    *(
        b"\n",
        b"\n\n",
        b"\r\n",
        b"--border",
        b"--border--",
        b" ",
        b":",
        b";",
        b"\0",
        b"\xe5",
        b"<@>",
    ),
    *(b"Content-Type: ", b"multipart/report; boundary=border", b"multipart/mixed; boundary=b"),
    *(
        b"message/delivery-status",
        b"message/global-delivery-status",
        b"message/rfc822",
        b"charset*=x",
    ),
    *(b"text/rfc822-headers", b"Content-Transfer-Encoding: base64\n", b"Message-ID: <a@b>\n"),
    *(b"Action: failed\n", b"Final-Recipient: rfc822;a@b\n", b"Status: 5.1.1\n", b"From "),
    *(
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"begin 666 x\n",
        b"=?utf-8?b?\xff?=",
        b"*0*=''%",
    ),
]


@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=40).map(b"".join)
)
def test_no_mail_is_so_broken_that_reading_fails(data: bytes) -> None:
    for each in reports_in(data):
        assert each.action in ("failed", "delayed", "delivered", "relayed", "expanded")


@given(st.integers(0, len(HEADERS_ONLY)), st.binary(max_size=6), st.integers(0, 30))
def test_a_report_that_was_damaged_on_the_way_does_not_fail(at: int, bad: bytes, gone: int) -> None:
    data = HEADERS_ONLY.encode()
    for each in reports_in(data[:at] + bad + data[at + gone :]):
        assert "\n" not in each.diagnostic + each.recipient + "".join(each.message_ids)


# -- reports in words -----------------------------------------------------------------------------

EXIM = f"""\
From: Mail Delivery System <Mailer-Daemon@mx.example>
To: post@imdi.example
X-Failed-Recipients: ordforer@as.kommune.example
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ordforer@as.kommune.example
    host mx.as.kommune.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<ordforer@as.kommune.example>:
    550 5.1.1 unknown user

------ This is a copy of the message's headers. ------

Date: Mon, 06 Nov 2017 09:05:00 +0100
From: IMDi <post@imdi.example>
Subject: Anmodning (17-09235)
Message-ID: {ID}
"""

QMAIL = f"""\
From: MAILER-DAEMON@mx.example
To: post@imdi.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ordforer@as.kommune.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <post@imdi.example>
Date: Mon, 06 Nov 2017 09:05:00 +0100
Subject: Anmodning (17-09235)
Message-ID: {ID}

Til Ås kommune
"""


@pytest.mark.parametrize(
    ("text", "why"),
    [(EXIM, "550 5.1.1 unknown user"), (QMAIL, "Sorry, no mailbox here by that name. (#5.1.1)")],
)
def test_what_other_servers_say_in_words_is_read(text: str, why: str) -> None:
    (found,) = reports_in(text.encode())
    assert (found.recipient, found.action) == ("ordforer@as.kommune.example", "failed")
    assert found.status == "5.1.1"
    assert why in found.diagnostic
    assert ID in found.message_ids
    assert (found.sent_at, found.subject) == (SENT_AT, "Anmodning (17-09235)")


def test_an_id_that_only_stands_in_another_field_is_told_too() -> None:
    original = f"Content-Type: text/rfc822-headers\n\nMessage-ID: <ses@relay>\nX-Original-ID: {ID}"
    (found,) = reports_in(report(block("a@as.example", "failed", "5.0.0"), original=original))
    assert found.message_ids == ("<ses@relay>", "<b-2@imdi.example>", ID)


# -- mail without end -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        report(*[block(f"a{n}@as.example", "failed", "5.1.1") for n in range(50_000)]),
        report(f"{block('a@as.example', 'failed', '5.1.1')}\nX: x" + "\n y" * 2_000_000),
        b"Content-Type: "
        + b"message/rfc822\n\nContent-Type: " * 250
        + b"text/plain\n"
        + b"\n" * 2_000_000,
        (b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 500_000),
    ],
)
def test_a_mail_without_end_is_read_in_bounded_time(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "endless.eml").write_bytes(data)
    began = time.process_time()
    read = read_reports([tmp_path])
    assert time.process_time() - began < 10
    assert len(read.reports) <= 100
    assert len(read.reports) + len(read.not_understood) >= 1


# -- files ----------------------------------------------------------------------------------------


def read_file(path: Path, data: bytes) -> tuple[tuple[Report, ...], list[str]]:
    """The reports in a file with these bytes, and why it was not understood."""
    path.write_bytes(data)
    found = read_reports([path])
    return found.reports, [each.why for each in found.not_understood]


@pytest.mark.parametrize("name", ["bounce.eml", "bounce.txt", "Retur på æøå", "letter.pdf"])
def test_a_mail_is_told_by_what_it_holds(tmp_path: Path, name: str) -> None:
    assert read_file(tmp_path / name, HEADERS_ONLY.encode()) == ((FAILED,), [])


@pytest.mark.parametrize(
    "data",
    [
        b"\n\n" + HEADERS_ONLY.encode(),
        b"\xef\xbb\xbf" + HEADERS_ONLY.encode(),
        f"{len(HEADERS_ONLY)}\n{HEADERS_ONLY}<?xml version='1.0'?><plist/>".encode(),
        f"{len(HEADERS_ONLY)}      \r\n{HEADERS_ONLY}<?xml version='1.0'?>".encode(),
        f"From - Mon Nov  6 09:05:01 2017\n{HEADERS_ONLY}".encode(),
        f"\nFrom x@y Mon Nov  6 09:05:01 2017\n{HEADERS_ONLY}".encode(),
        f"From x@y Mon Nov  6 09:05:01 2017\r\n{HEADERS_ONLY}".replace("\n", "\r\n").encode(),
    ],
)
def test_the_forms_of_the_usual_programs_are_read(tmp_path: Path, data: bytes) -> None:
    assert read_file(tmp_path / "saved", data) == ((FAILED,), [])


def test_a_folder_is_read_with_all_below_and_other_mail_is_named(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "2.EML").write_text(HEADERS_ONLY)
    (tmp_path / "1.eml").write_bytes(OTHER_MAIL)
    (tmp_path / "folder.eml").mkdir()
    found = read_reports([tmp_path])
    assert found.reports == (FAILED,)
    (other,) = found.not_understood
    assert (other.file, other.sender, other.subject, other.is_mail) == (
        *(str(tmp_path / "1.eml"), "kari@as.example", "Hei"),
        True,
    )


def test_a_maildir_and_a_folder_of_apples_are_read(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    box.add(HEADERS_ONLY.encode())
    apple = tmp_path / "Returnert.mbox"
    apple.mkdir()
    (apple / "mbox").write_bytes(b"From x@y Mon Nov  6 09:05:01 2017\n" + QMAIL.encode())
    (apple / "table_of_contents").write_bytes(b"\0\1")
    (tmp_path / "Inbox.msf").write_text("// <!-- <mdb:mork:z")
    found = read_reports([tmp_path])
    assert {each.action for each in found.reports} == {"failed"}
    assert (len(found.reports), found.not_understood) == (2, ())


def test_an_mbox_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "Inbox"
    box = mailbox.mbox(path)
    for data in (HEADERS_ONLY.encode(), OTHER_MAIL, QMAIL.encode()):
        box.add(data)
    box.close()
    before = path.read_bytes()
    found = read_reports([path])
    assert [each.recipient for each in found.reports] == ["ordforer@as.kommune.example"] * 2
    assert [each.file for each in found.not_understood] == [f"{path} (2)"]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "rest",
    [
        f"In-Reply-To: {ID}\n\n550 no\n",
        f"\n550 no\nMessage-ID: {ID}\n",
        f"Content-Type: text/html\n\n<p>550 no<br>Message-ID: {escape(ID)}</p>\n",
    ],
)
def test_a_mail_that_names_ours_without_a_report_tells_so(tmp_path: Path, rest: str) -> None:
    (tmp_path / "ndr.eml").write_text(
        f"From: postmaster@as.example\nSubject: Undeliverable\n{rest}"
    )
    (other,) = read_reports([tmp_path]).not_understood
    assert other.message_ids == (ID,)
    assert "Read it" in other.why


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04zip", "Unpack it and name the folder."),
        (b"2018\nnothing but numbers\n", "This is no mail in a form that is read here."),
        (b"%PDF-1.7\n", "This is no mail in a form that is read here."),
        (b"From here on\nnothing", "no mail is in it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Outlook's file cannot be read"),
    ],
)
def test_a_file_that_is_no_mail_is_named_with_what_to_do(
    tmp_path: Path, data: bytes, why: str
) -> None:
    reports, told = read_file(tmp_path / "file", data)
    assert reports == ()
    (reason,) = told
    assert why in reason


def test_what_is_no_file_is_named_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "1.eml").write_text(HEADERS_ONLY)
    for paths in ([tmp_path], [tmp_path / "pipe"]):
        (other,) = read_reports(paths).not_understood
        assert other.file == str(tmp_path / "pipe")
        assert other.why.startswith("This is no ordinary file.")


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"gone\.eml is not there"):
        read_reports([tmp_path / "gone.eml"])


# -- Outlook --------------------------------------------------------------------------------------


def test_a_report_that_outlook_has_taken_apart_is_read(tmp_path: Path) -> None:
    header = f"From: postmaster@as.example\r\nIn-Reply-To: {ID}\r\nSubject: Kan ikke leveres"
    body = "Delivery has failed.\r\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##"
    data = outlook_file(
        "REPORT.IPM.Note.NDR", header, body, recipients=["ordforer@as.kommune.example"]
    )
    (found,), told = read_file(tmp_path / "7.msg", data)
    assert (found.recipient, found.action, found.status) == (
        *("ordforer@as.kommune.example", "failed"),
        "5.1.10",
    )
    assert "RESOLVER.ADR.RecipientNotFound" in found.diagnostic
    assert found.message_ids == (ID,)
    assert told == []


def test_a_report_that_lies_in_attachments_of_outlook_is_read(tmp_path: Path) -> None:
    status, headers = (
        part.partition("\n\n")[2].encode() for part in HEADERS_ONLY.split("--border\n")[2:]
    )
    data = outlook_file(
        "IPM.Note", "From: MAILER-DAEMON@mx.example", "Sorry.", attachments=[status, headers]
    )
    (found,), _ = read_file(tmp_path / "report.msg", data)
    assert (found.recipient, found.status) == (FAILED.recipient, FAILED.status)
    assert ID in found.message_ids


def test_any_other_mail_of_outlook_is_named(tmp_path: Path) -> None:
    data = outlook_file("IPM.Note", "From: kari@as.example", "Takk for brevet på 10.")
    (tmp_path / "mail.msg").write_bytes(data)
    (other,) = read_reports([tmp_path]).not_understood
    assert (other.sender, other.is_mail) == ("kari@as.example", True)
