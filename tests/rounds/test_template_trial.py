"""Templates tried: their faults at their lines, a letter through them, and what would change."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import pytest

from brevgen.findings import Findings
from brevgen.rounds.kinds import kinds_of
from brevgen.rounds.template_effects import effects
from brevgen.rounds.template_letter import Trial, Tried
from brevgen.rounds.template_sheets import find_sheet, texts_of
from brevgen.rounds.template_trial import TriedWorkspace, all_faults, faults_with, with_texts
from brevgen.workspace import Workspace, find_workspace
from tests.support.samples import ROWS, make_round, make_workspace
from tests.support.sessions import approved, generated

NB, NN = "letters/request/nb.html", "letters/request/nn.html"
Change = Callable[[str], str]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = make_workspace(tmp_path / "workspace", ())
    make_round(place)
    return place


@pytest.fixture
def workspace(place: Path) -> Workspace:
    return find_workspace(place)


@pytest.fixture
def tried(workspace: Workspace, tmp_path: Path) -> Callable[..., TriedWorkspace]:
    """The workspace with some files of a sheet changed."""

    def tried(key: str, changes: Mapping[str, Change]) -> TriedWorkspace:
        texts = texts_of(workspace, find_sheet(workspace, key))
        texts = {file: changes.get(file, str)(text) for file, text in texts.items()}
        return with_texts(workspace, texts, tmp_path / "tried")

    return tried


@pytest.fixture(scope="module")
def trial() -> Trial:
    return Trial()


def shown(
    trial: Trial,
    workspace: Workspace,
    key: str = "request/letter",
    number: str = "",
    form: Literal["", "nb", "nn"] = "",
) -> Tried:
    sheet = find_sheet(workspace, key)
    return trial.letter(workspace, sheet, round_name="trial", number=number, form=form)


def words(tried: Tried) -> str:
    assert tried.content is not None, tried.findings
    return "\n".join(block.text for block in tried.content.blocks)


def test_a_letter_is_shown_through_what_is_typed(
    trial: Trial, tried: Callable[..., TriedWorkspace], workspace: Workspace
) -> None:
    typed = tried("request/letter", {NB: lambda text: text.replace("<h2>Kontakt", "<h2>Snakk")})
    letter = shown(trial, typed, number="0219")
    assert letter.label == "0219 Bærum"
    assert "Snakk" in words(letter)
    assert "65 flyktninger" in words(letter)
    assert letter.page_count == len(letter.pages) == 1
    assert letter.pages[0].startswith(b"\x89PNG")
    assert "Snakk" not in words(shown(trial, workspace, number="0219"))


def test_the_same_letter_is_shown_in_the_other_form(trial: Trial, workspace: Workspace) -> None:
    assert shown(trial, workspace, number="0219").form == "nb"
    other = shown(trial, workspace, number="0219", form="nn")
    assert other.form == "nn"
    assert "65 flyktningar" in words(other)
    assert {each.form for each in other.choices} == {"nb", "nn"}
    assert len(other.choices) == len(ROWS)


def test_a_fault_in_one_form_hinders_nobody_from_looking_at_the_other(
    trial: Trial, tried: Callable[..., TriedWorkspace]
) -> None:
    typed = tried("request/letter", {NN: lambda text: text.replace("{{ asked", "{{ money", 1)})
    assert words(shown(trial, typed, form="nb"))
    broken = shown(trial, typed, form="nn")
    assert broken.content is None
    (fault,) = broken.findings
    assert "money" in fault.what
    assert fault.place.row == 9


def test_what_one_form_lacks_is_told_and_hinders_no_look(
    trial: Trial, tried: Callable[..., TriedWorkspace], workspace: Workspace
) -> None:
    def without(text: str) -> str:
        return text.replace("Oppgi referansen vår, {{ reference }}, i svaret. ", "")

    typed = tried("request/letter", {NN: without})
    (fault,) = faults_with(workspace, typed, find_sheet(workspace, "request/letter"))
    assert fault.place.file == NN
    assert "reference is not stated here" in fault.what
    assert "Oppgi" not in words(shown(trial, typed, form="nn"))


def test_the_email_is_shown_as_it_is_sent(
    trial: Trial, tried: Callable[..., TriedWorkspace]
) -> None:
    file = "messages/request/nb.html"
    typed = tried("request/message", {file: lambda text: text.replace("Dette gjør", "Slik gjør")})
    mail = shown(trial, typed, "request/message", number="0214")
    assert "Slik gjør dere:" in mail.mail
    assert "UTKAST" not in mail.mail
    assert mail.mail.startswith("<!doctype html>")
    assert mail.pages == ()


def test_the_stylesheet_is_tried_on_the_letter(
    trial: Trial, tried: Callable[..., TriedWorkspace], workspace: Workspace
) -> None:
    file = "letters/letter.css"
    plain = shown(trial, workspace, number="0214").pages
    typed = tried("style", {file: lambda text: f"{text}\nh1 {{ font-size: 30pt }}"})
    assert shown(trial, typed, "style", number="0214").pages != plain
    typed = tried("style", {file: lambda text: f"{text}\nh1 {{ font-size: rød }}"})
    (fault,) = shown(trial, typed, "style", number="0214").findings
    assert fault.place.file == file
    assert "rød" in fault.what
    sheet = find_sheet(workspace, "style")
    assert [each.place.file for each in faults_with(workspace, typed, sheet)] == [file]
    assert faults_with(workspace, workspace, sheet) == []


def test_a_kind_is_held_to_itself_and_to_its_templates(
    tried: Callable[..., TriedWorkspace], workspace: Workspace
) -> None:
    file = "letters/request/kind.toml"
    sheet = find_sheet(workspace, "request/kind")
    typed = tried("request/kind", {file: lambda text: text.replace("criteria =", "basis =")})
    files = {each.place.file for each in faults_with(workspace, typed, sheet)}
    assert {NB, NN} <= files
    typed = tried("request/kind", {file: lambda text: f"{text}\n[["})
    assert "not valid TOML" in faults_with(workspace, typed, sheet)[0].what


def test_faults_of_other_files_that_were_there_before_hinder_nobody(
    place: Path, tried: Callable[..., TriedWorkspace]
) -> None:
    (place / "templates/letters/notice/kind.toml").write_text("name = 1\n", encoding="utf-8")
    workspace = find_workspace(place)
    typed = tried("request/letter", {NB: lambda text: text.replace("Kontakt", "Spørsmål")})
    assert faults_with(workspace, typed, find_sheet(workspace, "request/letter")) == []
    assert {each.place.file for each in all_faults(workspace)} == {"letters/notice/kind.toml"}


def test_a_round_with_faults_says_why_it_shows_no_letter(
    trial: Trial, place: Path, workspace: Workspace
) -> None:
    file = place / "data/rounds/trial/allocation.csv"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("0214;Ås;10", "0214;Ås;ti"), encoding="utf-8")
    assert "ti" in shown(trial, workspace).problem
    file.write_text(good, encoding="utf-8")
    assert shown(trial, workspace).problem == ""


def test_what_is_lost_is_told_before(
    trial: Trial, place: Path, workspace: Workspace, tried: Callable[..., TriedWorkspace]
) -> None:
    generated(place)
    approved(place, only=["0214", "0219"])
    sheet = find_sheet(workspace, "request/letter")
    assert effects(trial, workspace, workspace, sheet) == []
    typed = tried("request/letter", {NB: lambda text: text.replace("Kontakt", "Spørsmål")})
    (effect,) = effects(trial, workspace, typed, sheet)
    assert (effect.round, effect.lapsed, effect.sent) == ("trial", 2, 0)
    drafts_of_nynorsk = effect.drafts
    typed = tried("request/letter", {NN: lambda text: text.replace("Kontakt", "Spørsmål")})
    (effect,) = effects(trial, workspace, typed, sheet)
    assert effect.lapsed == 0
    assert effect.drafts + drafts_of_nynorsk == 4
    file = "letters/request/kind.toml"
    sheet = find_sheet(workspace, "request/kind")
    typed = tried(
        "request/kind", {file: lambda text: text.replace('header = "antall"', 'header = "sum"')}
    )
    assert effects(trial, workspace, typed, sheet)[0].problem


HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for a in range(999999999) %}x{% endfor %}",
    "{% for a in municipality.distribution recursive %}{{ loop(a) }}{% endfor %}",
    "{{ 'x' * 999999999 }}",
    "{{ 9999999 ** 9999999 }}",
    "{% set a = 1 %}",
    "{% include 'letter.css' %}",
    "{% import '/etc/passwd' as a %}",
    "{{ self.body() }}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% if true %}" * 300 + "{% endif %}" * 300,
    "<p>" * 3_000,
    "{{ " + "(" * 2_000 + "asked" + ")" * 2_000 + " }}",
    "<script>alert(1)</script>",
    "<p><a href='javascript:alert(1)'>x</a></p>",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_what_no_template_may_do_is_a_fault_and_never_done(
    trial: Trial, tried: Callable[..., TriedWorkspace], workspace: Workspace, hostile: str
) -> None:
    def with_it(text: str) -> str:
        return text.replace("<dl>", f"{hostile}<dl>", 1)

    typed = tried("request/letter", {NB: with_it})
    assert faults_with(workspace, typed, find_sheet(workspace, "request/letter"))
    letter = shown(trial, typed, form="nb")
    assert letter.content is None
    assert letter.findings


def test_a_round_that_follows_none_is_not_read_again_for_what_the_ledger_gets(
    place: Path, workspace: Workspace
) -> None:
    trial, kinds = Trial(), kinds_of(workspace, Findings())
    facts, _ = trial.facts.of(workspace, "trial", kinds)
    generated(place)
    assert trial.facts.of(workspace, "trial", kinds)[0] is facts
    allocation = place / "data" / "rounds" / "trial" / "allocation.csv"
    allocation.write_bytes(allocation.read_bytes() + b"\n")
    assert trial.facts.of(workspace, "trial", kinds)[0] is not facts
