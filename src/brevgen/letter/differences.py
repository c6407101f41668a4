"""What has changed between two contents, as pairs of lines a person can compare."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from brevgen.letter.content import Style

Change = tuple[str, str]
"""An old and a new line; empty for what one of them lacks."""


def styled_lines(content_json: str) -> list[tuple[Style, str]]:
    """The lines of a content, as `Content.as_json` wrote it down, each with its style."""
    found = []
    for block in json.loads(content_json)["blocks"]:
        words = "".join(run["text"] for run in block["runs"])
        found.append((block["style"], " ".join(filter(None, (block.get("label"), words)))))
    return found


def lines(content_json: str) -> list[str]:
    """The lines of a content, as `Content.as_json` wrote it down."""
    return [words for _, words in styled_lines(content_json)]


def differences(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Pairs of an old and a new line where the two differ; empty for what one of them lacks."""
    pairs: list[Change] = []
    for change, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            continue
        before, after = list(old[i:j]), list(new[k:m])
        length = max(len(before), len(after))
        before += [""] * (length - len(before))
        after += [""] * (length - len(after))
        pairs += zip(before, after, strict=True)
    return pairs


@dataclass(frozen=True)
class Changes:
    """What has changed in several letters.

    Args:
        common: changes that are the same in several letters, each with the labels of these.
        single: label of a letter to those of its changes that no other letter has.
    """

    common: Mapping[Change, tuple[str, ...]]
    single: Mapping[str, tuple[Change, ...]]


def in_common(changes: Mapping[str, Sequence[Change]]) -> Changes:
    """Tell once what is the same in several letters, and apart from it what is a letter's own.

    Args:
        changes: label of each letter to its changes.
    """
    where: dict[Change, list[str]] = {}
    for label, pairs in changes.items():
        for pair in dict.fromkeys(pairs):
            where.setdefault(pair, []).append(label)
    common = {pair: tuple(labels) for pair, labels in where.items() if len(labels) > 1}
    single = {
        label: own
        for label, pairs in changes.items()
        if (own := tuple(pair for pair in pairs if pair not in common))
    }
    most_first = dict(sorted(common.items(), key=lambda item: -len(item[1])))
    return Changes(most_first, single)
