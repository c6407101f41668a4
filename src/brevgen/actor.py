"""Who does something: the account a process runs under, as the kernel knows it.

The environment is never believed: LOGNAME and USER say whatever their owner wants.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from brevgen.errors import MayNot
from brevgen.language import tr, untranslated

Role = Literal["make", "approve", "send", "follow up", "administer"]
ROLES: tuple[Role, ...] = get_args(Role)

_MAY: Mapping[Role, str] = {
    "make": untranslated("make letters and change what they are made of"),
    "approve": untranslated("approve letters"),
    "send": untranslated("send letters"),
    "follow up": untranslated("register answers and hand over to the archive"),
    "administer": untranslated("change the settings of the desk"),
}


@dataclass(frozen=True)
class Account:
    """Who it was.

    Args:
        account: the name of the account, or `user 1001` where it has no name.
        login: the account that logged in, where that is another, as under sudo; else empty.
    """

    account: str
    login: str = ""

    def __str__(self) -> str:
        if not self.login:
            return self.account
        return tr("{account} (logged in as {login})", account=self.account, login=self.login)


@dataclass(frozen=True)
class Actor(Account):
    """Who acts, and what the account may do.

    Args:
        roles: what it may do besides looking; everything for who works on the machine itself, where
            the rights to files decide.
        also: other names that settings and ledgers may have for the same person.
    """

    roles: tuple[Role, ...] = ROLES
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the person, the account first."""
        return (self.account, *self.also)

    def must_have(self, role: Role) -> None:
        """Refuse what the account has no role for.

        Raises:
            MayNot: it has not.
        """
        if role not in self.roles:
            raise MayNot(
                tr(
                    "{account} may not {do}. Whoever administers the desk gives that role.",
                    account=self.account,
                    do=tr(_MAY[role]),
                )
            )


def process_actor() -> Actor:
    """The actor of this process: its real user id, and the log-in it came from."""
    account = _name_of(os.getuid())
    login = _login()
    return Actor(account, login if login != account else "")


def _name_of(user_id: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:  # in a container a user may have a number and no name
        return f"user {user_id}"


def _login() -> str:
    """The account of the log-in, which stays the same under su and sudo; empty if not known.

    The kernel's audit id tells it, else the record of the terminal (utmp).
    """
    try:
        return os.getlogin()
    except OSError:
        return ""
