"""Commands within bounds: what takes too long or too much memory is stopped, and its test fails."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")
MEMORY = 1_500_000_000
SECONDS = 20
WIDE = 400  # columns, so that messages stay on one line


@dataclass(frozen=True)
class Ended:
    """How a command ended, what it said, and what it took: seconds of a processor, and bytes."""

    code: int
    out: str
    err: str
    seconds: float
    memory: int

    def faults(self) -> list[tuple[str, str, str]]:
        """Where, what and what to do of each fault, as they stand on the screen.

        In a table, or one below the other where one is too long for it.
        """
        table = self.err.partition("Warnings: ")[0]
        if "│" not in table:
            return [_stacked(block) for block in table.split("\n\n") if "What is wrong:" in block]
        cells = [line.split("│")[1:-1] for line in table.splitlines() if line.startswith("│")]
        found: list[tuple[str, str, str]] = []
        for where, what, remedy in ([cell.strip() for cell in row] for row in cells):
            if where or not found:
                found.append((where, what, remedy))
            else:  # the rest of the line above
                before = found[-1]
                found[-1] = (before[0], f"{before[1]}{what}", f"{before[2]}{remedy}")
        return found


def _stacked(block: str) -> tuple[str, str, str]:
    """Where, what and what to do, from lines that begin with what they tell."""
    text = re.sub(
        r"\n  +", " ", block
    )  # the rest of a line, and what does not fit beside its label
    told = dict(
        line.split(": ", 1)
        for line in re.sub(r"^Where:\s+", "Where: ", text, flags=re.M).splitlines()
        if ": " in line
    )
    return told.get("Where", ""), told.get("What is wrong", ""), told.get("What to do", "")


Run = Callable[..., Ended]
"""Runs a command, or sees that it is refused, and tells how it ended."""


class Nursery:
    """The process that starts commands within bounds."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            env={**os.environ, "COLUMNS": str(WIDE)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, *words: str) -> Ended:
        """Run a command in a folder; it must end by itself, and never with a traceback."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"words": words, "folder": str(folder), "memory": MEMORY, "seconds": SECONDS}
        print(json.dumps(request), file=self._process.stdin, flush=True)
        ended = Ended(**json.loads(self._process.stdout.readline()))
        assert ended.code in range(5), f"{ended.code} after {ended.seconds} s: {ended.err[-3000:]}"
        assert "Traceback" not in ended.err, ended.err
        return ended

    def close(self) -> None:
        """Let the process end."""
        self._process.communicate(timeout=SECONDS)
