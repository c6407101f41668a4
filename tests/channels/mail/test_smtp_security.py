"""Who the server is, and who we are: certificates and passwords, against a real server with TLS."""

import asyncio
import base64
import contextlib
import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from brevgen.channels.channel import ChannelUnusable
from brevgen.channels.mail.smtp import SmtpChannel
from tests.channels.mail.mail_samples import mail, mail_settings, outgoing, smtp_settings
from tests.support.mail_servers import Authority, ScriptedServer

# the server does not know that it speaks TLS where it does so from the start
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

USER, PASSWORD = "brevgen", "pæss=word 1"


class Inbox:
    """Keeps what arrives, and how."""

    def __init__(self) -> None:
        self.arrived: list[tuple[bytes, bool]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.original_content, bytes)
        self.arrived.append((envelope.original_content, session.authenticated is True))
        return "250 OK"


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


class _Controller(Controller):
    """Listens on any port that is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def server(
    tls: ssl.SSLContext, *, implicit: bool = False, **options: object
) -> Iterator[tuple[Inbox, int]]:
    """A real mail server with TLS that lets one user in; its inbox and its port."""
    inbox = Inbox()
    how = {"ssl_context": tls} if implicit else {"tls_context": tls, "require_starttls": True}
    controller = _Controller(
        inbox,
        hostname="127.0.0.1",
        port=0,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=not implicit,
        **{**how, **options},  # type: ignore[arg-type]
    )
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        controller.stop()


def channel(
    port: int, authority: Authority, *, password: str = PASSWORD, **changes: object
) -> SmtpChannel:
    keys = {"host": "localhost", "tls": "starttls", "user": USER, "ca_file": "ca.pem", **changes}
    return SmtpChannel(
        mail_settings(smtp=smtp_settings(port, **keys)),
        password,
        folder=authority.folder,
        clock=lambda: 0.0,
        sleep=lambda seconds: None,
    )


def refusal(port: int, authority: Authority, **changes: object) -> str:
    """Why nothing goes out, which must be one line."""
    with channel(port, authority, **changes) as way:  # type: ignore[arg-type]
        with pytest.raises(ChannelUnusable) as sending:
            way.hand_over(outgoing())
        with pytest.raises(ChannelUnusable) as trying:
            way.test_connection()
    assert str(sending.value) == str(trying.value)
    assert "\n" not in str(sending.value)
    return str(sending.value)


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("excluded", [[], ["PLAIN"]])
def test_a_letter_goes_encrypted_to_the_right_server(
    authority: Authority, implicit: bool, excluded: list[str]
) -> None:
    message = mail().outgoing()
    tls = "tls" if implicit else "starttls"
    with (
        server(authority.server(), implicit=implicit, auth_exclude_mechanism=excluded) as (
            inbox,
            port,
        ),
        channel(port, authority, tls=tls) as way,
    ):
        assert re.fullmatch(
            rf"localhost:{port} is ready: TLSv1\.[23], logged in as brevgen,"
            r" takes mail from post@imdi\.example; it does not offer delivery reports\.",
            way.test_connection(),
        )
        assert [way.hand_over(message).state for _ in range(2)] == ["sent", "sent"]
    assert inbox.arrived == [(message.data, True)] * 2


# -- who the server is ----------------------------------------------------------------------------


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ({"host": "other.example"}, "Hostname mismatch, certificate is not valid for 'localhost'"),
        ({"expired": True}, "certificate has expired"),
    ],
)
def test_a_wrong_certificate_stops_everything(
    authority: Authority, implicit: bool, certificate: dict[str, object], words: str
) -> None:
    context = authority.server(**certificate)  # type: ignore[arg-type]
    tls = "tls" if implicit else "starttls"
    with server(context, implicit=implicit) as (inbox, port):
        line = refusal(port, authority, tls=tls)
    assert line == (
        f"The certificate of localhost will not do: {words}."
        " See mail.smtp.host and ca_file in brevgen.toml."
    )
    assert inbox.arrived == []


def test_an_authority_that_nobody_vouches_for_is_not_trusted(authority: Authority) -> None:
    with server(authority.server()) as (_, port):
        assert "will not do: unable to get local issuer" in refusal(port, authority, ca_file="")


def test_the_password_waits_for_the_certificate(authority: Authority) -> None:
    with ScriptedServer(offers=["AUTH PLAIN"], tls=authority.server("other.example")) as wrong:
        refusal(wrong.port, authority, tls="tls")
    assert wrong.commands == []


def test_without_starttls_nothing_goes_out(authority: Authority) -> None:
    with ScriptedServer(offers=["AUTH PLAIN LOGIN"]) as plain:
        line = refusal(plain.port, authority)
    assert line.startswith(f"localhost offers no STARTTLS on port {plain.port}, and mail never")
    assert {command.split(" ")[0] for command in plain.commands} == {"EHLO"}


def test_a_port_that_speaks_no_tls_is_told(authority: Authority) -> None:
    with ScriptedServer() as plain:
        assert "does not speak TLS on port" in refusal(plain.port, authority, tls="tls")


def test_words_slipped_in_before_tls_do_not_count_after_it(authority: Authority) -> None:
    slipped_in = "220 begin\r\n250-evil.example\r\n250 AUTH LOGIN"
    server = ScriptedServer(
        {"STARTTLS": [slipped_in]},
        offers=["STARTTLS", "AUTH PLAIN"],
        starttls=authority.server(),
    )
    with server, channel(server.port, authority) as way:
        assert way.hand_over(outgoing()).state == "sent"
    assert [command.split(" ")[0] for command in server.commands[:4]] == [
        *("EHLO", "STARTTLS", "EHLO", "AUTH"),
    ]
    assert server.commands[3].startswith("AUTH PLAIN ")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_is_no_file_of_certificates_is_told_at_once(
    authority: Authority, content: str | None
) -> None:
    if content:
        (authority.folder / "wrong.pem").write_text(content)
    with pytest.raises(ChannelUnusable, match=r"cannot be used as mail\.smtp\.ca_file"):
        channel(25, authority, ca_file="wrong.pem" if content else "gone.pem")


# -- who we are -----------------------------------------------------------------------------------


@pytest.mark.parametrize("excluded", [[], ["PLAIN"]])
def test_a_wrong_password_stops_everything_and_is_shown_nowhere(
    authority: Authority, excluded: list[str]
) -> None:
    with server(authority.server(), auth_exclude_mechanism=excluded) as (inbox, port):
        line = refusal(port, authority, password="hunter2")
    assert line == (
        f"localhost:{port} does not let brevgen in with this password:"
        " 535 5.7.8 Authentication credentials invalid"
    )
    assert inbox.arrived == []


def test_a_login_the_server_cannot_check_now_is_not_now(authority: Authority) -> None:
    busy = ScriptedServer(
        {"AUTH": ["454 4.7.0 later"]}, offers=["AUTH PLAIN"], tls=authority.server()
    )
    with busy, channel(busy.port, authority, tls="tls") as way:
        reply = way.hand_over(outgoing(1))
        assert reply.state == "failed for now"
        assert reply.words.endswith("454 4.7.0 later")
        assert way.hand_over(outgoing(2)).state == "sent"


def test_a_server_that_quotes_the_password_is_not_quoted(authority: Authority) -> None:
    told = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
    for words in (told, f"bad AUTH PLAIN {told}", PASSWORD):
        with ScriptedServer(
            {"AUTH": [f"535 {words}"] * 2}, offers=["AUTH PLAIN"], tls=authority.server()
        ) as chatty:
            line = refusal(chatty.port, authority, tls="tls")
        assert line.endswith("does not let brevgen in with this password: 535")


def test_a_way_to_log_in_that_needs_no_password_is_told(authority: Authority) -> None:
    with ScriptedServer(offers=["AUTH GSSAPI"], tls=authority.server()) as odd:
        assert "no way to log in with a password" in refusal(odd.port, authority, tls="tls")
    assert not any(command.startswith("AUTH") for command in odd.commands)


def test_no_password_goes_over_a_plain_connection() -> None:
    # settings forbid it; this is what stands behind them
    with ScriptedServer(offers=["AUTH PLAIN LOGIN"]) as server:
        way = SmtpChannel(
            mail_settings().model_copy(
                update={"smtp": smtp_settings(server.port).model_copy(update={"user": USER})}
            ),
            PASSWORD,
            folder=Path("/nowhere"),
            clock=lambda: 0.0,
            sleep=lambda seconds: None,
        )
        with way, pytest.raises(ChannelUnusable, match="never goes over a plain connection"):
            way.hand_over(outgoing())
    assert not any(command.startswith("AUTH") for command in server.commands)
