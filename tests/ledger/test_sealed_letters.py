"""A final letter is kept as it was sealed, byte for byte, and is never changed."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from brevgen.actor import Account
from brevgen.ledger.records import Event, MadeDocument
from tests.ledger.killing import everything_in
from tests.support.approving import MORNING, SERIES, letter, sealed, sha256

AAS = sealed("0214", "17-09100")
KAUTOKEINO = sealed("2011", "17-09101")
LATER = "Vi ber Ås om 16"


@pytest.fixture
def approved(ledger):
    """A ledger with two letters approved, and each with a draft."""
    ledger.give_references("2018", ["0214", "2011"], SERIES, {})
    ledger.record_documents([draft_of(AAS.file), draft_of(KAUTOKEINO.file)])
    ledger.approve("2018", [letter("0214", "17-09100"), letter("2011", "17-09101")])
    return ledger


def draft_of(file):
    return MadeDocument(
        round=file.round,
        municipality=file.municipality,
        reference=file.reference,
        fingerprint="f",
        content_digest="c",
        pdf_name=file.pdf_name,
        pdf_sha256="p",
        docx_name=file.docx_name,
        docx_sha256="d",
        pages=2,
        made_at=MORNING,
    )


@pytest.mark.parametrize("size", [0, 1_000_000])
def test_what_was_sealed_is_read_back_byte_for_byte(approved, size):
    large = sealed("0214", "17-09100", size=size)
    approved.record_sealed([KAUTOKEINO, large])

    digest = large.file.content_digest

    assert approved.sealed_pdf("17-09100", digest) == large.pdf
    assert approved.sealed_docx("17-09100", digest) == large.docx
    assert approved.sealed_files("2018") == {
        ("0214", digest): large.file,
        ("2011", KAUTOKEINO.file.content_digest): KAUTOKEINO.file,
    }


def test_a_final_letter_has_no_draft_and_the_others_keep_theirs(approved):
    approved.record_sealed([AAS])

    assert list(approved.documents("2018")) == ["2011"]


def test_nothing_sealed_is_recorded_without_ado(approved, path):
    before = everything_in(path)

    approved.record_sealed([])

    assert everything_in(path) == before


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (replace(AAS, pdf=AAS.pdf + b"\n"), "is not the SHA-256 of 0214-17-09100.pdf"),
        (replace(AAS, docx=b""), "is not the SHA-256 of 0214-17-09100.docx"),
        (KAUTOKEINO, "2011-17-09101.pdf is sealed already"),
        (sealed("2011", "17-09101", size=2), "2011-17-09101.pdf is sealed already"),
        (sealed("0214", "17-09101"), "17-09101 was not given to municipality 0214"),
        (sealed("0214", "17-09100", round_name="2019"), "not given .* in round 2019"),
        (sealed("0214", "17-09100", LATER), "17-09100 was never approved with this content"),
    ],
)
def test_what_cannot_be_sealed_is_refused_and_nothing_is_recorded(approved, path, wrong, told):
    approved.record_shown("2018", [letter("0214", "17-09100", LATER)])
    before = everything_in(path)

    with pytest.raises(ValueError, match=told):
        approved.record_sealed([KAUTOKEINO, wrong])

    assert everything_in(path) == before


def test_a_letter_once_sealed_is_not_sealed_again_with_the_same_content(approved, path):
    approved.record_sealed([AAS])
    before = everything_in(path)

    with pytest.raises(ValueError, match="a final letter never changes"):
        approved.record_sealed([KAUTOKEINO, sealed("0214", "17-09100", size=2)])

    assert everything_in(path) == before


def test_the_same_bytes_are_not_the_final_letter_of_two(approved):
    same = replace(
        KAUTOKEINO, file=replace(KAUTOKEINO.file, pdf_sha256=AAS.file.pdf_sha256), pdf=AAS.pdf
    )

    with pytest.raises(ValueError, match=r"2011-17-09101\.pdf is sealed already"):
        approved.record_sealed([AAS, same])


def test_a_digest_that_is_none_is_refused(approved):
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        approved.record_sealed([replace(AAS, file=replace(AAS.file, unsealed_sha256="A" * 64))])


def test_a_letter_sealed_anew_with_other_content_leaves_the_first_as_it_was(approved):
    approved.record_sealed([AAS])
    approved.approve("2018", [letter("0214", "17-09100", LATER)])
    anew = sealed("0214", "17-09100", LATER)
    approved.record_sealed([anew])

    assert approved.sealed_files("2018").keys() == {
        ("0214", AAS.file.content_digest),
        ("0214", sha256(LATER)),
    }
    assert approved.sealed_pdf("17-09100", AAS.file.content_digest) == AAS.pdf
    assert approved.sealed_pdf("17-09100", sha256(LATER)) == anew.pdf


def test_a_file_is_found_by_its_bytes_in_whatever_round(approved):
    later = approved.give_references("2018-2", ["0214"], SERIES, {})["0214"]
    approved.approve("2018-2", [letter("0214", later)])
    of_later = sealed("0214", later, round_name="2018-2")
    approved.record_sealed([AAS])
    approved.record_sealed([of_later])

    assert approved.find_sealed(sha256(AAS.pdf)) == AAS.file
    assert approved.find_sealed(sha256(of_later.pdf)) == of_later.file
    assert approved.find_sealed(sha256(AAS.pdf + b"\n")) is None
    assert approved.find_sealed(AAS.file.unsealed_sha256) is None
    assert list(approved.sealed_files("2018").values()) == [AAS.file]
    assert list(approved.sealed_files("2018-2").values()) == [of_later.file]


def test_what_was_not_sealed_is_looked_up_in_vain(approved):
    approved.record_sealed([AAS])

    for wanted in (("17-09100", sha256(LATER)), ("17-09101", AAS.file.content_digest)):
        with pytest.raises(LookupError, match="was not sealed with the content"):
            approved.sealed_pdf(*wanted)
        with pytest.raises(LookupError, match="was not sealed with the content"):
            approved.sealed_docx(*wanted)


def test_sealing_outlives_the_withdrawal_of_the_approval(approved):
    approved.record_sealed([AAS])
    approved.withdraw("2018", ["0214"], "feil tall")

    assert approved.sealed_pdf("17-09100", AAS.file.content_digest) == AAS.pdf


def test_sealing_is_an_event_that_names_the_files_and_what_was_in_them(approved):
    approved.record_sealed([AAS])

    *_, last = approved.events("2018", "0214")

    assert last == Event(
        sequence=7,
        at=MORNING,
        round="2018",
        municipality="0214",
        reference="17-09100",
        act="sealed",
        what="0214-17-09100.pdf and 0214-17-09100.docx, by CN=Integrerings- og"
        " mangfoldsdirektoratet, O=IMDi, C=NO (a TEST seal)",
        actor=Account("kari"),
    )
    assert "draft removed" not in [event.act for event in approved.events("2018", "0214")]
