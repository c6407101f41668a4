import os
import sys
from pathlib import Path

import pytest

from bench.running import processes, run, use_of

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc")


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_a_command_is_measured_with_what_it_printed() -> None:
    program = "import time; b = b'x' * (50 << 20); time.sleep(0.5); print(len(b))"
    measured = run(python(program), variables={})
    assert measured.output.strip() == str(50 << 20)
    assert measured.seconds > 0.5
    assert measured.memory_mb > 50


def test_a_command_runs_where_and_with_what_it_is_told(tmp_path: Path) -> None:
    program = "import os; print(os.getcwd(), os.environ['WHO'])"
    measured = run(python(program), folder=tmp_path, variables={"WHO": "Ås"})
    assert measured.output.split() == [str(tmp_path), "Ås"]


def test_a_command_that_fails_says_why() -> None:
    program = "import sys; print('too bad', file=sys.stderr); sys.exit(3)"
    with pytest.raises(SystemExit, match=r"ended with 3: .*too bad"):
        run(python(program), variables={})


def test_the_processor_time_of_what_it_starts_counts_too() -> None:
    busy = "import time\nwhile time.process_time() < 1: pass\n"
    program = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {busy!r}]).wait()"
    measured = run(python(program), variables={})
    assert 1 <= measured.cpu < 2


def test_what_is_gone_uses_nothing() -> None:
    assert use_of(2**22 + 1) == (0, 0)


def test_a_process_is_one_of_its_own_tree() -> None:
    assert os.getpid() in processes(os.getpid())
