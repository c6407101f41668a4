"""`round.toml`: every key is needed, every key is known, and every fault is told at its place."""

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from brevgen.findings import Findings, Place
from brevgen.settings.round import Round
from brevgen.settings.round_file import read_round
from brevgen.settings.workspace import Settings
from tests.support.samples import KINDS, ROOT

Result = tuple[Round | None, Findings]
Read = Callable[..., Result]

GOOD = (ROOT / "data/rounds/2018/round.toml").read_text(encoding="utf-8")
REGION = "offices.IMDi Øst"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a `round.toml` of this text: the round and what was found."""

    def read_text(text: str | bytes, encoding: str = "utf-8") -> Result:
        path = tmp_path / "round.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        findings = Findings()
        return read_round(path, findings, shown_as="round.toml", kinds=KINDS), findings

    return read_text


def with_key(key: str, value: str, text: str = GOOD) -> str:
    """The round of 2018 with another value for the first key of that name."""
    changed, found = re.subn(
        rf"^{key} = .*$", lambda _: f"{key} = {value}", text, count=1, flags=re.MULTILINE
    )
    assert found, key
    return changed


def without_key(key: str, text: str = GOOD) -> str:
    changed, found = re.subn(rf"^{key} = .*\n", "", text, count=1, flags=re.MULTILINE)
    assert found, key
    return changed


def faulty_keys(result: Result) -> list[str]:
    round_, findings = result
    assert round_ is None
    assert {fault.place.file for fault in findings.faults} == {"round.toml"}
    assert not findings.warnings
    return [fault.place.column for fault in findings.faults]


def only_fault(result: Result) -> str:
    assert len(faulty_keys(result)) == 1
    return str(result[1].faults[0])


def good(result: Result) -> Round:
    round_, findings = result
    assert findings.items == []
    assert round_ is not None
    return round_


def office(round_: Round, region: str = "", county: str = "") -> Any:
    """The office of a region and county, which may be None."""
    return round_.office(region=region, county=county)


def test_the_round_of_2018_is_read_as_it_was(read: Read) -> None:
    round_ = good(read(GOOD))

    assert round_.kind == "request"
    assert (round_.letter_date, round_.last_day) == (date(2017, 11, 6), date(2018, 1, 6))
    assert round_.register_day == date(2018, 1, 1)
    assert round_.distribution.nb == ("Ordfører", "Rådmann")
    assert office(round_, "IMDi Øst").signatory == "Hege Aspelund"
    assert (len(round_.series), "17-09235" in round_.series) == (400, True)


@pytest.mark.parametrize(
    ("key", "place", "meant"),
    [
        ("total", "national.total", "refugees in the whole country"),
        ("first", "references.first", "the lowest reference"),
        ("criteria", "background.nb.criteria", "what the allocation rests on"),
    ],
)
def test_what_is_left_empty_is_told_with_what_belongs_there(
    read: Read, key: str, place: str, meant: str
) -> None:
    told = only_fault(read(with_key(key, '""')))
    assert told.startswith(f"round.toml, {place}: There is no value yet. Fill it in: {meant}")


def test_how_letters_are_sent_has_defaults_and_takes_only_yes_or_no(read: Read) -> None:
    assert not good(read(GOOD)).dispatch.mailbox_always
    assert not good(read(GOOD)).dispatch.attach_docx
    both = "\n[dispatch]\nmailbox_always = true\nattach_docx = true\n"
    assert good(read(GOOD + both)).dispatch.mailbox_always
    assert good(read(GOOD + both)).dispatch.attach_docx
    for key in ("mailbox_always", "attach_docx"):
        assert faulty_keys(read(f'{GOOD}\n[dispatch]\n{key} = "no"\n')) == [f"dispatch.{key}"]


@pytest.mark.parametrize(
    "key",
    [
        *("kind", "settlement_year", "letter_date", "deadline", "neutral_written_form"),
        *("national.total", "national.minors", "national.municipalities", "national.minimum"),
        *("answers.to", "answers.copy_to", "answers.web", "references.first", "references.last"),
        *("distribution.nb", "distribution.nn"),
        *("background.nb.need", "background.nb.share", "background.nb.criteria"),
        *(f"{REGION}.name", f"{REGION}.title"),
    ],
)
def test_a_missing_key_is_a_fault_by_its_whole_name(read: Read, key: str) -> None:
    assert faulty_keys(read(without_key(key.rpartition(".")[2]))) == [key]


@pytest.mark.parametrize(
    "table", ["distribution", "national", "answers", "references", "background.nb", "background.nn"]
)
def test_a_missing_table_is_a_fault_by_its_name(read: Read, table: str) -> None:
    text = re.sub(rf"^\[{re.escape(table)}\]\n(.+\n)*", "", GOOD, flags=re.MULTILINE)

    assert faulty_keys(read(text)) == [table]


@pytest.mark.parametrize(
    ("after", "key"),
    [
        ("", "colour"),
        ("[national]\n", "national.colour"),
        ("[background.nn]\n", "background.nn.colour"),
        ('[offices."IMDi Øst"]\n', f"{REGION}.colour"),
    ],
)
def test_a_key_that_nobody_reads_is_a_fault(read: Read, after: str, key: str) -> None:
    text = GOOD.replace(after, after + 'colour = "blue"\n', 1)

    assert faulty_keys(read(text)) == [key]
    assert "The key is not known." in only_fault(read(text))


@pytest.mark.parametrize(
    ("key", "value", "faulty"),
    [
        ("kind", '"Request"', "kind"),
        ("kind", '"../request"', "kind"),
        ("kind", "1", "kind"),
        ("settlement_year", "1918", "settlement_year"),
        ("settlement_year", '"2018"', "settlement_year"),
        ("settlement_year", "2018.0", "settlement_year"),
        ("letter_date", '"2017-11-06"', "letter_date"),
        ("letter_date", "1509926400", "letter_date"),
        ("letter_date", "2017-11-06T00:00:00", "letter_date"),
        ("letter_date", "9999-12-31", "letter_date"),
        ("neutral_written_form", '"bokmål"', "neutral_written_form"),
        ("nb", '["Ordfører"]', "distribution"),
        ("nb", '["Ordfører", "Rådmann", "Arkiv"]', "distribution"),
        ("nb", "[]", "distribution"),
        ("nb", '["Ordfører", ""]', "distribution.nb.1"),
        ("nb", '"Ordfører"', "distribution.nb"),
        ("total", "-1", "national.total"),
        ("total", '"4400"', "national.total"),
        ("total", "4400.0", "national.total"),
        ("total", "true", "national.total"),
        ("to", '"post"', "answers.to"),
        ("to", '"post@imdi.example, rad@imdi.example"', "answers.to"),
        ("to", '"post@imdi.example\\r\\nBcc: x@y.example"', "answers.to"),
        ("web", '"http://www.imdi.no/"', "answers.web"),
        ("web", '"https://"', "answers.web"),
        ("web", '"https://imdi"', "answers.web"),
        ("web", '"https://www.imdi.no/a b"', "answers.web"),
        ("web", '"https://www.imdi.no/\\n"', "answers.web"),
        ("web", '"javascript:alert(1)"', "answers.web"),
        ("first", '"17-9100"', "references"),
        ("first", '"17-09999"', "references"),
        ("last", '"18-09499"', "references"),
        ("need", '""', "background.nb.need"),
        ("need", '" "', "background.nb.need"),
        ("need", '"To\\nlinjer"', "background.nb.need"),
        ("need", '"To\\u2028linjer"', "background.nb.need"),
        ("need", '"Snudd \\u202eom"', "background.nb.need"),
        ("need", '"Uten tegn \\uFFFE"', "background.nb.need"),
        ("need", f'"{"a" * 2001}"', "background.nb.need"),
        ("name", "1", f"{REGION}.name"),
        ("title", '"regiondirektør"', f"{REGION}.title"),
        ("title", '{ nb = "regiondirektør" }', f"{REGION}.title.nn"),
        ("signatory", "1", f"{REGION}.signatory"),
        ("signatory", '"Hege\\nAspelund"', f"{REGION}.signatory"),
        ("signatory", '"Hege"\nemail = "hege"', f"{REGION}.email"),
        ("signatory", '"Hege"\ntelephone = 40001960', f"{REGION}.telephone"),
    ],
)
def test_a_value_that_will_not_do_is_one_fault_at_its_key(
    read: Read, key: str, value: str, faulty: str
) -> None:
    fault = only_fault(read(with_key(key, value)))

    assert fault.startswith(f"round.toml, {faulty}: ")
    assert ".." not in fault.replace("../", "")


def test_what_is_not_known_of_an_office_may_be_left_out_or_left_empty(read: Read) -> None:
    text = with_key("signatory", '""\ntelephone = ""\nemail = ""')

    unknown = office(good(read(text)), "IMDi Øst")

    assert (unknown.signatory, unknown.telephone, unknown.email) == ("", "", "")
    assert office(good(read(without_key("signatory"))), "IMDi Øst") == unknown


def test_every_fault_is_told_not_only_the_first(read: Read) -> None:
    text = with_key("settlement_year", "1", with_key("total", "-1", without_key("minors")))
    text = with_key("deadline", '"soon"', with_key("first", '"x"', text)) + "\n[colour]\n"

    assert set(faulty_keys(read(text))) == {
        *("settlement_year", "deadline", "national.total", "national.minors", "references"),
        "colour",
    }


def test_where_the_kind_is_not_known_all_that_no_kind_tells_is_still_checked(read: Read) -> None:
    text = with_key("kind", '"reqest"', with_key("total", "-1", with_key("first", '"x"')))

    assert faulty_keys(read(text)) == ["references"]
    assert only_fault(read(with_key("kind", '"reqest"'))) == (
        "round.toml, kind: There are no templates for the kind “reqest”. There are: extension,"
        " not-asked, notice, receipt, reminder, request, revised, supplement."
    )


# -- the file itself ------------------------------------------------------------------------------


def test_a_slip_in_the_toml_is_a_fault_at_its_line(read: Read) -> None:
    fault = only_fault(read('kind = "request"\nsettlement_year =\n'))

    assert fault.startswith("round.toml, line 2: The file is not valid TOML")
    assert "missing quote" in fault


@pytest.mark.parametrize("text", ["=", 'kind = "', f"kind = {'9' * 5000}", f"kind = {'[' * 5000}"])
def test_what_is_no_toml_is_a_fault_and_never_more(read: Read, text: str) -> None:
    assert "not valid TOML" in only_fault(read(text))


def test_a_file_that_is_not_utf_8_is_a_fault(read: Read) -> None:
    assert "not UTF-8" in only_fault(read(GOOD, encoding="latin-1"))


def test_the_mark_that_windows_puts_before_a_text_does_no_harm(read: Read) -> None:
    good(read(GOOD, encoding="utf-8-sig"))


def test_a_file_that_is_much_too_large_is_a_fault(read: Read) -> None:
    assert "larger than 64 kB" in only_fault(read(GOOD + "#" * 1_000_000))


def test_a_missing_file_and_a_folder_are_faults(tmp_path: Path) -> None:
    findings = Findings()

    assert read_round(tmp_path / "none.toml", findings, shown_as="none.toml", kinds=KINDS) is None
    assert read_round(tmp_path, findings, shown_as="folder", kinds=KINDS) is None

    assert [fault.place for fault in findings.faults] == [Place("none.toml"), Place("folder")]
    assert "no such file" in str(findings.faults[0])
    assert "folder, not a file" in str(findings.faults[1])


toml_values = st.recursive(
    st.one_of(
        st.integers(-(10**30), 10**30).map(str),
        st.floats().map(lambda x: f"{x!r}".replace("e+", "e")),
        st.booleans().map(lambda b: str(b).lower()),
        st.dates(min_value=date(1, 1, 1)).map(date.isoformat),
        st.datetimes().map(datetime.isoformat),
        st.text(max_size=20).map(
            lambda t: (
                '"' + "".join(f"\\U{ord(c):08x}" for c in t if not "\ud800" <= c < "\ue000") + '"'
            )
        ),
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(inner, max_size=2).map(
            lambda items: "{" + ", ".join(f"nb{i} = {item}" for i, item in enumerate(items)) + "}"
        )
    ),
    max_leaves=4,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(sorted(set(re.findall(r"^(\w+) = ", GOOD, flags=re.MULTILINE)))),
    value=toml_values,
)
def test_any_value_of_any_key_is_accepted_or_a_fault_at_that_key(
    read: Read, key: str, value: str
) -> None:
    round_, findings = read(with_key(key, value))

    assert (round_ is None) == bool(findings.faults)
    for fault in findings.faults:
        assert key in fault.place.column.split(".") or fault.place.column in (
            *("distribution", "references"),
        )
    if round_ is not None:
        assert round_.last_day is not None
        assert 2016 <= round_.last_day.year <= 2200


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50
)
@given(st.text())
def test_any_text_is_a_round_or_a_fault(read: Read, text: str) -> None:
    round_, findings = read(text.encode(errors="surrogatepass"))

    assert round_ is None
    assert findings.faults


# -- the deadline ---------------------------------------------------------------------------------


def last_day(read: Read, letter_date: object, deadline: str) -> date:
    text = with_key("letter_date", f"{letter_date}", with_key("deadline", deadline))
    day = good(read(text)).last_day
    assert day is not None
    return day


@pytest.mark.parametrize(
    ("letter_date", "deadline", "expected"),
    [
        ("2017-11-06", '"2 months"', date(2018, 1, 6)),
        ("2017-11-06", '"1 month"', date(2017, 12, 6)),
        ("2017-11-06", '"6 weeks"', date(2017, 12, 18)),
        ("2017-11-06", '"30 days"', date(2017, 12, 6)),
        ("2017-11-06", '"1 day"', date(2017, 11, 7)),
        ("2017-11-06", "2018-01-06", date(2018, 1, 6)),
        ("2017-12-31", '"2 months"', date(2018, 2, 28)),
        ("2019-12-31", '"2 months"', date(2020, 2, 29)),
        ("2017-12-30", '"2 months"', date(2018, 2, 28)),
        ("2018-01-31", '"1 month"', date(2018, 2, 28)),
        ("2018-03-31", '"1 month"', date(2018, 4, 30)),
        ("2020-02-29", '"12 months"', date(2021, 2, 28)),
    ],
)
def test_the_deadline_is_a_day_or_so_long_after_the_letter(
    read: Read, letter_date: object, deadline: str, expected: date
) -> None:
    assert last_day(read, letter_date, deadline) == expected


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)
@given(st.dates(date(2016, 1, 1), date(2100, 12, 31)), st.integers(1, 999))
@example(date(2100, 12, 31), 999)
def test_months_end_on_the_same_day_or_on_the_last_day_of_a_shorter_month(
    read: Read, sent: date, months: int
) -> None:
    year, month = divmod(sent.year * 12 + sent.month - 1 + months, 12)
    longest = calendar.monthrange(year, month + 1)[1]

    expected = date(year, month + 1, min(sent.day, longest))

    assert last_day(read, sent, f'"{months} months"') == expected


@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30
)
@given(st.dates(date(2016, 1, 1), date(2100, 12, 31)), st.integers(1, 999))
def test_a_week_is_seven_days(read: Read, sent: date, count: int) -> None:
    weeks = last_day(read, sent, f'"{count} weeks"')

    assert (weeks - sent).days == 7 * count
    assert (last_day(read, sent, f'"{count} days"') - sent).days == count


@pytest.mark.parametrize(
    "deadline",
    [
        *('""', '"soon"', '"2"', '"months"', '"2months"', '"2  months"', '"2 months "', '"0 days"'),
        *('"-2 months"', '"2.5 months"', '"1000 days"', '"２ months"', '"2 monthss"', '"2 Months"'),
        *('"2 years"', '"2 måneder"', '"2018-01-06"', '"06.01.2018"', f'"{"9" * 5000} days"'),
        *("2", "2.0", "true", "[2]", "{}", "2018-01-06T12:00:00Z", "12:00:00", "0001-01-01"),
    ],
)
def test_a_deadline_that_means_no_day_is_a_fault_at_its_key(read: Read, deadline: str) -> None:
    assert faulty_keys(read(with_key("deadline", deadline))) == ["deadline"]


def test_a_deadline_in_quotes_is_told_how_a_date_is_written(read: Read) -> None:
    fault = only_fault(read(with_key("deadline", '"2018-01-06"')))

    assert "“2018-01-06” is neither a date, such as 2018-01-06 without quotes, nor a span" in fault


# -- offices --------------------------------------------------------------------------------------

NATIONAL = '\n[offices.national]\nname = "IMDi"\ntitle = { nb = "direktør", nn = "direktør" }\n'


def by_counties(key: str, *counties: str) -> str:
    listed = ", ".join(f'"{county}"' for county in counties)
    return (
        f'\n[offices."{key}"]\nname = "{key}"\ncounties = [{listed}]\n'
        'title = { nb = "direktør", nn = "direktør" }\n'
    )


def test_a_region_without_an_office_has_the_national_one_if_there_is_one(read: Read) -> None:
    assert office(good(read(GOOD)), "IMDi Nordvest") is None
    assert office(good(read(GOOD + NATIONAL)), "IMDi Nordvest").name == "IMDi"
    assert office(good(read(GOOD + NATIONAL)), "IMDi Nord").name == "IMDi Region Nord"


def test_an_office_by_county_comes_before_that_of_the_region_and_the_national_one(
    read: Read,
) -> None:
    round_ = good(read(GOOD + NATIONAL + by_counties("Viken", "Akershus", "Oslo")))

    assert office(round_, "IMDi Øst", "Oslo").name == "Viken"
    assert office(round_, "", "Akershus").name == "Viken"
    assert office(round_, "IMDi Øst", "Østfold").name == "IMDi Region Øst"
    assert office(round_, "", "Østfold").name == "IMDi"


def test_a_county_in_two_offices_is_a_fault_that_names_both(read: Read) -> None:
    text = GOOD + by_counties("Viken", "Akershus", "Oslo") + by_counties("Byen", "oslo")

    assert faulty_keys(read(text)) == ["offices"]
    assert "The county oslo stands under “Viken” and under “Byen”; keep one." in only_fault(
        read(text)
    )


# -- sums -----------------------------------------------------------------------------------------


def test_a_round_may_have_sums_of_its_own(read: Read) -> None:
    round_ = good(read(GOOD + "\n[sums]\nasked = 90\n"))

    assert round_.sums is not None
    assert round_.sums.model_dump(exclude_none=True) == {"asked": 90}
    assert round_.national.total == 4400
    assert good(read(GOOD)).sums is None


def test_a_table_of_sums_without_any_is_a_fault(read: Read) -> None:
    assert faulty_keys(read(GOOD + "\n[sums]\n")) == ["sums"]


# -- copies ---------------------------------------------------------------------------------------


def test_copies_go_to_addresses_or_to_somebody_with_a_name_and_a_region(read: Read) -> None:
    copies = """
[dispatch]
copies = [
    "ks@ks.example",
    { address = "oslo@imdi.example", name = "IMDi Oslo", region = "Oslo" },
]
"""
    first, second = good(read(GOOD + copies)).dispatch.copies

    assert (first.address, first.name, first.region) == ("ks@ks.example", "", "")
    assert (second.address, second.name, second.region) == (
        "oslo@imdi.example",
        "IMDi Oslo",
        "Oslo",
    )


@pytest.mark.parametrize(
    ("copies", "key"),
    [
        ('["ks"]', "dispatch.copies.0.address"),
        ('["a@b.example", "A@b.example"]', "dispatch.copies"),
        ("[1]", "dispatch.copies.0"),
        ('[{ name = "KS" }]', "dispatch.copies.0.address"),
        ('[{ address = "a@b.example", county = "Oslo" }]', "dispatch.copies.0.county"),
    ],
)
def test_copies_to_nobody_are_a_fault(read: Read, copies: str, key: str) -> None:
    assert faulty_keys(read(f"{GOOD}\n[dispatch]\ncopies = {copies}\n")) == [key]


# -- what is said of a key ------------------------------------------------------------------------


def test_a_missing_key_is_told_with_its_meaning(read: Read) -> None:
    assert only_fault(read(without_key("deadline"))).endswith(
        "The key is missing. Add it: the last day to answer: a date, or a span after the letter's"
        " date such as “2 months”, “6 weeks” or “30 days”."
    )


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("total", "4.400", "Write a whole number, without quotes, dots or blanks, such as 4400."),
        ("total", '"4400"', "Write a whole number, without quotes, dots or blanks, such as 4400."),
        ("signatory", "1", "Write it in straight quotes."),
        ("nb", '"Ordfører"', 'Write a list, such as ["Oslo", "Akershus"].'),
        ("title", '"direktør"', "Write it as a table, with a key for each part."),
        ("signatory", '"Hege"\n[dispatch]\nattach_docx = "no"', "Write true or false, without"),
    ],
)
def test_a_value_of_another_type_is_told_with_how_it_is_written(
    read: Read, key: str, value: str, remedy: str
) -> None:
    _, findings = read(with_key(key, value))

    assert any(remedy in fault.remedy for fault in findings.faults), findings.faults


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ("[answers]\ncopyto = 1", "Remove it, or write “copy_to” if that is meant."),
        (
            '[offices."IMDi Øst"]\nfone = 1',
            "Remove it; the keys here are name, counties, signatory",
        ),
        ("[dispatch]\nmailbox_allways = true", "or write “mailbox_always” if that is meant."),
    ],
)
def test_an_unknown_key_is_told_with_those_that_are_known(
    read: Read, wrong: str, remedy: str
) -> None:
    table = wrong.partition("\n")[0]
    text = GOOD.replace(table, wrong) if table in GOOD else f"{GOOD}\n{wrong}\n"

    assert remedy in only_fault(read(text))


def all_keys(model: type[BaseModel]) -> Iterator[tuple[str, str | None]]:
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{name}", field.description
        for table in tables_in(field.annotation):
            yield from all_keys(table)


def tables_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [table for inner in get_args(annotation) for table in tables_in(inner)]


@pytest.mark.parametrize("model", [Round, Settings])
def test_every_key_has_a_description_that_can_follow_a_colon(model: type[BaseModel]) -> None:
    described = dict(all_keys(model))

    assert len(described) > 20
    for key, description in described.items():
        assert description, key
        assert not description.endswith("."), key
