"""The page of columns, from the tables that are read and the report that is written."""

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence

from brevgen.archive import numbers_table
from brevgen.archive.numbers_table import ToldNumber
from brevgen.facts import allocation_columns, answers, contacts, municipalities
from brevgen.facts.allocation import AllocationRow
from brevgen.facts.answers import ToldAnswer
from brevgen.facts.contacts import Contact
from brevgen.facts.municipalities import Municipality
from brevgen.findings import Findings
from brevgen.rounds import report
from brevgen.tables.reader import Column
from scripts.reference.markdown import args, code, in_code, page, table
from scripts.reference.of_kinds import request

OF_REGISTER = {
    "kommunenummer": "number",
    "kommunenavn": "name",
    "målform": "`bokmål`, `nynorsk` or `nøytral`: decides the written form of the letter",
    "orgnr": "organisation_number",
    "region": "region",
    "fylke": "county",
    "innbyggere": "population",
    "innbyggere_år": "the year of the population's figure",
    "gyldig_fra": "valid_from",
    "gyldig_til": "valid_to",
    "etterfølger": "successors",
    "merknad": "a remark, for people",
}
"""The register's columns: the fact of a `Municipality` that each holds, or what it is."""

OF_CONTACTS = {
    "kommunenummer": "number",
    "kommunenavn": "the municipality's name; must be the number's",
    "postmottak": "mailbox",
    "ordfører": "the mayor's name",
    "ordfører_epost": "the mayor's e-mail address",
    "rådmann": "the chief executive's name",
    "rådmann_epost": "the chief executive's e-mail address",
}
"""The columns of the contacts: the fact of a `Contact` that each holds, or what it is."""

OF_ANSWERS = {
    "kommunenummer": "number",
    "kommunenavn": "the municipality's name; must be the number's",
    "vedtatt": "decided",
    "enslige_mindreårige": "minors",
    "vedtaksdato": "decided_on",
    "organ": "body",
    "vilkår": "conditions",
    "utsatt_til": "late_until",
    "journalnummer": "journal",
}
"""The columns of answers: the fact of a `ToldAnswer` that each holds, or what it is."""

OF_NUMBERS = {
    "vår_ref": "reference",
    "saksnummer": "case_number",
    "journalpostnummer": "journal_number",
    "arkiv": "archive",
    "mottaker": "whose letter it is; a row of another than its reference says is refused",
    "mottaker_organisasjonsnummer": "the same, by organisation number",
}
"""The columns of the archive's numbers: what of a `ToldNumber` each holds, or what it is."""

OF_REPORT = {
    "brevgen_referanse": "the letter's reference",
    "brevgen_status": "its state, in bokmål",
    "brevgen_godkjent_av": "in whose name it is approved; filled in while the approval holds",
    "brevgen_godkjent": "when it was approved, UTC; filled in while the approval holds",
    "brevgen_sider": "pages of the PDF",
    "brevgen_pdf": "name of the PDF",
    "brevgen_pdf_sha256": "digest of the PDF, to prove that it is unchanged",
    "brevgen_docx_sha256": "digest of the DOCX, to prove that it is unchanged",
    "brevgen_laget": "when the draft was made or the letter sealed, UTC",
    "brevgen_sendt": "when the last recipient so far got it, UTC",
    "brevgen_mottakere": "its recipients, each with its state, in bokmål, and the server's words",
    "brevgen_svar": "what the municipality has answered, in bokmål",
    "brevgen_vedtatt": "persons it has decided to settle; 0 for a no, blank where not known",
    "brevgen_vedtatt_mindreårige": "unaccompanied minors among them; blank where not known",
    "brevgen_vedtaksdato": "the day it decided",
    "brevgen_svarfrist": "the last day to answer, with more time where it was given",
    "brevgen_dager_over_fristen": "days since that day, where there is no answer",
}
"""What brevgen's own columns of the report hold."""


def column_rows(
    columns: Sequence[Column], of: Mapping[str, str], told: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    """A row for each column; a column of which nothing is told is a `KeyError`."""
    for each in columns:
        meaning = of[each.name]
        must = "yes" if each.required else "no"
        # where the program has None, a person sees an empty cell
        told_so = told.get(meaning, meaning).replace("None", "empty")
        yield code(each.name), must, told_so, in_code(each.synonyms)


def columns_page() -> str:
    """docs/reference/columns.md."""
    headers = ("column", "must be there", "meaning", "other names it may have")
    ours = re.findall(r'"(brevgen_\w+)":', inspect.getsource(report))
    if set(ours) != set(OF_REPORT):
        raise SystemExit(f"scripts/reference: tell of {set(ours) ^ set(OF_REPORT)} in OF_REPORT")
    own = {each.header: str(each.called) for each in request().columns.values()}
    intro = (
        "Columns may stand in any order. Their names are compared without regard to case, spaces,"
        " underscores, hyphens, dots and colons; those of the allocation may have the year of"
        " settlement in them, such as `Anmodning 2027`."
    )
    return page(
        "Columns",
        intro,
        "## Allocation of requests: allocation.csv or allocation.xlsx",
        table(
            headers,
            column_rows(
                allocation_columns.columns_of(request(), Findings()),
                report.OWN_COLUMNS | own,
                args(AllocationRow) | own,
            ),
        ),
        "## Register: municipalities.csv",
        table(headers, column_rows(municipalities.COLUMNS, OF_REGISTER, args(Municipality))),
        "## Contacts: contacts.csv",
        table(headers, column_rows(contacts.COLUMNS, OF_CONTACTS, args(Contact))),
        "## Answers: what brevgen answers reads",
        table(headers, column_rows(answers.COLUMNS, OF_ANSWERS, args(ToldAnswer))),
        "## The archive's numbers: what brevgen archive --numbers reads",
        table(headers, column_rows(numbers_table.COLUMNS, OF_NUMBERS, args(ToldNumber))),
        "## Report: report.csv",
        "First the allocation's own columns under the headers they have there, the unknown ones"
        " last; then these:",
        table(("column", "meaning"), [(code(name), OF_REPORT[name]) for name in ours]),
    )
