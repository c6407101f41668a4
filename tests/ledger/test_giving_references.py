"""A reference is given once, never changed and never used again."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brevgen.actor import Account, Actor
from brevgen.errors import BrevgenError, ExitCode, Refused
from brevgen.findings import FaultyInput
from brevgen.ledger.ledger import Ledger
from brevgen.ledger.references import ReferenceConflict, expected_references, find_conflicts
from brevgen.settings.series import Series
from tests.support.approving import letter

SERIES = Series("17-09100", "17-09104")


def test_the_lowest_of_the_series_go_out_in_order_of_municipality_number(ledger):
    given = ledger.give_references("2018", ["1601", "0214", "0301"], SERIES, {})

    assert given == {"0214": "17-09100", "0301": "17-09101", "1601": "17-09102"}
    assert list(given) == ["0214", "0301", "1601"]
    assert ledger.references("2018") == given


def test_running_again_renumbers_nobody(ledger, path, clock):
    first = ledger.give_references("2018", ["0301", "1601"], SERIES, {})

    with Ledger(path, clock, Actor("ola"), new=True) as again:
        second = again.give_references("2018", ["0214", "0301", "1601"], SERIES, {})

    assert second == {**first, "0214": "17-09102"}


def test_a_municipality_taken_out_keeps_its_reference_and_nobody_else_gets_it(ledger):
    ledger.give_references("2018", ["0214", "0301"], SERIES, {})

    without = ledger.give_references("2018", ["0301", "1601"], SERIES, {})
    back_again = ledger.give_references("2018", ["0214", "0301", "1601"], SERIES, {})

    assert without == {"0301": "17-09101", "1601": "17-09102"}
    assert back_again == {"0214": "17-09100", "0301": "17-09101", "1601": "17-09102"}


def test_another_round_gets_other_references_from_the_same_series(ledger):
    ledger.give_references("2018", ["0214"], SERIES, {})

    assert ledger.give_references("2018-2", ["0214"], SERIES, {}) == {"0214": "17-09101"}
    assert ledger.references("2018") == {"0214": "17-09100"}


def test_the_allocation_has_the_first_word_and_its_references_are_left_free(ledger):
    in_allocation = {"1601": "17-09100", "0301": "16-00001", "5000": "17-09102"}

    given = ledger.give_references("2018", ["0214", "0301", "1601", "1902"], SERIES, in_allocation)

    assert given == {
        "0214": "17-09101",
        "0301": "16-00001",
        "1601": "17-09100",
        "1902": "17-09103",
    }
    assert "5000" not in ledger.references("2018"), "not asked for, so not given, but left free"
    assert ledger.give_references("2018", ["5000"], SERIES, in_allocation) == {"5000": "17-09102"}


def test_an_empty_cell_in_the_allocation_is_no_reference(ledger):
    in_allocation = {"0214": "", "0301": "", "1601": "17-09100"}

    given = ledger.give_references("2018", ["0214", "0301"], SERIES, in_allocation)

    assert given == {"0214": "17-09101", "0301": "17-09102"}
    assert find_conflicts("2018", in_allocation, ledger.used()) == []


def test_a_changed_series_leaves_those_already_given_alone(ledger):
    ledger.give_references("2018", ["0301"], SERIES, {})

    later = ledger.give_references("2018", ["0214", "0301"], Series("17-08000", "17-08001"), {})

    assert later == {"0214": "17-08000", "0301": "17-09100"}


def test_a_series_used_to_the_last_number_is_enough(ledger):
    numbers = ["0101", "0104", "0105", "0106", "0111"]

    assert list(ledger.give_references("2018", numbers, SERIES, {}).values()) == list(SERIES)


def test_a_series_too_short_is_refused_before_anything_is_given(ledger):
    before = ledger.give_references("2018", ["0301", "1601"], SERIES, {})
    in_allocation = {"0214": "17-09102"}
    numbers = ["0101", "0104", "0105", "0214", "0301"]

    with pytest.raises(Refused) as refusal:
        ledger.give_references("2018", numbers, SERIES, in_allocation)

    told = str(refusal.value)
    assert "17-09100 to 17-09104" in told
    assert "needed: 3, left: 2" in told
    assert "round.toml" in told
    assert refusal.value.exit_code is ExitCode.REFUSED
    assert ledger.references("2018") == before
    assert len(ledger.events("2018")) == len(before)


def test_every_conflict_with_the_allocation_is_told_at_once_and_nothing_is_given(ledger):
    ledger.give_references("2017", ["0214"], SERIES, {})
    before = ledger.give_references("2018", ["0301"], SERIES, {})
    ledger.approve("2018", [letter("0301", before["0301"])])
    in_allocation = {
        "1902": "17-09100",  # Ås has it in an earlier round
        "0301": "17-09104",  # was approved with another
        "1601": "17-09103",
        "1103": "17-09103",  # the same twice
        "0104": "17-09102",  # nothing wrong
    }

    with pytest.raises(FaultyInput) as faulty:
        ledger.give_references("2018", ["0104", "0214"], SERIES, in_allocation)

    assert [finding.severity for finding in faulty.value.findings] == ["fault"] * 3
    used, changed, twice = (finding.what for finding in faulty.value.findings)
    assert "17-09100 of municipality 1902" in used
    assert "municipality 0214 in round 2017" in used
    assert "0301 has the reference 17-09101" in changed
    assert "17-09104" in changed
    assert "17-09103 of municipality 1103" in twice
    assert "1601" in twice
    assert all(finding.remedy for finding in faulty.value.findings)
    assert ledger.references("2018") == before
    conflicts = find_conflicts("2018", in_allocation, ledger.used())
    assert [conflict.municipality for conflict in conflicts] == ["1902", "0301", "1103"]


def test_a_reference_in_the_allocation_that_is_the_municipalitys_own_is_no_conflict(ledger):
    own = ledger.give_references("2018", ["0214", "0301"], SERIES, {})

    assert find_conflicts("2018", own, ledger.used()) == []
    assert ledger.give_references("2018", ["0214", "0301"], SERIES, own) == own


def test_the_same_municipality_cannot_have_the_same_reference_in_two_rounds(ledger):
    ledger.give_references("2018", ["0214"], SERIES, {})

    (conflict,) = find_conflicts("2018-2", {"0214": "17-09100"}, ledger.used())

    assert isinstance(conflict, ReferenceConflict)
    assert "already used, for municipality 0214 in round 2018" in conflict.what


def test_what_is_expected_is_what_is_given_then_and_expecting_gives_nothing(ledger):
    ledger.give_references("2018", ["0301"], SERIES, {})
    asked = ("2018", ["1601", "0214", "0301"], SERIES, {"1601": "17-09101"})

    expected = expected_references(*asked, ledger.used())

    assert ledger.references("2018") == {"0301": "17-09100"}
    assert expected == ledger.give_references(*asked)
    assert expected == {"0214": "17-09102", "0301": "17-09100", "1601": "17-09101"}


def test_expecting_fails_as_giving_would(ledger):
    with pytest.raises(Refused):
        expected_references("2018", list("123456"), SERIES, {}, ledger.used())
    with pytest.raises(FaultyInput):
        expected_references("2018", ["1"], SERIES, {"1": "17-1", "2": "17-1"}, ledger.used())


def test_each_reference_given_is_an_event_that_says_where_it_comes_from(ledger):
    ledger.give_references("2018", ["0214", "0301"], SERIES, {"0301": "17-09104"})
    ledger.give_references("2018", ["0214", "0301"], SERIES, {})

    by_caseworker, by_series = sorted(ledger.events("2018"), key=lambda event: event.what)

    assert by_caseworker.municipality == "0301"
    assert by_caseworker.what == "from the allocation"
    assert by_series.reference == "17-09100"
    assert by_series.act == "reference given"
    assert by_series.what == "from the series 17-09100 to 17-09104"
    assert by_series.actor == Account("kari")


def test_whose_a_reference_is_can_be_asked_across_rounds(ledger):
    ledger.give_references("2018", ["0214", "2011"], SERIES, {})
    ledger.give_references("2018-2", ["0214"], SERIES, {})

    holder = ledger.find_reference("17-09102")

    assert holder is not None
    assert (holder.round, holder.municipality) == ("2018-2", "0214")
    assert ledger.find_reference("17-09103") is None


# -- a reference may change until its letter is approved ------------------------------------------


def test_the_archives_number_takes_the_place_of_one_of_the_series_before_any_approval(ledger):
    ledger.give_references("2018", ["0214", "0301"], SERIES, {})

    changed = ledger.give_references("2018", ["0214", "0301"], SERIES, {"0301": "17-09450"})

    assert changed == {"0214": "17-09100", "0301": "17-09450"}
    assert ledger.references("2018") == changed
    assert ledger.give_references("2018", ["0301"], SERIES, {}) == {"0301": "17-09450"}
    (*_, event) = ledger.events("2018", "0301")
    assert (event.act, event.reference) == ("reference changed", "17-09450")
    assert "in place of 17-09101, which is never used again" in event.what


def test_a_reference_given_up_is_never_used_again_not_even_by_the_one_who_had_it(ledger):
    ledger.give_references("2018", ["0301"], SERIES, {})
    ledger.give_references("2018", ["0301"], SERIES, {"0301": "17-09450"})

    assert ledger.give_references("2018", ["0214"], SERIES, {}) == {"0214": "17-09101"}
    (own,) = find_conflicts("2018", {"0301": "17-09100"}, ledger.used())
    (other,) = find_conflicts("2018", {"1601": "17-09100"}, ledger.used())
    assert "gave up the reference 17-09100 for 17-09450" in own.what
    assert own.remedy == "Write 17-09450, or leave the cell empty."
    assert "17-09100 of municipality 1601 is already used" in other.what
    with pytest.raises(FaultyInput):
        ledger.give_references("2018", ["0301"], SERIES, {"0301": "17-09100"})


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_letter_once_approved_keeps_its_reference(ledger, withdrawn):
    given = ledger.give_references("2018", ["0301"], SERIES, {})
    ledger.approve("2018", [letter("0301", given["0301"])])
    if withdrawn:
        ledger.withdraw("2018", ["0301"], "feil tall")

    with pytest.raises(FaultyInput, match="never changes once its letter was approved"):
        ledger.give_references("2018", ["0301"], SERIES, {"0301": "17-09450"})

    assert ledger.references("2018") == given


def test_nothing_is_recorded_under_a_reference_that_was_given_up(ledger):
    given = ledger.give_references("2018", ["0301"], SERIES, {})
    ledger.give_references("2018", ["0301"], SERIES, {"0301": "17-09450"})

    with pytest.raises(ValueError, match="17-09100 was not given"):
        ledger.approve("2018", [letter("0301", given["0301"])])


some_numbers = st.lists(st.sampled_from(["0101", "0214", "0301", "1601", "1902", "5001"]))
some_references = st.dictionaries(
    st.sampled_from(["0214", "0301", "1902"]),
    st.sampled_from(["17-00001", "17-00002", "17-00007", "16-00001"]),
)
calls = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), some_numbers, some_references))


@settings(max_examples=25, deadline=None)
@given(calls)
def test_whatever_the_calls_each_reference_has_one_holder_and_keeps_it(calls):
    series = Series("17-00001", "17-00009")
    holders: dict[str, tuple[str, str]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger(Path(folder) / "l", lambda: datetime.now(UTC), Actor("kari"), new=True) as ledger,
    ):
        for round_name, numbers, in_allocation in calls:
            asked = (round_name, numbers, series, in_allocation)
            before = {name: ledger.references(name) for name in "abc"}
            try:
                expected = expected_references(*asked, ledger.used())
                given = ledger.give_references(*asked)
            except BrevgenError:
                assert {name: ledger.references(name) for name in "abc"} == before
                with pytest.raises(BrevgenError):
                    ledger.give_references(*asked)
                continue
            assert given == expected
            assert given.keys() == set(numbers)
            for number, reference in given.items():
                holder = (round_name, number)
                assert holders.setdefault(reference, holder) == holder
                had = before[round_name].get(number, reference)
                assert reference in (had, in_allocation.get(number))
                from_allocation = reference in ("16-00001", in_allocation.get(number))
                assert from_allocation or reference in series
        kept = {each: (of.round, of.municipality) for each, of in ledger.used().items()}
    assert kept == holders
