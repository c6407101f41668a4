"""Every kind that ships, in both written forms and every case, made as a PDF and read back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from brevgen.facts.earlier import EarlierAnswer, EarlierLetter
from brevgen.findings import Findings
from brevgen.letter.content import Content, WrittenForm
from brevgen.letter.letter import BLANK, Agency, Letter, must_say
from brevgen.letter.templates import FORMS, read_templates
from brevgen.render.inspection import inspect
from brevgen.render.pdf import PdfWriter
from brevgen.settings.kind import Kind
from brevgen.settings.round_file import round_of
from tests.support.reading import page_texts
from tests.support.samples import AAS, KINDS, ROOT, STYLESHEET, kind, templates

FIRST = EarlierLetter(
    "17-09114",
    date(2017, 11, 6),
    date(2018, 1, 6),
    {"asked": 65, "minors": 4, "minors_under_15": 2},
    has_left=True,
)
FEW = replace(FIRST, facts={"asked": 10, "minors": 0, "minors_under_15": 0})
ONE = replace(FIRST, facts={"asked": 10, "minors": 1, "minors_under_15": 1})


def answered(earlier: EarlierLetter, decided: int, minors: int = 0, **more: str) -> EarlierLetter:
    """An earlier letter that the municipality has decided about."""
    return replace(earlier, answer=EarlierAnswer(decided, minors, date(2018, 1, 4), **more))


@dataclass(frozen=True)
class Case:
    """Facts of one letter, and what it must say of them in each form, and must not say.

    Args:
        own: the facts of its kind.
        nb: what it says in bokmål.
        nn: what it says in nynorsk.
        earlier: the earlier letter, if it has one.
        never: words that stand in no form.
        changes: other facts.
        pages: how many pages it has.
    """

    own: Mapping[str, Any]
    nb: tuple[str, ...]
    nn: tuple[str, ...]
    earlier: EarlierLetter | None = None
    never: tuple[str, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    pages: int = 1


# A request with minors fills its page; with a plan the contact and the closing go to a second one.
QUARTERS = {"first_quarter": 0, "second_quarter": 20, "third_quarter": 30, "fourth_quarter": 15}
MINORS = {"asked": 65, "minors": 4, "minors_under_15": 2}
NATIONAL = {"total": 4400, "minors": 150, "municipalities": 210, "minimum": 10}
OLD_AND_NEW = {"total_before": 12988, "total": 12000}
CASES: dict[tuple[str, str], Case] = {
    ("request", "plan for the next year"): Case(
        MINORS | {"plan": 70, "plan_minors": 5},
        ("Plan for året etter 70 flyktninger, av dem 5 enslige mindreårige", "er et plantall, som"),
        (
            "Plan for året etter 70 flyktningar, av dei 5 einslege mindreårige",
            "er eit plantal, som",
        ),
        never=("kvartal",),
        pages=2,
    ),
    ("request", "a plan of one place, for a minor"): Case(
        {"asked": 10, "plan": 1, "plan_minors": 1},
        ("Plan for året etter 1 flyktning, av dem 1 enslig mindreårig",),
        ("Plan for året etter 1 flyktning, av dei 1 einsleg mindreårig",),
    ),
    ("request", "plan by quarter"): Case(
        MINORS | QUARTERS,
        (
            "Fordelt på kvartal 0 i første, 20 i andre, 30 i tredje og 15 i fjerde",
            "Planen for kvartalene er veiledende.",
        ),
        (
            "Fordelt på kvartal 0 i første, 20 i andre, 30 i tredje og 15 i fjerde",
            "Planen for kvartala er rettleiande.",
        ),
        never=("året etter",),
        pages=2,
    ),
    ("request", "both plans"): Case(
        MINORS | QUARTERS | {"plan": 12},
        ("i den neste anmodningen. Planen for kvartalene er veiledende.",),
        ("i den neste oppmodinga. Planen for kvartala er rettleiande.",),
        pages=2,
    ),
    ("notice", "minors"): Case(
        {},
        ("Behov i landet 4 400 flyktninger i 2018", "Dere skal ikke svare på dette brevet"),
        ("Behov i landet 4 400 flyktningar i 2018", "De skal ikkje svare på dette brevet"),
        changes={"national": NATIONAL},
    ),
    ("notice", "no minors"): Case(
        {},
        ("blir bedt om å bosette minst 10.",),
        ("blir bedne om å busette minst 10.",),
        never=("mindreårig",),
        changes={"national": NATIONAL | {"minors": 0}},
    ),
    ("not-asked", "minors"): Case(
        {},
        (
            "IMDi har nå bedt 210 kommuner om å bosette flyktninger i 2018. Ås kommune er ikke",
            "Dere trenger ikke gjøre vedtak",
            "Av dem er 150 enslige mindreårige.",
        ),
        (
            "IMDi har no bede 210 kommunar om å busette flyktningar i 2018. Ås kommune er ikkje",
            "De treng ikkje gjere vedtak",
            "Av desse er 150 einslege mindreårige.",
        ),
    ),
    ("not-asked", "no minors"): Case(
        {},
        ("Etter de siste prognosene må 4 400 flyktninger bosettes",),
        ("Etter dei siste prognosane må 4 400 flyktningar busettast",),
        never=("mindreårig",),
        changes={"national": NATIONAL | {"minors": 0}},
    ),
    ("revised", "fewer, not answered"): Case(
        {"asked": 50, "minors": 6, "minors_under_15": 2},
        (
            "I brevet 17-09114 av 6. november 2017 ba vi Ås kommune om å bosette 65 flyktninger",
            "Nytt tall 50 flyktninger i 2018",
            "Før ba vi om 65 flyktninger, av dem 4 enslige mindreårige",
            "fra 12 988 til 12 000 flyktninger",
            "Vi har ikke registrert noe vedtak fra dere om det forrige tallet. UNDECIDED",
        ),
        (
            "I brevet 17-09114 av 6. november 2017 bad vi Ås kommune om å busette 65 flyktningar",
            "Nytt tal 50 flyktningar i 2018",
            "Før bad vi om 65 flyktningar, av dei 4 einslege mindreårige",
            "frå 12 988 til 12 000 flyktningar",
            "Vi har ikkje registrert noko vedtak frå dykk om det førre talet. UNDECIDED",
        ),
        FIRST,
        never=(" DECIDED", "vedtok"),
    ),
    ("revised", "fewer, decided"): Case(
        {"asked": 1, "minors": 1, "minors_under_15": 1},
        (
            "Kommunen vedtok 4. januar 2018 å bosette 65 flyktninger.",
            "Plassen er for en enslig mindreårig. Bufetat disponerer plassen",
            "Vedtaket deres 65 flyktninger, vedtatt 4. januar 2018",
        ),
        (
            "Kommunen vedtok 4. januar 2018 å busette 65 flyktningar.",
            "Plassen er for ein einsleg mindreårig. Bufetat disponerer plassen",
            "Vedtaket dykkar 65 flyktningar, vedteke 4. januar 2018",
        ),
        answered(FIRST, 65),
        never=("UNDECIDED", "ikke registrert", "ikkje registrert"),
    ),
    ("revised", "what was decided already"): Case(
        {"asked": 50, "minors": 4, "minors_under_15": 4},
        ("Vedtaket deres stemmer med det nye tallet", "Bufetat disponerer alle disse"),
        ("Vedtaket dykkar stemmer med det nye talet", "Bufetat disponerer alle desse"),
        answered(FIRST, 50),
        never=("DECIDED.",),
    ),
    ("revised", "none any more, none decided"): Case(
        {"asked": 0},
        ("Vi ber nå ikke lenger Ås kommune om", "å ikke bosette noen."),
        ("Vi ber no ikkje lenger Ås kommune om", "å ikkje busette nokon."),
        answered(FIRST, 0),
        never=("Ingen av plass",),
    ),
    ("revised", "more, no minors any more"): Case(
        {"asked": 12},
        ("Ingen av plassene er lenger for enslige mindreårige.",),
        ("Ingen av plassane er lenger for einslege mindreårige.",),
        ONE,
    ),
    ("supplement", "not answered, minors"): Case(
        {"asked": 89, "minors": 8, "extra": 24, "extra_minors": 4},
        (
            "Vi ber Ås kommune om å bosette 24 flyktninger til i 2018. Av disse plassene er 4",
            "Det gir 89 flyktninger i alt, og 8 av dem er enslige mindreårige.",
            "Før ba vi om 65 flyktninger, av dem 4 enslige mindreårige",
            "er det nok med ett vedtak om tallet i alt",
        ),
        (
            "Vi ber Ås kommune om å busette 24 flyktningar til i 2018. Av desse plassane er 4",
            "Det gir 89 flyktningar i alt, og 8 av dei er einslege mindreårige.",
            "Før bad vi om 65 flyktningar, av dei 4 einslege mindreårige",
            "er det nok med eitt vedtak om talet i alt",
        ),
        FIRST,
        never=("vedtok",),
    ),
    ("supplement", "decided, no minors"): Case(
        {"asked": 15, "extra": 5},
        ("Takk for at kommunen 4. januar 2018 vedtok å bosette 10 flyktninger.",),
        ("Takk for at kommunen 4. januar 2018 vedtok å busette 10 flyktningar.",),
        answered(FEW, 10),
        never=("mindreårig",),
    ),
    ("supplement", "said no, one place for a minor"): Case(
        {"asked": 11, "minors": 1, "extra": 1, "extra_minors": 1},
        (
            "Kommunen vedtok 4. januar 2018 å ikke bosette noen.",
            "1 flyktning til i 2018. Plassen er for en enslig mindreårig. Det gir 11 flyktninger",
            "og 1 av dem er enslig mindreårig.",
        ),
        (
            "Kommunen vedtok 4. januar 2018 å ikkje busette nokon.",
            "1 flyktning til i 2018. Plassen er for ein einsleg mindreårig. Det gir 11 flyktningar",
            "og 1 av dei er einsleg mindreårig.",
        ),
        answered(FEW, 0),
    ),
    ("extension", "minors"): Case(
        {"new_deadline": date(2018, 2, 15)},
        (
            "Ny frist torsdag 15. februar 2018",
            "IMDi Region Øst har satt den nye fristen til 15. februar 2018.",
            "svare innen 6. januar 2018.",
            "Oppgi referansen fra anmodningen, 17-09114.",
        ),
        (
            "Ny frist torsdag 15. februar 2018",
            "IMDi Region Øst har sett den nye fristen til 15. februar 2018.",
            "svare innan 6. januar 2018.",
            "Oppgi referansen frå oppmodinga, 17-09114.",
        ),
        FIRST,
    ),
    ("extension", "no minors, one office"): Case(
        {"new_deadline": date(2018, 2, 15)},
        ("IMDi har satt den nye fristen", "Ta kontakt med oss"),
        ("IMDi har sett den nye fristen", "Ta kontakt med oss"),
        FEW,
        never=("mindreårig",),
        changes={"office": replace(AAS.office, name="IMDi", telephone="40 00 19 60")},
    ),
    ("reminder", "one minor"): Case(
        {},
        (
            "Vi ba dere bosette 10 flyktninger i 2018, av dem 1 enslig mindreårig",
            "Fristen for å svare var 6. januar 2018.",
            "hvilken dag saken skal behandles",
        ),
        (
            "Vi bad dykk busette 10 flyktningar i 2018, av dei 1 einsleg mindreårig",
            "Fristen for å svare var 6. januar 2018.",
            "kva dag saka skal behandlast",
        ),
        ONE,
        never=("mer tid", "meir tid"),
    ),
    ("reminder", "had more time"): Case(
        {},
        ("Dere fikk mer tid, til 15. februar 2018.", "Fristen var 15. februar 2018 Ny frist"),
        ("De fekk meir tid, til 15. februar 2018.", "Fristen var 15. februar 2018 Ny frist"),
        replace(FEW, late_until=date(2018, 2, 15)),
    ),
    ("receipt", "as many, with minors"): Case(
        {},
        (
            "Kommunen har vedtatt å bosette 65 flyktninger i 2018. Det er like mange som vi ba om",
            "Tallet på enslige mindreårige er det samme som vi ba om.",
            "Vedtatt 4. januar 2018, kommunestyret",
        ),
        (
            "Kommunen har vedteke å busette 65 flyktningar i 2018. Det er like mange som vi bad om",
            "Talet på einslege mindreårige er det same som vi bad om.",
            "Vedteke 4. januar 2018, kommunestyret",
        ),
        answered(FIRST, 65, 4, body="kommunestyret"),
        never=("forbehold", "atterhald"),
    ),
    ("receipt", "fewer, minors not told, with a condition"): Case(
        {"remark": "Takk for samtalen."},
        (
            "Det er færre enn vi ba om",
            "Vi ba om 4 enslige mindreårige, men har ikke registrert noe tall",
            "Takk for samtalen.",
            "Svaret har dette forbeholdet: Ingen med store behov.",
            "Journalnummer 18/00412-3",
        ),
        (
            "Det er færre enn vi bad om",
            "Vi bad om 4 einslege mindreårige, men har ikkje registrert noko tal",
            "Takk for samtalen.",
            "Svaret har dette atterhaldet: Ingen med store behov.",
            "Journalnummer 18/00412-3",
        ),
        answered(FIRST, 40, conditions="Ingen med store behov.", journal="18/00412-3"),
    ),
    ("receipt", "more, one minor of none"): Case(
        {},
        (
            "Det er flere enn vi ba om",
            "Vi ba ikke om plasser for enslige mindreårige, men kommunen har vedtatt 1.",
        ),
        (
            "Det er fleire enn vi bad om",
            "Vi bad ikkje om plassar for einslege mindreårige, men kommunen har vedteke 1.",
        ),
        answered(FEW, 12, 1),
    ),
    ("receipt", "a no"): Case(
        {},
        ("Vi har registrert Ingen flyktninger i 2018", "vedtatt å ikke bosette flyktninger"),
        ("Vi har registrert Ingen flyktningar i 2018", "vedteke å ikkje busette flyktningar"),
        answered(FIRST, 0),
        never=("noe tall", "noko tal"),
    ),
}
EVERY = [(*case, form) for case, form in product(CASES, FORMS)]
LETTERS = pytest.mark.parametrize(
    ("name", "case", "form"), EVERY, ids=[", ".join(each) for each in EVERY]
)
KEYS = {"decided": "DECIDED.", "undecided": "UNDECIDED."}
"""Texts of a round that a letter states in one case alone."""
MANY = "Dette er en setning om rundens bakgrunn, omtrent så lang som slike pleier å være."


def made(name: str, case: Case, form: WrittenForm) -> Letter:
    """The letter of a kind with the facts of a case, and those of every round."""
    its = kind(name)
    keys = round_of(its).model_fields
    national = case.changes.get("national") or (
        NATIONAL if "total_before" not in its.figures else OLD_AND_NEW
    )
    tables = {
        "national": {key: national[key] for key in its.figures},
        "background": {
            each: {key: KEYS.get(key, MANY) for key in its.texts} for each in ("nb", "nn")
        },
    }
    given = {
        key: keys[key].annotation.model_validate(table)  # type: ignore[union-attr]
        for key, table in tables.items()
        if table
    }
    background = given.get("background")
    names = {
        "nb": Agency("IMDi", "Integrerings- og mangfoldsdirektoratet"),
        "nn": Agency("IMDi", "Integrerings- og mangfaldsdirektoratet"),
    }
    blank = {fact: BLANK[type_] for fact, type_ in its.facts.items()}
    changes = {key: value for key, value in case.changes.items() if key != "national"}
    return replace(
        AAS,
        kind=name,
        written_form=form,
        deadline=AAS.deadline if its.answer else None,
        national=given.get("national", AAS.national),
        background=getattr(background, form) if background else AAS.background,
        agency=names[form],
        own={**blank, **case.own},
        earlier=case.earlier,
        **changes,
    )


@cache
def writer() -> PdfWriter:
    return PdfWriter(STYLESHEET)


def pdf_of(letter: Letter, content: Content) -> bytes:
    return writer().write(content, reference=letter.reference, dated=letter.date)


def test_every_kind_that_ships_has_cases() -> None:
    assert {name for name, _ in CASES} == set(KINDS)


@LETTERS
def test_a_letter_has_its_page_and_says_what_its_case_is(
    name: str, case: str, form: WrittenForm
) -> None:
    each = CASES[name, case]
    letter = made(name, each, form)
    content = templates().content(letter)
    pdf = pdf_of(letter, content)
    wanted = must_say(letter, kind(name))
    assert not inspect(pdf, content, reference=letter.reference, must_say=wanted).faults
    texts = page_texts(pdf)
    assert len(texts) == each.pages
    text = " ".join(texts).replace("\N{NO-BREAK SPACE}", " ")
    for said in each.nb if form == "nb" else each.nn:
        assert said in text
    for said in each.never:
        assert said not in text
    assert " ." not in text
    assert "  " not in text


@LETTERS
def test_a_message_says_the_reference_and_what_the_letter_is_about(
    name: str, case: str, form: WrittenForm
) -> None:
    folder = ROOT / "templates" / "messages"
    messages = read_templates(folder, Findings(), shown_as="messages")
    assert messages is not None
    letter = made(name, CASES[name, case], form)
    subject, *others = [block.text for block in messages.content(letter).part("body")]
    assert letter.reference in subject
    assert letter.municipality.name in subject
    assert any("Ordfører" in each for each in others)
    assert len(subject) <= 80


OLD_WORDS = ("vert", "difor", "busetj", "dokker", "einast")


@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*/*/nn.html")), ids=str)
def test_nynorsk_is_nynorsk_and_of_one_choice_of_forms(path: Path) -> None:
    words = path.read_text(encoding="utf-8").lower()
    body = words.partition("{% endblock %}")[2]
    for bokmaal in (" ikke ", " jeg ", " dere ", " hvor ", " fra ", " noe ", " mer ", " kun "):
        assert bokmaal not in words
    for other in OLD_WORDS:
        assert other not in body


def test_the_kinds_that_follow_a_request_follow_a_changed_one_too() -> None:
    following: dict[str, Kind] = {
        name: each for name, each in KINDS.items() if each is not None and each.has_earlier
    }
    assert set(following) == {"revised", "supplement", "extension", "reminder", "receipt"}
    for each in following.values():
        assert each.follows == ("request", "revised", "supplement")
