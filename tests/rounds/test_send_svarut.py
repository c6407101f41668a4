"""A round that goes through SvarUt: what leaves, what is found out, what is heard afterwards."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brevgen.actor import Actor
from brevgen.errors import PartlyDone, Refused
from brevgen.findings import FaultyInput
from brevgen.rounds import send
from brevgen.rounds.follow_up import FollowedUp, follow_up
from brevgen.rounds.post import NothingToSend, Post, line_up_post
from brevgen.rounds.rehearse import rehearse
from brevgen.rounds.send import Sent
from brevgen.rounds.send_again import order_again
from brevgen.rounds.session import RoundSession
from brevgen.rounds.settle import settle
from brevgen.rounds.status import status
from brevgen.rounds.way_out import Means, folder_for_portal, way_out
from tests.support import made_rounds
from tests.support.sending import send_round, server
from tests.support.sessions import session, silent
from tests.support.svarut_rounds import (
    AS,
    BAERUM,
    entries,
    never,
    see_that_they_agree,
    stub,
    use_svarut,
    way,
)
from tests.support.svarut_stub import SvarUt

SIX = {"0214", "0219", "0834", "1515", "1940", "2011"}


@pytest.fixture
def place(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters."""
    return made_rounds.copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def there(place: Path) -> Iterator[SvarUt]:
    with stub(lateness=1.5) as found:
        use_svarut(place, found, timeout=1, last_timeout=1)
        yield found


@pytest.fixture
def opened(place: Path, there: SvarUt) -> Iterator[RoundSession]:
    with session(place, account="kari") as found:
        found.go_by("svarut")
        yield found


def run(
    opened: RoundSession,
    agree: Callable[[Post], bool] = lambda post: True,
    sleep: Callable[[float], object] = lambda seconds: None,
) -> Sent:
    return send.send(
        opened,
        opened.choose(),
        channel=way(opened.workspace.root, sleep=sleep),
        agree=agree,
        sleep=sleep,
        progress=silent,
    )


def ask(opened: RoundSession) -> FollowedUp:
    return follow_up(opened, way(opened.workspace.root, sleep=never))


def words(opened: RoundSession, number: str) -> list[tuple[str, str]]:
    opened.forget()
    (letter,) = (each for each in opened.letters() if each.number == number)
    return [(each.state, each.words) for each in letter.addressees]


# -- what leaves ----------------------------------------------------------------------------------


def test_each_municipality_gets_one_letter_by_its_number(
    opened: RoundSession, there: SvarUt
) -> None:
    assert run(opened, sleep=never).counts == {"sent": 6}
    states = see_that_they_agree(opened.workspace.root, "trial", there)
    assert list(states.values()) == ["sent"] * 6
    assert {AS, BAERUM} <= states.keys()
    assert all(
        each.told_id in there.kept for each in entries(opened.workspace.root, "trial").values()
    )
    assert {each.state for each in opened.letters()} == {"sent"}
    assert run(opened).counts == {}


def test_nobody_outside_of_the_allowed_numbers_is_written_to(
    place: Path, there: SvarUt, opened: RoundSession
) -> None:
    use_svarut(place, there, environment="test")
    with session(place) as again:
        again.go_by("svarut")
        with pytest.raises(Refused, match="may not be written to in the environment test") as all_:
            run(again)
        assert str(all_.value).count("\n") == 6
    use_svarut(place, there, environment="test", allowed_numbers=[AS])
    with session(place) as again:
        again.go_by("svarut")
        post = line_up_post(again, {"0214"}, for_real=True, named=True)
        assert [each.addressee.recipient.organisation_number for each in post.to_send] == [AS]
    assert there.kept == {}


def test_without_settings_nothing_can_go_there(place: Path, sealed_trial: Path) -> None:
    with session(place) as bare:
        bare.go_by("svarut")
        with pytest.raises(FaultyInput, match=r"no table \[channels.svarut\]"):
            line_up_post(bare, SIX, for_real=True, named=False)


def test_the_rounds_settings_name_the_way(place: Path, there: SvarUt) -> None:
    file = place / "data" / "rounds" / "trial" / "round.toml"
    text = file.read_text(encoding="utf-8")
    assert "[dispatch]" not in text
    file.write_text(f'{text}\n[dispatch]\nchannel = "svarut"\n', encoding="utf-8")
    with session(place) as again:
        assert again.channel == "svarut"
        assert run(again, sleep=never).counts == {"sent": 6}


def test_whoever_has_it_by_mail_does_not_get_it_here_too(
    opened: RoundSession, there: SvarUt
) -> None:
    opened.go_by("mail")
    with server() as (_, mail):
        assert send_round(opened, mail, ["0214"]).counts == {"sent": 2}
    opened.go_by("svarut")
    assert run(opened, sleep=never).counts == {"sent": 5}
    assert AS not in see_that_they_agree_by_number(there)
    opened.go_by("mail")
    with server() as (office, mail):
        assert send_round(opened, mail).counts == {}
    assert office.mailbox == []


def see_that_they_agree_by_number(there: SvarUt) -> set[str]:
    return {each.to for each in there.kept.values()}


def test_copies_go_to_organisations_that_the_round_names(place: Path, there: SvarUt) -> None:
    file = place / "data" / "rounds" / "trial" / "round.toml"
    text = file.read_text(encoding="utf-8")
    copy = '{ address = "ks@ks.example", name = "KS"'
    file.write_text(f"{text}\n[dispatch]\ncopies = [{copy} }}]\n", encoding="utf-8")
    with session(place) as again:
        again.go_by("svarut")
        with pytest.raises(Refused, match="KS has no organisation number"):
            run(again)
    number = "971032146"
    file.write_text(
        f'{text}\n[dispatch]\ncopies = [{copy}, organisation_number = "{number}" }}]\n',
        encoding="utf-8",
    )
    with session(place) as again:
        again.go_by("svarut")
        assert run(again, sleep=never).counts == {"sent": 12}
    to_ks = [each for each in there.kept.values() if each.to == number]
    assert {each.told["mottaker"]["navn"] for each in to_ks} == {"KS"}


# -- when it goes wrong ---------------------------------------------------------------------------


def test_what_is_not_taken_now_is_tried_again_after_growing_pauses(
    opened: RoundSession, there: SvarUt
) -> None:
    slept: list[float] = []
    there.ruling.on_post = lambda reference, attempt: "503" if attempt < 3 else ""
    run(opened, sleep=slept.append)
    assert 30 in slept
    assert 120 in slept
    run(opened)
    states = see_that_they_agree(opened.workspace.root, "trial", there)
    assert set(states.values()) == {"sent"}


def test_what_is_uncertain_is_asked_about_before_anything_leaves(
    opened: RoundSession, there: SvarUt
) -> None:
    there.ruling.on_post = lambda reference, attempt: "cut after" if AS in reference else ""
    there.ruling.on_question = lambda path: "500" if there.kept else ""
    assert run(opened).counts["uncertain"] == 1
    assert [state for state, _ in words(opened, "0214")] == ["uncertain"]
    there.ruling.on_post = lambda reference, attempt: ""
    there.ruling.on_question = lambda path: ""
    run(opened)
    states = see_that_they_agree(opened.workspace.root, "trial", there)
    assert list(states.values()) == ["sent"] * 6
    assert there.attempts[next(r for r in there.attempts if AS in r)] == 1


def test_what_is_uncertain_and_not_there_is_sent_now(opened: RoundSession, there: SvarUt) -> None:
    questions: list[str] = []

    def fail_after_the_post(path: str) -> str:
        questions.append(path)
        return "500" if there.attempts and not there.kept else ""

    there.ruling.on_post = lambda reference, attempt: "cut before" if attempt == 1 else ""
    there.ruling.on_question = fail_after_the_post
    assert run(opened).counts["uncertain"] >= 1
    there.ruling.on_question = lambda path: ""
    there.ruling.on_post = lambda reference, attempt: ""
    run(opened)
    states = see_that_they_agree(opened.workspace.root, "trial", there)
    assert list(states.values()) == ["sent"] * 6


def test_a_refusal_that_all_meet_is_about_us(opened: RoundSession, there: SvarUt) -> None:
    there.ruling.on_post = lambda reference, attempt: "403" if attempt else ""
    with pytest.raises(PartlyDone, match="SvarUt does not let us in"):
        run(opened)
    there.ruling.on_post = lambda reference, attempt: "400"
    with pytest.raises(PartlyDone, match=r"(?s)last 3 letters were refused.*channels.svarut"):
        run(opened)
    opened.forget()
    assert {each.state for each in opened.letters()} == {"final"}


def test_a_refusal_of_one_is_its_own(opened: RoundSession, there: SvarUt) -> None:
    there.ruling.on_post = lambda reference, attempt: "400" if AS in reference else ""
    assert run(opened).counts == {"refused": 1, "sent": 5}
    assert words(opened, "0214") == [("refused", "400 told to æøå")]
    (line,) = (each for each in status(opened).letters if each.number == "0214")
    assert "--settle 0214 resend" in line.recipients[0].advice


# -- what is heard afterwards ---------------------------------------------------------------------


def test_states_are_receipts_and_final_ones_end_the_asking(
    opened: RoundSession, there: SvarUt
) -> None:
    run(opened, sleep=never)
    found = ask(opened)
    assert (found.asked, len(found.news), found.open) == (6, 6, 6)
    assert ask(opened).news == ()
    for each in there.kept.values():
        each.state = "LEST" if each.to == AS else "VARSLET"
    found = ask(opened)
    assert (len(found.news), found.open) == (6, 5)
    assert words(opened, "0214") == [("sent", "read by the receiver on 2017-11-06 09:33 UTC")]
    assert ask(opened).asked == 5
    report = (opened.workspace.output("trial") / "report.csv").read_text(encoding="utf-8-sig")
    assert f"Kommunen {AS}" in report


def test_what_was_not_delivered_is_refused_and_may_be_sent_again(
    opened: RoundSession, there: SvarUt
) -> None:
    run(opened, sleep=never)
    (first,) = (each for each in there.kept.values() if each.to == AS)
    first.state = "IKKE_LEVERT"
    news = {each.letter: each for each in ask(opened).news}
    assert news["0214 Ås"].state == "refused"
    assert words(opened, "0214")[0][0] == "refused"
    settle(opened, "0214", "resend")
    assert run(opened, sleep=never).counts == {"sent": 1}
    assert len([each for each in there.kept.values() if each.to == AS]) == 2


def test_what_was_not_delivered_is_told_also_where_the_round_names_no_way(
    opened: RoundSession, there: SvarUt, place: Path
) -> None:
    run(opened, sleep=never)
    (first,) = (each for each in there.kept.values() if each.to == AS)
    first.state = "IKKE_LEVERT"
    ask(opened)
    with session(place) as by_mail:
        found = dict(words(by_mail, "0214"))
        assert found["refused"].startswith("not delivered, says SvarUt")
        assert "to send" in found
        settle(by_mail, "0214", "delivered", "i posten")
        assert [state for state, _ in words(by_mail, "0214")] == ["reached otherwise"]


def test_asking_works_whatever_the_spreadsheet_is_like(
    opened: RoundSession, there: SvarUt, place: Path
) -> None:
    run(opened, sleep=never)
    (place / "data" / "rounds" / "trial" / "allocation.csv").write_text("nothing", encoding="utf-8")
    with session(place) as again:
        assert again.has_faults
        assert len(ask(again).news) == 6


def test_who_may_not_follow_up_may_not_ask(place: Path, there: SvarUt) -> None:
    with session(place) as asked:
        asked.actor = Actor("gjest", roles=("make",))
        with pytest.raises(Refused):
            ask(asked)


def test_a_round_that_went_by_mail_cannot_be_asked_about(opened: RoundSession) -> None:
    with pytest.raises(Refused, match="No letter of the round trial went through SvarUt"):
        ask(opened)


def test_a_letter_is_sent_once_more_where_a_person_orders_it(
    opened: RoundSession, there: SvarUt
) -> None:
    run(opened, sleep=never)
    ordered = order_again(opened, "0214", "they deleted it")
    assert (ordered.numbers, ordered.messages) == (("0214",), 1)
    assert run(opened, sleep=never).counts == {"sent": 1}
    assert len([each for each in there.kept.values() if each.to == AS]) == 2


# -- by hand --------------------------------------------------------------------------------------


def files(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


def test_the_folder_holds_what_the_network_would_carry(
    opened: RoundSession, there: SvarUt, place: Path
) -> None:
    post = line_up_post(opened, SIX, for_real=True, named=False)
    rehearse(opened, post, progress=silent)
    folder = place / "output" / "trial" / "svarut-trial"
    first = files(folder)
    assert len(first) == 13
    rehearse(opened, post, progress=silent)
    assert files(folder) == first
    rows = list(
        csv.DictReader(io.StringIO(first["adresseliste.csv"].decode("utf-8-sig")), delimiter=";")
    )
    assert rows[0]["navn"] == "Ås kommune"
    run(opened, sleep=never)
    told = {each.to: each.told for each in there.kept.values()}
    for row in rows:
        (described,) = folder.glob(f"*-{row['organisasjonsnummer']}.json")
        assert json.loads(described.read_bytes()) == told[row["organisasjonsnummer"]]
        assert (folder / row["filer"]).is_file()


def test_what_is_uploaded_by_hand_a_person_settles(opened: RoundSession, there: SvarUt) -> None:
    opened.go_by("svarut-folder")
    done = send.send(
        opened,
        SIX,
        channel=folder_for_portal(opened, is_counted=True),
        agree=lambda post: True,
        sleep=never,
        progress=silent,
    )
    assert done.counts == {"uncertain": 6}
    opened.go_by("svarut")
    with pytest.raises(NothingToSend):  # it may have been uploaded
        run(opened, sleep=never)
    assert there.kept == {}
    assert settle(opened, "all", "sent").messages == 6
    opened.forget()
    assert {each.state for each in opened.letters()} == {"sent"}


def test_a_round_that_stays_in_the_outbox_goes_nowhere(opened: RoundSession) -> None:
    opened.go_by("outbox")
    post = line_up_post(opened, SIX, for_real=False, named=False)
    rehearse(opened, post, progress=silent)
    assert len(list((opened.workspace.output("trial") / "outbox").iterdir())) == 12
    with pytest.raises(Refused, match="only go to the outbox folder"):
        way_out(opened, Means({}, float, opened.clock, never))
