"""Tries templates in a process of its own, one order after the other; see `previews`."""

import json
import os
import resource
import shutil
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from brevgen.errors import BrevgenError
from brevgen.findings import FaultyInput, Finding
from brevgen.language import speaking, telling_paths_in
from brevgen.letter.content import Block
from brevgen.rounds.template_effects import effects
from brevgen.rounds.template_letter import Trial, Tried
from brevgen.rounds.template_sheets import find_sheet
from brevgen.rounds.template_trial import faults_with, with_texts
from brevgen.workspace import find_workspace

MOST_MEMORY = 2 * 1024**3
"""Bytes of address space; a letter takes a quarter of it."""
MOST_WRITTEN = 32 * 1024**2
"""Bytes of any file."""
MOST_BLOCKS = 2_000
"""Paragraphs that are shown as words."""


def answer_to(trial: Trial, order: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What comes of one order, as JSON can hold it.

    Args:
        trial: keeps what is dear.
        order: `root`, `language`, `task`, and for it `sheet`, `texts`, `round`, `number`, `form`.
        folder: where the templates that are tried are put.
    """
    root = Path(order["root"])
    with speaking(order["language"]), telling_paths_in(root):
        workspace = find_workspace(root)
        if order["task"] == "warm up":
            trial.warm_up(workspace)
            return {}
        if order["task"] == "all faults":
            return {"findings": [asdict(each) for each in _bounded(trial.faults(workspace))]}
        sheet = find_sheet(workspace, order["sheet"])
        texts = {file: order["texts"][file] for file in sheet.files}
        tried = with_texts(workspace, texts, folder)
        if order["task"] == "effects":
            return {"effects": [asdict(each) for each in effects(trial, workspace, tried, sheet)]}
        findings = faults_with(workspace, tried, sheet, is_glance=order["task"] == "show")
        answer: dict[str, Any] = {"findings": [asdict(each) for each in _bounded(findings)]}
        if order["task"] == "show" and order["round"]:
            shown = trial.letter(
                tried,
                sheet,
                round_name=workspace.round_name(order["round"]),
                number=order["number"],
                form=order["form"],
                is_sound=not findings and sheet.part in ("letter", "message"),
            )
            answer["shown"] = _as_json(shown)
        return answer


def _bounded(findings: list[Finding]) -> list[Finding]:
    return findings[:200]


def _as_json(shown: Tried) -> dict[str, Any]:
    content = shown.content
    return {
        "label": shown.label,
        "form": shown.form,
        "title": content.title if content else "",
        "blocks": [_block(each) for each in content.blocks[:MOST_BLOCKS]] if content else [],
        "text": _text(shown),
        "pages": [b64encode(page).decode() for page in shown.pages],
        "page_count": shown.page_count,
        "mail": shown.mail,
        "findings": [asdict(each) for each in shown.findings],
        "problem": shown.problem,
        "choices": [asdict(each) for each in shown.choices],
    }


def _block(block: Block) -> dict[str, Any]:
    runs = [asdict(run) for run in block.runs]
    return {"style": block.style, "label": block.label, "runs": runs}


def _text(shown: Tried) -> str:
    """An e-mail as plain text; empty for a letter."""
    if shown.content is None or not shown.mail:
        return ""
    from brevgen.render.text import as_text

    return as_text(shown.content)


def _orders() -> Iterator[dict[str, Any]]:
    """What stdin orders; once it ends the server is gone, and so is this, whatever it is at."""
    orders: Queue[dict[str, Any]] = Queue()

    def read() -> None:
        for line in sys.stdin:
            orders.put(json.loads(line))
        shutil.rmtree(sys.argv[1], ignore_errors=True)
        os._exit(0)

    Thread(target=read, daemon=True).start()
    while True:
        yield orders.get()


def main() -> None:
    """Answer what stdin orders, a line for a line, until it ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = Path(sys.argv[1])
    # what a library prints must not stand among the answers
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        trial = Trial()
        for order in _orders():
            try:
                answer = answer_to(trial, order, folder)
            except FaultyInput as fault:
                answer = {"findings": [asdict(each) for each in _bounded(fault.findings)]}
            except (BrevgenError, RecursionError, MemoryError) as error:
                answer = {"problem": str(error) or type(error).__name__}
            print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
