"""The letter as PDF/A-2a and PDF/UA-1, laid out by WeasyPrint."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from brevgen.errors import BrevgenError, UnreadableFile, WrongUse
from brevgen.files import read_bytes
from brevgen.language import tr, untranslated
from brevgen.letter.content import Content
from brevgen.letter.printable import FACES, FONT_FAMILY, font_file
from brevgen.render.file_approval import FileApproval
from brevgen.render.html import STAYS_TOGETHER, as_html
from brevgen.render.logo import read_logo
from brevgen.render.pdfa import BAD_END, finish

MAX_STYLESHEET = 64 * 1024
"""Bytes of the stylesheet, many times what a letter needs."""

LOGO_ADDRESS = "brevgen:logo"
_LOGO = (
    f".sender {{ background: url({LOGO_ADDRESS}) no-repeat left top / auto 8mm;"
    " padding-left: 11mm }\n"
)
"""Where the logo stands; behind the stylesheet, which may place it in another way."""
_NO_FONTS = Path(__file__).with_name("no-fonts.conf")
"""A fontconfig configuration without any font: letters have only those the program brings."""
_ENVIRONMENT = Lock()
"""Held while the environment of the process is another, which is one for all threads."""
_FORBIDDEN = {
    "var": untranslated("Write the value itself in place of var()."),
    "url": untranslated("Remove url(): a letter shows no other pictures and has its own font."),
    "import": untranslated("Remove @import: there is only one stylesheet."),
    "font-face": untranslated("Remove @font-face: a letter has its own font."),
}
_NO_PANGO = untranslated(
    "Letters are laid out with Pango, which is not installed ({error}). On Debian:"
    " sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)
_CHARSET = re.compile('@charset "utf-8";', re.IGNORECASE)

_complaints: ContextVar[list[str] | None] = ContextVar("complaints", default=None)
"""Where what WeasyPrint warns of is gathered, for each thread by itself."""


class LayoutFault(BrevgenError):
    """The stylesheet asks for something the layouter does not understand or may not do."""


class _Gather(logging.Handler):
    """Gathers what WeasyPrint warns of: here a warning is a fault."""

    def emit(self, record: logging.LogRecord) -> None:
        complaints = _complaints.get()
        if complaints is not None:
            complaints.append(record.getMessage())


_GATHER = _Gather(logging.WARNING)


@contextmanager
def _no_complaints(beginning: str = "") -> Iterator[None]:
    """Raise `LayoutFault` with all that WeasyPrint had to complain of meanwhile."""
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    weasyprint.LOGGER.handlers = [_GATHER]
    complaints: list[str] = []
    token = _complaints.set(complaints)
    try:
        yield
    except FatalURLFetchingError as error:  # no Exception, so that WeasyPrint lets it through
        complaints.append(str(error))
    except RecursionError:
        complaints.append(tr("It is nested too deep."))
    except Exception as error:  # WeasyPrint has none of its own for lengths beyond all measure
        what = f"{type(error).__name__}: {error}"
        complaints.append(tr("Something in it cannot be laid out ({what}).", what=what))
    finally:
        _complaints.reset(token)
    if complaints:
        raise LayoutFault(beginning + "; ".join(dict.fromkeys(complaints)))


def font_faces() -> str:
    """The CSS that binds the font to its files: whole static fonts, none from the system."""
    return "".join(
        f'@font-face {{ font-family: "{FONT_FAMILY}"; font-weight: {weight};'
        f' src: url("{font_file(face).as_uri()}"); }}\n'
        for face, weight in FACES.items()
    )


def _fetched(address: str, *, logo: bytes = b"") -> Any:
    """One of our own font files, or the logo; nothing else is ever fetched.

    Raises:
        FatalURLFetchingError: it is something else.
    """
    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

    if address == LOGO_ADDRESS and logo:
        return URLFetcherResponse(address, logo, {"Content-Type": "image/svg+xml"})
    for file in map(font_file, FACES):
        if address == file.as_uri():
            return URLFetcherResponse(address, file.read_bytes())
    raise FatalURLFetchingError(
        tr("“{address}” cannot be used: nothing may be fetched.", address=address[:200])
    )


@contextmanager
def _our_fonts_only() -> Iterator[None]:
    """Let fontconfig be set up without the fonts and the settings of this machine."""
    names = ("FONTCONFIG_FILE", "FONTCONFIG_SYSROOT")
    with _ENVIRONMENT:
        before = {name: os.environ.pop(name, None) for name in names}
        os.environ.pop("HB_SHAPER_LIST", None)  # for good: HarfBuzz looks for it later
        os.environ["FONTCONFIG_FILE"] = str(_NO_FONTS)
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            os.environ.update({name: value for name, value in before.items() if value is not None})


class PdfWriter:
    """Writes letters as PDF; reads the stylesheet and the fonts once for all letters.

    Args:
        stylesheet: the CSS file of all letters.

    Raises:
        LayoutFault: the stylesheet has something in it that is not understood.
        FaultyInput: the logo beside it is not plain outlines.
        WrongUse: a library of the system's that letters are laid out with is not installed.
    """

    def __init__(self, stylesheet: Path) -> None:
        try:
            from brevgen.render.layouter import weasyprint
        except ImportError as error:
            raise WrongUse(tr(_NO_PANGO, error=error)) from error
        from weasyprint.css.counters import CounterStyle
        from weasyprint.text.fonts import FontConfiguration

        self._weasyprint = weasyprint
        text = read_stylesheet(stylesheet)
        if forbidden := _forbidden_in(text):
            raise LayoutFault(f"{stylesheet.name}: {' '.join(forbidden)}")
        self._fetched = partial(_fetched, logo=read_logo(stylesheet.parent))
        own = font_faces() + STAYS_TOGETHER + (_LOGO if self._fetched.keywords["logo"] else "")
        with _our_fonts_only():
            fonts = FontConfiguration()
        self._shared: dict[str, Any] = {"font_config": fonts, "counter_style": CounterStyle()}
        with _no_complaints(f"{stylesheet.name}: "):
            self._css = [
                weasyprint.CSS(string=css, url_fetcher=self._fetched, **self._shared)
                for css in (own, text)
            ]

    def write(
        self,
        content: Content,
        *,
        reference: str,
        dated: date,
        seal_label: str = "",
        approval: FileApproval | None = None,
    ) -> bytes:
        """The bytes of the document, always the same for the same arguments.

        Args:
            reference: our reference, for the document's properties.
            dated: the letter's date, for the document's properties.
            seal_label: what a screen reader says of the field for the seal, in the language of the
                letter; empty for a letter that is not to be sealed.
            approval: what the metadata tell of its approval; None for a draft.

        Raises:
            LayoutFault: WeasyPrint had something to warn of.
        """
        page = self._weasyprint.HTML(
            string=as_html(content, reference=reference, dated=dated.isoformat()),
            url_fetcher=self._fetched,
        )
        with _no_complaints():
            document = page.render(stylesheets=self._css, pdf_variant="pdf/a-2a", **self._shared)
            pdf = b""
            for padding in range(16):
                pdf = document.write_pdf(
                    pdf_variant="pdf/a-2a",
                    finisher=partial(
                        finish, seal_label=seal_label, approval=approval, padding=padding
                    ),
                )
                if BAD_END not in pdf:
                    break
        return pdf


def laid_out(stylesheet: Path, content: Content, reference: str, dated: date) -> bytes:
    """A single letter as PDF; the arguments are those of `PdfWriter`."""
    return PdfWriter(stylesheet).write(content, reference=reference, dated=dated)


def _forbidden_in(css: str) -> list[str]:
    """What a stylesheet may not use: all that fetches, and var(), which can swell to any length."""
    import tinycss2  # type: ignore[import-untyped]

    found = set()
    left = tinycss2.parse_component_value_list(css)
    while left:
        node = left.pop()
        if node.type in ("function", "at-keyword"):
            found.add(node.lower_name if node.type == "function" else node.lower_value)
        elif node.type == "url":
            found.add("url")
        left += getattr(node, "arguments", None) or getattr(node, "content", None) or []
    return [tr(remedy) for name, remedy in _FORBIDDEN.items() if name in found]


def read_stylesheet(stylesheet: Path) -> str:
    """The text of a stylesheet, without what editors put before it.

    Raises:
        LayoutFault: it cannot be read, or is not UTF-8.
    """
    try:
        text = read_bytes(stylesheet, most=MAX_STYLESHEET).decode("utf-8-sig")
    except UnreadableFile as reason:
        raise LayoutFault(
            tr(
                "{file}: The file cannot be read. {reason}",
                file=stylesheet.name,
                reason=reason.what,
            )
        ) from reason
    except UnicodeDecodeError as error:
        raise LayoutFault(
            tr(
                "{file}: is not UTF-8 text; save it as UTF-8",
                file=stylesheet.name,
            )
        ) from error
    said = _CHARSET.match(text)  # which it is, then
    return text[said.end() :] if said else text
