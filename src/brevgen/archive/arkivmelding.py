"""`arkivmelding.xml`: cases and journal entries as archives of Norwegian agencies take them in.

Noark 5 arkivmelding as eFormidling carries it (metadata catalogue 3.1). That has no place for
organisation numbers, digests and seals, so these stand under `virksomhetsspesifikkeMetadata`, where
each agency has words of its own; names that Noark 5 has for them are used there.
"""

from datetime import UTC, date, datetime

from lxml import etree
from lxml.etree import _Element as Element

from brevgen.archive.entries import ArchivedFile, CaseFile, Handover, JournalEntry, Message
from brevgen.archive.numbers import case_in_year, entry_in_case
from brevgen.facts.dates import day_in_norway

FILE = "arkivmelding.xml"
NAMESPACE = "http://www.arkivverket.no/standarder/noark5/arkivmelding"
OWN = "urn:brevgen:arkiv:1"
"""The namespace of our own words."""
XSI = "http://www.w3.org/2001/XMLSchema-instance"

SECURITY_LEVEL = "PKI/virksomhetssertifikat"
"""Noark 5, M507 elektroniskSignaturSikkerhetsnivaa: a seal is made with the agency's certificate.
"""


def arkivmelding(handover: Handover, message: Message) -> bytes:
    """One message, as UTF-8; the same values give the same bytes."""
    root = etree.Element(f"{{{NAMESPACE}}}arkivmelding", nsmap={None: NAMESPACE, "xsi": XSI})
    files = [file for entry in message.entries for file in entry.files]
    references = (entry.reference for entry in message.entries)
    _add(root, "system", handover.system)
    _add(root, "meldingId", str(handover.system_id("melding", *references)))
    _add(root, "tidspunkt", _time(max(entry.last_at for entry in message.entries)))
    _add(root, "antallFiler", str(len(files)))
    for case in message.cases:
        _add_case(root, handover, case)
    etree.indent(root, "  ")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8")) + b"\n"


def _add(to: Element, name: str, text: str | None = None) -> Element:
    """A word of the standard's."""
    found = etree.SubElement(to, f"{{{NAMESPACE}}}{name}")
    found.text = text
    return found


def _own(to: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """A word of our own."""
    found = etree.SubElement(to, f"{{{OWN}}}{name}", attributes, nsmap={"b": OWN})
    found.text = text
    return found


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _add_case(root: Element, handover: Handover, case: CaseFile) -> None:
    folder = _add(root, "mappe")
    folder.set(f"{{{XSI}}}type", "saksmappe")
    first = min(entry.dated for entry in case.entries)
    begun = min(entry.approved_at for entry in case.entries)
    case_id = str(handover.system_id("sak", case.key))
    _add(folder, "systemID", case_id)
    if case.number:
        _add(folder, "mappeID", case.number)
    _add(folder, "tittel", case.title)
    _add(folder, "offentligTittel", case.title)
    _add(folder, "dokumentmedium", "Elektronisk arkiv")
    _add(folder, "opprettetDato", _time(begun))
    _add(folder, "opprettetAv", handover.system)
    if handover.part:
        _add(folder, "referanseArkivdel", handover.part)
    own = _own(_add(folder, "virksomhetsspesifikkeMetadata"), "sak")
    _own(own, "arkivskaper", handover.creator)
    _own(own, "runde", handover.round)
    _add_restriction(folder, handover)
    if handover.classification is not None:
        found = _add(folder, "klassifikasjon")
        _add(found, "referanseKlassifikasjonssystem", handover.classification.system)
        _add(found, "klasseID", handover.classification.key)
        _add(found, "tittel", handover.classification.title)
    for entry in case.entries:
        _add_entry(folder, handover, case_id, entry)
    if (known := case_in_year(case.number)) is not None:
        _add(folder, "saksaar", str(known[0]))
        _add(folder, "sakssekvensnummer", str(known[1]))
    _add(folder, "saksdato", first.isoformat())
    _add(folder, "administrativEnhet", handover.unit)
    _add(folder, "saksansvarlig", handover.responsible)
    _add(folder, "saksstatus", "Under behandling")


def _add_restriction(to: Element, handover: Handover) -> None:
    restriction = handover.restriction
    if restriction is not None:
        found = _add(to, "skjerming")
        _add(found, "tilgangsrestriksjon", restriction.code)
        _add(found, "skjermingshjemmel", restriction.basis)
        for each in restriction.shields:
            _add(found, "skjermingMetadata", each)


def _add_entry(folder: Element, handover: Handover, case_id: str, entry: JournalEntry) -> None:
    found = _add(folder, "basisregistrering")
    found.set(f"{{{XSI}}}type", "journalpost")
    _add(found, "systemID", str(handover.system_id("journalpost", entry.reference)))
    _add(found, "opprettetDato", _time(entry.approved_at))
    _add(found, "opprettetAv", entry.approved_by)
    _add(found, "arkivertDato", _time(entry.last_at))
    _add(found, "arkivertAv", handover.system)
    _add(found, "referanseForelderMappe", case_id)
    _add_restriction(found, handover)
    _add_document(found, handover, entry)
    _add(found, "tittel", entry.title)
    _add(found, "offentligTittel", entry.title)
    _add(found, "beskrivelse", f"Vår ref. {entry.reference}")
    if entry.signatory:
        _add(found, "forfatter", entry.signatory)
    _add(found, "dokumentmedium", "Elektronisk arkiv")
    _add_own(found, handover, entry)
    _add_remark(found, handover, entry)
    if (number := entry_in_case(entry.journal_number)) is not None:
        _add(found, "journalpostnummer", str(number))
    _add(found, "journalposttype", "Utgående dokument")
    _add(found, "journalstatus", entry.status)
    _add(found, "journaldato", journal_day(entry).isoformat())
    _add(found, "dokumentetsDato", entry.dated.isoformat())
    if entry.sent_at is not None:
        _add(found, "sendtDato", _time(entry.sent_at))
    if entry.deadline is not None:
        _add(found, "forfallsdato", entry.deadline.isoformat())
    for party in entry.parties:
        told = _add(found, "korrespondansepart")
        _add(told, "korrespondanseparttype", party.role)
        _add(told, "korrespondansepartNavn", party.name)
        if party.contact:
            _add(told, "kontaktperson", party.contact)


def journal_day(entry: JournalEntry) -> date:
    """The day an entry belongs to in the journal: when the letter was sent, else its own date."""
    return day_in_norway(entry.sent_at) if entry.sent_at is not None else entry.dated


def _add_document(to: Element, handover: Handover, entry: JournalEntry) -> None:
    found = _add(to, "dokumentbeskrivelse")
    _add(found, "systemID", str(handover.system_id("dokument", entry.reference)))
    _add(found, "dokumenttype", "Brev")
    _add(found, "dokumentstatus", "Dokumentet er ferdigstilt")
    _add(found, "tittel", entry.title)
    _add(found, "opprettetDato", _time(entry.approved_at))
    _add(found, "opprettetAv", entry.approved_by)
    _add(found, "dokumentmedium", "Elektronisk arkiv")
    _add(found, "tilknyttetRegistreringSom", "Hoveddokument")
    _add(found, "dokumentnummer", "1")
    _add(found, "tilknyttetDato", _time(entry.seal.sealed_at))
    _add(found, "tilknyttetAv", handover.system)
    for file in entry.files:
        _add_file(found, handover, file)


def _add_file(to: Element, handover: Handover, file: ArchivedFile) -> None:
    found = _add(to, "dokumentobjekt")
    _add(found, "versjonsnummer", "1")
    _add(found, "variantformat", file.variant)
    _add(found, "opprettetDato", _time(file.made_at))
    _add(found, "opprettetAv", handover.system)
    _add(found, "referanseDokumentfil", file.name)


def _add_own(to: Element, handover: Handover, entry: JournalEntry) -> None:
    """What the standard's own words have no place for."""
    own = _own(_add(to, "virksomhetsspesifikkeMetadata"), "brev")
    _own(own, "referanseEksternNoekkel", entry.reference, fagsystem=handover.system)
    _own(own, "runde", handover.round)
    _own(own, "kommunenummer", entry.municipality)
    for party in entry.parties:
        if party.organisation_number:
            told = _own(own, "korrespondansepart", type=party.role)
            _own(told, "korrespondansepartNavn", party.name)
            _own(told, "organisasjonsnummer", party.organisation_number)
    for file in entry.files:
        told = _own(own, "dokumentobjekt", referanseDokumentfil=file.name)
        _own(told, "format", file.format)
        _own(told, "sjekksum", file.sha256)
        _own(told, "sjekksumAlgoritme", "SHA-256")
    seal = _own(own, "elektroniskSignatur")
    _own(seal, "elektroniskSignaturSikkerhetsnivaa", SECURITY_LEVEL)
    _own(seal, "elektroniskSignaturVerifisert", entry.seal.state)
    _own(seal, "forseglet", _time(entry.seal.sealed_at))
    _own(seal, "forsegletAv", entry.seal.sealed_by)
    _own(seal, "tidsstemplet", "true" if entry.seal.timestamped else "false")
    approval = _own(own, "godkjenning")
    _own(approval, "godkjent", _time(entry.approved_at))
    _own(approval, "godkjentAv", entry.approved_by)
    _own(approval, "underskriver", entry.signatory)
    _own(approval, "innhold", entry.content_digest)


def _add_remark(to: Element, handover: Handover, entry: JournalEntry) -> None:
    """The seal's verification for a person to read, in systems that drop others' metadata."""
    found = _add(to, "merknad")
    said = f"{entry.seal.state}. Forseglet av {entry.seal.sealed_by}. {entry.seal.remark}".strip()
    _add(found, "merknadstekst", said)
    _add(found, "merknadstype", "Elektronisk signatur")
    _add(found, "merknadsdato", _time(entry.seal.sealed_at))
    _add(found, "merknadRegistrertAv", handover.system)
