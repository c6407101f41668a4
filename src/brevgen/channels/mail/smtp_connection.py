"""A connection to the mail server: found, made secret, logged in; or one clear line on why not.

What a person must mend is told apart from what may pass by itself.
"""

import base64
import smtplib
import socket
import ssl
from pathlib import Path

from brevgen.channels import words
from brevgen.channels.channel import ChannelUnusable
from brevgen.channels.mail.smtp_answers import BoundedSmtp, BoundedSmtpOverTls
from brevgen.characters import cleaned
from brevgen.settings.mail import SmtpSettings


class NotNow(Exception):
    """Nothing was handed over, and a later try may do better; the text says why, in a line.

    The text is English, as the ledger keeps it.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message.format(**values))


def said(code: int, reply: bytes) -> str:
    """A server's answer in one line: `550 5.1.1 No such user`; its words alone without a code."""
    line = _line(reply.decode("utf-8", "replace"))
    return f"{code} {line}".strip() if code >= 0 else line


def reason(error: Exception) -> str:
    """Why a connection came to its end, in a few words."""
    if isinstance(error, TimeoutError):
        return words.NO_ANSWER_IN_TIME
    text = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return _line(text).rstrip(".") or type(error).__name__


def _line(text: str) -> str:
    return " ".join(cleaned(text, 300).split())


def trust(settings: SmtpSettings, folder: Path) -> ssl.SSLContext:
    """Which certificates are trusted: those of the system, or of the one authority that is named.

    Raises:
        ChannelUnusable: the authority's file cannot be used.
    """
    path = folder / settings.ca_file if settings.ca_file else None
    try:
        return ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ChannelUnusable(words.BAD_AUTHORITY, file=path, reason=why) from error


def open_connection(settings: SmtpSettings, password: str, context: ssl.SSLContext) -> BoundedSmtp:
    """A connection that is ready for a message.

    Args:
        settings: which server.
        password: the user's; empty where there is no user.
        context: which certificates are trusted.

    Raises:
        ChannelUnusable: wrong host, certificate, password, or no such service there.
        NotNow: the server does not answer, or is busy.
    """
    smtp = _connected(settings, context)
    try:
        assert smtp.sock is not None, "it is connected"
        # the end of a message is a small packet of its own; it shall not wait for company
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _introduce(smtp, settings)
        if settings.tls == "starttls":
            _make_secret(smtp, settings, context)
            _introduce(smtp, settings)
        if settings.user:
            _log_in(smtp, settings, password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _connected(settings: SmtpSettings, context: ssl.SSLContext) -> BoundedSmtp:
    host, port, timeout = settings.host, settings.port, settings.timeout
    own_name = "localhost"  # without one smtplib would look it up in the network
    try:
        if settings.tls == "tls":
            return BoundedSmtpOverTls(host, port, own_name, timeout=timeout, context=context)
        return BoundedSmtp(host, port, own_name, timeout)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise NotNow(words.NAME_NOT_FOUND_NOW, host=host) from error
        raise ChannelUnusable(words.NO_SERVER, host=host) from error
    except ssl.SSLError as error:
        raise _tls_failure(error, settings) from error
    except smtplib.SMTPConnectError as error:
        raise _turned_away(
            settings, words.TAKES_NO_MAIL, error.smtp_code, error.smtp_error
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotNow(words.NO_ANSWER, server=_server(settings), reason=reason(error)) from error


def _introduce(smtp: BoundedSmtp, settings: SmtpSettings) -> None:
    """Say who we are (EHLO), by name if this machine has a full one, else by its address."""
    name = socket.gethostname()
    if "." not in name or not name.isascii():
        assert smtp.sock is not None, "it is connected"
        address = smtp.sock.getsockname()[0]
        name = f"[IPv6:{address}]" if ":" in address else f"[{address}]"
    try:
        code, reply = smtp.ehlo(name)
    except (OSError, smtplib.SMTPException) as error:
        raise _cut(settings, error) from error
    if code != 250:
        raise _turned_away(settings, words.TAKES_NO_GREETING, code, reply)


def _make_secret(smtp: BoundedSmtp, settings: SmtpSettings, context: ssl.SSLContext) -> None:
    try:
        code, reply = smtp.starttls(context=context)
    except smtplib.SMTPNotSupportedError as error:
        raise ChannelUnusable(words.NO_STARTTLS, host=settings.host, port=settings.port) from error
    except ssl.SSLError as error:
        raise _tls_failure(error, settings) from error
    except smtplib.SMTPResponseException as error:
        raise _turned_away(
            settings, words.BEGINS_NO_TLS, error.smtp_code, error.smtp_error
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise _cut(settings, error) from error
    if code != 220:
        raise _turned_away(settings, words.BEGINS_NO_TLS, code, reply)


def _log_in(smtp: BoundedSmtp, settings: SmtpSettings, password: str) -> None:
    """Log in by PLAIN (RFC 4616) or LOGIN; smtplib itself knows only ASCII passwords."""
    if not isinstance(smtp.sock, ssl.SSLSocket):
        raise ChannelUnusable(words.NO_PLAIN_PASSWORD)
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    user = settings.user
    if "PLAIN" in offered:
        steps = [f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}"]
    elif "LOGIN" in offered:
        steps = ["AUTH LOGIN", _base64(user), _base64(password)]
    else:
        raise ChannelUnusable(words.NO_LOG_IN, host=settings.host)
    code, reply = 334, b""
    for step in steps:
        if code != 334:
            break
        try:
            code, reply = smtp.docmd(step)
        except (OSError, smtplib.SMTPException) as error:
            raise _cut(settings, error) from error
    if code == 235:
        return
    # a server could quote what it was given
    secrets = (password, *(step.rpartition(" ")[2] for step in steps[-1:]))
    if any(secret and secret in said(code, reply) for secret in secrets):
        reply = b""
    raise _turned_away(settings, words.WRONG_PASSWORD, code, reply, user=user)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _turned_away(
    settings: SmtpSettings, what: str, code: int, reply: bytes | str, **values: str
) -> NotNow | ChannelUnusable:
    """What to raise for an answer that is not the wanted one."""
    answer = said(code, reply if isinstance(reply, bytes) else reply.encode())
    kind = ChannelUnusable if code // 100 == 5 else NotNow
    return kind(what, server=_server(settings), answer=answer, **values)


def _tls_failure(error: ssl.SSLError, settings: SmtpSettings) -> NotNow | ChannelUnusable:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message.rstrip(".")
        return ChannelUnusable(words.BAD_CERTIFICATE, host=settings.host, reason=why)
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return _cut(settings, error)
    why = (error.reason or str(error)).replace("_", " ").lower()
    return ChannelUnusable(words.NO_TLS, host=settings.host, port=settings.port, reason=why)


def _cut(settings: SmtpSettings, error: Exception) -> NotNow:
    return NotNow(words.LOST, server=_server(settings), reason=reason(error))


def _server(settings: SmtpSettings) -> str:
    return f"{settings.host}:{settings.port}"
