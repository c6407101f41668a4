"""What our channels say in words of their own is kept in English, shown as the reader speaks."""

import string

import pytest

from brevgen.channels import words
from brevgen.channels.channel import ChannelUnusable
from brevgen.language import speaking, tr

OURS = [text for name, text in vars(words).items() if name.isupper() and name[0] != "_"]


@pytest.mark.parametrize("message", OURS)
def test_our_own_words_are_found_again_with_their_values(message: str) -> None:
    names = [name for _, name, _, _ in string.Formatter().parse(message) if name]
    values = {name: f"<{name}> 250 it is: so (and so)." for name in names}
    kept = message.format(**values) if values else message

    assert words.shown(kept) == kept
    with speaking("nb"):
        assert words.shown(kept) == tr(message, **values) != kept


def test_our_words_within_our_words_are_shown_in_the_same_language() -> None:
    error = ChannelUnusable(
        words.TRY_LATER, why=words.LOST.format(server="a:25", reason=words.NO_ANSWER_IN_TIME)
    )
    kept = words.NOT_HANDED_OVER.format(why=error.words)

    assert kept == f"not handed over: {error}"
    with speaking("nb"):
        assert words.shown(kept) == (
            "ikke overlevert: Forbindelsen til a:25 ble brutt: ikke noe svar i tide. Prøv igjen"
            " senere."
        )


@pytest.mark.parametrize("said", ["550 it closed the connection", "250 a:25 answers 220", ""])
def test_the_words_of_a_server_stay_as_they_are(said: str) -> None:
    with speaking("nb"):
        assert words.shown(said) == said


def test_what_stops_a_channel_is_said_in_bokmaal_and_kept_in_english() -> None:
    with speaking("nb"):
        error = ChannelUnusable(words.NO_SERVER, host="smtp.example")

    assert str(error) == "Det finnes ingen server smtp.example. Se mail.smtp.host i brevgen.toml."
    assert error.words == "There is no server smtp.example. See mail.smtp.host in brevgen.toml."
