"""One question to a server over HTTPS and its whole answer, bounded in time and size.

aiohttp does the speaking: it is pinned already, for the seal's time stamps. It has what matters
here: one deadline over a whole exchange, no proxy or password taken from the environment unless
asked for, no redirect followed, no POST sent a second time behind our back, and forms with parts in
our order.
"""

import asyncio
import json
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from brevgen.channels import words
from brevgen.characters import cleaned
from brevgen.files import MEGABYTE

LARGEST_ANSWER = 4 * MEGABYTE
"""Bytes of an answer; the states of a hundred letters have some 20 kB."""

_LONGEST_WORDS = 300


@dataclass(frozen=True)
class Part:
    """One part of a form, in the order in which it is sent.

    Args:
        name: the field's.
        mime_type: of its data.
        data: what it holds.
        file_name: empty where it is no file.
    """

    name: str
    mime_type: str
    data: bytes = field(repr=False)
    file_name: str = ""


@dataclass(frozen=True)
class Question:
    """What is asked.

    Args:
        method: GET or POST.
        url: of whom.
        headers: besides the usual.
        query: the query's keys.
        json: to be sent as JSON.
        fields: to be sent as the fields of a form.
        parts: to be sent as a form of several parts.
        deadline: seconds until the whole answer must be there.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    parts: Sequence[Part] = ()
    deadline: float = 60


@dataclass(frozen=True)
class HttpAnswer:
    """What a server has answered.

    Args:
        status: of HTTP.
        headers: by name in small letters.
        body: whole.
        secrets: what was told the server alone, and is told nobody else should it say it again.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: Sequence[str] = field(default=(), repr=False)

    @property
    def told(self) -> dict[str, Any]:
        """The JSON object that it is; empty where it is something else."""
        try:
            told = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}

    @property
    def words(self) -> str:
        """Its status and the server's own words, in one line: `400 digitalId is not valid`."""
        said = map(self.said, ("errorCode", "error", "message", "error_description"))
        return " ".join([str(self.status), *filter(None, said)])[:_LONGEST_WORDS]

    def said(self, key: str) -> str:
        """What it says under a key, in one line and without secrets; empty where nothing."""
        text = str(self.told.get(key) or "")
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return cleaned(text)

    @property
    def retry_after(self) -> float:
        """How many seconds it asks us to wait; 0 where it does not say."""
        asked = self.headers.get("retry-after", "").strip()
        return float(asked) if asked.isdecimal() and len(asked) < 7 else 0.0


class NoAnswer(Exception):
    """There was no whole answer.

    Args:
        words: why, in English, as for `words.shown`.
        may_have_come: whether the question may have reached the server all the same.
    """

    def __init__(self, words: str, *, may_have_come: bool) -> None:
        super().__init__(words)
        self.words, self.may_have_come = words, may_have_come


class BadCertificate(NoAnswer):
    """The server is not who it should be; nothing was said to it."""


class Exchange:
    """Asks servers; use it in a `with`.

    Args:
        trust: whom to trust.
    """

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._trust = trust
        self._runner: asyncio.Runner | None = None

    def __enter__(self) -> "Exchange":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what was needed to ask; it may be used again."""
        if self._runner is not None:
            self._runner.close()
            self._runner = None

    def ask(self, question: Question) -> HttpAnswer:
        """The answer to a question.

        Raises:
            NoAnswer: there was no whole one in time.
        """
        if self._runner is None:
            self._runner = asyncio.Runner()
        try:
            return self._runner.run(self._ask(question))
        except aiohttp.ClientConnectorCertificateError as error:
            why = cleaned(str(error.certificate_error))
            raise BadCertificate(why, may_have_come=False) from error
        except aiohttp.ClientConnectorError as error:
            number = error.errno or 0  # asyncio says more, with the address once again
            reason = os.strerror(number) if number > 0 else cleaned(str(error.strerror or error))
            told = words.NO_ANSWER.format(server=error.host, reason=reason)
            raise NoAnswer(told, may_have_come=False) from error
        except TimeoutError as error:
            raise _lost(question, words.NO_ANSWER_IN_TIME) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise _lost(question, cleaned(why) or words.CLOSED_BY_IT) from error

    async def _ask(self, question: Question) -> HttpAnswer:
        # a connection for each question: a kept one may be gone just when a letter is on it
        connector = aiohttp.TCPConnector(ssl=self._trust, force_close=True)
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=question.deadline),
                auto_decompress=False,  # what is small on the way stays small here
                trust_env=False,
            ) as session,
            session.request(
                question.method,
                question.url,
                params=dict(question.query),
                headers={
                    "Accept": "application/json",
                    "User-Agent": "brevgen",
                    "Accept-Encoding": "identity",
                    **question.headers,
                },
                allow_redirects=False,
                **_body(question),
            ) as response,
        ):
            body = await _bounded(response)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return HttpAnswer(response.status, headers, body)


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_chunked(64 * 1024):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise ValueError(words.NO_END)
    return bytes(body)


def _body(question: Question) -> dict[str, Any]:
    if question.parts:
        # names of files are of ASCII alone, and stand there as they are
        form = aiohttp.FormData(quote_fields=False)
        for each in question.parts:
            name = each.file_name or None
            data = each.data if name else each.data.decode()  # bytes alone are a file for aiohttp
            form.add_field(each.name, data, content_type=each.mime_type, filename=name)
        return {"data": form}
    if question.fields:
        return {"data": dict(question.fields)}
    return {} if question.json is None else {"json": question.json}


def _lost(question: Question, why: str) -> NoAnswer:
    server = question.url.split("/")[2]
    return NoAnswer(words.LOST.format(server=server, reason=why), may_have_come=True)
