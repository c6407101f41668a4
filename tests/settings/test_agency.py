"""Where the agency is reached: keys that may be left out, and are checked where they are not."""

import pytest
from pydantic import ValidationError

from brevgen.settings.workspace import AgencySettings

NAME = {"short_name": "IMDi", "name": {"nb": "Direktoratet", "nn": "Direktoratet"}}


def agency(**keys: str) -> AgencySettings:
    return AgencySettings.model_validate({**NAME, **keys})


def test_what_is_left_out_is_empty_so_that_nothing_is_printed_of_it() -> None:
    told = agency()

    assert {told.postal_address, told.telephone, told.email, told.web, told.seal_check} == {""}
    assert told.organisation_number == ""


@pytest.mark.parametrize("written", ["123456785", "123 456 785", "12 34 56 785"])
def test_an_organisation_number_is_printed_in_groups_of_three(written: str) -> None:
    assert agency(organisation_number=written).organisation_number == "123 456 785"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("organisation_number", "123 456 789", "its last digit does not fit"),
        ("organisation_number", "12345", "not an organisation number of 9 digits"),
        ("organisation_number", "NO123456785", "not an organisation number of 9 digits"),
        ("email", "post", "not an e-mail address"),
        ("web", "http://www.imdi.example/", "not a web address that begins with https://"),
        ("seal_check", "imdi.example", "not a web address"),
    ],
)
def test_what_cannot_be_right_is_a_fault(key: str, value: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        agency(**{key: value})
