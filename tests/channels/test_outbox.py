"""The way out that only writes files, and the waiting that all ways out share."""

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brevgen.channels.channel import ChannelUnusable, Reply
from brevgen.channels.mail.channel import MailChannel
from brevgen.channels.outbox import OutboxChannel, eml_name
from brevgen.channels.rate_limit import RateLimiter
from brevgen.errors import Unsendable
from tests.channels.mail.mail_samples import MAYOR, consignment, mail, mail_settings, outgoing
from tests.support.mail_reading import read


def test_a_message_becomes_one_whole_file(tmp_path: Path) -> None:
    message = mail().outgoing()
    reply = OutboxChannel(mail_settings(), tmp_path / "2018" / "outbox").hand_over(message)
    assert reply == Reply("sent", "written to 0214-Ås-17-09235-ordfører.eml")
    (file,) = (tmp_path / "2018" / "outbox").iterdir()
    assert file.name == "0214-Ås-17-09235-ordfører.eml"
    assert file.read_bytes() == message.data


def test_the_same_message_again_is_the_same_file(tmp_path: Path) -> None:
    channel = OutboxChannel(mail_settings(), tmp_path)
    channel.hand_over(outgoing(1))
    channel.hand_over(outgoing(2))
    channel.hand_over(outgoing(1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trial-1.eml", "trial-2.eml"]


def test_where_nothing_can_be_written_no_half_file_is_left(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    with pytest.raises(ChannelUnusable, match="cannot be written"):
        OutboxChannel(mail_settings(), tmp_path / "outbox").hand_over(outgoing())
    assert [path.name for path in tmp_path.iterdir()] == ["outbox"]


@contextmanager
def full_disk(most: int) -> Iterator[None]:
    """A disk on which no file can become longer than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_and_leaves_no_half_file(tmp_path: Path) -> None:
    channel = OutboxChannel(mail_settings(), tmp_path)
    large = outgoing(data=b"Subject: x\r\n\r\n" + b"x" * 100_000)
    with (
        full_disk(50_000),
        pytest.raises(ChannelUnusable, match=r"File too large.*Free some space"),
    ):
        channel.hand_over(large)
    assert list(tmp_path.iterdir()) == []
    assert channel.hand_over(large).state == "sent"


def test_what_a_channel_prepares_is_the_mail_to_one_recipient(tmp_path: Path) -> None:
    channel = OutboxChannel(mail_settings(), tmp_path)
    assert channel.prepare(consignment()) == mail().outgoing()
    with pytest.raises(Unsendable, match=r"U\+000A"):
        channel.prepare(consignment(recipient=replace(MAYOR, name="Kari\nBcc: x")))
    assert list(channel.follow_up(["<4711@imdi.example>"])) == []


def test_a_trial_goes_to_its_reader_only(tmp_path: Path) -> None:
    trial = MailChannel(mail_settings(), "kari@imdi.example").prepare(consignment())
    assert trial.to == "kari@imdi.example"
    assert trial.external_id != mail().message_id
    assert read(trial.data).text("Subject").startswith("[Prøve for ordforer@as.kommune.example]")


@given(st.text(max_size=400))
def test_no_name_becomes_a_path(name: str) -> None:
    made = eml_name(replace(outgoing(), name=name))
    assert re.fullmatch(r"(?:[^\W_]|-)+\.eml", made)
    assert not made.startswith("-")
    assert len(made.encode(errors="surrogatepass")) <= 204


# -- waiting --------------------------------------------------------------------------------------


class Time:
    """A clock that only goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_messages_are_evenly_spaced_and_the_first_does_not_wait() -> None:
    time = Time()
    pace = RateLimiter(30, time.clock, time.sleep)
    for _ in range(4):
        pace.wait()
    assert time.slept == [2, 2, 2]


def test_time_that_passes_anyway_counts_but_is_not_saved_up() -> None:
    time = Time()
    pace = RateLimiter(60, time.clock, time.sleep)
    pace.wait()
    time.now += 0.75
    pace.wait()
    time.now += 600
    pace.wait()
    pace.wait()
    assert time.slept == [0.25, 1]


def test_without_a_limit_nobody_waits() -> None:
    time = Time()
    pace = RateLimiter(0, time.clock, time.sleep)
    for _ in range(100):
        pace.wait()
    assert time.slept == []
