"""The parts of a command that makes nothing, each by itself: seconds, printed as JSON."""

import argparse
import json
import time
from pathlib import Path

from brevgen.rounds import opening
from brevgen.rounds import status as plan
from brevgen.rounds.report import write_report
from brevgen.workspace import find_workspace


def main() -> None:
    """Open a round, see where it stands, and write its report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("round")
    given = parser.parse_args()
    workspace = find_workspace(given.root)
    at = [time.perf_counter()]
    facts, templates, _ = opening.open_round(workspace, given.round)
    at.append(time.perf_counter())
    letters = plan.stand(workspace, facts, templates)
    at.append(time.perf_counter())
    write_report(workspace.output(given.round), facts, letters)
    at.append(time.perf_counter())
    names = ("read and check", "plan", "report")
    print(json.dumps({name: at[n + 1] - at[n] for n, name in enumerate(names)}))


if __name__ == "__main__":
    main()
