"""Whatever a template may not do is a fault at its line, and what it may do is none."""

import pytest

from tests.letter.folders import NB, NN

BREACHES = [
    ("<p>{{ colour }}</p>", "The letter has no fact “colour”."),
    ("<p>{{ municipality.colour }}</p>", "The letter has no fact “municipality.colour”."),
    ("<p>{{ national.colour }}</p>", "The letter has no fact “national.colour”."),
    ("<p>{{ municipality.name.colour }}</p>", "no fact “municipality.name.colour”."),
    ("<p>{{ words.colour }}</p>", "The letter has no fact “words.colour”."),
    ("<p>{{ colour.blue }}</p>", "The letter has no fact “colour.blue”."),
    ("<p>{{ national.model_fields }}</p>", "no fact “national.model_fields”."),
    ("<p>{{ national.copy }}</p>", "no fact “national.copy”."),
    ("<p>{{ reference.upper }}</p>", "no fact “reference.upper”."),
    ("<p>{{ self }}</p>", "The letter has no fact “self”."),
    ("<p>{% if colour %}x{% endif %}</p>", "The letter has no fact “colour”."),
    ("<p>{% if asked == colour %}x{% endif %}</p>", "The letter has no fact “colour”."),
    ("<p>{% if minors %}x{% elif colour %}y{% endif %}</p>", "no fact “colour”."),
    ("<p>{% if not (minors and colour) %}x{% endif %}</p>", "no fact “colour”."),
    ("<p>{% for x in colours %}x{% endfor %}</p>", "The letter has no fact “colours”."),
    (
        "<p>{% for x in municipality.distribution %}{{ x.colour }}{% endfor %}</p>",
        "The letter has no fact “x.colour”.",
    ),
    (
        "<p>{% for x in municipality.distribution %}{{ loop.index }}{% endfor %}</p>",
        "The letter has no fact “loop.index”.",
    ),
    (
        "<p>{% for x in municipality.distribution %}{% endfor %}{{ x }}</p>",
        "The letter has no fact “x”.",
    ),
    (
        "<p>{% for x in municipality.distribution %}{% else %}{{ x }}{% endfor %}</p>",
        "The letter has no fact “x”.",
    ),
    ('<p><a href="mailto:{{ colour }}">x</a></p>', "The letter has no fact “colour”."),
    ("<p>{{ asked | roman }}</p>", "There is no filter “roman”."),
    ("<p>{{ municipality.name | safe }}</p>", "There is no filter “safe”."),
    ("<p>{{ asked | number | upper }}</p>", "There is no filter “upper”."),
    ("<p>{{ year | long_date }}</p>", "The filter “long_date” is not made for “year”."),
    ("<p>{{ deadline | number }}</p>", "The filter “number” is not made for “deadline”."),
    ("<p>{{ asked | number | number }}</p>", "The filter “number” is not made for this."),
    ("<p>{{ (asked == 1) | number }}</p>", "The filter “number” is not made for this."),
    ("<p>{{ approved | number }}</p>", "is not made for “approved”."),
    ('<p>{{ asked | counted("x") }}</p>', "The filter “counted” needs 2 words in parentheses."),
    ("<p>{{ asked | counted }}</p>", "The filter “counted” needs 2 words"),
    ('<p>{{ asked | counted("x", many="y") }}</p>', "The filter “counted” needs 2 words"),
    ('<p>{{ asked | counted("x", 2) }}</p>', "The filter “counted” needs 2 words"),
    ('<p>{{ asked | number("x") }}</p>', "The filter “number” needs no parentheses."),
    ("<p>{{ deadline }}</p>", "“deadline” cannot be printed as it is"),
    ("<p>{{ municipality }}</p>", "“municipality” cannot be printed as it is"),
    ("<p>{{ municipality.distribution }}</p>", "cannot be printed as it is"),
    ("<p>{{ words }}</p>", "“words” cannot be printed as it is"),
    ("<p>{{ approved }}</p>", "“approved” cannot be printed as it is"),
    ("<p>{{ none }}</p>", "cannot be printed as it is"),
    ("<p>{{ asked == 1 }}</p>", "A template may only print a fact."),
    ("<p>{{ office.email or office.name }}</p>", "A template may only print a fact."),
    ("<p>{{ municipality.name.upper() }}</p>", "A template may not use calls."),
    ("<p>{{ range(10) }}</p>", "A template may not use calls."),
    ("{% include 'layout.html' %}", "A template may not use include."),
    ("{% import 'layout.html' as x %}", "A template may not use import."),
    ("{% from 'layout.html' import x %}", "A template may not use import."),
    ("{% set x = 1 %}", "A template may not use set."),
    ("{% set x %}{% endset %}", "A template may not use set."),
    ("{% macro x() %}{% endmacro %}", "A template may not use macros."),
    ("{% call x() %}{% endcall %}", "A template may not use calls."),
    ("{% filter upper %}{% endfilter %}", "A template may not use filter blocks."),
    ("{% with %}{% endwith %}", "A template may not use “with”."),
    ("{% autoescape false %}{% endautoescape %}", "A template may not use autoescape."),
    ("{% raw %}<script>{% endraw %}", "A template may not use raw."),
    ("<p>{% if minors is defined %}x{% endif %}</p>", "A template may not use is-tests."),
    ("<p>{{ asked + 1 }}</p>", "A template may not use “add”."),
    ("<p>{{ asked * 2 }}</p>", "A template may not use “mul”."),
    ("<p>{{ -asked }}</p>", "A template may not use “neg”."),
    ("<p>{{ asked ~ year }}</p>", "A template may not use “concat”."),
    ("<p>{{ municipality['name'] }}</p>", "A template may not use [ ]."),
    ("<p>{{ municipality.distribution[0] }}</p>", "A template may not use [ ]."),
    ("<p>{{ municipality.name[:1] }}</p>", "A template may not use [ ]."),
    ('<p>{{ "x" if minors else "y" }}</p>', "A template may not use if inside {{ }}."),
    ("<p>{{ [asked] }}</p>", "A template may not use “list”."),
    ("<p>{{ {} }}</p>", "A template may not use “dict”."),
    ("<p>{% if asked in national %}x{% endif %}</p>", "A template may not use “in”."),
    ("<p>{% if reference > 3 %}x{% endif %}</p>", "Only numbers can be greater or smaller."),
    ("<p>{% if words < 3 %}x{% endif %}</p>", "Only numbers can be greater or smaller."),
    ("<p>{% for x in municipality.name %}x{% endfor %}</p>", "only go through a list"),
    ("<p>{% for x, y in municipality.distribution %}x{% endfor %}</p>", "only go through a list"),
    (
        "<p>{% for x in municipality.distribution recursive %}x{% endfor %}</p>",
        "only go through a list",
    ),
    ("{% block subject %}{% endblock %}", "block 'subject' defined twice"),
    ("{% block colour %}{% endblock %}", "layout.html has no block “colour”."),
    # -- elements
    ("<!-- note -->", "Write comments as {# … #}"),
    ("<table></table>", "The element <table> is not allowed here."),
    ("<br>", "The element <br> is not allowed here."),
    ("<p>x<br/>y</p>", "The element <br> is not allowed here."),
    ("<em>x</em>", "The element <em> is not allowed here."),
    ("<script>alert(1)</script>", "The element <script> is not allowed here."),
    ("<style>p { color: red }</style>", "The element <style> is not allowed here."),
    ('<img src="x">', "The element <img> is not allowed here."),
    ("<h1>x</h1>", "The element <h1> is not allowed here."),
    ('<section class="body"></section>', "The element <section> is not allowed here."),
    ('<p style="color: red">x</p>', "<p> may not have style."),
    ('<p onclick="x()">x</p>', "<p> may not have onclick."),
    ('<p id="x">x</p>', "<p> may not have id."),
    ('<p class="approval">x</p>', "<p> may not have class."),
    ('<p class="draft">x</p>', "<p> may not have class."),
    ('<h2 class="x">x</h2>', "<h2> may not have class."),
    ("<p {{ reference }}>x</p>", "<p> may not have {{"),
    ('<p><a href="https://www.imdi.no/">x</a></p>', "<a> may not have href"),
    ('<p><a href="javascript:alert(1)">x</a></p>', "<a> may not have href"),
    ('<p><a href="{{ answers.web }}{{ reference }}">x</a></p>', "<a> may not have href"),
    ('<p><a href="javascript:{{ answers.web }}">x</a></p>', "<a> may not have href"),
    ('<p><a href="{% if minors %}{{ answers.web }}{% endif %}">x</a></p>', "may not have href"),
    ('<p><a href="mailto:{{ answers.to }}" target="x">x</a></p>', "<a> may not have target."),
    ("<p><a>x</a></p>", "<a> needs its href."),
    ("<p><a href>x</a></p>", "<a> may not have href “”."),
    ("<p>x", "<p> is not closed before <p>."),
    ("<strong>x", "<strong> is not closed before {% endblock %}."),
    ("x</p>", "</p> closes nothing that is open here."),
    ("<p><strong>x</p></strong>", "</p> closes nothing that is open here."),
    ("<p>x<p>y</p></p>", "<p> is not closed before <p>."),
    ("<p><h2>x</h2></p>", "<p> is not closed before <h2>."),
    ("<p>{% if minors %}<p>x</p>{% endif %}</p>", "<p> may not stand there."),
    ("<ul><p>x</p></ul>", "<p> may not stand there."),
    ("<li>x</li>", "<li> may not stand there."),
    ("<ul><li><ul><li>x</li></ul></li></ul>", "<ul> may not stand there."),
    ("<p><strong><strong>x</strong></strong></p>", "<strong> may only stand in a paragraph"),
    ("<strong>x</strong>", "<strong> may only stand in a paragraph"),
    ("x", "“x” stands outside of any paragraph."),
    ("<ul>x</ul>", "“x” stands outside of any paragraph."),
    ("{{ reference }}", "A fact may only be printed in a paragraph"),
    ("<ul>{{ reference }}</ul>", "A fact may only be printed in a paragraph"),
    ("{% if minors %}x{% endif %}", "“x” stands outside of any paragraph."),
    ("{% if minors %}<p>{% endif %}x</p>", "<p> is not closed before {% endif %}."),
    ("<p>x{% if minors %}</p>{% endif %}</p>", "</p> closes nothing that is open here."),
    (
        "<p>{% if minors %}<strong>x{% else %}y</strong>{% endif %}</p>",
        "<strong> is not closed before {% else %}.",
    ),
    (
        "<p>{% for x in municipality.distribution %}</p><p>{% endfor %}</p>",
        "</p> closes nothing that is open here.",
    ),
    ("<!DOCTYPE html>", "A template may not have declarations."),
    ("<![CDATA[x]]>", "A template may not have declarations."),
    ("<![x[y]]>", "A template may not have declarations."),
    ("<?print reference>", "A template may not have processing instructions."),
    ("<p>3 < 4</p>", "Write the sign < as &lt;."),
    ("<p><{{ reference }}></p>", "Write the sign < as &lt;."),
    ("<p>x\x0by</p>", "There is a character that cannot be printed."),
    ("<p>x\ufffey</p>", "There is a character that cannot be printed."),
    ("<p>x\u202ey</p>", "There is a character that cannot be printed."),
]


@pytest.mark.parametrize(("fragment", "says"), BREACHES, ids=[breach[0] for breach in BREACHES])
def test_a_breach_is_a_fault_at_its_line(folder, fragment, says):
    for name in (NB, NN):
        folder.change(name, "{% block body %}\n", f"{{% block body %}}\n{fragment}\n")

    found = folder.faults()

    for name in (NB, NN):
        assert {line for file, line, what in found if file == name and says in what} == {4}


@pytest.mark.parametrize(
    "fragment",
    [
        "<p>Vi &lt;3 {{ municipality.name }}.</p>",
        "<p>{% for title in municipality.distribution %}{{ title }} {% endfor %}</p>",
        "<ul><li>{{ asked | number }}</li>\n<li><strong>x</strong></li></ul>",
        "<h2>{{ words.date }}</h2>",
        "<p>{% if asked > 10 and not minors or year == 2018 %}x{% else %}y{% endif %}</p>",
        "<p>{%- if minors -%} x {%- endif +%} y</p>",
        "{# note: {{ colour }} <script> #}",
        "<p>{{ written_form }}{{ kind }}{{ year }}{{ municipality.number }}</p>",
        "<P>x</P>",
        '<p><a href="{{ answers.web }}">x</a></p>',
    ],
)
def test_what_is_allowed_is_no_fault(folder, fragment):
    for name in (NB, NN):
        folder.change(name, "{% block body %}\n", f"{{% block body %}}\n{fragment}\n")

    assert folder.faults() == []
    assert len(folder.contents()) == 4
