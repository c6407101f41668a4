"""A round goes its whole way through the use cases alone: nothing of it needs a screen."""

import subprocess
import sys
from pathlib import Path

from brevgen.rounds.check import check
from brevgen.rounds.post import line_up_post
from brevgen.rounds.rehearse import rehearse
from brevgen.rounds.status import status
from tests.support.samples import ROOT, ROWS, make_round
from tests.support.sessions import approved, generated, session, silent


def test_a_round_is_checked_made_approved_and_written_to_the_outbox(workspace: Path) -> None:
    make_round(workspace, ROWS)
    with session(workspace) as opened:
        checked = check(opened)
        assert not checked.has_faults
        assert (checked.figures[-1].area, checked.figures[-1].counts["asked"]) == ("All", 118)
    assert len(generated(workspace).made) == 6
    assert len(approved(workspace).sealed) == 6
    with session(workspace) as opened:
        post = line_up_post(opened, opened.choose(), for_real=False, named=False)
        done = rehearse(opened, post, progress=silent)
        assert (done.handed_over, len(done.kept_back)) == (12, 0)
        assert {each.state for each in status(opened).letters} == {"final"}
    assert len(list((workspace / "output/trial/outbox").glob("*.eml"))) == 12
    assert len(list((workspace / "output/trial/letters").glob("*.pdf"))) == 6
    assert (workspace / "output/trial/report.csv").exists()


def test_no_use_case_loads_the_command_line_or_what_draws_on_a_terminal() -> None:
    names = sorted(f.stem for f in (ROOT / "src/brevgen/rounds").glob("*.py"))
    modules = [f"brevgen.rounds.{name}" for name in names if name != "__init__"]
    assert "brevgen.rounds.approve" in modules
    code = (
        f"import sys, importlib; [importlib.import_module(m) for m in {modules!r}];"
        "print([m for m in ('typer', 'rich', 'brevgen.cli') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
