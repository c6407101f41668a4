"""Templates of a kind may state its facts and those of the earlier letter, and what is not always
known only where an `if` has made sure of it.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from brevgen.findings import Findings
from brevgen.letter.contract import check_templates
from brevgen.letter.templates import read_templates
from brevgen.settings.kind_file import read_kinds
from tests.letter.folders import copy_to
from tests.support.kinds import FREE, MORE, write_kind

TEMPLATE = """{{% extends "layout.html" %}}
{{% block subject %}}Flere{{% endblock %}}
{{% block body %}}
{body}
{{% endblock %}}
"""

Faults = Callable[..., list[str]]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """The faults of the kind `more` with this body of its letter, and perhaps another kind."""

    def check(body: str, kind: str = FREE) -> list[str]:
        letters = tmp_path / "templates" / "letters"
        if not letters.exists():
            copy_to(letters)
        write_kind(tmp_path, "more", kind, TEMPLATE.format(body=body))
        findings = Findings()
        kinds = read_kinds(letters, findings, shown_as="letters", shipped=dict)
        templates = read_templates(letters, findings, shown_as="letters")
        assert templates is not None
        check_templates(templates, kinds, findings, shown_as="letters")
        nb = "letters/more/nb.html, line 4: "
        return [
            str(each).removeprefix(nb) for each in findings.faults if "nn.html" not in str(each)
        ]

    return check


@pytest.mark.parametrize(
    "body",
    [
        "<p>{{ extra | number }} {{ total | number }} {{ reason }}</p>",
        "<p>{{ earlier.reference }} {{ earlier.date | long_date }} {{ earlier.asked }}</p>",
        "<p>{{ earlier.deadline | long_date }}</p>",
        "<p>{% if begins %}{{ begins | long_date }}{% endif %}</p>",
        "<p>{% if urgent and begins %}{{ begins | long_date }}{% endif %}</p>",
        "<p>{% if earlier.answer %}{{ earlier.answer.decided | number }}{% endif %}</p>",
        "<p>{% if earlier.answer and earlier.answer.decided > 3 %}x{% endif %}</p>",
        "<p>{% if earlier.answer %}{{ earlier.answer.on | long_date }}{% endif %}</p>",
        "<p>{% if earlier.late_until %}{{ earlier.late_until | short_date }}{% endif %}</p>",
        "<p>{% if urgent %}x{% endif %}</p>",
    ],
)
def test_what_a_kind_declares_and_its_earlier_letter_has_may_be_stated(
    faults: Faults, body: str
) -> None:
    assert faults(body) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<p>{{ asked | number }}</p>", "The letter has no fact “asked”."),
        ("<p>{{ minors }}</p>", "The letter has no fact “minors”."),
        ("<p>{{ national.total }}</p>", "The letter has no fact “national.total”."),
        ("<p>{{ background.need }}</p>", "The letter has no fact “background.need”."),
        ("<p>{{ earlier.extra }}</p>", "The letter has no fact “earlier.extra”."),
        ("<p>{{ earlier.facts }}</p>", "The letter has no fact “earlier.facts”."),
        ("<p>{{ begins | long_date }}</p>", "“begins” is not always known; state it inside of"),
        ("<p>{{ begins }}</p>", "“begins” is not always known;"),
        (
            "<p>{% if begins %}x{% else %}{{ begins | long_date }}{% endif %}</p>",
            "“begins” is not always known;",
        ),
        (
            "<p>{% if begins or urgent %}{{ begins | long_date }}{% endif %}</p>",
            "“begins” is not always known;",
        ),
        (
            "<p>{% if not begins %}{{ begins | long_date }}{% endif %}</p>",
            "“begins” is not always known;",
        ),
        (
            "<p>{{ earlier.answer.decided }}</p>",
            "“earlier.answer” is not always known; state it inside of {% if earlier.answer %} …",
        ),
        (
            "<p>{% if earlier.answer.decided > 3 %}x{% endif %}</p>",
            "“earlier.answer” is not always known;",
        ),
        ("<p>{{ urgent }}</p>", "“urgent” cannot be printed as it is"),
        ("<p>{{ extra | long_date }}</p>", "The filter “long_date” is not made for “extra”."),
    ],
)
def test_what_is_not_there_or_not_always_known_is_a_fault(
    faults: Faults, body: str, told: str
) -> None:
    found = faults(body)

    assert len(found) == 1
    assert found[0].startswith(told)


def test_a_kind_that_follows_nothing_has_no_earlier_letter_and_one_without_answer_no_deadline(
    faults: Faults,
) -> None:
    kind = 'name = { nb = "x", nn = "x" }\nanswer = false\n'

    assert [each.partition(" The page")[0] for each in faults("<p>{{ deadline }}</p>", kind)] == [
        "The letter has no fact “deadline”."
    ]
    assert faults("<p>{{ earlier.reference }}</p>", kind)[0].startswith(
        "The letter has no fact “earlier.reference”."
    )
    assert faults("<p>{{ reference }}</p>", kind) == []


def test_of_a_letter_that_wanted_no_answer_the_deadline_is_not_always_known(
    faults: Faults, tmp_path: Path
) -> None:
    notice = 'name = { nb = "x", nn = "x" }\nanswer = false\n'
    body = "<p>{{ earlier.deadline | long_date }}</p>"
    faults("<p>x</p>")
    write_kind(tmp_path, "notice", notice, TEMPLATE.format(body="<p>x</p>"))
    more = FREE.replace('["request"]', '["notice"]')
    more = more.replace('sum_of = ["earlier.asked", "extra"]', "")

    folder = tmp_path / "templates" / "letters"
    write_kind(tmp_path, "more", more, TEMPLATE.format(body=body))
    findings = Findings()
    kinds = read_kinds(folder, findings, shown_as="letters", shipped=dict)
    templates = read_templates(folder, findings, shown_as="letters")
    assert templates is not None
    check_templates(templates, kinds, findings, shown_as="letters")

    assert {each.what.partition(" is not")[0] for each in findings.faults} == {"“earlier.deadline”"}


def test_what_must_be_said_and_is_not_is_a_fault_before_any_letter_is_made(tmp_path: Path) -> None:
    folder = copy_to(tmp_path / "templates" / "letters").path
    body = "<p>{{ extra | number }} {{ earlier.reference }}</p>"
    write_kind(tmp_path, "more", MORE, TEMPLATE.format(body=body))
    findings = Findings()
    kinds = read_kinds(folder, findings, shown_as="letters", shipped=dict)
    templates = read_templates(folder, findings, shown_as="letters")
    assert templates is not None

    check_templates(templates, kinds, findings, shown_as="letters")

    assert [str(each) for each in findings.faults] == [
        f"letters/more/{form}.html: The letter never says total, earlier.asked."
        " Say it, or take it out of must_say in kind.toml."
        for form in ("nb", "nn")
    ]


def test_the_layout_may_state_only_what_letters_of_all_kinds_have(
    faults: Faults, tmp_path: Path
) -> None:
    assert faults("<p>x</p>") == []
    layout = tmp_path / "templates" / "letters" / "layout.html"
    text = layout.read_text(encoding="utf-8")
    layout.write_text(text.replace("{{ reference }}", "{{ reference }} {{ asked }}"), "utf-8")
    findings = Findings()
    kinds = read_kinds(layout.parent, findings, shown_as="letters", shipped=dict)
    templates = read_templates(layout.parent, findings, shown_as="letters")
    assert templates is not None

    check_templates(templates, kinds, findings, shown_as="letters")

    (fault,) = findings.faults
    assert (fault.place.file, fault.what) == (
        "letters/layout.html",
        "The letter has no fact “asked”.",
    )
