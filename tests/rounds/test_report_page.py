"""The report as a page: what it says without any script, and where its links lead."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import etree

from brevgen.language import speaking
from brevgen.letter.wording import signed
from tests.support.running import Ran
from tests.support.samples import HEADER, ROWS, make_round
from tests.support.sessions import approved, generated

Run = Callable[..., Ran]


@pytest.fixture
def folder(workspace: Path) -> Path:
    return workspace / "output" / "trial"


def page(folder: Path) -> etree._Element:
    text = (folder / "report.html").read_bytes().decode("utf-8")
    return etree.fromstring(text, etree.HTMLParser())


def words(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).replace("\u00ad", "").split())


def tables(folder: Path) -> tuple[list[list[str]], list[list[str]]]:
    """The figures and the letters, cell by cell."""
    figures, letters = (
        [[words(cell) for cell in row] for row in table.iter("tr")]
        for table in page(folder).iter("table")
    )
    return figures, letters


def test_the_figures_of_each_area_stand_beside_those_of_the_round(
    workspace: Path, folder: Path
) -> None:
    generated(workspace, only=["Ås"])
    figures, _ = tables(folder)
    assert figures == [
        ["Region", "Kommuner", "Flyktninger", "EM", "Per 1 000 innbyggere"],
        ["IMDi Midt-Norge", "1", "12", "1", "0,0"],
        ["IMDi Nord", "2", "21", "2", "0,0"],
        ["IMDi Sør", "1", "10", "0", "0,0"],
        ["IMDi Øst", "2", "75", "4", "0,0"],
        ["Alle brev", "6", "118", "7", ""],
        ["Nasjonale tall", "6", "118", "7", ""],
    ]
    assert "ikke like" not in words(page(folder))


def test_figures_per_inhabitant_are_of_all_inhabitants_of_the_area(
    workspace: Path, folder: Path
) -> None:
    register = workspace / "data" / "municipalities.csv"
    lines = register.read_text(encoding="utf-8").splitlines()
    finnmark = [
        line.split(",") for line in lines if line.startswith("20") and ",2019-12-31," in line
    ]
    inhabitants = sum(int(cells[6]) for cells in finnmark)
    assert len(finnmark) > 15
    make_round(workspace, ["2011;Kautokeino;1100;0;0;;;", "2003;Vadsø;900;0;0;;;"])
    settings = workspace / "data" / "rounds" / "trial" / "round.toml"
    text = settings.read_text(encoding="utf-8")
    offices = text[text.index("[offices.") :]
    settings.write_text(
        text.replace(
            offices, '[offices.national]\nname = "IMDi"\ntitle = { nb = "d", nn = "d" }\n'
        ),
        encoding="utf-8",
    )
    generated(workspace)
    figures, _ = tables(folder)
    told = f"{2000 * 1000 / inhabitants:.1f}".replace(".", ",")
    assert figures[0][0] == "Fylke"
    assert figures[1] == ["Finnmark", "2", "2 000", "0", told]


def test_a_row_tells_of_a_letter_and_leads_to_its_files(workspace: Path, folder: Path) -> None:
    generated(workspace, only=["Ås"])
    _, letters = tables(folder)
    assert letters[0] == [
        *("Nr.", "Kommune", "Region", "Flyktninger", "Enslige mindreårige", "Flyktninger 2017"),
        *("Endring", "Status", "Referanse", "Sider", "Brevet"),
    ]
    assert letters[1] == [
        *("0214", "Ås", "IMDi Øst", "10", "0", "30", "−20"),
        *("utkast", "17-09235", "1", "PDF Word"),
    ]
    assert letters[2][7:] == ["skal lages", "17-09100", "", ""]
    links = [link.get("href") for link in page(folder).find(".//tbody/tr[@id='k0214']").iter("a")]
    assert links == [
        "drafts/0214-%C3%85s-17-09235.pdf",
        "drafts/0214-%C3%85s-17-09235.docx",
    ]
    assert all((folder / unquote(link)).is_file() for link in links)


def test_a_sealed_letter_is_linked_where_it_lies(workspace: Path, folder: Path) -> None:
    generated(workspace)
    approved(workspace)
    links = [link.get("href") for link in page(folder).iterfind(".//td[@class='files']/a")]
    assert len(links) == 2 * len(ROWS)
    assert all(link.startswith("letters/") and (folder / unquote(link)).is_file() for link in links)
    (states,) = page(folder).iterfind(".//ul[@class='states']")
    assert words(states) == "6 forseglet"


def test_letters_are_counted_by_state(workspace: Path, folder: Path) -> None:
    generated(workspace, only=["Ås", "Vinje"])
    (states,) = page(folder).iterfind(".//ul[@class='states']")
    assert words(states) == "4 skal lages 2 utkast"


def test_a_damaged_draft_is_not_linked(workspace: Path, folder: Path) -> None:
    generated(workspace)
    (folder / "drafts" / "0214-Ås-17-09235.docx").unlink()
    generated(workspace, only=["Vinje"])
    _, letters = tables(folder)
    assert letters[1][7:] == ["skadet", "17-09235", "", ""]


def test_figures_a_year_before_come_from_a_column_of_the_allocation(
    workspace: Path, folder: Path
) -> None:
    round_folder = make_round(workspace)
    rows = [
        f"{row};{before}" for row, before in zip(ROWS, ("8", "65", "x", "-", "", "20"), strict=True)
    ]
    text = "\n".join([f"{HEADER};Anmodet 2017", *rows])
    (round_folder / "allocation.csv").write_text(text, encoding="utf-8")
    generated(workspace, only=["Ås"])
    _, letters = tables(folder)
    assert [row[5:7] for row in letters[1:]] == [
        ["8", "+2"],
        ["65", "0"],
        ["", ""],
        ["0", "+12"],
        ["", ""],
        ["20", "−9"],
    ]


def test_figures_approved_a_year_before_come_before_those_of_the_history(
    workspace: Path, folder: Path
) -> None:
    before = {"settlement_year": "2017", "letter_date": "2016-11-07", "deadline": "2017-01-06"}
    references = {"first": '"16-00100"', "last": '"16-00199"'}
    rows = [row.replace(";10;", ";14;").replace(";17-09235;", ";;") for row in ROWS[:3]]
    make_round(workspace, rows, name="earlier", minors="4", **before, **references)
    generated(workspace, name="earlier", only=["Ås"])
    approved(workspace, name="earlier", only=["Ås"])
    generated(workspace, only=["Ås"])
    _, letters = tables(folder)
    assert [row[5:7] for row in letters[1:4]] == [["14", "−4"], ["", ""], ["", ""]]


def test_where_nothing_is_known_of_the_year_before_there_is_no_column_of_it(
    workspace: Path, folder: Path
) -> None:
    (workspace / "data" / "history.csv").unlink()
    generated(workspace, only=["Ås"])
    _, letters = tables(folder)
    assert "Endring" not in letters[0]
    assert letters[1][4:6] == ["0", "utkast"]


def test_the_map_has_a_tile_for_each_municipality_by_county(workspace: Path, folder: Path) -> None:
    generated(workspace, only=["Ås"])
    (map_,) = page(folder).iterfind(".//div[@class='map']")
    counties = {words(each.find("h3")): each for each in map_.iterfind(".//div[@class='county']")}
    assert list(counties)[:3] == ["Troms", "Finnmark", "Nordland"]
    assert len(list(map_.iter("li"))) == 422
    tiles = [words(tile) for tile in counties["Akershus"].iter("li")]
    assert "Ås 10" in tiles
    assert "Frogn: ikke anmodet" in tiles
    (ås,) = (link for link in map_.iter("a") if words(link) == "Ås 10")
    assert page(folder).find(f".//tr[@id='{ås.get('href')[1:]}']/th").text == "Ås"


def test_the_page_is_in_norwegian_whoever_has_it_written(
    workspace: Path, brevgen: Run, folder: Path
) -> None:
    generated(workspace)
    english = [(folder / name).read_bytes() for name in ("report.csv", "report.html")]
    with speaking("nb"):
        brevgen("generate", "trial", "--jobs", "1")
    assert [(folder / name).read_bytes() for name in ("report.csv", "report.html")] == english
    assert page(folder).get("lang") == "nb"


def test_the_page_loads_nothing_from_elsewhere(workspace: Path, folder: Path) -> None:
    generated(workspace, only=["Ås"])
    whole = page(folder)
    assert [e for e in whole.iter() if e.get("src") or e.tag in ("link", "img", "iframe")] == []
    assert {e.get("href")[0] for e in whole.iter("a")} == {"#", "d"}
    assert "url(" not in (folder / "report.html").read_text(encoding="utf-8")


def test_names_can_never_become_markup(workspace: Path, folder: Path) -> None:
    register = workspace / "data" / "municipalities.csv"
    text = register.read_text(encoding="utf-8")
    register.write_text(text.replace(",Akershus,", ",<script>x()</script> & y,"), encoding="utf-8")
    generated(workspace, only=["Ås"])
    (script,) = page(folder).iter("script")
    assert script.text.strip().startswith('"use strict"')
    assert "<script>x()</script> & y" in [words(each) for each in page(folder).iter("h3")]


@pytest.mark.parametrize(("change", "said"), [(5, "+5"), (-1200, "−1\u00a0200"), (0, "0")])
def test_a_change_has_its_sign(change: int, said: str) -> None:
    assert signed(change) == said
