"""The letter as PDF/A-2a and PDF/UA-1, laid out by WeasyPrint."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from brevgen.errors import BrevgenError, UnreadableFile
from brevgen.files import MEGABYTE, read_bytes
from brevgen.letter.content import Content
from brevgen.render.html import as_html
from brevgen.render.pdfa import BAD_END, finish

FONT_FAMILY = "Source Sans Pro"
_FACES = {"Regular": 400, "Bold": 700}

MAX_STYLESHEET = 64 * 1024
"""Bytes of the stylesheet, many times what a letter needs."""
MAX_RESOURCE = 5 * MEGABYTE
"""Bytes of a font, or of a picture the stylesheet names."""


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
    except RecursionError:
        complaints.messages.append("It is nested too deep.")
    except ArithmeticError:
        complaints.messages.append("A length in it is beyond all measure.")
    if complaints.messages:
        raise LayoutFault(beginning + "; ".join(complaints.messages))


def font_faces() -> str:
    """The CSS that binds the font to its files: whole static fonts, none from the system."""
    folder = _font_folder()
    return "".join(
        f'@font-face {{ font-family: "{FONT_FAMILY}"; font-weight: {weight};'
        f' src: url("{(folder / f"SourceSansPro-{face}.ttf").as_uri()}"); }}\n'
        for face, weight in _FACES.items()
    )


def _font_folder() -> Path:
    import font_source_sans_pro

    return Path(font_source_sans_pro.font_directory)


def _fetched(folders: Sequence[Path], address: str) -> Any:
    """What an address in the stylesheet leads to: only our own files, and no more stylesheets.

    Raises:
        FatalURLFetchingError: it leads elsewhere, or to what cannot be read.
    """
    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse

    try:
        parts = urlsplit(address)
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme != "file" or not any(path.is_relative_to(folder) for folder in folders):
            raise UnreadableFile("It is not in the folder of the stylesheet.", "")
        if path.suffix.lower() == ".css":
            raise UnreadableFile("There is only one stylesheet.", "")
        return URLFetcherResponse(address, read_bytes(path, most=MAX_RESOURCE))
    except UnreadableFile as reason:
        raise FatalURLFetchingError(f"“{address[:200]}” cannot be used. {reason.what}") from reason
    except (OSError, RuntimeError, ValueError) as error:  # no path, or one that leads to itself
        raise FatalURLFetchingError(f"“{address[:200]}” cannot be used.") from error


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

        self._weasyprint = weasyprint
        self._shared: dict[str, Any] = {
            "font_config": FontConfiguration(),
            "counter_style": CounterStyle(),
        }
        text = _text_of(stylesheet)
        if _has_variables(text):
            raise LayoutFault(f"{stylesheet.name}: Write the value itself in place of var().")
        folder = stylesheet.resolve().parent
        self._fetcher = partial(_fetched, (folder, _font_folder().resolve()))
        base = folder.as_uri() + "/"
        with _no_complaints(f"{stylesheet.name}: "):
            self._css = [
                weasyprint.CSS(string=css, base_url=base, url_fetcher=self._fetcher, **self._shared)
                for css in (font_faces(), text)
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


def laid_out(stylesheet: Path, content: Content, reference: str, dated: date) -> bytes:
    """A single letter as PDF; the arguments are those of `PdfWriter`."""
    return PdfWriter(stylesheet).write(content, reference=reference, dated=dated)


def _has_variables(css: str) -> bool:
    """Whether the stylesheet has var(): a few lines of those can swell to any length."""
    import tinycss2  # type: ignore[import-untyped]

    left = tinycss2.parse_component_value_list(css)
    while left:
        node = left.pop()
        if node.type == "function" and node.lower_name == "var":
            return True
        left += getattr(node, "arguments", None) or getattr(node, "content", None) or []
    return False


def _text_of(stylesheet: Path) -> str:
    try:
        return read_bytes(stylesheet, most=MAX_STYLESHEET).decode()
    except UnreadableFile as reason:
        raise LayoutFault(f"{stylesheet.name}: The file cannot be read. {reason.what}") from reason
    except UnicodeDecodeError as error:
        raise LayoutFault(f"{stylesheet.name}: is not UTF-8 text; save it as UTF-8") from error
