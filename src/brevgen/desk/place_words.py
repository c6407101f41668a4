"""Where something stands, as the pages call it: the files of a round by the pages they are on."""

from dataclasses import replace
from typing import Literal

from brevgen.desk.settings_form import SECTIONS
from brevgen.desk.settings_words import words_of
from brevgen.findings import Place
from brevgen.language import tr, untranslated
from brevgen.marker import MARKER
from brevgen.settings.round import ROUND_FILE

OFFICES = untranslated("Offices and signatories")


def place_in_words(place: Place | str) -> str:
    """A place in the files of a round, without names of files and keys where a page has better.

    Args:
        place: in a file; or a place in words already, which stays as it is.
    """
    if isinstance(place, str):
        return place
    if place.file == ROUND_FILE and place.row is None:
        called = _field(place.column)
        return tr("Settings: {field}", field=called) if called else tr("Settings")
    if page_of(place) == "allocation":
        return str(replace(place, file=tr("Allocation")))
    if place.file == MARKER:
        return tr("The settings of the agency")
    return str(place)


def page_of(place: Place | str) -> Literal["settings", "allocation", ""]:
    """The page of a round on which what stands there is changed; empty where there is none."""
    if isinstance(place, str):
        return ""
    if place.file == ROUND_FILE:
        return "settings"
    return "allocation" if place.file.casefold().startswith("allocation") else ""


def _field(column: str) -> str:
    """What the form calls a field, or the part of it that the field is in; empty for neither."""
    path = tuple(column.split("."))
    words = words_of(path) if column else None
    if words is not None:
        return words.label
    if path[0] == "offices":
        return tr(OFFICES)
    return next((tr(title) for _, title, keys in SECTIONS if path[0] in keys), "")
