"""Every file of the corpus, in its place in a workspace, is a fault that tells where and what."""

import shutil
from pathlib import Path

import pytest

from tests.hostile.bounds import CORPUS, Ended, Nursery, Run

ROUNDS = {
    "no_quote": ("line 1", "not valid TOML"),
    "no_bracket": ("line 2", "not valid TOML"),
    "key_twice": ("line 2", "Cannot overwrite"),
    "table_twice": ("line 3", "not valid TOML"),
    "empty": ("round.toml, kind", "missing"),
    "only_a_comment": ("round.toml, offices", "missing"),
    "wrong_types": ("round.toml, letter_date", "is not a date"),
    "numbers": ("national.municipalities", "nan will not do"),
    "too_many_digits": ("round.toml", "not valid TOML"),
    "year_0": ("line 1", "Invalid date"),
    "year_9999": ("letter_date", "before 2016 or after 2100"),
    "month_13": ("line 1", "not valid TOML"),
    "with_a_time": ("round.toml", "not valid TOML"),
    "span_without_end": ("deadline", "9999"),
    "nul": ("line 1", "not valid TOML"),
    "latin_1": ("round.toml", "not UTF-8"),
    "utf_16": ("round.toml", "not UTF-8"),
    "random_bytes": ("round.toml", "not UTF-8"),
    "lists_in_lists": ("round.toml", "nested too deep"),
    "tables_in_tables": ("round.toml", "nested too deep"),
    "keys_of_990_parts": ("letter_date", "is not a date"),
    "keys_of_20000_parts": ("line 1", "1000 dots"),
    "secret_keys": ("../../etc/passwd", "not known"),
    "long_texts": ("answers.copy_to", "@@@@"),
    "path_as_kind": ("kind", "no kind of letter"),
    "jinja": ("offices.national.title.nb", "There is “{{” in the text"),
    "turned_texts": ("background.nb.need", "line breaks"),
    "broken_addresses": ("answers.copy_to", "is not an e-mail address"),
}

ALLOCATIONS = {
    "empty": ("allocation.csv", "empty"),
    "blank": ("allocation.csv", "empty"),
    "only_a_header": ("row 1", "no rows below"),
    "nul_bytes": ("allocation.csv", "not plain text"),
    "quote_without_end": ("allocation.csv, row 2", "quote mark"),
    "quotes_only": ("allocation.csv", "quote mark"),
    "mixed_encodings": ("row 3, kommunenavn", "0219 is Bærum, not BÃ¦rum"),
    "utf_16_without_a_mark": ("allocation.csv", "not plain text"),
    "half_of_utf_16": ("allocation.csv", "damaged"),
    "utf_32": ("allocation.csv", "not plain text"),
    "utf_8_cut_short": ("allocation.csv", "damaged"),
    "random_bytes": ("allocation.csv", "not plain text"),
    "web_page": ("allocation.csv", "names of the columns"),
    "turned_names": ("row 5, kommunenavn", "U+E0041"),
    "paths_as_names": ("row 2, kommunenavn", "0214 is Ås, not ../../../etc/passwd"),
    "programs_as_names": ("row 3, kommunenavn", "not <script>alert(1)</script>"),
    "programs_as_numbers": ("row 2, kommunenummer", "“=1+1” is not a municipality number"),
    "numbers_without_end": ("row 2, antall", "more people than there are"),
    "references": ("row 2, vår_ref", "“../../x” is no reference"),
    "every_row_a_sum": ("allocation.csv", "no municipalities"),
}

TEMPLATES = {
    "multiplication": "“mul”",
    "power": "“pow”",
    "classes": "no fact “municipality.__class__.__mro__”",
    "globals": "calls",
    "range": "calls",
    "letters_of_a_name": "only go through a list",
    "list_in_list": "a for inside of a for",
    "macro_of_itself": "macros",
    "loop_of_itself": "only go through a list",
    "block_of_itself": "calls",
    "includes_itself": "include",
    "imports_itself": "Remove @import",
    "imports": "import",
    "set": "set",
    "while_there_are": "“list”",
    "script": "<script> is not allowed",
    "on_click": "<p> may not have onclick",
    "script_link": "href “javascript:alert(1)”",
    "file_link": "href “file:///etc/passwd”",
    "picture": "<img> is not allowed",
    "raw": "raw",
    "safe": "no filter “safe”",
    "autoescape_off": "autoescape",
    "long_number": "may not be above",
    "longer_number": "4300 digits",
    "attributes_of_attributes": "nested too deep",
    "filters_of_filters": "nested too deep",
    "sums_of_sums": "“add”",
    "brackets_in_brackets": "recursion",
    "not_not": "recursion",
    "choices_in_choices": "recursion",
    "blocks_in_blocks": "recursion",
    "lists_of_elements": "more than 20 other elements",
    "elements_without_end": "<p",
    "comment_without_end": "comment",
    "quote_without_end": "unexpected char",
    "turned_words": "cannot be printed",
    "unseen_words": "cannot be printed",
    "control_characters": "cannot be printed",
    "nul": "cannot be printed",
    "extends_itself": "only layout.html",
    "extends_elsewhere": "only layout.html",
    "extends_what_is_said": "only layout.html",
    "no_blocks": "block “body” of layout.html is missing",
    "empty": "must have",
    "half_a_block": "end of template",
    "no_expression": "Expected an expression",
    "latin_1": "cannot be read",
    "random_bytes": "cannot be read",
}

STYLESHEETS = {
    "imports_http": "Remove @import",
    "imports_a_file": "Remove @import",
    "imports_itself": "Remove @import",
    "imports_data": "Remove @import",
    "imports_a_device": "Remove @import",
    "imports_nul": "Remove @import",
    "font_from_elsewhere": "Remove @font-face",
    "address_without_end": "Remove url()",
    "brackets": "nested too deep",
    "blocks": "unsupported selector",
    "sums": "nested too deep",
    "selectors": "nested too deep",
    "media": "nested too deep",
    "nested_rules": "nested too deep",
    "variables": "in place of var()",
    "variable_with_an_escape": "in place of var()",
    "latin_1": "not UTF-8",
    "random_bytes": "not UTF-8",
    "unknown": "foo",
}


def test_without_a_file_of_the_corpus_there_is_no_fault(run: Run) -> None:
    assert run("check", "trial").code == 0


def files(kind: str) -> list[str]:
    return sorted(path.stem for path in (CORPUS / kind).iterdir())


@pytest.mark.parametrize("name", files("rounds"))
def test_settings_of_a_round(place: Path, refused: Run, name: str) -> None:
    shutil.copy(CORPUS / "rounds" / f"{name}.toml", place / "data/rounds/trial/round.toml")
    refused(*ROUNDS[name])


@pytest.mark.parametrize("name", files("allocations"))
def test_an_allocation(place: Path, refused: Run, name: str) -> None:
    shutil.copy(CORPUS / "allocations" / f"{name}.csv", place / "data/rounds/trial/allocation.csv")
    refused(*ALLOCATIONS[name])


@pytest.mark.parametrize("file", ["municipalities.csv", "contacts.csv"])
@pytest.mark.parametrize(
    "name", ["empty", "nul_bytes", "half_of_utf_16", "quotes_only", "web_page", "random_bytes"]
)
def test_an_allocation_in_the_place_of_the_register_or_the_contacts(
    place: Path, refused: Run, file: str, name: str
) -> None:
    shutil.copy(CORPUS / "allocations" / f"{name}.csv", place / "data" / file)
    refused(file, ALLOCATIONS[name][1])


@pytest.mark.parametrize("file", ["brevgen.toml", "templates/letters/words.toml"])
@pytest.mark.parametrize("name", ["no_quote", "utf_16", "lists_in_lists", "secret_keys"])
def test_other_settings(place: Path, refused: Run, file: str, name: str) -> None:
    shutil.copy(CORPUS / "rounds" / f"{name}.toml", place / file)
    told = ROUNDS[name][1]
    if (file, name) == ("templates/letters/words.toml", "secret_keys"):
        told = "A word is named by small letters"  # any that is, is known
    refused(file.removeprefix("templates/"), told)


@pytest.fixture(scope="module")
def templates_seen(
    nursery: Nursery, untouched: Path, tmp_path_factory: pytest.TempPathFactory
) -> Ended:
    """How a command ends that finds every template of the corpus, each as a kind of its own."""
    place = tmp_path_factory.mktemp("templates") / "workspace"
    shutil.copytree(untouched, place)
    letters = place / "templates" / "letters"
    for name in files("templates"):
        (letters / name).mkdir()
        shutil.copy(letters / "request" / "nn.html", letters / name)
        shutil.copy(CORPUS / "templates" / f"{name}.html", letters / name / "nb.html")
    settings = place / "data/rounds/trial/round.toml"  # of no kind, so that all of them are held
    text = settings.read_text(encoding="utf-8").replace('kind = "request"', 'kind = "none"')
    settings.write_text(text, encoding="utf-8")
    ended = nursery.run(place, "generate", "trial")
    assert not (place / "output").exists()
    return ended


@pytest.mark.parametrize("name", files("templates"))
def test_a_template(templates_seen: Ended, name: str) -> None:
    assert templates_seen.code == 1
    found = [fault for fault in templates_seen.faults() if f"letters/{name}/nb.html" in fault[0]]
    assert any(TEMPLATES[name] in what and remedy for _, what, remedy in found), found


@pytest.mark.parametrize("name", files("stylesheets"))
def test_a_stylesheet(place: Path, refused: Run, name: str) -> None:
    shutil.copy(CORPUS / "stylesheets" / f"{name}.css", place / "templates/letters/letter.css")
    refused("letter.css", STYLESHEETS[name], command="check")


def test_each_file_is_small_and_all_of_them_are() -> None:
    sizes = [path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()]
    assert max(sizes) < 100_000
    assert sum(sizes) < 1_500_000
