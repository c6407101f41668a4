"""Who may do what."""

import pytest

from brevgen.actor import ROLES, Actor
from brevgen.errors import Refused


def test_whoever_works_on_the_machine_itself_may_do_everything() -> None:
    for role in ROLES:
        Actor("kari").must_have(role)


def test_what_an_account_has_no_role_for_is_refused_by_name() -> None:
    with pytest.raises(Refused, match=r"^kari may not send letters\."):
        Actor("kari", roles=("make", "approve")).must_have("send")
