"""What is put right in a PDF before it is written."""

import zlib

import pydyf
import pytest

from brevgen.render import pdfa

ENDS_BADLY = b"\x0c"
"""What is packed to bytes that end in a carriage return, for that is its checksum's last."""


@pytest.mark.parametrize("extra", [{}, {"Length1": len(ENDS_BADLY)}], ids=["text", "font"])
def test_a_stream_that_would_end_in_a_carriage_return_is_padded(extra: dict[str, int]) -> None:
    assert zlib.compress(ENDS_BADLY).endswith(b"\r")
    pdf = pydyf.PDF()
    stream = pydyf.Stream([ENDS_BADLY], dict(extra), compress=True)
    pdf.add_object(stream)
    pdfa._end_streams(pdf)
    (packed,) = stream.stream
    assert not packed.endswith(b"\r")
    assert zlib.decompress(packed) == ENDS_BADLY + b" "
    assert stream.extra["Filter"] == "/FlateDecode"
    assert stream.extra.get("Length1", 2) == 2, "the length of a font file is told"
