"""The workspace: found from any folder below, its settings checked, no way out of it by a name."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.errors import WrongUse
from brevgen.findings import FaultyInput
from brevgen.workspace import file_stem, find_workspace

SETTINGS = """
[agency]
short_name = "IMDi"
name.nb = "Integrerings- og mangfoldsdirektoratet"
name.nn = "Integrerings- og mangfaldsdirektoratet"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "rounds" / "2018").mkdir(parents=True)
    (tmp_path / "data" / "rounds" / "2024").mkdir()
    (tmp_path / "data" / "rounds" / "notes.txt").touch()
    (tmp_path / "brevgen.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("below", [".", "data", "data/rounds/2018", "data/../data"])
def test_a_workspace_is_found_from_any_folder_below(root: Path, below: str) -> None:
    workspace = find_workspace(root / below)

    assert workspace.root == root
    assert workspace.data == root / "data"
    assert workspace.templates == root / "templates" / "letters"
    assert workspace.output("2018") == root / "output" / "2018"


def test_it_is_found_from_where_one_stands(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "data")

    assert find_workspace(Path()).root == root


def test_the_nearest_workspace_is_the_one(root: Path) -> None:
    (root / "data" / "brevgen.toml").write_text(SETTINGS, encoding="utf-8")

    assert find_workspace(root / "data" / "rounds").root == root / "data"


def test_outside_of_every_workspace_the_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(WrongUse) as refused:
        find_workspace(tmp_path / "nowhere")

    assert str(tmp_path / "nowhere") in str(refused.value)
    assert "--workspace DIR" in str(refused.value)


def test_a_folder_of_that_name_marks_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "brevgen.toml").mkdir()

    with pytest.raises(WrongUse):
        find_workspace(tmp_path)


def test_settings_are_read_and_the_ledger_lies_with_the_data_unless_told_otherwise(
    root: Path,
) -> None:
    workspace = find_workspace(root)
    assert workspace.settings.agency.name.nn == "Integrerings- og mangfaldsdirektoratet"
    assert workspace.ledger == root / "data" / "ledger.sqlite3"

    (root / "brevgen.toml").write_text(
        SETTINGS + '\n[ledger]\nfile = "protokoll.sqlite3"\n', encoding="utf-8"
    )
    assert find_workspace(root).ledger == root / "protokoll.sqlite3"


@pytest.mark.parametrize(
    ("settings", "faulty"),
    [
        ("", ["agency"]),
        ("[agency]", ["agency.short_name", "agency.name"]),
        (SETTINGS + 'colour = "blue"', ["agency.colour"]),
        ('colour = "blue"\nledger.file = ""\n' + SETTINGS, ["ledger.file", "colour"]),
        ("ledger = 1\n" + SETTINGS, ["ledger"]),
        (SETTINGS.replace(".nn =", ".nm ="), ["agency.name.nn", "agency.name.nm"]),
        (SETTINGS.replace('"IMDi"', '"IM\\nDi"'), ["agency.short_name"]),
    ],
)
def test_settings_with_faults_are_refused_with_every_fault_at_its_key(
    root: Path, settings: str, faulty: list[str]
) -> None:
    (root / "brevgen.toml").write_text(settings, encoding="utf-8")

    with pytest.raises(FaultyInput) as refused:
        find_workspace(root)

    assert [str(fault.place) for fault in refused.value.findings] == [
        f"brevgen.toml, {key}" for key in faulty
    ]


def test_settings_that_are_no_toml_are_refused_at_their_line(root: Path) -> None:
    (root / "brevgen.toml").write_text(SETTINGS + "[agency", encoding="utf-8")

    with pytest.raises(FaultyInput, match=r"^brevgen\.toml.*: The file is not valid TOML"):
        find_workspace(root)


# -- rounds ---------------------------------------------------------------------------------------


def test_a_round_is_a_folder_under_data_rounds(root: Path) -> None:
    workspace = find_workspace(root)

    assert workspace.rounds() == ["2018", "2024"]
    assert workspace.round_folder("2018") == root / "data" / "rounds" / "2018"


@pytest.mark.parametrize("name", ["", "2019", ".", "..", "2018/..", "../rounds/2018", "notes.txt"])
def test_what_is_no_round_is_refused_and_those_there_are_named(root: Path, name: str) -> None:
    with pytest.raises(WrongUse) as refused:
        find_workspace(root).round_folder(name)

    assert str(refused.value) == (
        f"There is no round “{name}” under data/rounds. There are: 2018, 2024."
    )


@pytest.mark.parametrize(
    "typed", ["2018", "2018/", "./2018", "data/rounds/2018", "data/rounds/2018/", "rounds/2018//"]
)
def test_a_round_has_one_name_however_its_folder_is_typed(root: Path, typed: str) -> None:
    workspace = find_workspace(root)

    assert workspace.round_name(typed) == "2018"
    assert workspace.round_name(str(root / "data" / "rounds" / "2018")) == "2018"


@pytest.mark.parametrize(
    "typed", ["other/2018", "/2018", "/data/rounds/2018", "rounds/data/2018", "2018/allocation.csv"]
)
def test_a_path_to_somewhere_else_is_no_round(root: Path, typed: str) -> None:
    with pytest.raises(WrongUse, match=f"There is no round “{typed}” under data/rounds"):
        find_workspace(root).round_name(typed)


def test_the_folder_of_a_round_is_only_had_by_its_name(root: Path) -> None:
    with pytest.raises(WrongUse, match=r"Write only the round's name: 2018\."):
        find_workspace(root).round_folder("./2018")


def test_a_name_typed_on_another_kind_of_machine_is_the_same(root: Path) -> None:
    (root / "data" / "rounds" / unicodedata.normalize("NFD", "2018 på nytt")).mkdir()

    name = find_workspace(root).round_name(unicodedata.normalize("NFC", "2018 på nytt"))

    assert (root / "data" / "rounds" / name).is_dir()


@pytest.mark.parametrize("name", ["ø" * 101, "a" * 201, "2018\n", "2018\x1b[31m"])
def test_a_name_that_is_too_long_or_cannot_be_shown_is_refused_at_once(
    root: Path, name: str
) -> None:
    (root / "data" / "rounds" / name).mkdir()

    with pytest.raises(WrongUse, match="Rename its folder under data/rounds"):
        find_workspace(root).round_name(name)


def test_a_long_name_is_no_fault(root: Path) -> None:
    (root / "data" / "rounds" / ("ø" * 100)).mkdir()

    assert find_workspace(root).round_name("ø" * 100) == "ø" * 100


def test_a_workspace_without_rounds_says_so(tmp_path: Path) -> None:
    (tmp_path / "brevgen.toml").write_text(SETTINGS, encoding="utf-8")

    with pytest.raises(WrongUse, match=r"There are: none yet\."):
        find_workspace(tmp_path).round_folder("2018")


def test_paths_are_shown_as_they_are_typed_from_the_workspace(root: Path) -> None:
    workspace = find_workspace(root)

    assert workspace.shown(root / "data" / "contacts.csv") == "data/contacts.csv"
    assert workspace.shown(Path("/elsewhere/x.csv")) == "/elsewhere/x.csv"


# -- names of files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reference", "stem"),
    [
        ("Ås", "17-09235", "0214-Ås-17-09235"),
        ("Ås", "", "0214-Ås"),
        ("Gáivuotna – Kåfjord – Kaivuono", "", "0214-Gáivuotna-Kåfjord-Kaivuono"),
        ("Nord-Aurdal", "", "0214-Nord-Aurdal"),
        ("../../etc/passwd", "", "0214-etc-passwd"),
        ("Ås", "26/04512-3", "0214-Ås-26-04512-3"),
        ("Ås", "2026/4513", "0214-Ås-2026-4513"),
        ("Ås", "../x", "0214-Ås-x"),
        ("", "17-09235", "0214-17-09235"),
        (" _.", "", "0214"),
        ("a" * 59 + " b", "17-09235", f"0214-{'a' * 59}-17-09235"),
        ("a" * 99, "17-09235", f"0214-{'a' * 60}-17-09235"),
    ],
)
def test_files_are_called_by_number_name_and_reference(
    name: str, reference: str, stem: str
) -> None:
    assert file_stem("0214", name, reference) == stem


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_name_can_become_a_path_or_too_long_for_one(name: str) -> None:
    stem = file_stem("0214", name, "17-09235")

    assert stem.startswith("0214-")
    assert stem.endswith("-17-09235")
    assert "--" not in stem
    assert all(sign.isalnum() or sign == "-" for sign in stem)
    assert len(stem) <= len("0214-") + 60 + len("-17-09235")
