"""What has changed between two contents, as pairs of lines a person can compare."""

import json
from collections.abc import Sequence
from difflib import SequenceMatcher


def lines(content_json: str) -> list[str]:
    """The lines of a content, as `Content.as_json` wrote it down."""
    blocks = json.loads(content_json)["blocks"]
    return ["".join(run["text"] for run in block["runs"]) for block in blocks]


def differences(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of an old and a new line where the two differ; empty for what one of them lacks."""
    pairs: list[tuple[str, str]] = []
    for change, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            continue
        before, after = list(old[i:j]), list(new[k:m])
        length = max(len(before), len(after))
        before += [""] * (length - len(before))
        after += [""] * (length - len(after))
        pairs += zip(before, after, strict=True)
    return pairs
