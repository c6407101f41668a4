"""The country as tiles: where they stand, and how dark they are."""

import pytest

from brevgen.facts.municipalities import Municipality
from brevgen.rounds.tile_map import BANDS, SHADES, tile_map


def municipality(number: str, county: str) -> Municipality:
    return Municipality(number, f"Kommune {number}", "bokmål", "", "", county, 1, None, None, ())


def test_counties_stand_from_north_to_south_and_from_west_to_east() -> None:
    names = ["Oslo", "Agder", "Finnmark", "Vestland", "Troms", "Innlandet"]
    found = tile_map([municipality(f"{n:02}01", name) for n, name in enumerate(names)], {})

    assert [[county.name for county in band] for band in found.bands] == [
        ["Troms", "Finnmark"],
        ["Vestland", "Innlandet"],
        ["Oslo"],
        ["Agder"],
    ]
    assert found.shades == ()


def test_a_county_nobody_has_heard_of_comes_last() -> None:
    found = tile_map([municipality("0301", "Oslo"), municipality("9901", "Nyfylket")], {})

    assert [county.name for band in found.bands for county in band] == ["Oslo", "Nyfylket"]


def test_every_county_there_has_been_has_its_place_once() -> None:
    counties = [county for band in BANDS for county in band]

    assert len(counties) == len(set(counties))


def test_the_more_are_asked_for_the_darker_and_each_shade_is_borne_by_as_many() -> None:
    asked = {f"{n:04}": n for n in range(1, 101)}
    found = tile_map([municipality(number, "Oslo") for number in asked], asked)
    ((county,),) = found.bands

    shades = [tile.shade for tile in county.tiles]
    assert shades == sorted(shades, key=lambda shade: shade or 0)
    assert found.shades == ((1, 1, 20), (2, 21, 40), (3, 41, 60), (4, 61, 80), (5, 81, 100))
    assert county.width == 10


@pytest.mark.parametrize("figures", [[10], [10] * 50, [10, 10, 10, 300], [0, 1]])
def test_shades_tell_of_every_figure_however_few_there_are(figures: list[int]) -> None:
    asked = {f"{n:04}": figure for n, figure in enumerate(figures)}
    found = tile_map([municipality(number, "Oslo") for number in asked], asked)
    ((county,),) = found.bands

    limits = {shade: (low, high) for shade, low, high in found.shades}
    assert set(limits) <= set(range(1, SHADES + 1))
    for tile in county.tiles:
        assert tile.asked is not None
        assert tile.shade is not None
        low, high = limits[tile.shade]
        assert low <= tile.asked <= high


def test_who_is_not_asked_has_neither_figure_nor_shade() -> None:
    found = tile_map([municipality("0301", "Oslo"), municipality("0302", "Oslo")], {"0301": 5})
    ((county,),) = found.bands

    assert [(tile.asked, tile.shade) for tile in county.tiles] == [(5, 1), (None, None)]
