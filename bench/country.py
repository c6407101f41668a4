"""A country that does not exist, with as many municipalities as are wanted, and a round for it."""

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.here import ROOT
from brevgen.facts.contacts import COLUMNS as CONTACT_COLUMNS
from brevgen.facts.municipalities import COLUMNS as REGISTER_COLUMNS

NAME = "large"
FIRST_NUMBER, LAST_NUMBER = 100, 9999
MOST = LAST_NUMBER - FIRST_NUMBER + 1
"""How many municipalities four digits can number; those below 0100 are none."""
MODEL = ROOT / "data" / "rounds" / "2024" / "round.toml"
"""The round whose texts it gets."""

BEGINNINGS = ("Nord", "Sør", "Øst", "Vest", "Inn", "Ytre", "Stor", "Lille", "Gammel", "Ny")
MIDDLES = ("ås", "elv", "fjord", "berg", "mo", "sjø", "øy", "lund", "rud", "tun")
ENDINGS = ("nes", "vik", "dal", "sund", "heim", "land", "stad", "foss", "haug", "vang")
LAST = ("", " Indre", " Ytre", " Nedre", " Øvre", " Nordre", " Søndre", " Vestre", " Østre", " Nye")
FORMS = ("bokmål", "bokmål", "bokmål", "nynorsk", "nøytral")


def name(place: int) -> str:
    """A name of its own for each of 10 000 places."""
    parts = (BEGINNINGS, MIDDLES, ENDINGS, LAST)
    digits = f"{place:04}"
    return "".join(words[int(digit)] for words, digit in zip(parts, digits, strict=True))


def make_country(root: Path, letters: int) -> Path:
    """A workspace with a round of so many letters; at most `MOST`."""
    assert 0 < letters <= MOST, f"1 to {MOST} letters"
    root.mkdir(parents=True)
    shutil.copy(ROOT / "brevgen.toml", root)
    shutil.copytree(ROOT / "templates", root / "templates")
    folder = root / "data" / "rounds" / NAME
    folder.mkdir(parents=True)
    places = range(letters)
    _write(
        root / "data" / "municipalities.csv",
        [column.name for column in REGISTER_COLUMNS],
        ({**_number(at), "målform": FORMS[at % 5], "fylke": f"Fylke {at % 15}"} for at in places),
    )
    _write(
        root / "data" / "contacts.csv",
        [column.name for column in CONTACT_COLUMNS],
        ({**_number(at), "postmottak": f"post@{at:04}.example"} for at in places),
    )
    asked = [5 + at * 7 % 100 for at in places]
    minors = [at % 4 for at in places]
    _write(
        folder / "allocation.csv",
        ["kommunenummer", "kommunenavn", "antall", "enslige_mindreårige"],
        (
            {**_number(at), "antall": str(asked[at]), "enslige_mindreårige": str(minors[at])}
            for at in places
        ),
    )
    (folder / "round.toml").write_text(_round(sum(asked), sum(minors), letters), "utf-8")
    return root


def _number(place: int) -> dict[str, str]:
    return {"kommunenummer": f"{FIRST_NUMBER + place:04}", "kommunenavn": name(place)}


def _write(path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _round(total: int, minors: int, letters: int) -> str:
    """The model's `round.toml` with other figures, and a series that is long enough."""
    figures = {
        "total": str(total),
        "minors": str(minors),
        "municipalities": str(letters),
        "minimum": "5",
        "first": '"23-00001"',
        "last": '"23-99999"',
    }
    lines = []
    for line in MODEL.read_text(encoding="utf-8").splitlines():
        key = line.partition(" = ")[0]
        lines.append(f"{key} = {figures[key]}" if key in figures else line)
    return "\n".join([*lines, ""])
