"""A seal is judged: whatever was done to a file, nobody is told that all is good when it is not."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from brevgen.files import sha256
from brevgen.language import speaking
from brevgen.seal.key import open_key
from brevgen.seal.roots import Roots
from brevgen.seal.sign import Sealer
from brevgen.seal.verify import MAX_CERTIFICATES, MAX_FIELDS, SealReport, hold_to_seal, verify_seal
from brevgen.settings.seal import SealSettings
from tests.support.pki import IMDI, NOW, PASSPHRASE, UNTIL, issue, write


def test_a_good_seal_is_told_in_full(sealed: bytes, roots: Roots) -> None:
    report = verify_seal(sealed, roots, organisation_number=IMDI)

    assert report == SealReport(
        sealed=True,
        intact=True,
        covers_whole_file=True,
        signer_name="IMDi segl",
        organisation="IMDi segl AS",
        organisation_number=IMDI,
        sealed_at=NOW,
        timestamped=False,
        certificate_ends=UNTIL,
        chain_trusted=True,
        is_test=False,
        problems=(),
    )
    assert report.is_good


# -- what is no sealed letter ---------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"nonsense", b" %PDF-1.7"])
def test_what_is_no_pdf_is_told(data: bytes, roots: Roots) -> None:
    assert verify_seal(data, roots) == SealReport(
        problems=("This is not a PDF, and only PDFs bear a seal.",)
    )


def test_an_unsealed_letter_is_told(letter: bytes, roots: Roots) -> None:
    report = verify_seal(letter, roots)

    assert report == SealReport(problems=("There is no seal in the file.",))


def test_a_letter_cut_back_to_what_it_was_before_the_seal_is_unsealed(
    sealed: bytes, letter: bytes, roots: Roots
) -> None:
    assert not verify_seal(sealed[: len(letter)], roots).sealed


# -- a letter that was changed --------------------------------------------------------------------


def regions(sealed: bytes, letter: bytes) -> dict[str, range]:
    """The parts of a sealed letter, by what they are for."""
    seal, end = envelope(sealed, letter)
    ranges = sealed.index(b"/ByteRange", len(letter))
    return {
        "header": range(9),
        "letter": range(9, len(letter)),
        "letter's trailer": range(len(letter) - 40, len(letter)),
        "metadata": range(sealed.index(b"<?xpacket"), sealed.index(b"<?xpacket end")),
        "update": range(len(letter), seal),
        "zeros after the seal": range(len(sealed[:end].rstrip(b"0")) + 1, end),
        "end of the seal": range(end - 4, end + 2),
        "byte range": range(ranges, ranges + 80),
        "end": range(end, len(sealed)),
        "last bytes": range(len(sealed) - 8, len(sealed)),
    }


def envelope(sealed: bytes, letter: bytes) -> tuple[int, int]:
    """Where the hexadecimal digits of the seal begin and end."""
    seal = sealed.index(b"/Contents <", len(letter)) + len(b"/Contents <")
    return seal, sealed.index(b">", seal)


def flips(data: bytes, where: range, count: int) -> Iterator[bytes]:
    """A file with one byte in some part of it another: every bit in turn, at random places."""
    chosen = random.Random(where.start).sample(where, min(count, len(where)))
    for number, position in enumerate(sorted(chosen)):
        changed = bytearray(data)
        changed[position] ^= (1 << number % 8) if number % 3 else 0xFF
        yield bytes(changed)


@pytest.mark.parametrize("count", [8, pytest.param(150, marks=pytest.mark.slow)])
def test_a_byte_changed_in_any_part_of_the_file_is_noticed(
    sealed: bytes, letter: bytes, roots: Roots, count: int
) -> None:
    for name, where in regions(sealed, letter).items():
        for changed in flips(sealed, where, count):
            report = verify_seal(changed, roots)
            assert not report.is_good, name
            assert report.problems, name


@pytest.mark.parametrize("count", [80, pytest.param(2000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("which", ["sealed", "stamped"])
def test_a_byte_changed_in_the_seal_itself_is_noticed_or_changes_nothing(
    which: str, count: int, letter: bytes, roots: Roots, request: pytest.FixtureRequest
) -> None:
    """What the signature does not cover says nothing of the letter or its sealer.

    A time stamp is not covered either: it can be taken away, but not be altered.
    """
    file: bytes = request.getfixturevalue(which)
    untouched = verify_seal(file, roots)
    assert untouched.is_good

    seal, end = envelope(file, letter)
    signed = len(file[:end].rstrip(b"0"))
    for changed in flips(file, range(seal, signed), count):
        report = verify_seal(changed, roots)
        without_stamp = replace(untouched, timestamped=False)
        assert report in (untouched, without_stamp) or not report.is_good


def test_a_digit_of_the_seal_written_in_another_way_is_noticed(
    sealed: bytes, letter: bytes, roots: Roots
) -> None:
    seal, end = envelope(sealed, letter)
    positions = [at for at in range(seal, end) if sealed[at] in b"ABCDEF"][:10]

    for at in positions:
        report = verify_seal(sealed[:at] + sealed[at : at + 1].lower() + sealed[at + 1 :], roots)
        assert report.intact, "it is the same seal to any other reader"
        assert not report.covers_whole_file
        assert not report.is_good


def added_page(pdf: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as document:
        document.add_blank_page(page_size=(595, 842))
        saved = BytesIO()
        document.save(saved)
    return saved.getvalue()


def added_annotation(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    sheet = writer.root["/Pages"]["/Kids"][0]
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Square"),
            NameObject("/Rect"): ArrayObject(map(NumberObject, (100, 100, 300, 300))),
        }
    )
    notes = ArrayObject([*sheet.get("/Annots", ()), writer.add_object(note)])
    sheet[NameObject("/Annots")] = notes
    writer.update_container(sheet)
    saved = BytesIO()
    writer.write(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    ("change", "intact", "problem"),
    [
        (added_page, False, "The file was changed after it was sealed."),
        (added_annotation, True, "Something was added to the file after it was sealed."),
        (lambda pdf: pdf + b"\n", True, "Something was added to the file after it was sealed."),
        (lambda pdf: pdf.replace(b"2017-11-06", b"2018-11-06"), False, "The file was changed"),
    ],
    ids=["page", "annotation", "line end", "date in the metadata"],
)
def test_a_change_after_the_seal_is_told(
    sealed: bytes, roots: Roots, change: Callable[[bytes], bytes], intact: bool, problem: str
) -> None:
    report = verify_seal(change(sealed), roots)

    assert report.sealed
    assert report.intact is intact
    assert not report.is_good
    assert report.problems[0].startswith(problem)
    assert report.chain_trusted


def test_a_file_cut_short_anywhere_is_never_good(sealed: bytes, roots: Roots) -> None:
    for length in range(0, len(sealed), 499):
        assert not verify_seal(sealed[:length], roots).is_good
    assert not verify_seal(sealed[:-1], roots).is_good


@tries(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_changed_in_any_way_outside_of_the_seal_is_never_good(
    data: st.DataObject, sealed: bytes, letter: bytes, roots: Roots
) -> None:
    seal, end = envelope(sealed, letter)
    at = data.draw(st.integers(0, len(sealed)).filter(lambda at: at <= seal or at >= end))
    length = data.draw(st.integers(0, 300))
    changed = sealed[:at] + data.draw(st.binary(max_size=300)) + sealed[at + length :]

    assert verify_seal(changed, roots).is_good == (changed == sealed)


@tries(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=2000))
@example(noise=b"%PDF-1.7\ntrailer<</Root 1 0 R/Size 1>>\nstartxref\n9\n%%EOF")
@example(noise=b"%PDF-1.7\nstartxref\n0\n%%EOF")
def test_random_bytes_get_a_report(noise: bytes, roots: Roots) -> None:
    for data in (noise, b"%PDF-1.7\n" + noise):
        report = verify_seal(data, roots)
        assert not report.sealed
        assert report.problems


def test_looking_at_seals_says_nothing_on_the_screen(
    sealed: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    verify_seal(sealed, Roots())
    verify_seal(sealed[:-500], Roots())

    assert capfd.readouterr() == ("", "")


def test_no_seal_is_called_damaged_where_it_cannot_be_looked_at(
    sealed: bytes, roots: Roots
) -> None:
    async def in_a_loop() -> SealReport:
        return verify_seal(sealed, roots)

    with pytest.raises(RuntimeError, match="in a thread"):
        asyncio.run(in_a_loop())


# -- what would never end -------------------------------------------------------------------------


def shared_children(levels: int) -> bytes:
    """A PDF whose form fields hand their children on: each level doubles the ways to the last."""
    objects = [b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>"]
    for level in range(levels):
        kid = len(objects) + 2
        objects.append(b"<</T(%d)/FT/Sig/Kids[%d 0 R %d 0 R]>>" % (level, kid, kid + 1))
        objects.append(b"<</T(%d)/FT/Sig/Kids[%d 0 R %d 0 R]>>" % (level, kid + 1, kid))
    objects += [b"<</T(x)/FT/Sig>>"] * 2
    pdf, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(pdf))
        pdf += b"%d 0 obj%sendobj\n" % (number, each)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    return pdf + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF"
        % (len(places) + 1, entries, len(places) + 1, len(pdf))
    )


def test_form_fields_that_share_their_children_are_walked_once(roots: Roots) -> None:
    assert verify_seal(shared_children(40), roots).problems == ("There is no seal in the file.",)


def test_more_form_fields_than_anyone_needs_are_not_walked(roots: Roots) -> None:
    report = verify_seal(shared_children(MAX_FIELDS), roots)

    assert report.problems == ("The PDF is damaged: it cannot be read.",)


@pytest.mark.parametrize("count", [MAX_CERTIFICATES - 1, 100])
def test_issuers_that_could_all_have_issued_each_other_take_no_time(
    count: int, letter: bytes, roots: Roots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They bear one name and one key, and none of them leads to a root, in whatever order."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = issue("Utsteder", key=key, is_issuer=True)
    more = [issue("Utsteder", issuer, key=key, is_issuer=True).der for _ in range(count)]
    monkeypatch.setenv("BREVGEN_SEAL_PASSPHRASE", PASSPHRASE)
    file = write(tmp_path, "segl.p12", issue("IMDi segl", issuer).p12())
    opened = open_key(SealSettings(key=file), tmp_path, NOW)
    sealed = Sealer(replace(opened, chain=tuple(more))).seal(letter, at=NOW)

    began = time.monotonic()
    report = verify_seal(sealed, roots)

    assert time.monotonic() - began < 5
    assert report.sealed
    assert not report.is_good
    assert ("There are 101 certificates in the seal" in report.problems[0]) == (count == 100)


def test_what_is_wrong_with_a_seal_is_said_in_bokmaal_and_passed_over_alike(sealed: bytes) -> None:
    with speaking("nb"):
        report = verify_seal(sealed, Roots(), organisation_number="974760673")
        against = hold_to_seal(sealed, pdf_sha256=sha256(sealed), is_test=False, roots=Roots())

    assert report.problems == (
        "Sertifikatet til seglet fører ikke til et rotsertifikat som godtas, eller var ikke gyldig"
        " da filen ble forseglet.",
        f"Seglet tilhører IMDi segl AS (organisasjonsnummer {IMDI}), ikke organisasjonsnummer"
        " 974760673.",
    )
    assert against == "", "no root is set"
