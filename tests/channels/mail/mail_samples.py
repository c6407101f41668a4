"""What the tests of mail try things on: settings, a recipient, a mail, a message."""

from datetime import datetime, timedelta, timezone
from typing import Any

from brevgen.channels.channel import Consignment, Outgoing
from brevgen.channels.mail.message import Mail, mail_for
from brevgen.channels.recipients import Recipient
from brevgen.findings import Findings
from brevgen.letter.templates import Templates, read_templates
from brevgen.settings.mail import MailSettings, SmtpSettings
from tests.support.samples import ROOT, letter, templates

MESSAGES = ROOT / "templates" / "messages"
PDF = b"%PDF-1.7 sealed\r\n\x00\xff" * 300
SENT_AT = datetime(2017, 11, 6, 9, 5, tzinfo=timezone(timedelta(hours=1)))

MAYOR = Recipient("mayor", "Ordfører", "", "ordforer@as.kommune.example")


def message_templates() -> Templates:
    """The project's own templates of messages."""
    read = read_templates(MESSAGES, Findings(), shown_as="messages")
    assert read is not None
    return read


_LETTERS, _MESSAGES = templates(), message_templates()


def mail_settings(**changes: Any) -> MailSettings:
    """The settings of mail, with changes."""
    keys: dict[str, Any] = {
        "from_address": "post@imdi.example",
        "from_name": {
            "nb": "Integrerings- og mangfoldsdirektoratet",
            "nn": "Integrerings- og mangfaldsdirektoratet",
        },
        "allowed_domains": ["example"],
        "rate_per_minute": 0,
    }
    return MailSettings.model_validate(keys | changes)


def smtp_settings(port: int, **changes: Any) -> SmtpSettings:
    """A server on this machine."""
    keys = {"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 5, "last_timeout": 5}
    return SmtpSettings.model_validate(keys | changes)


def hurried(settings: SmtpSettings, timeout: float, last_timeout: float) -> SmtpSettings:
    """The settings with waits shorter than anybody may set, so that tests of them are short."""
    return settings.model_copy(update={"timeout": timeout, "last_timeout": last_timeout})


def consignment(
    *,
    recipient: Recipient = MAYOR,
    pdf: bytes = PDF,
    docx: bytes = b"",
    sent_at: datetime = SENT_AT,
    **changes: Any,
) -> Consignment:
    """The approved letter to Ås for one recipient, with changes to the letter."""
    given = letter(**{"approved": True, **changes})
    return Consignment(
        recipient,
        given,
        _LETTERS.content(given),
        _MESSAGES.content(given),
        stem="0214-Ås-17-09235",
        pdf=pdf,
        docx=docx,
        at=sent_at,
    )


def mail(*, settings: MailSettings | None = None, **changes: Any) -> Mail:
    """The mail with it."""
    return mail_for(consignment(**changes), settings or mail_settings())


def outgoing(number: int = 1, *, data: bytes = b"Subject: Trial\r\n\r\nHello.\r\n") -> Outgoing:
    """A small message, ready to leave."""
    return Outgoing(
        name=f"trial-{number}",
        external_id=f"<trial-{number}@imdi.example>",
        to=f"mayor+{number}@as.kommune.example",
        data=data,
    )
