"""The ledger keeps English, and a person reads it in her own language."""

from datetime import UTC, datetime

import pytest

from brevgen.actor import Actor
from brevgen.language import speaking, tr_like
from brevgen.ledger import told
from brevgen.ledger.records import Event


def event(act: str, what: str) -> Event:
    at = datetime(2017, 11, 6, 9, tzinfo=UTC)
    return Event(1, at, Actor("kari"), "2018", "0214", "17-09100", act, what)


KEPT = [
    ("reference given", "from the series 17-09100 to 17-09104", "fra serien 17-09100 til 17-09104"),
    (
        "reference changed",
        "from the allocation, in place of 17-09101, which is never used again",
        "fra fordelingen, i stedet for 17-09101, som aldri brukes igjen",
    ),
    ("letters shown", "5 to approve", "5 til godkjenning"),
    ("approved", "in the name of Hege Aspelund", "på vegne av Hege Aspelund"),
    ("draft made", "0214-Ås.pdf and 0214-Ås.docx", "0214-Ås.pdf og 0214-Ås.docx"),
    ("handed over", "Ordfører a@b.example by mail", "Ordfører a@b.example med e-post"),
    (
        "to be sent again",
        "Ordfører a@b.example by mail, copy 2: they say: not seen by anybody",
        "Ordfører a@b.example med e-post, eksemplar 2: they say: not seen by anybody",
    ),
    (
        "uncertain",
        "Ordfører a@b.example by mail: the command was cut off while it was handing the letter"
        " over",
        "Ordfører a@b.example med e-post: kommandoen ble avbrutt mens brevet ble overlevert",
    ),
    (
        "refused",
        "Ordfører a@b.example by mail: 550 5.1.1 rejected by our rules",
        "Ordfører a@b.example med e-post: 550 5.1.1 rejected by our rules",
    ),
    ("answer registered", "30 decided on 2018-01-04", "30 vedtatt 04.01.2018"),
    (
        "answer registered",
        "30 decided on 2018-01-04, 4 of them minors; conditions: bare familier",
        "30 vedtatt 04.01.2018, 4 av dem enslige mindreårige; vilkår: bare familier",
    ),
    ("more time given", "answer by 2018-02-01", "svar innen 01.02.2018"),
    ("approval withdrawn", "5 to approve", "5 to approve"),
    (
        "ledger restored",
        "from a copy that ended with event 312",
        "fra en kopi som sluttet med hendelse 312",
    ),
    ("rehearsed", "12 messages to the outbox", "12 meldinger til utboksen"),
]


@pytest.mark.parametrize(("act", "kept", "read"), KEPT)
def test_an_event_is_read_in_the_readers_language(act: str, kept: str, read: str) -> None:
    assert told.particulars_of(event(act, kept)) == kept
    with speaking("nb"):
        assert told.particulars_of(event(act, kept)) == read
        assert told.act_of(event(act, kept)) != act


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("CN=IMDi TEST,O=IMDi", "IMDi TEST"),
        ("C=NO,2.5.4.97=NTRNO-987879696,CN=Seglet\\, til \\+ oss,O=IMDi", "Seglet, til + oss"),
        ("O=IMDi,C=NO", "O=IMDi,C=NO"),
        ("IMDi", "IMDi"),
    ],
)
def test_a_seal_is_told_by_the_name_of_its_owner(subject: str, name: str) -> None:
    sealed = event("sealed", f"a.pdf and a.docx, by {subject} (a TEST seal)")
    assert told.particulars_of(sealed) == f"a.pdf and a.docx, by {name} (a TEST seal)"
    with speaking("nb"):
        assert told.particulars_of(sealed) == f"a.pdf og a.docx, av {name} (TEST-segl)"
        sealed = event("sealed", f"a.pdf and a.docx, by {subject}")
        assert told.particulars_of(sealed) == f"a.pdf og a.docx, av {name}"


@pytest.mark.parametrize(
    "words", ["", "550 5.1.1 no such user", "they never got it", "feil tall", "17-09235", "{x}"]
)
def test_the_words_of_a_person_or_a_server_stay_as_they_are(words: str) -> None:
    with speaking("nb"):
        assert tr_like(words) == words
