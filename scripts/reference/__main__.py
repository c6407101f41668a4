"""Writes the pages, or says which are stale."""

import sys
from pathlib import Path

from scripts.reference.of_columns import columns_page
from scripts.reference.of_commands import commands_page
from scripts.reference.of_json import json_page
from scripts.reference.of_kinds import kind_toml_page, request
from scripts.reference.of_letters import letter_facts_page
from scripts.reference.of_settings import brevgen_toml_page, round_toml_page
from scripts.reference.of_states import exit_codes_page, states_page

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "docs" / "reference"


PAGES = {
    "commands": commands_page,
    "brevgen-toml": brevgen_toml_page,
    "round-toml": lambda: round_toml_page(request()),
    "kind-toml": kind_toml_page,
    "columns": columns_page,
    "states": states_page,
    "exit-codes": exit_codes_page,
    "letter-facts": letter_facts_page,
    "json": json_page,
}


def main() -> int:
    """Write the pages, or say which are stale."""
    stale = []
    for name, write in PAGES.items():
        path, text = FOLDER / f"{name}.md", write()
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.relative_to(ROOT))
        if "--check" not in sys.argv:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if "--check" not in sys.argv or not stale:
        return 0
    print(f"Stale: {', '.join(map(str, stale))}. Write them anew: make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
