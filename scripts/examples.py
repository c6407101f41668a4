"""What commands print, written into the pages that show it: the list is docs/examples.toml.

Example: python -m scripts.examples          runs the commands and writes what they print
         python -m scripts.examples --check  says which pages show something else, with exit code 1
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
MORE = "   …"
"""Stands for the lines that are left out."""


def outputs(examples: Mapping[str, Any], place: Path) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Run the examples one after another, and tell what each of them prints.

    Args:
        examples: what docs/examples.toml says.
        place: a workspace with nothing made yet.
    """
    allocation = place / "data" / "rounds" / "trial" / "allocation.csv"
    for each in examples["run"]:
        if "change" in each:
            old, new = each["change"]
            text = allocation.read_text(encoding="utf-8")
            if old not in text:
                raise ValueError(f"{old} is not in {allocation}")
            allocation.write_text(text.replace(old, new), encoding="utf-8")
        words = shlex.split(each["command"])[1:]
        at, account = examples["clock"].isoformat(), examples["account"]
        printed = subprocess.run(  # noqa: S603  the list is our own
            [sys.executable, "-m", "scripts.examples", "--at", at, account, *words],
            cwd=place,
            env=_environment(examples),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        ).stdout.replace("\N{NO-BREAK SPACE}", " ")
        lines = [line.rstrip() for line in printed.splitlines()]
        most = each.get("lines", len(lines))
        yield each, "\n".join(lines[:most] + [MORE] * (len(lines) > most))


def _environment(examples: Mapping[str, Any]) -> dict[str, str]:
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    told = {"PYTHONPATH": path, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "COLUMNS": "78"}
    told |= {"BREVGEN_LANGUAGE": examples["language"], "TZ": examples["timezone"]}
    return os.environ | told


def make_workspace(place: Path) -> None:
    """A workspace with the trial round alone."""
    (place / "data" / "rounds").mkdir(parents=True)
    for name in ("municipalities.csv", "contacts.csv", "history.csv"):
        shutil.copy(ROOT / "data" / name, place / "data")
    shutil.copy(ROOT / "brevgen.toml", place)
    shutil.copytree(ROOT / "templates", place / "templates")
    shutil.copytree(ROOT / "trial", place / "data" / "rounds" / "trial")


def written_into(page: str, command: str, printed: str, which: int) -> str:
    """A page in which a command shows what it prints.

    Args:
        page: the page.
        command: the command as it is shown.
        printed: what it prints.
        which: whether it is the first block with this command, 0, or a later one.

    Raises:
        ValueError: the page has no such block.
    """
    block = re.compile(rf"^```console\n\$ {re.escape(command)}\n.*?^```$", re.MULTILINE | re.DOTALL)
    found = list(block.finditer(page))
    if len(found) <= which:
        raise ValueError(f"“{command}” must be shown in a block of its own, {which + 1} times.")
    start, end = found[which].span()
    return f"{page[:start]}```console\n$ {command}\n{printed}\n```{page[end:]}"


def stale_pages(place: Path) -> dict[Path, str]:
    """The pages that show something else than the commands print, and what they should be."""
    examples = tomllib.loads((DOCS / "examples.toml").read_text(encoding="utf-8"))
    make_workspace(place)
    now: dict[Path, str] = {}
    shown: Counter[tuple[str, str]] = Counter()
    for each, printed in outputs(examples, place):
        path, name = DOCS / each["page"], (each["page"], each["command"])
        page = now.get(path) or path.read_text(encoding="utf-8")
        now[path] = written_into(page, each["command"], printed, shown[name])
        shown[name] += 1
    return {path: text for path, text in now.items() if path.read_text(encoding="utf-8") != text}


def run_at(at: datetime, account: str) -> None:
    """Run the command line as if it were another time and another account."""
    from brevgen import actor
    from brevgen.cli import context, main

    context.now = lambda: at
    actor.process_actor = lambda: actor.Actor(account)
    main.main()


def main() -> int:
    """Write the pages, or say which are stale; or run one command, for one of the examples."""
    if sys.argv[1:2] == ["--at"]:
        at, account = sys.argv[2:4]
        sys.argv = ["brevgen", *sys.argv[4:]]
        run_at(datetime.fromisoformat(at), account)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        stale = stale_pages(Path(folder) / "workspace")
    for path, text in stale.items():
        if "--check" in sys.argv:
            print(f"Stale: {path.relative_to(ROOT)}. Write it anew: python -m scripts.examples")
        else:
            path.write_text(text, encoding="utf-8")
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main())
