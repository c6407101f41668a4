"""A ledger made by the last version opens, loses nothing, and is copied before it is changed."""

import multiprocessing
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import LedgerDamaged, LedgerTooNew, LedgerUnusable
from brevgen.ledger import migrations, schema
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader
from brevgen.ledger.records import Answer, Withdrawal
from tests.ledger.killing import PATIENCE, everything_in, is_whole
from tests.support.approving import SERIES, letter

pytestmark = pytest.mark.sqlite

OLD = Path(__file__).parent / "old"
LATER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
KARI = Actor("kari", "ola")
TEST_SEAL = "CN=TEST brevgen seal,O=TEST – not a real organisation,C=NO"
SEAL = "CN=IMDi segl,2.5.4.97=NTRNO-987879696,O=IMDi segl AS,C=NO"


def old(name, path, version=2):
    shutil.copy(OLD / f"{name}-version-{version}.sqlite3", path)
    return path


@pytest.fixture(params=["reading", "writing"])
def approved(request, path):
    """A ledger with references, a draft, approvals, TEST seals and a withdrawal."""
    old("approved", path)
    opened = LedgerReader(path) if request.param == "reading" else writing(path)
    with opened:
        yield opened


@pytest.fixture(params=["reading", "writing"])
def sent(request, path):
    """A ledger with letters sent, refused and uncertain."""
    old("sent", path)
    opened = LedgerReader(path) if request.param == "reading" else writing(path)
    with opened:
        yield opened


def writing(path):
    return Ledger(path, lambda: LATER, KARI, new_identity=lambda: "the new identity")


def test_references_and_drafts_are_as_they_were(approved):
    assert approved.references("trial") == {
        "0214": "17-09235",
        "0219": "17-09100",
        "0834": "17-09101",
    }
    (draft,) = approved.documents("trial").values()
    assert (draft.reference, draft.pdf_name, draft.account) == (
        "17-09101",
        "0834-Vinje-17-09101.pdf",
        "root",
    )


def test_approvals_and_what_was_approved_are_as_they_were(approved):
    approvals = approved.approvals("trial")

    assert {n: (a.account, a.signatory) for n, a in approvals.items()} == {
        "0214": ("root", "Hege Aspelund"),
        "0219": ("root", "Hege Aspelund"),
    }
    assert approvals["0214"].covers(approvals["0214"].content_digest)
    assert approvals["0219"].withdrawn == Withdrawal(
        datetime(2026, 11, 25, 16, 54, 58, tzinfo=UTC), "root", "feil tall"
    )
    assert "Ås" in approved.content(approvals["0214"].content_digest)
    assert approved.last_shown("trial", "root") == {
        number: each.content_digest for number, each in approved.approvals("trial").items()
    }
    assert approved.last_shown("trial", "kari") == {}


def test_the_sealed_bytes_stay_and_the_whole_subject_takes_the_place_of_the_common_name(approved):
    sealed = approved.sealed_files("trial")

    assert [file.sealed_by for file in sealed.values()] == [TEST_SEAL, TEST_SEAL]
    for file in sealed.values():
        assert approved.sealed_pdf(file.reference, file.content_digest).startswith(b"%PDF-")
        assert approved.sealed_docx(file.reference, file.content_digest).startswith(b"PK")
        assert approved.find_sealed(file.pdf_sha256) == file


def test_what_was_sent_is_known_by_mailbox_and_by_message_id(sent):
    found = {each.address: each for own in sent.deliveries("trial").values() for each in own}

    assert {address: each.state for address, each in found.items()} == {
        "ordforer@as.kommune.example": "sent",
        "radmann@as.kommune.example": "refused",
        "ordforer@baerum.kommune.example": "uncertain",
        "radmann@baerum.kommune.example": "sent",
    }
    for address, each in found.items():
        assert (each.channel, each.recipient_key, each.copy) == ("mail", address, 1)
        assert each.external_id is not None
        assert sent.find_delivery(each.external_id) == each
        assert sent.deliveries_to("mail", address) == [each]
    assert found["radmann@as.kommune.example"].words == "550 5.1.1 no such user"
    assert {file.sealed_by for file in sent.sealed_files("trial").values()} == {SEAL}


def test_all_events_are_there_bound_to_each_other_and_one_that_tells_of_the_change(path):
    old("approved", path)
    with closing(sqlite3.connect(path)) as raw:
        before = raw.execute("SELECT what, detail, account FROM events ORDER BY id").fetchall()

    with writing(path) as ledger:
        *events, last = ledger.events()

        assert [(each.act, each.what, each.actor.account) for each in events] == before
        assert (last.act, last.what) == ("ledger brought up to date", "from version 2 to 5")
        assert (str(last.actor), last.at, last.sequence) == (str(KARI), LATER, len(before) + 1)
        assert ledger.broken_events() == []
        assert ledger.mark().identity == "the new identity"


def test_a_copy_of_the_old_ledger_lies_beside_it_with_the_date(path):
    old("sent", path)
    before = everything_in(path)
    writing(path).close()

    copy = path.with_name("ledger.sqlite3.version-2-2026-12-01.bak")
    assert sorted(path.parent.iterdir()) == [path, copy]
    assert everything_in(copy) == before
    # put back and opened once more, it is copied under another name
    shutil.copy(copy, path)
    writing(path).close()
    assert path.with_name("ledger.sqlite3.version-2-2026-12-01-2.bak").exists()


def test_the_copy_has_what_a_killed_program_left_beside_the_file(path):
    old("approved", path)
    work = sqlite3.connect(path)
    work.execute("PRAGMA wal_autocheckpoint = 0")
    values = ("17-09102", "trial", "5001", "2026-01-01T00:00:00Z", "series")
    work.execute('INSERT INTO "references" VALUES (?, ?, ?, ?, ?)', values)
    work.commit()
    assert path.with_name("ledger.sqlite3-wal").stat().st_size

    with writing(path) as ledger:
        assert ledger.references("trial")["5001"] == "17-09102"
    work.close()

    with closing(sqlite3.connect(path.with_name("ledger.sqlite3.version-2-2026-12-01.bak"))) as raw:
        found = raw.execute("SELECT count(*) FROM \"references\" WHERE municipality = '5001'")
        assert found.fetchone() == (1,)


def test_reading_leaves_an_old_ledger_as_it_is(path):
    old("approved", path)
    before = path.read_bytes()

    with LedgerReader(path) as reader:
        assert reader.mark().identity == ""
        assert reader.broken_events() == []

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(("name", "version"), [("approved", 2), ("approved", 3), ("answered", 4)])
def test_the_tables_are_those_of_a_ledger_made_anew(path, tmp_path, name, version):
    old(name, path, version)
    writing(path).close()
    new = tmp_path / "new.sqlite3"
    Ledger(new, lambda: LATER, KARI, new=True).close()

    def described(file):
        with closing(sqlite3.connect(file)) as raw:
            rows = raw.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
            (version,) = raw.execute("PRAGMA user_version").fetchone()
        tidy = {(kind, name): "".join((sql or "").split()) for kind, name, sql in rows}
        return tidy, version

    assert described(path) == described(new)
    assert is_whole(path)


def test_a_ledger_of_version_3_keeps_all_and_takes_answers(path):
    old("approved", path, 3)
    with closing(sqlite3.connect(path)) as raw:
        before = raw.execute("SELECT * FROM events ORDER BY id").fetchall()

    with writing(path) as ledger:
        reference = ledger.references("trial")["0214"]
        ledger.register_answers(
            [Answer("trial", "0214", reference, decided=10, decided_on=date(2018, 1, 4))]
        )

        assert ledger.broken_events() == []
        assert ledger.mark().identity == "an old ledger"
        assert ledger.approvals("trial")["0214"].facts["asked"] == 10
        assert [each.decided for each in ledger.answers("trial")["0214"]] == [10]
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT * FROM events ORDER BY id").fetchall()[: len(before)] == before


def test_a_ledger_of_version_4_keeps_all_and_takes_requests_and_signatures(path):
    old("answered", path, 4)
    with closing(sqlite3.connect(path)) as raw:
        before = raw.execute("SELECT * FROM events ORDER BY id").fetchall()

    with writing(path) as ledger:
        references = ledger.references("2018")
        approval = ledger.approvals("2018")["0214"]
        assert (approval.account, approval.withdrawn, approval.signature) == ("kari", None, None)
        assert ledger.approvals("2018")["0219"].withdrawn is not None
        assert [each.state for each in ledger.deliveries("2018")["0214"]] == ["sent"]
        assert [each.decided for each in ledger.answers("2018")["0214"]] == [10]
        ledger.request_approval("2018", [letter("0219", references["0219"], "Ny tekst")])

        assert ledger.broken_events() == []
        assert ledger.mark().identity == "a ledger of version 4"
        assert [list(each.letters) for each in ledger.approval_requests("2018")] == [["0219"]]
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT * FROM events ORDER BY id").fetchall()[: len(before)] == before


def test_work_goes_on_where_it_stood(path):
    old("sent", path)
    with writing(path) as ledger:
        uncertain = ledger.deliveries("trial")["0219"][0]
        assert not ledger.begin_sending(uncertain)
        ledger.record_receipt(uncertain, "sent", "settled by a person")
        assert ledger.give_references("trial", ["0214", "5001"], SERIES, {}) == {
            "0214": "17-09235",
            "5001": "17-09101",
        }
        assert ledger.broken_events() == []


def test_a_step_that_fails_leaves_the_ledger_as_it_was(path, monkeypatch):
    old("approved", path)
    before = everything_in(path)

    def half(connection, at, identity):
        migrations._to_3(connection, at, identity)
        raise LedgerDamaged("in the middle")

    monkeypatch.setitem(migrations._STEPS, 3, half)
    with pytest.raises(LedgerDamaged, match="in the middle"):
        writing(path)

    assert everything_in(path) == before


def bring(path, start):
    start.wait(PATIENCE)
    with writing(path) as ledger:
        assert len(ledger.references("trial")) == 3


def test_two_who_open_an_old_ledger_at_once_change_it_once(path):
    old("approved", path)
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(2)
    processes = [spawn.Process(target=bring, args=(path, start)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)

    assert [process.exitcode for process in processes] == [0, 0]
    with LedgerReader(path) as reader:
        acts = [event.act for event in reader.events()]
        assert acts.count("ledger brought up to date") == 1
        assert reader.broken_events() == []


@pytest.mark.parametrize("opens", [LedgerReader, writing])
@pytest.mark.parametrize(
    ("version", "error", "told"),
    [
        (schema.VERSION + 1, LedgerTooNew, "Install the newer brevgen"),
        (1, LedgerUnusable, "from before the first release"),
    ],
)
def test_other_versions_are_refused_and_left_as_they_are(path, opens, version, error, told):
    old("approved", path)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"PRAGMA user_version = {version}")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()

    with pytest.raises(error, match=told):
        opens(path)

    assert path.read_bytes() == before
    assert list(path.parent.glob("*.bak")) == []
