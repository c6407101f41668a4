"""What letters say: the fixed sentences, every case of the facts, each form in its own words."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from brevgen.facts.round_facts import read_round_facts
from brevgen.findings import Findings
from brevgen.letter.content import Content
from brevgen.letter.letter import Agency, OfficeFacts, letter_for, must_say
from brevgen.letter.printable import without_ligatures
from brevgen.letter.templates import kinds_in, read_templates
from brevgen.workspace import find_workspace
from tests.support.samples import AAS, KINDS, REQUEST, ROOT, content, templates

FORMS = ("nb", "nn")
AGENCY = {
    "nb": "Integrerings- og mangfoldsdirektoratet",
    "nn": "Integrerings- og mangfaldsdirektoratet",
}


def said(form: str = "nb", **changes) -> str:
    """All words of the letter to Ås with changes, a line for each block."""
    agency = Agency("IMDi", AGENCY[form])
    return lines(content(form=form, **{"agency": agency, **changes}))


def lines(of: Content) -> str:
    return "\n".join(block.text for block in of.blocks)


@pytest.fixture(scope="module")
def real_letters():
    """Every letter of the two rounds that ship, in both written forms, approved and as a draft."""
    workspace = find_workspace(ROOT)
    ours = templates()
    made = []
    for name in ("2018", "2024"):
        facts = read_round_facts(
            workspace.data / "rounds" / name, workspace.data, Findings(), kinds=KINDS
        )
        assert facts is not None
        for neutral in FORMS:
            round_ = facts.round.model_copy(update={"neutral_written_form": neutral})
            for row, municipality in facts.asked():
                letter = letter_for(
                    row,
                    municipality,
                    round_,
                    kind=REQUEST,
                    reference=f"{name[2:]}-{municipality.number:0>5}",
                    agency=workspace.settings.agency,
                    approved=neutral == "nn",
                )
                made.append((letter, ours.content(letter)))
    return made


# -- the letter of 2017 ---------------------------------------------------------------------------

THE_LETTER_TO_AAS = (
    "Ås kommune",
    "Brevet bes distribuert til:",
    "Ordfører",
    "Rådmann",
    "Vår ref: 17-00214",
    "Dato: 6.11.2017",
    "Anmodning om bosetting av flyktninger i 2018",
    "takker Ås kommune",
    "Nå ber vi Ås kommune om å bosette 10 flyktninger i 2018.",
    "Frist for å svare på anmodningen er 6. januar 2018.",
    "post@imdi.example",
    "med kopi til nina.gran@ks.example",
    "fagsystem for bosetting",
    "https://www.imdi.no/planlegging-og-bosetting/",
    "presist vedtak",
    "Familiegjenforente",
    "skal ikke ha forbehold",
    "Bakgrunn for tallene",
    "4\u00a0400 flyktninger",
    "150 enslige mindreårige",
    "færre søker asyl",
    "halvparten av kommunene",
    "langt færre enn før",
    "innbyggertall",
    "sysselsetting",
    "resultatene av introduksjonsprogrammet over tid",
    "Kontakt",
    "IMDi Region Øst",
    "møter",
    "Med hilsen",
    "for Integrerings- og mangfoldsdirektoratet",
    "Hege Aspelund",
    "regiondirektør",
    "Dokumentet er godkjent elektronisk og trenger derfor ikke signatur.",
)
IN_NYNORSK = (
    "Ås kommune",
    "Vi ber om at brevet blir delt ut til:",
    "Ordførar",
    "Rådmann",
    "Vår ref: 17-00214",
    "Dato: 6.11.2017",
    "Oppmoding om busetting av flyktningar i 2018",
    "takkar Ås kommune",
    "No ber vi Ås kommune om å busette 10 flyktningar i 2018.",
    "Frist for å svare på oppmodinga er 6. januar 2018.",
    "post@imdi.example",
    "med kopi til nina.gran@ks.example",
    "fagsystemet",
    "https://www.imdi.no/planlegging-og-bosetting/",
    "presist vedtak",
    "Familiesameinte",
    "skal ikkje ha atterhald",
    "Bakgrunn for tala",
    "4\u00a0400 flyktningar",
    "150 einslege mindreårige",
    "færre søkjer asyl",
    "halvparten av kommunane",
    "langt færre enn før",
    "innbyggjartal",
    "sysselsetting",
    "resultata av introduksjonsprogrammet over tid",
    "Kontakt",
    "IMDi Region Øst",
    "møte",
    "Med helsing",
    "for Integrerings- og mangfaldsdirektoratet",
    "Hege Aspelund",
    "regiondirektør",
    "Dokumentet er godkjent elektronisk og treng derfor ikkje signatur.",
)


@pytest.mark.parametrize(("form", "facts"), [("nb", THE_LETTER_TO_AAS), ("nn", IN_NYNORSK)])
def test_the_letter_to_aas_states_the_facts_of_2017_in_their_order(form, facts):
    workspace = find_workspace(ROOT)
    read = read_round_facts(
        workspace.data / "rounds" / "2018", workspace.data, Findings(), kinds=KINDS
    )
    assert read is not None
    ((row, municipality),) = [pair for pair in read.asked() if pair[1].number == "0214"]
    letter = letter_for(
        row,
        municipality,
        read.round.model_copy(update={"neutral_written_form": form}),
        kind=REQUEST,
        reference="17-00214",
        agency=workspace.settings.agency,
        approved=True,
    )

    text = lines(templates().content(letter))

    at = 0
    for fact in facts:
        assert fact in text[at:], fact
        at = text.index(fact, at) + len(fact)
    assert text.endswith(facts[-1])
    assert "mindreårige" not in text.partition(facts[9])[0]


@pytest.mark.parametrize(
    ("form", "subject"),
    [
        ("nb", "Anmodning om bosetting av flyktninger i 2018"),
        ("nn", "Oppmoding om busetting av flyktningar i 2018"),
    ],
)
def test_the_subject_is_the_one_heading_of_the_letter_and_with_the_recipient_its_title(
    form, subject
):
    letter = content(form=form)

    assert [block.text for block in letter.blocks if block.style == "title"] == [subject]
    assert letter.title == f"{subject} – Ås kommune"
    assert letter.written_form == form


@pytest.mark.parametrize(
    ("form", "asked", "request_"),
    [
        ("nb", 1, "om å bosette 1 flyktning i 2018."),
        ("nb", 10, "om å bosette 10 flyktninger i 2018."),
        ("nb", 1650, "om å bosette 1\u00a0650 flyktninger i 2018."),
        ("nn", 1, "om å busette 1 flyktning i 2018."),
        ("nn", 10, "om å busette 10 flyktningar i 2018."),
        ("nn", 1650, "om å busette 1\u00a0650 flyktningar i 2018."),
    ],
)
def test_the_number_asked_for_is_counted_in_singular_and_plural(form, asked, request_):
    assert request_ in said(form, asked=asked)


# -- minors ---------------------------------------------------------------------------------------


MINORS = [
    ("nb", 1, 1, 0, "Plassen er for en enslig mindreårig."),
    ("nb", 4, 4, 0, "Alle plassene er for enslige mindreårige."),
    ("nb", 65, 1, 0, "Én av plassene er for en enslig mindreårig."),
    ("nb", 65, 4, 0, "Av disse plassene er 4 for enslige mindreårige."),
    (
        *("nb", 65, 1, 1),
        "Én av plassene er for en enslig mindreårig."
        " Bufetat disponerer plassen, som er for et barn under 15 år.",
    ),
    (
        *("nb", 65, 2, 2),
        "Av disse plassene er 2 for enslige mindreårige."
        " Bufetat disponerer alle disse, som er for barn under 15 år.",
    ),
    (
        *("nb", 65, 4, 1),
        "Av disse plassene er 4 for enslige mindreårige."
        " Bufetat disponerer én av dem, for et barn under 15 år.",
    ),
    (
        *("nb", 65, 4, 2),
        "Av disse plassene er 4 for enslige mindreårige."
        " Bufetat disponerer 2 av dem, for barn under 15 år.",
    ),
    ("nn", 1, 1, 0, "Plassen er for ein einsleg mindreårig."),
    ("nn", 4, 4, 0, "Alle plassane er for einslege mindreårige."),
    ("nn", 65, 1, 0, "Éin av plassane er for ein einsleg mindreårig."),
    ("nn", 65, 4, 0, "Av desse plassane er 4 for einslege mindreårige."),
    (
        *("nn", 65, 1, 1),
        "Éin av plassane er for ein einsleg mindreårig."
        " Bufetat disponerer plassen, som er for eit barn under 15 år.",
    ),
    (
        *("nn", 65, 2, 2),
        "Av desse plassane er 2 for einslege mindreårige."
        " Bufetat disponerer alle desse, som er for barn under 15 år.",
    ),
    (
        *("nn", 65, 4, 1),
        "Av desse plassane er 4 for einslege mindreårige."
        " Bufetat disponerer éin av dei, for eit barn under 15 år.",
    ),
    (
        *("nn", 65, 4, 2),
        "Av desse plassane er 4 for einslege mindreårige."
        " Bufetat disponerer 2 av dei, for barn under 15 år.",
    ),
]
FLEXIBLE = {
    "nb": " Vi håper dere er fleksible hvis aldersfordelingen endrer seg.",
    "nn": " Vi håper de er fleksible dersom aldersfordelinga endrar seg.",
}


@pytest.mark.parametrize(("form", "asked", "minors", "under_15", "sentences"), MINORS)
def test_each_case_of_minors_is_written_out(form, asked, minors, under_15, sentences):
    text = said(form, asked=asked, minors=minors, minors_under_15=under_15)

    assert f" i 2018. {sentences}{FLEXIBLE[form] if under_15 else ''}\n" in text


# -- the box of facts -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "minors", "under_15", "of_them"),
    [
        ("nb", 0, 0, None),
        ("nb", 1, 0, "1 enslig mindreårig"),
        ("nb", 1, 1, "1 enslig mindreårig, under 15 år"),
        ("nb", 4, 0, "4 enslige mindreårige"),
        ("nb", 4, 1, "4 enslige mindreårige, 1 av dem under 15 år"),
        ("nb", 4, 4, "4 enslige mindreårige, alle under 15 år"),
        ("nn", 0, 0, None),
        ("nn", 1, 0, "1 einsleg mindreårig"),
        ("nn", 1, 1, "1 einsleg mindreårig, under 15 år"),
        ("nn", 4, 0, "4 einslege mindreårige"),
        ("nn", 4, 2, "4 einslege mindreårige, 2 av dei under 15 år"),
        ("nn", 4, 4, "4 einslege mindreårige, alle under 15 år"),
    ],
)
def test_a_box_says_at_a_glance_how_many_by_when_and_where_to(form, minors, under_15, of_them):
    letter = content(form=form, asked=65, minors=minors, minors_under_15=under_15)

    box = {
        block.label: block.text.removeprefix(f"{block.label} ")
        for block in letter.blocks
        if block.style == "fact"
    }

    to = "post@imdi.example med kopi til nina.gran@ks.example"
    assert (
        list(box.items())
        == {
            "nb": [
                ("Vi ber dere bosette", "65 flyktninger i 2018"),
                *([("Av disse", of_them)] if of_them else []),
                ("Svar innen", "lørdag 6. januar 2018"),
                ("Send vedtaket til", to),
            ],
            "nn": [
                ("Vi ber dykk busette", "65 flyktningar i 2018"),
                *([("Av desse", of_them)] if of_them else []),
                ("Svar innan", "laurdag 6. januar 2018"),
                ("Send vedtaket til", to),
            ],
        }[form]
    )
    body = [block.style for block in letter.part("body")]
    assert body[: 3 + len(box)] == ["title", "paragraph", *["fact"] * len(box), "paragraph"]


@pytest.mark.parametrize("form", FORMS)
def test_without_minors_nothing_is_said_of_them_before_the_national_figures(form):
    ours, _, national = said(form).partition("Bakgrunn for tal")

    for word in ("mindreårige", "Bufetat", "under 15", "aldersgruppene"):
        assert word not in ours
    assert national.count("mindreårige") == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_round_without_minors_in_the_whole_country_says_nothing_of_them(form):
    none = AAS.national.model_copy(update={"minors": 0})

    assert "mindreårige" not in said(form, national=none)


# -- recipient, references, contact, signatory ----------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Gáivuotna – Kåfjord – Kaivuono", "Kárášjohka – Karasjok", "Herøy", "Porsáŋgu", "Å"]
)
@pytest.mark.parametrize("form", FORMS)
def test_a_municipality_is_called_by_its_whole_name(form, name):
    text = said(form, name=name)

    assert f"\n{name} kommune\n" in text
    assert text.count(f"{name} kommune") == 3
    assert content(form=form, name=name).title.endswith(f" – {name} kommune")


@pytest.mark.parametrize(("form", "label"), [("nb", "Deres ref:"), ("nn", "Dykkar ref:")])
def test_their_reference_is_printed_only_where_it_is_known(form, label):
    assert "\nVår ref: 17-09235\nDato: 6.11.2017\n" in said(form)
    assert label not in said(form)
    assert f"\n{label} 2017/311\nVår ref: 17-09235\n" in said(form, your_reference="2017/311")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("telephone", ["40 00 19 60", ""])
@pytest.mark.parametrize("email", ["ost@imdi.example", ""])
def test_the_office_is_reached_by_what_is_known(form, telephone, email):
    letter = content(form=form, office=replace(AAS.office, telephone=telephone, email=email))

    said_ = {
        (True, True): "Ring 40\u00a000\u00a019\u00a060 eller skriv til ost@imdi.example.",
        (True, False): "Ring 40\u00a000\u00a019\u00a060.",
        (False, True): "Skriv til ost@imdi.example.",
        (False, False): "",
    }[bool(telephone), bool(email)]
    assert said_ in lines(letter)
    assert ("Ring" in lines(letter)) == bool(telephone)
    assert ("mailto:ost@imdi.example" in [run.href for run in letter.links()]) == bool(email)


@pytest.mark.parametrize(("form", "us"), [("nb", "oss hvis dere"), ("nn", "oss dersom de")])
def test_an_agency_without_offices_calls_itself_us(form, us):
    assert f"Ta kontakt med {us}" in said(form, office=replace(AAS.office, name="IMDi"))
    assert f"Ta kontakt med {us.replace('oss', 'IMDi Region Øst')}" in said(form)


REACHED = replace(
    AAS.agency,
    postal_address="Postboks 1, 0001 Oslo",
    telephone="40 00 19 60",
    email="post@imdi.example",
    web="https://www.imdi.example/",
    organisation_number="123 456 785",
)


@pytest.mark.parametrize("form", FORMS)
def test_the_letter_says_where_the_agency_is_reached_as_far_as_the_settings_tell(form):
    def contact(agency):
        return [b.text for b in content(form=form, agency=agency).blocks if b.style == "contact"]

    assert contact(REACHED) == [
        "Postadresse Postboks 1, 0001 Oslo",
        "Telefon 40\u00a000\u00a019\u00a060",
        "E-post post@imdi.example",
        {"nb": "Nettsted", "nn": "Nettstad"}[form] + " https://www.imdi.example/",
        "Org.nr. 123\u00a0456\u00a0785",
    ]
    assert contact(replace(AAS.agency, telephone="1")) == ["Telefon 1"]
    assert contact(AAS.agency) == []


@pytest.mark.parametrize(("form", "regards"), [("nb", "Med hilsen"), ("nn", "Med helsing")])
def test_the_signatory_signs_with_name_and_title_or_if_not_known_the_title_and_the_office(
    form, regards
):
    known = said(form)
    unknown = said(form, office=replace(AAS.office, signatory=""))

    closing = f"\n{regards}\nfor {AGENCY[form]}\n"
    assert known.endswith(f"{closing}Hege Aspelund\nregiondirektør")
    assert unknown.endswith(f"{closing}regiondirektør\nIMDi Region Øst")


@pytest.mark.parametrize("form", FORMS)
def test_every_address_is_a_live_link_that_shows_where_it_leads(form):
    links = [(run.text, run.href) for run in content(form=form).links()]

    assert links == [
        ("post@imdi.example", "mailto:post@imdi.example"),
        ("nina.gran@ks.example", "mailto:nina.gran@ks.example"),
        ("post@imdi.example", "mailto:post@imdi.example"),
        ("nina.gran@ks.example", "mailto:nina.gran@ks.example"),
        *[("https://www.imdi.no/planlegging-og-bosetting/",) * 2],
    ]


@pytest.mark.parametrize("form", FORMS)
def test_the_number_and_the_deadline_are_set_apart(form):
    letter = content(form=form)
    strong = [run.text for block in letter.part("body") for run in block.runs if run.strong]

    asked, day = {
        "nb": ("10 flyktninger", "lørdag 6. januar 2018"),
        "nn": ("10 flyktningar", "laurdag 6. januar 2018"),
    }[form]
    assert strong == [asked, day, asked, "6. januar 2018"]


# -- draft and approval ---------------------------------------------------------------------------

APPROVAL = {
    "nb": "Dokumentet er godkjent elektronisk og trenger derfor ikke signatur.",
    "nn": "Dokumentet er godkjent elektronisk og treng derfor ikkje signatur.",
}
DRAFT = {"nb": "UTKAST – ikke godkjent", "nn": "UTKAST – ikkje godkjent"}


@pytest.mark.parametrize("form", FORMS)
def test_a_draft_says_that_it_is_one_and_not_a_word_of_approval(form):
    letter = content(form=form, approved=False)

    assert [block.text for block in letter.part("draft")] == [DRAFT[form]]
    assert APPROVAL[form] not in lines(letter)
    assert not any(block.style == "approval" for block in letter.blocks)


@pytest.mark.parametrize("form", FORMS)
def test_an_approved_letter_says_so_in_its_last_line_and_is_no_draft(form):
    letter = content(form=form, approved=True)

    assert letter.blocks[-1].text == APPROVAL[form]
    assert letter.blocks[-1].style == "approval"
    assert letter.part("draft") == ()
    assert "UTKAST" not in lines(letter)


SEALED = {
    "nb": "PDF-filen er forseglet elektronisk. Kontroller seglet på",
    "nn": "PDF-fila er forsegla elektronisk. Kontroller seglet på",
}


@pytest.mark.parametrize("form", FORMS)
def test_an_approved_letter_tells_where_its_seal_can_be_checked_if_the_settings_do(form):
    page = "https://www.imdi.example/segl/"
    agency = replace(AAS.agency, seal_check=page)

    letter = content(form=form, agency=agency, approved=True)

    assert [block.text for block in letter.blocks if block.style == "approval"] == [
        APPROVAL[form],
        f"{SEALED[form]} {page}.",
    ]
    assert page in [run.href for run in letter.links()]
    assert SEALED[form] not in lines(content(form=form, agency=agency, approved=False))
    assert SEALED[form] not in said(form, approved=True)


# -- every real letter ----------------------------------------------------------------------------

ONLY_BOKMÅL = """
    ikke flyktninger kommuner kommunene anmodning anmodningen bosetting bosette hvor hvis dere deres
    fra mer noe finner takker trenger enslige årene tallene tallet prognosene et en hilsen nå
    norge dem disse plasser plassene være søker ordfører regnes forbehold
"""
ONLY_NYNORSK = """
    ikkje flyktningar kommunar kommunane oppmoding oppmodinga busetting busette kor dykkar frå meir
    noko takkar treng einslege åra tala talet prognosane eit ein helsing no noreg dei desse
    plassar plassane vere søkjer ordførar reknast atterhald
"""


def test_every_real_letter_keeps_to_the_words_of_its_form(real_letters):
    foreign = {"nb": set(ONLY_NYNORSK.split()), "nn": set(ONLY_BOKMÅL.split())}

    assert {letter.written_form for letter, _ in real_letters} == set(FORMS)
    for letter, made in real_letters:
        text = " ".join(run.text for block in made.blocks for run in block.runs if not run.href)
        for name in (letter.municipality.name, letter.office.name):
            text = text.replace(name, "")
        words = set(re.findall(r"\w+", text.casefold()))
        assert not words & foreign[letter.written_form]
        assert words & foreign[{"nb": "nn", "nn": "nb"}[letter.written_form]]


def test_every_real_letter_says_what_it_must_and_is_cleanly_set(real_letters):
    for letter, made in real_letters:
        text = lines(made)
        for fact in must_say(letter, REQUEST):
            assert fact in text
        assert not re.search(
            r"  |\n\n| [.,:]|\.\.|\(\)|None|[{}<>]|\d{4}-\d\d-\d\d|Recipient", text
        )
        assert all(block.text == block.text.strip() for block in made.blocks)
        assert made.is_draft != letter.approved
        assert ("mindreårige" in text.partition("Bakgrunn")[0]) == bool(letter.own["minors"])


# -- facts are words, never markup ----------------------------------------------------------------

SIGNS = "<b>Ås</b> {{ 7*7 }} {% raw %} {# x #} & &amp; &#65; \" ' </p><script>alert(1)</script>"


@pytest.mark.parametrize("form", FORMS)
def test_markup_and_jinja_in_facts_come_out_as_the_same_words(form):
    background = AAS.background.model_copy(update={"need": SIGNS, "share": SIGNS})
    office = OfficeFacts(SIGNS, SIGNS, "", SIGNS, SIGNS)

    letter = content(
        form=form, name=SIGNS, your_reference=SIGNS, background=background, office=office
    )

    assert f"\n{SIGNS} kommune\n" in lines(letter)
    assert lines(letter).count(SIGNS.replace(" ", "\u00a0")) == 1, "the telephone number"
    assert lines(letter).count(SIGNS) == 9
    assert [block.style for block in letter.blocks] == [
        block.style
        for block in content(
            form=form, office=OfficeFacts("x", "x", "", "x", "x"), your_reference="x"
        ).blocks
    ]


@pytest.mark.parametrize("form", FORMS)
def test_signs_in_an_address_stay_in_the_address(form):
    web = "https://www.imdi.no/?a=1&amp=2&copy=3"

    (link,) = [
        run
        for run in content(form=form, answers=replace(AAS.answers, web=web)).links()
        if run.href.startswith("https")
    ]

    assert (link.text, link.href) == (web, web)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=30), st.sampled_from(FORMS))
@example("</p>", "nb")
@example("&lt", "nb")
@example("{{", "nn")
def test_whatever_the_name_the_letter_has_the_same_blocks_and_says_the_name(name, form):
    name = " ".join(re.sub("[\0-\x1f\x7f-\x9f]", "", name).split()) or "Ås"

    letter = content(form=form, name=name)

    assert [block.style for block in letter.blocks] == [
        block.style for block in content(form=form).blocks
    ]
    (recipient,) = [block.text for block in letter.blocks if block.style == "recipient"]
    assert recipient == f"{without_ligatures(name)} kommune"


# -- the folder of templates ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[date]\nnb = "Dato:"\n', "letters/words.toml, date.nn"),
        ('[date]\nnb = "Dato:"\nnn = ""\n', "letters/words.toml, date.nn"),
        ('[date]\nnb = "Dato:"\nnn = "Dato:"\nse = "x"\n', "letters/words.toml, date.se"),
        ('date = "Dato:"\n', "letters/words.toml, date"),
        ("[date\n", "letters/words.toml, line 1"),
    ],
)
def test_a_word_without_one_of_its_forms_is_a_fault_at_its_key(tmp_path, text, place):
    (tmp_path / "words.toml").write_text(text, encoding="utf-8")
    findings = Findings()

    assert read_templates(tmp_path, findings, shown_as="letters") is None

    assert [str(fault.place) for fault in findings.faults] == [place]


def test_a_word_may_have_any_name(tmp_path):
    (tmp_path / "request").mkdir()
    (tmp_path / "words.toml").write_text(
        "".join(
            f'[{name}]\nnb = "{word}"\nnn = "{word}"\n'
            for name, word in (
                *(
                    ("copy", "Kopi"),
                    ("items", "Ting"),
                    ("draft", "Utkast"),
                    ("approved", "Godkjent"),
                ),
            )
        ),
        encoding="utf-8",
    )
    (tmp_path / "request" / "nb.html").write_text(
        "<p>{{ words.copy }} {{ words.items }}</p>", encoding="utf-8"
    )
    read = read_templates(tmp_path, Findings(), shown_as="letters")

    assert read is not None
    assert lines(read.content(AAS)).splitlines()[-1] == "Kopi Ting"


def test_a_template_says_what_stands_in_it_whatever_was_compiled_before(tmp_path):
    (tmp_path / "request").mkdir()
    marks = "".join(f'[{name}]\nnb = "-"\nnn = "-"\n' for name in ("draft", "approved"))
    (tmp_path / "words.toml").write_text(marks, encoding="utf-8")
    for text in ("Vi spør.", "Vi spør igjen.", "Vi spør."):
        for form in FORMS:
            file = tmp_path / "request" / f"{form}.html"
            file.write_text(f"<p>{text} {form}</p>", encoding="utf-8")
            read = read_templates(tmp_path, Findings(), shown_as="letters")
            assert read is not None
            now = replace(AAS, written_form=form)  # type: ignore[arg-type]
            assert lines(read.content(now)).splitlines()[-1] == f"{text} {form}"


def test_the_kinds_are_the_folders_and_without_a_folder_there_are_none(tmp_path):
    (tmp_path / "request").mkdir()
    (tmp_path / "notice").mkdir()
    (tmp_path / "layout.html").touch()

    assert kinds_in(tmp_path) == ["notice", "request"]
    assert kinds_in(tmp_path / "none") == []
    assert read_templates(tmp_path / "none", Findings(), shown_as="letters") is None
