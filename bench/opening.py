"""How long it takes to open a round: all its files and templates read and checked.

Printed as JSON: the first time in a process, when libraries are loaded too, and the median of the
next ones.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from brevgen.workspace import find_workspace

try:
    from brevgen.findings import Findings
    from brevgen.rounds.opening import check
except ImportError:  # as it was before the rooms were arranged by floors
    from brevgen.batch.opening import check  # type: ignore[no-redef]
    from brevgen.facts.faults import Findings  # type: ignore[no-redef]

TIMES = 6


def main(root: str, round_name: str) -> None:
    """Open a round some times."""
    workspace = find_workspace(Path(root))
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        findings = Findings()
        check(workspace, round_name, findings)
        taken.append(time.perf_counter() - started)
        assert not findings.faults, findings.faults
    print(json.dumps({"first": taken[0], "again": statistics.median(taken[1:])}))


if __name__ == "__main__":
    main(*sys.argv[1:])
