"""What the events and receipts of a ledger say, and how a person reads it in her own language.

The ledger keeps English, whoever writes into it, so that it is the same for everybody and its
hashes hold. What was kept is known again by its words, also where an older brevgen kept it.
"""

import re
from typing import Final

from brevgen.language import tr, tr_like, untranslated, values_in
from brevgen.ledger.records import Event

FROM_SERIES: Final = untranslated("from the series {first} to {last}")
FROM_ALLOCATION: Final = untranslated("from the allocation")
IN_PLACE_OF: Final = untranslated("{how}, in place of {earlier}, which is never used again")
TO_APPROVE: Final = untranslated("{count} to approve")
IN_THE_NAME_OF: Final = untranslated("in the name of {signatory}")
IN_THE_NAME_OF_SIGNED: Final = untranslated("in the name of {signatory}, signed with a passkey")
FILES: Final = untranslated("{pdf} and {docx}")
FILES_SEALED: Final = untranslated("{pdf} and {docx}, by {subject}")
FILES_TEST_SEALED: Final = untranslated("{pdf} and {docx}, by {subject} (a TEST seal)")
BROUGHT_UP_TO_DATE: Final = untranslated("from version {before} to {after}")
BEGUN_FROM: Final = untranslated("from the round {earlier}")
FOLLOWING: Final = untranslated("following the round {earlier}")
FROM_COPY: Final = untranslated("from a copy that ended with event {event}")
BY_CHANNEL: Final = untranslated("{recipient} by {channel}")
BY_CHANNEL_WITH_WORDS: Final = untranslated("{recipient} by {channel}: {words}")
COPY_BY_CHANNEL: Final = untranslated("{recipient} by {channel}, copy {copy}")
COPY_BY_CHANNEL_WITH_WORDS: Final = untranslated("{recipient} by {channel}, copy {copy}: {words}")
CUT_OFF: Final = untranslated("the command was cut off while it was handing the letter over")

DECIDED: Final = untranslated("{decided} decided on {day}")
DECIDED_WITH_MINORS: Final = untranslated("{decided} decided on {day}, {minors} of them minors")
WITH_CONDITIONS: Final = untranslated("{decision}; conditions: {conditions}")
MORE_TIME: Final = untranslated("answer by {day}")

TO_OUTBOX: Final = untranslated("{count} messages to the outbox")
TO_OUTBOX_FOR: Final = untranslated("{count} messages to the outbox, to {address}")
TO_FOLDER: Final = untranslated("{count} letters to the folder for SvarUt's portal")
MAILED: Final = untranslated("{count} messages by mail")
MAILED_TO: Final = untranslated("{count} messages by mail, to {address}")

_PARTICULARS: Final = (
    IN_PLACE_OF,
    FROM_SERIES,
    FROM_ALLOCATION,
    TO_APPROVE,
    IN_THE_NAME_OF_SIGNED,
    IN_THE_NAME_OF,
    FILES_TEST_SEALED,
    FILES_SEALED,
    FILES,
    BROUGHT_UP_TO_DATE,
    FROM_COPY,
    BEGUN_FROM,
    FOLLOWING,
    WITH_CONDITIONS,
    DECIDED_WITH_MINORS,
    DECIDED,
    MORE_TIME,
    TO_OUTBOX_FOR,
    MAILED_TO,
    TO_OUTBOX,
    TO_FOLDER,
    MAILED,
    COPY_BY_CHANNEL_WITH_WORDS,
    COPY_BY_CHANNEL,
    BY_CHANNEL_WITH_WORDS,
    BY_CHANNEL,
)
"""What events tell, the most particular first."""

ROUND_BEGUN: Final = untranslated("round begun")

ACTS: Final = (
    untranslated("reference given"),
    untranslated("reference changed"),
    untranslated("draft made"),
    untranslated("draft removed"),
    untranslated("letters shown"),
    untranslated("approval shown"),  # of ledgers brought to version 3
    untranslated("approved"),
    untranslated("approval withdrawn"),
    untranslated("approval asked for"),
    untranslated("sent back"),
    untranslated("request taken back"),
    untranslated("read"),
    untranslated("passkey registered"),
    untranslated("passkey removed"),
    untranslated("archive number kept"),
    untranslated("sealed"),
    untranslated("to be sent again"),
    untranslated("handed over"),
    untranslated("report received"),
    untranslated("rehearsed"),
    untranslated("answer registered"),
    untranslated("more time given"),
    untranslated("ledger brought up to date"),
    untranslated("settings changed"),
    untranslated("allocation replaced"),
    ROUND_BEGUN,
    untranslated("templates changed"),
    untranslated("ledger restored"),
)
"""What events are, besides the states of deliveries."""

_OWN_WORDS: Final = frozenset(
    {
        "approval withdrawn",
        "approval asked for",
        "sent back",
        "request taken back",
        "read",
        "passkey registered",
        "passkey removed",
    }
)
"""The acts whose particulars are a person's own words."""

_ARCHIVED: Final = re.compile(r"^(\S+) (\d+)\b")

_CHANNELS: Final = (
    untranslated("mail"),
    untranslated("outbox"),
    untranslated("svarut"),
    untranslated("svarut-folder"),
)
"""What channels are called."""


def act_of(event: Event) -> str:
    """What was done, in the reader's language."""
    return tr(event.act)


def particulars_of(event: Event) -> str:
    """The particulars of what was done, in the reader's language.

    A person's words stay as they are; a seal is told by the name of its owner.
    """
    if event.act == "allocation replaced":  # what is kept is the digest of the new file
        return tr("checksum {digest}", digest=f"{event.what[:8]} …")
    if event.act == "archive number kept":  # case and journal number, and which archive
        return _ARCHIVED.sub(r"\1-\2", event.what)
    if event.act in _OWN_WORDS:
        return event.what
    if event.act == "sealed":
        for message in (FILES_TEST_SEALED, FILES_SEALED):
            if found := values_in(message, event.what):
                return tr(message, **{**found, "subject": common_name(found["subject"])})
    return tr_like(event.what, _PARTICULARS)


def common_name(subject: str) -> str:
    """Whom a certificate is for, of its whole subject (RFC 4514); all of it where no name is in it.

    The ledger keeps all, which tells one owner from another; a person reads the name.
    """
    from cryptography.x509 import Name  # takes long to load
    from cryptography.x509.oid import NameOID

    try:
        told = Name.from_rfc4514_string(subject).get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:  # of a ledger that an older brevgen has kept
        return subject
    return next((str(each.value) for each in told), subject)
