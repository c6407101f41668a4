"""The content as HTML: what the PDF is laid out from, and a preview for the browser."""

from html import escape

from brevgen.letter.content import Block, Content, Run

_ELEMENTS = {"title": "h1", "heading": "h2", "bullet": "li"}
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
    box, in_list = "", False
    for block in blocks:
        wanted = block.part if block.part in _PARTS_WITH_A_BOX else ""
        if in_list and block.style != "bullet":
            out.append("</ul>")
            in_list = False
        if wanted != box:
            out.append("</div>" if box else "")
            out.append(f'<div class="{wanted}">' if wanted else "")
            box = wanted
        if block.style == "bullet" and not in_list:
            out.append("<ul>")
            in_list = True
        element = _ELEMENTS.get(block.style, "p")
        style = f' class="{block.style}"' if element == "p" and block.style != "paragraph" else ""
        out.append(f"<{element}{style}>{''.join(map(_run, block.runs))}</{element}>")
    out.append("</ul>" if in_list else "")
    out.append("</div>" if box else "")
    return "".join(out)


def _run(run: Run) -> str:
    text = escape(run.text)
    if run.href:
        text = f'<a href="{escape(run.href)}">{text}</a>'
    return f"<strong>{text}</strong>" if run.strong else text
