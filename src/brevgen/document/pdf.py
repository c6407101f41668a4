"""The letter as PDF/A-2a and PDF/UA-1, laid out by WeasyPrint."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def _no_complaints(beginning: str = "") -> Iterator[None]:
    """Raise `LayoutFault` with all that WeasyPrint had to complain of meanwhile."""
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError

    complaints = _Complaints()
    weasyprint.LOGGER.handlers = [complaints]
    try:
        yield
    except FatalURLFetchingError as error:  # no Exception, so that WeasyPrint lets it through
        complaints.messages.append(str(error))
    if complaints.messages:
        raise LayoutFault(beginning + "; ".join(complaints.messages))


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
        self._shared: dict[str, Any] = {
            "font_config": FontConfiguration(),
            "counter_style": CounterStyle(),
        }
        self._fetcher: Any = URLFetcher(allowed_protocols=["file"], fail_on_errors=True)
        base = stylesheet.resolve().parent.as_uri() + "/"
        with _no_complaints(f"{stylesheet.name}: "):
            self._css = [
                weasyprint.CSS(
                    string=text, base_url=base, url_fetcher=self._fetcher, **self._shared
                )
                for text in (font_faces(), _text_of(stylesheet))
            ]

    def write(
        self, content: Content, *, reference: str, dated: date, seal_label: str = ""
    ) -> bytes:
        """The bytes of the document, always the same for the same arguments.

        Args:
            content: what the letter says.
            reference: our reference, for the document's properties.
            dated: the letter's date, for the document's properties.
            seal_label: what a screen reader says of the field for the seal, in the language of the
                letter; empty for a letter that is not to be sealed.

        Raises:
            LayoutFault: WeasyPrint had something to warn of.
        """
        page = self._weasyprint.HTML(
            string=as_html(content, reference=reference, dated=dated.isoformat()),
            url_fetcher=self._fetcher,
        )
        with _no_complaints():
            document = page.render(stylesheets=self._css, pdf_variant="pdf/a-2a", **self._shared)
            pdf = b""
            for padding in range(16):
                pdf = document.write_pdf(
                    pdf_variant="pdf/a-2a",
                    finisher=partial(finish, seal_label=seal_label, padding=padding),
                )
                if BAD_END not in pdf:
                    break
        return pdf


def _text_of(stylesheet: Path) -> str:
    try:
        return stylesheet.read_text(encoding="utf-8")
    except OSError as error:
        raise LayoutFault(f"{stylesheet.name}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise LayoutFault(f"{stylesheet.name}: is not UTF-8 text; save it as UTF-8") from error
