"""How long it takes to open a round, all its files and templates read and checked, as JSON.

It is the median of some times in one process, without the first, when libraries are loaded.
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

from brevgen.workspace import find_workspace

try:
    from brevgen.findings import Findings
    from brevgen.rounds.opening import check
except ImportError:  # as it was before the rooms were arranged by floors
    from brevgen.batch.opening import check  # type: ignore[no-redef]
    from brevgen.facts.faults import Findings  # type: ignore[no-redef]


def forget() -> None:
    """Let nothing be known to be without faults from the time before."""
    for name, module in list(sys.modules.items()):
        if name.startswith("brevgen."):
            for known in ("_SOUND", "_GOOD"):
                getattr(module, known, set()).clear()


taken = []
for _ in range(6):
    forget()
    started, findings = (time.perf_counter(), time.process_time()), Findings()
    check(find_workspace(Path(sys.argv[1])), sys.argv[2], findings)
    taken.append((time.perf_counter() - started[0], time.process_time() - started[1]))
    assert not findings.faults, findings.faults
print(json.dumps([median(times) for times in zip(*taken[1:], strict=True)]))
