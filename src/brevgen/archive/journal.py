"""The journal in the terms of eInnsyn: `journal.csv` to fill in, `journal.json` to compare.

Nothing is published from here: that is for the archive's system, which gives the numbers.
"""

import json
from typing import Any

from brevgen.archive.arkivmelding import journal_day
from brevgen.archive.entries import CaseFile, Handover, JournalEntry, PartyRole
from brevgen.archive.numbers import case_in_year, entry_in_case
from brevgen.tables.csv_file import as_text_cell, csv_bytes

CSV, JSON = "journal.csv", "journal.json"

_PARTIES: dict[PartyRole, str] = {"Mottaker": "mottaker", "Kopimottaker": "kopimottaker"}
"""What eInnsyn calls them."""


def journal_csv(handover: Handover) -> bytes:
    """One line per letter, for a spreadsheet program; the archive's numbers may be filled in.

    The first three columns are those that `brevgen archive ROUND --numbers` reads.
    """
    rows = [_row(handover, case, entry) for case in handover.cases for entry in case.entries]
    return csv_bytes([rows[0], *(map(as_text_cell, row.values()) for row in rows)])


def _row(handover: Handover, case: CaseFile, entry: JournalEntry) -> dict[str, str]:
    known = case_in_year(entry.case_number)
    number = entry_in_case(entry.journal_number)
    to, *copies = entry.parties
    return {
        "vår_ref": entry.reference,
        "saksnummer": entry.case_number,
        "journalpostnummer": entry.journal_number if number is None else str(number),
        "saksaar": str(known[0]) if known else "",
        "sakssekvensnummer": str(known[1]) if known else "",
        "saksmappe_offentligTittel": case.title,
        "offentligTittel": entry.title,
        "journalposttype": "utgaaende_dokument",
        "journalstatus": entry.status,
        "journaldato": journal_day(entry).isoformat(),
        "dokumentetsDato": entry.dated.isoformat(),
        "sendtDato": f"{entry.sent_at:%Y-%m-%dT%H:%M:%SZ}" if entry.sent_at else "",
        "mottaker": to.name,
        "mottaker_organisasjonsnummer": to.organisation_number,
        "kopimottakere": "; ".join(each.name for each in copies),
        "administrativEnhet": handover.unit,
        "systemId": str(handover.system_id("journalpost", entry.reference)),
        "filer": "; ".join(each.name for each in entry.files),
    }


def journal_json(handover: Handover) -> bytes:
    """The same as eInnsyn's objects: *saksmappe* with its *journalpost*, by their field names.

    Numbers that only the archive gives are left out until they are known.
    """
    cases = [_case(handover, case) for case in handover.cases]
    return (json.dumps(cases, indent=2, ensure_ascii=False) + "\n").encode()


def _case(handover: Handover, case: CaseFile) -> dict[str, Any]:
    known = case_in_year(case.number)
    numbers = {"saksaar": known[0], "sakssekvensnummer": known[1]} if known else {}
    return {
        "systemId": str(handover.system_id("sak", case.key)),
        "offentligTittel": case.title,
        "offentligTittelSensitiv": case.title,
        **numbers,
        "saksdato": min(entry.dated for entry in case.entries).isoformat(),
        "journalpost": [_entry(handover, entry) for entry in case.entries],
    }


def _entry(handover: Handover, entry: JournalEntry) -> dict[str, Any]:
    number = entry_in_case(entry.journal_number)
    return {
        "systemId": str(handover.system_id("journalpost", entry.reference)),
        "externalId": entry.reference,
        "offentligTittel": entry.title,
        "offentligTittelSensitiv": entry.title,
        **({} if number is None else {"journalpostnummer": number}),
        "journalposttype": "utgaaende_dokument",
        "journaldato": journal_day(entry).isoformat(),
        "dokumentetsDato": entry.dated.isoformat(),
        "korrespondansepart": [
            {
                "korrespondansepartNavn": party.name,
                "korrespondansepartNavnSensitiv": party.name,
                "korrespondanseparttype": _PARTIES[party.role],
            }
            for party in entry.parties
        ],
        "dokumentbeskrivelse": [
            {
                "systemId": str(handover.system_id("dokument", entry.reference)),
                "tittel": entry.title,
                "tittelSensitiv": entry.title,
                "dokumentnummer": 1,
                "tilknyttetRegistreringSom": "hoveddokument",
                "dokumenttype": "Brev",
            }
        ],
    }
