"""References: what one looks like, and the series of numbers a round may give from.

The archive system issues references such as `17-09235`. IMDi's own rule for them is not published;
what is known is two digits of the year, a hyphen and five digits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# [0-9] and not \d, which would also let digits of other scripts through.
_REFERENCE = re.compile(r"([0-9]{2})-([0-9]{5})")


def is_reference(text: str) -> bool:
    """Whether a text is written as a reference: `17-09235`, nothing before or after."""
    return _REFERENCE.fullmatch(text) is not None


@dataclass(frozen=True)
class Series:
    """The references a round may give, first and last included, all of one year.

    `in` tells whether a text is one of them, iteration goes from the lowest to the highest, `len`
    counts them.

    Args:
        first: the lowest reference, e.g. `17-09100`.
        last: the highest reference, e.g. `17-09499`.

    Raises:
        ValueError: one of them is no reference, they differ in year, or first comes after last.
    """

    first: str
    last: str

    def __post_init__(self) -> None:
        for reference in (self.first, self.last):
            if not is_reference(reference):
                raise ValueError(f"“{reference}” is no reference; write it like 17-09235.")
        if _year(self.first) != _year(self.last):
            raise ValueError(f"A series stays within one year; {self} does not.")
        if self.first > self.last:
            raise ValueError(f"A series goes from low to high; {self} does not.")

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"

    def __contains__(self, reference: object) -> bool:
        # All of one width and year, so the order of the texts is the order of the numbers.
        return (
            isinstance(reference, str)
            and is_reference(reference)
            and self.first <= reference <= self.last
        )

    def __iter__(self) -> Iterator[str]:
        year = _year(self.first)
        for number in range(_number(self.first), _number(self.last) + 1):
            yield f"{year}-{number:05}"

    def __len__(self) -> int:
        return _number(self.last) - _number(self.first) + 1


def _year(reference: str) -> str:
    return reference[:2]


def _number(reference: str) -> int:
    return int(reference[3:])
