"""A seal is judged: whatever was done to a file, nobody is told that all is good when it is not."""

import random
from collections.abc import Callable, Iterator
from io import BytesIO

import pikepdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from brevgen.seal.roots import Roots
from brevgen.seal.verify import SealReport, verify_seal
from tests.support.pki import IMDI, NOW


def test_a_good_seal_is_told_in_full(sealed: bytes, roots: Roots) -> None:
    report = verify_seal(sealed, roots, organisation_number=IMDI)

    assert report == SealReport(
        is_pdf=True,
        sealed=True,
        intact=True,
        covers_whole_file=True,
        unchanged_since=True,
        signer_name="IMDi segl",
        organisation="IMDi segl AS",
        organisation_number=IMDI,
        sealed_at=NOW,
        timestamped=False,
        chain_trusted=True,
        is_test=False,
        problems=(),
    )
    assert report.is_good


# -- what is no sealed letter ---------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"nonsense", b" %PDF-1.7"])
def test_what_is_no_pdf_is_told(data: bytes, roots: Roots) -> None:
    assert verify_seal(data, roots) == SealReport(problems=("This is not a PDF.",))


def test_an_unsealed_letter_is_told(letter: bytes, roots: Roots) -> None:
    report = verify_seal(letter, roots)

    assert report == SealReport(is_pdf=True, problems=("There is no seal in the file.",))


def test_a_letter_cut_back_to_what_it_was_before_the_seal_is_unsealed(
    sealed: bytes, letter: bytes, roots: Roots
) -> None:
    assert not verify_seal(sealed[: len(letter)], roots).sealed


# -- a letter that was changed --------------------------------------------------------------------


def regions(sealed: bytes, letter: bytes) -> dict[str, range]:
    """The parts of a sealed letter, by what they are for."""
    seal = sealed.index(b"/Contents <", len(letter)) + len(b"/Contents <")
    end = sealed.index(b">", seal)
    ranges = sealed.index(b"/ByteRange", len(letter))
    signed = len(sealed[seal:end].rstrip(b"0"))
    return {
        "header": range(9),
        "letter": range(9, len(letter)),
        "letter's trailer": range(len(letter) - 40, len(letter)),
        "metadata": range(sealed.index(b"<?xpacket"), sealed.index(b"<?xpacket end")),
        "update": range(len(letter), seal),
        "opening of the seal": range(seal - 1, seal + 60),
        "certificates": range(seal + 60, seal + signed // 2),
        "signature": range(seal + signed - 600, seal + signed),
        "zeros after the seal": range(seal + signed, end),
        "end of the seal": range(end - 4, end + 2),
        "byte range": range(ranges, ranges + 80),
        "end": range(end, len(sealed)),
        "last bytes": range(len(sealed) - 8, len(sealed)),
    }


def flips(data: bytes, where: range, count: int) -> Iterator[bytes]:
    """A file with one byte in some part of it another: every bit in turn, at random places."""
    chosen = random.Random(where.start).sample(where, min(count, len(where)))
    for number, position in enumerate(sorted(chosen)):
        changed = bytearray(data)
        changed[position] ^= (1 << number % 8) if number % 3 else 0xFF
        yield bytes(changed)


def test_a_byte_changed_in_any_part_of_the_file_is_noticed(
    sealed: bytes, letter: bytes, roots: Roots
) -> None:
    for name, where in regions(sealed, letter).items():
        for changed in flips(sealed, where, 60):
            report = verify_seal(changed, roots)
            assert not report.is_good, name
            assert report.problems, name


def test_a_digit_of_the_seal_written_in_another_way_is_noticed(
    sealed: bytes, letter: bytes, roots: Roots
) -> None:
    where = regions(sealed, letter)["certificates"]
    positions = [at for at in where if sealed[at] in b"ABCDEF"][:40]

    for at in positions:
        report = verify_seal(sealed[:at] + sealed[at : at + 1].lower() + sealed[at + 1 :], roots)
        assert report.intact, "it is the same seal to any other reader"
        assert not report.covers_whole_file
        assert not report.is_good


def test_the_name_of_an_algorithm_altered_around_the_signature_is_noticed(
    sealed: bytes, roots: Roots
) -> None:
    sha256_with_rsa, rsa = b"2A864886F70D01010B0500", b"2A864886F70D0101010500"
    at = sealed.rindex(sha256_with_rsa)

    report = verify_seal(sealed[:at] + rsa + sealed[at + len(rsa) :], roots)

    assert report.intact, "it is a good signature to any other reader"
    assert report.problems == (
        "The seal is not written the way brevgen writes seals, or was altered.",
    )


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
    assert not report.unchanged_since
    assert not report.is_good
    assert report.problems[0].startswith(problem)
    assert report.chain_trusted


def test_a_file_cut_short_anywhere_is_never_good(sealed: bytes, roots: Roots) -> None:
    for length in range(0, len(sealed), 97):
        assert not verify_seal(sealed[:length], roots).is_good
    assert not verify_seal(sealed[:-1], roots).is_good


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_file_changed_in_any_way_is_never_good(
    data: st.DataObject, sealed: bytes, roots: Roots
) -> None:
    at = data.draw(st.integers(0, len(sealed)))
    length = data.draw(st.integers(0, 300))
    changed = sealed[:at] + data.draw(st.binary(max_size=300)) + sealed[at + length :]

    assert verify_seal(changed, roots).is_good == (changed == sealed)


@settings(max_examples=200, deadline=None)
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


def test_a_byte_changed_in_a_stamped_seal_is_noticed(
    stamped: bytes, letter: bytes, roots: Roots
) -> None:
    assert verify_seal(stamped, roots).is_good
    seal = stamped.index(b"/Contents <", len(letter)) + len(b"/Contents <")

    for changed in flips(stamped, range(seal, stamped.index(b">", seal)), 250):
        assert not verify_seal(changed, roots).is_good
