"""Pictures of pages, drawn by processes of their own so that the server keeps answering."""

import multiprocessing
from collections import OrderedDict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Lock

from brevgen.language import language
from brevgen.pool.workers import begin

DOTS_PER_INCH = 108
MOST_KEPT = 200
"""Pictures kept; some 200 kB each."""


class PageImages:
    """Draws pages of PDFs as PNG, and keeps the last ones.

    Args:
        processes: how many draw.
    """

    def __init__(self, processes: int = 2) -> None:
        self._processes = processes
        self._pool = self._new_pool()
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = Lock()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._processes,
            multiprocessing.get_context("forkserver"),
            initializer=begin,
            initargs=(language(),),
        )

    def _draw(self, pdf: Path, digest: str, number: int) -> bytes:
        """Draw a page; with new processes, once, where somebody has ended those there were."""
        pool = self._pool
        try:
            return pool.submit(_drawn, pdf, digest, number).result()
        except BrokenProcessPool:
            with self._lock:
                if self._pool is pool:
                    pool.shutdown(wait=False)
                    self._pool = self._new_pool()
            return self._pool.submit(_drawn, pdf, digest, number).result()

    def page(self, pdf: Path, digest: str, number: int) -> bytes:
        """One page of a PDF as PNG.

        Args:
            digest: SHA-256 that its bytes must have, in hexadecimal.
            number: of the page, from 0.

        Raises:
            LookupError: the file is another one by now, or has no such page.
        """
        key = (digest, number)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        png = self._draw(pdf, digest, number)
        with self._lock:
            self._kept[key] = png
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return png

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)


def _drawn(pdf: Path, digest: str, number: int) -> bytes:
    import hashlib
    import io

    import pypdfium2

    data = pdf.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise LookupError(pdf.name)
    with pypdfium2.PdfDocument(data) as document:
        if not 0 <= number < len(document):
            raise LookupError(f"{pdf.name}, {number}")
        bitmap = document[number].render(scale=DOTS_PER_INCH / 72)
        picture = io.BytesIO()
        bitmap.to_pil().save(picture, "PNG")
    return picture.getvalue()
