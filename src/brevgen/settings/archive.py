"""The `[archive]` table of `brevgen.toml`: how letters become cases and journal entries."""

from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from brevgen.language import tr, untranslated
from brevgen.settings.types import SettingsTable, Text, TextOrNothing

NAMES = ("kind", "round", "year", "municipality", "number", "reference")
"""What a title of cases may tell."""


def _title(text: str) -> str:
    try:
        names = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        names = [text]
    if unknown := [name for name in names if name not in NAMES]:
        raise ValueError(
            tr(
                "There is no {{{name}}}. A title may tell: {known}.",
                name=unknown[0],
                known=", ".join(f"{{{each}}}" for each in NAMES),
            )
        )
    return text


class ClassificationSettings(SettingsTable):
    """The class that the cases belong to in the archive."""

    system: Text = Field(description=untranslated("the classification system, as it is called"))
    key: Text = Field(description=untranslated("the key of the class, such as 321"))
    title: Text = Field(description=untranslated("the title of the class"))


class AccessSettings(SettingsTable):
    """Why letters are kept from the public; leave the table out where they are public."""

    code: Text = Field(description=untranslated("the archive's code of access (tilgangskode)"))
    basis: Text = Field(description=untranslated("what allows it, such as offl. § 13"))
    shields: tuple[Text, ...] = Field(
        ("Skjerming av dokument",),
        min_length=1,
        description=untranslated("what is shielded (skjermingMetadata), one text or more"),
    )


class ArchiveSettings(SettingsTable):
    """How letters become cases and journal entries for the archive."""

    cases: Literal["round", "letter"] = Field(
        "round",
        description=untranslated(
            "“round” for one case with an entry for each letter, “letter” for a case for each"
        ),
    )
    case_title: Annotated[Text, AfterValidator(_title)] = Field(
        "{kind}, {year}",
        description=untranslated(
            "the title of a case; may tell {kind}, {round}, {year}, and in a case of its own"
            " {municipality}, {number} and {reference}"
        ),
    )
    letters_per_message: int = Field(
        100,
        ge=1,
        le=10_000,
        strict=True,
        description=untranslated("how many letters one arkivmelding.xml tells of at most"),
    )
    system: Text = Field(
        "brevgen", description=untranslated("what the archive calls the system it gets them from")
    )
    creator: TextOrNothing = Field(
        "", description=untranslated("the archive's creator (arkivskaper); empty for the agency")
    )
    unit: TextOrNothing = Field(
        "",
        description=untranslated(
            "the unit the cases belong to (administrativEnhet); empty for the agency's short name"
        ),
    )
    responsible: TextOrNothing = Field(
        "",
        description=untranslated(
            "who is responsible for the cases (saksansvarlig); empty for the unit"
        ),
    )
    part: TextOrNothing = Field(
        "", description=untranslated("the part of the archive (arkivdel); empty for none")
    )
    classification: ClassificationSettings | None = Field(
        None, description=untranslated("the class of the cases; may be left out")
    )
    access: AccessSettings | None = Field(
        None,
        description=untranslated("why letters are kept from the public; left out, they are not"),
    )
    schemas: TextOrNothing = Field(
        "",
        description=untranslated(
            "folder with the official arkivmelding.xsd and what belongs to it, against which each"
            " message is validated; relative to the workspace; empty to go without"
        ),
    )

    def title_of_case(self, **values: object) -> str:
        """The title of a case; a value that is not given is empty."""
        given = dict.fromkeys(NAMES, "") | {name: str(each) for name, each in values.items()}
        title = " ".join(self.case_title.format(**given).split()).strip(" ,–-")
        return title[:1].upper() + title[1:]
