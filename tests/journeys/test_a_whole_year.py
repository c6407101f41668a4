"""One year on the command line, from the notice before the request to the last answer."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.rounds.test_answer import sent_trial as sent_trial
from tests.support.kinds import write_round
from tests.support.made_rounds import copied
from tests.support.reading import page_texts, tidy
from tests.support.running import Ran

Run = Callable[..., Ran]

JANUARY = datetime(2018, 1, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def workspace(sent_trial: Path, tmp_path: Path) -> Path:
    """The request to six, sent to five of them."""
    return copied(sent_trial, tmp_path / "workspace")


@pytest.fixture
def in_january(brevgen: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command three days after the deadline; the key of the seal is younger than that."""

    def run(*words: str | Path) -> Ran:
        with monkeypatch.context() as then:
            then.setattr("brevgen.cli.context.now", lambda: JANUARY)
            return brevgen(*words)

    return run


def begin(
    workspace: Path,
    name: str,
    rows: list[str],
    kind: str,
    first: str,
    *,
    dated: str,
    deadline: str = "",
    figures: str = "",
    **texts: str,
) -> None:
    """Write a round; all but the notice follow the request."""
    follows = "" if kind == "notice" else "trial"
    folder = write_round(
        *(workspace, name, "\n".join([*rows, ""])),
        kind=kind,
        follows=follows,
        texts=texts,
        references=(first, first[:-1] + "9"),
    )
    settings = folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    text = re.sub(r"^letter_date = .*", f"letter_date = {dated}", text, flags=re.MULTILINE)
    line = f"deadline = {deadline}" if deadline else ""
    text = re.sub(r"^deadline = .*", line, text, flags=re.MULTILINE)
    settings.write_text(f"{text}\n{figures}", encoding="utf-8")


def made(brevgen: Run, workspace: Path, name: str) -> dict[str, str]:
    """The letters of a round, made and approved, as they are read in their PDFs; by number."""
    for command in (("generate", name), ("approve", name, "--yes")):
        ran = brevgen(*command)
        assert ran.code == 0, ran.err
    folder = workspace / "output" / name / "letters"
    return {
        pdf.name[:4]: tidy(" ".join(page_texts(pdf.read_bytes())))
        for pdf in sorted(folder.glob("*.pdf"))
    }


def files(workspace: Path, name: str) -> dict[str, bytes]:
    folder = workspace / "output" / name / "letters"
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


@pytest.mark.slow
def test_a_year_from_the_notice_to_the_last_answer(
    brevgen: Run, in_january: Run, workspace: Path
) -> None:
    requests = files(workspace, "trial")

    # before anybody is asked
    begin(
        *(workspace, "varsel", ["kommunenummer;kommunenavn", "0214;Ås", "0834;Vinje"], "notice"),
        "17-07000",
        dated="2017-10-26",
        figures="[national]\ntotal = 4400\nminors = 150\nmunicipalities = 6\nminimum = 10\n",
        need="Færre søker asyl.",
        share="Halvparten blir spurt.",
        criteria="Folketallet teller.",
        when="Anmodningene kommer i november.",
    )
    notices = made(brevgen, workspace, "varsel")
    assert sorted(notices) == ["0214", "0834"]
    assert "Anmodningene kommer i november." in notices["0214"]

    # answers: on time, fewer, and one that needs more time
    ran = in_january("answer", "trial", "Ås", "--decided", "10", "--on", "2018-01-04")
    assert ran.code == 0, ran.err
    fewer = ("--decided", "50", "--minors", "4", "--on", "2018-01-04", "--body", "kommunestyret")
    assert in_january("answer", "trial", "Bærum", *fewer).code == 0
    assert in_january("answer", "trial", "Herøy", "--late-until", "2018-02-15").code == 0
    assert in_january("answer", "trial", "Vinje", "--decided", "5", "--on", "2018-01-04").code == 3

    # more time for the one that asked for it
    rows = ["kommunenummer;kommunenavn;ny_frist", "1515;Herøy;15.02.2018"]
    begin(workspace, "frist", rows, "extension", "18-00100", dated="2018-01-09")
    letters = made(brevgen, workspace, "frist")
    assert list(letters) == ["1515"]
    assert "15. februar 2018" in letters["1515"]
    reference = {name[:4]: name.rpartition("-17-")[2][:5] for name in requests}["1515"]
    assert f"17-{reference}" in letters["1515"]

    # a reminder to the others; who has more time or answers meanwhile has none
    ran = brevgen("new", "purring", "--kind", "reminder", "--follows", "trial")
    assert ran.code == 0, ran.err
    begun = (workspace / "data/rounds/purring/allocation.csv").read_text(encoding="utf-8-sig")
    numbers = [line[:4] for line in begun.splitlines()[1:]]
    assert numbers == ["1515", "1940", "2011"]
    rows = begun.splitlines()
    begin(
        *(workspace, "purring", rows, "reminder", "18-00200"),
        dated="2018-01-09",
        deadline="2018-01-31",
    )
    reminders = made(brevgen, workspace, "purring")
    assert sorted(reminders) == ["1940", "2011"]
    no = ("--decided", "0", "--on", "2018-01-08", "--body", "formannskapet")
    assert in_january("answer", "trial", "1940", *no).code == 0
    ran = brevgen("generate", "purring")
    assert ran.code == 0, ran.err
    left = {pdf.name[:4] for pdf in (workspace / "output/purring/letters").glob("*.pdf")}
    assert left == {"2011"}

    # more of one, fewer of another
    rows = ["kommunenummer;kommunenavn;flere;flere EM;antall;EM", "0219;Bærum;24;0;89;4"]
    begin(
        *(workspace, "tillegg", rows, "supplement", "18-00300"),
        dated="2018-01-09",
        deadline="2018-03-09",
        why="Flere trenger bosetting.",
    )
    supplement = made(brevgen, workspace, "tillegg")["0219"]
    assert "24" in supplement
    assert "89" in supplement
    assert "50" in supplement  # what was decided

    def fewer_for_aas(asked: int) -> None:
        begin(
            *(workspace, "endret", ["kommunenummer;kommunenavn;antall", f"0214;Ås;{asked}"]),
            *("revised", "18-00400"),
            dated="2018-01-09",
            deadline="2018-03-09",
            figures="[national]\ntotal_before = 4400\ntotal = 4000\n",
            why="Behovet har falt.",
            decided="Vedtaket deres kan stå.",
            undecided="Vent med å svare.",
        )

    fewer_for_aas(8)
    letter = made(brevgen, workspace, "endret")["0214"]
    assert "8 flyktninger" in letter
    assert "10 flyktninger" in letter  # what the first letter said

    fewer_for_aas(10)
    ran = brevgen("check", "endret")
    assert ran.code == 1
    assert "10" in ran.err

    # what was registered
    rows = ["kommunenummer;kommunenavn", "0219;Bærum"]
    begin(workspace, "kvittering", rows, "receipt", "18-00500", dated="2018-01-09")
    receipts = made(brevgen, workspace, "kvittering")
    assert "50" in receipts["0219"]
    assert "kommunestyret" in receipts["0219"]

    # nothing of the first letters has changed, and each letter has a reference of its own
    assert files(workspace, "trial") == requests
    told = json.loads(in_january("status", "trial", "--json").out)
    states = {each["number"]: (each["answer"] or {}).get("state") for each in told["letters"]}
    assert states == {
        "0214": "yes",
        "0219": "fewer",
        "0834": None,
        "1515": "extended",
        "1940": "no",
        "2011": "overdue",
    }
    events = json.loads(brevgen("history", "Bærum", "--json").out)
    assert "answer registered" in json.dumps(events)
    rounds = ("trial", "varsel", "frist", "purring", "tillegg", "endret", "kvittering")
    given = [
        each["reference"]
        for name in rounds
        for each in json.loads(brevgen("status", name, "--json").out)["letters"]
    ]
    assert len(given) == len(set(given)) >= 13
