"""A folder for the archive read back before it counts: every file, every count, every schema."""

import csv
import hashlib
import io
import json
from pathlib import Path

from lxml import etree

from brevgen.archive.arkivmelding import FILE, NAMESPACE
from brevgen.archive.entries import Handover, Message
from brevgen.archive.journal import CSV, JSON
from brevgen.archive.package import MANIFEST, SEAL, SUMS, files_in
from brevgen.errors import UnreadableFile
from brevgen.files import MEGABYTE, read_bytes
from brevgen.findings import Findings, Place
from brevgen.language import tr

SCHEMA = "arkivmelding.xsd"
MOST_XML = 200 * MEGABYTE
_N = {"n": NAMESPACE}


def read_schema(folder: Path, findings: Findings) -> etree.XMLSchema | None:
    """The official schema in a folder; None and a fault where there is none that can be used."""
    path = folder / SCHEMA
    try:
        data = read_bytes(path, most=20 * MEGABYTE)
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.XMLSchema(etree.fromstring(data, parser, base_url=str(path)))
    except UnreadableFile as error:
        findings.fault(error.what, error.remedy, Place(str(path)))
    except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
        findings.fault(
            tr("This is no schema that can be used: {reason}.", reason=str(error).rstrip(".")),
            tr("Name the folder with arkivmelding.xsd and the schemas that belong to it."),
            Place(str(path)),
        )
    return None


def check_package(
    folder: Path,
    handover: Handover,
    messages: tuple[Message, ...],
    schema: etree.XMLSchema | None,
    findings: Findings,
) -> None:
    """Read a folder back, and note everything in it that is not as it should be.

    Args:
        folder: what was written.
        handover: what should be in it.
        messages: the same, as it is shared out.
        schema: the official schema; None to go without.
    """
    _check_files(folder, handover, messages, findings)
    _check_sums(folder, findings)
    identities: list[str] = []
    for message in messages:
        identities += _check_message(folder, message, schema, findings)
    if len(set(identities)) != len(handover.entries):
        _fault(findings, FILE, tr("The journal entries are not as many as the letters."))
    _check_journal(folder, handover, findings)


def _fault(findings: Findings, file: str, what: str) -> None:
    findings.fault(
        what,
        tr("See that the disk has room and is sound, then make it again."),
        Place(file),
    )


def _check_files(
    folder: Path, handover: Handover, messages: tuple[Message, ...], findings: Findings
) -> None:
    """Just the files that belong there, with the digests that the ledger knows."""
    wanted = {CSV, JSON, SUMS, MANIFEST, SEAL, *(f"{each.folder}/{FILE}" for each in messages)}
    digests = {
        f"{message.folder}/{file.name}": file.sha256
        for message in messages
        for entry in message.entries
        for file in entry.files
    }
    there = set(files_in(folder))
    for name in sorted((wanted | digests.keys()) - there):
        _fault(findings, name, tr("The file is missing."))
    for name in sorted(there - wanted - digests.keys()):
        _fault(findings, name, tr("The file does not belong there."))
    for name in sorted(digests.keys() & there):
        if _digest(folder / name) != digests[name]:
            _fault(findings, name, tr("It is not the file that was sealed."))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_sums(folder: Path, findings: Findings) -> None:
    """`sha256sums.txt` tells of every file but those made after it, and tells the truth."""
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    told = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in sorted(set(files_in(folder)) - {SUMS, MANIFEST, SEAL}):
        if told.pop(name, "") != _digest(folder / name):
            _fault(findings, name, tr("sha256sums.txt tells another digest of it."))
    for name in told:
        _fault(findings, name, tr("The file is missing."))


def _check_message(
    folder: Path, message: Message, schema: etree.XMLSchema | None, findings: Findings
) -> list[str]:
    """One message against its files, its letters and the schema; the names of its entries."""
    name = f"{message.folder}/{FILE}"
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        data = read_bytes(folder / name, most=MOST_XML)
        root = etree.fromstring(data, parser)
    except (UnreadableFile, etree.XMLSyntaxError) as error:
        _fault(findings, name, tr("It cannot be read: {reason}", reason=str(error)))
        return []
    files = [str(each) for each in root.xpath("//n:referanseDokumentfil/text()", namespaces=_N)]
    there = {each.name for each in (folder / message.folder).iterdir()} - {FILE}
    told = root.findtext("n:antallFiler", namespaces=_N)
    if sorted(files) != sorted(there) or told != str(len(there)):
        _fault(findings, name, tr("It does not name just the files that lie beside it."))
    references = root.xpath("//*[local-name() = 'referanseEksternNoekkel']/text()")
    if [str(each) for each in references] != [entry.reference for entry in message.entries]:
        _fault(findings, name, tr("It does not tell of just the letters that belong in it."))
    if schema is not None and not schema.validate(root):
        for broken in schema.error_log:
            findings.fault(
                tr("The schema does not allow this: {reason}", reason=broken.message),
                tr("See [archive] in brevgen.toml, and whether it is the right schema."),
                Place(name, row=broken.line),
            )
    names = root.xpath("//n:basisregistrering/n:systemID/text()", namespaces=_N)
    return [str(each) for each in names]


def _check_journal(folder: Path, handover: Handover, findings: Findings) -> None:
    """Both journals tell of every letter once, in order."""
    wanted = [entry.reference for entry in handover.entries]
    text = (folder / CSV).read_bytes().decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
    cases = json.loads((folder / JSON).read_bytes())
    entries = [entry["externalId"] for case in cases for entry in case["journalpost"]]
    for name, found in ((CSV, [row["vår_ref"] for row in rows]), (JSON, entries)):
        if found != wanted:
            _fault(findings, name, tr("It does not tell of just the letters that belong in it."))
