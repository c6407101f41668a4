"""What is told of a letter to SvarUt, and its files."""

import json
from dataclasses import replace
from datetime import date

import pytest

from brevgen.channels.svarut.forsendelse import ArchiveNumbers, external_reference, forsendelse
from brevgen.errors import Unsendable
from tests.channels.mail.mail_samples import PDF
from tests.channels.svarut.samples import AAS, letter_to_aas, ready
from tests.support.svarut_rounds import AS
from tests.support.svarut_rules import against


def test_a_letter_goes_to_the_municipality_and_names_who_is_to_have_it() -> None:
    told = json.loads(ready().data)
    assert told["mottaker"] == {"navn": "Ås kommune", "digitalId": AS}
    assert told["kunDigitalLevering"] is False
    assert told["korrelasjonsid"] == "brevgen 2018"
    archive = told["metadataFraAvleverendeSystem"]
    assert archive["ekstraMetadata"] == [
        {"key": "vår ref.", "value": "17-09235"},
        {"key": "distribueres til", "value": "Ordfører Kari Moen"},
        {"key": "distribueres til", "value": "Rådmann"},
    ]
    assert archive["dokumentetsDato"].startswith(str(date(2017, 11, 6)))
    assert "sakssekvensnummer" not in archive
    assert told["tittel"] == letter_to_aas().covering.title


def test_all_that_is_told_is_what_the_specification_takes() -> None:
    made = ready(docx=b"PK word")
    parts = [("forsendelse", "", "application/json", made.data)]
    parts += [(f"filer_{n}", f.name, f.mime_type, f.data) for n, f in enumerate(made.files)]
    assert against(json.loads(made.data), parts) == ""
    assert [each.name for each in made.files] == ["0214-17-09235.pdf", "0214-17-09235.docx"]
    assert made.files[0].data == PDF


def test_the_archives_numbers_are_told_where_they_are_known() -> None:
    numbers = ArchiveNumbers(2017, 9235, 2017, 40011, 3)
    made = forsendelse(letter_to_aas(), round_name="2018", numbers_of=lambda reference: numbers)
    archive = json.loads(made.data)["metadataFraAvleverendeSystem"]
    assert (archive["saksaar"], archive["sakssekvensnummer"]) == (2017, 9235)
    assert archive["journalpostnummer"] == 3


def test_the_reference_outside_is_of_letter_receiver_copy_and_files() -> None:
    first = letter_to_aas()
    names = [
        external_reference(each)
        for each in (
            first,
            replace(first, copy=2),
            replace(first, pdf=b"another"),
            replace(first, recipient=replace(AAS, organisation_number="935478715")),
        )
    ]
    assert len(set(names)) == 4
    assert external_reference(letter_to_aas()) == names[0]
    assert all(len(each) <= 100 for each in names)


def test_the_same_letter_is_told_in_the_same_bytes() -> None:
    assert ready().data == ready().data


def test_a_file_is_named_in_ascii_whatever_the_reference_is() -> None:
    (pdf,) = ready(reference="26/00123-4 Å").files
    assert pdf.name == "0214-26-00123-4-.pdf"


def test_what_is_too_long_is_told_with_its_name() -> None:
    letter = letter_to_aas()
    town = replace(letter.letter.municipality, name="Å" * 120)
    with pytest.raises(Unsendable, match=r"whose navn is “Å+"):
        forsendelse(
            replace(letter, letter=replace(letter.letter, municipality=town)), round_name="2018"
        )
