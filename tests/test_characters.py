"""What is typed in a shell comes back from it as it was."""

import shlex

import pytest

from brevgen.characters import as_typed


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (2028, "2028"),
        ("Ås", "Ås"),
        ("2028-tillegg", "2028-tillegg"),
        ("ordforer@as.kommune.example", "ordforer@as.kommune.example"),
        ("Brev på prøve", "'Brev på prøve'"),
        ("Rønnä & co; $(rm)", "'Rønnä & co; $(rm)'"),
        ("", "''"),
    ],
)
def test_a_value_is_quoted_where_a_shell_would_take_it_apart(value: str | int, typed: str) -> None:
    assert as_typed(value) == typed
    assert shlex.split(typed) == [str(value)]
