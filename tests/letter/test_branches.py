"""Which branches of a template a letter takes."""

from pathlib import Path
from typing import Any

from brevgen.letter.branches import Branch, BranchReader
from brevgen.letter.templates import Templates
from tests.support.samples import TEMPLATES, letter, templates

NB = "request/nb.html"


def line_of(text: str, file: str = NB) -> int:
    lines = (TEMPLATES / file).read_text(encoding="utf-8").splitlines()
    return next(at for at, line in enumerate(lines, start=1) if text in line)


def taken(**changes: Any) -> dict[Branch, str]:
    return BranchReader(templates()).taken(letter(**changes))


def test_a_branch_tells_the_words_that_are_said_there() -> None:
    found = taken(asked=10, minors=2, minors_under_15=1)
    line = line_of("{% elif minors_under_15 == 1 %}")
    (words,) = (words for branch, words in found.items() if branch.line == line)
    assert words == "Bufetat disponerer én av dem, for et barn under 15 år."


def test_what_a_letter_leaves_out_is_a_branch_of_its_own() -> None:
    with_minors, without = taken(minors=2), taken()
    assert with_minors.keys() != without.keys()
    assert any(not words for words in without.values())


def test_the_layout_has_branches_too() -> None:
    assert any(branch.file == "layout.html" for branch in taken())


def test_the_two_forms_take_branches_of_their_own() -> None:
    reader = BranchReader(templates())
    nb = reader.taken(letter(written_form="nb"))
    nn = reader.taken(letter(written_form="nn"))
    assert {branch.file for branch in nb} == {"layout.html", NB}
    assert {branch.file for branch in nn} == {"layout.html", "request/nn.html"}


def test_every_way_of_closing_and_going_through_lists_is_read(tmp_path: Path) -> None:
    (tmp_path / "request").mkdir()
    (tmp_path / "layout.html").write_text("{% block body %}{% endblock %}")
    source = (
        '{% extends "layout.html" %}{% block body %}\n'
        "{%- for each in municipality.distribution -%}{% if year == 2018 %}<p>{{ each }}</p>"
        "{%- else %}<p>nei</p>{% endif %}{% else %}<p>ingen</p>{% endfor %}\n"
        "{# {% if no %} #}{% if minors %}<p>em</p>{% elif asked %}<p>a &amp; b</p>{% endif %}\n"
        "{% if minors %}{% if asked %}x{% endif %}{% else %}<p>{% if asked %}y{% endif %}</p>"
        "{% endif %}{% endblock %}"
    )
    (tmp_path / "request" / "nb.html").write_text(source)
    found = BranchReader(Templates(tmp_path, {})).taken(letter())
    assert sorted(found.values()) == ["Ordfører", "a & b", "y", "y"]
