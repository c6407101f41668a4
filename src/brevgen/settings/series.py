"""References: the pattern they are written in, and the series of them a round may give from.

Archive systems write them in different ways: `17-09235`, `2026/4513`, `26/04512-3`. In a pattern
`#` stands for one digit and `*` for one digit or more; every other character stands for itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from brevgen.language import tr

DEFAULT_PATTERN = "##-#####"
MAX_CHARACTERS = 40
"""Of a pattern and of a reference; it stands in the letter's head and in the names of its files."""
MAX_IN_SERIES = 100_000

_PATTERN = re.compile(rf"[0-9A-Za-zÆØÅæøå#*./ -]{{1,{MAX_CHARACTERS}}}")
# [0-9] and not \d, which would also let digits of other scripts through.
_DIGITS = {"#": "[0-9]", "*": "[0-9]+"}


def is_reference(text: str, pattern: str = DEFAULT_PATTERN) -> bool:
    """Whether a text is written as the pattern says, with nothing before or after."""
    expression = "".join(_DIGITS.get(each, re.escape(each)) for each in pattern)
    return len(text) <= MAX_CHARACTERS and re.fullmatch(expression, text) is not None


@dataclass(frozen=True)
class Series:
    """The references a round may give, first and last included; one number in them counts up.

    That number is any but the first, which is the year, unless it is the only one. `in` tells
    whether a text is one of the series, iteration goes from the lowest to the highest, `len`
    counts them.

    Args:
        first: the lowest reference, e.g. `17-09100`.
        last: the highest reference, e.g. `17-09499`.
        pattern: how references are written.

    Raises:
        ValueError: the pattern cannot be used, a reference does not fit it, or the two do not
            begin and end a series.
    """

    first: str
    last: str
    pattern: str = DEFAULT_PATTERN

    def __post_init__(self) -> None:
        if not _PATTERN.fullmatch(self.pattern) or not set(self.pattern) & set(_DIGITS):
            raise ValueError(
                tr(
                    "“{pattern}” is no pattern of references. Write # for a digit, * for one digit"
                    " or more, and all else as it is, such as {example} or ####/*.",
                    pattern=self.pattern,
                    example=DEFAULT_PATTERN,
                )
            )
        for reference in (self.first, self.last):
            if not self.fits(reference):
                raise ValueError(
                    tr(
                        "“{reference}” is no reference: it does not fit the pattern {pattern}."
                        " Write it so, or change references.pattern.",
                        reference=reference,
                        pattern=self.pattern,
                    )
                )
        ends = {"first": self.first, "last": self.last}
        if len(_parts(self.first)) > 3 and 1 in self._differing:
            raise ValueError(
                tr("A series stays within one year; {first} to {last} does not.", **ends)
            )
        if len(self._differing) > 1:
            raise ValueError(
                tr(
                    "Only one number counts up in a series; in {first} to {last} several differ.",
                    **ends,
                )
            )
        if self._low > self._high:
            raise ValueError(
                tr("A series goes from low to high; {first} to {last} does not.", **ends)
            )
        if self._high - self._low >= MAX_IN_SERIES:
            raise ValueError(
                tr("{first} to {last} are more than {most} references.", most=MAX_IN_SERIES, **ends)
            )
        if self._written(self._high) != self.last:
            raise ValueError(
                tr("{first} to {last} are not written alike: see the zeros in front.", **ends)
            )

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def __contains__(self, reference: object) -> bool:
        if not isinstance(reference, str) or not self.fits(reference):
            return False
        number = int(_parts(reference)[self._counting])
        return self._low <= number <= self._high and reference == self._written(number)

    def __iter__(self) -> Iterator[str]:
        return map(self._written, range(self._low, self._high + 1))

    def __len__(self) -> int:
        return self._high - self._low + 1

    def fits(self, reference: str) -> bool:
        """Whether a reference is written as the round's are, inside of the series or not."""
        return is_reference(reference, self.pattern)

    def above(self, used: Iterable[str]) -> Iterator[str]:
        """Those of the series that are higher than all that is used; of other series, none is."""
        numbers = (self._number_of(reference) for reference in used)
        highest = max((number for number in numbers if number is not None), default=-1)
        return map(self._written, range(max(self._low, highest + 1), self._high + 1))

    def _number_of(self, reference: str) -> int | None:
        """The number that counts up, of a reference that is like those of the series."""
        own, parts = _parts(self.first), _parts(reference)
        at = self._counting
        if len(own) != len(parts) or own[:at] + own[at + 1 :] != parts[:at] + parts[at + 1 :]:
            return None
        return int(parts[at])

    @property
    def year(self) -> int | None:
        """The year, where references begin with one of two digits or four; else None."""
        number = _parts(self.first)[1]
        begins = len(_parts(self.first)) > 3 and re.fullmatch("(?:20)?[0-9]{2}", number)
        return 2000 + int(number[-2:]) if begins else None

    @cached_property
    def _differing(self) -> list[int]:
        """In which of their parts the first and the last differ."""
        pairs = zip(_parts(self.first), _parts(self.last), strict=True)
        return [at for at, (first, last) in enumerate(pairs) if first != last]

    @property
    def _counting(self) -> int:
        """Which part counts up: the one that differs; the last number of a single reference."""
        return self._differing[0] if self._differing else len(_parts(self.first)) - 2

    @cached_property
    def _low(self) -> int:
        return int(_parts(self.first)[self._counting])

    @cached_property
    def _high(self) -> int:
        return int(_parts(self.last)[self._counting])

    def _written(self, number: int) -> str:
        """The reference with this number, as long as in the first, or longer where it must be."""
        parts = _parts(self.first)
        parts[self._counting] = f"{number:0{len(parts[self._counting])}}"
        return "".join(parts)


def _parts(reference: str) -> list[str]:
    """The numbers of a reference at odd places, and what stands between them at even ones."""
    return re.split("([0-9]+)", reference)
