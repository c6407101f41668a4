"""Real mail: messages go to a mail server (RFC 5321), and its answer says what became of each.

One border matters. Before the end of a message is handed over, nothing can have been taken, and
trying again is safe. From then until the answer is read, nobody knows: that is `uncertain`.
"""

import re
import smtplib
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from brevgen.channels.channel import ChannelUnusable, Outgoing, Receipt
from brevgen.channels.mail.rate_limit import Clock, Pace, Sleep
from brevgen.channels.mail.smtp_connection import NotNow, is_later, open_connection, said, trust
from brevgen.settings.mail import SmtpSettings

_ANY_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT_AT_START = re.compile(rb"^\.", re.MULTILINE)


class SmtpChannel:
    """Sends messages over one connection, which is made anew whenever it is lost.

    Args:
        settings: which server.
        password: the user's; empty where there is no user.
        folder: what the path of the authority's file is relative to.
        rate_per_minute: how many messages a minute at most; 0 for no limit.
        clock: tells seconds that only grow.
        sleep: waits so many seconds.

    Raises:
        ChannelUnusable: the authority's file cannot be used.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        password: str,
        *,
        folder: Path,
        rate_per_minute: int,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._settings = settings
        self._password = password
        self._context = trust(settings, folder)
        self._pace = Pace(rate_per_minute, clock, sleep)
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "SmtpChannel":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take leave of the server."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def wait(self) -> None:
        """Wait so long that no more go out in a minute than the server wants."""
        self._pace.wait()

    def deliver(self, message: Outgoing) -> Receipt:
        """Hand one message over; a lost connection is made anew once, if nothing was taken yet.

        Whoever interrupts it (KeyboardInterrupt) must take the message for uncertain.

        Raises:
            ChannelUnusable: wrong host, certificate or password; the message was not handed over.
        """
        if self._smtp is not None:
            # it may have been idle for too long, or have carried as many as the server wants
            with suppress(NotNow):
                return self._try(message)
        try:
            return self._try(message)
        except NotNow as reason:
            return Receipt("failed_for_now", str(reason))

    def test_connection(self) -> str:
        """Do all but send: connect, make it secret, log in, and say what was found, in a line.

        Raises:
            ChannelUnusable: no mail would get through now.
        """
        try:
            smtp = self._connection()
            code, reply = smtp.noop()
        except NotNow as reason:
            raise ChannelUnusable(f"{reason} Try again later.") from reason
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise ChannelUnusable(f"{self._where} has gone away: {error}.") from error
        if code != 250:
            self._drop()
            raise ChannelUnusable(f"{self._where} is not ready: {said(code, reply)}")
        version = getattr(smtp.sock, "version", lambda: "no encryption")()
        user = f"logged in as {self._settings.user}" if self._settings.user else "no login"
        reports = "offers" if smtp.has_extn("dsn") else "does not offer"
        self.close()
        return f"{self._where} is ready: {version}, {user}; it {reports} delivery reports."

    @property
    def _where(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def _connection(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = open_connection(self._settings, self._password, self._context)
        return self._smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _try(self, message: Outgoing) -> Receipt:
        """One try; what goes wrong in it leaves no connection behind in the middle of a message."""
        try:
            smtp = self._connection()
            return self._offer(smtp, message) or self._hand_over(smtp, message)
        except BaseException:
            self._drop()
            raise

    def _offer(self, smtp: smtplib.SMTP, message: Outgoing) -> Receipt | None:
        """Tell the server from whom and to whom; its refusal, or None if it waits for the message.

        Raises:
            NotNow: the connection is lost, or the server is about to close it.
            ChannelUnusable: the server wants a login or TLS first.
        """
        sender = f"FROM:<{message.envelope_from}>"
        recipient = f"TO:<{message.envelope_to}>"
        if smtp.has_extn("size"):
            sender += f" SIZE={len(message.data)}"
        if smtp.has_extn("dsn"):
            # a report when it fails or takes long, with the headers only, that names the message
            sender += " RET=HDRS"
            envelope_id = xtext(message.message_id.strip("<>"))
            if len(envelope_id) <= 100:  # RFC 3461, section 4.4
                sender += f" ENVID={envelope_id}"
            recipient += f" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{xtext(message.envelope_to)}"
        for command, argument, wanted in (
            ("MAIL", sender, 2),
            ("RCPT", recipient, 2),
            ("DATA", "", 3),
        ):
            try:
                code, reply = smtp.docmd(command, argument)
            except (OSError, smtplib.SMTPException) as error:
                raise NotNow(f"{self._where} was lost before the message: {error}.") from error
            if code // 100 == wanted:
                continue
            words = said(code, reply)
            if code == 421 or code // 100 not in (4, 5):
                raise NotNow(f"{self._where} answers {words}")
            if code == 530:  # RFC 4954, section 6, and RFC 3207, section 4: so for every message
                raise ChannelUnusable(
                    f"{self._where} wants a login or TLS first: {words}."
                    " See mail.smtp.user and tls in brevgen.toml."
                )
            self._forget(smtp)
            return Receipt("failed_for_now" if is_later(code) else "refused", words)
        return None

    def _forget(self, smtp: smtplib.SMTP) -> None:
        """Let the server forget what was begun, so that the connection serves the next message."""
        try:
            code, _ = smtp.rset()
        except (OSError, smtplib.SMTPException):
            code = -1
        if code != 250:
            self._drop()

    def _hand_over(self, smtp: smtplib.SMTP, message: Outgoing) -> Receipt:
        """Send the message itself.

        Raises:
            NotNow: the connection was lost before the end of the message.
        """
        try:
            smtp.send(as_data(message.data))
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(f"{self._where} was lost within the message: {error}.") from error
        # the border: from here on the server may have the message, whatever we hear of it
        try:
            smtp.send(b".\r\n")
            if smtp.sock is not None:
                smtp.sock.settimeout(self._settings.last_timeout)
            code, reply = smtp.getreply()
            if smtp.sock is not None:
                smtp.sock.settimeout(self._settings.timeout)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Receipt("uncertain", f"{self._where} was lost before its answer: {error}.")
        words = said(code, reply)
        if code == 421 or code // 100 not in (2, 4, 5):
            self._drop()
        match code // 100:
            case 2:
                return Receipt("sent", words)
            case 4:
                return Receipt("failed_for_now", words)
            case 5:
                return Receipt("refused", words)
        return Receipt("uncertain", f"{self._where} answers {words}")


def as_data(data: bytes) -> bytes:
    """A message as it goes over the wire, all but the dot that ends it (RFC 5321, section 4.5.2).

    Every line ends in CR LF, so that no server can see an end where there is none.
    """
    lines = _ANY_LINE_END.sub(b"\r\n", data)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return _DOT_AT_START.sub(b"..", lines)


def xtext(text: str) -> str:
    """Text as a parameter of delivery reports has it (RFC 3461, section 4)."""
    return "".join(
        sign if "!" <= sign <= "~" and sign not in "+=" else f"+{ord(sign):02X}" for sign in text
    )
