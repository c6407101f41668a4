"""The Letter: the facts of one municipality's request, in the municipality's written form."""

from dataclasses import replace
from datetime import date

import pytest

from brevgen.facts.municipalities import Municipality
from brevgen.findings import Findings
from brevgen.letter.letter import letter_for, must_say, written_form
from brevgen.settings.round import Office
from brevgen.settings.round_file import read_round
from brevgen.settings.types import InBothForms
from brevgen.settings.workspace import AgencySettings
from tests.support.samples import KINDS, REQUEST, ROOT, letter, request_row

AAS = Municipality(
    "0214", "Ås", "nøytral", "964948798", "IMDi Øst", "Akershus", 19288, None, None, ()
)
ROW = request_row(2, "0214", "Ås", 10, 0, 0)


@pytest.fixture(scope="module")
def round_():
    file = ROOT / "data/rounds/2018/round.toml"
    return read_round(file, Findings(), shown_as="round.toml", kinds=KINDS)


@pytest.fixture
def made(round_):
    """Makes the letter to Ås of 2018, with changes to its row, its municipality or the round."""

    def make(row=ROW, municipality=AAS, round_=round_, **more):
        return letter_for(
            row,
            municipality,
            round_,
            kind=REQUEST,
            reference="17-09235",
            agency=AgencySettings(
                short_name="IMDi",
                name=InBothForms(nb="direktoratet på bokmål", nn="direktoratet på nynorsk"),
                telephone="40 00 19 60",
            ),
            **more,
        )

    return make


@pytest.mark.parametrize(
    ("decided", "neutral", "form"),
    [
        ("bokmål", "nb", "nb"),
        ("bokmål", "nn", "nb"),
        ("nynorsk", "nb", "nn"),
        ("nynorsk", "nn", "nn"),
        ("nøytral", "nb", "nb"),
        ("nøytral", "nn", "nn"),
    ],
)
def test_the_municipality_decides_on_the_written_form_and_if_neutral_the_round(
    made, round_, decided, neutral, form
):
    municipality = replace(AAS, decided_form=decided)
    round_ = round_.model_copy(update={"neutral_written_form": neutral})

    assert written_form(municipality, round_) == form
    assert made(municipality=municipality, round_=round_).written_form == form


def test_the_letter_to_aas_holds_the_facts_of_2017(made):
    made_letter = made()

    assert made_letter.municipality.name == "Ås"
    assert made_letter.municipality.distribution == ("Ordfører", "Rådmann")
    assert made_letter.year == 2018
    assert made_letter.own == {**dict.fromkeys(REQUEST.facts, 0), "asked": 10}
    assert (made_letter.date, made_letter.deadline) == (date(2017, 11, 6), date(2018, 1, 6))
    assert (made_letter.reference, made_letter.your_reference) == ("17-09235", "")
    assert made_letter.national.total == 4400
    assert made_letter.office.name == "IMDi Region Øst"
    assert (made_letter.office.signatory, made_letter.office.title) == (
        "Hege Aspelund",
        "regiondirektør",
    )
    assert not made_letter.approved


def test_every_text_comes_in_the_form_of_the_letter(made, round_):
    office = Office(name="Kontoret", title=InBothForms(nb="leder", nn="leiar"))
    round_ = round_.model_copy(update={"offices": {"national": office}})

    nynorsk = made(municipality=replace(AAS, decided_form="nynorsk"), round_=round_)

    assert nynorsk.municipality.distribution == ("Ordførar", "Rådmann")
    assert nynorsk.office.title == "leiar"
    assert nynorsk.agency.name == "direktoratet på nynorsk"
    assert nynorsk.background == round_.background.nn
    bokmål = made(municipality=replace(AAS, decided_form="bokmål"), round_=round_)
    assert bokmål.office.title == "leder"
    assert bokmål.agency.name == "direktoratet på bokmål"
    assert bokmål.background == round_.background.nb


def test_what_is_asked_comes_from_the_row(made):
    row = request_row(3, "0214", "AAS", 65, 4, 2, "", "2017/311")

    made_letter = made(row)

    asked = {"asked": 65, "minors": 4, "minors_under_15": 2}
    assert made_letter.own == {**dict.fromkeys(REQUEST.facts, 0), **asked}
    assert made_letter.your_reference == "2017/311"
    assert made_letter.municipality.name == "Ås"


def test_a_blank_number_of_minors_asks_for_none(made):
    made_letter = made(request_row(2, "0214", "Ås", 10, None, None))

    assert made_letter.own == {**dict.fromkeys(REQUEST.facts, 0), "asked": 10}


def test_only_what_has_been_approved_is_said_to_be(made):
    assert made(approved=True).approved
    assert not made().approved


def test_a_letter_must_say_its_reference_recipient_dates_and_numbers():
    assert must_say(letter(asked=1650, minors=1200, minors_under_15=10), REQUEST) == (
        "17-09235",
        "Ås kommune",
        "1\u00a0650",
        "1\u00a0200",
        "6. januar 2018",
        "6.11.2017",
    )


def test_a_letter_without_minors_need_not_speak_of_them():
    assert must_say(letter(), REQUEST) == (
        *("17-09235", "Ås kommune", "10", "6. januar 2018", "6.11.2017"),
    )
