"""The content as HTML: what the PDF is laid out from, and a preview for the browser."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from itertools import groupby

from brevgen.letter.content import Block, Content, Run
from brevgen.letter.printable import LONGEST_WORD, last_words, pieces

_ELEMENTS = {"title": "h1", "heading": "h2", "bullet": "li"}
_PLAIN = {"paragraph", "bullet", "title", "heading"}
"""Styles that need no class: their element says it."""
_VIEWPORT = '<meta name="viewport" content="width=860">'
"""A telephone shows the whole width of the sheet, which has 794 pixels."""
RUNNING = {"paragraph", "bullet", "approval"}
"""Styles whose last line is never one short word."""
_TOGETHER = '<span class="together">'
STAYS_TOGETHER = ".together { white-space: nowrap }\n"
"""The style of what stays on one line, whatever the stylesheet says."""
_PARTS_WITH_A_BOX = ("recipient", "references", "closing")
"""Parts that are placed or kept together as a whole; the others need no box of their own."""


def as_html(content: Content, *, reference: str, dated: str, stylesheet: str = "") -> str:
    """The letter as one HTML page.

    Args:
        reference: our reference, for the document's properties.
        dated: the letter's date as `YYYY-MM-DD`, for the document's properties.
        stylesheet: CSS to carry along; empty where it is given to the layouter by itself.
    """
    stylesheet = stylesheet.replace("</", "<\\/")  # the same to CSS, and no end of it to HTML
    return (
        f'<!doctype html><html lang="{content.written_form}"><head><meta charset="utf-8">'
        f"<title>{escape(content.title)}</title>"
        f'<meta name="author" content="{escape(content.author)}">'
        f'<meta name="description" content="{escape(reference)}">'
        f'<meta name="dcterms.created" content="{dated}">'
        f'<meta name="dcterms.modified" content="{dated}">'
        '<meta name="generator" content="brevgen">'
        + (f"{_VIEWPORT}<style>{STAYS_TOGETHER}{stylesheet}</style>" if stylesheet else "")
        + f'</head><body class="{"draft" if content.is_draft else "final"}"'
        f' data-running="{escape(content.running_header(reference))}">'
        + _body(content.blocks)
        + "</body></html>"
    )


def _body(blocks: tuple[Block, ...]) -> str:
    """The blocks in order, with a box around the parts that need one and around lists."""
    name = next((block.text for block in blocks if block.style == "recipient"), "")
    out: list[str] = []
    for part, of_part in groupby(blocks, lambda block: block.part):
        has_box = part in _PARTS_WITH_A_BOX
        out.append(f'<div class="{part}">' if has_box else "")
        for (tag, style), together in groupby(of_part, _list_of):
            out.append(f"<{tag}{style}>" if tag else "")
            out += [_element(block, name) for block in together]
            out.append(f"</{tag}>" if tag else "")
        out.append("</div>" if has_box else "")
    return "".join(out)


def _list_of(block: Block) -> tuple[str, str]:
    """The element of the list a block stands in, and its class; empty for a block in none."""
    if block.label:
        return "dl", f' class="{block.style}"'
    return ("ul", "") if block.style == "bullet" else ("", "")


def _element(block: Block, name: str) -> str:
    """A block with its words; a pair is a row of its own, as HTML lets a list of pairs have."""
    ends = last_words(block.text) if block.style in RUNNING else 0
    name = "" if block.style == "recipient" else name  # the window has room for two lines
    words = _words(block.runs, len("".join(run.text for run in block.runs)) - ends, name)
    if block.label:
        return f"<div><dt>{escape(block.label)} </dt><dd>{words}</dd></div>"
    element = _ELEMENTS.get(block.style, "p")
    style = "" if block.style in _PLAIN else f' class="{block.style}"'
    return f"<{element}{style}>{words}</{element}>"


def _words(runs: Sequence[Run], end: int, name: str) -> str:
    """The words of a block, with those that stay on one line held together.

    Args:
        end: the character from where on all words are to stand in the last line.
        name: the recipient, which is never broken.
    """
    out: list[str] = []
    at, is_end = 0, False
    for run in runs:
        cut = end - at
        if 0 < cut < len(run.text) and run.href:
            cut = 0 if len(run.text) <= LONGEST_WORD else len(run.text)  # a link is one
        elif 0 < cut < len(run.text):
            cut = _before_whole(run.text, cut, name)
        if 0 <= cut < len(run.text) and not is_end:
            out.append(_run(replace(run, text=run.text[:cut]), name) if cut else "")
            out.append(_TOGETHER)
            run, is_end = replace(run, text=run.text[cut:]), True
            at += cut
        out.append(_run(run, name))
        at += len(run.text)
    return "".join(out) + ("</span>" if is_end else "")


def _before_whole(text: str, cut: int, name: str) -> int:
    """Where to cut a text so that nothing that stays on one line is cut."""
    start = 0
    for piece, is_whole in pieces(text, name):
        if is_whole and start < cut < start + len(piece):
            return start
        start += len(piece)
    return cut


def _run(run: Run, name: str) -> str:
    if run.href:  # the layouter wants no elements within a link
        text = f'<a href="{escape(run.href)}">{escape(run.text)}</a>'
    else:
        text = "".join(
            f"{_TOGETHER}{escape(piece)}</span>" if is_whole else escape(piece)
            for piece, is_whole in pieces(run.text, name)
        )
    return f"<strong>{text}</strong>" if run.strong else text
