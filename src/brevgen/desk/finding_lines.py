"""The line of a text that a fault is in, so that a person can be taken there."""

import re
from collections.abc import Sequence

from brevgen.findings import Finding

_AT = re.compile(r"\bat (\d+):\d+")


def line_of(finding: Finding, text: str) -> int | None:
    """The line a fault is in, counted from 1; None where that is not known."""
    if finding.place.row is not None:
        return finding.place.row
    if finding.place.file.endswith(".css") and (found := _AT.search(finding.what)):
        return int(found[1])
    keys, lines = finding.place.column.split("."), text.split("\n")
    for length in range(len(keys), 0, -1):
        header = f"[{'.'.join(keys[:length])}]"
        start = next((at for at, each in enumerate(lines, 1) if each.strip() == header), 0)
        if start and length < len(keys):
            end = next((at for at in range(start, len(lines)) if lines[at][:1] == "["), len(lines))
            return _line_of_key(keys[length], lines[start:end], start) or start
        if start:
            return start
    found_at = (_line_of_key(key, lines) for key in reversed(keys))
    return next((at for at in found_at if at), None)


def _line_of_key(key: str, lines: Sequence[str], above: int = 0) -> int | None:
    """The line of a file in which a key of TOML is given."""
    pattern = re.compile(rf"\s*{re.escape(key)}\s*=")
    return next(
        (above + at for at, each in enumerate(lines, 1) if key and pattern.match(each)), None
    )
