"""The words of the form for a `round.toml`: what a field is called, and what belongs into it.

The keys' own descriptions speak of the file; these speak of the field. A key that stands here not,
such as a figure of a kind, is called what the kind calls it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from brevgen.language import tr, untranslated
from brevgen.rounds.round_text import Key
from brevgen.settings.series import DEFAULT_PATTERN

FORMS = {"nb": "bokmål", "nn": "nynorsk"}
OWN_KEY = "#key"
"""What the field is called for what an office itself is called by."""


@dataclass(frozen=True)
class Words:
    """The words of a field, in English.

    Args:
        label: what it is called.
        help: what belongs into it, and what it means where nothing does.
    """

    label: str
    help: str = ""


WORDS: Mapping[str, Words] = {
    "settlement_year": Words(
        untranslated("Year of settlement"),
        untranslated("Municipalities are called what they are called on 1 January of it."),
    ),
    "letter_date": Words(
        untranslated("Date on the letters"),
        untranslated("A deadline that is so many weeks or months away is counted from it."),
    ),
    "deadline": Words(
        untranslated("Deadline to answer"),
        untranslated(
            "A date, such as 2028-01-10, or a time after the date on the letters, such as 6 weeks"
            " or 2 months."
        ),
    ),
    "follows": Words(
        untranslated("The round that it follows"),
        untranslated("The letters of that round are what these letters refer to."),
    ),
    "neutral_written_form": Words(
        untranslated("Written form of neutral municipalities"),
        untranslated("What municipalities get that have decided to be neutral."),
    ),
    "distribution": Words(
        untranslated("Titles of those who get the letter"),
        untranslated("One a line: the mayor’s first, then the chief executive’s."),
    ),
    "answers.to": Words(
        untranslated("Answers go to"), untranslated("An e-mail address; it stands in the letter.")
    ),
    "answers.copy_to": Words(
        untranslated("Copy of the answer to"),
        untranslated("An e-mail address; it stands in the letter."),
    ),
    "answers.web": Words(
        untranslated("Read more at"),
        untranslated("A web address that begins with https://; it stands in the letter."),
    ),
    "references.first": Words(
        untranslated("Lowest reference"),
        untranslated("The first that the archive has set aside for the round, such as 27-09100."),
    ),
    "references.last": Words(
        untranslated("Highest reference"),
        untranslated("The last that the archive has set aside, such as 27-09499."),
    ),
    "references.pattern": Words(
        untranslated("How references are written"),
        untranslated(
            "# is one digit, * one or more, all else stands as it is. Empty is {pattern}."
        ),
    ),
    "dispatch.channel": Words(
        untranslated("Channel"), untranslated("Which way the letters go when they are sent.")
    ),
    "dispatch.mailbox_always": Words(
        untranslated("The municipality’s mailbox always gets the letter"),
        untranslated(
            "Else only where the mayor’s or the chief executive’s own address is not known."
        ),
    ),
    "dispatch.attach_docx": Words(
        untranslated("Send the letter for Word too"), untranslated("It goes along with the PDF.")
    ),
    "copy address": Words(
        untranslated("Address"), untranslated("The e-mail address that the copy goes to.")
    ),
    "copy name": Words(untranslated("Name"), untranslated("Who that is, such as KS.")),
    "copy region": Words(
        untranslated("Region or county"),
        untranslated("Whose letters go there. Empty is all letters."),
    ),
    "copy organisation_number": Words(
        untranslated("Organisation number"),
        untranslated("9 digits; only for copies that go through SvarUt."),
    ),
    "checks.largest_change": Words(
        untranslated("Largest change without a warning"),
        untranslated(
            "A number that is more than so many times last year’s, or less than that part of it, is"
            " warned of. 0 is no warning."
        ),
    ),
    f"office {OWN_KEY}": Words(
        untranslated("Region"),
        untranslated(
            "As the register calls it, such as IMDi Øst; or any name where counties decide. Empty"
            " is all municipalities that have no other office."
        ),
    ),
    "office name": Words(
        untranslated("Office"), untranslated("As it stands in the letter, such as IMDi Region Øst.")
    ),
    "office counties": Words(
        untranslated("Counties"),
        untranslated("One a line. Their municipalities have this office, whatever their region."),
    ),
    "office signatory": Words(
        untranslated("Signatory"),
        untranslated("Empty where no name is known: title and office sign."),
    ),
    "office title": Words(
        untranslated("Title"),
        untranslated("It stands below the name, or alone where none is known."),
    ),
    "office telephone": Words(untranslated("Telephone"), untranslated("Empty where not known.")),
    "office email": Words(untranslated("E-mail"), untranslated("Empty where not known.")),
    "office accounts": Words(
        untranslated("Accounts that may approve"),
        untranslated("One a line. Empty is all who may approve letters."),
    ),
}

CHOICES: Mapping[str, str] = {
    **FORMS,
    "mail": untranslated("e-mail"),
    "svarut": "SvarUt",
    "outbox": untranslated("only files, in the outbox; nothing is sent"),
    "svarut-folder": untranslated("only files, for the portal of SvarUt; nothing is sent"),
}
"""What values to choose from are called."""


def words_of(path: Key) -> Words | None:
    """The words of a field, by where its value stands, in the reader's language."""
    named = [str(part) for part in path if part not in FORMS]
    if named[0] in ("offices", "+offices"):
        words = WORDS.get(f"office {named[-1]}")
    elif "copies" in named[:2] or named[0] == "+copies":
        words = WORDS.get(f"copy {named[-1]}")
    else:
        words = WORDS.get(".".join(named))
    if words is None:
        return None
    help_ = tr(words.help, pattern=DEFAULT_PATTERN) if words.help else ""
    return Words(tr(words.label), help_)


def choice(value: str) -> str:
    """What a value to choose from is called, in the reader's language."""
    return tr(CHOICES[value]) if value in CHOICES else value
