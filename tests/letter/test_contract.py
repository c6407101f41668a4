"""The template contract: each breach is a fault at its file and line, before any data is read."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from brevgen.findings import Findings
from brevgen.letter.contract import check_templates
from brevgen.letter.templates import read_templates
from tests.letter.folders import FORMS, LAYOUT, NB, NN, WORDS
from tests.support.samples import KINDS, TEMPLATES


def test_the_templates_that_ship_have_no_fault(folder):
    assert folder.faults() == []


def test_every_fault_of_every_file_is_told_at_once(folder):
    folder.change(LAYOUT, "{{ municipality.name }}", "{{ municipality.colour }}")
    folder.change(NB, "Kontakt", "{{ x }}")
    folder.change(NB, "{{ asked |", "{{ asked_for |")
    folder.change(NN, "<h2>Kontakt", "<h3>Kontakt")

    assert {file for file, _, _ in folder.faults()} == {LAYOUT, NB, NN}
    assert [what for file, _, what in folder.faults() if file == NB][:2] == [
        "The letter has no fact “asked_for”.",
        "The letter has no fact “x”.",
    ]


def test_a_fault_on_a_later_line_of_a_long_paragraph_is_at_its_own_line(folder):
    line = folder.change(NB, "{{ answers.web }}</a>", "{{ answers.colour }}</a>")
    assert (NB, line, "The letter has no fact “answers.colour”.") in folder.faults()

    line = folder.change(NN, "<p>No ber vi", "\n\n\nutanfor\n<p>No ber vi")
    assert (NN, line + 3, "“utanfor” stands outside of any paragraph.") in folder.faults()


def test_lines_are_right_below_comments_and_cut_blanks(folder):
    folder.change(
        NB, "{% block body %}\n", "{% block body %}\n{#\n\n#}\n\n\n{%- if minors -%}\n\n\nx"
    )
    folder.change(NB, "<p>Kommunene i landet", "{% endif %}<p>Kommunene i landet")

    assert (NB, 12, "“x” stands outside of any paragraph.") in folder.faults()


# -- layout and kind ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NB, NN])
@pytest.mark.parametrize("extends", ["", "{% extends 'base.html' %}", "{% extends reference %}"])
def test_a_kind_must_extend_the_layout(folder, name, extends):
    folder.change(name, '{% extends "layout.html" %}', extends)

    assert (name, 1) in folder.places()


def test_a_kind_extends_only_once_and_always(folder):
    extends = '{% extends "layout.html" %}'
    folder.change(NB, extends, extends * 2)
    folder.change(NN, extends, f"{{% if minors %}}{extends}{{% endif %}}")

    found = folder.faults()

    for name in (NB, NN):
        assert (
            name,
            1,
            "A template must have {% extends “layout.html” %}, and only once.",
        ) in found


def test_the_layout_extends_nothing(folder):
    line = folder.change(LAYOUT, "<section", '{% extends "layout.html" %}<section')

    assert (
        LAYOUT,
        line,
        "Only a kind of letter may extend, and only layout.html.",
    ) in folder.faults()


def test_a_block_does_not_see_the_list_it_stands_in(folder):
    line = folder.change(LAYOUT, "{{ title }}", "{% block name %}{{ title }}{% endblock %}")

    assert (LAYOUT, line, "The letter has no fact “title”.") in folder.faults()


@pytest.mark.parametrize("block", ["subject", "body"])
def test_a_kind_fills_every_block_of_the_layout(folder, block):
    for name in (NB, NN):
        folder.change(name, f"{{% block {block} %}}", f"{{% block {block}s %}}")

    found = folder.faults()

    assert (NB, 1, f"The block “{block}” of layout.html is missing.") in found
    assert (NN, {"subject": 2, "body": 3}[block], f"layout.html has no block “{block}s”.") in found


@pytest.mark.parametrize(
    "lost", ["<p>Lost.</p>", "Lost.", "{{ reference }}", "{% if minors %}{% endif %}"]
)
def test_what_stands_outside_of_the_blocks_would_be_lost_and_is_a_fault(folder, lost):
    for name in (NB, NN):
        folder.change(name, "{% block body %}", f"\n{lost}\n{{% block body %}}")

    found = folder.faults()

    for name in (NB, NN):
        assert (
            name,
            4,
            "What stands outside of the blocks of layout.html is never printed.",
        ) in found


@pytest.mark.parametrize("fragment", ["<p>x</p>", "<h2>x</h2>", "<ul><li>x</li></ul>"])
def test_the_subject_holds_words_only(folder, fragment):
    for name in (NB, NN):
        folder.change(name, "{% block subject %}", f"{{% block subject %}}{fragment}")

    assert {(NB, 2), (NN, 2)} <= folder.places()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('<section class="body">', '<section class="heart">', "may not have class “heart”"),
        ('<section class="body">', "<section>", "<section> needs its class."),
        ('class="signature"', 'class="italic"', "<p> may not have class “italic”."),
        ('class="signature"', 'class="title"', "<p> may not have class “title”."),
        ('class="signature"', 'class="{{ kind }}"', "<p> may not have class “{{ kind }}”."),
        ("<h1>", '<h1 class="title">', "<h1> may not have class."),
        ('<p class="closing">{{ words.regards', "{{ words.regards", "may only be printed in a"),
        ('<section class="closing">', '<section class="closing">Hei', "“Hei” stands outside"),
        (
            '<section class="closing">',
            '<section class="closing"><section class="closing"></section>',
            "<section> may not stand there.",
        ),
        ('<section class="closing">', "<p>x</p><section class='closing'>", "<p> may not stand"),
        ("{{ words.regards }}", "{{ words.approved }}", "“words.approved” is put into letters by"),
        ("{% if office.signatory %}", "{% if approved %}", "Nothing may hang on the approval"),
        ("{% if office.signatory %}", "{% if not approved %}", "Nothing may hang on the approval"),
    ],
)
def test_the_layout_keeps_the_contract_too(folder, old, new, says):
    line = folder.change(LAYOUT, old, new)

    found = folder.faults()

    assert {file for file, _, _ in found} == {LAYOUT}
    assert any(line <= at <= line + 1 and says in what for _, at, what in found)


def test_a_layout_needs_its_title_once(folder):
    text = folder.read(LAYOUT)
    for title in ("", "<h1>x</h1>\n<h1>x</h1>"):
        folder.write(LAYOUT, re.sub("<h1>.*</h1>", title, text))
        assert (LAYOUT, 1, "A layout needs “<h1>” exactly once.") in folder.faults()


def test_a_layout_of_earlier_versions_makes_the_same_letters(folder):
    now = folder.contents()
    folder.change(
        LAYOUT,
        '<section class="recipient">',
        '{% if not approved %}\n<section class="draft">\n<p class="draft">{{ words.draft }}</p>\n'
        '</section>\n{% endif %}\n<section class="recipient">',
    )
    text = folder.read(LAYOUT).rpartition("</section>")[0]
    line = (
        '{% if approved %}\n<p class="approval">{{ words.approved }}</p>\n{% endif %}\n</section>\n'
    )
    folder.write(LAYOUT, text + line)

    assert folder.faults() == []
    assert folder.contents() == now


@pytest.mark.parametrize("name", ["draft", "approved"])
def test_the_words_of_the_mark_and_the_line_must_be_there(folder, name):
    folder.change(WORDS, f"[{name}]", "[other]")

    assert [(file, what) for file, _, what in folder.faults()] == [
        (WORDS, f"The words for {name} are missing.")
    ]


def test_a_word_that_cannot_be_printed_is_a_fault(folder):
    folder.change(WORDS, "Med hilsen", "Med hilsen \U0001f600")

    assert [what for _, _, what in folder.faults()] == [
        "The letters' typeface has no “\U0001f600” (U+1F600)."
    ]


def test_what_only_stands_in_mails_needs_no_type(folder):
    for name in (NB, NN):
        folder.change(name, "Kontakt", "Kontakt \u2011 ola@as.example")
    findings = Findings()
    templates = read_templates(folder.path, findings, shown_as="messages")

    assert templates is not None
    check_templates(templates, KINDS, findings, shown_as="messages", is_printed=False)

    assert findings.items == []


# -- both forms -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [NB, NN, LAYOUT])
def test_a_missing_template_is_a_fault(folder, name):
    (folder.path / name).unlink()

    assert folder.faults() == [(name, None, "The template is missing.")]


def test_a_kind_without_any_template_is_two_faults(folder):
    (folder.path / NB).unlink()
    (folder.path / NN).unlink()

    assert folder.places() == {(NB, None), (NN, None)}


@pytest.mark.parametrize(
    ("old", "new", "unstated"),
    [
        ("{{ asked | counted", "{{ minors | counted", ("asked", "minors")),
        ("{{ deadline | long_date }}", "snart", ("deadline", "")),
        (
            "{{ answers.to }}",
            "{{ answers.copy_to }}",
            ("a link to answers.to", ""),
        ),
        ("på oppmodinga er", "på oppmodinga frå {{ agency.name }} er", ("", "agency.name")),
        ("{{ year }}{% endblock", "neste år{% endblock", ("year", "")),
    ],
)
def test_a_fact_that_only_one_form_states_is_a_fault_where_it_is_missing(
    folder, old, new, unstated
):
    line = folder.change(NN, old, new)
    missing_here, missing_there = unstated

    found = folder.faults()

    if missing_here:
        assert any(
            file == NN and missing_here in what and at in (line, line - 1)
            for file, at, what in found
        )
    if missing_there:
        assert any(file == NB and missing_there in what for file, _, what in found)
    told = {what.partition(", but it is in")[0] for _, _, what in found}
    assert told <= {
        *(f"{each} is not stated here" for each in unstated),
        "The letter never says asked.",
    }


def test_a_fact_that_one_form_states_outside_of_the_condition_is_a_fault(folder):
    folder.change(
        NN,
        "{% if office.telephone and office.email %}\n",
        "{{ office.telephone | telephone }}{% if office.telephone and office.email %}\n",
    )

    assert any("office.telephone is not stated here" in what for _, _, what in folder.faults())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<h2>Kontakt</h2>", "<p>Kontakt</p>"),
        ("<h2>Kontakt</h2>", ""),
        (
            "<p>{{ background.share }}</p>\n<p>{{ background.criteria }}</p>",
            "<p>{{ background.share }} {{ background.criteria }}</p>",
        ),
        ("{% if minors %}", "{% if minors_under_15 %}"),
        ("{% if minors == 1 %}", "{% if minors == 2 %}"),
        ("{% elif office.email %}", "{% elif office.telephone %}"),
    ],
)
def test_another_outline_or_condition_in_one_form_is_a_fault_with_both_lines(folder, old, new):
    line = folder.change(NN, old, new)

    file, at, what = folder.faults()[-1]

    assert (file, at is None) == (NB, False)
    told = re.fullmatch(r"Here stands .+, but .+ in letters/request/nn\.html, line (\d+)\.", what)
    assert told
    assert int(told[1]) in range(line, line + 3)


def test_a_paragraph_more_at_the_end_of_one_form_is_a_fault_there(folder):
    text = folder.read(NN)
    before_the_end = text.rindex("{% endblock %}")
    folder.write(NN, f"{text[:before_the_end]}<p>x</p>\n{text[before_the_end:]}")

    assert folder.places() == {(NB, folder.read(NB).count("\n"))}


# -- files that cannot be read --------------------------------------------------------------------


@pytest.mark.parametrize("name", [NB, NN, LAYOUT])
@pytest.mark.parametrize(
    "fragment",
    ["{% if %}", "{{ }}", "{{ asked | }}", "{% endif %}", "{% colour %}", "{{ 'x }}", "{{ §"],
)
def test_a_slip_in_the_jinja_is_a_fault_at_its_line(folder, name, fragment):
    lines = folder.read(name).splitlines()
    folder.write(name, "\n".join([*lines[:5], fragment, *lines[5:]]))

    ours = [(line, what) for file, line, what in folder.faults() if file == name]

    assert len(ours) == 1
    assert ours[0][0] >= 6
    if "if" not in fragment:
        assert ours[0][0] == 6


@pytest.mark.parametrize("name", [NB, NN, LAYOUT])
def test_a_template_that_is_not_utf_8_is_a_fault(folder, name):
    folder.write(
        name, folder.read(name).replace("#", "å").encode("latin-1", errors="replace") + b"\xe5"
    )

    assert (name, None, "The template cannot be read.") in folder.faults()


def test_a_folder_in_place_of_a_template_is_a_fault(folder):
    (folder.path / NB).unlink()
    (folder.path / NB).mkdir()

    assert folder.faults() == [(NB, None, "The template cannot be read.")]


@pytest.mark.parametrize(
    "nest", ["{{" + "(" * 3000, "{{ " + "9" * 5000 + " }}", "{% if minors %}" * 3000]
)
def test_a_template_that_is_too_much_for_jinja_is_a_fault(folder, nest):
    folder.write(NB, nest)

    assert [file for file, _, _ in folder.faults()] == [NB]


def test_choices_within_choices_without_end_are_a_fault(folder):
    for name in (NB, NN):
        folder.change(
            name,
            "{% block body %}",
            "{% block body %}" + "{% if minors %}" * 150 + "{% endif %}" * 150,
        )

    assert {what for _, _, what in folder.faults()} == {"The template is nested too deep."}


def test_the_mark_that_windows_puts_before_a_text_and_its_line_ends_change_nothing(folder):
    before = [content.digest() for content in folder.contents()]
    for name in (LAYOUT, NB, NN):
        folder.write(name, "\ufeff" + folder.read(name).replace("\n", "\r\n"))

    assert folder.faults() == []
    assert [content.digest() for content in folder.contents()] == before


def test_a_word_that_is_missing_is_a_fault_where_it_is_used(folder):
    folder.change(WORDS, "[regards]", "[greetings]")
    line = folder.read(LAYOUT).partition("words.regards")[0].count("\n") + 1

    assert folder.faults() == [(LAYOUT, line, "The letter has no fact “words.regards”.")]


# -- comments -------------------------------------------------------------------------------------


def test_a_comment_anywhere_changes_nothing_a_reader_can_see(folder):
    before = folder.contents(minors=2, minors_under_15=1)
    for name in (LAYOUT, NB, NN):
        text = folder.read(name)
        pieces = re.split(r"(\{[{%#].*?[}%#]\}|<[^>]*>)", text, flags=re.DOTALL)
        for at in range(0, len(pieces), 2):  # those between tags
            noted = re.sub(r"(?=\s)", "{# note #}", pieces[at])
            pieces[at] = noted.replace("\n", "\n{# on lines\n of its own #}\n")
        folder.write(name, "".join(pieces))

    assert folder.faults() == []
    assert folder.contents(minors=2, minors_under_15=1) == before


# -- anything at all ------------------------------------------------------------------------------


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from([LAYOUT, NB, NN, WORDS]), text=st.text() | st.binary())
def test_any_text_is_a_fault_or_a_template_and_never_more(scratch, name, text):
    original = (TEMPLATES / name).read_bytes()
    scratch.write(name, text)
    try:
        assert scratch.faults()
    finally:
        scratch.write(name, original)


fragments = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<ul>",
            "</ul>",
            "<li>",
            "</li>",
            "<h2>",
            "</h2>",
            "<strong>",
            "</strong>",
        ),
        *('<a href="mailto:{{ answers.to }}">', "</a>", "<p>x</p>", "<p>{{ asked }}</p>", "<", "&"),
        *("{% if minors %}", "{% elif asked > 10 %}", "{% else %}", "{% endif %}", "x", " ", "\n"),
        *(
            "{% for t in municipality.distribution %}",
            "{% endfor %}",
            "{{ t }}",
            "{{ asked | number }}",
        ),
        *("{{ deadline | long_date }}", "{{ words.date }}", "{% block x %}", "{% endblock %}"),
        *(
            "{{ t | telephone }}",
            '{{ asked | counted("a", "b") }}',
            "{%- if not approved -%}",
            "{#",
            "#}",
        ),
        *(
            "{{ asked",
            "}}",
            "{% raw %}",
            "{% endraw %}",
            "<!--",
            "-->",
            "<![",
            "<?",
            '"',
            "</",
            "{{ t.x }}",
        ),
    ]
)
templates = st.recursive(
    st.lists(fragments, max_size=3).map("".join),
    lambda inner: st.one_of(
        inner.map(lambda text: f"<p>{text}</p>"),
        inner.map(lambda text: f"<ul><li>{text}</li></ul>"),
        inner.map(lambda text: f"{{% if minors %}}{text}{{% else %}}<p>y</p>{{% endif %}}"),
        inner.map(lambda text: f"{{% for t in municipality.distribution %}}{text}{{% endfor %}}"),
        st.tuples(inner, inner).map("".join),
    ),
    max_leaves=5,
)


@pytest.mark.slow
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200
)
@given(templates)
@example("<p>{% for t in municipality.distribution %}{% endfor %}{{ t }}</p>")
@example("<p>{% if minors %}</p>{% else %}</p>{% endif %}")
def test_a_template_that_keeps_the_contract_fills_without_fail_and_loses_no_word(scratch, body):
    for form in FORMS:
        text = (
            '{% extends "layout.html" %}{% block subject %}S{% endblock %}'
            f"{{% block body %}}{body}{{% endblock %}}"
        )
        scratch.write(f"request/{form}.html", text)
    if scratch.faults():
        return

    for minors in (0, 2):
        for content in scratch.contents(minors=minors):
            said = "".join(block.text for block in content.part("body"))
            assert "{" not in said
            if "{%" not in body:
                assert said.count("x") == body.count("x")
