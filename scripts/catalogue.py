"""Bring the catalogue of bokmål up to date with the messages in the code, or check that it is.

python -m scripts.catalogue             # add new messages, without their bokmål
python -m scripts.catalogue --check     # tell what is missing or left over
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

from brevgen.cli.help import texts
from brevgen.cli.main import app

SOURCE = Path(__file__).parent.parent / "src" / "brevgen"
CATALOGUE = SOURCE / "catalogues" / "nb.po"
HEADER = b"""msgid ""
msgstr ""
"Language: nb\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""
KEYWORDS = {"tr": None, "tr_many": (1, 2), "untranslated": None}


def messages() -> set[str]:
    """Every message in the code, and every text in the help of the commands."""
    found: set[str] = set()
    for _, _, message, _, _ in extract_from_dir(
        str(SOURCE), [("**.py", "python")], keywords=KEYWORDS
    ):
        found |= set(message) if isinstance(message, tuple) else {message}
    whole = get_command(app)
    return found | set(texts(whole, whole.make_context("brevgen", [], resilient_parsing=True)))


def known() -> dict[str, str]:
    """What the catalogue says, by message."""
    with CATALOGUE.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id}


def written(said: dict[str, str]) -> bytes:
    """A catalogue as it lies in its file: in the alphabet's order, without any date."""
    catalogue = Catalog(locale="nb", fuzzy=False)
    for message, bokmaal in said.items():
        catalogue.add(message, bokmaal)
    file = io.BytesIO()
    write_po(file, catalogue, width=100, omit_header=True, sort_output=True)
    header = (
        b'msgid ""\nmsgstr ""\n"Language: nb\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    )
    return header + file.getvalue().lstrip()


def main() -> None:
    """Write the catalogue, or tell what is wrong with it."""
    wanted, said = messages(), known()
    if "--check" not in sys.argv:
        CATALOGUE.write_bytes(written({each: said.get(each, "") for each in wanted}))
        missing = sum(not said.get(each) for each in wanted)
        print(f"{len(wanted)} messages, {missing} without bokmål: {CATALOGUE}")
        return
    problems = [f"without bokmål: {each}" for each in sorted(wanted) if not said.get(each)]
    problems += [f"no longer in the code: {each}" for each in sorted(said.keys() - wanted)]
    if problems:
        raise SystemExit("\n".join([*problems, "Run: python -m scripts.catalogue"]))


if __name__ == "__main__":
    main()
