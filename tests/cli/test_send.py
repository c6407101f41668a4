"""Sending as it is typed: what may leave, what is told, and how the commands end."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from brevgen.actor import Actor
from brevgen.channels.mail.channel import MailChannel
from brevgen.ledger.lock import round_lock
from brevgen.ledger.reader import LedgerReader
from brevgen.rounds.messages import delivery_of, writer_for
from brevgen.rounds.post import line_up_post
from tests.channels.mail.mail_samples import mail_settings
from tests.support import made_rounds
from tests.support.made_rounds import use_server
from tests.support.mail_reading import mailbox, read
from tests.support.mail_servers import DROP, unused_port
from tests.support.post_office import PostOffice, Script, Watch
from tests.support.reading import columns, page_texts, tidy
from tests.support.receipts import entries
from tests.support.running import Ran
from tests.support.samples import ROWS, make_round
from tests.support.sessions import session

Run = Callable[..., Ran]

AAS = "0214-Ås-17-09235"
MAYOR, CHIEF = "ordforer@as.kommune.example", "radmann@as.kommune.example"
LIVE = ("send", "trial", "--live", "--yes", "--recipients")


@pytest.fixture
def workspace(sealed_trial: Path, tmp_path: Path) -> Path:
    """Six sealed letters for twelve recipients."""
    return made_rounds.copied(sealed_trial, tmp_path / "workspace")


@pytest.fixture
def outbox(workspace: Path) -> Path:
    return workspace / "output" / "trial" / "outbox"


@pytest.fixture
def finals(workspace: Path) -> Path:
    return workspace / "output" / "trial" / "letters"


@contextmanager
def office(workspace: Path, watch: Watch | None = None) -> Iterator[PostOffice]:
    """A mail server, named in the settings."""
    with PostOffice(watch=watch or Script()) as opened:
        use_server(workspace, opened.port, tls="none")
        yield opened


def status(brevgen: Run) -> dict[str, dict[str, Any]]:
    return {
        each["number"]: each
        for each in json.loads(brevgen("status", "trial", "--json").out)["letters"]
    }


def states(brevgen: Run, number: str = "0214") -> tuple[str, ...]:
    """Where a letter stands, and with each of its recipients."""
    line = status(brevgen)[number]
    return line["state"], *(each["state"] for each in line["recipients"])


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def asked(old: str, new: str) -> tuple[str, ...]:
    return tuple(row.replace(old, new) for row in ROWS)


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def only_municipalities(workspace: Path) -> None:
    """Let mail go to municipalities only."""
    domains = 'allowed_domains = ["kommune.example"]'
    file = workspace / "brevgen.toml"
    text, found = re.subn(r"(?m)^allowed_domains = .*$", domains, file.read_text(encoding="utf-8"))
    assert found == 1
    file.write_text(text, encoding="utf-8")


def ledger_says(workspace: Path) -> dict[str, Any]:
    with LedgerReader(workspace / "data" / "ledger.sqlite3") as ledger:
        return ledger.deliveries("trial")


# -- rehearsals -----------------------------------------------------------------------------------


def test_without_live_the_messages_become_files_and_nothing_counts_as_sent(
    brevgen: Run, workspace: Path, outbox: Path, finals: Path
) -> None:
    ran = brevgen("send", "trial")
    assert (ran.code, ran.err) == (0, "")
    assert "12 messages written to output/trial/outbox. None has left or counts as sent." in ran.out
    assert ran.out.endswith(
        "brevgen send trial --live --redirect-to YOUR-ADDRESS --limit 3 --recipients 6\n"
    )
    assert len(names(outbox)) == 12
    assert f"{AAS}-ordfører.eml" in names(outbox)
    message = read((outbox / f"{AAS}-rådmann.eml").read_bytes())
    assert mailbox(message["To"]) == ("Rådmann i Ås kommune", CHIEF)
    _, pdf = message.parts()
    assert pdf.data() == (finals / f"{AAS}.pdf").read_bytes()
    assert "10 flyktninger" in tidy(message.words)
    assert states(brevgen) == ("final", "to send", "to send")
    assert ledger_says(workspace) == {}


def test_the_outbox_holds_the_messages_of_the_last_run_and_no_others(
    brevgen: Run, outbox: Path
) -> None:
    brevgen("send", "trial")
    ran = brevgen("send", "trial", "--only", "Ås")
    assert names(outbox) == [f"{AAS}-ordfører.eml", f"{AAS}-rådmann.eml"]
    assert "Next: look at some, then brevgen send trial --only Ås --live" in ran.out
    ran = brevgen("send", "trial", "--limit", "1", "--redirect-to", "me@imdi.example")
    assert names(outbox) == [f"{AAS}-ordfører-prøve.eml", f"{AAS}-rådmann-prøve.eml"]
    assert "--redirect-to me@imdi.example --limit 1 --recipients 2\n" in ran.out
    message = read((outbox / f"{AAS}-rådmann-prøve.eml").read_bytes())
    assert mailbox(message["To"]) == ("", "me@imdi.example")
    assert CHIEF in message.text("Subject")


def test_the_round_says_whether_word_files_and_mailboxes_are_sent_to(
    brevgen: Run, workspace: Path, outbox: Path
) -> None:
    with (workspace / "data/rounds/trial/round.toml").open("a", encoding="utf-8") as file:
        file.write("\n[dispatch]\nmailbox_always = true\nattach_docx = true\n")
    assert brevgen("send", "trial", "--only", "Ås").code == 0
    assert names(outbox) == [f"{AAS}-{who}.eml" for who in ("ordfører", "postmottak", "rådmann")]
    _, *files = read((outbox / f"{AAS}-postmottak.eml").read_bytes()).parts()
    assert [each["Content-Type"].rpartition(".")[2] for each in files] == [
        "application/pdf",
        "document",
    ]


def test_a_dry_run_shows_all_and_does_nothing(brevgen: Run, workspace: Path, outbox: Path) -> None:
    with office(workspace) as server:
        ran = brevgen(*LIVE, "12", "--dry-run")
    assert ran.code == 0
    references, whom, addresses = columns(ran.out)
    assert references == " ".join(["17-09235"] * 2 + [f"17-0910{n // 2}" for n in range(10)])
    assert whom.startswith("0214 Ås, Ordfører 0214 Ås, Rådmann 0219 Bærum, Ordfører")
    assert addresses.count("@") == 12
    assert "radmann@baerum.kommune.example" in ran.out, "no address is broken"
    assert ran.out.endswith("12 messages with 6 letters would be sent. Nothing was done.\n")
    assert server.connections == 0
    assert not outbox.exists()
    assert ledger_says(workspace) == {}


def test_letters_with_a_test_seal_are_rehearsed_but_do_not_leave(
    brevgen: Run, workspace: Path
) -> None:
    change(workspace / "brevgen.toml", 'key = "segl.p12"\npassphrase_file = "passphrase"\n', "")
    change(workspace / "data/rounds/trial/allocation.csv", "17-09235;;", "17-09235;2017/9;")
    for words in (("generate", "trial"), ("approve", "trial", "--yes", "--only", "Ås")):
        assert brevgen(*words, "--jobs", "1").code == 0
    with office(workspace) as server:
        assert brevgen("send", "trial", "--only", "Ås").code == 0
        ran = brevgen(*LIVE, "2", "--only", "Ås")
        assert ran.code == 3
        assert "not all that were named can be sent" in ran.err
        assert "- 0214 Ås: sealed with the TEST key only" in ran.err
        assert server.connections == 0
        trial = ("--redirect-to", "me@imdi.example")
        assert brevgen(*LIVE, "2", "--only", "Ås", *trial).code == 0
        assert [each.to for each in server.mailbox] == [("me@imdi.example",)] * 2
        assert brevgen(*LIVE, "10").code == 0
    assert states(brevgen) == ("final", "to send", "to send")


# -- what may leave -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code", "told"), [("trial", 0, "2 sent."), ("yes", 3, "Nothing was sent.")]
)
def test_real_mail_leaves_when_the_name_of_the_round_is_typed(
    workspace: Path, typed: str, code: int, told: str
) -> None:
    with office(workspace) as server:
        keyboard, terminal = pty.openpty()
        os.write(keyboard, f"{typed}\n".encode())
        words = ["send", "trial", "--live", "--recipients", "2", "--only", "Ås"]
        ran = subprocess.run(
            [sys.executable, "-m", "brevgen", *words],
            cwd=workspace,
            stdin=terminal,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        os.close(keyboard)
        os.close(terminal)
    assert ran.returncode == code, ran.stderr
    assert told in ran.stdout + ran.stderr
    assert "2 messages with 1 letter to the true recipients." in ran.stdout + ran.stderr
    assert len(server.mailbox) == (2 if code == 0 else 0)


@pytest.mark.parametrize("number", [[], ["--recipients", "11"], ["--recipients", "13"]])
def test_real_mail_leaves_only_if_its_number_is_said(
    brevgen: Run, workspace: Path, number: list[str]
) -> None:
    with office(workspace) as server:
        ran = brevgen("send", "trial", "--live", "--yes", *number)
    assert ran.code == 3
    assert "12 messages with 6 letters are about to leave" in ran.err
    assert "--recipients 12" in ran.err
    assert (server.connections, ledger_says(workspace)) == (0, {})


def test_where_nobody_can_be_asked_nothing_leaves(brevgen: Run, workspace: Path) -> None:
    with office(workspace) as server:
        ran = brevgen("send", "trial", "--live", "--recipients", "12")
    assert ran.code == 3
    assert "Nobody is there to be asked" in ran.err
    assert server.connections == 0


def test_one_recipient_outside_of_the_allowed_domains_stops_the_whole_and_all_are_listed(
    brevgen: Run, workspace: Path
) -> None:
    contacts = workspace / "data" / "contacts.csv"
    only_municipalities(workspace)
    change(contacts, MAYOR, "ordforer@as.post.example")
    change(contacts, "radmann@vinje.kommune.example", "radmann@vinje.post.example")
    with office(workspace) as server:
        ran = brevgen(*LIVE, "12")
    assert ran.code == 3
    assert re.findall(r"^- (.*?) is outside", ran.err, re.MULTILINE) == [
        "0214 Ås, Ordfører: ordforer@as.post.example",
        "0834 Vinje, Rådmann: radmann@vinje.post.example",
    ]
    assert server.connections == 0
    assert ledger_says(workspace) == {}


def test_a_trials_reader_must_be_in_an_allowed_domain_too(
    brevgen: Run, workspace: Path, outbox: Path
) -> None:
    only_municipalities(workspace)
    ran = brevgen("send", "trial", "--redirect-to", "me@imdi.example")
    assert ran.code == 3
    assert "me@imdi.example is outside" in ran.err
    assert not outbox.exists()


def test_a_letter_that_is_not_approved_is_left_out_and_refused_where_it_is_named(
    brevgen: Run, workspace: Path
) -> None:
    brevgen("approve", "trial", "--only", "Ås", "--withdraw", "Feil tall")
    with office(workspace) as server:
        ran = brevgen(*LIVE, "4", "--only", "Ås", "--only", "Bærum", "--only", "Vinje")
        assert ran.code == 3
        assert ran.err == (
            "Nothing was sent: not all that were named can be sent now.\n- 0214 Ås: not approved\n"
        )
        assert server.mailbox == []
        ran = brevgen(*LIVE, "10")
        assert ran.code == 0
        assert "Left out, not approved: 1 letter, 0214 Ås" in ran.out
    assert not [each for each in server.mailbox if "@as." in each.to[0]]


@pytest.mark.parametrize("harm", [lambda file: file.unlink(), lambda file: file.write_bytes(b"%")])
def test_a_file_that_is_not_the_approved_one_does_not_leave_before_it_is_put_back(
    brevgen: Run, workspace: Path, finals: Path, harm: Callable[[Path], None]
) -> None:
    harm(finals / f"{AAS}.pdf")
    with office(workspace) as server:
        ran = brevgen(*LIVE, "2", "--only", "Ås")
        assert ran.code == 3
        assert "missing or was changed: generate again" in ran.err
        brevgen("generate", "trial", "--jobs", "1")
        assert brevgen(*LIVE, "2", "--only", "Ås").code == 0
    assert len(server.mailbox) == 2


def test_the_first_letters_alone_leave_with_a_limit_and_then_the_others(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace) as server:
        ran = brevgen(*LIVE, "4", "--limit", "2")
        assert "4 sent." in ran.out
        assert {each.to[0].partition("@")[2].partition(".")[0] for each in server.mailbox} == {
            "as",
            "baerum",
        }
        assert "8 sent." in brevgen(*LIVE, "8").out
    assert {line["state"] for line in status(brevgen).values()} == {"sent"}


def test_when_all_is_sent_that_is_told_and_no_fault_unless_it_is_named(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace) as server:
        brevgen(*LIVE, "12")
        ran = brevgen(*LIVE, "12")
        assert (ran.code, ran.out) == (0, "All of these have been sent.\n")
        ran = brevgen("send", "trial", "--only", "Ås")
        assert (ran.code, "Nothing was sent: it has been sent already." in ran.err) == (3, True)
    assert len(server.mailbox) == 12


# -- what became of it ----------------------------------------------------------------------------


def test_who_refuses_is_shown_with_the_servers_words_and_can_be_sent_to_again(
    brevgen: Run, workspace: Path
) -> None:
    refusing = Script(RCPT={CHIEF: ["550 5.1.1 no such user"]})
    with office(workspace, refusing) as server:
        ran = brevgen(*LIVE, "12")
        assert ran.code == 4
        assert "11 sent, 1 refused.\n" in ran.out
        assert states(brevgen) == ("partly sent", "sent", "refused")
        shown = brevgen("status", "trial").out
        assert "Needs a person, 1 refused: put the address right in contacts.csv" in tidy(shown)
        assert re.search(
            rf"  0214 Ås, Rådmann  {CHIEF}: 550 5\.1\.1 no such user"
            r" \(\d{4}-\d\d-\d\d \d\d:\d\d\)\n",
            shown,
        )
        again = brevgen(*LIVE, "1")
        assert again.code == 3
        assert "Left out, refused: 0214 Ås, Rådmann" in again.out
        assert brevgen("send", "trial", "--settle", "Ås", "sent").code == 3
        ran = brevgen("send", "trial", "--settle", "ås", "resend")
        assert (ran.code, ran.out) == (0, "0214 Ås: 1 message to be sent again.\n")
        assert "1 sent." in brevgen(*LIVE, "1").out
    assert [each.to[0] for each in server.mailbox].count(CHIEF) == 1


@pytest.mark.parametrize(("answer", "times"), [("sent", 1), ("resend", 2)])
def test_an_uncertain_message_is_not_sent_again_before_a_person_says_so(
    brevgen: Run, workspace: Path, answer: str, times: int
) -> None:
    with office(workspace, Script(kept={CHIEF: [DROP]})) as server:
        ran = brevgen(*LIVE, "12")
        assert ran.code == 4
        assert "11 sent, 1 uncertain." in ran.out
        assert brevgen(*LIVE, "1").code == 3
        assert states(brevgen) == ("partly sent", "sent", "uncertain")
        assert brevgen("send", "trial", "--settle", "0214", answer).code == 0
        if answer == "resend":
            assert brevgen(*LIVE, "1").code == 0
    assert states(brevgen) == ("sent", "sent", "sent")
    to_chief = [each for each in server.mailbox if each.to == (CHIEF,)]
    assert len(to_chief) == times
    assert len({read(each.data)["Message-ID"] for each in to_chief}) == 1


def test_of_two_uncertain_messages_with_a_letter_one_is_settled_by_its_address(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace, Script(kept={MAYOR: [DROP], CHIEF: [DROP]})):
        brevgen(*LIVE, "2", "--only", "Ås")
    ran = brevgen("send", "trial", "--settle", CHIEF.upper(), "sent")
    assert (ran.code, ran.out) == (0, "0214 Ås: 1 message written down as sent.\n")
    assert states(brevgen) == ("partly sent", "uncertain", "sent")
    assert brevgen("send", "trial", "--settle", CHIEF, "resend").code == 3
    ran = brevgen("send", "trial", "--settle", "nobody@as.kommune.example", "sent")
    assert (ran.code, "No letter of this round went to nobody@" in ran.err) == (2, True)
    brevgen("send", "trial", "--settle", "Ås", "sent")
    assert states(brevgen) == ("sent", "sent", "sent")


def test_who_was_reached_another_way_is_written_down_in_a_persons_words(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace, Script(RCPT={CHIEF: ["550 5.1.1 no such user"]})):
        brevgen(*LIVE, "2", "--only", "Ås")
    ran = brevgen("send", "trial", "--settle", "Ås", "delivered")
    assert (ran.code, "Say how they got it" in ran.err) == (2, True)
    ran = brevgen("send", "trial", "--settle", "Ås", "delivered", "by post 3 December")
    assert (ran.code, ran.out) == (0, "0214 Ås: 1 message written down as reached otherwise.\n")
    assert states(brevgen) == ("sent", "sent", "reached otherwise")
    assert "by post 3 December" in columns(brevgen("history", "Ås", "trial").out)[-1]


def test_a_letter_is_ordered_once_more_and_leaves_with_the_next_sending(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace) as server:
        brevgen(*LIVE, "12")
        ran = brevgen("send", "trial", "--again", "Ås")
        assert (ran.code, "Say why" in ran.err) == (2, True)
        ran = brevgen("send", "trial", "--again", MAYOR, "they never got it")
        assert (ran.code, ran.out) == (
            0,
            "1 message to be sent once more. Send it with: brevgen send trial --only 0214 --live"
            " --recipients 1\n",
        )
        assert "(once more)" in tidy(brevgen("send", "trial", "--dry-run").out)
        ran = brevgen(*LIVE, "1", "--only", "0214")
        assert "1 sent.\n" in ran.out
    assert [each.to[0] for each in server.mailbox].count(MAYOR) == 2
    assert "they never got it" in columns(brevgen("history", "Ås", "trial").out)[-1]


def test_what_may_have_been_forgotten_is_told_before_the_number_is_asked_for(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace):
        ran = brevgen("send", "trial", "--live", "--yes")
    assert ran.code == 3
    assert "has passed; today is" in columns(ran.err)[1]
    assert ran.err.index("Warnings:") < ran.err.index("--recipients 12")


def test_where_the_server_refuses_all_alike_nobody_is_left_refused(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace, Script(("RCPT", ["554 relay access denied"] * 100))):
        ran = brevgen(*LIVE, "12")
    assert (ran.code, "refused in the same way: 554 relay access denied" in ran.err) == (4, True)
    assert "not about the recipients" in ran.err
    assert {each["state"] for line in status(brevgen).values() for each in line["recipients"]} == {
        "to send"
    }
    with office(workspace) as server:
        assert "12 sent.\n" in brevgen(*LIVE, "12").out
    assert len(server.mailbox) == 12


def test_whoever_interrupts_leaves_the_message_under_way_uncertain(
    brevgen: Run, workspace: Path
) -> None:
    async def interrupt(step: str, address: str) -> str:
        if (step, address) == ("kept", CHIEF):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            return DROP
        return ""

    with office(workspace, interrupt) as server:
        ran = brevgen(*LIVE, "12")
        assert ran.code == 4
        assert "the message under way is uncertain. See: brevgen status trial" in ran.err
        server.watch = Script()
        assert states(brevgen) == ("partly sent", "sent", "uncertain")
        assert brevgen(*LIVE, "10").code == 0
    assert [each.to[0] for each in server.mailbox].count(CHIEF) == 1
    assert len(server.mailbox) == 12


def begin_as_if_killed(workspace: Path) -> None:
    """Leave the message to the mayor of Ås as a command does that is killed while it sends."""
    with session(workspace, account="kari") as opened:
        first = line_up_post(opened, {"0214"}, for_real=True, named=False).to_send[0]
        consignment = writer_for(opened).consignment(first)
        message = MailChannel(mail_settings()).prepare(consignment)
        with opened.changing() as ledger:
            assert ledger.begin_sending(delivery_of(first, message.external_id, "trial"))


def test_what_a_killed_run_was_handing_over_becomes_uncertain_when_real_mail_is_sent_next(
    brevgen: Run, workspace: Path
) -> None:
    begin_as_if_killed(workspace)
    with office(workspace) as server:
        brevgen("send", "trial")
        brevgen(*LIVE, "11", "--dry-run")
        assert states(brevgen) == ("partly sent", "sending", "to send")
        ran = brevgen(*LIVE, "11")
        assert ran.code == 0
        assert "Left out, uncertain: 0214 Ås, Ordfører; find out whether it came" in ran.out
        assert states(brevgen) == ("partly sent", "uncertain", "sent")
        assert MAYOR not in {each.to[0] for each in server.mailbox}


def test_what_a_killed_run_was_handing_over_can_be_settled_at_once(
    brevgen: Run, workspace: Path
) -> None:
    begin_as_if_killed(workspace)
    assert brevgen("send", "trial", "--settle", "Ås", "resend").code == 0
    assert states(brevgen) == ("final", "to send", "to send")


def test_a_server_that_is_not_there_leaves_all_to_be_sent(
    brevgen: Run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brevgen.cli.send.sleep", lambda seconds: None)
    with unused_port() as port:
        use_server(workspace, port, tls="none")
        ran = brevgen(*LIVE, "12")
    assert ran.code == 4
    assert "12 messages still to be tried" in ran.out
    assert states(brevgen) == ("final", "failed for now", "failed for now")
    with office(workspace):
        assert "12 sent." in brevgen(*LIVE, "12").out


# -- what is sent is never changed ----------------------------------------------------------------


@pytest.fixture
def sent(brevgen: Run, workspace: Path) -> None:
    """The letter to Ås is sent to both."""
    with office(workspace):
        assert brevgen(*LIVE, "2", "--only", "Ås").code == 0


def test_a_letter_that_was_sent_stays_as_it_is_when_the_facts_change(
    brevgen: Run, workspace: Path, finals: Path, sent: None
) -> None:
    before = {file.name: file.read_bytes() for file in finals.glob("0214-*")}
    make_round(workspace, asked("Ås;10", "Ås;14"))
    brevgen("generate", "trial", "--jobs", "1")
    assert states(brevgen) == ("sent, then changed", "sent", "sent")
    assert {file.name: file.read_bytes() for file in finals.glob("0214-*")} == before
    assert list((workspace / "output/trial/drafts").glob("0214-*")) == []
    ran = brevgen("approve", "trial", "--yes", "--only", "Ås")
    assert (ran.code, "0214 Ås" in ran.out) == (0, True), "it is passed over with a word"
    ran = brevgen("approve", "trial", "--only", "Ås", "--withdraw", "Feil tall")
    assert (ran.code, "Sent already, so the approval stays: 0214 Ås." in ran.err) == (3, True)
    make_round(workspace)
    assert states(brevgen) == ("sent", "sent", "sent")


def test_a_letter_sent_to_one_of_two_does_not_reach_the_other_in_other_words(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace, Script(RCPT={CHIEF: ["450 later"] * 3})) as server:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("brevgen.cli.send.sleep", lambda seconds: None)
            brevgen(*LIVE, "2", "--only", "Ås")
        make_round(workspace, asked("Ås;10", "Ås;14"))
        brevgen("generate", "trial", "--jobs", "1")
        ran = brevgen(*LIVE, "1", "--only", "Ås")
        assert ran.code == 3
        assert "- 0214 Ås: changed since it was sent" in ran.err
        make_round(workspace)
        assert brevgen(*LIVE, "1", "--only", "Ås").code == 0
    assert [each.to[0] for each in server.mailbox] == [MAYOR, CHIEF]
    one, other = (read(each.data).parts()[1].data() for each in server.mailbox)
    assert one == other


def test_a_letter_that_nobody_got_can_still_be_put_right(brevgen: Run, workspace: Path) -> None:
    with office(workspace, Script(RCPT={MAYOR: ["550 no"], CHIEF: ["550 no"]})) as server:
        assert brevgen(*LIVE, "2", "--only", "Ås").code == 4
        make_round(workspace, asked("Ås;10", "Ås;14"))
        for words in (("generate", "trial"), ("approve", "trial", "--yes", "--only", "Ås")):
            assert brevgen(*words, "--jobs", "1").code == 0
        assert brevgen(*LIVE, "2", "--only", "Ås").code == 0
    for each in server.mailbox:
        assert "14 flyktninger" in page_texts(read(each.data).parts()[1].data())[0]


def test_files_of_a_letter_that_was_sent_come_back_byte_for_byte(
    brevgen: Run, finals: Path, sent: None
) -> None:
    before = {file: file.read_bytes() for file in finals.glob("0214-*")}
    (finals / f"{AAS}.pdf").unlink()
    (finals / f"{AAS}.docx").write_bytes(b"PK")
    assert "1 letter made, 5 up to date" in brevgen("generate", "trial", "--jobs", "1").out
    assert {file: file.read_bytes() for file in finals.glob("0214-*")} == before
    assert states(brevgen)[0] == "sent"


def test_the_letter_of_one_who_is_not_asked_any_more_is_kept_if_it_was_sent(
    brevgen: Run, workspace: Path, finals: Path, sent: None
) -> None:
    make_round(workspace, ROWS[2:])
    ran = brevgen("generate", "trial", "--jobs", "1")
    assert names(finals) == [f"{AAS}.docx", f"{AAS}.pdf"]
    assert "no longer approved: 0219-Bærum-17-09100.pdf" in ran.out, "what was not sent goes"
    assert (
        "0214 Ås (17-09235) is not asked any more, but its letter has been sent."
        in brevgen("status", "trial").out
    )


# -- what is told of it ---------------------------------------------------------------------------


def test_status_tells_of_every_recipient_for_programs_and_spreadsheets(
    brevgen: Run, sent: None
) -> None:
    line = status(brevgen)["0214"]
    mayor, _ = line["recipients"]
    assert (mayor["title"], mayor["address"], mayor["state"]) == ("Ordfører", MAYOR, "sent")
    assert (mayor["answer"], mayor["advice"]) == ("250 2.0.0 queued as 4711", "")
    assert mayor["at"] <= line["sent_at"]
    assert status(brevgen)["0219"]["sent_at"] is None
    rows = list(csv.DictReader(io.StringIO(brevgen("status", "trial", "--csv").out), delimiter=";"))
    assert len(rows) == 12
    assert rows[0]["mottaker_adresse"] == MAYOR
    assert [row["mottaker_status"] for row in rows[:3]] == ["sendt", "sendt", "skal sendes"]


def test_the_report_tells_when_it_was_sent_and_to_whom(
    brevgen: Run, workspace: Path, sent: None
) -> None:
    text = (workspace / "output/trial/report.csv").read_text(encoding="utf-8-sig")
    aas, baerum, *_ = csv.DictReader(io.StringIO(text), delimiter=";")
    assert aas["brevgen_status"] == "sendt"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", aas["brevgen_sendt"])
    assert aas["brevgen_mottakere"] == f"Ordfører {MAYOR}: sendt; Rådmann {CHIEF}: sendt"
    assert baerum["brevgen_sendt"] == ""


def test_verify_tells_when_a_file_was_sent(brevgen: Run, finals: Path, sent: None) -> None:
    aas, baerum = (brevgen("verify", finals / name).out for name in
                   (f"{AAS}.pdf", "0219-Bærum-17-09100.pdf"))  # fmt: skip
    assert re.search(r"Sent +\d{4}-\d\d-\d\d \d\d:\d\d\n", aas)
    assert re.search(r"Sent +no\n", baerum)


def test_a_preview_of_the_message_is_the_message_to_the_first_recipient(
    brevgen: Run, workspace: Path, outbox: Path
) -> None:
    ran = brevgen("preview", "trial", "Ås", "--format", "eml")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"output/trial/previews/{AAS}.eml\n"
    brevgen("send", "trial", "--only", "Ås")
    shown = read((workspace / ran.out.strip()).read_bytes())
    written = read((outbox / f"{AAS}-ordfører.eml").read_bytes())
    for name in ("From", "To", "Subject"):
        assert shown[name] == written[name]
    assert (shown.words, shown.page) == (written.words, written.page)
    assert page_texts(shown.parts()[1].data()) == page_texts(written.parts()[1].data())


def test_the_preview_of_a_letter_that_was_sent_says_so(brevgen: Run, sent: None) -> None:
    for form in ("eml", "pdf"):
        assert "The letter has been sent" in brevgen("preview", "trial", "Ås", "--format", form).err


# -- reports that came back -----------------------------------------------------------------------

REPORT = """\
From: mailer-daemon@mx.example
Content-Type: multipart/report; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: {envelope_id}

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

--b--
"""


def test_reports_are_told_one_by_one_and_counted(
    brevgen: Run, workspace: Path, tmp_path: Path, sent: None
) -> None:
    (ours,) = [i.strip("<>") for i, e in entries(workspace, "trial").items() if e.address == CHIEF]
    for name, text in (
        ("ours", REPORT.format(address=CHIEF, envelope_id=ours)),
        ("others", REPORT.format(address="ola@ks.example", envelope_id="1@ks.example")),
        ("mail", "From: ola@ks.example\n\nTakk!\n"),
    ):
        (tmp_path / f"{name}.eml").write_text(text)
    ran = brevgen("bounces", *(tmp_path / f"{name}.eml" for name in ("ours", "others", "mail")))
    assert ran.code == 0
    assert "0214 Ås, Rådmann" not in ran.out
    assert columns(ran.out)[1] == "0214 17-09235"
    assert "Of no letter of ours: ola@ks.example (report: failed 5.1.1 550 no such user)" in (
        ran.out
    )
    assert ran.out.endswith(
        "Reports of our letters: 1, of them new: 1. Reports of others: 1. Other mails: 1."
        " Files not read: 0.\n"
    )
    assert states(brevgen) == ("partly sent", "sent", "refused")
    (tmp_path / "unread.zip").write_bytes(b"PK\x03\x04")
    ran = brevgen("bounces", tmp_path / "unread.zip")
    assert (ran.code, "unread.zip: This is an archive. Unpack it" in ran.err) == (4, True)
    report = (workspace / "output/trial/report.csv").read_text(encoding="utf-8-sig")
    assert f"Rådmann {CHIEF}: avvist (leveringsrapport: failed 5.1.1 550 no such user)" in report


def test_saved_mail_that_is_not_there_is_wrong_use(brevgen: Run, tmp_path: Path) -> None:
    ran = brevgen("bounces", tmp_path / "nothing")
    assert (ran.code, "is not there" in ran.err) == (2, True)


# -- settings and wrong use -----------------------------------------------------------------------


def test_a_connection_is_tried_without_a_round_and_without_sending(
    brevgen: Run, workspace: Path
) -> None:
    with office(workspace) as server:
        ran = brevgen("send", "--test-connection")
        assert (ran.code, server.mailbox) == (0, [])
        assert f"localhost:{server.port} is ready: no encryption, no login" in ran.out


@pytest.mark.parametrize(
    ("table", "words", "told"),
    [
        ("[mail]", ["send", "trial"], "There is no table [mail]"),
        ("[mail.smtp]", [*LIVE, "12"], "There is no table [mail.smtp]"),
        ("[mail.smtp]", ["send", "--test-connection"], "There is no table [mail.smtp]"),
    ],
)
def test_settings_that_are_missing_are_told_with_what_to_do(
    brevgen: Run, workspace: Path, table: str, words: list[str], told: str
) -> None:
    if table == "[mail]":
        file = workspace / "brevgen.toml"
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"(?ms)^\[mail\]$.*?(?=^\[seal\])", "", text), encoding="utf-8")
    ran = brevgen(*words)
    assert ran.code == 1
    assert told in columns(ran.err)[1]
    assert ledger_says(workspace) == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["send"], "Which round?"),
        (["send", "trial", "--settle", "Ås", "came"], "“came” is no answer"),
        (["send", "trial", "--settle", "Moss", "sent"], "0104 Moss is not asked"),
        (["send", "trial", "--only", "Atlantis"], "There is no municipality"),
        (["send", "trial", "live"], "“live” is no option"),
        (["send", "nosuch"], "There is no round"),
        (["send", "trial", "--recipients", "-1"], "--recipients"),
    ],
)
def test_what_is_typed_wrong_is_told(brevgen: Run, words: list[str], told: str) -> None:
    ran = brevgen(*words)
    assert ran.code == 2
    assert told in tidy(ran.err)


@pytest.mark.parametrize(
    "words",
    [
        ["send", "trial"],
        ["send", "trial", "--settle", "Ås", "sent"],
        ["approve", "trial", "--yes"],
        ["approve", "trial", "--withdraw", "Feil tall", "--yes"],
    ],
)
def test_nobody_approves_takes_back_or_settles_while_another_sends(
    brevgen: Run, workspace: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = workspace / "data" / "ledger.sqlite3"
    monkeypatch.setattr("brevgen.ledger.lock.WAIT_SECONDS", 0.1)
    with round_lock(ledger, "trial", Actor("kari"), lambda: datetime.now(UTC)):
        ran = brevgen(*words)
    assert ran.code == 3
    assert "The round trial is being changed by kari since 20" in ran.err
    assert {line["state"] for line in status(brevgen).values()} == {"final"}
