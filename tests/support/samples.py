"""What the tests try things on: the letter to Ås and its variations, and small rounds."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from brevgen.facts.allocation import AllocationRow
from brevgen.findings import Findings
from brevgen.letter.content import Content
from brevgen.letter.letter import Agency, AnswerFacts, Letter, OfficeFacts, Recipient
from brevgen.letter.templates import Templates, read_templates
from brevgen.settings.kind import Kind, Kinds
from brevgen.settings.kind_file import read_kinds
from brevgen.settings.round import Round
from brevgen.settings.round_file import read_round, round_of

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates" / "letters"
STYLESHEET = TEMPLATES / "letter.css"
REFERENCE = "17-09235"
DATED = date(2017, 11, 6)

KINDS: Kinds = read_kinds(TEMPLATES, Findings(), shown_as="letters", shipped=dict)


def kind(name: str = "request") -> Kind:
    """A kind that ships."""
    found = KINDS[name]
    assert found is not None
    return found


REQUEST = kind()
_ROUND = read_round(
    ROOT / "data" / "rounds" / "2018" / "round.toml", Findings(), shown_as="", kinds=KINDS
)
assert _ROUND is not None
NationalFigures: Any = type(_ROUND.national)
Background: Any = type(_ROUND.background.nb)
"""The figures and the texts that a round of requests has."""


def with_sums(round_: Round, **sums: int) -> Round:
    """A round of requests with sums of its own."""
    return round_of(REQUEST).model_validate(
        round_.model_dump(exclude_defaults=True) | {"sums": sums}
    )


AAS = Letter(
    kind="request",
    written_form="nb",
    municipality=Recipient("0214", "Ås", ("Ordfører", "Rådmann")),
    year=2018,
    date=DATED,
    deadline=date(2018, 1, 6),
    reference=REFERENCE,
    your_reference="",
    national=NationalFigures(total=4400, minors=150, municipalities=210, minimum=10),
    answers=AnswerFacts(
        "post@imdi.example",
        "nina.gran@ks.example",
        "https://www.imdi.no/planlegging-og-bosetting/",
    ),
    office=OfficeFacts("IMDi Region Øst", "", "", "Hege Aspelund", "regiondirektør"),
    background=Background(
        need="Behovet er mindre enn før fordi færre søker asyl.",
        share="Derfor går anmodningen bare til om lag halvparten av kommunene.",
        criteria="De bygger på innbyggertall, sysselsetting og resultater.",
    ),
    agency=Agency("IMDi", "Integrerings- og mangfoldsdirektoratet"),
    approved=False,
    own={**dict.fromkeys(REQUEST.facts, 0), "asked": 10},
)


def letter(*, name: str = "Ås", long: int = 0, **changes: Any) -> Letter:
    """The letter to Ås with changes; `long` makes its background so many sentences longer.

    Changes are of the facts that all letters have, or of those of a request.
    """
    own = {fact: changes.pop(fact, value) for fact, value in AAS.own.items()}
    given: dict[str, Any] = {
        "municipality": replace(AAS.municipality, name=name),
        "own": own,
        **changes,
    }
    if long:
        more = " ".join(["Kommunen kan be om mer tid."] * long)
        given["background"] = AAS.background.model_copy(update={"criteria": more})
    return replace(AAS, **given)


def request_row(
    row: int,
    number: str,
    name: str,
    asked: int,
    minors: int | None = None,
    minors_under_15: int | None = None,
    reference: str = "",
    your_reference: str = "",
) -> AllocationRow:
    """A row of an allocation of requests; None for a blank cell."""
    cells = {"asked": asked, "minors": minors, "minors_under_15": minors_under_15}
    facts = {fact: cell for fact, cell in cells.items() if cell is not None}
    return AllocationRow(row, number, name, facts, reference, your_reference)


def templates() -> Templates:
    """The project's own letter templates."""
    read = read_templates(TEMPLATES, Findings(), shown_as="letters")
    assert read is not None
    return read


_TEMPLATES = templates()


def content(*, form: str = "nb", **changes: Any) -> Content:
    """What the letter to Ås says, with changes, in one of the written forms."""
    return _TEMPLATES.content(letter(written_form=form, **changes))


# -- small rounds ---------------------------------------------------------------------------------

ROWS = (
    "0214;Ås;10;0;0;17-09235;;kjent",
    "0219;Bærum;65;4;2;;2017/311;kjent",
    "0834;Vinje;10;0;0;;;rekonstruert",
    "1515;Herøy;12;1;1;;;rekonstruert",
    "1940;Kåfjord;10;0;0;;;rekonstruert",
    "2011;Guovdageaidnu – Kautokeino;11;2;0;;;rekonstruert",
)
"""A small allocation: both written forms, minors, Sámi names, a reference of the caseworker's."""

HEADER = (
    "kommunenummer;kommunenavn;antall;enslige_mindreårige;herav_under_15;vår_ref;deres_ref;kilde"
)


def make_workspace(folder: Path, rounds: Sequence[str] = ("2018", "2024")) -> Path:
    """A workspace as it is shipped, with the two rounds of requests and nothing made yet.

    Args:
        folder: where.
        rounds: the names of its rounds.
    """
    ignored = shutil.ignore_patterns("ledger*", "rounds")
    for name in ("data", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in rounds:
        shutil.copytree(ROOT / "data" / "rounds" / name, folder / "data" / "rounds" / name)
    shutil.copy(ROOT / "brevgen.toml", folder)
    return folder


def make_round(
    workspace: Path, rows: Sequence[str] = ROWS, *, name: str = "trial", **settings: str
) -> Path:
    """Write a small round into a workspace, or write it anew; its folder.

    Args:
        workspace: where.
        rows: lines of the allocation, in the columns of `HEADER`.
        name: the round's name.
        settings: keys of the 2018 round that are to be others, as TOML.
    """
    folder = workspace / "data" / "rounds" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "allocation.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    figures = [[int(cell or 0) for cell in row.split(";")[2:4]] for row in rows]
    asked, minors = (sum(column) for column in zip(*figures, strict=True))
    keys = {"total": asked, "minors": minors, "municipalities": len(rows), **settings}
    text = (ROOT / "data" / "rounds" / "2018" / "round.toml").read_text(encoding="utf-8")
    for key, value in keys.items():
        line = f"{key} = {value}".replace("\\", r"\\")
        text, found = re.subn(rf"^{key} = .*$", line, text, flags=re.MULTILINE)
        assert found, f"the 2018 round has no key {key}"
    (folder / "round.toml").write_text(text, encoding="utf-8")
    return folder
