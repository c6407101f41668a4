"""The report of a round: the caseworker's own columns, and what became of each letter."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from brevgen.errors import PartlyDone
from brevgen.facts.round_facts import RoundFacts
from brevgen.files import write_whole
from brevgen.ledger.records import SealedFile
from brevgen.rounds.addressees import Addressee
from brevgen.rounds.status import Planned
from brevgen.tables.reader import Cell
from brevgen.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

OWN_COLUMNS = {
    "kommunenummer": "number",
    "kommunenavn": "name",
    "antall": "asked",
    "enslige_mindreårige": "minors",
    "herav_under_15": "minors_under_15",
    "vår_ref": "reference",
    "deres_ref": "your_reference",
}
"""The allocation's columns and what they are of a row."""


def report_on(workspace: Workspace, facts: RoundFacts, letters: Sequence[Planned]) -> None:
    """Write the report of a round into its output folder.

    Raises:
        PartlyDone: it cannot be written; what it reports on has happened all the same.
    """
    try:
        write_report(workspace.output(facts.name), facts, letters)
    except OSError as error:  # open in a spreadsheet program, or the disk is full
        raise PartlyDone(
            f"The report cannot be written ({error.strerror}), but all that it would tell is done"
            " and kept. Close the report in other programs and run the command again."
        ) from error


def write_report(folder: Path, facts: RoundFacts, letters: Sequence[Planned]) -> None:
    """Write `report.csv` and `report.html`; the same letters give the same bytes.

    Args:
        folder: the round's output folder.
        facts: the round.
        letters: the whole round's plan, after making.
    """
    frame = _frame(facts, letters)
    text = frame.to_csv(sep=";", index=False, lineterminator="\r\n")
    # With the byte order mark Excel reads it as UTF-8.
    write_whole(folder / "report.csv", text.encode("utf-8-sig"))
    page = _page(facts, letters, frame)
    write_whole(folder / "report.html", page.encode())


def _frame(facts: RoundFacts, letters: Sequence[Planned]) -> "pd.DataFrame":
    """One row per letter: the allocation's own columns, then ours."""
    import pandas as pd

    return pd.DataFrame([_row(facts, letter) for letter in letters]).astype(object)


def _row(facts: RoundFacts, letter: Planned) -> dict[str, Cell]:
    headers = facts.allocation.table.headers
    row: dict[str, Cell] = {}
    for column, header in headers.items():
        value = getattr(letter.row, OWN_COLUMNS[column])
        row[str(harmless(header))] = "" if value is None else harmless(value)
    for header in facts.allocation.table.extra:
        row[str(harmless(header))] = harmless(letter.row.extra.get(header, ""))
    files = letter.sealed or (letter.made if letter.state == "draft" else None)
    at = None
    if files is not None:
        at = files.sealed_at if isinstance(files, SealedFile) else files.made_at
    approval = letter.approval if letter.is_approved else None
    sent = letter.sent_at
    ours: dict[str, Cell] = {
        "brevgen_referanse": letter.letter.reference,
        "brevgen_status": letter.state,
        "brevgen_godkjent_av": approval.signatory if approval else "",
        "brevgen_godkjent": f"{approval.at:%Y-%m-%dT%H:%M:%SZ}" if approval else "",
        "brevgen_sider": files.pages if files else "",
        "brevgen_pdf": files.pdf_name if files else "",
        "brevgen_pdf_sha256": files.pdf_sha256 if files else "",
        "brevgen_docx_sha256": files.docx_sha256 if files else "",
        "brevgen_laget": f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else "",
        "brevgen_sendt": f"{sent:%Y-%m-%dT%H:%M:%SZ}" if sent else "",
        "brevgen_mottakere": "; ".join(map(_reached, letter.addressees)),
    }
    return row | {column: harmless(value) for column, value in ours.items()}


def _reached(addressee: Addressee) -> str:
    """Where a letter stands with one recipient: `Ordfører ordforer@as.example: sent`."""
    each = addressee.recipient
    words = addressee.sent.words if addressee.sent and addressee.state != "sent" else ""
    return f"{each.title} {each.address}: {addressee.state}" + (f" ({words})" if words else "")


def harmless(value: Cell) -> Cell:
    """A cell that no spreadsheet program takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def totals(facts: RoundFacts, letters: Sequence[Planned]) -> "pd.DataFrame":
    """Municipalities, refugees and minors by region or county, in order of refugees asked for."""
    import pandas as pd

    frame = pd.DataFrame(
        {
            "area": [facts.area(letter.municipality) for letter in letters],
            "municipalities": 1,
            "asked": [letter.row.asked for letter in letters],
            "minors": [letter.row.minors or 0 for letter in letters],
        }
    )
    sums = frame.groupby("area", as_index=False).sum()
    return sums.sort_values(["asked", "area"], ascending=[False, True], ignore_index=True)


def _page(facts: RoundFacts, letters: Sequence[Planned], frame: "pd.DataFrame") -> str:
    environment = Environment(
        loader=PackageLoader("brevgen", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["spaced"] = lambda n: f"{n:,}".replace(",", "\N{NO-BREAK SPACE}")
    sums: list[Mapping[str, object]] = [
        {str(key): value for key, value in each.items()}
        for each in totals(facts, letters).to_dict("records")
    ]
    return environment.get_template("report.html").render(
        facts=facts,
        sums=sums,
        chart=Markup(bar_chart(sums)),  # noqa: S704  every text in it is escaped
        letters=letters,
        columns=list(frame.columns),
        rows=frame.values.tolist(),
        sum_asked=sum(letter.row.asked for letter in letters),
        sum_minors=sum(letter.row.minors or 0 for letter in letters),
    )


def bar_chart(sums: Sequence[Mapping[str, object]]) -> str:
    """What is asked per area as horizontal bars, inline SVG.

    Args:
        sums: `area` and `asked` (persons) of each bar, in the order they are drawn.
    """
    most = max((int(str(each["asked"])) for each in sums), default=0) or 1
    left, width, step = 190, 420, 26
    bars = []
    for line, each in enumerate(sums):
        asked = int(str(each["asked"]))
        y, length = line * step, round(width * asked / most, 1)
        area = html.escape(str(each["area"]))
        shown = f"{asked:,}".replace(",", "\N{NO-BREAK SPACE}")
        bars.append(
            f'<text x="{left - 10}" y="{y + 17}" text-anchor="end">{area}</text>'
            f'<rect x="{left}" y="{y + 4}" width="{length}" height="18" rx="2"/>'
            f'<text x="{left + length + 8}" y="{y + 17}">{shown}</text>'
        )
    height = len(sums) * step
    return (
        f'<svg viewBox="0 0 {left + width + 70} {height}" role="img"'
        ' aria-label="Refugees asked for, by area">' + "".join(bars) + "</svg>"
    )
