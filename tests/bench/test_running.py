import os
import sys
from pathlib import Path

import pytest
from bench.running import Failed, Measured, processes, run, together

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc")


def test_a_command_is_measured_with_what_it_printed() -> None:
    measured = run(
        [sys.executable, "-c", "import time; b = b'x' * (50 << 20); time.sleep(0.5); print(len(b))"]
    )
    assert measured.output.strip() == str(50 << 20)
    assert measured.seconds > 0.5
    assert measured.memory_mb > 50
    assert measured.parent_mb > 50
    assert measured.worker_mb == 0


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(Failed, match=r"ended with 3: .*too bad"):
        run([sys.executable, "-c", "import sys; print('too bad', file=sys.stderr); sys.exit(3)"])


def test_a_process_is_one_of_its_own_tree() -> None:
    assert os.getpid() in processes(os.getpid())


def test_commands_one_after_the_other_add_their_time_and_not_their_memory() -> None:
    both = together([Measured(1, 2, 30, 40, 5, "a"), Measured(3, 4, 20, 60, 0, "b")])
    assert both == Measured(4, 6, 30, 60, 5, "ab")
