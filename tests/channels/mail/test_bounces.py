"""Reports on mail that did not arrive: what is read from them, and what is passed over."""

import base64
import mailbox
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.channels.mail.bounces import Reading, Report, read_reports, reports_in
from brevgen.errors import WrongUse
from tests.channels.mail.mail_samples import mail

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
    ID,
    "ordforer@as.kommune.example",
    "failed",
    "5.1.1",
    "550 5.1.1 <inbox17@as.kommune.example>: Recipient address rejected: User unknown",
    "Mon, 6 Nov 2017 09:05:01 +0100",
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
    assert found == Report(sent.external_id, "a@as.example", "failed", "5.2.2", "")


def test_headers_that_come_back_encoded_are_read() -> None:
    coded = base64.b64encode(f"Subject: x\nMessage-Id: {ID}\n".encode()).decode()
    part = f"Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\n{coded}"
    (found,) = reports_in(report(block("a@as.example", "failed", "5.0.0"), original=part))
    assert found.message_id == ID


def test_where_nothing_comes_back_the_envelope_id_names_the_message() -> None:
    (found,) = reports_in(report(block("a@as.example", "delayed", "4.4.1")))
    assert found.message_id == "<b-2@imdi.example>"


@pytest.mark.parametrize("envelope_id", ["", "QQ314159", "<x@y>", "a b@c"])
def test_an_envelope_id_that_is_not_ours_names_nothing(envelope_id: str) -> None:
    data = report(block("a@as.example", "failed", "5.0.0"))
    data = data.replace(b"b-2@imdi.example", envelope_id.encode())
    assert [each.message_id for each in reports_in(data)] == [""]


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
        assert "\n" not in each.diagnostic + each.recipient + each.message_id


# -- files ----------------------------------------------------------------------------------------


def test_a_single_mail_is_read(tmp_path: Path) -> None:
    (tmp_path / "bounce.eml").write_text(HEADERS_ONLY)
    assert read_reports(tmp_path / "bounce.eml") == Reading((FAILED,), 0)


def test_a_folder_is_read_with_all_below_and_other_mail_is_counted(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "2.EML").write_text(HEADERS_ONLY)
    (tmp_path / "1.eml").write_bytes(OTHER_MAIL)
    (tmp_path / "letter.pdf").write_bytes(HEADERS_ONLY.encode())
    (tmp_path / "folder.eml").mkdir()
    assert read_reports(tmp_path) == Reading((FAILED,), 1)


def test_an_mbox_is_read(tmp_path: Path) -> None:
    path = tmp_path / "Inbox"
    box = mailbox.mbox(path)
    for data in (HEADERS_ONLY.encode(), OTHER_MAIL, HEADERS_ONLY.encode()):
        box.add(data)
    box.close()
    before = path.read_bytes()
    assert read_reports(path) == Reading((FAILED, FAILED), 1)
    assert path.read_bytes() == before


def test_an_empty_file_is_other_mail(tmp_path: Path) -> None:
    (tmp_path / "empty.eml").touch()
    assert read_reports(tmp_path) == Reading((), 1)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match=r"gone\.eml cannot be read"):
        read_reports(tmp_path / "gone.eml")
