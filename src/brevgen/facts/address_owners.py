"""Whose an e-mail address looks like: municipalities have their names in their domains."""

import re
import unicodedata
from datetime import date

from brevgen.facts.municipalities import Municipality, Register

_WRITTEN = (
    str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t"}),
    str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "đ": "d", "ŋ": "n", "ŧ": "t"}),
)
"""How letters that domains seldom have are written in them."""


class Owners:
    """The municipalities by the names that domains have for them.

    Args:
        register: all municipalities.
        day: the day on which a municipality has taken over what others were before; None for today
            and ever after.
    """

    def __init__(self, register: Register, day: date | None) -> None:
        self._register, self._day = register, day or date.max
        self._named: dict[str, list[Municipality]] = {}
        for each in register:
            for part in each.name.split(" – "):
                for written in {_plain(part, letters) for letters in _WRITTEN}:
                    self._named.setdefault(written, []).append(each)

    def other(self, address: str, number: str) -> Municipality | None:
        """The other municipality that an address looks like one of; None where it looks like none.

        Args:
            address: the address.
            number: number of the municipality in whose row it stands; what it was before, under
                another name, is none other.
        """
        labels = address.rpartition("@")[2].split(".")[:-1]
        found = [m for label in labels for m in self._named.get(_plain(label, _WRITTEN[0]), ())]
        if any(m.number == number or self._is_now(m, number) for m in found):
            return None
        return max(found, key=lambda m: m.valid_on(self._day), default=None)

    def _is_now(self, municipality: Municipality, number: str) -> bool:
        heirs = self._register.heirs(municipality.number, self._day)
        return any(heir.number == number for heir in heirs)


def _plain(name: str, letters: dict[int, str]) -> str:
    """A name in the letters and digits that every domain can have."""
    known = unicodedata.normalize("NFC", name).casefold().translate(letters)
    return re.sub("[^a-z0-9]", "", unicodedata.normalize("NFKD", known))
