"""What the mail server and the outbox share: how a letter becomes a mail."""

from collections.abc import Iterable, Sequence

from brevgen.channels.channel import Consignment, Outgoing, Reply
from brevgen.channels.mail.message import mail_for, redirected
from brevgen.settings.mail import MailSettings


class MailChannel:
    """Letters as mails; how they leave is for the channels made from it.

    Args:
        settings: who the mail is from.
        redirect_to: the reader of a trial, who gets everything; empty for the true recipients.
    """

    name = "mail"

    def __init__(self, settings: MailSettings, redirect_to: str = "") -> None:
        self._settings = settings
        self._redirect_to = redirect_to

    def prepare(self, consignment: Consignment) -> Outgoing:
        """The mail with the letter, whole.

        Raises:
            Unsendable: a name, the subject or an address holds what no header can.
        """
        mail = mail_for(consignment, self._settings)
        return (redirected(mail, self._redirect_to) if self._redirect_to else mail).outgoing()

    def look_up(self, external_id: str, *, age: float) -> Reply | None:
        """Nothing: a mail server cannot be asked. A person finds out."""
        return None

    def follow_up(self, external_ids: Sequence[str]) -> Iterable[tuple[str, Reply]]:
        """Nothing: a mail server cannot be asked. What comes back is read by `bounces`."""
        return ()
