"""Files are verified: each gets an answer, from its seal, from the ledger, and from the round."""

import json
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from brevgen.actor import Actor
from brevgen.files import sha256
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Delivery, ManifestLetter, SealedFile, SealedLetter
from brevgen.render.pdf import PdfWriter
from brevgen.rounds.session import RoundSession
from brevgen.rounds.verification import Verification
from brevgen.rounds.verify import LARGEST, verify
from brevgen.seal.key import open_key
from brevgen.seal.sign import Sealer
from brevgen.settings.seal import SealSettings
from brevgen.settings.series import Series
from brevgen.workspace import find_workspace
from tests.support.pki import LABEL, NOW, PASSPHRASE, UNTIL, Pki, make_pki, timestamp_service, write
from tests.support.samples import DATED, REFERENCE, STYLESHEET, content, make_round, make_workspace

HASP = Actor("hasp")
AAS, BAERUM = "0214", "0219"
ROWS = ("0214;Ås;10;0;0;17-09235;;kjent", "0219;Bærum;65;4;2;;2017/311;kjent")


@pytest.fixture(scope="module")
def pki() -> Pki:
    return make_pki()


def letter() -> bytes:
    """The letter to Ås, approved, with an empty field for the seal."""
    said = content(approved=True)
    return PdfWriter(STYLESHEET).write(said, reference=REFERENCE, dated=DATED, seal_label=LABEL)


@pytest.fixture(scope="module")
def seal(pki: Pki, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], bytes]:
    """Seal a letter; never the same bytes twice."""
    folder = tmp_path_factory.mktemp("key")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BREVGEN_SEAL_PASSPHRASE", PASSPHRASE)
        settings = SealSettings(key=write(folder, "segl.p12", pki.seal.p12()))
        sealer = Sealer(open_key(settings, folder, NOW))
    pdf = letter()
    times = iter(NOW + timedelta(seconds=number) for number in range(10**6))
    return lambda: sealer.seal(pdf, at=next(times))


class Trial:
    """A workspace with a round of two letters; what happens to them is written by hand."""

    def __init__(self, folder: Path, seal: Callable[[], bytes]) -> None:
        self.root, self._seal = folder, seal
        self.now = NOW
        make_round(folder, ROWS)
        with self._ledger() as ledger:
            series = Series("17-09100", "17-09199")
            ledger.give_references("trial", [AAS, BAERUM], series, {AAS: REFERENCE})

    def _ledger(self) -> Ledger:
        path = self.root / "data" / "ledger.sqlite3"
        return Ledger(path, lambda: self.now, HASP, new=not path.exists())

    def approve(self, number: str = AAS) -> str:
        """Approve what the letter says now; the digest of that."""
        with RoundSession(find_workspace(self.root), "trial", HASP, lambda: self.now) as opened:
            stands = next(each for each in opened.letters() if each.number == number)
            said = opened.content(stands.letter_as_approved)
        entry = ManifestLetter(
            number, stands.letter.reference, said.digest(), said.as_json(), "Hege Aspelund"
        )
        with self._ledger() as ledger:
            ledger.approve("trial", [entry])
        return said.digest()

    def seal(self, content_digest: str, number: str = AAS) -> Path:
        """Seal a letter, and keep it in the ledger; the file."""
        pdf = self._seal()
        with self._ledger() as ledger:
            reference = ledger.references("trial")[number]
            name = f"{number}-{sha256(pdf)[:8]}.pdf"
            file = SealedFile(
                round="trial",
                municipality=number,
                reference=reference,
                content_digest=content_digest,
                pdf_name=name,
                pdf_sha256=sha256(pdf),
                unsealed_sha256=sha256(b"unsealed"),
                docx_name=name.replace(".pdf", ".docx"),
                docx_sha256=sha256(b"PK"),
                pages=1,
                sealed_at=self.now,
                sealed_by="CN=IMDi segl",
                is_test=False,
            )
            ledger.record_sealed([SealedLetter(file, pdf, b"PK")])
        path = self.root / name
        path.write_bytes(pdf)
        return path

    def approved_and_sealed(self, number: str = AAS) -> Path:
        return self.seal(self.approve(number), number)

    def withdraw(self, number: str = AAS) -> None:
        with self._ledger() as ledger:
            ledger.withdraw("trial", [number], "feil tall")

    def send(self, path: Path, number: str = AAS) -> None:
        """Note that a letter was sent."""
        digest = sha256(path.read_bytes())
        with self._ledger() as ledger:
            file = ledger.find_sealed(digest)
            assert file is not None
            delivery = Delivery(
                round="trial",
                municipality=number,
                reference=file.reference,
                content_digest=file.content_digest,
                pdf_sha256=digest,
                channel="mail",
                recipient_key="ordforer@as.example",
                role="mayor",
                title="Ordfører",
                name="",
                address="ordforer@as.example",
                external_id=f"<{digest[:16]}@imdi.example>",
            )
            assert ledger.begin_sending(delivery)
            ledger.record_receipt(delivery, "sent", "250 OK")

    def change(self, *rows: str, **settings: str) -> None:
        """Change the round's data."""
        make_round(self.root, rows or ROWS, **settings)

    def verify(self, *files: Path, now: datetime = NOW) -> list[Verification]:
        return verify(files, find_workspace(self.root), HASP, lambda: now)


@pytest.fixture
def trial(tmp_path: Path, pki: Pki, seal: Callable[[], bytes]) -> Trial:
    make_workspace(tmp_path)
    write(tmp_path, "rot.pem", pki.root.pem())
    with (tmp_path / "brevgen.toml").open("a", encoding="utf-8") as file:
        file.write('\n[seal]\nkey = "segl.p12"\nroots = ["rot.pem"]\n')
    return Trial(tmp_path, seal)


# -- the letter that counts -----------------------------------------------------------------------


def test_a_letter_that_counts_is_good_with_all_that_is_known_of_it(trial: Trial) -> None:
    (answer,) = trial.verify(trial.approved_and_sealed())

    assert answer.verdict == "good"
    assert answer.holds
    assert answer.conclusion == "Good: sealed, unchanged, and the letter that counts."
    assert (answer.problems, answer.doubts, answer.remarks) == ((), (), ())
    assert (answer.approval, answer.approval_held_by_seal) == (None, False), "as in 0.1"
    assert answer.ledger is not None
    assert answer.ledger.reference == REFERENCE
    assert answer.ledger.approved_in_the_name_of == "Hege Aspelund"
    assert answer.ledger.approved_by == "hasp"
    assert answer.ledger.approved_at == NOW
    assert answer.ledger.sent_at is None


def test_programs_get_every_time_as_iso_8601_in_utc(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    trial.send(path)

    (told,) = json.loads(TypeAdapter(list[Verification]).dump_json(trial.verify(path)))

    assert told["file"] == str(path)
    assert told["verdict"] == "good"
    assert told["holds"] is True
    assert told["ledger"]["approved_at"] == told["ledger"]["sent_at"] == "2017-11-06T09:00:00Z"
    assert told["seal"]["certificate_ends"] == "2019-01-01T00:00:00Z"
    assert told["seal"]["sealed_at"].endswith("Z")


def test_an_unknown_file_is_not_good_however_good_its_seal(
    trial: Trial, seal: Callable[[], bytes]
) -> None:
    trial.approved_and_sealed()
    write(trial.root, "x.pdf", seal())

    (answer,) = trial.verify(trial.root / "x.pdf")

    assert answer.problems == ("The ledger does not know this file.",)
    assert answer.verdict == "not good"


def test_a_byte_changed_around_the_signature_is_noticed_by_the_ledger(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    sealed, sha256_with_rsa = path.read_bytes(), b"2A864886F70D01010B0500"
    at = sealed.rindex(sha256_with_rsa)
    altered = sealed[:at] + b"2A864886F70D0101010500" + sealed[at + len(sha256_with_rsa) :]
    path.write_bytes(altered)

    (answer,) = trial.verify(path)

    assert answer.seal.intact, "it is a good signature to any other reader"
    assert answer.problems == ("The ledger does not know this file.",)


# -- which approval counts ------------------------------------------------------------------------


def test_a_withdrawn_approval_is_told_with_its_reason(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    trial.withdraw()

    (answer,) = trial.verify(path)

    assert answer.problems == ("Its approval was withdrawn: feil tall",)


@pytest.mark.parametrize("hours", [1, -1], ids=["the clock goes on", "the clock was put back"])
def test_the_same_words_approved_again_make_the_first_seal_good_again(
    trial: Trial, hours: int
) -> None:
    path = trial.approved_and_sealed()
    trial.now += timedelta(hours=hours)
    trial.withdraw()
    trial.approve()

    (answer,) = trial.verify(path)

    assert answer.verdict == "good"
    assert answer.ledger is not None
    assert answer.ledger.approved_at == trial.now


def test_a_clock_put_back_between_approval_and_seal_ends_no_answer(trial: Trial) -> None:
    digest = trial.approve()
    trial.now -= timedelta(seconds=2)
    first = trial.seal(digest)
    second = trial.approved_and_sealed(BAERUM)

    assert [answer.verdict for answer in trial.verify(first, second)] == ["good", "good"]


def test_an_older_version_is_not_good(trial: Trial) -> None:
    old = trial.approved_and_sealed()
    trial.change("0214;Ås;14;0;0;17-09235;;kjent", ROWS[1])
    (lapsed,) = trial.verify(old)
    new = trial.approved_and_sealed()

    (older, newer) = trial.verify(old, new)

    assert lapsed.problems == ("Its approval has lapsed: the letter would say something else now.",)
    assert older.problems == ("A later version of the letter has been approved.",)
    assert newer.verdict == "good"


# -- the round by now -----------------------------------------------------------------------------


def test_a_sent_letter_stays_good_when_its_figure_changes(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    trial.send(path)
    trial.change("0214;Ås;14;0;0;17-09235;;kjent", ROWS[1])

    (answer,) = trial.verify(path)

    assert answer.verdict == "good"
    assert answer.remarks == ("The round has other figures or words for this letter by now.",)


def test_a_sent_letter_stays_good_when_its_row_is_gone(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    trial.send(path)
    trial.change(ROWS[1])

    (answer,) = trial.verify(path)

    assert answer.verdict == "good"
    assert answer.remarks == ("0214 is not asked any more in the round trial.",)


def test_a_letter_not_sent_whose_row_is_gone_is_told_so(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    trial.change(ROWS[1])

    (answer,) = trial.verify(path)

    assert answer.problems == ("0214 is not asked any more in the round trial.",)


def spoil_the_sheet(root: Path) -> None:
    file = root / "data" / "rounds" / "trial" / "round.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("total = ", "total = 1"), "utf-8")


def remove_the_sheet(root: Path) -> None:
    (root / "data" / "rounds" / "trial" / "allocation.csv").unlink()


def remove_the_round(root: Path) -> None:
    (root / "data" / "rounds" / "trial").rename(root / "put aside")


@pytest.mark.parametrize("spoil", [spoil_the_sheet, remove_the_sheet, remove_the_round])
def test_what_cannot_be_compared_is_not_called_good(
    trial: Trial, spoil: Callable[[Path], None]
) -> None:
    path, sent = trial.approved_and_sealed(), trial.approved_and_sealed(BAERUM)
    trial.send(sent, BAERUM)
    spoil(trial.root)

    answer, other = trial.verify(path, sent)

    assert answer.verdict == "uncertain"
    assert not answer.holds
    assert answer.doubts[0].startswith("It could not be compared with the data of the round trial")
    assert "brevgen check trial" in answer.conclusion
    assert other.verdict == "good", "what is sent stands as it was sent"
    assert other.remarks[0].startswith("It could not be compared with the data of the round trial")


def test_a_faulty_sheet_does_not_hide_a_withdrawal(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    trial.withdraw()
    spoil_the_sheet(trial.root)

    assert trial.verify(path)[0].problems == ("Its approval was withdrawn: feil tall",)


# -- a certificate that has ended -----------------------------------------------------------------

LATER = UNTIL + timedelta(days=400)


def test_an_ended_certificate_is_remarked_where_the_ledger_knows_the_file(trial: Trial) -> None:
    (answer,) = trial.verify(trial.approved_and_sealed(), now=LATER)

    assert answer.verdict == "good"
    assert answer.remarks == (
        "The certificate ended on 2019-01-01; that the file was sealed before is the sealing"
        " machine's word.",
    )


def test_an_ended_certificate_is_no_good_seal_where_no_ledger_is_asked(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    (trial.root / "data" / "ledger.sqlite3").unlink()

    (before,), (after,) = trial.verify(path), trial.verify(path, now=LATER)

    assert before.verdict == "seal good"
    assert before.conclusion.startswith("The seal is good. There is no ledger here")
    assert after.verdict == "uncertain"
    assert "The certificate ended on 2019-01-01" in after.conclusion


def test_a_time_stamp_proves_that_the_seal_is_older_than_the_certificates_end(
    trial: Trial, pki: Pki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREVGEN_SEAL_PASSPHRASE", PASSPHRASE)
    with timestamp_service(pki.stamps, NOW) as url:
        file = write(trial.root, "segl.p12", pki.seal.p12())
        key = open_key(SealSettings(key=file, timestamp_url=url), trial.root, NOW)
        write(trial.root, "x.pdf", Sealer(key).seal(letter(), at=NOW))
    (trial.root / "data" / "ledger.sqlite3").unlink()

    (answer,) = trial.verify(trial.root / "x.pdf", now=LATER)

    assert answer.verdict == "seal good"


# -- whatever the file ----------------------------------------------------------------------------


def test_every_file_gets_its_answer(trial: Trial) -> None:
    good = trial.approved_and_sealed()
    os.mkfifo(trial.root / "pipe.pdf")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(trial.root / "socket.pdf"))
    with (trial.root / "sparse.pdf").open("wb") as sparse:
        sparse.truncate(5 * 2**30)
    (trial.root / "folder.pdf").mkdir()
    write(trial.root, "none.pdf", b"")
    names = ("pipe.pdf", "socket.pdf", "sparse.pdf", "folder.pdf", "none.pdf", "nowhere.pdf")
    files = [*(trial.root / name for name in names), Path("/dev/zero"), Path("x\0y"), good]

    answers = trial.verify(*files)

    assert [answer.file for answer in answers] == files
    assert [answer.verdict for answer in answers] == [*["not good"] * 8, "good"]
    told = " ".join(answer.problems[0] for answer in answers[:-1])
    for what in ("no ordinary file", "larger than 20 MB", "a folder", "not a PDF", "no such file"):
        assert what in told
    assert LARGEST == 20 * 2**20


def test_a_damaged_ledger_leaves_it_uncertain(trial: Trial) -> None:
    path = trial.approved_and_sealed()
    write(trial.root, "data/ledger.sqlite3", b"no ledger")

    (answer,) = trial.verify(path)

    assert answer.verdict == "uncertain"
    assert "The ledger cannot be read" in answer.doubts[0]


def test_without_a_workspace_no_issuer_is_trusted(trial: Trial) -> None:
    path = trial.approved_and_sealed()

    (answer,) = verify([path], None, HASP, lambda: datetime.now(UTC))

    assert answer.ledger is None
    assert answer.seal.intact
    assert answer.problems[0].startswith("The seal's certificate does not lead to a trusted root")
