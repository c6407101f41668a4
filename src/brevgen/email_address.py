"""Whether an e-mail address can be one, before anybody tries to write to it."""

import re

from brevgen.errors import Unsendable

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?")


def malformed(address: str) -> str:
    """Why an address cannot be right, in a few words; empty if it can.

    Follows the plain form of RFC 5321 (local part up to 64 octets, labels up to 63), with letters
    such as å allowed in the domain; no quoted local parts, no comments, no display names.
    """
    local, at, domain = address.rpartition("@")
    if not at:
        return "there is no @ in it"
    if "@" in local:
        return "there is more than one @ in it"
    if ".." in address:
        return "there are two dots in a row"
    if not _LOCAL.fullmatch(local):
        return "the part before @ cannot be right"
    if len(local) > 64 or len(address.encode()) > 254:
        return "it is too long"
    labels = domain.split(".")
    if (
        len(labels) < 2
        or labels[-1].isdecimal()
        or not all(_LABEL.fullmatch(label) for label in labels)
    ):
        return "the part after @ is no domain"
    return ""


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


def ascii_address(address: str) -> str:
    """An e-mail address as it stands in the envelope and in headers.

    The part before @ keeps its case, for its server may care (RFC 5321, section 2.4).

    Raises:
        Unsendable: it can be no address.
    """
    reason = malformed(address)
    if not reason:
        local, _, domain = address.rpartition("@")
        plain = f"{local}@{ascii_domain(domain)}"
        # once more: a domain can be too long only now, or have become something else
        reason = malformed(plain)
        if not reason:
            return plain
    raise Unsendable(f"“{address}” is not an e-mail address: {reason}. Put it right.")


def same_mailbox(address: str) -> str:
    """What is equal for two ways to write one address; hardly any server minds the case."""
    return ascii_address(address).lower()


def within(domain: str, allowed: str) -> bool:
    """Whether a domain is the allowed one or below it; both in small ASCII letters."""
    return domain == allowed or domain.endswith(f".{allowed}")
