"""What another hand changes in the ledger's file is found out and never used."""

import re
import shutil
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import LedgerDamaged, LedgerOutdated
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.reader import LedgerReader, backup
from brevgen.ledger.records import LedgerMark
from tests.ledger.hands import AAS, by_another_hand
from tests.support.approving import MORNING, sealed, sha256

LATER = "Vi ber Ås om 16"


def broken(path):
    with LedgerReader(path) as reader:
        return [getattr(each, "act", each) for each in reader.broken_events()]


def test_a_ledger_nobody_has_touched_is_whole_and_names_account_and_log_in(full):
    with LedgerReader(full) as reader:
        assert reader.broken_events() == []
        assert {str(each.actor) for each in reader.events()} == {"kari (logged in as root)"}
        assert [each.sequence for each in reader.events()] == list(range(1, 10))
        assert [each.act for each in reader.events()] == [
            "reference given",
            "reference given",
            "letters shown",
            "approved",
            "approved",
            "sealed",
            "handed over",
            "refused",
            "approval withdrawn",
        ]
        assert reader.approvals("2018")["0214"].facts == {"asked": 10, "name": "Ås"}
        assert reader.rounds() == ["2018"]


MORE = (
    "INSERT INTO receipts SELECT 9, delivery, 'sent', at, '', '', '', {event} FROM receipts"
    " WHERE id = 1"
)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE events SET account = 'hasp' WHERE id = 4", ["approved"]),
        ("UPDATE events SET login = '' WHERE id = 4", ["approved"]),
        ("UPDATE events SET at = '2017-11-05T09:00:00Z' WHERE id = 6", ["sealed"]),
        ("UPDATE manifests SET account = 'hasp' WHERE act = 'approved'", ["approved"]),
        ("UPDATE manifest_letters SET facts = '{\"asked\": 11}'", ["letters shown", "approved"]),
        ("UPDATE \"references\" SET reference = '17-0' WHERE id = 2", ["reference given"]),
        ("UPDATE letters SET kind = 'other' WHERE id = 1", ["reference given"]),
        ("UPDATE sealed SET sealed_by = 'CN=me'", ["sealed"]),
        ("UPDATE deliveries SET address = 'x@evil.example'", ["handed over"]),
        ("UPDATE receipts SET state = 'sent' WHERE state = 'refused'", ["refused"]),
        ("DELETE FROM withdrawals", ["approval withdrawn"]),
        ("DELETE FROM events WHERE id = 7", [7, "refused"]),
        (MORE.format(event=1), ["reference given"]),
        (MORE.format(event=77), [77]),
    ],
)
def test_any_change_is_found_at_the_event_it_belongs_to(full, statement, found):
    by_another_hand(full, statement)

    assert list(dict.fromkeys(broken(full))) == found


FORGED = (
    f"INSERT INTO contents VALUES ('{sha256(LATER)}', '{LATER}')",
    "INSERT INTO manifests SELECT 9, digest, round, act, at, 'hasp', {event} FROM manifests"
    " WHERE act = 'approved'",
    "INSERT INTO manifest_letters"
    f" VALUES (9, '17-09100', '{sha256(LATER)}', 'Hege Aspelund', '', NULL, {{event}})",
)


@pytest.mark.parametrize("event", [10, 11])
@pytest.mark.parametrize("with_event", [True, False])
def test_an_approval_somebody_writes_into_the_file_is_none(full, event, with_event):
    forged = [statement.format(event=event) for statement in FORGED]
    if with_event:
        forged.append(
            f"INSERT INTO events SELECT {event}, at, 'hasp', '', round, '0214', reference,"
            f" 'approved', what, '{'0' * 64}' FROM events WHERE id = 4"
        )
    by_another_hand(full, *forged)  # the triggers let new rows pass

    with Ledger(full, lambda: MORNING, Actor("kari")) as ledger:
        approval = ledger.approvals("2018")["0214"]
        assert approval.account == "kari"
        assert not approval.covers(sha256(LATER))
        with pytest.raises(ValueError, match="never approved with this content"):
            ledger.record_sealed([sealed("0214", "17-09100", LATER)])
        assert ledger.broken_events() != []


def test_an_approvers_name_changed_in_the_file_takes_the_approval_away(full):
    by_another_hand(full, "UPDATE manifests SET account = 'hasp' WHERE act = 'approved'")

    with LedgerReader(full) as reader:
        assert reader.approvals("2018") == {}


@pytest.mark.parametrize("which", ["pdf", "docx"])
def test_bytes_that_are_not_those_that_were_sealed_are_never_given_out(full, which):
    by_another_hand(full, f"UPDATE sealed SET {which} = x'25504446'")

    with LedgerReader(full) as reader:
        read = reader.sealed_pdf if which == "pdf" else reader.sealed_docx
        with pytest.raises(LedgerDamaged, match=rf"0214-17-09100\.{which} .*not the file"):
            read("17-09100", AAS.file.content_digest)


@pytest.mark.sqlite
@pytest.mark.parametrize("value", ["'PDF'", "CAST(x'25ff46' AS TEXT)"])
def test_words_in_place_of_a_sealed_file_are_told_and_not_given_out(full, value):
    by_another_hand(full, f"UPDATE sealed SET pdf = {value}")

    with LedgerReader(full) as reader, pytest.raises(LedgerDamaged, match="another hand"):
        reader.sealed_pdf("17-09100", AAS.file.content_digest)


def test_a_forged_file_with_its_own_digest_is_neither_given_out_nor_known(full):
    forged = b"%PDF another number"
    by_another_hand(
        full, f"UPDATE sealed SET pdf = x'{forged.hex()}', pdf_sha256 = '{sha256(forged)}'"
    )

    with LedgerReader(full) as reader:
        assert reader.find_sealed(sha256(forged)) is None
        with pytest.raises(LedgerDamaged):
            reader.sealed_pdf("17-09100", AAS.file.content_digest)


def test_words_that_are_not_those_of_their_digest_are_never_shown(full):
    by_another_hand(full, f"UPDATE contents SET text = '{LATER}'")

    with LedgerReader(full) as reader, pytest.raises(LedgerDamaged, match="other words"):
        reader.content(AAS.file.content_digest)


def test_what_is_not_said_does_not_count_so_that_later_versions_may_add_columns(full):
    by_another_hand(full, "ALTER TABLE receipts ADD COLUMN more TEXT")

    assert broken(full) == []


# -- the ledger that belongs to the files ---------------------------------------------------------


def test_letters_whose_references_the_ledger_does_not_know_are_named(full):
    files = {"0214-Ås-17-09100.pdf": "17-09100", "5001-Trondheim-17-09177.pdf": "17-09177"}

    with LedgerReader(full) as reader:
        reader.check_not_outdated({"0214-Ås-17-09100.pdf": "17-09100"}, reader.mark())
        with pytest.raises(LedgerOutdated) as outdated:
            reader.check_not_outdated(files)

    assert "5001-Trondheim-17-09177.pdf: it does not know the reference 17-09177" in (
        str(outdated.value)
    )
    assert "0214" not in str(outdated.value)


def test_no_ledger_where_there_are_letters_is_told(tmp_path):
    with LedgerReader(tmp_path / "mistyped.sqlite3") as reader, pytest.raises(LedgerOutdated):
        reader.check_not_outdated({"0214-Ås-17-09100.pdf": "17-09100"})


def test_an_older_copy_put_back_is_told_even_if_it_knows_all_references(full, tmp_path):
    backup(full, tmp_path / "copy.sqlite3")
    with Ledger(full, lambda: MORNING, Actor("kari")) as ledger:
        ledger.note("2018", "", "looked at")
        mark = ledger.mark()
    with LedgerReader(full) as reader:
        reader.check_not_outdated(mark=mark)
    with (
        LedgerReader(tmp_path / "copy.sqlite3") as reader,
        pytest.raises(LedgerOutdated, match="ends with event 9, and had 10"),
    ):
        reader.check_not_outdated(mark=mark)


def test_a_copy_from_before_the_ledger_was_brought_up_to_date_is_told(full, tmp_path):
    old = tmp_path / "old.sqlite3"
    old.write_bytes((Path(__file__).parent / "old" / "sent-version-2.sqlite3").read_bytes())
    shutil.copy(old, tmp_path / "new.sqlite3")
    with Ledger(tmp_path / "new.sqlite3", lambda: MORNING, Actor("kari")) as ledger:
        mark = ledger.mark()
    with LedgerReader(old) as reader:
        reader.check_not_outdated()
        with pytest.raises(LedgerOutdated, match="copy of version 2"):
            reader.check_not_outdated(mark=mark)


def test_what_an_earlier_ledger_has_given_is_no_hindrance_once_a_new_one_is_in_use(full):
    with LedgerReader(full) as reader:
        reader.check_not_outdated({"output/2024/report.csv, line 2": "23-20001"}, reader.mark())


@pytest.mark.sqlite
def test_two_copies_that_went_on_apart_and_another_ledger_are_told(full, tmp_path, path):
    backup(full, tmp_path / "copy.sqlite3")
    for file, act in ((full, "here"), (tmp_path / "copy.sqlite3", "elsewhere")):
        with Ledger(file, lambda: MORNING, Actor("kari")) as ledger:
            ledger.note("2018", "", act)
            mark = ledger.mark()
    with LedgerReader(full) as reader:
        with pytest.raises(LedgerOutdated, match="another story"):
            reader.check_not_outdated(mark=mark)
        with pytest.raises(LedgerOutdated, match="another ledger"):
            reader.check_not_outdated(mark=LedgerMark("of another", 1, ""))


def test_each_ledger_has_an_identity_of_its_own(tmp_path):
    def made(name, **options):
        with Ledger(tmp_path / name, lambda: MORNING, Actor("k"), new=True, **options) as ledger:
            return ledger.mark()

    one, other = made("one"), made("other")
    assert re.fullmatch("[0-9a-f]{32}", one.identity)
    assert one.identity != other.identity
    assert made("third", new_identity=lambda: "given") == LedgerMark("given", 0, "")
