"""A real mail server on the loopback that keeps what it takes, and does wrong where it is told.

What it does step by step can be watched from outside: to count, to hold it, to kill its client just
then.
"""

import asyncio
import ssl
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.mail_servers import DROP, HANG

USER, PASSWORD = "brevgen", "pæss=word 1"

Watch = Callable[[str, str], Awaitable[str]]
"""Is told a step and for whom it is; says what to answer, DROP, HANG, or nothing for a good answer.

The steps of a message: `RCPT`; `body`, its first line has come; `end`, all of it has come; `kept`,
it lies in the mailbox and only the answer is missing. A connection begins with `EHLO`.
"""


@dataclass(frozen=True)
class Arrived:
    """A message the server took, and how it came."""

    sender: str
    to: tuple[str, ...]
    data: bytes
    is_secret: bool
    user: str


async def _well(step: str, address: str) -> str:
    return ""


class Script:
    """Gives answers once each, and good ones after that.

    Args:
        *answers: a step, and what to answer there, whoever it is for.
        **to: by step, the answers for single addresses.
    """

    def __init__(
        self, *answers: tuple[str, Iterable[str]], **to: Mapping[str, Iterable[str]]
    ) -> None:
        self._answers = {(step, ""): list(those) for step, those in answers}
        for step, addresses in to.items():
            for address, those in addresses.items():
                self._answers[step, address] = list(those)

    async def __call__(self, step: str, address: str) -> str:
        waiting = self._answers.get((step, address)) or self._answers.get((step, ""))
        return waiting.pop(0) if waiting else ""

    @property
    def is_used_up(self) -> bool:
        """Whether every answer was given; else the test has not tried what it means to try."""
        return not any(self._answers.values())


class PostOffice:
    """The server; use it in a `with`.

    Args:
        tls: its certificate and key; without them it offers neither STARTTLS nor a login.
        watch: what to do at each step.
        password: what the one user has to say.
    """

    def __init__(
        self, tls: ssl.SSLContext | None = None, watch: Watch = _well, password: str = PASSWORD
    ) -> None:
        self.mailbox: list[Arrived] = []
        self.watch = watch
        self.connections = 0
        self._password = password
        self._open: set[_Conversation] = set()
        self._controller = _Controller(self, tls)

    def __enter__(self) -> "PostOffice":
        self._controller.start()
        self.connections = 0  # aiosmtpd has made one to see whether it works
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.loop.call_soon_threadsafe(self._hang_up)
        self.wait_until_quiet()
        self._controller.stop()

    def _hang_up(self) -> None:
        for each in list(self._open):
            if each.transport is not None:
                each.transport.abort()  # type: ignore[attr-defined]

    @property
    def port(self) -> int:
        return self._controller.port

    def wait_until_quiet(self) -> None:
        """Wait until nobody is connected any more, so that the mailbox will not change."""
        until = time.monotonic() + 30
        while self._open:
            assert time.monotonic() < until, "somebody is still connected"
            time.sleep(0.002)

    # -- what aiosmtpd asks -----------------------------------------------------------------------

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        good = (data.login, data.password) == (USER.encode(), self._password.encode())
        return AuthResult(success=good, handled=False, auth_data=data.login.decode())

    async def handle_EHLO(  # noqa: N802
        self,
        server: "_Conversation",
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        answer = await self._told(server, "EHLO", "")
        return [answer] if answer else responses

    async def handle_RCPT(  # noqa: N802
        self,
        server: "_Conversation",
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if answer := await self._told(server, "RCPT", address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(  # noqa: N802
        self, server: "_Conversation", session: Session, envelope: Envelope
    ) -> str:
        to = ", ".join(envelope.rcpt_tos)
        if answer := await self._told(server, "end", to):
            return answer
        assert isinstance(envelope.original_content, bytes)
        self.mailbox.append(
            Arrived(
                str(envelope.mail_from),
                tuple(envelope.rcpt_tos),
                envelope.original_content,
                session.ssl is not None,
                str(session.auth_data or ""),
            )
        )
        return await self._told(server, "kept", to) or "250 2.0.0 queued as 4711"

    async def _told(self, server: "_Conversation", step: str, address: str) -> str:
        """What to answer; never returns where the connection ends here."""
        answer = await self.watch(step, address)
        if answer in (DROP, HANG) or answer.startswith("421"):
            assert server.transport is not None
            if answer == DROP:
                server.transport.abort()  # type: ignore[attr-defined]
            elif answer != HANG:
                await server.push(answer)
                server.transport.close()
            await asyncio.Event().wait()  # until the connection is lost
        return answer


class _Conversation(SMTP):
    """One connection."""

    def __init__(self, office: PostOffice, **options: Any) -> None:
        super().__init__(office, **options)
        self._office = office

    async def _handle_client(self) -> None:
        self._office._open.add(self)
        self._office.connections += 1
        try:
            await super()._handle_client()
        finally:
            self._office._open.discard(self)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        assert self.envelope is not None
        to = ", ".join(self.envelope.rcpt_tos)
        answer = await self._office.watch("body", to)
        if answer:
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            assert self.transport is not None
            if answer == DROP:
                self.transport.abort()  # type: ignore[attr-defined]
            await asyncio.Event().wait()
        await super().smtp_DATA(arg)


class _Controller(Controller):
    """Listens on any port that is free."""

    def __init__(self, office: PostOffice, tls: ssl.SSLContext | None) -> None:
        self._office = office
        options: dict[str, Any] = {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
        }
        super().__init__(
            office,
            hostname="127.0.0.1",
            port=0,
            authenticator=office.authenticate,
            **(options if tls is not None else {}),
        )

    def factory(self) -> SMTP:
        return _Conversation(self._office, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Counting:
    """Does well; lets others wait until a step was seen so often, or hold the server at one."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._held_at = ("", 0)
        self._stands = False

    async def __call__(self, step: str, address: str) -> str:
        with self._changed:
            self._seen[step] += 1
            here = (step, self._seen[step])
            self._stands = self._held_at == here
            self._changed.notify_all()
        while self._held_at == here:
            await asyncio.sleep(0.005)
        return ""

    def hold(self, step: str, *, at: int = 1) -> None:
        """Let the server come no further than to a step, when it comes there the so manieth time.

        It stands there until it is let go, or the connection is lost.
        """
        self._held_at = (step, at)

    def release(self) -> None:
        """Let the server go on."""
        self._held_at = ("", 0)

    def wait_for(self, step: str) -> None:
        """Wait until a step was seen."""
        self._wait(lambda: self._seen[step] > 0)

    def wait_for_standstill(self) -> None:
        """Wait until the server stands where it is held."""
        self._wait(lambda: self._stands)

    def _wait(self, until: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(until, timeout=60)
