"""What we ask SvarUt and Maskinporten: one method for each question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from brevgen.channels import words
from brevgen.channels.channel import ChannelUnusable
from brevgen.channels.svarut.exchange import (
    BadCertificate,
    Exchange,
    HttpAnswer,
    NoAnswer,
    Part,
    Question,
)
from brevgen.channels.svarut.forsendelse import Forsendelse
from brevgen.channels.svarut.token import Tokens
from brevgen.language import untranslated
from brevgen.settings.svarut import SvarUtSettings

MOST_AT_ONCE = 100
"""How many letters' states are asked for in one question."""

NO_TOKEN = untranslated(
    "Maskinporten gives no token: {answer}. See client, key and key_id in [channels.svarut], and"
    " whether the client has the scope ks:fiks there."
)
NOT_LET_IN = untranslated(
    "SvarUt does not let us in: {answer}. See account, integration and its password in"
    " [channels.svarut], and environment."
)
BAD_CERTIFICATE = untranslated(
    "The certificate of {server} will not do: {reason}. See url and ca_file in [channels.svarut]."
)
NO_SUCH_ANSWER = untranslated("{server} gives an answer that it never should: {answer}")


_ID = re.compile(r"[\w.:-]{1,100}")
_LONGEST_TOKEN = 24 * 60 * 60


def is_id(told: object) -> bool:
    """Whether what SvarUt tells may be the id of a letter; it is kept, and asked about again."""
    return isinstance(told, str) and _ID.fullmatch(told) is not None


class Service:
    """SvarUt, as one account there.

    Args:
        settings: which account, and where.
        password: the integration's.
        tokens: gives the token, or gets a new one.
        exchange: asks; whoever gives it closes it.
    """

    def __init__(
        self, settings: SvarUtSettings, password: str, tokens: Tokens, exchange: Exchange
    ) -> None:
        self._settings, self._password = settings, password
        self._tokens, self._exchange = tokens, exchange
        self.server = settings.service.split("/")[2]

    def close(self) -> None:
        """Let go of what was needed to ask; it may be used again."""
        self._exchange.close()

    def send(self, forsendelse: Forsendelse) -> HttpAnswer:
        """Hand a letter over, once.

        Raises:
            NoAnswer: there was no whole answer; only where it says so the letter may have come.
            ChannelUnusable: no letter would get through; this one surely has not come.
        """
        self._get_token()  # what fails here fails before the letter leaves
        parts = [Part("forsendelse", "application/json", forsendelse.data)]
        parts += [
            Part(f"filer_{number}", each.mime_type, each.data, each.name)
            for number, each in enumerate(forsendelse.files)
        ]
        path = f"/v3/kontoer/{self._settings.account}/forsendelser/organisasjon"
        return self._ask("POST", path, parts=parts, deadline=self._settings.last_timeout)

    def ids_of(self, external_reference: str) -> list[str]:
        """The ids of all letters that were taken with our reference, the first first.

        Raises:
            NoAnswer, ChannelUnusable: it cannot be told.
        """
        path = f"/v2/kontoer/{self._settings.account}/forsendelser"
        told = self._told("GET", path, query={"eksternRef": external_reference})
        found = told.get("forsendelseIds")
        if not isinstance(found, list) or not all(map(is_id, found)):
            raise NoAnswer(self._odd("200"), may_have_come=False)
        return found

    def states_of(self, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Where letters stand: SvarUt's state, and when it came to be so, by id.

        Raises:
            NoAnswer, ChannelUnusable: it cannot be told.
        """
        states: dict[str, tuple[str, str]] = {}
        path = f"/v3/kontoer/{self._settings.account}/forsendelser/status/sok"
        for begin in range(0, len(ids), MOST_AT_ONCE):
            some = list(ids[begin : begin + MOST_AT_ONCE])
            told = self._told("POST", path, json={"id": some})
            for each in _listed(told, "statuser"):
                if isinstance(each, dict) and each.get("id") in some:
                    state = str(each.get("status", ""))
                    states[each["id"]] = (state, str(each.get("sisteStatusEndring", "")))
        return states

    def systems_of(self, organisation_number: str) -> list[str]:
        """The names of the systems that fetch a receiver's letters; none: Altinn's inbox, paper.

        Raises:
            NoAnswer, ChannelUnusable: it cannot be told.
        """
        query = {"organisasjonsnummer": organisation_number}
        told = self._told("GET", "/v2/mottakersystem", query=query)
        systems = _listed(told, "mottakersystemer")
        return [str(each.get("navn", "")) for each in systems if isinstance(each, dict)]

    def _told(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self._ask(method, path, deadline=self._settings.timeout, **more)
        if answer.status != 200 or not answer.told:
            raise NoAnswer(self._odd(answer.words), may_have_come=False)
        return answer.told

    def _odd(self, answer: str) -> str:
        return NO_SUCH_ANSWER.format(server=self.server, answer=answer)

    def _ask(self, method: str, path: str, **more: Any) -> HttpAnswer:
        for is_last in (False, True):
            headers = {
                "Authorization": f"Bearer {self._get_token()}",
                "IntegrasjonId": self._settings.integration,
                "IntegrasjonPassord": self._password,
            }
            url = self._settings.service + path
            answer = self._exchanged(Question(method, url, headers=headers, **more))
            if answer.status not in (401, 403):
                return answer
            self._tokens.forget()  # it may have been taken back before its time
            if is_last or answer.status == 403:
                break
        raise ChannelUnusable(NOT_LET_IN, answer=answer.words)

    def _get_token(self) -> str:
        if self._tokens.token:
            return self._tokens.token
        question = Question(
            "POST",
            self._settings.token_address,
            fields=self._tokens.grant(),
            deadline=self._settings.timeout,
        )
        try:
            answer = self._exchanged(question)
        except NoAnswer as none:
            raise NoAnswer(none.words, may_have_come=False) from none  # no letter is on its way
        told: Mapping[str, Any] = answer.told if answer.status == 200 else {}
        token, seconds = told.get("access_token"), told.get("expires_in")
        if isinstance(token, str) and token.isascii() and token.isprintable():
            self._tokens.keep(token, _within_a_day(seconds))
            return token
        if answer.status == 429 or answer.status >= 500:
            why = words.ANSWERS.format(server="Maskinporten", answer=answer.words)
            raise NoAnswer(why, may_have_come=False)
        raise ChannelUnusable(NO_TOKEN, answer=answer.words)

    def _exchanged(self, question: Question) -> HttpAnswer:
        try:
            answer = self._exchange.ask(question)
        except BadCertificate as error:
            server = question.url.split("/")[2]
            raise ChannelUnusable(BAD_CERTIFICATE, server=server, reason=error.words) from error
        token = question.headers.get("Authorization", "").removeprefix("Bearer ")
        secrets = (token, self._password, question.fields.get("assertion", ""))
        return replace(answer, secrets=tuple(filter(None, secrets)))


def _listed(told: Mapping[str, Any], key: str) -> list[Any]:
    found = told.get(key)
    return found if isinstance(found, list) else []


def _within_a_day(seconds: object) -> int:
    return max(0, min(seconds, _LONGEST_TOKEN)) if isinstance(seconds, int) else 0
