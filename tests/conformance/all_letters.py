"""Every letter of every round, as draft and as final, held to PDF/A-2a and PDF/UA-1.

Two validators that know nothing of each other judge each file: page-validation, which also reads
every letter back when it is made, and veraPDF where it is there.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import page
from rich.console import Console
from rich.table import Table

from brevgen.files import write_whole
from brevgen.render.inspection import STANDARDS
from tests.conformance import verapdf
from tests.support.running import finish, start
from tests.support.samples import ROOT, make_workspace

ROUNDS = ("2017", "2017-revised", "2018", "2018-not-asked", "2018-supplement", "2024")
"""A round that is followed stands before those that follow it."""
RESULT = ROOT / "build" / "conformance.json"
NOT_EXAMINED = ("not examined: the validator passed the file over",)
SHOWN = 5
"""How many files are shown for a rule that is broken; all of them are in the JSON."""


@dataclass(frozen=True)
class Tally:
    """What one validator says of one set of letters by one standard.

    Args:
        letters: which letters, e.g. `2018 drafts`.
        validator: its name.
        standard: e.g. `PDF/A-2a`.
        files: how many PDFs there are.
        failures: the rules that are broken, by the name of each file that fails.
    """

    letters: str
    validator: str
    standard: str
    files: int
    failures: Mapping[str, Sequence[str]]

    @property
    def failed(self) -> int:
        """How many files fail."""
        return len(self.failures)

    @property
    def passed(self) -> int:
        """How many files hold."""
        return self.files - self.failed


def make_letters(scratch: Path) -> Path:
    """Make, approve and seal the letters of every round; the folder with a folder for each set."""
    workspace = make_workspace(scratch / "workspace", ROUNDS)
    letters = scratch / "letters"
    for name in ROUNDS:
        for words, made, kept in (
            (("generate", name), "drafts", f"{name} drafts"),
            (("approve", name, "--yes"), "letters", f"{name} finals"),
        ):
            print(f"brevgen {' '.join(words)} …", file=sys.stderr)
            ran = finish(start(workspace, *words))
            if ran.code:
                raise RuntimeError(f"brevgen {' '.join(words)} ended with {ran.code}: {ran.err}")
            shutil.copytree(
                workspace / "output" / name / made,
                letters / kept,
                ignore=shutil.ignore_patterns("*.docx"),
            )
    return letters


def breaches(pdf: Path, profile: str) -> tuple[str, ...]:
    """The rules that a PDF breaks, as page-validation sees it."""
    try:
        result = page.validate_pdf_bytes(pdf.read_bytes(), profile=profile)
    except page.PageError as error:
        return (f"not readable: {error}",)
    found = tuple(f"{each.rule_id}: {each.message}" for each in result.failures)
    return found or (() if result.is_compliant else ("not compliant",))


def examine(folder: Path, *, by_verapdf: bool) -> list[Tally]:
    """Put every PDF through both validators, for both standards.

    Args:
        folder: where the sets of letters are, each in a folder of its own.
        by_verapdf: whether veraPDF is there to be asked.
    """
    sets = {each.name: sorted(each.glob("*.pdf")) for each in sorted(folder.iterdir())}
    tallies = []
    for standard, profile in STANDARDS.items():
        seen = {pdf: breaches(pdf, profile) for pdfs in sets.values() for pdf in pdfs}
        found = {"page-validation": seen}
        if by_verapdf:
            found["veraPDF"] = verapdf.breaches(folder, profile)
        tallies += [
            Tally(name, validator, standard, len(pdfs), failures(pdfs, verdicts))
            for name, pdfs in sets.items()
            for validator, verdicts in found.items()
        ]
    return sorted(tallies, key=lambda tally: (tally.letters, tally.validator))


def failures(
    pdfs: Sequence[Path], verdicts: Mapping[Path, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """What is wrong with each file that fails; one without a verdict fails as well."""
    judged = {pdf.name: verdicts.get(pdf, NOT_EXAMINED) for pdf in pdfs}
    return {name: broken for name, broken in judged.items() if broken}


def show(tallies: Sequence[Tally], console: Console) -> None:
    """Print the table, and below it each rule that is broken, with files that break it."""
    table = Table("Letters", "Validator", "Rules")
    for heading in ("Files", "Passed", "Failed"):
        table.add_column(heading, justify="right")
    for tally in tallies:
        counts = map(str, (tally.files, tally.passed, tally.failed))
        table.add_row(tally.letters, tally.validator, tally.standard, *counts)
    console.print(table)
    for tally in tallies:
        for rule, files in by_rule(tally.failures).items():
            names = [*files][:SHOWN]
            more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
            heading = f"{tally.letters}, {tally.validator}, {tally.standard}: {rule}"
            console.print(heading, style="red", markup=False)
            console.print(f"  {files[names[0]]}", markup=False)
            console.print(f"  {', '.join(names)}{more}", markup=False)


def by_rule(failures: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """For each rule that is broken, what is told of each file that breaks it."""
    rules: dict[str, dict[str, str]] = defaultdict(dict)
    for name, broken in failures.items():
        for line in broken:
            rule, _, told = line.partition(": ")
            rules[rule].setdefault(name, told)
    return rules


def as_json(tallies: Sequence[Tally], missing: str) -> bytes:
    """The result for programs."""
    versions = {
        "page-validation": version("page-validation"),
        "veraPDF": None if missing else verapdf.VERSION,
    }
    results = [
        {**asdict(tally), "passed": tally.passed, "failed": tally.failed} for tally in tallies
    ]
    told = {"validators": versions, "results": results}
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def main() -> int:
    """Make the letters, or take those that are given; examine them; 1 if any fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--letters", type=Path, help="examine PDFs that are there: a folder with a folder per set"
    )
    parser.add_argument("--json", type=Path, default=RESULT, help="where the result is written")
    chosen = parser.parse_args()
    console = Console()
    missing = verapdf.what_is_missing()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (chosen.letters or make_letters(Path(scratch))).resolve()
        if empty := [each.name for each in folder.iterdir() if not [*each.glob("*.pdf")]]:
            parser.error(f"no PDF to examine in {', '.join(empty)}")
        tallies = examine(folder, by_verapdf=not missing)
    show(tallies, console)
    if missing:
        console.print(f"veraPDF was not asked. Missing: {missing}", style="yellow", markup=False)
    write_whole(chosen.json, as_json(tallies, missing))
    console.print(f"Written to {chosen.json}", markup=False, soft_wrap=True)
    return 1 if any(tally.failed for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
