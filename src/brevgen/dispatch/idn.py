"""E-mail addresses as they travel: ASCII only, with domains such as `ås.example` as `xn--…`.

Mail servers without SMTPUTF8 understand nothing else, so no message of ours ever needs more.
"""

from brevgen.errors import BrevgenError
from brevgen.facts.addresses import malformed


class Unsendable(BrevgenError):
    """Something in a message can never stand in one; the text says what to mend."""


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
