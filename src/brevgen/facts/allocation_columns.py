"""The columns of an allocation: those that every kind of letter has, and those that its own has."""

from collections.abc import Iterator

from brevgen.findings import Findings, Place
from brevgen.language import tr
from brevgen.settings.kind import KIND_FILE, Kind
from brevgen.tables.header_row import folded
from brevgen.tables.reader import Column

NUMBER, NAME = "kommunenummer", "kommunenavn"
REFERENCE, YOUR_REFERENCE = "vår_ref", "deres_ref"

WHO = (
    Column(
        NUMBER,
        ("knr", "kommunenr", "komm nr", "kommune nummer", "kommunekode", "kode", "nummer"),
    ),
    Column(NAME, ("kommune", "kommunenamn", "navn", "namn", "kommunens navn"), printed=True),
)
_REFERENCES = (
    Column(
        REFERENCE,
        ("referanse", "saksnummer", "saksnr", "vår referanse", "var ref", "vår sak"),
        required=False,
        printed=True,
    ),
    Column(
        YOUR_REFERENCE,
        ("deres referanse", "dykkar ref", "dykkar referanse", "kommunens referanse"),
        required=False,
        printed=True,
    ),
)


def columns_of(kind: Kind, findings: Findings) -> tuple[Column, ...]:
    """The columns of an allocation of a kind; a fault for each header that means two of them."""
    own = tuple(
        Column(
            each.header, each.synonyms, each.required, printed=each.printed and each.type == "text"
        )
        for each in kind.columns.values()
    )
    columns = (*WHO, *own, *_REFERENCES)
    meant: dict[str, str] = {}
    for column, header in _headers(columns):
        first = meant.setdefault(folded(header), column)
        if first != column:
            findings.fault(
                tr(
                    "The header “{header}” means both “{first}” and “{second}”.",
                    header=header,
                    first=first,
                    second=column,
                ),
                tr("Keep it for one of the two."),
                Place(KIND_FILE, column="columns"),
            )
    return columns


def _headers(columns: tuple[Column, ...]) -> Iterator[tuple[str, str]]:
    for column in columns:
        yield from ((column.name, header) for header in (column.name, *column.synonyms))


def figures_of(kind: Kind) -> tuple[str, ...]:
    """The headers of the columns that hold a number."""
    return tuple(each.header for each in kind.counts.values())
