"""Whether an e-mail address can be one, before anybody tries to write to it."""

import re
from functools import lru_cache

from brevgen.errors import Unsendable
from brevgen.language import tr, tr_like, untranslated

_PASSED_ON = re.compile(r"[!%]")
"""Old ways to name another host before @, which some servers still follow."""

_WHY_PASSED_ON = untranslated("“{sign}” before @ would let the mail be passed on to somebody else.")
_WHY = (
    _WHY_PASSED_ON,
    untranslated("An email address must have an @-sign."),
    untranslated("There must be something before the @-sign."),
    untranslated("There must be something after the @-sign."),
    untranslated("An email address cannot start with a period."),
    untranslated("An email address cannot end with a period."),
    untranslated("An email address cannot end with a hyphen."),
    untranslated("An email address cannot have a period immediately before the @-sign."),
    untranslated("An email address cannot have a period immediately after the @-sign."),
    untranslated("An email address cannot have a hyphen immediately after the @-sign."),
    untranslated("An email address cannot have two periods in a row."),
    untranslated("An email address cannot have a period and a hyphen next to each other."),
    untranslated(
        "An email address cannot have two letters followed by two dashes immediately after the"
        " @-sign or after a period, except Punycode."
    ),
    untranslated("The email address contains invalid characters before the @-sign: {characters}."),
    untranslated("Internationalized characters before the @-sign are not supported: {characters}."),
    untranslated("The part after the @-sign contains invalid characters: {characters}."),
    untranslated("The email address contains unsafe characters: {characters}."),
    untranslated("The part after the @-sign is not valid. It should have a period."),
    untranslated(
        "The part after the @-sign is not valid. It is not within a valid top-level domain."
    ),
    untranslated("The part after the @-sign is invalid ({reason})."),
    untranslated("The part after the @-sign is not valid IDNA ({reason})."),
    untranslated("The email address is too long (1 character too many)."),
    untranslated("The email address is too long ({count} characters too many)."),
    untranslated("The email address is too long before the @-sign (1 character too many)."),
    untranslated("The email address is too long before the @-sign ({count} characters too many)."),
    untranslated("The email address is too long after the @-sign (1 character too many)."),
    untranslated("The email address is too long after the @-sign ({count} characters too many)."),
    untranslated(
        "After the @-sign, periods cannot be separated by so many characters (1 character too"
        " many)."
    ),
    untranslated(
        "After the @-sign, periods cannot be separated by so many characters ({count} characters"
        " too many)."
    ),
    untranslated(
        "A display name and angle brackets around the email address are not permitted here."
    ),
    untranslated("The display name contains invalid characters when not quoted: {characters}."),
    untranslated(
        "An open angle bracket at the start of the email address has to be followed by a close"
        " angle bracket at the end."
    ),
    untranslated("There can't be anything after the email address."),
    untranslated("Extra character(s) found after close quote: {characters}"),
    untranslated(
        'The email address has the "full-width" at-sign (@) character instead of a regular at-sign.'
    ),
    untranslated(
        'The email address has the "small commercial at" character instead of a regular at-sign.'
    ),
    untranslated(
        "The part after the @-sign contains invalid characters after Unicode normalization:"
        " {characters}."
    ),
    untranslated(
        "The email address contains invalid characters in quotes before the @-sign: {characters}."
    ),
    untranslated("Quoting the part before the @-sign is not allowed here."),
    untranslated("A bracketed IP address after the @-sign is not allowed here."),
    untranslated("SPACE"),
)
"""What the library says of addresses that can be none, and what we add."""


def malformed(address: str) -> str:
    """Why an address cannot be right, in a few words; empty if it can.

    Plain addresses only: no quoted local parts, no comments, no display names. The domain may have
    letters such as å, the part before @ may not, for hardly any server takes them there.
    """
    reason = tr_like(_understood(address)[1], _WHY).rstrip(".")
    return reason[:1].lower() + reason[1:]


def ascii_address(address: str) -> str:
    """An e-mail address as it stands in the envelope and in headers.

    The part before @ keeps its case, for its server may care (RFC 5321, section 2.4).

    Raises:
        Unsendable: it can be no address.
    """
    if reason := malformed(address):
        raise Unsendable(
            tr(
                "“{address}” is not an e-mail address: {reason}. Put it right.",
                address=address,
                reason=reason,
            )
        )
    return _understood(address)[0]


@lru_cache(maxsize=4096)
def _understood(address: str) -> tuple[str, str]:
    """The address in ASCII, or why it can be none, in English."""
    # only here, for most commands do without it
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

    # some networks have mail at names such as .local; the settings say which domains are allowed
    SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        found = validate_email(
            address, allow_smtputf8=False, check_deliverability=False, strict=True
        )
    except EmailNotValidError as error:
        return "", str(error)
    if passed_on := _PASSED_ON.search(found.local_part):
        return "", _WHY_PASSED_ON.format(sign=passed_on[0])
    assert found.ascii_email is not None, "the part before @ is ASCII"
    return found.ascii_email, ""


def ascii_domain(domain: str) -> str:
    """A domain in small ASCII letters.

    Args:
        domain: as people write it, with letters such as å (UTS 46, then RFC 5891).

    Raises:
        Unsendable: it can be no domain.
    """
    if domain.isascii():
        return domain.lower()
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise Unsendable(
            tr(
                "“{domain}” is no domain: {reason}. Put the address right.",
                domain=domain,
                reason=error,
            )
        ) from error


def same_mailbox(address: str) -> str:
    """What is equal for two ways to write one address; hardly any server minds the case."""
    return ascii_address(address).lower()


def within(domain: str, allowed: str) -> bool:
    """Whether a domain is the allowed one or below it; both in small ASCII letters."""
    return domain == allowed or domain.endswith(f".{allowed}")
