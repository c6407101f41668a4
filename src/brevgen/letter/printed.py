"""Every cell and setting that is printed in a letter, checked before any letter is made."""

from collections.abc import Iterator, Mapping
from typing import Any

from brevgen.facts.round_facts import RoundFacts
from brevgen.findings import Findings, Place
from brevgen.letter.printable import check_link, check_text
from brevgen.settings.workspace import AgencySettings

LONGEST_REFERENCE = 30
"""Characters of the municipality's reference, which has a narrow column."""

_NOT_PRINTED = ("accounts",)
_LINKS = ("to", "copy_to", "web", "email")


def check_printed(facts: RoundFacts, agency: AgencySettings, findings: Findings) -> None:
    """Note what of a round could not be printed, or not be a link that works.

    Args:
        facts: the round.
        agency: who its letters are from.
        findings: gets a fault with file and key, or row and column, for each.
    """
    printed = facts.round.model_dump(include={"distribution", "answers", "offices", "background"})
    texts = [name for name, type_ in facts.kind.facts.items() if type_ == "text"]
    for file, keys in (("round.toml", printed), ("brevgen.toml", {"agency": agency.model_dump()})):
        for key, text in _texts(keys):
            is_link = key.rpartition(".")[2] in _LINKS
            for what, remedy in check_link(text) if is_link else check_text(text):
                findings.fault(what, remedy, Place(file, column=key))
    for row in facts.allocation.rows:
        for column, text in (("vår_ref", row.reference), ("deres_ref", row.your_reference)):
            for what, remedy in check_text(text, longest=LONGEST_REFERENCE):
                findings.fault(what, remedy, facts.allocation.place(row, column))
        for name in texts:
            for what, remedy in check_text(str(row.facts.get(name, ""))):
                findings.fault(what, remedy, facts.allocation.place(row, name))
        if municipality := facts.municipalities.get(row.number):
            for what, remedy in check_text(municipality.name):
                findings.fault(what, remedy, Place("municipalities.csv", column=municipality.name))


def _texts(keys: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Each text with its key, such as `offices.Øst.name`."""
    for name, value in keys.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _texts(value, f"{key}.")
        elif name not in _NOT_PRINTED and value:
            yield from ((key, text) for text in ([value] if isinstance(value, str) else value))
