"""Whether an e-mail address can be one, before anybody tries to write to it."""

import re
from functools import lru_cache

from brevgen.errors import Unsendable

_PASSED_ON = re.compile(r"[!%]")
"""Old ways to name another host before @, which some servers still follow."""


def malformed(address: str) -> str:
    """Why an address cannot be right, in a few words; empty if it can.

    Plain addresses only: no quoted local parts, no comments, no display names. The domain may have
    letters such as å, the part before @ may not, for hardly any server takes them there.
    """
    return _understood(address)[1]


def ascii_address(address: str) -> str:
    """An e-mail address as it stands in the envelope and in headers.

    The part before @ keeps its case, for its server may care (RFC 5321, section 2.4).

    Raises:
        Unsendable: it can be no address.
    """
    in_ascii, reason = _understood(address)
    if reason:
        raise Unsendable(f"“{address}” is not an e-mail address: {reason}. Put it right.")
    return in_ascii


@lru_cache(maxsize=4096)
def _understood(address: str) -> tuple[str, str]:
    """The address in ASCII, or why it can be none."""
    # only here, for most commands do without it
    from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

    # some networks have mail at names such as .local; the settings say which domains are allowed
    SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        found = validate_email(
            address, allow_smtputf8=False, check_deliverability=False, strict=True
        )
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        return "", reason[:1].lower() + reason[1:]
    if passed_on := _PASSED_ON.search(found.local_part):
        return "", f"“{passed_on[0]}” before @ would let the mail be passed on to somebody else"
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
        raise Unsendable(f"“{domain}” is no domain: {error}. Put the address right.") from error


def same_mailbox(address: str) -> str:
    """What is equal for two ways to write one address; hardly any server minds the case."""
    return ascii_address(address).lower()


def within(domain: str, allowed: str) -> bool:
    """Whether a domain is the allowed one or below it; both in small ASCII letters."""
    return domain == allowed or domain.endswith(f".{allowed}")
