"""Where something stands, as the pages call it."""

import pytest

from brevgen.desk.place_words import page_of, place_in_words
from brevgen.findings import Place
from brevgen.language import speaking
from brevgen.marker import MARKER


@pytest.mark.parametrize(
    ("place", "said", "page"),
    [
        (Place("round.toml", column="deadline"), "Innstillinger: Svarfrist", "settings"),
        (
            Place("round.toml", column="offices.IMDi Øst.email"),
            "Innstillinger: E-post",
            "settings",
        ),
        (
            Place("round.toml", column="national.total"),
            "Innstillinger: Tall for hele landet",
            "settings",
        ),
        (Place("round.toml", column="nobody"), "Innstillinger", "settings"),
        (Place("round.toml", row=3), "round.toml, linje 3", "settings"),
        (
            Place("Allocation 2018.xlsx", "Ark1", 4, "antall"),
            "Fordeling, Ark1, rad 4, antall",
            "allocation",
        ),
        (Place(MARKER, column="agency"), "Etatens innstillinger", ""),
        (Place(MARKER, column="mail.smtp.port"), "brevgen.toml, mail.smtp.port", ""),
        (Place("contacts.csv", row=2), "contacts.csv, rad 2", ""),
        (Place(), "", ""),
        ("protokollen", "protokollen", ""),
    ],
)
def test_a_place_is_called_by_the_page_that_it_is_on(
    place: Place | str, said: str, page: str
) -> None:
    with speaking("nb"):
        assert (place_in_words(place), page_of(place)) == (said, page)
