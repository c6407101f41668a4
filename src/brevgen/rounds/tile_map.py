"""The country as tiles: one for each municipality, by county, the counties about where they lie."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from brevgen.facts.municipalities import Municipality

BANDS = (
    ("Troms og Finnmark", "Troms", "Finnmark"),
    ("Nordland",),
    ("Møre og Romsdal", "Sør-Trøndelag", "Trøndelag", "Nord-Trøndelag"),
    ("Vestland", "Sogn og Fjordane", "Hordaland", "Oppland", "Innlandet", "Hedmark"),
    ("Rogaland", "Buskerud", "Viken", "Oslo", "Akershus"),
    (
        "Vest-Agder",
        "Agder",
        "Aust-Agder",
        "Telemark",
        "Vestfold og Telemark",
        "Vestfold",
        "Østfold",
    ),
)
"""The counties there have been since 2017, from north to south, each band from west to east."""

SHADES = 5


@dataclass(frozen=True)
class Tile:
    """One municipality: what it is asked for, and how dark that is, from 1 to `SHADES`.

    Both are None where it is not asked.
    """

    number: str
    name: str
    asked: int | None
    shade: int | None


@dataclass(frozen=True)
class County:
    """The tiles of a county, and how many of them stand in a line."""

    name: str
    tiles: tuple[Tile, ...]
    width: int


@dataclass(frozen=True)
class TileMap:
    """The map.

    Args:
        bands: from north to south, each from west to east.
        shades: each shade there is, and the lowest and the highest number that it stands for.
    """

    bands: tuple[tuple[County, ...], ...]
    shades: tuple[tuple[int, int, int], ...]


def tile_map(municipalities: Iterable[Municipality], asked: Mapping[str, int]) -> TileMap:
    """Arrange the municipalities of a day.

    Args:
        municipalities: all there are, in order of number.
        asked: number to persons asked for; the others are not asked.
    """
    limits = _limits(sorted(asked.values()))
    by_county: dict[str, list[Tile]] = {}
    for each in municipalities:
        figure = asked.get(each.number)
        shade = None if figure is None else bisect_left(limits, figure) + 1
        by_county.setdefault(each.county, []).append(Tile(each.number, each.name, figure, shade))
    elsewhere = tuple(sorted(by_county.keys() - {name for band in BANDS for name in band}))
    bands = (
        tuple(_county(name, by_county[name]) for name in band if name in by_county)
        for band in (*BANDS, elsewhere)
    )
    figures: dict[int, list[int]] = {}
    for figure in sorted(asked.values()):
        figures.setdefault(bisect_left(limits, figure) + 1, []).append(figure)
    return TileMap(
        tuple(band for band in bands if band),
        tuple((shade, those[0], those[-1]) for shade, those in figures.items()),
    )


def _county(name: str, tiles: Sequence[Tile]) -> County:
    return County(name, tuple(tiles), ceil(sqrt(len(tiles))))


def _limits(figures: Sequence[int]) -> list[int]:
    """The highest number of each shade but the darkest, so that each has about as many tiles."""
    if not figures:
        return []
    last = len(figures) - 1
    return sorted({figures[last * part // SHADES] for part in range(1, SHADES)})
