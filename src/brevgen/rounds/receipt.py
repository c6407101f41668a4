"""The receipt of an approval, mailed to who stands for it: how far the ledger had come.

What lies in a mailbox of the signatory's own cannot be changed by those who look after the ledger.
"""

import time
from collections.abc import Mapping
from email.utils import format_datetime
from html import escape
from pathlib import Path

from brevgen.channels.channel import ChannelUnusable, Outgoing
from brevgen.channels.mail.mime import Attachment, free_text, mail_bytes, mailbox
from brevgen.channels.mail.smtp import SmtpChannel
from brevgen.channels.recipients import address_refused
from brevgen.email_address import ascii_address
from brevgen.errors import Unsendable
from brevgen.files import MEGABYTE, read_bytes, sha256
from brevgen.findings import FaultyInput
from brevgen.language import speaking, tr, tr_many
from brevgen.ledger.records import LedgerMark
from brevgen.rounds.session import RoundSession
from brevgen.rounds.way_out import Means, mail_server
from brevgen.rounds.witness import SEAL, witness_of
from brevgen.settings.mail import MailSettings


def mail_receipts(session: RoundSession, approved: int, environment: Mapping[str, str]) -> None:
    """Mail the receipt to the addresses the settings name; where that fails, it is told.

    Args:
        session: the round, after letters were approved and sealed; held by nobody.
        approved: how many were approved.
        environment: where the mail server's password may be kept.
    """
    wanted = session.workspace.settings.approval.receipts_to
    if not wanted or not approved:
        return
    mark = session.ledger.mark()
    try:
        means = Means(environment, time.monotonic, session.clock, time.sleep)
        with mail_server(session.workspace, means) as way:
            for address in wanted:
                _mail(session, way, address, approved, mark)
    except FaultyInput as fault:
        _tell(session, "; ".join(each.what for each in fault.findings))
    except (ChannelUnusable, Unsendable) as error:
        _tell(session, str(error))


def _mail(
    session: RoundSession, way: SmtpChannel, address: str, approved: int, mark: LedgerMark
) -> None:
    settings = session.workspace.settings.mail
    assert settings is not None, "there is a way to its server"
    if refusal := address_refused(address, settings.allowed_domains):
        _tell(session, refusal)
        return
    reply = way.hand_over(_message(session, settings, address, approved, mark))
    if reply.state != "sent":
        _tell(session, reply.words)


def _tell(session: RoundSession, reason: str) -> None:
    session.tell(tr("No receipt was mailed ({reason}). All that was done is kept.", reason=reason))


def _message(
    session: RoundSession, settings: MailSettings, address: str, approved: int, mark: LedgerMark
) -> Outgoing:
    at = session.clock()
    with speaking("nb"):
        subject = tr_many(
            "Receipt: {count} letter approved, round {round}",
            "Receipt: {count} letters approved, round {round}",
            approved,
            round=session.name,
        )
        lines = [
            subject,
            tr("Approved by the account: {account}", account=session.actor),
            tr("Ledger: {identity}", identity=mark.identity),
            tr("Last event: {event}", event=mark.sequence),
            tr("Its hash: {hash}", hash=mark.hash),
            tr("Keep this mail: it shows how far the ledger had come, and what it said by then."),
        ]
    domain = ascii_address(settings.from_address).rpartition("@")[2]
    name = f"receipt-{mark.sequence}"
    message_id = f"<{sha256(f'{mark.hash} {address}'.encode())[:32]}@{domain}>"
    fields = {
        "Date": format_datetime(at),
        "From": mailbox(settings.from_name.nb, settings.from_address, field_name="From"),
        "To": mailbox("", address, field_name="To"),
        "Subject": free_text(subject, field_name="Subject"),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": "nb",
    }
    page = "".join(f"<p>{escape(line)}</p>\n" for line in lines)
    page = f'<!doctype html>\n<html lang="nb">\n<body>\n{page}</body>\n</html>\n'
    attached = _attached(witness_of(session.workspace, mark))
    data = mail_bytes(fields, "\n".join(lines), page, attached, message_id=message_id)
    return Outgoing(message_id, name, ascii_address(address), data)


def _attached(witness: Path) -> list[Attachment]:
    """The witness and its seal, where there is one."""
    files = (witness, witness.with_name(witness.name + SEAL))
    return [
        Attachment(each.name, each.name, kind, read_bytes(each, most=MEGABYTE))
        for each, kind in zip(
            files, ("application/json", "application/pkcs7-signature"), strict=True
        )
        if each.is_file()
    ]
