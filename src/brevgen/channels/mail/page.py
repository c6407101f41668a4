"""The covering words as a small HTML page, for mail programs that show one.

It has no colours of its own but for an edge, so that it is as readable on a dark screen as on a
light one; it fetches nothing, and every look stands in the element itself, for many programs drop
style sheets. The box of facts is a table, the only thing all of them place alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from brevgen.letter.content import Block, Content, Run, Style

_BODY = (
    "margin:0 auto;padding:16px;max-width:38em;"
    "font:16px/1.5 'Segoe UI',Calibri,Helvetica,Arial,sans-serif"
)
_BOX = (
    "width:100%;margin:0 0 16px;border-left:5px solid #2f8091;border-collapse:collapse;"
    "background:rgba(96,144,160,.14)"
)
_LABEL = (
    "width:1%;padding:5px 14px;text-align:left;vertical-align:top;font-weight:400;"
    "white-space:nowrap"
)
_VALUE = "padding:5px 14px 5px 0;vertical-align:top;font-weight:700"
_PARAGRAPH = "margin:0 0 16px"
_LOOKS: dict[Style, str] = {
    "heading": "margin:24px 0 8px;font-size:16px;font-weight:700",
    "bullet": "margin:0 0 6px",
    "draft": "margin:0 0 16px;font-weight:700",
    "approval": "margin:20px 0 0;padding:10px 0 0;border-top:1px solid #8a9ba1;font-size:14px",
}
_LINES = frozenset[Style](
    {"sender", "recipient", "distribution", "closing", "signature", "approval"}
)
"""Styles whose blocks follow each other without blank lines."""


def as_page(content: Content, subject: str, notices: Sequence[str] = ()) -> str:
    """The covering words as a page, which ends in a newline.

    Args:
        content: what is said, without its title.
        subject: what stands in the title, which some programs show.
        notices: sentences before all else.
    """
    first = (_element("p", escape(notice), _PARAGRAPH) for notice in notices)
    said = "\n".join([*first, *_body(content)])
    return f"""<!doctype html>
<html lang="{content.written_form}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{escape(subject)}</title>
</head>
<body style="{_BODY}">
{said}
</body>
</html>
"""


def _body(content: Content) -> Iterator[str]:
    """The blocks in order; the first paragraph is the message itself, and larger."""
    lead = next((block for block in content.blocks if block.style == "paragraph"), None)
    for (style, is_pair), group in groupby(
        content.blocks, lambda block: (block.style, bool(block.label))
    ):
        blocks = list(group)
        if is_pair:
            rows = "\n".join(map(_row, blocks))
            yield f'<table style="{_BOX}">\n{rows}\n</table>'
        elif style == "bullet":
            points = "\n".join(_element("li", _words(each.runs), _LOOKS[style]) for each in blocks)
            yield f'<ul style="{_PARAGRAPH};padding-left:22px">\n{points}\n</ul>'
        elif style in _LINES:
            yield _element(
                "p",
                "<br>\n".join(_words(each.runs) for each in blocks),
                _LOOKS.get(style, _PARAGRAPH),
            )
        else:
            element = "h2" if style == "heading" else "p"
            for each in blocks:
                look = _LOOKS.get(style, _PARAGRAPH) + (";font-size:19px" if each is lead else "")
                yield _element(element, _words(each.runs), look)


def _row(block: Block) -> str:
    label = f'<th scope="row" style="{_LABEL}">{escape(block.label)}</th>'
    return f'<tr>{label}<td style="{_VALUE}">{_words(block.runs)}</td></tr>'


def _element(name: str, words: str, look: str) -> str:
    return f'<{name} style="{look}">{words}</{name}>'


def _words(runs: Iterable[Run]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    text = escape(run.text)
    if run.href:
        text = f'<a href="{escape(run.href)}" style="color:inherit">{text}</a>'
    return f"<strong>{text}</strong>" if run.strong else text
