"""The content as HTML: what the PDF is laid out from, and a preview for the browser."""

from html import escape
from itertools import groupby

from brevgen.letter.content import Block, Content, Run

_ELEMENTS = {"title": "h1", "heading": "h2", "bullet": "li"}
_PLAIN = {"paragraph", "bullet", "title", "heading"}
"""Styles that need no class: their element says it."""
_PARTS_WITH_A_BOX = ("recipient", "references", "closing")
"""Parts that are placed or kept together as a whole; the others need no box of their own."""


def as_html(content: Content, *, reference: str, dated: str, stylesheet: str = "") -> str:
    """The letter as one HTML page.

    Args:
        content: what the letter says.
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
        + (f"<style>{stylesheet}</style>" if stylesheet else "")
        + f'</head><body class="{"draft" if content.is_draft else "final"}"'
        f' data-running="{escape(content.running_header(reference))}">'
        + _body(content.blocks)
        + "</body></html>"
    )


def _body(blocks: tuple[Block, ...]) -> str:
    """The blocks in order, with a box around the parts that need one and around lists."""
    out: list[str] = []
    for part, of_part in groupby(blocks, lambda block: block.part):
        has_box = part in _PARTS_WITH_A_BOX
        out.append(f'<div class="{part}">' if has_box else "")
        for (tag, style), together in groupby(of_part, _list_of):
            out.append(f"<{tag}{style}>" if tag else "")
            out += map(_element, together)
            out.append(f"</{tag}>" if tag else "")
        out.append("</div>" if has_box else "")
    return "".join(out)


def _list_of(block: Block) -> tuple[str, str]:
    """The element of the list a block stands in, and its class; empty for a block in none."""
    if block.label:
        return "dl", f' class="{block.style}"'
    return ("ul", "") if block.style == "bullet" else ("", "")


def _element(block: Block) -> str:
    words = "".join(map(_run, block.runs))
    if block.label:
        return f"<dt>{escape(block.label)}</dt><dd>{words}</dd>"
    element = _ELEMENTS.get(block.style, "p")
    style = "" if block.style in _PLAIN else f' class="{block.style}"'
    return f"<{element}{style}>{words}</{element}>"


def _run(run: Run) -> str:
    text = escape(run.text)
    if run.href:
        text = f'<a href="{escape(run.href)}">{text}</a>'
    return f"<strong>{text}</strong>" if run.strong else text
