"""KS SvarUt as a way out: one letter per municipality, by organisation number.

SvarUt knows no key that makes a second attempt harmless. So the reference that a letter bears
outside is looked up before every attempt, and after every one whose end is not known: what is found
there was sent, what is not found was not, and only where nobody answers it stays uncertain.
"""

from collections.abc import Iterable, Sequence

from brevgen.channels import words
from brevgen.channels.channel import (
    ChannelUnusable,
    Consignment,
    HandedOver,
    Outgoing,
    Reply,
)
from brevgen.channels.rate_limit import Clock, Sleep
from brevgen.channels.svarut.exchange import HttpAnswer, NoAnswer
from brevgen.channels.svarut.forsendelse import Forsendelse, NumbersOf, forsendelse, no_numbers
from brevgen.channels.svarut.service import Service, is_id
from brevgen.channels.svarut.states import meaning_of, words_of
from brevgen.language import tr, untranslated
from brevgen.settings.svarut import SvarUtSettings

PAUSES = (0.0, 5.0, 20.0)
"""Seconds before each time that a letter is looked up whose end is not known."""

LONGEST_WAIT = 300.0
"""Seconds that SvarUt may make us wait."""

TAKEN = untranslated("taken by SvarUt")
FOUND = untranslated("found at SvarUt")
NOT_FOUND = untranslated("not found at SvarUt: {why}")
NOT_THERE = untranslated("it was cut off and is not found at SvarUt")
NOT_KNOWN = untranslated("{why} Whether it came could not be asked: {reason}")
NOT_TAKEN_NOW = untranslated("SvarUt does not take it now: {answer}")
NO_ID = untranslated("SvarUt answers without telling whether it took it: {answer}")


class SvarUtChannel:
    """Hands letters to SvarUt; use it in a `with`.

    Args:
        settings: which account, and how long to wait.
        service: what is asked.
        round_name: whose letters; keeps them together at SvarUt.
        numbers_of: the archive's numbers of a letter.
        clock: tells seconds that only grow.
        sleep: waits so many seconds.
    """

    name = "svarut"

    def __init__(
        self,
        settings: SvarUtSettings,
        service: Service,
        *,
        round_name: str,
        numbers_of: NumbersOf = no_numbers,
        clock: Clock,
        sleep: Sleep,
    ) -> None:
        self._settings, self._service = settings, service
        self._round_name, self._numbers_of = round_name, numbers_of
        self._clock, self._sleep = clock, sleep
        self._not_before = 0.0

    def __enter__(self) -> "SvarUtChannel":
        return self

    def __exit__(self, *_: object) -> None:
        self._service.close()

    def prepare(self, consignment: Consignment) -> Forsendelse:
        """The letter as SvarUt wants it.

        Raises:
            Unsendable: something in it is longer than SvarUt takes.
        """
        return forsendelse(
            consignment,
            round_name=self._round_name,
            accounting_code=self._settings.accounting_code,
            numbers_of=self._numbers_of,
        )

    def wait(self) -> None:
        """Wait as long as SvarUt has asked us to."""
        left = self._not_before - self._clock()
        if left > 0:
            self._sleep(left)

    def hand_over(self, outgoing: Outgoing) -> Reply:
        """Hand one letter over, unless it is there already.

        Raises:
            ChannelUnusable: no letter would get through; this one was not handed over.
        """
        assert isinstance(outgoing, Forsendelse), "prepared by this channel"
        try:
            if there := self._find(outgoing.external_id):
                return Reply("sent", FOUND, there)
        except NoAnswer as none:
            return Reply("failed for now", none.words)
        try:
            answer = self._service.send(outgoing)
        except NoAnswer as none:
            if not none.may_have_come:
                return Reply("failed for now", none.words)
            return self._after_a_break(outgoing.external_id, none.words)
        return self._reply_to(answer, outgoing.external_id)

    def _reply_to(self, answer: HttpAnswer, reference: str) -> Reply:
        told_id = answer.told.get("id")
        if answer.status == 200 and is_id(told_id):
            return Reply("sent", TAKEN, str(told_id))
        self._not_before = self._clock() + min(answer.retry_after, LONGEST_WAIT)
        if answer.status == 429:
            return Reply("failed for now", NOT_TAKEN_NOW.format(answer=answer.words))
        if 400 <= answer.status < 500 and answer.status != 408:
            code = answer.said("errorCode") or answer.said("error")
            return Reply("refused", answer.words, refusal=f"{answer.status} {code}".strip()[:100])
        return self._after_a_break(reference, NO_ID.format(answer=answer.words))

    def _after_a_break(self, reference: str, why: str) -> Reply:
        """What became of a letter of which it is not known whether it came."""
        self._sleep(self._settings.trusted_after)
        reason = ""
        for pause in PAUSES:
            self._sleep(pause)
            try:
                there = self._find(reference)
            except NoAnswer as none:
                reason = none.words
            except ChannelUnusable as unusable:
                reason = unusable.words
            else:
                if there:
                    return Reply("sent", FOUND, there)
                return Reply("failed for now", NOT_FOUND.format(why=why))
        return Reply("uncertain", NOT_KNOWN.format(why=why, reason=reason))

    def look_up(self, external_id: str, *, age: float) -> Reply | None:
        """Find out what became of a letter that was cut off; None where nobody answers.

        What was handed over only now may be there soon, so that is waited for.

        Raises:
            ChannelUnusable: we are not let in.
        """
        try:
            there = self._find(external_id)
            early = self._settings.trusted_after - max(age, 0)
            if not there and early > 0:
                self._sleep(early)
                there = self._find(external_id)
        except NoAnswer:
            return None
        if there:
            return Reply("sent", FOUND, there)
        return Reply("failed for now", NOT_THERE)

    def _find(self, reference: str) -> str:
        """The id of a letter that SvarUt has taken and not rejected since; empty if there is none.

        Raises:
            NoAnswer, ChannelUnusable: it cannot be told.
        """
        ids = self._service.ids_of(reference)
        states = self._service.states_of(ids) if ids else {}
        return next((i for i in ids if not meaning_of(states.get(i, ("", ""))[0]).is_refused), "")

    def follow_up(self, external_ids: Sequence[str]) -> Iterable[tuple[str, Reply]]:
        """Where letters stand at SvarUt now, by the ids it gave them.

        Raises:
            ChannelUnusable: we are not let in, or nobody answers.
        """
        try:
            states = self._service.states_of(external_ids)
        except NoAnswer as none:
            raise ChannelUnusable(words.TRY_LATER, why=none.words) from none
        for told_id, (state, changed) in states.items():
            became: HandedOver = "refused" if meaning_of(state).is_refused else "sent"
            yield told_id, Reply(became, words_of(state, changed), told_id)

    def test_connection(self) -> str:
        """Get a token, and look up a letter that there cannot be.

        Raises:
            ChannelUnusable: we are not let in, or nobody answers.
        """
        try:
            self._service.ids_of("brevgen test-connection")
        except NoAnswer as none:
            raise ChannelUnusable(words.TRY_LATER, why=none.words) from none
        return tr(
            "{server} is ready ({environment}): Maskinporten gives a token, and the account can be"
            " asked.",
            server=self._service.server,
            environment=tr(self._settings.environment),
        )

    def receivers_without_system(self, numbers: Iterable[str]) -> list[str]:
        """Those of some organisation numbers whose letters no system of theirs fetches.

        Raises:
            ChannelUnusable: we are not let in, or nobody answers.
        """
        try:
            return [each for each in numbers if not self._service.systems_of(each)]
        except NoAnswer as none:
            raise ChannelUnusable(words.TRY_LATER, why=none.words) from none


ENVIRONMENTS = (untranslated("test"), untranslated("production"))
"""The environments as `tr` is given them."""
