"""The ledger remembers what was made of each letter, and everything that happened to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from brevgen.actor import Account, Actor
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.records import Event, MadeDocument
from brevgen.settings.series import Series

MORNING = datetime(2017, 11, 6, 9, 0, 0, tzinfo=UTC)
SERIES = Series("17-09100", "17-09199")

AAS = MadeDocument(
    round="2018",
    municipality="0214",
    reference="17-09100",
    fingerprint="f1",
    content_digest="c1",
    pdf_name="0214-Ås-17-09100.pdf",
    pdf_sha256="p1",
    docx_name="0214-Ås-17-09100.docx",
    docx_sha256="d1",
    pages=2,
    made_at=MORNING,
    account="kari",
)
KAUTOKEINO = replace(
    AAS, municipality="2011", reference="17-09101", pdf_name="2011-Guovdageaidnu-17-09101.pdf"
)


@pytest.fixture
def numbered(ledger):
    ledger.give_references("2018", ["0214", "2011"], SERIES, {})
    return ledger


def test_documents_come_back_as_they_were_recorded_by_municipality_number(numbered):
    numbered.record_documents([KAUTOKEINO, AAS])

    assert numbered.documents("2018") == {"0214": AAS, "2011": KAUTOKEINO}
    assert list(numbered.documents("2018")) == ["0214", "2011"]
    assert numbered.documents("2017") == {}


def test_a_document_made_anew_takes_the_place_of_the_earlier_one(numbered):
    newer = replace(AAS, fingerprint="f2", pages=1, made_at=MORNING + timedelta(hours=1))
    numbered.record_documents([AAS, KAUTOKEINO])

    numbered.record_documents([newer])

    assert numbered.documents("2018") == {"0214": newer, "2011": KAUTOKEINO}
    made = [event for event in numbered.events("2018", "0214") if event.act == "draft made"]
    assert len(made) == 2


def test_who_made_a_document_is_the_one_who_records_it_whatever_is_said(numbered, path, clock):
    numbered.record_documents([replace(AAS, account=""), replace(KAUTOKEINO, account="per")])
    with Ledger(path, clock, Actor("ola"), new=True) as of_another:
        of_another.record_documents([AAS])

    made = numbered.documents("2018")

    assert {number: document.account for number, document in made.items()} == {
        "0214": "ola",
        "2011": "kari",
    }


def test_no_documents_are_recorded_without_ado(numbered):
    numbered.record_documents([])

    assert numbered.documents("2018") == {}


def test_a_document_under_anothers_reference_is_refused_and_none_is_recorded(numbered):
    with pytest.raises(ValueError, match="17-09101 was not given to municipality 0214"):
        numbered.record_documents([KAUTOKEINO, replace(AAS, reference="17-09101")])

    assert numbered.documents("2018") == {}


def test_a_removed_document_is_forgotten_but_its_reference_and_history_stay(numbered):
    numbered.record_documents([AAS, KAUTOKEINO])

    removed = numbered.remove_documents("2018", ["0214", "1601"])

    assert removed == [AAS]
    assert numbered.documents("2018") == {"2011": KAUTOKEINO}
    assert numbered.references("2018")["0214"] == "17-09100"
    history = [event.act for event in numbered.events("2018", "0214")]
    assert history == ["reference given", "draft made", "draft removed"]


def test_the_event_of_a_document_names_the_files_and_what_was_in_them(numbered):
    numbered.record_documents([AAS])

    (*_, made) = numbered.events("2018", "0214")

    assert made == Event(
        sequence=3,
        at=MORNING,
        round="2018",
        municipality="0214",
        reference="17-09100",
        act="draft made",
        what="0214-Ås-17-09100.pdf and 0214-Ås-17-09100.docx",
        actor=Account("kari"),
    )


def test_notes_stand_among_the_events_in_the_order_they_happened(numbered):
    numbered.note("2018", "0214", "looked at", "by telephone", reference="17-09100")
    numbered.note("2018", "", "round closed")

    *_, looked_at, closed = numbered.events("2018")

    assert (looked_at.act, looked_at.what, looked_at.reference) == (
        "looked at",
        "by telephone",
        "17-09100",
    )
    assert (closed.municipality, closed.reference) == ("", "")
    assert closed not in numbered.events("2018", "0214")
    assert numbered.events("2017") == []


def test_moments_are_kept_in_utc_to_the_second(path):
    summer = datetime(2018, 7, 1, 11, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=2)))
    with Ledger(path, lambda: summer, Actor("kari"), new=True) as ledger:
        ledger.note("2018", "", "holiday")
        (event,) = ledger.events("2018")
        with ledger._file.reading() as connection:
            kept = connection.exec_driver_sql("SELECT at FROM events").scalars().all()

    assert kept == ["2018-07-01T09:30:15Z"]
    assert event.at == datetime(2018, 7, 1, 9, 30, 15, tzinfo=UTC)
    assert event.at.utcoffset() == timedelta(0)


def test_a_clock_without_a_time_zone_is_refused(path):
    Ledger(path, lambda: MORNING, Actor("kari"), new=True).close()
    with (
        Ledger(path, lambda: datetime(2018, 7, 1), Actor("kari")) as ledger,  # noqa: DTZ001
        pytest.raises(StatementError, match="no time zone"),
    ):
        ledger.note("2018", "", "holiday")
