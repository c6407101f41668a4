"""Real mail: messages go to a mail server (RFC 5321), and its answer says what became of each.

One border matters. Before the end of a message is handed over, nothing can have been taken, and
trying again is safe. From then until the answer is read, nobody knows: that is `uncertain`.
"""

import re
import smtplib
from contextlib import suppress
from pathlib import Path

from brevgen.channels import words
from brevgen.channels.channel import ChannelUnusable, Outgoing, Reply
from brevgen.channels.mail.channel import MailChannel
from brevgen.channels.mail.smtp_answers import BoundedSmtp
from brevgen.channels.mail.smtp_connection import NotNow, open_connection, reason, said, trust
from brevgen.channels.rate_limit import Clock, RateLimiter, Sleep
from brevgen.email_address import ascii_address
from brevgen.language import tr, untranslated
from brevgen.settings.mail import MailSettings

_ANY_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT_AT_START = re.compile(rb"^\.", re.MULTILINE)
_STATUS = re.compile(rb"5\.[0-9]{1,3}\.[0-9]{1,3}\b")
_ABOUT_THE_SENDER = re.compile(r"5\.7\.[0-9]+|5\.1\.[78]")
"""Security and policy, and the sender's own address (RFC 3463, sections 3.2 and 3.8)."""

_READY_WITH_REPORTS = untranslated(
    "{server} is ready: {encryption}, {login}, takes mail from {sender}; it offers delivery"
    " reports."
)
_READY = untranslated(
    "{server} is ready: {encryption}, {login}, takes mail from {sender}; it does not offer delivery"
    " reports."
)


class SmtpChannel(MailChannel):
    """Sends messages over one connection, which is made anew whenever it is lost.

    Args:
        settings: who the mail is from, and which server.
        password: the user's; empty where there is no user.
        folder: what the path of the authority's file is relative to.
        clock: tells seconds that only grow.
        sleep: waits so many seconds.
        redirect_to: the reader of a trial, who gets everything; empty for the true recipients.

    Raises:
        ChannelUnusable: the authority's file cannot be used.
    """

    def __init__(
        self,
        settings: MailSettings,
        password: str,
        *,
        folder: Path,
        clock: Clock,
        sleep: Sleep,
        redirect_to: str = "",
    ) -> None:
        super().__init__(settings, redirect_to)
        assert settings.smtp is not None, "without a server there is only the outbox"
        self._server = settings.smtp
        self._sender = ascii_address(settings.from_address)
        self._password = password
        self._context = trust(self._server, folder)
        self._limiter = RateLimiter(settings.rate_per_minute, clock, sleep)
        self._smtp: BoundedSmtp | None = None

    def __enter__(self) -> "SmtpChannel":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take leave of the server."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    def wait(self) -> None:
        """Wait until the next message may go."""
        self._limiter.wait()

    def hand_over(self, outgoing: Outgoing) -> Reply:
        """Hand one message over; over a new connection where the one in use was lost before it.

        Raises:
            ChannelUnusable: wrong host, certificate, password, or a server that takes no mail of
                this sender.
        """
        if self._smtp is not None:
            with suppress(NotNow):
                return self._try(outgoing)
        try:
            return self._try(outgoing)
        except NotNow as why:
            return Reply("failed for now", str(why))

    def test_connection(self) -> str:
        """Do all but send, the sender's address too; what was found, in a line.

        Raises:
            ChannelUnusable: no mail would get through now.
        """
        try:
            smtp = self._connection()
            if refusal := self._name_sender(smtp, ""):
                raise NotNow(words.TAKES_NO_MAIL_NOW, server=self._where, answer=refusal.words)
            code, reply = self._ask(smtp, "RSET")
            if code != 250:
                raise NotNow(words.NOT_READY, server=self._where, answer=said(code, reply))
        except NotNow as why:
            self._drop()
            raise ChannelUnusable(words.TRY_LATER, why=why) from why
        except ChannelUnusable:
            self._drop()
            raise
        version = getattr(smtp.sock, "version", lambda: tr("no encryption"))()
        user = self._server.user
        ready = _READY_WITH_REPORTS if smtp.has_extn("dsn") else _READY
        self.close()
        return tr(
            ready,
            server=self._where,
            encryption=version,
            login=tr("logged in as {user}", user=user) if user else tr("no login"),
            sender=self._sender,
        )

    @property
    def _where(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _connection(self) -> BoundedSmtp:
        if self._smtp is None:
            self._smtp = open_connection(self._server, self._password, self._context)
        return self._smtp

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    def _try(self, outgoing: Outgoing) -> Reply:
        """One try; what goes wrong in it leaves no connection behind in the middle of a message."""
        try:
            smtp = self._connection()
            return self._offer(smtp, outgoing) or self._send(smtp, outgoing)
        except BaseException:
            self._drop()
            raise

    def _offer(self, smtp: BoundedSmtp, outgoing: Outgoing) -> Reply | None:
        """Tell the server from whom and to whom; its refusal, or None if it waits for the message.

        Raises:
            NotNow: the connection is lost, or the server is about to close it.
            ChannelUnusable: the server takes no mail of this sender.
        """
        parameters, recipient = "", f"TO:<{outgoing.to}>"
        if smtp.has_extn("size"):
            parameters += f" SIZE={len(outgoing.data)}"
        if smtp.has_extn("dsn"):
            # a report when it fails or takes long, with the headers only, that names the message
            parameters += " RET=HDRS"
            envelope_id = xtext(outgoing.external_id.strip("<>"))
            if len(envelope_id) <= 100:  # RFC 3461, section 4.4
                parameters += f" ENVID={envelope_id}"
            recipient += f" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{xtext(outgoing.to)}"
        if refusal := self._name_sender(smtp, parameters):
            return refusal
        for command, argument, wanted in (("RCPT", recipient, 2), ("DATA", "", 3)):
            code, reply = self._ask(smtp, command, argument)
            if code // 100 != wanted:
                return self._refusal(smtp, code, reply)
        return None

    def _name_sender(self, smtp: BoundedSmtp, parameters: str) -> Reply | None:
        """Say who the mail is from; a “not now” of the server, or None if all is well.

        Raises:
            NotNow: the connection is lost, or the server is about to close it.
            ChannelUnusable: it takes no mail of this sender, whoever it is for.
        """
        code, reply = self._ask(smtp, "MAIL", f"FROM:<{self._sender}>{parameters}")
        if code // 100 == 2:
            return None
        if code == 530:  # RFC 4954, section 6, and RFC 3207, section 4
            raise ChannelUnusable(words.LOG_IN_FIRST, server=self._where, answer=said(code, reply))
        if code // 100 == 5:
            raise ChannelUnusable(
                words.NOT_FROM_US,
                server=self._where,
                sender=self._sender,
                answer=said(code, reply),
            )
        return self._refusal(smtp, code, reply)

    def _ask(self, smtp: BoundedSmtp, command: str, argument: str = "") -> tuple[int, bytes]:
        try:
            return smtp.docmd(command, argument)
        except (OSError, smtplib.SMTPException) as error:
            raise self._lost(words.LOST_BEFORE_MESSAGE, error) from error

    def _refusal(self, smtp: BoundedSmtp, code: int, reply: bytes) -> Reply:
        """What a refusal before the message means.

        Raises:
            NotNow: the server is about to close the connection, or makes no sense.
        """
        if code == 421 or code // 100 not in (4, 5):
            raise NotNow(words.ANSWERS, server=self._where, answer=said(code, reply))
        try:
            if smtp.rset()[0] != 250:  # so that the connection serves the next message
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()
        return as_refusal(code, reply)

    def _send(self, smtp: BoundedSmtp, outgoing: Outgoing) -> Reply:
        """Send the message itself.

        Raises:
            NotNow: the connection was lost, or the server spoke, before the end of the message.
        """
        try:
            smtp.send_within(as_data(outgoing.data), self._server.last_timeout)
            smtp.be_sure_of_silence()
        except (OSError, smtplib.SMTPException) as error:
            raise self._lost(words.LOST_WITHIN_MESSAGE, error) from error
        # the border: from here on the server may have the message, whatever we hear of it
        try:
            smtp.send(b".\r\n")
            code, reply = smtp.answer(self._server.last_timeout)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Reply("uncertain", str(self._lost(words.LOST_BEFORE_ANSWER, error)))
        if code == 421 or code // 100 not in (2, 4, 5):
            self._drop()
        if code // 100 == 2:
            return Reply("sent", said(code, reply))
        if code // 100 in (4, 5):
            return as_refusal(code, reply)
        answer = words.ANSWERS.format(server=self._where, answer=said(code, reply))
        return Reply("uncertain", answer)

    def _lost(self, message: str, error: Exception) -> NotNow:
        return NotNow(message, server=self._where, reason=reason(error))


def as_refusal(code: int, reply: bytes) -> Reply:
    """What a server's refusal (4xx or 5xx) of one message means.

    One that speaks of the sender is nobody's fault but ours: the recipient is not marked by it.
    """
    answer = said(code, reply)
    if code // 100 == 4:
        return Reply("failed for now", answer)
    status = found[0].decode("ascii") if (found := _STATUS.match(reply)) else ""
    kind = f"{code} {status}".strip()
    if code == 530 or _ABOUT_THE_SENDER.fullmatch(status):
        return Reply("failed for now", words.ABOUT_THE_SENDER.format(answer=answer), refusal=kind)
    return Reply("refused", answer, refusal=kind)


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
