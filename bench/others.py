"""The other ways of making the letters: the plain loop, docxtpl with LibreOffice, and Typst."""

import shutil
from pathlib import Path

from bench import allocation, here, office, running
from bench.rows import (
    FEW,
    IN_A_CALL,
    LIBRE,
    LIBRE_ARCHIVE,
    LIBRE_EACH,
    NO_CHECK,
    OFFICE,
    PDF_ALONE,
    PLAIN,
    PLAIN_SEALED,
    Bench,
)
from bench.running import Measured


def plain_loop(bench: Bench) -> Measured:
    """The plain loop without a seal."""
    target = bench.scratch / "plain"
    measured = here.script("plain", bench.words, allocation.NAME, target)
    bench.hold(target, ".pdf", approved=False)
    shutil.rmtree(target)
    return measured


def sealed_plain_loops(bench: Bench) -> None:
    """The plain loop with a seal, and with a key that is loaded once."""
    key = bench.scratch / "key.p12"
    for name, folder, words, more in (
        (
            PLAIN_SEALED,
            "sealed",
            ("--key", key),
            {"leaves_out": "no reading back, no ledger", "short": "plain loop, sealed"},
        ),
        (
            "plain loop, sealed, key loaded once",
            "kept",
            ("--key", key, "--keep-key"),
            {
                "leaves_out": "no reading back, no ledger",
                "baseline": PLAIN_SEALED,
                "short": "plain loop, sealed, key loaded once",
            },
        ),
    ):
        target = bench.scratch / folder
        measured = here.script("plain", bench.words, allocation.NAME, target, *words)
        bench.add(name, measured, **more)
        bench.hold(target, ".pdf", approved=True)
        shutil.rmtree(target)


def with_office(bench: Bench) -> None:
    """docxtpl, and LibreOffice in one call or in several."""
    soffice = shutil.which("soffice")
    docx = bench.scratch / "docx"
    if not _is_there("docxtpl"):
        bench.skipped.append("docxtpl and LibreOffice: docxtpl is not installed")
        return
    filled = here.script("office", bench.words, allocation.NAME, docx)
    bench.add(
        "docxtpl alone",
        filled,
        baseline=PLAIN,
        leaves_out="DOCX alone: no PDF",
    )
    bench.hold(docx, ".docx")
    if soffice is None:
        bench.skipped.append("LibreOffice: soffice is not installed (libreoffice-writer-nogui)")
        return
    files = sorted(docx.glob("*.docx"))
    profile, pdf = bench.scratch / "profile", bench.scratch / "pdf"
    environment = {**here.environment(), "FONTCONFIG_FILE": str(office.fonts(bench.scratch))}

    def convert(*these: Path, archive: bool = False) -> running.Measured:
        call = office.conversion(soffice, profile, pdf, archive=archive)
        return running.together(
            running.run([*call, *these[at : at + IN_A_CALL]], environment=environment)
            for at in range(0, len(these), IN_A_CALL)
        )

    convert(files[0])  # it sets itself up on first use
    shutil.rmtree(pdf)
    measured = convert(*files)
    bench.hold(pdf, ".pdf")
    bench.add(
        LIBRE,
        measured,
        baseline=PLAIN,
        leaves_out="PDF alone, no PDF/A, no tags, no seal, no reading back, no ledger",
        short=LIBRE,
    )
    bench.add(
        OFFICE,
        running.together((filled, measured)),
        baseline=PLAIN,
        leaves_out=f"no PDF/A, no tags, {NO_CHECK}",
        short=OFFICE,
    )
    shutil.rmtree(pdf)
    bench.add(
        LIBRE_ARCHIVE,
        convert(*files, archive=True),
        baseline=PLAIN,
        leaves_out="PDF alone, no PDF/UA, no seal, no reading back, no ledger",
    )
    bench.add(
        LIBRE_EACH,
        running.together(convert(file) for file in files[:FEW]),
        len(files[:FEW]),
        baseline=PLAIN,
        leaves_out="PDF alone, as above",
        short=LIBRE_EACH,
    )


def with_typst(bench: Bench) -> None:
    """Typst, and for comparison brevgen's own writer alone."""
    ways = [("WeasyPrint alone, as brevgen uses it", "weasyprint-kept", "WeasyPrint alone")]
    if _is_there("typst"):
        ways += [
            ("Typst, compiled anew for each letter", "typst-each", ""),
            ("Typst, one compiler for all", "typst-kept", "Typst alone"),
        ]
    else:
        bench.skipped.append("Typst: typst is not installed")
    for name, way, short in ways:
        target = bench.scratch / way
        measured = here.script("typeset", bench.words, allocation.NAME, target, way)
        bench.hold(target, ".pdf")
        bench.add(name, measured, baseline=PLAIN, leaves_out=PDF_ALONE, short=short)


def _is_there(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None
