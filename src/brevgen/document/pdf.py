"""The letter as PDF/A-2a and PDF/UA-1, laid out by WeasyPrint."""

import logging
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from brevgen.document.html import as_html
from brevgen.document.pdfa import BAD_END, finish
from brevgen.errors import BrevgenError
from brevgen.letter.content import Content

FONT_FAMILY = "Source Sans Pro"
_FACES = {"Regular": 400, "Bold": 700}


class LayoutFault(BrevgenError):
    """The stylesheet asks for something the layouter does not understand or cannot find."""


class _Complaints(logging.Handler):
    """Collects what WeasyPrint warns of: here a warning is a fault."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def stop_on_any(self) -> None:
        """Raise `LayoutFault` with all there was to complain of, and forget it."""
        messages, self.messages = self.messages, []
        if messages:
            raise LayoutFault("; ".join(messages))


def font_faces() -> str:
    """The CSS that binds the font to its files: whole static fonts, none from the system."""
    import font_source_sans_pro

    folder = Path(font_source_sans_pro.font_directory)
    return "".join(
        f'@font-face {{ font-family: "{FONT_FAMILY}"; font-weight: {weight};'
        f' src: url("{(folder / f"SourceSansPro-{face}.ttf").as_uri()}"); }}\n'
        for face, weight in _FACES.items()
    )


class PdfWriter:
    """Writes letters as PDF; reads the stylesheet and the fonts once for all letters.

    Args:
        stylesheet: the CSS file of all letters.

    Raises:
        LayoutFault: the stylesheet has something in it that is not understood.
    """

    def __init__(self, stylesheet: Path) -> None:
        import weasyprint
        from weasyprint.css.counters import CounterStyle
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher

        self._weasyprint = weasyprint
        self._complaints = _Complaints()
        weasyprint.LOGGER.handlers = [self._complaints]
        self._fetcher: Any = URLFetcher(allowed_protocols=["file"], fail_on_errors=True)
        self._fonts = FontConfiguration()
        self._counters = CounterStyle()
        self._css = weasyprint.CSS(
            string=font_faces() + stylesheet.read_text(encoding="utf-8"),
            base_url=stylesheet.resolve().parent.as_uri() + "/",
            font_config=self._fonts,
            counter_style=self._counters,
            url_fetcher=self._fetcher,
        )
        self._complaints.stop_on_any()

    def write(self, content: Content, *, reference: str, dated: date) -> bytes:
        """The bytes of the document, always the same for the same arguments.

        Args:
            content: what the letter says.
            reference: our reference, for the document's properties.
            dated: the letter's date, for the document's properties.

        Raises:
            LayoutFault: WeasyPrint had something to warn of.
        """
        self._weasyprint.LOGGER.handlers = [self._complaints]
        page = self._weasyprint.HTML(
            string=as_html(content, reference=reference, dated=dated.isoformat()),
            url_fetcher=self._fetcher,
        )
        document = page.render(
            stylesheets=[self._css],
            font_config=self._fonts,
            counter_style=self._counters,
            pdf_variant="pdf/a-2a",
        )
        pdf = b""
        for padding in range(16):
            pdf = document.write_pdf(
                pdf_variant="pdf/a-2a", finisher=partial(finish, padding=padding)
            )
            if BAD_END not in pdf:
                break
        self._complaints.stop_on_any()
        return pdf
