"""What the archive gets of a round: read back by XPath, by openssl, and by sha256sum."""

import csv
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from brevgen.actor import Actor
from brevgen.archive.arkivmelding import NAMESPACE, OWN
from brevgen.errors import LedgerDamaged, MayNot, Refused
from brevgen.findings import FaultyInput
from brevgen.rounds import archive as use_case
from brevgen.rounds.archive import Archived, archive, planned_archive
from brevgen.rounds.archive_numbers import keep_numbers
from brevgen.rounds.session import RoundSession
from brevgen.rounds.withdraw import withdraw
from brevgen.workspace import find_workspace
from tests.rounds.test_answer import sent_trial as sent_trial
from tests.support import made_rounds, pki
from tests.support.samples import make_round, make_workspace
from tests.support.sending import send_round, server
from tests.support.sessions import Clock, approved, generated, session, silent

LATER = datetime.now(UTC)
"""When the key of the workspace is valid."""
N = {"n": NAMESPACE, "b": OWN}


@pytest.fixture
def place(sent_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters of the round `trial`, all sent but that to Vinje."""
    return made_rounds.copied(sent_trial, tmp_path / "workspace")


@pytest.fixture
def opened(place: Path) -> Iterator[RoundSession]:
    with session(place, account="arne", clock=Clock(LATER)) as found:
        yield found


def set_archive(place: Path, text: str) -> None:
    file = place / "brevgen.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n[archive]\n{text}", encoding="utf-8")


def handed_over(place: Path, clock: datetime = LATER) -> Archived:
    with session(place, account="arne", clock=Clock(clock)) as opened:
        return archive(opened, progress=silent)


def folder(place: Path) -> Path:
    return place / "output" / "trial" / "archive"


def message(place: Path, number: int = 1) -> etree._Element:
    return etree.parse(folder(place) / f"melding-{number:03}" / "arkivmelding.xml").getroot()


def texts(root: etree._Element, path: str) -> list[str]:
    return [str(each) for each in root.xpath(path, namespaces=N)]


def everything(place: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in folder(place).rglob("*")
        if path.is_file()
    }
    return found | {"zip": folder(place).with_name("archive.zip").read_bytes()}


def test_each_letter_is_an_outgoing_entry_in_the_rounds_case(place: Path) -> None:
    done = handed_over(place)
    assert (done.letters, done.sent, done.messages, done.left_out) == (6, 5, 1, ())
    root = message(place)
    assert texts(root, "/n:arkivmelding/n:system/text()") == ["brevgen"]
    assert texts(root, "/n:arkivmelding/n:antallFiler/text()") == ["12"]
    case = "/n:arkivmelding/n:mappe[@xsi:type='saksmappe']".replace("@xsi:type", "@*")
    assert texts(root, f"{case}/n:tittel/text()") == ["Anmodning om bosetting, 2018"]
    assert texts(root, f"{case}/n:administrativEnhet/text()") == ["IMDi"]
    assert texts(root, f"{case}/n:saksdato/text()") == ["2017-11-06"]
    aas = f"{case}/n:basisregistrering[.//b:kommunenummer = '0214']"
    assert texts(root, f"{aas}/@*") == ["journalpost"]
    assert texts(root, f"{aas}/n:journalposttype/text()") == ["Utgående dokument"]
    assert texts(root, f"{aas}/n:journalstatus/text()") == ["Ekspedert"]
    assert texts(root, f"{aas}/n:dokumentetsDato/text()") == ["2017-11-06"]
    assert texts(root, f"{aas}/n:journaldato/text()") == ["2017-11-06"]
    assert texts(root, f"{aas}/n:forfallsdato/text()") == ["2018-01-06"]
    (sent,) = texts(root, f"{aas}/n:sendtDato/text()")
    assert sent.startswith("2017-11-06T")
    party = f"{aas}/n:korrespondansepart"
    assert texts(root, f"{party}/n:korrespondanseparttype/text()") == ["Mottaker"]
    assert texts(root, f"{party}/n:korrespondansepartNavn/text()") == ["Ås kommune"]
    assert texts(root, f"{party}/n:kontaktperson/text()") == ["Ordfører og rådmann"]
    assert texts(root, f"{aas}//b:organisasjonsnummer/text()") == ["964948798"]
    references = texts(root, "//b:referanseEksternNoekkel/text()")
    assert len(references) == 6
    assert texts(root, f"{aas}/n:beskrivelse/text()") == [f"Vår ref. {references[0]}"]
    vinje = f"{case}/n:basisregistrering[.//b:kommunenummer = '0834']"
    assert texts(root, f"{vinje}/n:journalstatus/text()") == ["Godkjent av leder"]
    assert texts(root, f"{vinje}/n:sendtDato/text()") == []


def test_the_pdf_is_what_is_kept_and_the_docx_what_it_was_made_as(place: Path) -> None:
    handed_over(place)
    root = message(place)
    for entry in root.xpath("//n:basisregistrering", namespaces=N):
        document = "n:dokumentbeskrivelse"
        assert texts(entry, f"{document}/n:tilknyttetRegistreringSom/text()") == ["Hoveddokument"]
        variants = texts(entry, f"{document}/n:dokumentobjekt/n:variantformat/text()")
        names = texts(entry, f"{document}/n:dokumentobjekt/n:referanseDokumentfil/text()")
        assert variants == ["Arkivformat", "Produksjonsformat"]
        assert [Path(name).suffix for name in names] == [".pdf", ".docx"]
        digests = texts(entry, ".//b:dokumentobjekt/b:sjekksum/text()")
        for name, digest in zip(names, digests, strict=True):
            data = (folder(place) / "melding-001" / name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == digest


def seals(place: Path) -> tuple[set[str], list[str]]:
    """What is said of the seals: in the standard's words, and to a person."""
    root = message(place)
    states = set(texts(root, "//b:elektroniskSignaturVerifisert/text()"))
    return states, texts(root, "//n:merknad/n:merknadstekst/text()")


def test_the_agencys_seal_is_verified(place: Path) -> None:
    assert handed_over(place).unverified_seals == 0
    states, remarks = seals(place)
    assert states == {"Signatur påført og verifisert"}
    assert remarks[0].startswith("Signatur påført og verifisert. Forseglet av ")
    assert pki.IMDI in remarks[0]


def test_a_seal_that_nobody_vouches_for_is_told_as_not_verified(place: Path) -> None:
    file = place / "brevgen.toml"
    text = file.read_text(encoding="utf-8").replace('roots = ["rot.pem"]', "roots = []")
    file.write_text(text, encoding="utf-8")
    assert handed_over(place).unverified_seals == 6
    states, remarks = seals(place)
    assert states == {"Signatur påført, ikke verifisert"}
    assert "rot" in remarks[0]


def test_a_test_seal_proves_nothing_and_the_archive_is_told(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace")
    make_round(place)
    generated(place, only=["Ås"])
    approved(place, only=["Ås"])
    told: list[str] = []
    with session(place, account="arne", tell=told.append) as opened:
        done = archive(opened, progress=silent)
    assert done.unverified_seals == done.letters == 1
    assert any("TEST" in each for each in told)
    states, remarks = seals(place)
    assert states == {"Signatur påført, ikke verifisert"}
    assert "TEST" in remarks[0]


def test_a_test_seal_is_kept_where_the_agency_has_named_its_number(tmp_path: Path) -> None:
    place = make_workspace(tmp_path / "workspace")
    with (place / "brevgen.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[seal]\norganisation_number = "{pki.IMDI}"\n')
    make_round(place)
    generated(place, only=["Ås"])
    approved(place, only=["Ås"])
    handed_over(place)
    first = everything(place)
    handed_over(place, LATER + timedelta(days=3))
    assert everything(place) == first


def test_same_ledger_same_bytes_and_the_seal_is_kept(place: Path) -> None:
    handed_over(place)
    first = everything(place)
    again = handed_over(place, LATER + timedelta(days=3))
    assert everything(place) == first
    assert (again.new, again.changed) == ((), ())
    shutil.rmtree(folder(place))
    handed_over(place, LATER + timedelta(days=3))
    second = everything(place)
    differ = {name for name in first if first[name] != second[name]}
    assert differ == {"output/trial/archive/manifest.json.p7s", "zip"}


def test_names_are_of_the_ledger_and_the_letter(place: Path) -> None:
    handed_over(place)
    names = texts(message(place), "//n:systemID/text()")
    assert len(set(names)) == len(names) == 1 + 2 * 6
    assert all(UUID(name).version == 5 for name in names)


def test_what_is_new_is_told_when_it_is_made_again(place: Path) -> None:
    assert len(handed_over(place).new) == 6
    with session(place) as opened, server() as (_, way):
        send_round(opened, way)
    with session(place) as opened:
        planned = planned_archive(opened)
        vinje = opened.known.references["0834"]
    assert (planned.new, planned.changed, planned.is_made) == ((), (vinje,), True)
    again = handed_over(place)
    assert (again.new, again.changed, again.sent) == ((), (vinje,), 6)


def test_a_number_that_was_replaced_is_a_change_and_the_first_one_is_none(place: Path) -> None:
    handed_over(place)
    for number, has_changed in (("2017/9235", False), ("2017/9236", True)):
        with session(place) as opened:
            aas = opened.known.references["0214"]
            file = place / "numre.csv"
            file.write_text(f"vår_ref;saksnummer;journalpostnummer\n{aas};{number};1\n")
            keep_numbers(opened, file, replace=True)
            assert planned_archive(opened).changed == ((aas,) if has_changed else ())
        assert handed_over(place).changed == ((aas,) if has_changed else ())
        assert handed_over(place).changed == ()


def test_openssl_and_sha256sum_agree(place: Path) -> None:
    handed_over(place)
    checked = ["sha256sum", "--check", "--strict", "--quiet", "sha256sums.txt"]
    subprocess.run(checked, cwd=folder(place), check=True)
    subprocess.run(
        [
            *("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-noverify"),
            *("-in", "manifest.json.p7s", "-content", "manifest.json", "-out", "/dev/null"),
        ],
        cwd=folder(place),
        check=True,
        capture_output=True,
    )
    manifest = json.loads((folder(place) / "manifest.json").read_bytes())
    with session(place) as opened:
        mark = opened.ledger.mark()
    assert manifest["ledger"] == {
        **{"identity": mark.identity, "event": mark.sequence, "hash": mark.hash},
    }
    sums = (folder(place) / "sha256sums.txt").read_bytes()
    assert manifest["sha256sums"] == hashlib.sha256(sums).hexdigest()


def test_the_zip_file_holds_the_same_without_a_time(place: Path) -> None:
    handed_over(place)
    with zipfile.ZipFile(folder(place).with_name("archive.zip")) as package:
        assert package.testzip() is None
        names = package.namelist()
        assert names == sorted(names)
        assert {each.date_time for each in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in names:
            there = folder(place) / name.removeprefix("trial-arkiv/")
            assert package.read(name) == there.read_bytes()


def test_the_journal_is_in_the_terms_of_einnsyn(place: Path) -> None:
    handed_over(place)
    text = (folder(place) / "journal.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    (case,) = json.loads((folder(place) / "journal.json").read_bytes())
    assert case["offentligTittel"] == rows[0]["saksmappe_offentligTittel"]
    assert [row["vår_ref"] for row in rows] == [e["externalId"] for e in case["journalpost"]]
    first = case["journalpost"][0]
    assert first["journalposttype"] == rows[0]["journalposttype"] == "utgaaende_dokument"
    assert first["korrespondansepart"] == [
        {
            "korrespondansepartNavn": "Ås kommune",
            "korrespondansepartNavnSensitiv": "Ås kommune",
            "korrespondanseparttype": "mottaker",
        }
    ]
    assert "journalpostnummer" not in first
    assert rows[0]["mottaker_organisasjonsnummer"] == "964948798"


def test_a_case_of_its_own_for_each_letter(place: Path) -> None:
    set_archive(
        place,
        'cases = "letter"\ncase_title = "{kind} {year}: {municipality}"\nletters_per_message = 4\n'
        'creator = "Direktoratet"\nunit = "Bosetting"\npart = "Sak"\n'
        '[archive.classification]\nsystem = "Emne"\nkey = "321"\ntitle = "Bosetting"\n'
        '[archive.access]\ncode = "13"\nbasis = "Offl. § 13"\n',
    )
    done = handed_over(place)
    assert done.messages == 2
    first, second = message(place), message(place, 2)
    assert texts(first, "/n:arkivmelding/n:antallFiler/text()") == ["8"]
    titles = texts(first, "//n:mappe/n:tittel/text()") + texts(second, "//n:mappe/n:tittel/text()")
    assert len(titles) == 6
    assert titles[0] == "Anmodning om bosetting 2018: Ås"
    assert texts(first, "//n:mappe[1]/n:klassifikasjon/n:klasseID/text()") == ["321"]
    assert texts(first, "//n:mappe[1]/n:referanseArkivdel/text()") == ["Sak"]
    assert set(texts(first, "//n:skjerming/n:skjermingshjemmel/text()")) == {"Offl. § 13"}
    assert set(texts(first, "//b:arkivskaper/text()")) == {"Direktoratet"}
    for root in (first, second):
        for entry in root.xpath("//n:basisregistrering", namespaces=N):
            parent = texts(entry, "../n:systemID/text()")
            assert texts(entry, "n:referanseForelderMappe/text()") == parent


def test_a_case_that_goes_on_in_the_next_message_is_one_case(place: Path) -> None:
    set_archive(place, "letters_per_message = 5\n")
    handed_over(place)
    first, second = message(place), message(place, 2)
    names = [texts(root, "//n:mappe/n:systemID/text()") for root in (first, second)]
    assert names[0] == names[1]
    ids = [texts(root, "/n:arkivmelding/n:meldingId/text()") for root in (first, second)]
    assert ids[0] != ids[1]


def test_letters_that_are_not_sealed_are_left_out_and_told_of(place: Path) -> None:
    with session(place, account="hege") as opened:
        withdraw(opened, ["0834"], "Feil tall.")
    done = handed_over(place)
    assert done.letters == 5
    assert [(each.label, each.why) for each in done.left_out] == [("0834 Vinje", "not sealed")]
    manifest = json.loads((folder(place) / "manifest.json").read_bytes())
    assert list(manifest["left_out"].values()) == ["not sealed"]


def test_faults_in_the_allocation_are_no_hindrance(place: Path) -> None:
    (place / "data" / "rounds" / "trial" / "allocation.csv").write_text("ingenting\n1\n")
    assert handed_over(place).letters == 6


def test_nothing_is_handed_over_where_nothing_is_sealed_or_by_who_may_not(
    place: Path, tmp_path: Path
) -> None:
    looker = Actor("ola", roles=("make", "approve", "send"))
    with (
        RoundSession(find_workspace(place), "trial", looker, Clock(LATER)) as opened,
        pytest.raises(MayNot),
    ):
        archive(opened, progress=silent)
    with (
        session(place, name="2018") as opened,
        pytest.raises(Refused, match="nothing for"),
    ):
        archive(opened, progress=silent)
    assert not (place / "output" / "2018").exists()
    assert not folder(place).exists()


def test_a_broken_ledger_hands_over_nothing_and_what_was_there_stays(place: Path) -> None:
    handed_over(place)
    first = everything(place)
    with sqlite3.connect(place / "data" / "ledger.sqlite3") as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE sealed SET docx = x'00'")
    connection.close()
    with pytest.raises(LedgerDamaged):
        handed_over(place)
    assert everything(place) == first
    assert sorted(path.name for path in folder(place).parent.glob(".archive*")) == []


@pytest.mark.parametrize("killed_at", ["write_zip", "check_package", "_publish"])
def test_what_is_cut_off_leaves_what_was_there(
    opened: RoundSession, place: Path, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    handed_over(place)
    first = everything(place)

    def cut_off(*args: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(use_case, killed_at, cut_off)
    with pytest.raises(KeyboardInterrupt):
        archive(opened, progress=silent)
    assert everything(place) == first
    assert sorted(path.name for path in folder(place).parent.glob(".archive*")) == []


def test_a_kill_between_two_renames_is_mended_by_the_next_run(place: Path) -> None:
    handed_over(place)
    first = everything(place)
    folder(place).replace(folder(place).with_name(".archive.before"))
    assert handed_over(place).new == ()
    assert everything(place) == first


SCHEMA = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{NAMESPACE}">
<xs:element name="arkivmelding"><xs:complexType><xs:sequence>
<xs:element name="ANY" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:schema>"""


def test_messages_are_held_to_the_schema_that_is_named(
    opened: RoundSession, place: Path, tmp_path: Path
) -> None:
    schemas = tmp_path / "skjema"
    schemas.mkdir()
    with pytest.raises(FaultyInput, match=r"arkivmelding\.xsd"):
        archive(opened, schemas=schemas, progress=silent)
    (schemas / "arkivmelding.xsd").write_text("<no-schema/>")
    with pytest.raises(FaultyInput, match="no schema"):
        archive(opened, schemas=schemas, progress=silent)
    (schemas / "arkivmelding.xsd").write_text(SCHEMA)
    with pytest.raises(FaultyInput, match="schema does not allow") as fault:
        archive(opened, schemas=schemas, progress=silent)
    assert fault.value.findings[0].place.file == "melding-001/arkivmelding.xml"
    assert not folder(place).exists()
    (schemas / "arkivmelding.xsd").write_text(
        SCHEMA.replace('<xs:element name="ANY" type="xs:string"/>', '<xs:any processContents="skip"'
        ' maxOccurs="unbounded"/>')
    )  # fmt: skip
    assert archive(opened, schemas=schemas, progress=silent).validated
