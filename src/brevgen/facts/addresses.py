"""Whether an e-mail address can be one, before anybody tries to write to it."""

import re

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
