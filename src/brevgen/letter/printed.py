"""Every cell and setting that is printed in a letter, checked before any letter is made."""

from collections.abc import Iterator, Mapping
from typing import Any

from brevgen.facts.round_facts import RoundFacts
from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.letter.printable import check_link, check_text
from brevgen.settings.round import Office
from brevgen.settings.workspace import AgencySettings

LONGEST_REFERENCE = 30
"""Characters of the municipality's reference, which has a narrow column."""

_NOT_PRINTED = ("accounts",)
_LINKS = ("to", "copy_to", "web", "email", "seal_check")


def check_printed(facts: RoundFacts, agency: AgencySettings, findings: Findings) -> None:
    """Note what of a round could not be printed, or not be a link that works.

    Args:
        findings: gets a fault with file and key, or row and column, for each.
    """
    printed = facts.round.model_dump(include={"distribution", "answers", "offices", "background"})
    texts = [name for name, type_ in facts.kind.facts.items() if type_ == "text"]
    for file, keys in (("round.toml", printed), ("brevgen.toml", {"agency": agency.model_dump()})):
        for key, text in _texts(keys):
            is_link = key.rpartition(".")[2] in _LINKS
            for what, remedy in check_link(text) if is_link else check_text(text):
                findings.fault(what, remedy, Place(file, column=key))
    _note_what_is_not_known(facts.round.offices, agency, findings)
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


def _note_what_is_not_known(
    offices: Mapping[str, Office], agency: AgencySettings, findings: Findings
) -> None:
    """Warn of letters that name nobody to call or to write to, or nobody who signs.

    Where the office is the agency itself, its address at the letter's foot is enough.
    """
    is_told = {agency.short_name} if agency.telephone or agency.email else set()
    unreached = [
        each.name
        for each in offices.values()
        if not (each.telephone or each.email or each.name in is_told)
    ]
    if unreached:
        findings.warn(
            tr(
                "Letters tell neither telephone nor e-mail of {offices}.",
                offices=", ".join(unreached),
            ),
            tr("Write the office’s telephone or e-mail, so that a municipality can reach it."),
            Place("round.toml", column="offices"),
        )
    if unsigned := [each.name for each in offices.values() if not each.signatory]:
        findings.warn(
            tr(
                "No name stands under the letters of {offices}, only a title.",
                offices=", ".join(unsigned),
            ),
            tr("Write the signatory's name in the office, if it is known."),
            Place("round.toml", column="offices"),
        )


def _texts(keys: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Each text with its key, such as `offices.Øst.name`."""
    for name, value in keys.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from _texts(value, f"{key}.")
        elif name not in _NOT_PRINTED and value:
            yield from ((key, text) for text in ([value] if isinstance(value, str) else value))
