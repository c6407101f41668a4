"""Markdown, and what docstrings and remarks in the code say."""

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

GENERATED = "<!-- Written by scripts/reference from the program: change that, not this page. -->"


def page(title: str, *parts: str) -> str:
    """A page of Markdown."""
    return "\n\n".join((f"# {title}", GENERATED, *parts)) + "\n"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; a bar in a cell is written so that it divides nothing."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )


def code(text: object) -> str:
    """A word as it is typed."""
    return f"`{text}`"


def in_code(texts: Iterable[object]) -> str:
    """Several of them."""
    return ", ".join(map(code, texts))


def sentence(text: str) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join(text.strip().partition("\n\n")[0].split())


def args(kind: type) -> dict[str, str]:
    """What the docstring of a class says of each of its fields."""
    told = inspect.cleandoc(kind.__doc__ or "").partition("Args:\n")[2]
    found = re.findall(r"^    (\w+): (.*(?:\n {5,}.*)*)", told, re.MULTILINE)
    return {name: " ".join(meaning.split()).rstrip(".") for name, meaning in found}


def comments(module: Any) -> dict[str, str]:
    """The remark behind each text that stands on a line of its own: the states of a `Literal`."""
    return dict(re.findall(r'^    "([^"]+)",  # (.+)$', inspect.getsource(module), re.MULTILINE))
